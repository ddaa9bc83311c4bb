/* One layer of a vector tile: the numbers of its features and their rings, in flat arrays; nothing else is read. */
(function () {
  "use strict";
  const W = window.Wangge;
  const LAYER = 3, NAME = 1, FEATURE = 2, EXTENT = 5, ID = 1, GEOMETRY = 4, MOVE = 1, CLOSE = 7;
  class Bytes {
    constructor(bytes) { this.bytes = bytes; this.at = 0; }
    number() {
      const bytes = this.bytes;
      let byte = bytes[this.at++], value = byte & 127, shift = 7;
      while (byte > 127) {
        byte = bytes[this.at++];
        value = shift < 28 ? value | ((byte & 127) << shift) : value + (byte & 127) * Math.pow(2, shift);
        shift += 7;
      }
      return value;
    }
    pass(kind) {
      if (kind === 2) { const size = this.number(); this.at += size; } else if (kind === 0) this.number(); else this.at += kind === 1 ? 8 : 4;
    }
  }
  function layerAt(reader, end) {
    const found = { name: "", extent: 4096, features: [] };
    while (reader.at < end) {
      const key = reader.number(), field = key >> 3;
      if (field === NAME) { const size = reader.number(); found.name = new TextDecoder().decode(reader.bytes.subarray(reader.at, reader.at + size)); reader.at += size; }
      else if (field === EXTENT) found.extent = reader.number();
      else if (field === FEATURE) { const size = reader.number(); found.features.push(reader.at, reader.at + size); reader.at += size; }
      else reader.pass(key & 7);
    }
    return found;
  }
  /* Numbers, for each ring its feature and where it begins, and all points in steps of the tile. */
  function unpack(reader, layer) {
    const n = layer.features.length / 2, numbers = new Int32Array(n), xy = new Int32Array(reader.bytes.length), owner = [], starts = [];
    let used = 0;
    for (let i = 0; i < n; i++) {
      reader.at = layer.features[2 * i];
      const end = layer.features[2 * i + 1];
      while (reader.at < end) {
        const key = reader.number();
        if (key >> 3 === ID) { numbers[i] = reader.number(); continue; }
        if (key >> 3 !== GEOMETRY) { reader.pass(key & 7); continue; }
        const size = reader.number(), stop = reader.at + size;
        let x = 0, y = 0;
        while (reader.at < stop) {
          const command = reader.number(), what = command & 7;
          if (what === CLOSE) continue;
          for (let left = command >> 3; left > 0; left--) {
            if (what === MOVE) { owner.push(i); starts.push(used); }
            const dx = reader.number(), dy = reader.number();
            x += (dx >>> 1) ^ -(dx & 1); y += (dy >>> 1) ^ -(dy & 1);
            xy[used++] = x; xy[used++] = y;
          }
        }
      }
    }
    starts.push(used);
    return { n, extent: layer.extent, numbers, owner: Int32Array.from(owner), starts: Int32Array.from(starts), xy: xy.slice(0, used) };
  }
  W.readTile = function (buffer, wanted) {
    const reader = new Bytes(new Uint8Array(buffer));
    while (reader.at < reader.bytes.length) {
      const key = reader.number();
      if (key >> 3 !== LAYER) { reader.pass(key & 7); continue; }
      const size = reader.number(), end = reader.at + size, layer = layerAt(reader, end);
      if (layer.name === wanted) return unpack(reader, layer);
      reader.at = end;
    }
    return { n: 0, extent: 4096, numbers: new Int32Array(0), owner: new Int32Array(0), starts: new Int32Array(1), xy: new Int32Array(0) };
  };
})();
