/* The list beside the map: what is overdue, new and open, in this order; rows are patched by id, never all built again. */
(function () {
  "use strict";
  const W = window.Wangge, live = W.live;
  const MOST = 200, RANK = { overdue: 0, new: 1, open: 2, closed: 3 };
  const names = new Map(), asked = new Set();
  let tab = "incidents", rows = new Map(), list, tabs = {}, rest, waiting = 0, notBefore = 0;

  live.areaName = (id) => (id ? names.get(id) || id : W.t("no area"));
  /* Names of the areas that stand in the list, asked for once each. */
  async function learn(ids) {
    const unknown = [...new Set(ids)].filter((id) => id && !names.has(id) && !asked.has(id)).slice(0, 100);
    if (!unknown.length || performance.now() < notBefore || navigator.onLine === false) return;
    for (const id of unknown) asked.add(id);
    const answer = await W.load("names", "names", "/api/area_names?" + new URLSearchParams([["ws", W.config.ws], ...unknown.map((id) => ["id", id])]));
    for (const id of unknown) asked.delete(id);
    if (!answer) { notBefore = performance.now() + 10000; return; }
    if (names.size > 5000) names.clear();
    for (const id of unknown) names.set(id, answer.names[id] || id);
    later();
  }
  function order(now) {
    const map = tab === "units" ? live.units : live.incidents, things = live.shown(map);
    if (tab === "units") return things.sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1));
    for (const one of things) one.standing = live.standing(one, now);
    return things.sort((a, b) => RANK[a.standing] - RANK[b.standing] || (a.standing === "overdue" ? (a.due || 0) - (b.due || 0) : (b.begun || 0) - (a.begun || 0)) || (a.id < b.id ? -1 : 1));
  }
  function build(one) {
    const row = { icon: null, title: W.el("b", {}), note: W.el("span", {}), right: W.el("em", {}), shape: "", text: "" };
    row.node = W.el("button", { type: "button", class: "wl-row", "data-id": one.id, "data-kind": one.kind, on: { click: () => { const now = (one.kind === "unit" ? live.units : live.incidents).get(one.id); if (now) live.pick(now, true); } } }, W.el("i", { class: "wl-shape" }), W.el("div", {}, row.title, row.note), row.right);
    return row;
  }
  function put(node, text) { if (node.textContent !== text) node.textContent = text; }
  function fill(row, one, now) {
    const unit = one.kind === "unit", stale = unit && live.isStale(one, now), shape = unit ? "unit" : one.standing;
    if (row.shape !== shape) { W.clear(row.node.firstChild).append(live.icon(shape)); row.shape = shape; }
    const cls = "wl-row wl-is-" + shape + (stale ? " wl-stale" : "") + (live.picked === one.id ? " wl-picked" : "") + (live.rings.has(one.id) ? " wl-fresh" : "");
    if (row.node.className !== cls) row.node.className = cls;
    put(row.title, unit ? one.row.name || one.id : live.titleOf(one.row));
    const place = live.areaName(one.row.area_id);
    put(row.note, unit ? [live.kindWord(one.row.kind), place].join(" · ") : [live.stageWord(one.row.stage), one.row.category || "", one.x === null ? W.t("not on the map") : place].filter(Boolean).join(" · "));
    put(row.right, unit ? live.ago(now - one.at) + (stale ? " " + W.t("stale") : "") : one.standing === "overdue" ? W.t("overdue") + " " + live.ago(now - one.due) : live.word(one.standing) + (one.begun ? " " + live.ago(now - one.begun) : ""));
  }
  function show() {
    waiting = 0;
    if (!list) return;
    const now = live.now(), things = order(now), shown = things.slice(0, MOST), wanted = new Set(shown.map((one) => one.kind + one.id));
    for (const [key, row] of rows) if (!wanted.has(key)) { row.node.remove(); rows.delete(key); }
    let before = list.firstChild;
    for (const one of shown) {
      const key = one.kind + one.id;
      let row = rows.get(key);
      if (!row) rows.set(key, (row = build(one)));
      fill(row, one, now);
      if (row.node === before) before = before.nextSibling;
      else list.insertBefore(row.node, before);
    }
    const off = things.length - shown.length + (tab === "incidents" ? live.leftOff : 0);
    rest.hidden = !off && things.length > 0;
    put(rest, things.length ? W.t("and {count} more: narrow the filters", { count: off }) : tab === "units" ? W.t("No unit fits these filters.") : W.t("No incident fits these filters."));
    const all = live.shown(live.incidents), units = live.shown(live.units), count = { overdue: 0, new: 0, open: 0, closed: 0 };
    for (const one of all) count[live.standing(one, now)] += 1;
    live.counts = { ...count, units: units.length, stale: units.filter((one) => live.isStale(one, now)).length };
    put(tabs.incidents, W.t("Incidents") + " " + (all.length - count.closed));
    put(tabs.units, W.t("Units") + " " + units.length);
    W.emit("live-counts");
    learn(shown.map((one) => one.row.area_id));
  }
  function later() { if (!waiting) waiting = setTimeout(show, 120); }
  live.listLater = later;
  live.buildList = function (panel) {
    const choose = (name) => { tab = name; for (const [other, node] of Object.entries(tabs)) node.setAttribute("aria-selected", String(other === name)); later(); };
    for (const name of ["incidents", "units"]) tabs[name] = W.el("button", { type: "button", role: "tab", "aria-selected": String(name === tab), "data-tab": name, on: { click: () => choose(name) } });
    list = W.el("div", { class: "wl-list", role: "tabpanel" });
    rest = W.el("p", { class: "wl-rest" });
    panel.append(W.el("div", { class: "wl-tabs", role: "tablist" }, tabs.incidents, tabs.units), list, rest);
    for (const name of ["live", "live-filter", "live-picked", "live-clock"]) W.on(name, later);
    W.on("live-picked", (one) => { if (one && (one.kind === "unit") !== (tab === "units")) choose(one.kind === "unit" ? "units" : "incidents"); setTimeout(() => { const row = one && rows.get(one.kind + one.id); if (row) row.node.scrollIntoView({ block: "nearest" }); }, 200); });
    W.on("retheme", () => { for (const row of rows.values()) row.node.remove(); rows = new Map(); later(); });
    setInterval(() => { if (!document.hidden) later(); }, 1000);
  };
})();
