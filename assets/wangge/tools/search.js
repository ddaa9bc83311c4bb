/* Find an area, a place or an address: "/" puts the cursor here, arrows choose, Enter goes there and tells the page. */
(function () {
  "use strict";
  const W = window.Wangge;
  W.tools = W.tools || {};
  function ask(text) {
    if (!W.config.inline) return W.load("search", "search", "/api/search?" + W.query({ ws: W.config.ws, q: text }));
    const needle = text.toLowerCase(), hits = [], shapes = W.areas.shapes;
    for (let i = 0; shapes && i < shapes.n && hits.length < 12; i++) {
      const name = shapes.columns.name[i] || "";
      if (!name.toLowerCase().includes(needle) && !shapes.ids[i].toLowerCase().includes(needle)) continue;
      const at = W.unproject(...shapes.labels[i]);
      hits.push({ kind: "areas", id: shapes.ids[i], title: name || shapes.ids[i], subtitle: shapes.ids[i], lon: at.lng, lat: at.lat, level: W.areas.level, level_title: W.levelTitle(W.areas.level) });
    }
    return Promise.resolve({ hits });
  }
  W.goTo = function (hit) {
    W.hold();
    const i = hit.kind === "areas" && W.areas.shapes ? W.areas.shapes.index.get(hit.id) : undefined;
    const b = i === undefined ? [NaN] : W.areas.shapes.box(i);
    if (Number.isFinite(b[0])) {
      W.map.flyToBounds(L.latLngBounds(W.unproject(b[0], b[3]), W.unproject(b[2], b[1])), { padding: [60, 60], maxZoom: 17, duration: 0.6 });
    } else if (hit.lon !== null && hit.lat !== null) W.map.flyTo([hit.lat, hit.lon], hit.kind === "areas" ? Math.max(13, W.map.getZoom()) : 17, { duration: 0.6 });
    if (hit.kind === "areas") W.apply({ pick: hit.id });
    else { W.found = W.toRef(L.latLng(hit.lat, hit.lon)); W.overlay.later(); }
    W.clicked({ kind: hit.kind, id: hit.id, level: hit.level || "", name: hit.title, action: "found", lon: hit.lon, lat: hit.lat });
  };
  W.tools.search = function (map) {
    const input = W.el("input", { type: "search", role: "combobox", autocomplete: "off", spellcheck: "false", maxlength: 60, "aria-expanded": "false", "aria-controls": "wg-hits", "aria-autocomplete": "list" });
    const list = W.el("ul", { id: "wg-hits", role: "listbox", hidden: true });
    const box = W.el("div", { class: "wg-search", role: "search" }, W.icon("M8.5 3a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM12.6 12.6 17 17"), input, list);
    map.getContainer().append(box);
    L.DomEvent.disableClickPropagation(box); L.DomEvent.disableScrollPropagation(box);
    let hits = [], at = -1, timer = 0, asked = "";
    W.overlay.add({ order: 20, paint(view) {
      if (!W.found) return;
      const { ctx, theme } = view, [x, y] = view.at(...W.found);
      view.screen();
      ctx.strokeStyle = theme.halo; ctx.lineWidth = 5; ctx.beginPath(); ctx.arc(x, y, 11, 0, 7); ctx.stroke();
      ctx.strokeStyle = theme.pick; ctx.lineWidth = 2.5; ctx.stroke();
    } });
    function mark() {
      [...list.children].forEach((row, i) => row.setAttribute("aria-selected", i === at));
      if (at >= 0 && list.children[at]) { input.setAttribute("aria-activedescendant", list.children[at].id); list.children[at].scrollIntoView({ block: "nearest" }); }
      else input.removeAttribute("aria-activedescendant");
    }
    function close() { list.hidden = true; input.setAttribute("aria-expanded", "false"); }
    function choose(i) { if (!hits[i]) return; close(); input.value = hits[i].title; input.blur(); W.goTo(hits[i]); }
    function show() {
      W.clear(list);
      hits.forEach((hit, i) => list.append(W.el("li", { id: "wg-hit-" + i, role: "option", on: { mousedown: (event) => { event.preventDefault(); choose(i); } } },
        W.el("b", {}, hit.title), W.el("span", {}, [hit.kind === "areas" ? hit.level_title : W.t(hit.kind === "places" ? "place" : "address"), W.t(hit.subtitle || "")].filter(Boolean).join(" · ")))));
      if (!hits.length && asked) list.append(W.el("li", { class: "wg-empty" }, W.t("Nothing found. Try part of a name or a code.")));
      list.hidden = !asked; input.setAttribute("aria-expanded", String(!list.hidden));
      at = hits.length ? 0 : -1; mark();
    }
    async function find() {
      asked = input.value.trim();
      if (!asked) { hits = []; close(); W.found = null; W.overlay.later(); return; }
      const answer = await ask(asked);
      if (answer && input.value.trim() === asked) { hits = answer.hits; show(); }
    }
    input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(find, 160); });
    input.addEventListener("focus", () => { if (hits.length && input.value.trim()) show(); });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", async (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); if (hits.length) { at = (at + (event.key === "ArrowDown" ? 1 : -1) + hits.length) % hits.length; mark(); } }
      else if (event.key === "Enter") { event.preventDefault(); clearTimeout(timer); if (asked !== input.value.trim()) await find(); choose(Math.max(at, 0)); }
      else if (event.key === "Escape") { if (list.hidden) input.blur(); else close(); }
      event.stopPropagation();
    });
    W.on("focus-search", () => { input.focus(); input.select(); });
    W.on("retheme", () => { input.placeholder = W.t("Search areas, places, addresses"); input.setAttribute("aria-label", W.t("Search areas, places, addresses")); });
  };
})();
