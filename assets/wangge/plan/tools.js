/* The planner's tools: choose a zone, give units by click or lasso, split by a line, move a border by a line; undo, redo. */
(function () {
  "use strict";
  const W = window.Wangge;
  W.tools = W.tools || {};
  const act = W.act;
  W.tools.plan = function (map) {
    const TOOLS = [
      ["zone", "V", () => W.t("Choose a grid"), () => W.t("Click a grid on the map: it is then the one that gets units.")],
      ["give", "G", () => W.t("Give units"), () => (picked() ? W.t("Click units to give them to {zone}.", { zone: picked() }) : W.t("Choose a grid first (V), then click the units it gets."))],
      ["lasso", "L", () => W.t("Lasso"), () => (picked() ? W.t("Drag around units to give them to {zone}.", { zone: picked() }) : W.t("Choose a grid first (V), then drag around the units it gets."))],
      ["split", "S", () => W.t("Split"), () => W.t("Click along the line that splits {zone}; double click or Enter ends, Esc drops it.", { zone: picked() || W.t("the grid under it") })],
      ["border", "B", () => W.t("Move a border"), () => W.t("Click along the new border of two grids, from one end of the old to the other; double click or Enter ends.")]
    ];
    let tool = "zone", points = [], pointer = null, ring = null, cuts = false;
    const picked = () => (W.plan.now && W.plan.now.picked !== null && W.plan.now.zones[W.plan.now.picked] ? W.plan.now.zones[W.plan.now.picked][0] : "");
    const isLine = () => tool === "split" || tool === "border";
    const buttons = {}, box = W.el("div", { class: "wg-panel wg-plan", role: "toolbar" }), row = W.el("div", { class: "wg-plan-row" }), hint = W.el("div", { class: "wg-plan-hint", role: "status" });
    for (const [name, key] of TOOLS) {
      buttons[name] = W.el("button", { type: "button", "data-plan": name, on: { click: () => choose(name) } });
      row.append(buttons[name]);
    }
    const check = W.el("input", { type: "checkbox", id: "wg-cuts", on: { change: () => { cuts = check.checked; } } }), word = W.el("label", { for: "wg-cuts", class: "wg-plan-cuts" });
    const back = W.el("button", { type: "button", "data-plan": "undo", on: { click: () => act({ verb: "undo" }) } }), again = W.el("button", { type: "button", "data-plan": "redo", on: { click: () => act({ verb: "redo" }) } });
    row.append(back, again);
    box.append(row, hint);
    map.getContainer().append(box);
    map.getContainer().classList.add("wg-planning");
    L.DomEvent.disableClickPropagation(box); L.DomEvent.disableScrollPropagation(box);
    function show() {
      for (const [name, key, title] of TOOLS) { buttons[name].textContent = title(); buttons[name].title = title() + " (" + key + ")"; buttons[name].setAttribute("aria-pressed", String(tool === name)); }
      back.textContent = W.t("Undo"); back.title = "Ctrl+Z"; again.textContent = W.t("Redo"); again.title = "Ctrl+Y";
      W.clear(word).append(check, " " + W.t("cut units the line crosses"));
      W.clear(hint).append(TOOLS.find(([name]) => name === tool)[3](), ...(isLine() ? [word] : []));
      box.setAttribute("aria-label", W.t("Planner's tools"));
      map.getContainer().style.cursor = tool === "zone" || tool === "give" ? "" : "crosshair";
      if (tool === "lasso") map.dragging.disable(); else map.dragging.enable();
      W.overlay.later();
    }
    function choose(name) { tool = name; points = []; pointer = null; ring = null; W.unhover(); show(); }
    W.planTool = choose;
    function finish() {
      const line = points; points = []; pointer = null; W.overlay.later();
      if (line.length < 2) return;
      act({ verb: tool, cuts, line: line.map((one) => [+one.lng.toFixed(7), +one.lat.toFixed(7)]) });
    }
    function pickZone(latlng) {
      const id = W.plan.hit(latlng), own = id && W.plan.owner.get(id);
      const zone = own ? own.zone : null;
      W.plan.pick(zone); show();
      act({ verb: "pick", zone });
    }
    map.on("click", (event) => {
      if (W.measuring || !W.plan.now) return;
      if (tool === "zone") return pickZone(event.latlng);
      if (tool === "give") {
        const id = W.plan.hit(event.latlng);
        if (W.plan.now.picked === null) return pickZone(event.latlng);
        if (!id || W.plan.owner.get(id).zone === W.plan.now.picked) return undefined;
        const zone = W.plan.now.picked;
        W.plan.lend([id], zone);
        return act({ verb: "give", units: [id], zone });
      }
      if (isLine()) { const last = points[points.length - 1]; if (!last || map.latLngToContainerPoint(last).distanceTo(event.containerPoint) > 3) points.push(event.latlng); W.overlay.later(); }
      return undefined;
    });
    map.on("dblclick", () => { if (isLine() && points.length) finish(); });
    map.on("mousedown", (event) => { if (tool === "lasso" && !W.measuring) { ring = [event.latlng]; L.DomEvent.preventDefault(event.originalEvent); } });
    map.on("mousemove", (event) => {
      if (ring) { ring.push(event.latlng); W.overlay.later(); }
      if (isLine() && points.length) { pointer = event.latlng; W.overlay.later(); }
    });
    document.addEventListener("mouseup", () => {
      if (!ring) return;
      const drawn = ring; ring = null; W.overlay.later();
      if (drawn.length < 4 || !W.plan.now) return;
      const zone = W.plan.now.picked;
      if (zone === null) { W.say(W.t("Choose a grid first (V), then drag around the units it gets.")); return; }
      const ids = W.plan.inside(drawn).filter((id) => W.plan.owner.get(id).zone !== zone);
      if (!ids.length) return;
      W.plan.lend(ids, zone);
      act({ verb: "give", units: ids, zone });
    });
    document.addEventListener("keydown", (event) => {
      const at = document.activeElement;
      if (at && /^(INPUT|SELECT|TEXTAREA)$/.test(at.tagName) && at.type !== "checkbox") return;
      const key = event.key.toLowerCase();
      if ((event.ctrlKey || event.metaKey) && (key === "z" || key === "y")) { event.preventDefault(); act({ verb: key === "y" || event.shiftKey ? "redo" : "undo" }); return; }
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const wanted = TOOLS.find(([, letter]) => letter.toLowerCase() === key);
      if (wanted) choose(wanted[0]);
      else if (event.key === "Enter" && isLine() && points.length > 1) { event.preventDefault(); finish(); }
      else if (event.key === "Backspace" && points.length) { event.preventDefault(); points.pop(); pointer = null; W.overlay.later(); }
    });
    W.on("escape", () => { if (points.length || ring) { points = []; pointer = null; ring = null; W.overlay.later(); } else choose("zone"); });
    W.overlay.add({ order: 60, paint(view) {
      const line = ring || (points.length ? [...points, ...(pointer ? [pointer] : [])] : null);
      if (!line) return;
      const { ctx, theme } = view, at = line.map((one) => view.at(...W.toRef(one)));
      view.screen();
      ctx.beginPath(); at.forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
      if (ring) { ctx.closePath(); ctx.save(); ctx.globalAlpha = 0.15; ctx.fillStyle = theme.pick; ctx.fill(); ctx.restore(); }
      ctx.lineJoin = "round"; ctx.strokeStyle = theme.halo; ctx.lineWidth = 5; ctx.stroke(); ctx.strokeStyle = theme.pick; ctx.lineWidth = 2.4; ctx.stroke();
      if (!ring) for (const [x, y] of at) { ctx.beginPath(); ctx.arc(x, y, 3.5, 0, 7); ctx.fillStyle = theme.land; ctx.fill(); ctx.stroke(); }
    } });
    W.on("state", (changed) => {
      if (!changed.has("plan") || !W.state.plan) return;
      act.done(W.state.plan.seen);
      back.disabled = !W.state.plan.can_undo; again.disabled = !W.state.plan.can_redo;
      setTimeout(show, 0);
    });
    W.on("retheme", show);
    show();
  };
  /* What the colours and marks of a plan mean. */
  W.tools.planKey = function (map) {
    const box = W.el("div", { class: "wg-panel wg-plan-key" });
    map.getContainer().append(box);
    const show = () => {
      const odd = W.plan.odd(), line = (mark, colour, text) => W.el("div", {}, W.el("b", { style: { color: colour } }, mark), text);
      W.clear(box).append(line("▲", odd.over, W.t("over the band")), line("▼", odd.under, W.t("under the band")), line("✕", odd.parts, W.t("in several pieces")), line("▨", W.theme().faint, W.t("in another grid than today")));
    };
    W.on("retheme", show);
    show();
  };
})();
