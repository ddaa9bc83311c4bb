/* Land, water, roads, buildings and tracks: lines and shapes by what the zoom can show. */
(function () {
  "use strict";
  const W = window.Wangge;
  W.draws = W.draws || {};

  /* Fetch a layer of shapes: whole for the far details, by a window of the map for the near one. */
  function source(layer, build, options) {
    let loaded = "", box = null;
    async function load() {
      const zoom = W.map.getZoom(), detail = W.detail(zoom);
      if (layer.hidden || !layer.rows || zoom < layer.min_zoom) { if (zoom < layer.min_zoom && layer.clear) layer.clear(); return; }
      const near = options.windowFrom <= zoom;
      const seen = W.map.getBounds();
      const held = near && box && box.contains(seen);
      const key = [detail, near ? "window" : "whole", W.state.edition, options.key ? options.key() : ""].join("|");
      if (key === loaded && (!near || held)) return;
      loaded = key;
      let window_ = "";
      if (near) { box = seen.pad(0.5); window_ = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((v) => v.toFixed(3)).join(","); }
      const feed = await W.load(layer.name, options.slot || layer.name, `/api/features/${layer.name}?` + W.query({ ws: W.config.ws, detail, bbox: window_, ...(options.query ? options.query() : {}) }));
      if (!feed) { if (feed === null) loaded = ""; return; }
      build(feed);
      W.stage.later(); W.emit("layers");
    }
    W.on("state", () => setTimeout(load, 0)); W.on("move", load); W.on("layers-chosen", load);
    layer.load = load;
  }
  const members = (shapes, test) => shapes.ids.map((_, i) => i).filter(test);

  W.draws.water = function (layer) {
    let water = null;
    layer.paint = function (view) {
      const { ctx, theme } = view;
      if (!water) { if (W.land) { ctx.fillStyle = theme.land; W.land.whole.fill(ctx); } return; }
      paintSea(view);
      if (W.land) { ctx.fillStyle = theme.land; W.land.whole.fill(ctx); }
      ctx.fillStyle = theme.water; water.areas.fill(ctx);
      ctx.strokeStyle = theme.waterline; ctx.lineWidth = 0.6 * view.px; water.areas.stroke(ctx);
      ctx.strokeStyle = theme.water; ctx.lineCap = "round"; ctx.lineJoin = "round";
      ctx.lineWidth = Math.max(1.1, Math.min(9, Math.pow(2, view.zoom - 12) * 1.3)) * view.px; water.lines.stroke(ctx);
      ctx.strokeStyle = theme.faint; ctx.lineWidth = 2.2 * view.px; water.walls.stroke(ctx);
    };
    function paintSea(view) {
      const { ctx, theme } = view;
      if (!water.sea.n) return;
      ctx.fillStyle = theme.water; water.seaWhole.fill(ctx);
      ctx.strokeStyle = theme.waterline; ctx.lineWidth = 0.6 * view.px; water.seaWhole.stroke(ctx);
    }
    source(layer, (feed) => {
      const areal = new W.Shapes({ ...feed, shapes: feed.shapes.map((one, i) => (feed.areal[i] ? one : [])) }, true);
      const lines = new W.Shapes({ ...feed, shapes: feed.shapes.map((one, i) => (feed.areal[i] ? [] : one)) }, false);
      const isSea = (i) => feed.columns.water_class && feed.columns.water_class[i] === "sea" && feed.areal[i];
      const sea = new W.Shapes({ ...feed, ids: feed.ids.filter((_, i) => isSea(i)), shapes: feed.shapes.filter((_, i) => isSea(i)) }, true);
      const wall = (i) => feed.columns.water_class && feed.columns.water_class[i] === "seawall";
      water = { sea, seaWhole: sea.together(sea.ids.map((_, i) => i)), areas: areal.together(members(areal, (i) => feed.areal[i] && !isSea(i))), lines: lines.together(members(lines, (i) => !wall(i))), walls: lines.together(members(lines, wall)) };
    }, { windowFrom: 99 });
  };

  const RANKS = { motorway: 5, trunk: 4, primary: 4, secondary: 3, tertiary: 2, unclassified: 1, residential: 1, service: 0, path: 0, footway: 0 };
  W.draws.roads = function (layer) {
    let groups = null;
    const width = (rank, zoom) => Math.max([0.35, 0.5, 0.8, 1.1, 1.4, 1.8][rank], [0.6, 1, 1.6, 2.2, 3, 3.6][rank] * Math.pow(1.55, Math.min(zoom, 18) - 14));
    const from = [14.5, 13, 11.5, 9.5, 8, 7];
    layer.paint = function (view) {
      if (!groups) return;
      const { ctx, theme } = view;
      ctx.lineJoin = "round"; ctx.lineCap = "round";
      const shown = groups.map((path, rank) => (path && view.zoom >= from[rank] ? rank : -1)).filter((rank) => rank >= 0);
      const calm = view.zoom < 11.5 ? 0.55 : view.zoom < 13 ? 0.8 : 1;
      ctx.globalAlpha = view.opacity * 0.9 * calm; ctx.strokeStyle = theme.casing;
      for (const rank of shown) { ctx.lineWidth = (width(rank, view.zoom) + 1.1) * view.px; groups[rank].stroke(ctx); }
      ctx.globalAlpha = view.opacity * calm;
      for (const rank of shown) { ctx.strokeStyle = rank < 2 ? theme.minor : theme.road; ctx.lineWidth = width(rank, view.zoom) * view.px; groups[rank].stroke(ctx); }
    };
    source(layer, (feed) => {
      const shapes = new W.Shapes(feed, false);
      const rank = (i) => { const r = RANKS[feed.columns.road_class[i]]; return r === undefined ? 2 : r; };
      groups = [0, 1, 2, 3, 4, 5].map((want) => { const own = members(shapes, (i) => rank(i) === want); return own.length ? shapes.together(own) : null; });
      W.roadNames = { shapes, names: feed.columns.name, rank };
    }, { windowFrom: 14 });
  };

  W.draws.buildings = function (layer) {
    let shapes = null, whole = null;
    layer.clear = () => { shapes = null; };
    layer.paint = function (view) {
      if (!shapes || view.zoom < layer.min_zoom) return;
      const { ctx, theme } = view;
      ctx.globalAlpha = view.opacity * 0.9;
      ctx.fillStyle = theme.building; whole.fill(ctx);
      ctx.strokeStyle = theme.buildingline; ctx.lineWidth = 0.7 * view.px; whole.stroke(ctx);
    };
    source(layer, (feed) => { shapes = new W.Shapes(feed, true); whole = shapes.together(shapes.ids.map((_, i) => i)); }, { windowFrom: 0 });
  };

  W.draws.tracks = function (layer) {
    let shapes = null, whole = null, note = "";
    layer.paint = function (view) {
      if (!shapes) return;
      const { ctx } = view;
      ctx.lineJoin = "round"; ctx.lineCap = "round"; ctx.strokeStyle = layer.colour;
      ctx.globalAlpha = view.opacity * (shapes.n > 300 ? 0.45 : 0.8);
      ctx.lineWidth = (view.zoom < 12 ? 0.9 : view.zoom < 14 ? 1.4 : 2.2) * view.px;
      whole.stroke(ctx);
    };
    layer.keys = () => (shapes ? [{ colour: layer.colour, label: W.titled(layer.title) + note, count: shapes.n }] : []);
    source(layer, (feed) => {
      shapes = new W.Shapes(feed, false); whole = shapes.together(shapes.ids.map((_, i) => i));
      note = feed.from ? " · " + W.t("from {time}", { time: W.day(feed.from, true) }) : "";
    }, { windowFrom: 99, slot: "tracks", query: () => ({ within: W.state.area, start: W.state.start, end: W.state.end }), key: () => [W.state.area, W.state.start, W.state.end].join("|") });
  };
})();
