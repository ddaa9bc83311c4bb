/* One canvas that every layer paints on, in order from the ground up; a second one above it for what moves with the pointer. */
(function () {
  "use strict";
  const W = window.Wangge;
  const REF = 12;                                  // coordinates are kept as pixels at this zoom, relative to an origin
  W.REF = REF;
  /* Into an array at a place: many points without an array for each. */
  W.projectInto = function (points, at, lon, lat) {
    const size = 256 * Math.pow(2, REF), sin = Math.sin((lat * Math.PI) / 180);
    points[at] = ((lon + 180) / 360) * size - W.origin[0];
    points[at + 1] = (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * size - W.origin[1];
    return points;
  };
  W.project = (lon, lat) => W.projectInto([0, 0], 0, lon, lat);
  W.setOrigin = function (lon, lat) { W.origin = [0, 0]; W.origin = W.project(lon, lat); };
  W.toRef = (latlng) => W.project(latlng.lng, latlng.lat);

  const REACH = 16;                                // pixels a line or sign may reach beyond what it stands on
  const MOST_PARTS = 12, MOST_SHARE = 0.5;
  /* Boxes in whole pixels of the device, those that meet joined; null where painting all is no more work. */
  function apart(boxes, ratio, canvas) {
    const parts = [];
    for (const box of boxes) {
      const [left, top, right, bottom] = box.map((one) => one * ratio);
      let part = [Math.max(0, Math.floor(left)), Math.max(0, Math.floor(top)), Math.min(canvas.width, Math.ceil(right)), Math.min(canvas.height, Math.ceil(bottom))];
      if (part[0] >= part[2] || part[1] >= part[3]) continue;
      for (let i = 0; i < parts.length; i++) {
        const one = parts[i];
        if (one[0] > part[2] || one[2] < part[0] || one[1] > part[3] || one[3] < part[1]) continue;
        part = [Math.min(one[0], part[0]), Math.min(one[1], part[1]), Math.max(one[2], part[2]), Math.max(one[3], part[3])];
        parts.splice(i, 1); i = -1;
      }
      parts.push(part);
    }
    const area = parts.reduce((sum, one) => sum + (one[2] - one[0]) * (one[3] - one[1]), 0);
    return parts.length > MOST_PARTS || area > MOST_SHARE * canvas.width * canvas.height ? null : parts;
  }
  const Stage = L.Renderer.extend({
    options: { padding: 0.15 },
    painters: null,
    _initContainer() {
      this._container = document.createElement("canvas");
      this._container.setAttribute("aria-hidden", "true");
      this._container.className = "wg-stage";
    },
    _destroyContainer() { cancelAnimationFrame(this._frame); this._container.remove(); delete this._container; },
    _updatePaths() {},
    _update() {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      const size = this._bounds.getSize(), ratio = Math.min(window.devicePixelRatio || 1, 2), canvas = this._container;
      const width = Math.round(size.x * ratio), height = Math.round(size.y * ratio);
      if (canvas.width !== width || canvas.height !== height) {
        canvas.width = width; canvas.height = height;
        canvas.style.width = size.x + "px"; canvas.style.height = size.y + "px";
      }
      L.DomUtil.setPosition(canvas, this._bounds.min);
      this.paint();
    },
    /* Paint again at the next frame: all of it, or only boxes of the canvas ([left, top, right, bottom] in its pixels). */
    later(boxes) {
      const held = this._frame ? this._boxes : [];
      this._boxes = boxes && held ? [...held, ...boxes] : null;
      if (this._frame) return;
      this._frame = requestAnimationFrame(() => { this._frame = 0; if (this._map && !this._map._animatingZoom) this.paint(this._boxes); });
    },
    paint(boxes) {
      if (!this._map || !this._bounds) return;
      const started = performance.now(), canvas = this._container, ratio = canvas.width / this._bounds.getSize().x;
      const ctx = canvas.getContext("2d"), parts = boxes ? apart(boxes, ratio, canvas) : null;
      if (!parts) this.paintOn(ctx, this._bounds, ratio);
      else for (const part of parts) this.paintOn(ctx, this._bounds, ratio, part);
      this.lastPaint = performance.now() - started;
    },
    /* How the map lies on the canvas now: what a painter must know of it. */
    look() { return this._map && this._bounds ? this.viewOn(this._container.getContext("2d"), this._bounds, this._container.width / this._bounds.getSize().x) : null; },
    viewOn(ctx, bounds, ratio, part) {
      const zoom = this._map.getZoom(), k = Math.pow(2, zoom - REF), origin = this._map.getPixelOrigin(), size = bounds.getSize();
      const tx = W.origin[0] * k - origin.x - bounds.min.x, ty = W.origin[1] * k - origin.y - bounds.min.y;
      const [left, top, right, bottom] = part ? [part[0] / ratio - REACH, part[1] / ratio - REACH, part[2] / ratio + REACH, part[3] / ratio + REACH] : [0, 0, size.x, size.y];
      return { ctx, k, tx, ty, zoom, ratio, width: size.x, height: size.y, px: 1 / k, theme: W.theme(),
        near: (box) => box[0] <= right && box[2] >= left && box[1] <= bottom && box[3] >= top,
        box: [(left - tx) / k, (top - ty) / k, (right - tx) / k, (bottom - ty) / k],
        ground() { ctx.setTransform(ratio * k, 0, 0, ratio * k, ratio * tx, ratio * ty); },
        screen() { ctx.setTransform(ratio, 0, 0, ratio, 0, 0); },
        at(x, y) { return [x * k + tx, y * k + ty]; } };
    },
    /* Paint what of the map lies inside `bounds` (layer points) at `ratio` device pixels a pixel, or only a part of the canvas. */
    paintOn(ctx, bounds, ratio, part) {
      const view = this.viewOn(ctx, bounds, ratio, part);
      ctx.setTransform(1, 0, 0, 1, 0, 0);
      ctx.save();
      if (part) { ctx.beginPath(); ctx.rect(part[0], part[1], part[2] - part[0], part[3] - part[1]); ctx.clip(); }
      ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
      for (const painter of this.painters) {
        if (painter.hidden || !painter.paint) continue;
        ctx.save();
        ctx.globalAlpha = painter.opacity === undefined ? 1 : painter.opacity;
        view.opacity = ctx.globalAlpha;
        view.ground();
        painter.paint(view);
        ctx.restore();
      }
      ctx.restore();
    },
    add(painter) { this.painters.push(painter); this.painters.sort((a, b) => a.order - b.order); this.later(); return painter; },
    /* The topmost thing (of those wanted) at a point of the map, or null. */
    hit(latlng, isWanted) {
      const [x, y] = W.toRef(latlng), px = Math.pow(2, REF - this._map.getZoom());
      for (let i = this.painters.length - 1; i >= 0; i--) {
        const painter = this.painters[i];
        if (painter.hidden || !painter.hit) continue;
        const found = painter.hit(x, y, px);
        if (found && (!isWanted || isWanted(found))) return found;
      }
      return null;
    }
  });
  /* The topmost thing at a point: what moves on a live map lies above the ground. */
  W.hit = (latlng, isWanted) => (W.live && W.live.hit(latlng)) || W.stage.hit(latlng, isWanted);
  W.buildStage = function (map, pane) { const stage = new Stage({ pane }); stage.painters = []; stage.addTo(map); return stage; };
})();
