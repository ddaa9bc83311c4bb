/* Shapes as they travel (whole numbers, each the difference from the one before) into paths for the canvas. */
(function () {
  "use strict";
  const W = window.Wangge;
  function unpack(line, unit) {
    const points = new Float64Array(line.length);
    let lon = 0, lat = 0;
    for (let i = 0; i < line.length; i += 2) {
      lon += line[i]; lat += line[i + 1];
      W.projectInto(points, i, lon * unit, lat * unit);
    }
    return points;
  }
  function trace(path, points, close) {
    path.moveTo(points[0], points[1]);
    for (let i = 2; i < points.length; i += 2) path.lineTo(points[i], points[i + 1]);
    if (close) path.closePath();
  }
  const MOST_POINTS = 1200;
  class Bundle {
    constructor() { this.paths = []; }
    fill(ctx) { for (const path of this.paths) ctx.fill(path); }
    stroke(ctx) { for (const path of this.paths) ctx.stroke(path); }
    addTo(path) { for (const one of this.paths) path.addPath(one); }
  }
  class Shapes {
    constructor(feed, closed) {
      this.n = feed.shapes.length; this.closed = closed; this.edition = feed.edition;
      this.ids = feed.ids || []; this.columns = feed.columns || {};
      this.index = new Map(this.ids.map((id, i) => [id, i]));
      this.lines = feed.shapes.map((parts) => parts.map((line) => unpack(line, feed.unit)));
      this.paths = new Array(this.n);
      this.boxes = new Float64Array(4 * this.n);
      for (let i = 0; i < this.n; i++) boxInto(this.boxes, 4 * i, this.lines[i]);
      this.labels = feed.labels ? feed.labels.map(([lon, lat]) => W.project(lon * feed.unit, lat * feed.unit)) : null;
    }
    path(i) {
      if (!this.paths[i]) {
        const path = (this.paths[i] = new Path2D());
        for (const points of this.lines[i]) trace(path, points, this.closed);
      }
      return this.paths[i];
    }
    seen(i, box) { const b = this.boxes, j = 4 * i; return b[j] <= box[2] && b[j + 2] >= box[0] && b[j + 1] <= box[3] && b[j + 3] >= box[1]; }
    /* Many shapes in a few paths: each shape alone is slow, and so is one path of everything. */
    together(chosen) {
      const bundle = new Bundle();
      let path = null, size = MOST_POINTS;
      for (const i of chosen) for (const points of this.lines[i]) {
        if (size >= MOST_POINTS) { bundle.paths.push((path = new Path2D())); size = 0; }
        trace(path, points, this.closed);
        size += points.length / 2;
      }
      return bundle;
    }
    at(x, y) {
      const found = [];
      for (let i = 0; i < this.n; i++) if (this.seen(i, [x, y, x, y]) && inside(this.lines[i], x, y)) found.push(i);
      return found;
    }
    /* The side of a middling shape, which says how much detail it can bear. */
    get size() {
      if (this.side === undefined) {
        const b = this.boxes, sides = new Float64Array(this.n);
        for (let i = 0, j = 0; i < this.n; i++, j += 4) sides[i] = Math.sqrt((b[j + 2] - b[j]) * (b[j + 3] - b[j + 1]));
        sides.sort();
        this.side = this.n ? sides[this.n >> 1] : 0;
      }
      return this.side;
    }
    box(i) { return Array.from(this.boxes.slice(4 * i, 4 * i + 4)); }
  }
  function boxInto(boxes, at, lines) {
    let a = Infinity, b = Infinity, c = -Infinity, d = -Infinity;
    for (const points of lines) for (let i = 0; i < points.length; i += 2) {
      const x = points[i], y = points[i + 1];
      if (x < a) a = x; if (x > c) c = x;
      if (y < b) b = y; if (y > d) d = y;
    }
    boxes[at] = a; boxes[at + 1] = b; boxes[at + 2] = c; boxes[at + 3] = d;
  }
  function inside(lines, x, y) {
    let is = false;
    for (const p of lines) for (let i = 0, j = p.length - 2; i < p.length; j = i, i += 2)
      if (p[i + 1] > y !== p[j + 1] > y && x < ((p[j] - p[i]) * (y - p[i + 1])) / (p[j + 1] - p[i + 1]) + p[i]) is = !is;
    return is;
  }
  W.Shapes = Shapes;
  W.unproject = function (x, y) {
    const size = 256 * Math.pow(2, W.REF), n = Math.PI * (1 - (2 * (y + W.origin[1])) / size);
    return L.latLng((180 / Math.PI) * Math.atan(Math.sinh(n)), ((x + W.origin[0]) / size) * 360 - 180);
  };
  /* How finely shapes are asked for at a zoom: 0 the county, 1 a town, 2 a street. */
  W.detail = (zoom) => (zoom < 11.5 ? 0 : zoom < 14 ? 1 : 2);
})();
