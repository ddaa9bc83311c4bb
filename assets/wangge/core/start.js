/* Build the document: stages, panels, pointer, keyboard. Runs last, when every layer has been added. */
(function () {
  "use strict";
  const W = window.Wangge;
  W.addLayer = function (map, layer) { W.layers.push(layer); };

  /* Act when the exact shape of the area at a point is there: at once, unless a tile of the last zoom must come first. */
  function surely(latlng, act) {
    const shapes = W.areas.shapes, [x, y] = W.toRef(latlng);
    if (!shapes || !shapes.tiled || shapes.isExact(x, y)) act(false);
    else shapes.exact(x, y).then(() => act(true));
  }
  W.surely = surely;
  function hover(map) {
    const card = W.el("div", { class: "wg-card", role: "status", hidden: true });
    map.getContainer().append(card);
    let frame = 0, last = null;
    W.overlay.add({ order: 10, paint(view) {
      const { ctx, theme } = view, shapes = W.areas.shapes;
      const pick = shapes && W.state.pick ? shapes.index.get(W.state.pick) : undefined;
      if (pick !== undefined) {
        ctx.lineJoin = "round";
        ctx.strokeStyle = theme.halo; ctx.lineWidth = 5 * view.px; outline(ctx, pick, view);
        ctx.strokeStyle = theme.pick; ctx.lineWidth = 2.6 * view.px; outline(ctx, pick, view);
      }
      if (last && last.kind === "areas" && shapes && last.index !== pick && last.index < shapes.n) {
        ctx.strokeStyle = theme.hover; ctx.lineWidth = 1.8 * view.px; outline(ctx, last.index, view);
      }
    } });
    function outline(ctx, i, view) {
      if (W.areas.shapes.tiled) W.areas.shapes.outline(ctx, i, view); else ctx.stroke(W.areas.shapes.path(i));
    }
    function place(point) {
      const size = map.getSize(), w = card.offsetWidth, h = card.offsetHeight;
      const left = point.x + 18 + w > size.x ? point.x - w - 14 : point.x + 18;
      card.style.left = Math.max(6, left) + "px";
      card.style.top = Math.max(6, Math.min(point.y + 14, size.y - h - 6)) + "px";
    }
    W.unhover = () => { last = null; card.hidden = true; W.overlay.later(); };
    let shown = 0;
    function show(event) {
      const turn = ++shown;
      const found = W.measuring ? null : W.hit(event.latlng);
      const same = found && last && found.kind === last.kind && found.id === last.id;
      last = found;
      if (!W.measuring) surely(event.latlng, (isLate) => { if (isLate && turn === shown) show(event); });
      map.getContainer().style.cursor = W.measuring ? "crosshair" : found ? "pointer" : "";
      if (!found) { W.unhover(); return; }
      if (!same) { W.clear(card); W.fillCard(card, found); card.hidden = false; W.overlay.later(); }
      place(event.containerPoint);
    }
    map.on("mousemove", (event) => { cancelAnimationFrame(frame); frame = requestAnimationFrame(() => show(event)); });
    map.on("mouseout movestart zoomstart", () => { cancelAnimationFrame(frame); W.unhover(); });
    let drilled = 0;
    map.on("dblclick", (event) => surely(event.latlng, () => enter(event)));
    function enter(event) {                        // a dot under the pointer does not bar the way into its area
      const found = W.measuring || Date.now() - drilled < 800 ? null : W.stage.hit(event.latlng, (one) => one.kind === "areas");
      if (!found || !W.childLevel(found.level)) return;
      drilled = Date.now();
      W.clicked({ kind: "areas", id: found.id, level: found.level, name: found.name, action: "drill", lat: event.latlng.lat, lon: event.latlng.lng });
    }
    map.on("click", (event) => { if (!W.measuring) surely(event.latlng, () => chosen(event)); });
    function chosen(event) {
      const found = W.hit(event.latlng, (one) => !one.cells);
      if (found && found.act) { found.act(); return; }
      if (!found) { if (W.state.pick) { W.apply({ pick: "" }); W.clicked({ kind: "none", id: "", level: "", name: "", action: "select" }); } return; }
      if (L.Browser.mobile) show(event);
      if (found.stacked) { W.choose(found.stacked, event); return; }
      const again = found.kind === "areas" && (W.state.pick === found.id || W.state.click === "drill");
      const action = again && W.childLevel(found.level) ? "drill" : "select";
      if (action === "drill") drilled = Date.now();
      W.clicked({ kind: found.kind, id: found.id, level: found.level || "", name: found.name || "", action, lat: event.latlng.lat, lon: event.latlng.lng });
      if (found.kind === "areas" && action === "select") W.apply({ pick: found.id });
    }
  }

  /* What a card says of one thing: words only, never markup. */
  W.fillCard = function (card, found) {
    const line = (name, value, cls) => card.append(W.el("div", { class: "wg-line " + (cls || "") }, W.el("span", {}, name), W.el("b", {}, value)));
    if (found.stacked) {
      card.append(W.el("div", { class: "wg-name" }, W.t("{count} areas on one footprint", { count: found.stacked.length })));
      for (const one of found.stacked.slice(0, 6)) line(one.name, one.row ? W.number(one.row[0], W.decimals()) + " " + W.unit() : one.id);
      card.append(W.el("div", { class: "wg-hint" }, W.t("Click to choose one of them")));
      return;
    }
    card.append(W.el("div", { class: "wg-name" }, found.name || found.id), W.el("div", { class: "wg-code" }, found.note || found.id));
    if (found.kind !== "areas") { for (const [name, value] of found.lines || []) if (value) line(name, value); return; }
    const answer = W.areas.values;
    if (!answer || !answer.values) return;
    const row = found.row;
    if (!row || row[0] === null) line(W.titled(answer.title), W.t("no data"), "wg-none");
    else {
      line(W.titled(answer.title), W.number(row[0], answer.decimals) + (answer.unit ? " " + W.titled(answer.unit) : ""));
      if (row[1] !== null && row[2] !== null) line(W.t("95 % interval"), W.number(row[1], answer.decimals) + " – " + W.number(row[2], answer.decimals));
      line(W.t("Records behind it"), W.number(row[3], 0));
      if (row[4]) card.append(W.el("div", { class: "wg-hint" }, W.t("Few records: uncertain, drawn pale")));
    }
    if (W.childLevel(found.level)) card.append(W.el("div", { class: "wg-hint" }, W.t("Click to pick, double click to go in: {level}", { level: W.levelTitle(W.childLevel(found.level)) })));
  };
  W.unit = () => (W.areas.values ? W.titled(W.areas.values.unit) : "");
  W.decimals = () => (W.areas.values ? W.areas.values.decimals : 1);

  function views(map) {
    const [w, s, e, n] = W.config.bounds;
    let first = true, own = false;
    W.fit = (animate) => {
      const shape = W.scopeShapes;
      let bounds = L.latLngBounds([s, w], [n, e]);
      if (shape && shape.n) {
        const b = shape.box(0);
        for (let i = 1; i < shape.n; i++) { const c = shape.box(i); b[0] = Math.min(b[0], c[0]); b[1] = Math.min(b[1], c[1]); b[2] = Math.max(b[2], c[2]); b[3] = Math.max(b[3], c[3]); }
        bounds = L.latLngBounds(W.unproject(b[0], b[3]), W.unproject(b[2], b[1]));
      }
      const small = map.getSize().x < 600, isDrawnOn = map.getContainer().classList.contains("wg-planning");
      const options = { paddingTopLeft: small ? [8, 54] : [24, isDrawnOn ? 84 : 40], paddingBottomRight: small ? [8, 40] : [24, 24], maxZoom: 18 };
      if (animate && !matchMedia("(prefers-reduced-motion: reduce)").matches) map.flyToBounds(bounds, { ...options, duration: 0.6 });
      else map.fitBounds(bounds, { ...options, animate: false });
    };
    const release = () => { own = false; map.getContainer().classList.remove("wg-held"); W.emit("held", false); };
    W.reset = () => { release(); W.fit(true); };
    const hold = () => { own = true; map.getContainer().classList.add("wg-held"); W.emit("held", true); };
    map.on("dragstart", hold);
    map.getContainer().addEventListener("wheel", hold, { passive: true });
    W.hold = hold;
    let fitted = null;
    W.on("scope", () => {
      if (fitted === W.state.area) return;
      const again = fitted !== null;
      fitted = W.state.area; release();
      if (!again && W.state.view) return;
      W.fit(again);
    });
    W.on("state", (changed) => {
      if (!changed.has("view") || !W.state.view) return;
      const [lon, lat, zoom] = String(W.state.view).split(",").map(Number);
      if ([lon, lat, zoom].every(Number.isFinite) && (first || !own) && Math.abs(lat) <= 90 && !W.isEcho(lon, lat, zoom)) map.setView([lat, lon], zoom, { animate: false });
      first = false;
    });
    map.on("moveend", () => W.viewChanged(map));
    map.on("zoomend", () => W.emit("zoom"));
    map.on("moveend", () => W.emit("move"));
  }

  function keyboard(map) {
    const box = map.getContainer();
    box.setAttribute("role", "application");
    document.addEventListener("keydown", (event) => {
      const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement && document.activeElement.tagName);
      if (event.key === "/" && !typing) { event.preventDefault(); W.emit("focus-search"); }
      else if (event.key === "Escape") W.emit("escape");
      else if (event.key === "Enter" && document.activeElement === box && W.state.pick) {
        const picked = W.describeArea(W.state.pick);
        if (picked && W.childLevel(picked.level)) W.clicked({ kind: "areas", id: picked.id, level: picked.level, name: picked.name, action: "drill" });
      } else if (event.key.toLowerCase() === "h" && !typing && !event.ctrlKey && !event.metaKey) W.reset();
    });
  }

  W.start = function (map, config) {
    W.config = config; W.map = map; window.map = map;
    Object.assign(W.state, { lang: config.lang, theme: config.theme });
    const [w, s, e, n] = config.bounds;
    W.setOrigin((w + e) / 2, (s + n) / 2);
    map.attributionControl && map.attributionControl.setPrefix(false);
    map.doubleClickZoom.disable();
    const box = map.getContainer();
    W.bar = box.appendChild(W.el("div", { class: "wg-bar", hidden: true, role: "progressbar" }));
    W.notice = box.appendChild(W.el("div", { class: "wg-notice", hidden: true, role: "alert" }));
    map.createPane("ground").style.zIndex = 250; map.createPane("over").style.zIndex = 450;
    map.getPane("over").style.pointerEvents = "none";
    W.stage = W.buildStage(map, "ground"); W.overlay = W.buildStage(map, "over");
    map.fitBounds([[s, w], [n, e]], { animate: false, padding: [16, 16] });
    for (const layer of W.layers.sort((a, b) => a.order - b.order)) {
      layer.hidden = !layer.shown; layer.opacity = layer.opacity === undefined ? 1 : layer.opacity;
      const draw = W.draws[layer.draw];
      if (draw) { draw(layer); W.stage.add(layer); }
    }
    views(map); hover(map); keyboard(map);
    for (const build of Object.values(W.tools || {})) build(map);
    W.on("state", (changed) => { if (changed.has("theme") || changed.has("lang")) { W.applyTheme(); W.emit("retheme"); W.stage.later(); W.overlay.later(); } if (changed.has("pick")) W.overlay.later(); });
    W.applyTheme();
    document.documentElement.lang = W.state.lang === "en" ? "en" : "zh-CN";
    if (document.fonts) document.fonts.addEventListener("loadingdone", () => W.stage.later());
    if (window.ResizeObserver) new ResizeObserver(() => map.invalidateSize({ animate: false, pan: false })).observe(box);
    W.ready = true;
    if (config.inline || window.parent === window) W.apply(config.state);
    else { W.tell({ event: "ready" }); }
    W.emit("retheme");
  };
})();
