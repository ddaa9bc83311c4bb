/* The areas of one level, coloured by a table of values; a new table is not a new map. */
(function () {
  "use strict";
  const W = window.Wangge;
  const NO_DATA = -1, PLAIN = -2;

  W.areas = { shapes: null, values: null, groups: null };
  function colours() {
    const legend = W.areas.values && W.areas.values.legend;
    if (!legend) return [];
    return W.state.theme === "dark" && legend.kind === "sequential" ? [...legend.colours].reverse() : legend.colours;
  }
  W.classColours = colours;
  W.classOf = function (value, breaks) {
    if (value === null || value === undefined) return NO_DATA;
    for (let i = 1; i < breaks.length - 1; i++) if (value < breaks[i]) return i - 1;
    return Math.max(0, breaks.length - 2);
  };
  function group() {
    const { shapes, values } = W.areas, groups = new Map();
    if (!shapes) return groups;
    const pictured = shapes.tiled ? shapes : W.picturesOf(shapes, W.areas.level);
    if (pictured) { pictured.recode(); return groups; }
    for (let i = 0; i < shapes.n; i++) {
      const row = values && values.values ? values.values[shapes.ids[i]] : null;
      const cls = !values || !values.values ? PLAIN : row ? W.classOf(row[0], values.legend.breaks) : NO_DATA;
      const key = cls + (row && row[4] && cls >= 0 ? "u" : "");
      if (!groups.has(key)) groups.set(key, { cls, unsure: key.endsWith("u"), members: [] });
      groups.get(key).members.push(i);
    }
    return groups;
  }
  const patterns = {};
  function hatch(ctx, colour, px) {
    const key = colour;
    if (!patterns[key]) {
      const tile = document.createElement("canvas"); tile.width = tile.height = 16;
      const c = tile.getContext("2d"); c.strokeStyle = colour; c.lineWidth = 2.2;
      c.beginPath(); c.moveTo(-4, 20); c.lineTo(20, -4); c.moveTo(-4, 4); c.lineTo(4, -4); c.moveTo(12, 20); c.lineTo(20, 12); c.stroke();
      patterns[key] = tile;
    }
    const pattern = ctx.createPattern(patterns[key], "repeat");
    pattern.setTransform(new DOMMatrix().scale(px * 0.5));
    return pattern;
  }
  W.hatch = hatch;
  function paint(view) {
    const { shapes, groups } = W.areas;
    if (!shapes || !groups) return;
    if (shapes.tiled || shapes.pictures) { (shapes.pictures || shapes).paint(view); return; }
    const { ctx, theme, box } = view, ramp = colours(), alpha = view.opacity;
    const near = [], size = shapes.size * view.k;
    for (const one of groups.values()) {
      const members = one.members.filter((i) => shapes.seen(i, box));
      if (!members.length) continue;
      near.push(...members);
      let path = one.whole;
      if (members.length !== one.members.length) path = shapes.together(members);
      else if (!path) path = one.whole = shapes.together(members);
      ctx.globalAlpha = alpha * (one.unsure ? (size > 9 ? 0.62 : 0.5) : 1);
      ctx.fillStyle = one.cls === PLAIN ? theme.plain : one.cls === NO_DATA ? theme.nodata : ramp[one.cls];
      path.fill(ctx);
      if (size > 9 && (one.cls === NO_DATA || one.unsure)) {
        ctx.globalAlpha = 1;
        ctx.fillStyle = hatch(ctx, one.unsure ? theme.unsure : theme.hatch, view.px);
        path.fill(ctx);
      }
    }
    if (size < 5) return;                          // borders closer than this would be all there is to see
    ctx.globalAlpha = Math.min(1, (size - 3) / 26);
    ctx.strokeStyle = theme.border; ctx.lineJoin = "round";
    ctx.lineWidth = view.px * (size < 14 ? 0.4 : size < 60 ? 0.6 : 0.9);
    const all = near.length === shapes.n ? (W.areas.whole = W.areas.whole || shapes.together(near)) : shapes.together(near);
    all.stroke(ctx);
  }
  function describe(i) {
    const { shapes, values } = W.areas, id = shapes.ids[i];
    return { kind: "areas", id, index: i, level: W.areas.level, name: shapes.columns.name[i] || id, parent: shapes.columns.parent_id[i], row: values && values.values ? values.values[id] : null };
  }
  W.describeArea = (id) => { const i = W.areas.shapes && W.areas.shapes.index.get(id); return i === undefined || i === null ? null : describe(i); };
  function hit(x, y) {
    const shapes = W.areas.shapes;
    const found = shapes ? shapes.at(x, y) : [];
    if (!found.length) return null;
    const first = describe(found[0]);
    first.stacked = found.length > 1 ? found.map(describe) : null;
    return first;
  }
  W.draws = W.draws || {};
  W.draws.areas = function (layer) {
    layer.paint = paint; layer.hit = hit;
    layer.title_now = () => (W.areas.level ? W.levelTitle(W.areas.level) : W.titled(layer.title));
    let loaded = "", loadedValues = "", waiting = null;
    /* Where a level is large its areas come as tiles, and far out the level above is drawn instead. */
    async function loadDrawn() {
      const s = W.state, zoom = W.map.getZoom(), asked = [s.level, s.area, s.edition, s.borders].join("|");
      let level = s.level, found = null;
      if (!s.borders && W.tiles.applies() && s.level) {
        found = await W.tiles.ask();
        if (asked !== [W.state.level, W.state.area, W.state.edition, W.state.borders].join("|")) return;
        if (found) level = W.tiles.levelAt(found, s.level, zoom);
      }
      if (!found || !found.levels[level] || found.levels[level].seen <= found.from) { await Promise.all([loadShapes(level), loadValues(level)]); return; }
      const key = ["tiles", found.seal, level, s.area].join("|");
      if (key !== loaded) {
        loaded = key; W.tiles.now = found;
        W.areas.shapes = W.tiles.shapes(found, level, s.area);
        W.areas.level = level; W.areas.within = s.area || null; W.areas.whole = null;
        regroup(); W.emit("areas", { level });
      }
      await loadValues(level);
    }
    async function loadShapes(level) {
      const s = W.state, detail = W.detail(W.map.getZoom()), key = [level, s.area, detail, s.edition, s.borders].join("|");
      if (key === loaded) return;
      loaded = key;
      const feed = await W.load("areas", `areas|${level}|${s.area}`, "/api/features/areas?" + W.query({ ws: W.config.ws, level, within: s.area, detail, borders: s.borders }));
      if (!feed) { if (feed === null) loaded = ""; return; }
      W.areas.shapes = new W.Shapes(feed, true);
      W.areas.level = feed.level; W.areas.within = feed.within; W.areas.whole = null;
      regroup();
      W.emit("areas", feed);
    }
    async function loadValues(level) {
      const s = W.state;
      const asked = { ws: W.config.ws, metric: s.metric, level, within: s.area, start: s.start, end: s.end, category: s.category, classes: s.classes, palette: s.palette, boundaries: s.boundaries };
      const key = JSON.stringify([asked, s.values ? s.values.seal || s.values : "", s.lang, s.edition]);
      if (key === loadedValues) return;
      loadedValues = key;
      if (s.values && s.values.values && level === s.level) { W.areas.values = s.values; W.areas.valuesLevel = level; regroup(); W.emit("values"); return; }
      if (!s.metric) { W.areas.values = null; regroup(); W.emit("values"); return; }
      const answer = await W.load("values", `values|${level}|${s.area}|${s.metric}`, "/api/values?" + W.query(asked));
      if (answer === undefined) return;
      W.areas.values = answer; W.areas.valuesLevel = level;
      regroup(); W.emit("values");
    }
    function regroup() {
      const started = performance.now();
      W.areas.groups = group(); W.stage.later();
      W.areas.lastRegroup = performance.now() - started;
    }
    W.on("state", () => { clearTimeout(waiting); waiting = setTimeout(loadDrawn, 0); });
    W.on("zoom", loadDrawn);
    W.on("retheme", () => W.stage.later());
  };
})();
