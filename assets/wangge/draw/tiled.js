/* Areas of a large level, drawn from vector tiles: a picture of each tile is kept, so that moving the map paints none anew. */
(function () {
  "use strict";
  const W = window.Wangge;
  const TILE = 256, SMALL = 9, BUDGET_MS = 45, FIRST_BUDGET_MS = 250, EAGER_BLOCKS = 6, MOST_TILES = 500, MOST_PX = 1100, POLL_MS = 3000;
  const PLAIN = 0, NO_DATA = 1, FIRST = 2;         // what stands in `codes`; then two for each class: sure and unsure

  /* What the service says of its tiles inside an area; null where this workspace has no level that needs them. */
  const told = new Map();
  let waiting = 0;
  W.tiles = {
    now: null,
    applies: () => !W.config.inline && !!W.config.tiles && W.config.tiles.state !== "small",
    async ask() {
      const area = W.state.area || "", key = (W.state.edition || W.config.edition) + "|" + area;
      if (!told.size) told.set(W.config.edition + "|", W.config.tiles);
      let found = told.get(key);
      if (!found || !found.levels) {
        found = await W.load("tiles", "tiles", "/api/tiles?" + W.query({ ws: W.config.ws, within: area }));
        if (!found) return null;
        told.set(key, found);
        if (!found.levels && found.state !== "failed" && !waiting) waiting = setTimeout(() => { waiting = 0; W.emit("zoom"); }, POLL_MS);
      }
      return found.levels ? found : null;
    },
    forget() { told.clear(); told.set("", {}); },
    /* The level drawn at a zoom: the one asked for, or above it the first that can be seen from so far. */
    levelAt(found, level, zoom) {
      const keys = W.config.levels.map((one) => one.key);
      let i = keys.indexOf(level);
      while (i > 0 && found.levels[keys[i]] && Math.floor(zoom + 0.01) < found.levels[keys[i]].first && found.levels[keys[i - 1]] && found.levels[keys[i - 1]].seen) i--;
      return keys[i] || level;
    },
    shapes(found, level, area) {
      const key = [found.seal, level, area].join("|");
      if (!kept.has(key)) { if (kept.size > 5) kept.clear(); kept.set(key, new TiledShapes(found, level, area)); }
      return kept.get(key);
    }
  };
  const kept = new Map();

  async function fetched(url, read) {
    W.busy(url, true);
    try {
      const answer = await W.ask(url);
      if (answer.status === 404) { W.tiles.forget(); setTimeout(() => W.emit("zoom"), 300); return null; }
      return answer.ok ? await read(answer) : null;
    } catch (failure) {
      W.say(W.t("The service does not answer. The map shows what it had."));
      return null;
    } finally { W.busy(url, false); }
  }

  /* Areas as pictures of tiles: `tile(z, x, y)` of the class that extends it gives their shapes, now or later. */
  class Pictures {
    constructor(level, facts, ids) {
      Object.assign(this, { level, facts, ids, n: ids.length, codes: new Uint8Array(ids.length), version: 0, tiles: new Map(), waiting: [] });
    }
    zoomFor(zoom) { return Math.max(this.facts.first, Math.min(this.facts.last, Math.floor(zoom + 0.01))); }
    forgetOld() { if (this.tiles.size > MOST_TILES) for (const [old, one] of this.tiles) { if (one.data && one.used < this.turn - 3) this.tiles.delete(old); if (this.tiles.size <= 0.7 * MOST_TILES) break; } }
    bare(z, x, y) {
      const side = TILE * Math.pow(2, W.REF - z);
      return { z, x, y, side, left: x * side - W.origin[0], top: y * side - W.origin[1], data: null, used: 0 };
    }
    covering(x, y, z) {
      const side = TILE * Math.pow(2, W.REF - z), most = Math.pow(2, z) - 1;
      const clamp = (v) => Math.max(0, Math.min(most, Math.floor(v / side)));
      return [clamp(x + W.origin[0]), clamp(y + W.origin[1])];
    }
    around(box, z) {
      const [left, top] = this.covering(box[0], box[1], z), [right, bottom] = this.covering(box[2], box[3], z), found = [];
      for (let y = top; y <= bottom; y++) for (let x = left; x <= right; x++) found.push([x, y]);
      const mx = (left + right) / 2, my = (top + bottom) / 2;
      return found.sort((a, b) => Math.hypot(a[0] - mx, a[1] - my) - Math.hypot(b[0] - mx, b[1] - my));
    }
    /* Colours: one code for each area, from the table of values */
    recode(numbers) {
      const answer = W.areas.valuesLevel === this.level ? W.areas.values : null, values = answer && answer.values, breaks = values && answer.legend.breaks;
      const one = (i) => {
        const row = values ? values[this.ids[i]] : null, cls = row ? W.classOf(row[0], breaks) : -1;
        this.codes[i] = !values ? PLAIN : cls < 0 ? NO_DATA : FIRST + 2 * cls + (row[4] ? 1 : 0);
      };
      if (numbers) { numbers.forEach(one); return; }   // no tile that shows them has been painted yet
      for (let i = 0; i < this.n; i++) if (this.ids[i] !== undefined) one(i);
      this.version++;
    }

    /* Pictures */
    paint(view) {
      const z = this.zoomFor(view.zoom), started = performance.now(), { ctx, ratio } = view;
      const isOwn = ctx.canvas === W.stage._container, look = lookOf(this, view);
      this.turn = (this.turn || 0) + 1; this.isWhole = true;
      ctx.setTransform(1, 0, 0, 1, 0, 0);
      ctx.imageSmoothingEnabled = false;
      const device = (x, y) => { const at = view.at(x, y); return [Math.round(at[0] * ratio), Math.round(at[1] * ratio)]; };
      for (const [x, y] of this.around(view.box, z)) {
        const tile = this.tile(z, x, y), [left, top] = device(tile.left, tile.top), [right, bottom] = device(tile.left + tile.side, tile.top + tile.side);
        const width = right - left, height = bottom - top, frame = { left, top, width, height };
        tile.used = this.turn;
        if (!tile.data) { this.isWhole = false; this.stand(ctx, tile, frame); continue; }
        if (!tile.data.n) continue;
        if (width > MOST_PX && look.isFine) { direct(view, tile, look, this.codes); ctx.setTransform(1, 0, 0, 1, 0, 0); ctx.imageSmoothingEnabled = false; continue; }
        const key = [width, height, this.version, look.key].join();
        if (tile.key !== key) {
          if (isOwn && performance.now() - started > (this.painted === undefined ? FIRST_BUDGET_MS : BUDGET_MS)) { this.isWhole = false; W.stage.later(); this.stand(ctx, tile, frame); continue; }
          const picture = look.isFine ? drawn(tile, width, height, look, this.codes, isOwn) : rastered(tile, width, height, look, this.codes, isOwn);
          if (!isOwn) { ctx.drawImage(picture, left, top); continue; }
          tile.picture = picture; tile.key = key;
        }
        ctx.drawImage(tile.picture, left, top);
      }
      if (!this.isWhole || !isOwn) return;
      this.painted = this.version;
      for (const act of this.waiting.splice(0)) setTimeout(act, 0);
    }
    /* Until a tile is there: its own old picture, or the part of a coarser one. */
    stand(ctx, tile, { left, top, width, height }) {
      if (tile.picture) { ctx.drawImage(tile.picture, left, top, width, height); return; }
      for (let up = 1; tile.z - up >= this.facts.first; up++) {
        const part = Math.pow(2, up), above = this.tiles.get(tile.z - up + "/" + (tile.x >> up) + "/" + (tile.y >> up));
        if (!above || !above.picture) continue;
        const w = above.picture.width / part, h = above.picture.height / part;
        ctx.drawImage(above.picture, (tile.x % part) * w, (tile.y % part) * h, w, h, left, top, width, height);
        return;
      }
    }
  }
  W.Pictures = Pictures;

  class TiledShapes extends Pictures {
    constructor(found, level, area) {
      const facts = found.levels[level];
      super(level, facts, new Array(facts.areas));
      Object.assign(this, { edition: found.edition, area, found, closed: true, tiled: true });
      this.index = new Map();
      this.columns = { name: new Array(this.n), parent_id: new Array(this.n), area_class: new Array(this.n) };
      this.labels = new Array(this.n); this.boxes = new Float64Array(4 * this.n).fill(NaN);
      this.blocks = new Map();
      this.size = facts.side * Math.pow(2, W.REF);
      const blocks = Math.ceil(this.n / found.block);
      if (blocks <= EAGER_BLOCKS) for (let block = 0; block < blocks; block++) this.block(block);
    }
    seen(i, box) { const b = this.boxes, j = 4 * i; return b[j] <= box[2] && b[j + 2] >= box[0] && b[j + 1] <= box[3] && b[j + 3] >= box[1]; }
    box(i) { return Array.from(this.boxes.slice(4 * i, 4 * i + 4)); }
    query(more) { return W.query({ ws: W.config.ws, within: this.area, seal: this.found.seal, ...more }); }

    /* Tiles */
    tile(z, x, y) {
      const key = z + "/" + x + "/" + y;
      let tile = this.tiles.get(key);
      if (tile) return tile;
      tile = this.bare(z, x, y);
      tile.coming = fetched(`/api/tiles/${this.edition}/${key}?` + this.query({ level: this.level }), (answer) => answer.arrayBuffer()).then((buffer) => {
        if (!buffer) { this.tiles.delete(key); return tile; }
        const data = W.readTile(buffer, this.facts.layer);
        place(tile, data);
        return Promise.all(this.need(data.numbers)).then(() => { tile.data = data; W.stage.later(); return tile; });
      });
      this.tiles.set(key, tile);
      this.forgetOld();
      return tile;
    }
    /* The ids behind a tile's numbers, needed for its colours; names follow when there is time. */
    need(numbers) {
      const wanted = new Set();
      for (let i = 0; i < numbers.length; i++) wanted.add((numbers[i] / this.found.block) | 0);
      return [...wanted].map((block) => this.block(block));
    }
    block(block) {
      if (!this.blocks.has(block)) this.blocks.set(block, this.words("ids", block).then((found) => {
        if (!found) { this.blocks.delete(block); return; }
        found.numbers.forEach((number, i) => { this.ids[number] = found.ids[i]; this.index.set(found.ids[i], number); });
        this.recode(found.numbers);
        this.later(() => this.name(block));
      }));
      return this.blocks.get(block);
    }
    /* What is not needed to paint waits for the first whole picture. */
    later(act) { if (this.painted === undefined) this.waiting.push(act); else setTimeout(act, 0); }
    words(what, block) { return fetched(`/api/tiles/${this.edition}/${what}/${this.level}/${block}?` + this.query({}), (answer) => answer.json()); }
    async name(block) {
      const found = await this.words("names", block);
      if (!found) return;
      const { unit, labels, boxes, columns } = found;
      found.numbers.forEach((number, i) => {
        for (const name in columns) this.columns[name][number] = columns[name][i];
        this.labels[number] = W.project(labels[i][0] * unit, labels[i][1] * unit);
        const [x0, y1] = W.project(boxes[i][0] * unit, boxes[i][1] * unit), [x1, y0] = W.project(boxes[i][2] * unit, boxes[i][3] * unit);
        this.boxes.set([x0, y0, x1, y1], 4 * number);
      });
      W.stage.later(); W.overlay.later();
    }

    outline(ctx, i, view) {
      for (const [x, y] of this.around(view.box, this.zoomFor(view.zoom))) {
        const tile = this.tiles.get(this.zoomFor(view.zoom) + "/" + x + "/" + y), at = tile && tile.data ? tile.data.numbers.indexOf(i) : -1;
        if (at < 0) continue;
        ctx.save();
        ctx.beginPath(); ctx.rect(tile.left, tile.top, tile.side, tile.side); ctx.clip();
        const path = new Path2D();
        trace(path, tile, at);
        ctx.stroke(path);
        ctx.restore();
      }
    }

    /* Which areas hold a point: by the nearest tile there is; `exact` sees to it that the last one is there. */
    at(x, y) {
      for (let z = this.facts.last; z >= this.facts.first; z--) {
        const tile = this.tiles.get(z + "/" + this.covering(x, y, z).join("/"));
        if (tile && tile.data) return within(tile, x, y).filter((i) => this.ids[i] !== undefined);
      }
      return [];
    }
    isExact(x, y) { const tile = this.tiles.get(this.facts.last + "/" + this.covering(x, y, this.facts.last).join("/")); return !!(tile && tile.data); }
    async exact(x, y) { const tile = this.tile(this.facts.last, ...this.covering(x, y, this.facts.last)); tile.used = this.turn; await tile.coming; }
  }

  /* Points in pixels of the reference zoom, the box of each feature, and where each number stands. */
  function place(tile, data) {
    const { xy, n, extent, owner, starts } = data, step = tile.side / extent, points = new Float64Array(xy.length), boxes = new Float64Array(4 * n);
    for (let j = 0; j < 4 * n; j += 4) { boxes[j] = boxes[j + 1] = Infinity; boxes[j + 2] = boxes[j + 3] = -Infinity; }
    for (let r = 0; r < owner.length; r++) {
      const j = 4 * owner[r];
      let [west, north, east, south] = [boxes[j], boxes[j + 1], boxes[j + 2], boxes[j + 3]];
      for (let i = starts[r], end = starts[r + 1]; i < end; i += 2) {
        const x = (points[i] = tile.left + xy[i] * step), y = (points[i + 1] = tile.top + xy[i + 1] * step);
        if (x < west) west = x; if (x > east) east = x;
        if (y < north) north = y; if (y > south) south = y;
      }
      boxes[j] = west; boxes[j + 1] = north; boxes[j + 2] = east; boxes[j + 3] = south;
    }
    const rings = new Int32Array(n + 1);
    for (let r = 0; r < owner.length; r++) rings[owner[r] + 1] = r + 1;
    for (let i = 1; i <= n; i++) if (rings[i] < rings[i - 1]) rings[i] = rings[i - 1];
    Object.assign(tile, { points, boxes, rings });
    data.xy = null;
  }
  function trace(path, tile, i) {
    const { points, rings } = tile, { starts } = tile.data;
    for (let r = rings[i]; r < rings[i + 1]; r++) {
      path.moveTo(points[starts[r]], points[starts[r] + 1]);
      for (let j = starts[r] + 2; j < starts[r + 1]; j += 2) path.lineTo(points[j], points[j + 1]);
      path.closePath();
    }
  }
  function within(tile, x, y) {
    const { points, rings, boxes, data } = tile, found = [];
    for (let i = 0; i < data.n; i++) {
      if (boxes[4 * i] > x || boxes[4 * i + 2] < x || boxes[4 * i + 1] > y || boxes[4 * i + 3] < y) continue;
      let is = false;
      for (let r = rings[i]; r < rings[i + 1]; r++) for (let a = data.starts[r], end = data.starts[r + 1], b = end - 2; a < end; b = a, a += 2)
        if (points[a + 1] > y !== points[b + 1] > y && x < ((points[b] - points[a]) * (y - points[a + 1])) / (points[b + 1] - points[a + 1]) + points[a]) is = !is;
      if (is) found.push(data.numbers[i]);
    }
    return found.sort((a, b) => a - b);
  }

  /* How areas look in this view: the colour of each code, and whether they are large enough for lines and hatches. */
  const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  function rgba(colour, alpha, over) {
    probe.canvas.width = probe.canvas.height = 1;
    probe.globalAlpha = alpha; probe.fillStyle = colour; probe.fillRect(0, 0, 1, 1);
    if (over) { probe.globalAlpha = over.alpha; probe.fillStyle = over.colour; probe.fillRect(0, 0, 1, 1); }
    const [r, g, b, a] = probe.getImageData(0, 0, 1, 1).data;
    return ((a << 24) | (b << 16) | (g << 8) | r) >>> 0;
  }
  let looked = null;
  function lookOf(shapes, view) {
    const { theme } = view, size = shapes.size * view.k, ramp = W.classColours(), isFine = size >= SMALL;
    const key = [W.state.theme, ramp.join(), isFine, isFine ? view.k + ":" + size : size > 5 ? Math.round(size) : 0, view.ratio].join("|");
    if (looked && looked.key === key) return looked;
    const fill = [theme.plain, theme.nodata], fades = [1, 1], unsure = isFine ? 0.62 : 0.5;
    for (const colour of ramp) { fill.push(colour, colour); fades.push(1, unsure); }
    const line = size < 5 ? null : { colour: theme.border, alpha: Math.min(1, (size - 3) / 26) };
    looked = { key, isFine, size, view, theme, fill, fades, line, px: view.px,
      colours: Uint32Array.from(fill, (colour, i) => rgba(colour, fades[i])), edges: line ? Uint32Array.from(fill, (colour, i) => rgba(colour, fades[i], line)) : null };
    return looked;
  }

  /* Far out: which area each pixel belongs to is worked out once; a colour is then a look-up. */
  function gridOf(tile, width, height) {
    if (tile.grid && tile.gridWidth === width && tile.gridHeight === height) return tile.grid;
    const { points, rings, data, side } = tile, { starts, n } = data, grid = new Int32Array(width * height), sx = width / side, sy = height / side;
    const rowOf = (y) => Math.ceil((y - tile.top) * sy - 0.5), box = tile.boxes;   // the first row whose middle is not above y
    const cuts = [];
    for (let i = 0; i < n; i++) {
      const low = Math.max(0, rowOf(box[4 * i + 1])), high = Math.min(height, rowOf(box[4 * i + 3]));
      while (cuts.length < high - low) cuts.push([]);
      for (let r = rings[i]; r < rings[i + 1]; r++) for (let a = starts[r], end = starts[r + 1], b = end - 2; a < end; b = a, a += 2) {
        const p = points[a + 1] < points[b + 1] ? a : b, q = p === a ? b : a;   // both neighbours reckon from the same end
        const x = points[p], y = points[p + 1], lean = (points[q] - x) / (points[q + 1] - y);
        for (let row = Math.max(low, rowOf(y)), last = Math.min(high, rowOf(points[q + 1])); row < last; row++)
          cuts[row - low].push((x + (tile.top + (row + 0.5) / sy - y) * lean - tile.left) * sx);
      }
      let filled = 0;
      for (let row = low; row < high; row++) {
        const own = cuts[row - low];
        if (own.length > 2) own.sort((a, b) => a - b); else if (own[0] > own[1]) own.reverse();
        for (let c = 0; c + 1 < own.length; c += 2) {
          const first = Math.max(0, Math.ceil(own[c] - 0.5)), last = Math.min(width, Math.ceil(own[c + 1] - 0.5));
          for (let at = row * width + first, stop = row * width + last; at < stop; at++) grid[at] = i + 1;
          filled += Math.max(0, last - first);
        }
        own.length = 0;
      }
      if (!filled) {
        const x = Math.floor(((box[4 * i] + box[4 * i + 2]) / 2 - tile.left) * sx), y = Math.floor(((box[4 * i + 1] + box[4 * i + 3]) / 2 - tile.top) * sy);
        if (x >= 0 && y >= 0 && x < width && y < height) grid[y * width + x] = i + 1;
      }
    }
    Object.assign(tile, { grid, gridWidth: width, gridHeight: height });
    return grid;
  }
  function canvasOf(tile, width, height, isKept) {
    const old = isKept ? tile.picture : null;
    if (old && old.width === width && old.height === height) { const ctx = old.getContext("2d"); ctx.setTransform(1, 0, 0, 1, 0, 0); ctx.clearRect(0, 0, width, height); return old; }
    const canvas = document.createElement("canvas");
    canvas.width = width; canvas.height = height;
    return canvas;
  }
  function rastered(tile, width, height, look, codes, isKept) {
    const grid = gridOf(tile, width, height), canvas = canvasOf(tile, width, height, isKept), ctx = canvas.getContext("2d");
    const image = ctx.createImageData(width, height), pixels = new Uint32Array(image.data.buffer), { numbers } = tile.data, { colours, edges } = look;
    const own = new Uint32Array(tile.data.n + 1), rim = edges ? new Uint32Array(tile.data.n + 1) : null;
    for (let i = 0; i < tile.data.n; i++) { const code = codes[numbers[i]]; own[i + 1] = colours[code]; if (rim) rim[i + 1] = edges[code]; }
    if (!rim) for (let p = 0; p < pixels.length; p++) pixels[p] = own[grid[p]];
    else for (let row = 0, p = 0; row < height; row++) for (let column = 0; column < width; column++, p++) {
      const i = grid[p], isEdge = (column + 1 < width && grid[p + 1] !== i) || (row + 1 < height && grid[p + width] !== i);
      pixels[p] = (isEdge ? rim : own)[i];
    }
    ctx.putImageData(image, 0, 0);
    return canvas;
  }

  /* Near: smooth shapes with borders and hatches, as small levels have them. */
  function drawn(tile, width, height, look, codes, isKept) {
    const canvas = canvasOf(tile, width, height, isKept), ctx = canvas.getContext("2d"), s = width / tile.side;
    tile.grid = null;
    ctx.setTransform(s, 0, 0, height / tile.side, -tile.left * s, (-tile.top * height) / tile.side);
    fine(ctx, tile, [...Array(tile.data.n).keys()], look, codes, 1);
    return canvas;
  }
  /* Nearer than the last tiles, where a picture of a whole tile would be huge: only what is in view, straight onto the map. */
  function direct(view, tile, look, codes) {
    const { ctx, box } = view, b = tile.boxes, members = [];
    for (let i = 0, j = 0; i < tile.data.n; i++, j += 4) if (b[j] <= box[2] && b[j + 2] >= box[0] && b[j + 1] <= box[3] && b[j + 3] >= box[1]) members.push(i);
    ctx.save();
    view.ground();
    ctx.beginPath(); ctx.rect(tile.left, tile.top, tile.side, tile.side); ctx.clip();
    fine(ctx, tile, members, look, codes, view.opacity);
    ctx.restore();
  }
  function fine(ctx, tile, members, look, codes, opacity) {
    const { theme, line, size, px } = look, groups = new Map();
    for (const i of members) { const code = codes[tile.data.numbers[i]]; if (!groups.has(code)) groups.set(code, []); groups.get(code).push(i); }
    for (const [code, own] of groups) {
      const isUnsure = code >= FIRST && code % 2 === 1, paths = together(tile, own);
      ctx.globalAlpha = opacity * look.fades[code]; ctx.fillStyle = look.fill[code];
      for (const path of paths) ctx.fill(path);
      if (code !== NO_DATA && !isUnsure) continue;
      ctx.globalAlpha = opacity; ctx.fillStyle = W.hatch(ctx, isUnsure ? theme.unsure : theme.hatch, px);
      for (const path of paths) ctx.fill(path);
    }
    ctx.globalAlpha = opacity * line.alpha; ctx.strokeStyle = line.colour; ctx.lineJoin = "round";
    ctx.lineWidth = px * (size < 14 ? 0.4 : size < 60 ? 0.6 : 0.9);
    for (const path of together(tile, members)) ctx.stroke(path);
  }
  function together(tile, members) {
    const found = [];
    let path = null, load = Infinity;
    for (const i of members) {
      if (load > 1200) { found.push((path = new Path2D())); load = 0; }
      trace(path, tile, i);
      load += (tile.data.starts[tile.rings[i + 1]] - tile.data.starts[tile.rings[i]]) / 2;
    }
    return found;
  }
})();
