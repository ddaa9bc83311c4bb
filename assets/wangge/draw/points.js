/* Rows that are points: dots, signs, or counted circles where they crowd. */
(function () {
  "use strict";
  const W = window.Wangge;
  W.draws = W.draws || {};

  function take(layer, feed) {
    const own = (layer.data = { points: null, cells: null, total: feed.total, complete: feed.complete });
    const from = feed.points || feed.cells, n = from.lon.length;
    const xy = new Float64Array(2 * n);
    for (let i = 0; i < n; i++) { const at = W.project(from.lon[i] * feed.unit, from.lat[i] * feed.unit); xy[2 * i] = at[0]; xy[2 * i + 1] = at[1]; }
    if (feed.points) own.points = { n, xy, ids: from.ids, columns: from.columns };
    else own.cells = { n, xy, count: from.count, most: Math.max(1, ...from.count) };
  }
  function load(layer) {
    let loaded = "", box = null;
    return async function () {
      if (layer.hidden || !layer.rows || !W.state.lang) return;
      const s = W.state, zoom = W.map.getZoom(), seen = W.map.getBounds();
      const asked = [s.area, s.start, s.end, s.category, s.edition].join("|");
      const held = layer.data && (layer.data.complete || (box && box.contains(seen) && Math.round(zoom) === layer.zoomed));
      if (asked === loaded && held) return;
      loaded = asked; box = seen.pad(0.4); layer.zoomed = Math.round(zoom);
      const west = Math.max(-180, box.getWest()), east = Math.min(180, box.getEast());
      const bbox = [west, Math.max(-90, box.getSouth()), east, Math.min(90, box.getNorth())].map((v) => v.toFixed(3)).join(",");
      const feed = await W.load(layer.name, layer.name, `/api/features/${layer.name}?` + W.query({ ws: W.config.ws, within: s.area, start: s.start, end: s.end, category: s.category, zoom: Math.round(zoom), bbox }));
      if (!feed) { if (feed === null) loaded = ""; return; }
      take(layer, feed);
      W.stage.later(); W.emit("layers");
    };
  }
  function circle(ctx, x, y, r) { ctx.beginPath(); ctx.arc(x, y, r, 0, 2 * Math.PI); }

  /* Where few are gathered a quiet dot stands, where many a circle with their count. */
  const isCounted = (layer, count) => count >= 0.14 * layer.data.cells.most && count > 1;
  const cellText = (count) => (count < 10000 ? String(count) : Math.round(count / 1000) + "k");
  function cellRadius(layer, count) {
    const share = count / layer.data.cells.most;
    return isCounted(layer, count) ? Math.max(7 + 5 * Math.sqrt(share), 3 * cellText(count).length + 3) : 2 + 8 * Math.sqrt(share);
  }
  const meet = (boxes, x, y, r) => boxes.find(([left, top, right, bottom]) => x + r > left && x - r < right && y + r > top && y - r < bottom);
  /* Where a circle stands clear of names and other circles: its own place, just above or just below; null if nowhere. */
  function clearOf(boxes, x, y, r) {
    const first = meet(boxes, x, y, r);
    if (!first) return y;
    const ways = [first[1] - r, first[3] + r].sort((a, b) => Math.abs(a - y) - Math.abs(b - y));
    const found = ways.find((one) => Math.abs(one - y) < 26 && !meet(boxes, x, one, r));
    return found === undefined ? null : found;
  }
  function paintCells(layer, view) {
    const { ctx, theme } = view, { n, xy, count } = layer.data.cells, moved = (layer.data.cells.moved = new Float64Array(n));
    const boxes = W.placeLabels(view).map((one) => one.box), most = [...Array(n).keys()].sort((a, b) => count[b] - count[a]);
    view.screen();
    ctx.textAlign = "center"; ctx.textBaseline = "middle";
    for (const i of most) {
      const [x, own] = view.at(xy[2 * i], xy[2 * i + 1]);
      if (x < -30 || own < -30 || x > view.width + 30 || own > view.height + 30) continue;
      const r = cellRadius(layer, count[i]), y = isCounted(layer, count[i]) ? clearOf(boxes, x, own, r) : null;
      if (y === null) {
        ctx.globalAlpha = view.opacity * 0.55; ctx.fillStyle = layer.colour;
        circle(ctx, x, own, Math.min(r, 4.5)); ctx.fill();
        continue;
      }
      moved[i] = y - own; boxes.push([x - r, y - r, x + r, y + r]);
      ctx.globalAlpha = view.opacity * 0.8; ctx.fillStyle = theme.land;
      circle(ctx, x, y, r); ctx.fill();
      ctx.strokeStyle = layer.colour; ctx.lineWidth = 1; ctx.stroke();
      ctx.globalAlpha = view.opacity; ctx.fillStyle = theme.ink; ctx.font = `500 10px ${W.FONT}`;
      ctx.fillText(cellText(count[i]), x, y + 0.5);
    }
  }
  const nearFrom = (layer, i) => (layer.near && layer.sign_by ? layer.near[layer.data.points.columns[layer.sign_by][i]] || 0 : 0);
  function paintSign(ctx, x, y, sign, theme) {
    ctx.fillStyle = sign[1];
    ctx.beginPath(); ctx.roundRect(x - 8, y - 8, 16, 16, 4); ctx.fill();
    ctx.strokeStyle = theme.halo; ctx.lineWidth = 1.2; ctx.stroke();
    ctx.fillStyle = "#fff"; ctx.font = `600 10px ${W.FONT}`; ctx.fillText(sign[0], x, y + 0.5);
  }
  function paintPoints(layer, view) {
    const { ctx, theme } = view, { n, xy, columns } = layer.data.points;
    const closed = layer.hollow_by ? columns[layer.hollow_by] : null, sized = layer.sized_by ? columns[layer.sized_by] : null;
    const most = sized ? Math.max(1, ...sized.map((v) => v || 0)) : 1;
    const grow = view.zoom < 11 ? 0.7 : view.zoom < 13 ? 0.9 : view.zoom < 15 ? 1.15 : 1.5;
    view.screen();
    ctx.textAlign = "center"; ctx.textBaseline = "middle"; ctx.globalAlpha = view.opacity;
    for (let i = 0; i < n; i++) {
      const [x, y] = view.at(xy[2 * i], xy[2 * i + 1]);
      if (x < -20 || y < -20 || x > view.width + 20 || y > view.height + 20) continue;
      if (layer.shape === "sign") {
        if (view.zoom < nearFrom(layer, i)) continue;
        paintSign(ctx, x, y, layer.signs[columns[layer.sign_by][i]] || ["·", layer.colour], theme);
        continue;
      }
      const r = sized ? 3 + 14 * Math.sqrt((sized[i] || 0) / most) : (layer.radius_px || 3.5) * grow;
      if (layer.shape === "diamond") { ctx.beginPath(); ctx.moveTo(x, y - r * 1.25); ctx.lineTo(x + r * 1.25, y); ctx.lineTo(x, y + r * 1.25); ctx.lineTo(x - r * 1.25, y); ctx.closePath(); }
      else circle(ctx, x, y, r);
      const hollow = closed && closed[i];
      ctx.globalAlpha = view.opacity * (sized ? 0.55 : hollow ? 0.75 : 0.95);
      if (hollow) { ctx.fillStyle = theme.land; ctx.fill(); ctx.strokeStyle = layer.colour; ctx.lineWidth = 1.3; ctx.stroke(); }
      else { ctx.fillStyle = layer.colour; ctx.fill(); ctx.strokeStyle = theme.halo; ctx.lineWidth = 0.8; ctx.stroke(); }
    }
  }
  const WORDS = { title: "", category: "category", occurred_at: "occurred at", status: "status", kind: "kind", capacity: "capacity", purpose: "purpose", started_at: "started at", at: "time", value: "value" };
  function describe(layer, i) {
    const { ids, columns } = layer.data.points, lines = [];
    let name = "";
    for (const [column, values] of Object.entries(columns)) {
      const value = values[i];
      if (value === null || value === undefined || value === "" || column === "closed_at" || column === "unit") continue;
      if (column === "title" || column === "name") { name = String(value); continue; }
      const shown = /_at$|^at$/.test(column) ? W.day(value, true) : typeof value === "number" ? W.number(value) + (column === "value" && columns.unit && columns.unit[i] ? " " + columns.unit[i] : "") : W.t(String(value));
      lines.push([W.t(WORDS[column] || column), shown]);
    }
    return { kind: layer.name, id: ids[i], name: name || W.titled(layer.title), note: ids[i], lines };
  }
  W.draws.points = function (layer) {
    layer.paint = function (view) {
      if (!layer.data) return;
      if (layer.data.cells) paintCells(layer, view); else paintPoints(layer, view);
    };
    layer.hit = function (x, y, px) {
      if (!layer.data) return null;
      const set = layer.data.points || layer.data.cells, reach = (L.Browser.mobile ? 14 : 8) * px, zoom = W.map.getZoom();
      let best = -1, least = Infinity;
      for (let i = 0; i < set.n; i++) {
        if (layer.data.points && zoom < nearFrom(layer, i)) continue;
        const lift = set.moved ? set.moved[i] * px : 0;
        const far = Math.hypot(set.xy[2 * i] - x, set.xy[2 * i + 1] + lift - y), own = layer.data.cells ? cellRadius(layer, set.count[i]) * px : reach;
        if (far <= own && far < least) { best = i; least = far; }
      }
      if (best < 0) return null;
      if (layer.data.cells) return { kind: layer.name, id: "cell-" + best, cells: true, name: W.titled(layer.title), note: W.t("{count} here; zoom in to see each", { count: W.number(set.count[best], 0) }) };
      return describe(layer, best);
    };
    layer.keys = function () {
      if (!layer.data) return [];
      const ends = layer.hollow_by && layer.data.points && layer.data.points.columns[layer.hollow_by];
      if (ends) {
        const closed = ends.filter((one) => one).length, name = W.titled(layer.title);
        return [{ colour: layer.colour, round: true, label: W.t("{layer}: open", { layer: name }), count: ends.length - closed }, { colour: layer.colour, round: true, hollow: true, label: W.t("{layer}: closed", { layer: name }), count: closed }];
      }
      if (layer.shape !== "sign") return [{ colour: layer.colour, round: layer.shape !== "diamond", label: W.titled(layer.title), count: layer.data.total }];
      if (!layer.data.points) return [{ colour: layer.colour, label: W.titled(layer.title), count: layer.data.total }];
      const zoom = W.map.getZoom(), kinds = new Map();
      layer.data.points.columns[layer.sign_by].forEach((kind, i) => { if (zoom >= nearFrom(layer, i)) kinds.set(kind, (kinds.get(kind) || 0) + 1); });
      return [...kinds].map(([kind, count]) => { const sign = layer.signs[kind] || ["·", layer.colour]; return { colour: sign[1], glyph: sign[0], label: W.t(kind), count }; });
    };
    const act = load(layer);
    layer.load = act;
    W.on("state", () => setTimeout(act, 0)); W.on("move", act); W.on("layers-chosen", act);
    W.on("zoom", () => W.emit("layers"));
  };
  W.draws.cells = function (layer) {
    W.draws.points(layer);
    layer.hit = null;
    layer.keys = () => (layer.data ? [{ colour: layer.colour, label: W.titled(layer.title), count: layer.data.total }] : []);
    layer.paint = function (view) {
      if (!layer.data || !layer.data.cells) return;
      const { ctx } = view, { n, xy, count, most } = layer.data.cells;
      view.screen();
      for (let i = 0; i < n; i++) {
        const [x, y] = view.at(xy[2 * i], xy[2 * i + 1]), r = 15;
        if (x < -r || y < -r || x > view.width + r || y > view.height + r) continue;
        const glow = ctx.createRadialGradient(x, y, 0, x, y, r);
        glow.addColorStop(0, layer.colour); glow.addColorStop(1, "rgba(122,79,163,0)");
        ctx.globalAlpha = view.opacity * (0.1 + 0.6 * Math.sqrt(count[i] / most));
        ctx.fillStyle = glow; ctx.fillRect(x - r, y - r, 2 * r, 2 * r);
      }
    };
  };
})();
