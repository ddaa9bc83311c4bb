/* Many shapes that are all here, painted as kept pictures of tiles: a move paints nothing anew, a recolouring little. */
(function () {
  "use strict";
  const W = window.Wangge;
  const MANY = 2500, LAST = 17;
  class ShapePictures extends W.Pictures {
    constructor(shapes, level) {
      super(level, { first: 0, last: LAST }, shapes.ids);
      this.shapes = shapes; this.size = shapes.size;
    }
    tile(z, x, y) {
      const key = z + "/" + x + "/" + y;
      let tile = this.tiles.get(key);
      if (tile) return tile;
      tile = this.bare(z, x, y);
      Object.assign(tile, this.cut([tile.left, tile.top, tile.left + tile.side, tile.top + tile.side]));
      this.tiles.set(key, tile);
      this.forgetOld();
      return tile;
    }
    /* The shapes that reach into a box, in the arrays of a tile that was read. */
    cut(box) {
      const { shapes } = this, members = [], b = shapes.boxes;
      let rings = 0, size = 0;
      for (let i = 0, j = 0; i < this.n; i++, j += 4) {
        if (b[j] > box[2] || b[j + 2] < box[0] || b[j + 1] > box[3] || b[j + 3] < box[1]) continue;
        members.push(i);
        for (const line of shapes.lines[i]) { rings++; size += line.length; }
      }
      const n = members.length, points = new Float64Array(size), starts = new Int32Array(rings + 1), of = new Int32Array(n + 1), boxes = new Float64Array(4 * n);
      let ring = 0, at = 0;
      members.forEach((i, k) => {
        boxes.set(b.subarray(4 * i, 4 * i + 4), 4 * k);
        for (const line of shapes.lines[i]) { starts[ring++] = at; points.set(line, at); at += line.length; }
        of[k + 1] = ring;
      });
      starts[ring] = at;
      return { points, boxes, rings: of, data: { n, numbers: Int32Array.from(members), starts } };
    }
  }
  /* The pictures of these shapes; null where they are so few that painting them is as quick. */
  W.picturesOf = function (shapes, level) {
    if (shapes.tiled || shapes.n < MANY) return null;
    if (!shapes.pictures) shapes.pictures = new ShapePictures(shapes, level);
    return shapes.pictures;
  };
})();
