/* Names that never lie on top of each other: the larger area first, only where it has room. */
(function () {
  "use strict";
  const W = window.Wangge;
  W.draws = W.draws || {};
  const widths = new Map();
  function widthOf(ctx, text, font) {
    const key = font + text;
    if (!widths.has(key)) { if (widths.size > 20000) widths.clear(); widths.set(key, ctx.measureText(text).width); }
    return widths.get(key);
  }
  function free(taken, box) {
    for (const other of taken) if (box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1]) return false;
    taken.push(box);
    return true;
  }
  /* Where each name goes in this view; asked before the counted circles are drawn, which keep clear of it. */
  W.placeLabels = function (view) {
    if (view.labels) return view.labels;
    const shapes = W.areas.shapes, placed = (view.labels = []);
    const layer = W.layers.find((one) => one.draw === "labels");
    if (!shapes || !shapes.labels || !layer || layer.hidden) return placed;
    const { ctx } = view, names = shapes.columns.name, few = shapes.n <= 60, near = [], taken = [];
    const b = shapes.boxes;
    for (let i = 0, j = 0; i < shapes.n; i++, j += 4) {
      const wide = (b[j + 2] - b[j]) * view.k, high = (b[j + 3] - b[j + 1]) * view.k;
      if (wide >= 22 && high >= 12 && names[i] && shapes.seen(i, view.box)) near.push([i, wide, high]);
    }
    near.sort((a, b) => b[1] * b[2] - a[1] * a[2]);
    for (const [i, wide] of near) {
      const size = wide > 180 && few ? 13 : wide > 90 ? 12 : 11, font = `${few ? 600 : 500} ${size}px ${W.FONT}`;
      ctx.font = font;
      const text = names[i], w = widthOf(ctx, text, font);
      if (w > wide * 1.08) continue;
      const [x, y] = view.at(shapes.labels[i][0], shapes.labels[i][1]);
      const box = [x - w / 2 - 4, y - size / 2 - 3, x + w / 2 + 4, y + size / 2 + 3];
      if (free(taken, box)) placed.push({ text, x, y, font, box });
    }
    return placed;
  };
  W.draws.labels = function (layer) {
    layer.paint = function (view) {
      const { ctx, theme } = view, placed = W.placeLabels(view);
      view.screen();
      ctx.textAlign = "center"; ctx.textBaseline = "middle"; ctx.lineJoin = "round";
      ctx.globalAlpha = view.opacity;
      for (const { text, x, y, font } of placed) {
        ctx.font = font;
        ctx.strokeStyle = theme.halo; ctx.lineWidth = 3; ctx.strokeText(text, x, y);
        ctx.fillStyle = theme.ink; ctx.fillText(text, x, y);
      }
    };
  };
})();
