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
    later() {
      if (this._frame) return;
      this._frame = requestAnimationFrame(() => { this._frame = 0; if (this._map && !this._map._animatingZoom) this.paint(); });
    },
    paint() {
      if (!this._map || !this._bounds) return;
      const started = performance.now();
      const ratio = this._container.width / this._bounds.getSize().x;
      this.paintOn(this._container.getContext("2d"), this._bounds, ratio);
      this.lastPaint = performance.now() - started;
    },
    /* Paint the part of the map inside `bounds` (layer points) at `ratio` device pixels a pixel. */
    paintOn(ctx, bounds, ratio) {
      const zoom = this._map.getZoom(), k = Math.pow(2, zoom - REF), origin = this._map.getPixelOrigin(), size = bounds.getSize();
      const tx = W.origin[0] * k - origin.x - bounds.min.x, ty = W.origin[1] * k - origin.y - bounds.min.y;
      const view = { ctx, k, tx, ty, zoom, ratio, width: size.x, height: size.y, px: 1 / k, theme: W.theme(),
        box: [-tx / k, -ty / k, (size.x - tx) / k, (size.y - ty) / k],
        ground() { ctx.setTransform(ratio * k, 0, 0, ratio * k, ratio * tx, ratio * ty); },
        screen() { ctx.setTransform(ratio, 0, 0, ratio, 0, 0); },
        at(x, y) { return [x * k + tx, y * k + ty]; } };
      ctx.setTransform(1, 0, 0, 1, 0, 0);
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
