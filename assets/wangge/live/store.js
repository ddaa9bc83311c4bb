/* What is on the wall: units and incidents by id, patched by the feed or by a replay; filters; and a digest of it all. */
(function () {
  "use strict";
  const W = window.Wangge;
  const live = (W.live = {
    mode: "", units: new Map(), incidents: new Map(), seq: 0, stale: {}, leftOff: 0, limits: {}, frame: null,
    filter: { area: "", category: "", stage: "", unit: "" }, inside: null, now: () => Date.now()
  });
  const OPENING = ["", "reported", "accepted"];
  const ms = (iso) => (iso ? Date.parse(iso) : null);

  function placed(row) { return row.lon === null || row.lon === undefined || row.lat === null ? null : W.project(row.lon, row.lat); }
  function putUnit(row) {
    const at = ms(row.at), known = live.units.get(row.id);
    if (known && known.at > at) return false;                 // a fix that came late says where it was, not where it is
    const place = placed(row);
    if (!place) return false;
    const one = known || { kind: "unit", id: row.id, next: null, from: null };
    const near = known && at - known.at <= 1000 * live.limits.fix_gap_s && live.mode === "live" && !live.still;
    one.from = near ? { x: known.x, y: known.y, since: performance.now() } : null;
    Object.assign(one, { row, at, x: place[0], y: place[1] });
    live.units.set(row.id, one);
    return true;
  }
  function putIncident(row) {
    const one = live.incidents.get(row.id) || { kind: "incident", id: row.id, told: "" }, place = placed(row);
    Object.assign(one, { row, begun: ms(row.reported_at), due: ms(row.due_at), closed: ms(row.closed_at), changed: ms(row.changed_at), x: place ? place[0] : null, y: place ? place[1] : null });
    live.incidents.set(row.id, one);
  }
  /* Take a message of the feed or of a replay. What has been taken already changes nothing. */
  live.apply = function (message) {
    const seq = message.seq || 0;
    if (message.type === "snapshot") {
      const units = new Set(message.units.map((row) => row.id)), incidents = new Set(message.incidents.map((row) => row.id));
      for (const id of live.units.keys()) if (!units.has(id)) live.units.delete(id);
      for (const id of live.incidents.keys()) if (!incidents.has(id)) live.incidents.delete(id);
      live.leftOff = message.left_off || 0;
      for (const one of live.units.values()) one.at = -Infinity;      // a snapshot says what is, whatever was thought
    } else if (seq && seq <= live.seq) return;
    for (const row of message.units) putUnit(row);
    for (const row of message.incidents) putIncident(row);
    const gone = message.gone || { units: [], incidents: [] };
    for (const id of gone.units || []) live.units.delete(id);
    for (const id of gone.incidents || []) live.incidents.delete(id);
    if (seq) live.seq = seq;
    if (message.type === "snapshot") live.settled = true;
    W.emit("live", { whole: message.type === "snapshot", quiet: message.type === "snapshot" && !message.resumed, incidents: message.incidents.length + (gone.incidents || []).length });
  };

  live.standing = function (one, now) {
    if (one.closed !== null && one.closed <= now) return "closed";
    if (one.due !== null && one.due < now) return "overdue";
    if (OPENING.includes(one.row.stage || "") && one.begun !== null && now - one.begun < 1000 * live.limits.live_new_s) return "new";
    return "open";
  };
  live.isStale = (one, now) => now - one.at > 1000 * (live.stale[one.row.kind] || live.stale.default || live.limits.live_stale_s);
  live.shows = function (one, now) {
    const f = live.filter;
    if (live.inside && !live.inside.has(one.row.area_id)) return false;
    if (one.kind === "unit") return !f.unit || (f.unit !== "none" && one.row.kind === f.unit);
    if (f.category && one.row.category !== f.category) return false;
    if (!f.stage) return true;
    const standing = live.standing(one, now);
    return f.stage === "overdue" ? standing === "overdue" : f.stage === "open" ? standing !== "closed" : one.row.stage === f.stage;
  };
  live.shown = (map) => { const now = live.now(); return [...map.values()].filter((one) => live.shows(one, now)); };

  /* Where a unit is drawn: at its fix; on the way between two fixes where both are known and near in time; never beyond. */
  live.place = function (one, now) {
    if (one.next && one.next.at > one.at && one.next.at - one.at <= 1000 * live.limits.fix_gap_s && now > one.at) {
      const share = Math.min(1, (now - one.at) / (one.next.at - one.at));
      return [one.x + share * (one.next.x - one.x), one.y + share * (one.next.y - one.y)];
    }
    if (one.from) {
      const share = (performance.now() - one.from.since) / 700;
      if (share >= 1) one.from = null;
      else return [one.from.x + share * (one.x - one.from.x), one.from.y + share * (one.y - one.from.y)];
    }
    return [one.x, one.y];
  };
  function mix(text) {
    let a = 0xdeadbeef, b = 0x41c6ce57;
    for (let i = 0; i < text.length; i++) { const c = text.charCodeAt(i); a = Math.imul(a ^ c, 2654435761); b = Math.imul(b ^ c, 1597334677); }
    a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
    b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
    return (4294967296 * (2097151 & b) + (a >>> 0)).toString(16);
  }
  /* Two walls that say the same hold the same. */
  live.digest = function () {
    const sorted = (map) => [...map.values()].map((one) => one.row).sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)).map((row) => JSON.stringify(Object.keys(row).sort().map((key) => [key, /(^|_)at$/.test(key) ? ms(row[key]) : row[key]])));
    return `${live.units.size}|${live.incidents.size}|${mix(sorted(live.units).join())}|${mix(sorted(live.incidents).join())}`;
  };
  live.setFilter = async function (change) {
    const before = live.filter.area;
    Object.assign(live.filter, change);
    const borders = W.state.borders || "";
    if (live.filter.area !== before || (live.filter.area && (!live.inside || live.insideBorders !== borders))) {
      const asked = live.filter.area;
      const answer = asked ? await W.load("inside", "inside", "/api/area_ids?" + W.query({ ws: W.config.ws, area: asked, borders })) : null;
      if (asked !== live.filter.area || borders !== (W.state.borders || "")) return;
      live.insideBorders = borders;
      live.inside = answer ? new Set(answer.ids) : null;
      if (asked && !answer) live.filter.area = "";
    }
    W.emit("live-filter");
  };
})();
