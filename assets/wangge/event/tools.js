/* The organizer's tools: put things down on the map, move them, take them away; undo, redo. */
(function () {
  "use strict";
  const W = window.Wangge;
  W.tools = W.tools || {};
  const act = W.act;
  W.tools.event = function (map) {
    const TOOLS = [
      ["pick", "V", () => W.t("Choose"), () => W.t("Click a thing to choose it; drag the chosen one to move it; Delete takes it away.")],
      ["areas", "A", () => W.t("Viewing area"), () => W.t("Click the corners of the ground people stand on; double click or Enter ends, Esc drops it.")],
      ["exits", "X", () => W.t("Exit"), () => W.t("Click where people leave a viewing area.")],
      ["entrances", "E", () => W.t("Entrance"), () => W.t("Click where people come in.")],
      ["routes", "R", () => W.t("Route"), () => W.t("Click along the way from an area or place to another; double click or Enter ends.")],
      ["places", "P", () => W.t("Place"), () => W.t("Click where a muster point, first aid, command post or the like is.")],
      ["barriers", "B", () => W.t("Barrier"), () => W.t("Click along the line nobody crosses; double click or Enter ends.")],
      ["hazards", "H", () => W.t("Danger"), () => W.t("Click the corners of the dangerous ground; double click or Enter ends.")],
      ["front", "F", () => W.t("Front"), () => W.t("Click along the way the tide, parade or race moves, in its direction; double click or Enter ends.")]
    ];
    const KINDS = ["muster_point", "shelter", "parking", "station", "open_ground", "first_aid", "command_post", "duty_post", "junction", "toilet", "water_point", "other"];
    let tool = "pick", points = [], pointer = null, drag = null;
    const buttons = {}, box = W.el("div", { class: "wg-panel wg-plan wg-event", role: "toolbar" }), row = W.el("div", { class: "wg-plan-row" }), hint = W.el("div", { class: "wg-plan-hint", role: "status" });
    for (const [name] of TOOLS) {
      buttons[name] = W.el("button", { type: "button", "data-event": name, on: { click: () => choose(name) } });
      row.append(buttons[name]);
    }
    const kind = W.el("select", { class: "wg-event-kind" });
    const back = W.el("button", { type: "button", "data-plan": "undo", on: { click: () => act({ verb: "undo" }) } }), again = W.el("button", { type: "button", "data-plan": "redo", on: { click: () => act({ verb: "redo" }) } });
    row.append(back, again);
    box.append(row, hint);
    map.getContainer().append(box);
    map.getContainer().classList.add("wg-planning");
    L.DomEvent.disableClickPropagation(box); L.DomEvent.disableScrollPropagation(box);
    const isRing = () => W.event.isRing(tool), isLine = () => W.event.isLine(tool), isDrawing = () => isRing() || isLine();
    const fewest = () => (isRing() ? 3 : 2);
    function show() {
      for (const [name, key, title] of TOOLS) { buttons[name].textContent = title(); buttons[name].title = title() + " (" + key + ")"; buttons[name].setAttribute("aria-pressed", String(tool === name)); }
      back.textContent = "↶"; back.title = W.t("Undo") + " (Ctrl+Z)"; again.textContent = "↷"; again.title = W.t("Redo") + " (Ctrl+Y)"; back.setAttribute("aria-label", W.t("Undo")); again.setAttribute("aria-label", W.t("Redo"));
      const value = kind.value || KINDS[0];
      W.clear(kind).append(...KINDS.map((one) => W.el("option", { value: one, selected: one === value }, W.t(one))));
      kind.setAttribute("aria-label", W.t("kind"));
      W.clear(hint).append(TOOLS.find(([name]) => name === tool)[3](), ...(tool === "places" ? [kind] : []));
      box.setAttribute("aria-label", W.t("Organizer's tools"));
      map.getContainer().style.cursor = tool === "pick" ? "" : "crosshair";
      W.overlay.later();
    }
    function choose(name) { tool = name; points = []; pointer = null; W.unhover(); show(); }
    W.eventTool = choose;
    const degrees = (latlngs) => latlngs.map((one) => [+one.lng.toFixed(7), +one.lat.toFixed(7)]);
    function finish() {
      const drawn = points; points = []; pointer = null; W.overlay.later();
      if (drawn.length < fewest()) return;
      act({ verb: "draw", list: tool, line: degrees(drawn) });
      choose("pick");
    }
    const picked = () => (W.event.now && W.event.now.picked ? W.event.things.find((one) => one.list === W.event.now.picked[0] && one.id === W.event.now.picked[1]) : null);
    const under = (latlng) => { const [x, y] = W.toRef(latlng); return W.event.hit(x, y, Math.pow(2, W.REF - map.getZoom())); };
    map.on("click", (event) => {
      if (W.measuring || !W.event.now || W.event.now.fixed || drag) return undefined;
      if (tool === "pick") { const one = under(event.latlng); return act({ verb: "pick", list: one ? one.list : "", id: one ? one.id : "" }); }
      if (!isDrawing()) { act({ verb: "draw", list: tool, kind: tool === "places" ? kind.value : "", line: degrees([event.latlng]) }); return undefined; }
      const last = points[points.length - 1];
      if (!last || map.latLngToContainerPoint(last).distanceTo(event.containerPoint) > 3) points.push(event.latlng);
      W.overlay.later();
      return undefined;
    });
    map.on("dblclick", () => { if (isDrawing() && points.length) finish(); });
    map.on("mousedown", (event) => {
      if (tool !== "pick" || W.measuring || !W.event.now || W.event.now.fixed) return;
      const one = picked(), hit = under(event.latlng);
      if (!one || hit !== one) return;
      drag = { one, from: event.latlng, to: event.latlng };
      map.dragging.disable(); L.DomEvent.preventDefault(event.originalEvent);
    });
    map.on("mousemove", (event) => {
      if (drag) { drag.to = event.latlng; W.overlay.later(); }
      if (isDrawing() && points.length) { pointer = event.latlng; W.overlay.later(); }
    });
    const shifted = () => drag.one.at.map(([lon, lat]) => L.latLng(lat + drag.to.lat - drag.from.lat, lon + drag.to.lng - drag.from.lng));
    document.addEventListener("mouseup", () => {
      if (!drag) return;
      const far = map.latLngToContainerPoint(drag.from).distanceTo(map.latLngToContainerPoint(drag.to));
      const { one } = drag, to = degrees(shifted());
      map.dragging.enable();
      setTimeout(() => { drag = null; W.overlay.later(); }, 0);
      if (far > 3) act({ verb: "move", list: one.list, id: one.id, line: W.event.isRing(one.list) ? to.slice(0, -1) : to });
    });
    document.addEventListener("keydown", (event) => {
      const at = document.activeElement;
      if (at && /^(INPUT|SELECT|TEXTAREA)$/.test(at.tagName)) return;
      if (W.event.now && W.event.now.fixed) {
        /* A map only looked at keeps no digit from the page: there they change the stage of the day. */
        if (/^[0-9]$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) W.tell({ event: "key", detail: event.key });
        return;
      }
      const key = event.key.toLowerCase();
      if ((event.ctrlKey || event.metaKey) && (key === "z" || key === "y")) { event.preventDefault(); act({ verb: key === "y" || event.shiftKey ? "redo" : "undo" }); return; }
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const wanted = TOOLS.find(([, letter]) => letter.toLowerCase() === key), one = picked();
      if (wanted) choose(wanted[0]);
      else if (event.key === "Enter" && isDrawing() && points.length >= fewest()) { event.preventDefault(); finish(); }
      else if (event.key === "Backspace" && points.length) { event.preventDefault(); points.pop(); pointer = null; W.overlay.later(); }
      else if (event.key === "Delete" && one) { event.preventDefault(); act({ verb: "drop", list: one.list, id: one.id }); }
    });
    W.on("escape", () => { if (points.length) { points = []; pointer = null; W.overlay.later(); } else choose("pick"); });
    W.overlay.add({ order: 60, paint(view) {
      const moved = drag ? shifted() : null, line = moved || (points.length ? [...points, ...(pointer ? [pointer] : [])] : null);
      if (!line) return;
      const { ctx, theme } = view, at = line.map((one) => view.at(...W.toRef(one)));
      view.screen();
      ctx.beginPath(); at.forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
      if (moved ? W.event.isRing(drag.one.list) : isRing()) { ctx.closePath(); ctx.save(); ctx.globalAlpha = 0.15; ctx.fillStyle = theme.pick; ctx.fill(); ctx.restore(); }
      ctx.lineJoin = "round"; ctx.strokeStyle = theme.halo; ctx.lineWidth = 5; ctx.stroke(); ctx.strokeStyle = theme.pick; ctx.lineWidth = 2.4; ctx.stroke();
      for (const [x, y] of at) { ctx.beginPath(); ctx.arc(x, y, 3.5, 0, 7); ctx.fillStyle = theme.land; ctx.fill(); ctx.stroke(); }
    } });
    W.on("state", (changed) => {
      if (!changed.has("event") || !W.state.event) return;
      act.done(W.state.event.seen);
      back.disabled = !W.state.event.can_undo; again.disabled = !W.state.event.can_redo;
      box.hidden = Boolean(W.state.event.fixed);
      setTimeout(show, 0);
    });
    W.on("retheme", show);
    show();
  };
})();
