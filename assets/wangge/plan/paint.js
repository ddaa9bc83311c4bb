/* A plan on the map: units by the zone they are in, borders between zones, what changed, which zones do not fit. */
(function () {
  "use strict";
  const W = window.Wangge;
  const FILLS = {
    light: ["#8fbfe0", "#a9d18e", "#f3c57a", "#c3b1dd", "#f1e08c", "#8fd0c2", "#eeb0bd", "#c8bfa9"],
    dark: ["#2f5f80", "#4a6e37", "#80602a", "#5d4c7a", "#6f6528", "#2c6a5e", "#7d4752", "#5d5747"]
  };
  const ODD = { light: { over: "#b3261e", under: "#7b2d8e", parts: "#8a4b00" }, dark: { over: "#ff8a80", under: "#e0a3f0", parts: "#ffc46b" } };
  const FONT = `600 12px ${W.FONT}`;
  const AROUND = 8;                                // pixels the lines around a zone take beyond it
  const plan = (W.plan = { now: null, owner: new Map(), parts: [], byZone: new Map() });
  const odd = () => ODD[W.state.theme === "dark" ? "dark" : "light"];
  plan.odd = odd;
  /* What is wrong with a zone, by shape and word as well as colour: over or under its band, or in pieces. */
  plan.fault = function (zone) {
    const one = plan.now && plan.now.zones[zone];
    if (!one || one[6]) return one && one[3] > 1 ? "parts" : "";
    return one[4] ? (one[5] < 0 ? "under" : "over") : one[3] > 1 ? "parts" : "";
  };
  plan.mark = (zone) => ({ over: "▲ ", under: "▼ ", parts: "✕ " })[plan.fault(zone)] || "";

  /* Edges of all units with the one or two units they belong to; the same points on both sides make them meet. */
  function edgesOf(parts) {
    const seen = new Map();
    parts.forEach(({ shapes, skipped }, p) => {
      for (let i = 0; i < shapes.n; i++) {
        if (skipped.has(shapes.ids[i])) continue;
        for (const points of shapes.lines[i]) {
          const n = points.length;
          for (let j = 0; j < n; j += 2) {
            const k = (j + 2) % n, a = points[j], b = points[j + 1], c = points[k], d = points[k + 1];
            if (a === c && b === d) continue;
            const key = a < c || (a === c && b < d) ? a.toFixed(2) + b.toFixed(2) + "_" + c.toFixed(2) + d.toFixed(2) : c.toFixed(2) + d.toFixed(2) + "_" + a.toFixed(2) + b.toFixed(2);
            const edge = seen.get(key);
            if (edge) edge.other = shapes.ids[i]; else seen.set(key, { a, b, c, d, one: shapes.ids[i], other: null });
          }
        }
      }
    });
    return [...seen.values()];
  }
  let edges = [], drawn = null;
  const isSame = (one, other) => one.length === other.length && one.every((value, i) => value === other[i]);
  function build() {
    const now = W.state.plan && W.state.plan.ids ? W.state.plan : null, shapes = W.areas.shapes;
    const pieces = now && JSON.stringify(now.pieces && [now.pieces.ids, now.pieces.labels]);
    /* The answer to what was lent already, or to a mere choice: the same ground in the same zones, other numbers. */
    if (now && drawn && drawn.shapes === shapes && drawn.pieces === pieces && isSame(drawn.zone, now.zone) && isSame(drawn.ids, now.ids)) {
      plan.now = now;
      return refresh();
    }
    const isOver = drawn && drawn.shapes === shapes, isCutAnew = !isOver || drawn.pieces !== pieces, before = isOver ? plan.byZone : new Map();
    drawn = now && shapes && !shapes.tiled ? { shapes, pieces, zone: now.zone, ids: now.ids } : null;
    plan.now = now; plan.byZone = new Map(); plan.owner = new Map();
    if (!drawn) { plan.parts = []; shown = new Map(); return W.stage.later(); }
    const cut = new Set(now.cut || []);
    if (isCutAnew) {
      plan.parts = [{ shapes, skipped: cut }, ...(now.pieces ? [{ shapes: new W.Shapes({ ...now.pieces, edition: "" }, true), skipped: new Set() }] : [])];
      edges = edgesOf(plan.parts);
    }
    now.ids.forEach((id, i) => plan.owner.set(id, { zone: now.zone[i], moved: now.today[i] >= 0 && now.today[i] !== now.zone[i], size: now.size[i] }));
    for (const { shapes: some, skipped } of plan.parts) for (let i = 0; i < some.n; i++) {
      const own = plan.owner.get(some.ids[i]);
      if (!own || skipped.has(some.ids[i])) continue;
      if (!plan.byZone.has(own.zone)) plan.byZone.set(own.zone, { held: [], of: "" });
      const zone = plan.byZone.get(own.zone);
      zone.held.push([some, i, own.moved]); zone.of += some.ids[i] + (some === shapes ? "" : some.labels[i]) + (own.moved ? "*," : ",");
    }
    plan.byZone = new Map([...plan.byZone].sort(([one], [other]) => one - other));
    for (const [number, zone] of plan.byZone) {
      const was = before.get(number);
      if (was && was.of === zone.of) plan.byZone.set(number, was); else gather(zone);
    }
    plan.border = new Path2D();
    for (const { a, b, c, d, one, other } of edges) {
      const z = plan.owner.get(one), y = other === null ? null : plan.owner.get(other);
      if (!z || (y && z.zone === y.zone)) continue;
      plan.border.moveTo(a, b); plan.border.lineTo(c, d);
      for (const own of [z, y]) if (own) { const zone = plan.byZone.get(own.zone); if (!zone.isWhole) { zone.outline.moveTo(a, b); zone.outline.lineTo(c, d); } }
    }
    for (const zone of plan.byZone.values()) zone.isWhole = true;
    return refresh(!isOver);
  }
  /* The paths of a zone, where it lies and the middle of it. */
  function gather(zone) {
    Object.assign(zone, { path: new Path2D(), moved: new Path2D(), outline: new Path2D(), isWhole: false, box: [Infinity, Infinity, -Infinity, -Infinity] });
    let x = 0, y = 0;
    for (const [some, i, isMoved] of zone.held) {
      const b = some.boxes, j = 4 * i, z = zone.box, label = some.labels[i];
      zone.path.addPath(some.path(i));
      if (isMoved) zone.moved.addPath(some.path(i));
      x += label[0]; y += label[1];
      z[0] = Math.min(z[0], b[j]); z[1] = Math.min(z[1], b[j + 1]); z[2] = Math.max(z[2], b[j + 2]); z[3] = Math.max(z[3], b[j + 3]);
    }
    x /= zone.held.length; y /= zone.held.length;
    zone.middle = zone.held.map(([some, i]) => some.labels[i])
      .reduce((best, one) => ((one[0] - x) ** 2 + (one[1] - y) ** 2 < (best[0] - x) ** 2 + (best[1] - y) ** 2 ? one : best));
  }
  /* Paint again where a zone or its name is not as it was shown: a town of 1,000 units is not painted for one of them. */
  let shown = new Map();
  function refresh(isAll) {
    const view = W.stage.look(), before = shown, boxes = [], now = plan.now;
    shown = new Map();
    for (const [number, zone] of plan.byZone) shown.set(number, { as: zone.of + JSON.stringify(now.zones[number]) + (number === now.picked), box: zone.box });
    if (isAll || !view) return W.stage.later();
    const add = (box) => { const [x, y] = view.at(box[0], box[1]), [r, b] = view.at(box[2], box[3]); boxes.push([x - AROUND, y - AROUND, r + AROUND, b + AROUND]); };
    for (const number of new Set([...before.keys(), ...shown.keys()])) {
      const was = before.get(number), is = shown.get(number);
      if (!was || !is || was.as !== is.as) [was, is].forEach((one) => one && add(one.box));
    }
    const old = plan.named || new Map(), named = placed(view);
    for (const number of new Set([...old.keys(), ...named.keys()])) {
      const was = old.get(number), is = named.get(number);
      if (!was || !is || was.as !== is.as) [was, is].forEach((one) => one && boxes.push(one.box.map((side, i) => side + (i < 2 ? -4 : 4))));
    }
    return W.stage.later(boxes);
  }
  plan.pick = function (zone) {
    if (!plan.now) return;
    W.state.plan = plan.now = { ...plan.now, picked: zone, seal: plan.now.seal + "p", turn: Math.floor(plan.now.turn) + 0.5 };
    refresh();
  };
  /* Show units in their new zone before the service has answered. */
  plan.lend = function (ids, zone) {
    if (!plan.now || !plan.now.zones[zone]) return;
    const place = new Map(plan.now.ids.map((id, i) => [id, i])), zones = plan.now.zone.slice();
    for (const id of ids) if (place.has(id)) zones[place.get(id)] = zone;
    W.state.plan = { ...plan.now, zone: zones, seal: plan.now.seal + "+", turn: Math.floor(plan.now.turn) + 0.5 };
    build();
  };
  plan.hit = function (latlng) {
    const [x, y] = W.toRef(latlng);
    for (const { shapes, skipped } of plan.parts) {
      const found = shapes.at(x, y).filter((i) => !skipped.has(shapes.ids[i]) && plan.owner.has(shapes.ids[i]));
      if (found.length) return shapes.ids[found[0]];
    }
    return null;
  };
  plan.inside = function (ring) {
    const points = ring.map(W.toRef), found = [];
    for (const { shapes, skipped } of plan.parts) for (let i = 0; i < shapes.n; i++) {
      if (skipped.has(shapes.ids[i]) || !plan.owner.has(shapes.ids[i])) continue;
      const [x, y] = shapes.labels[i];
      let is = false;
      for (let a = 0, b = points.length - 1; a < points.length; b = a++) { const p = points[a], q = points[b]; if (p[1] > y !== q[1] > y && x < ((q[0] - p[0]) * (y - p[1])) / (q[1] - p[1]) + p[0]) is = !is; }
      if (is) found.push(shapes.ids[i]);
    }
    return found;
  };

  function paint(view) {
    const { ctx, theme } = view, now = plan.now;
    if (!now || !plan.parts.length) return;
    const fills = FILLS[W.state.theme === "dark" ? "dark" : "light"];
    const near = [...plan.byZone].filter(([, zone]) => zone.box[0] <= view.box[2] && zone.box[2] >= view.box[0] && zone.box[1] <= view.box[3] && zone.box[3] >= view.box[1]);
    for (const [number, zone] of near) {
      const one = now.zones[number];
      ctx.globalAlpha = one && one[6] ? 0.3 : 0.66;
      ctx.fillStyle = one ? fills[one[1] % fills.length] : theme.nodata;
      ctx.fill(zone.path, "nonzero");
      ctx.globalAlpha = 1; ctx.fillStyle = W.hatch(ctx, theme.hatch, view.px); ctx.fill(zone.moved, "nonzero");
    }
    const side = W.areas.shapes.size * view.k;
    if (side > 6) { ctx.globalAlpha = Math.min(0.8, side / 60); ctx.strokeStyle = theme.border; ctx.lineWidth = 0.6 * view.px; for (const { shapes, skipped } of plan.parts) for (let i = 0; i < shapes.n; i++) if (!skipped.has(shapes.ids[i]) && shapes.seen(i, view.box)) ctx.stroke(shapes.path(i)); }
    ctx.globalAlpha = 1; ctx.lineJoin = ctx.lineCap = "round";
    const strong = view.zoom < 12 ? 0.9 : view.zoom < 14 ? 1.5 : 2.1;
    ctx.strokeStyle = theme.halo; ctx.lineWidth = (strong + 1.6) * view.px; ctx.stroke(plan.border);
    ctx.strokeStyle = theme.scope; ctx.lineWidth = strong * view.px; ctx.stroke(plan.border);
    for (const [number, zone] of near) {
      const fault = plan.fault(number);
      if (!fault) continue;
      ctx.strokeStyle = odd()[fault]; ctx.lineWidth = (strong + 1.4) * view.px; ctx.stroke(zone.outline);
    }
    const picked = now.picked === null ? null : plan.byZone.get(now.picked);
    if (picked) {
      ctx.strokeStyle = theme.halo; ctx.lineWidth = (strong + 5) * view.px; ctx.stroke(picked.outline);
      ctx.strokeStyle = theme.pick; ctx.lineWidth = (strong + 2.4) * view.px; ctx.stroke(picked.outline);
    }
  }
  /* The names that find room, each with its box on the canvas: the picked zone first, then those that do not fit. */
  function placed(view) {
    const { ctx } = view, now = plan.now, taken = [], found = new Map();
    if (!now || !plan.parts.length) return found;
    const order = [...plan.byZone].map(([number, zone]) => [number, zone, (zone.box[2] - zone.box[0]) * view.k, plan.fault(number)]).filter(([number]) => now.zones[number]);
    order.sort((a, b) => (b[0] === now.picked) - (a[0] === now.picked) || !!b[3] - !!a[3] || b[2] - a[2]);
    ctx.save(); ctx.font = FONT;
    for (const [number, zone, wide, fault] of order) {
      const one = now.zones[number], lines = wide > 46 || number === now.picked ? [one[0], plan.mark(number) + W.number(one[2], 0)] : [plan.mark(number) + W.number(one[2], 0)];
      if (wide < 26 && !fault && number !== now.picked) continue;
      const [x, y] = view.at(...zone.middle), w = Math.max(...lines.map((line) => widthOf(ctx, line))) / 2 + 3, h = 8 * lines.length, box = [x - w, y - h, x + w, y + h];
      if (taken.some((b) => box[0] < b[2] && box[2] > b[0] && box[1] < b[3] && box[3] > b[1])) continue;
      taken.push(box);
      found.set(number, { x, y, lines, fault, box, as: [x, y, fault, ...lines].join("|") });
    }
    ctx.restore();
    return found;
  }
  const widths = new Map();
  function widthOf(ctx, line) {
    if (!widths.has(line)) widths.set(line, ctx.measureText(line).width);
    return widths.get(line);
  }
  function names(view) {
    const { ctx, theme } = view, found = placed(view);
    if (ctx.canvas === W.stage._container) plan.named = found;
    view.screen(); ctx.font = FONT; ctx.textAlign = "center"; ctx.textBaseline = "middle"; ctx.lineJoin = "round"; ctx.globalAlpha = 1;
    for (const { x, y, lines, fault, box } of found.values()) if (view.near(box)) lines.forEach((line, i) => {
      const at = y + (i - (lines.length - 1) / 2) * 15;
      ctx.strokeStyle = theme.halo; ctx.lineWidth = 3.5; ctx.strokeText(line, x, at);
      ctx.fillStyle = i === lines.length - 1 && fault ? odd()[fault] : theme.ink; ctx.fillText(line, x, at);
    });
  }
  W.tools = W.tools || {};
  W.tools.planPaint = function () {
    for (const layer of W.layers) {
      if (layer.draw === "areas" || layer.draw === "labels") { layer.hidden = true; layer.hit = null; }
    }
    W.detail = () => (W.state.area ? 2 : 1);
    W.stage.add({ order: 21, paint });
    W.stage.add({ order: 95, paint: names });
    W.stage.add({ order: 22, paint: null, hit(x, y) {
      const id = plan.hit(W.unproject(x, y)), own = id && plan.owner.get(id);
      if (!own || !plan.now.zones[own.zone]) return null;
      const zone = plan.now.zones[own.zone];
      return { kind: "units", id, name: zone[0], note: id, lines: [[W.t("Households of the grid"), plan.mark(own.zone) + W.number(zone[2], 0)], [W.t("Households here"), W.number(own.size, 0)], own.moved ? [W.t("Changes hands"), W.t("yes")] : null].filter(Boolean) };
    } });
    W.on("state", (changed) => { if (changed.has("plan")) build(); });
    W.on("areas", build);
    if (document.fonts) document.fonts.addEventListener("loadingdone", () => widths.clear());
    W.on("retheme", () => W.stage.later());
  };
})();
