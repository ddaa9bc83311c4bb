/* Borders of the parent areas, the outline of the area in view, and a veil over what lies outside it. */
(function () {
  "use strict";
  const W = window.Wangge;
  W.draws = W.draws || {};
  W.draws.outlines = function (layer) {
    let parents = null, scope = null, land = null, loaded = "";
    layer.paint = function (view) {
      const { ctx, theme } = view;
      if (parents) {
        ctx.strokeStyle = theme.outline; const side = parents.size * view.k;
        ctx.lineWidth = view.px * (side < 14 ? 0.4 : side < 24 ? 0.5 : side < 60 ? 0.8 : 1.2); ctx.lineJoin = "round";
        ctx.globalAlpha = view.opacity * (side < 14 ? 0.3 : side < 24 ? 0.4 : 0.7);
        parents.whole.stroke(ctx);
      }
      if (!scope) return;
      ctx.globalAlpha = view.opacity;
      if (W.state.area) {
        const veil = new Path2D(); const b = view.box;
        veil.rect(b[0], b[1], b[2] - b[0], b[3] - b[1]);
        scope.whole.addTo(veil);
        ctx.fillStyle = theme.veil; ctx.fill(veil, "evenodd");
      }
      ctx.lineJoin = "round";
      const strong = view.zoom < 11 ? 0.9 : view.zoom < 13 ? 1.2 : 1.6;
      if (view.zoom >= 12) { ctx.strokeStyle = theme.halo; ctx.lineWidth = (strong + 2) * view.px; ctx.globalAlpha = 0.5; scope.whole.stroke(ctx); }
      ctx.globalAlpha = 0.9; ctx.strokeStyle = theme.scope; ctx.lineWidth = strong * view.px; scope.whole.stroke(ctx);
    };
    async function load() {
      const s = W.state, zoom = W.map.getZoom(), detail = zoom < 9.5 ? 3 : W.detail(zoom), key = [s.level, s.area, detail, s.edition, s.borders].join("|");
      if (key === loaded || !s.level) return;
      loaded = key;
      const feed = await W.load("outlines", `outlines|${s.level}|${s.area}|${s.borders}`, "/api/features/area_outlines?" + W.query({ ws: W.config.ws, level: s.level, within: s.area, detail, borders: s.borders }));
      if (!feed) { if (feed === null) loaded = ""; return; }
      parents = whole(feed.parents); scope = whole(feed.scope);
      if (!land && scope) { land = scope; W.land = land; }
      if (W.land === undefined || !s.area) W.land = scope;
      W.scopeShapes = scope;
      W.stage.later(); W.emit("scope", scope);
    }
    function whole(feed) {
      if (!feed || !feed.shapes.length) return null;
      const shapes = new W.Shapes(feed, true);
      shapes.whole = shapes.together(shapes.ids.map((_, i) => i));
      return shapes;
    }
    W.on("state", () => setTimeout(load, 0));
    W.on("zoom", load);
  };
})();
