/* An event plan on the map: viewing areas, ways in and out, routes, barriers, dangers, places, the front, posts. */
(function () {
  "use strict";
  const W = window.Wangge;
  const COLOURS = {
    light: { areas: "#2f6db3", exits: "#1d7a46", entrances: "#5b4aa0", routes: "#1d7a46", places: "#3d4a57", barriers: "#6b4a2f", hazards: "#b3261e", front: "#0b6e8a", posts: "#a8480b" },
    dark: { areas: "#7fb2ea", exits: "#7fd3a0", entrances: "#b9a8f0", routes: "#7fd3a0", places: "#c3ccd4", barriers: "#d0a888", hazards: "#ff8a80", front: "#7fd6ee", posts: "#ffb37a" }
  };
  const ORDER = ["hazards", "areas", "front", "barriers", "routes", "places", "entrances", "exits", "posts"];
  const RINGS = new Set(["areas", "hazards"]), LINES = new Set(["routes", "barriers", "front"]);
  const event = (W.event = { now: null, things: [], ghost: null });
  const colours = () => COLOURS[W.state.theme === "dark" ? "dark" : "light"];
  event.colours = colours;
  event.isRing = (list) => RINGS.has(list);
  event.isLine = (list) => LINES.has(list);
  const isPicked = (one) => event.now.picked && event.now.picked[0] === one.list && event.now.picked[1] === one.id;

  function build() {
    event.now = W.state.event && W.state.event.things ? W.state.event : null;
    event.things = [];
    if (event.now) for (const one of event.now.things) {
      if (!one.at.length) continue;
      const xy = one.at.map(([lon, lat]) => W.project(lon, lat)), path = new Path2D();
      xy.forEach(([x, y], i) => (i ? path.lineTo(x, y) : path.moveTo(x, y)));
      if (RINGS.has(one.list)) path.closePath();
      event.things.push({ ...one, xy, path });
    }
    event.things.sort((a, b) => ORDER.indexOf(a.list) - ORDER.indexOf(b.list));
    W.stage.later();
    if (event.now && event.now.fit && event.now.fit !== event.fitted) { event.fitted = event.now.fit; if (!W.state.view) W.fit(); }
    const look = lookedAt();
    if (look && look.number !== event.looked) { event.looked = look.number; show(look.at); }
  }
  const lookedAt = () => (event.now && !event.now.fixed && event.now.look) || null;
  /* Take the map to some places: one is seen from near, several all at once. */
  function show(at) {
    W.hold();
    const spots = at.map(([lon, lat]) => [lat, lon]);
    if (spots.length === 1) W.map.setView(spots[0], Math.max(W.map.getZoom(), 16), { animate: false });
    else W.map.fitBounds(L.latLngBounds(spots), { padding: [70, 70], maxZoom: 17, animate: false });
  }
  event.fit = function () {
    const all = event.now.things.flatMap((one) => one.at);
    if (all.length) W.map.fitBounds(L.latLngBounds(all.map(([lon, lat]) => [lat, lon])), { padding: [50, 50], maxZoom: 17, animate: false });
  };
  const SIGNS = { exits: "▶", entrances: "◀", posts: "★", duty_post: "★", parking: "P", first_aid: "+", command_post: "⚑", shelter: "⌂", station: "S", muster_point: "M", open_ground: "○", toilet: "W", water_point: "~" };
  /* Far off a small mark, near a sign with its glyph; a junction is never more than a dot. */
  function sign(ctx, x, y, one, theme, colour, zoom) {
    const small = (zoom < 15 && one.list !== "posts" && !isPicked(one)) || one.kind === "junction", r = one.list === "posts" ? 9 : small ? (one.fill ? 5.5 : 3.5) : 8;
    ctx.beginPath();
    if (one.list === "places") ctx.arc(x, y, r, 0, 7); else ctx.roundRect(x - r, y - r, 2 * r, 2 * r, 4);
    ctx.fillStyle = colour; ctx.fill();
    ctx.strokeStyle = isPicked(one) ? theme.pick : theme.halo; ctx.lineWidth = isPicked(one) ? 3 : 1.4; ctx.stroke();
    ctx.fillStyle = theme.land; ctx.font = `600 10px ${W.FONT}`; ctx.textAlign = "center"; ctx.textBaseline = "middle";
    if (!small) ctx.fillText(one.mark || SIGNS[one.kind] || SIGNS[one.list] || "", x, y + 0.5);
  }
  function paintShape(view, one, colour) {
    const { ctx, theme } = view, picked = isPicked(one);
    ctx.lineJoin = ctx.lineCap = "round";
    if (RINGS.has(one.list)) {
      ctx.globalAlpha = one.fill === undefined || one.fill === null ? 0.28 : 0.62;
      ctx.fillStyle = one.fill || colour; ctx.fill(one.path); ctx.globalAlpha = 1;
      if (one.list === "hazards") { ctx.fillStyle = W.hatch(ctx, colour, view.px); ctx.fill(one.path); }
    }
    ctx.setLineDash(one.list === "front" ? [9 * view.px, 5 * view.px] : one.list === "barriers" ? [2 * view.px, 4 * view.px] : []);
    ctx.strokeStyle = theme.halo; ctx.lineWidth = (picked ? 7 : 4.5) * view.px; ctx.stroke(one.path);
    if (LINES.has(one.list) && one.fill) { ctx.strokeStyle = colour; ctx.lineWidth = 8 * view.px; ctx.stroke(one.path); colour = one.fill; }
    ctx.strokeStyle = picked ? theme.pick : colour; ctx.lineWidth = (picked ? 3.6 : one.list === "routes" ? (one.fill ? 5.5 : 3) : 2.2) * view.px; ctx.stroke(one.path);
    ctx.setLineDash([]);
    if (one.reach) { const [x, y] = one.xy[0]; ctx.beginPath(); ctx.arc(x, y, one.reach, 0, 7); ctx.stroke(); }
  }
  function paint(view) {
    if (!event.now) return;
    const { ctx } = view, own = colours();
    for (const one of event.things) if (RINGS.has(one.list) || LINES.has(one.list)) { view.ground(); paintShape(view, one, own[one.list]); }
    view.screen();
    for (const one of event.things) {
      if (LINES.has(one.list) && (one.list === "front" || one.list === "routes")) arrow(view, one, own[one.list]);
      if (RINGS.has(one.list) || LINES.has(one.list)) continue;
      const [x, y] = view.at(...one.xy[0]);
      sign(ctx, x, y, one, view.theme, one.fill || own[one.list], view.zoom);
    }
    for (const at of lookedAt() ? lookedAt().at : []) {
      const [x, y] = view.at(...W.project(at[0], at[1]));
      for (const [colour, wide] of [[view.theme.halo, 6], [view.theme.pick, 3]]) { ctx.strokeStyle = colour; ctx.lineWidth = wide; ctx.beginPath(); ctx.arc(x, y, 22, 0, 7); ctx.stroke(); }
    }
    for (const { at, refused } of event.now.faults || []) {
      const [x, y] = view.at(...W.project(at[0], at[1]));
      ctx.fillStyle = refused ? own.hazards : "#c77700"; ctx.strokeStyle = view.theme.halo; ctx.lineWidth = 1.4;
      ctx.beginPath(); ctx.arc(x + 9, y - 11, 7, 0, 7); ctx.fill(); ctx.stroke();
      ctx.fillStyle = "#fff"; ctx.font = `700 10px ${W.FONT}`; ctx.fillText("!", x + 9, y - 10.5);
    }
  }
  /* Which way a line goes: an arrow at its end. */
  function arrow(view, one, colour) {
    const n = one.xy.length, [x, y] = view.at(...one.xy[n - 1]), [a, b] = view.at(...one.xy[n - 2]), turn = Math.atan2(y - b, x - a), { ctx } = view;
    ctx.save(); ctx.translate(x, y); ctx.rotate(turn);
    ctx.beginPath(); ctx.moveTo(2, 0); ctx.lineTo(-9, -6); ctx.lineTo(-9, 6); ctx.closePath();
    ctx.fillStyle = colour; ctx.fill(); ctx.strokeStyle = view.theme.halo; ctx.lineWidth = 1.2; ctx.stroke(); ctx.restore();
  }
  function names(view) {
    if (!event.now || view.zoom < 13) return;
    const { ctx, theme } = view, taken = [];
    view.screen(); ctx.textAlign = "center"; ctx.textBaseline = "middle"; ctx.lineJoin = "round"; ctx.font = `600 12px ${W.FONT}`;
    for (const one of [...event.things].reverse().sort((a, b) => (b.list === "areas") - (a.list === "areas"))) {
      if (view.zoom < 15 && one.list !== "areas" && !isPicked(one)) continue;
      const lines = [one.name, ...(one.note ? [one.note] : [])], middle = RINGS.has(one.list) ? centre(one.xy) : one.xy[LINES.has(one.list) ? one.xy.length >> 1 : 0];
      const [x, top] = view.at(...middle), y = RINGS.has(one.list) ? top : top + 17;
      const w = Math.max(...lines.map((line) => ctx.measureText(line).width)) / 2 + 3, box = [x - w, y - 8, x + w, y + 15 * lines.length - 7];
      if (taken.some((b) => box[0] < b[2] && box[2] > b[0] && box[1] < b[3] && box[3] > b[1])) continue;
      taken.push(box);
      lines.forEach((line, i) => { ctx.strokeStyle = theme.halo; ctx.lineWidth = 3.5; ctx.strokeText(line, x, y + 15 * i); ctx.fillStyle = theme.ink; ctx.fillText(line, x, y + 15 * i); });
    }
  }
  function centre(xy) {
    let [a, b, c, d] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const [x, y] of xy) { a = Math.min(a, x); b = Math.min(b, y); c = Math.max(c, x); d = Math.max(d, y); }
    return [(a + c) / 2, (b + d) / 2];
  }
  function inside(xy, x, y) {
    let is = false;
    for (let i = 0, j = xy.length - 1; i < xy.length; j = i++) { const p = xy[i], q = xy[j]; if (p[1] > y !== q[1] > y && x < ((q[0] - p[0]) * (y - p[1])) / (q[1] - p[1]) + p[0]) is = !is; }
    return is;
  }
  function far(xy, x, y) {
    let least = Math.hypot(xy[0][0] - x, xy[0][1] - y);
    for (let i = 1; i < xy.length; i++) {
      const [a, b] = xy[i - 1], [c, d] = xy[i], l = (c - a) ** 2 + (d - b) ** 2, s = l ? Math.max(0, Math.min(1, ((x - a) * (c - a) + (y - b) * (d - b)) / l)) : 0;
      least = Math.min(least, Math.hypot(a + s * (c - a) - x, b + s * (d - b) - y));
    }
    return least;
  }
  event.hit = function (x, y, px) {
    for (let i = event.things.length - 1; i >= 0; i--) {
      const one = event.things[i];
      if (RINGS.has(one.list) ? inside(one.xy, x, y) : far(one.xy, x, y) < (LINES.has(one.list) ? 6 : 11) * px) return one;
    }
    return null;
  };
  W.tools = W.tools || {};
  W.tools.eventPaint = function () {
    for (const layer of W.layers) if (layer.draw === "areas") { layer.hit = null; }
    const whole = W.fit;
    W.fit = (animate) => { if (!animate && lookedAt()) show(lookedAt().at); else if (event.now && event.things.length) event.fit(); else whole(animate); };
    W.stage.add({ order: 70, paint, hit(x, y, px) {
      const one = event.hit(x, y, px);
      if (!one) return null;
      return { act() {}, kind: "event", id: one.id, name: one.name, note: one.id, lines: [[W.t("kind"), W.t(one.kind)], ...(one.facts || []), one.open ? [W.t("Open check"), "!"] : null].filter(Boolean) };
    } });
    W.stage.add({ order: 96, paint: names });
    W.on("state", (changed) => { if (changed.has("event")) build(); });
    W.on("retheme", () => W.stage.later());
  };
})();
