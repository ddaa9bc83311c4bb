/* Any past time on the same map: a snapshot at a time, then the fixes and stages after it, played at a speed. */
(function () {
  "use strict";
  const W = window.Wangge, live = W.live;
  const HOUR = 3600e3, SPEEDS = [1, 10, 60, 600];
  live.SPEEDS = SPEEDS;
  let at = 0, speed = 60, turn = 0, until = 0, chunks = [], ending = false, busy = false, shownAt = 0;

  const iso = (ms) => new Date(ms).toISOString();
  const ask = (slot, more) => W.load(slot, slot, "/api/replay?" + W.query({ ws: W.config.ws, ...more }));
  live.replayAt = () => at;
  live.loadedTo = () => until;
  live.speed = () => speed;
  live.setSpeed = function (value) {
    speed = SPEEDS.includes(Number(value)) ? Number(value) : 60;
    if (live.mode === "replay") { chunks = []; until = at; turn += 1; busy = false; for (const one of live.units.values()) one.next = null; more(); }
    W.emit("live-mode");
  };
  live.end = () => Math.max(live.frame && live.frame.last ? Date.parse(live.frame.last) : 0, 0);
  live.begin = () => (live.frame && live.frame.first ? Date.parse(live.frame.first) : live.end() - 24 * HOUR);

  /* The borders of the time shown: those of an era, none named where they are today's. */
  live.bordersAt = function (ms) {
    let borders = "";
    for (const [since, name] of (live.frame && live.frame.eras) || []) if (since === null || ms >= Date.parse(since)) borders = name;
    return borders;
  };
  live.showBorders = function () {
    const borders = live.mode === "replay" ? live.bordersAt(at) : "";
    if (borders === (W.state.borders || "")) return;
    W.apply({ borders });
    if (live.filter.area) live.setFilter({});
  };
  /* The wall at one time; what was loaded for another time is let go. */
  live.seek = async function (moment) {
    const own = (turn += 1);
    if (live.disconnect) live.disconnect();
    live.mode = "replay"; live.now = () => at;
    at = until = Math.min(Math.max(moment, live.begin()), live.end());
    chunks = []; busy = false; ending = false;
    W.emit("live-mode");
    const snapshot = await ask("replay", { at: iso(at) });
    if (own !== turn || !snapshot) return;
    live.seq = 0; live.stale = snapshot.stale_s;
    for (const one of live.units.values()) one.next = null;
    live.showBorders();
    live.apply(snapshot);
    shownAt = at;
    W.emit("live-mode");
    more();
  };
  live.leaveReplay = function () { live.mode = ""; live.showBorders(); turn += 1; chunks = []; busy = false; for (const one of live.units.values()) one.next = null; };
  live.play = function (on) {
    if (on && at >= live.end()) { live.seek(live.end() - 24 * HOUR).then(() => live.play(true)); return; }
    live.playing = on;
    W.emit("live-mode");
  };
  async function more() {
    if (busy || live.mode !== "replay" || until >= live.end()) return;
    busy = true;
    const own = turn, from = until, to = Math.min(live.end(), from + Math.min(5 * HOUR, Math.max(HOUR / 12, speed * 30e3)));
    const chunk = await ask("chunk", { at: iso(from), to: iso(to), step: Math.max(1, Math.floor(speed / 4)) });
    if (own !== turn) return;
    busy = false;
    if (!chunk) { if (chunk === null) live.play(false); return; }
    chunks.push(unpack(chunk, from, to));
    until = to;
  }
  function unpack(chunk, from, to) {
    const f = chunk.fixes, n = f.at.length, next = new Int32Array(n).fill(-1), first = new Map(), last = new Map();
    for (let i = 0; i < n; i++) {
      if (last.has(f.who[i])) next[last.get(f.who[i])] = i; else first.set(f.units[f.who[i]][0], i);
      last.set(f.who[i], i);
    }
    const own = { from, to, f, next, first, i: 0, j: 0, incidents: chunk.incidents };
    for (const [id, i] of first) { const one = live.units.get(id); if (one && !one.next) one.next = fixOf(own, i); }
    return own;
  }
  function fixOf(chunk, i) {
    const f = chunk.f, [x, y] = W.project(f.lon[i] * f.unit, f.lat[i] * f.unit);
    return { at: chunk.from + f.at[i], x, y };
  }
  function rowOf(chunk, i) {
    const f = chunk.f, [id, kind, name] = f.units[f.who[i]];
    return { id, kind, name, lon: +(f.lon[i] * f.unit).toFixed(6), lat: +(f.lat[i] * f.unit).toFixed(6), at: iso(chunk.from + f.at[i]), area_id: f.area[i] < 0 ? null : f.areas[f.area[i]], marks: f.marks[i] || [] };
  }
  /* Everything that happened up to a moment, once and in order. */
  function advance(moment) {
    const units = new Map(), incidents = [], nexts = [];
    while (chunks.length) {
      const chunk = chunks[0];
      while (chunk.i < chunk.f.at.length && chunk.from + chunk.f.at[chunk.i] <= moment) {
        const i = chunk.i++, row = rowOf(chunk, i);
        units.set(row.id, row);
        nexts.push([row.id, chunk, chunk.next[i]]);
      }
      while (chunk.j < chunk.incidents.length && Date.parse(chunk.incidents[chunk.j].at) <= moment) { const { at: _, ...row } = chunk.incidents[chunk.j++]; incidents.push(row); }
      if (moment < chunk.to) break;
      chunks.shift();
    }
    at = moment;
    const gone = { units: [], incidents: [] }, keep = 1000 * live.limits.live_closed_s, back = HOUR * live.limits.live_unit_hours;
    for (const one of live.incidents.values()) if (one.closed !== null && one.closed + keep <= at) gone.incidents.push(one.id);
    for (const one of live.units.values()) if (one.at + back < at && !units.has(one.id)) gone.units.push(one.id);
    const final = new Map(incidents.map((row) => [row.id, row]));
    for (const [id, row] of final) if (row.closed_at && Date.parse(row.closed_at) + keep <= at) { final.delete(id); gone.incidents.push(id); }
    if (units.size || final.size || gone.units.length || gone.incidents.length) live.apply({ type: "delta", seq: 0, units: [...units.values()], incidents: [...final.values()], gone });
    for (const [id, chunk, i] of nexts) {
      const one = live.units.get(id);
      if (!one) continue;
      const later = i >= 0 ? [chunk, i] : chunks.filter((other) => other.from >= chunk.to && other.first.has(id)).map((other) => [other, other.first.get(id)])[0];
      one.next = later ? fixOf(...later) : null;
    }
  }
  live.advance = advance;
  live.buildReplay = function () {
    let before = performance.now();
    setInterval(() => {
      const passed = Math.min(1000, performance.now() - before);
      before = performance.now();
      if (!live.playing || live.mode !== "replay") return;
      if (until - at < speed * 12e3) more();
      const moment = Math.min(at + passed * speed, until, live.end());
      live.waiting = moment === at && until < live.end();
      if (moment > at) advance(moment);
      if (Math.abs(at - shownAt) >= 500 || at >= live.end()) { shownAt = at; live.showBorders(); W.emit("live-clock"); }
      if (at >= live.end() && !ending) { ending = true; live.play(false); }
    }, 60);
  };
})();
