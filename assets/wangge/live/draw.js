/* Units, incidents, trails and counted marks on a canvas of their own: what moves does not repaint the ground. */
(function () {
  "use strict";
  const W = window.Wangge, live = W.live;
  const CELL = 44, CROWD = 4, NEVER_FROM = 16;
  let placed = [];

  function crowd(things, view, now) {
    const cells = new Map(), alone = [], size = CELL * Math.pow(2, W.REF - Math.round(view.zoom));
    for (const one of things) {
      const [x, y] = one.kind === "unit" ? live.place(one, now) : [one.x, one.y];
      if (x === null || x < view.box[0] - 40 * view.px || x > view.box[2] + 40 * view.px || y < view.box[1] - 40 * view.px || y > view.box[3] + 40 * view.px) continue;
      const put = { one, x, y };
      const apart = view.zoom >= NEVER_FROM || one.id === live.picked || ["overdue", "new"].includes(one.standing);
      if (apart) { alone.push(put); continue; }
      const key = Math.floor(x / size) + "," + Math.floor(y / size);
      if (!cells.has(key)) cells.set(key, []);
      cells.get(key).push(put);
    }
    const counted = [];
    for (const members of cells.values()) {
      if (members.length < CROWD) { alone.push(...members); continue; }
      const x = members.reduce((sum, m) => sum + m.x, 0) / members.length, y = members.reduce((sum, m) => sum + m.y, 0) / members.length;
      counted.push({ members, x, y, kind: members[0].one.kind });
    }
    return { alone, counted };
  }
  function paintCounted(view, group) {
    const { ctx, theme } = view, [x, y] = view.at(group.x, group.y), unit = group.kind === "unit", r = Math.min(18, (unit ? 4.5 : 6) + 1.6 * Math.log2(group.members.length));
    ctx.globalAlpha = unit ? 0.85 : 0.94; ctx.fillStyle = theme.land; ctx.strokeStyle = live.colour(unit ? "unit" : "open"); ctx.lineWidth = unit ? 1.2 : 2;
    ctx.beginPath();
    if (unit) ctx.roundRect(x - r, y - r, 2 * r, 2 * r, 4); else ctx.arc(x, y, r, 0, 7);
    ctx.fill(); ctx.stroke();
    ctx.globalAlpha = 1; ctx.fillStyle = theme.ink; ctx.font = `600 ${unit ? 10 : 11}px ${W.FONT}`; ctx.textAlign = "center"; ctx.textBaseline = "middle";
    ctx.fillText(String(group.members.length), x, y + 0.5);
    placed.push({ group, x: group.x, y: group.y, r });
  }
  function label(view, text, x, y, colour) {
    const { ctx, theme } = view;
    ctx.font = `600 11px ${W.FONT}`; ctx.textAlign = "center"; ctx.textBaseline = "top"; ctx.lineJoin = "round";
    ctx.strokeStyle = theme.halo; ctx.lineWidth = 3; ctx.strokeText(text, x, y);
    ctx.fillStyle = colour; ctx.fillText(text, x, y);
  }
  function paintUnits(view) {
    const { ctx, theme } = view, now = live.now(), { alone, counted } = crowd(live.shown(live.units), view, now);
    view.screen();
    for (const group of counted) paintCounted(view, group);
    for (const { one, x, y } of alone) {
      const [px, py] = view.at(x, y), stale = live.isStale(one, now), size = one.id === live.picked ? 19 : 14;
      ctx.globalAlpha = stale ? 0.45 : 1;
      live.symbol(ctx, "unit", px, py, size, { hollow: stale });
      if (one.id === live.picked || view.zoom >= 14 || (stale && view.zoom >= 12.5)) label(view, live.ago(now - one.at), px, py + size / 2 + 1, theme.ink);
      placed.push({ one, x, y, r: size / 2 + 3 });
    }
    ctx.globalAlpha = 1;
  }
  function paintIncidents(view) {
    const { ctx } = view, now = live.now(), things = live.shown(live.incidents);
    for (const one of things) one.standing = live.standing(one, now);
    const { alone, counted } = crowd(things, view, now);
    view.screen();
    for (const group of counted) paintCounted(view, group);
    const rank = { closed: 0, open: 1, new: 2, overdue: 3 };
    for (const { one, x, y } of alone.sort((a, b) => rank[a.one.standing] - rank[b.one.standing] || (a.one.id < b.one.id ? -1 : 1))) {
      const [px, py] = view.at(x, y), loud = rank[one.standing] > 1, size = one.id === live.picked ? 24 : loud ? 19 : 14;
      ctx.globalAlpha = one.standing === "closed" ? 0.7 : 1;
      live.symbol(ctx, one.standing, px, py, size);
      if (one.id === live.picked) { ctx.strokeStyle = W.theme().pick; ctx.lineWidth = 2.5; ctx.beginPath(); ctx.arc(px, py, 17, 0, 7); ctx.stroke(); }
      if (one.id === live.picked || (loud && view.zoom >= 12)) label(view, live.word(one.standing), px, py + size / 2 + 2, live.colour(one.standing));
      placed.push({ one, x, y, r: size / 2 + 3 });
    }
    ctx.globalAlpha = 1;
  }
  /* A ring that opens around what has just been announced; a still one where motion is not wanted. */
  function paintRings(view) {
    const { ctx } = view;
    view.screen();
    for (const [id, since] of live.rings) {
      const one = live.incidents.get(id), age = performance.now() - since;
      if (!one || one.x === null || age > 20000) { live.rings.delete(id); continue; }
      if (!live.shows(one, live.now())) continue;
      const [x, y] = view.at(one.x, one.y), share = live.still ? 0.5 : (age % 1600) / 1600;
      ctx.globalAlpha = live.still ? 0.9 : 0.9 * (1 - share);
      ctx.strokeStyle = live.colour(live.standing(one, live.now())); ctx.lineWidth = 3;
      ctx.beginPath(); ctx.arc(x, y, 12 + 20 * share, 0, 7); ctx.stroke();
    }
    ctx.globalAlpha = 1;
  }
  function paintTrail(view) {
    const trail = live.trail;
    if (!trail || !trail.points.length) return;
    const { ctx } = view, own = live.colour("unit");
    view.screen();
    ctx.lineJoin = "round"; ctx.lineCap = "round";
    for (const [colour, width] of [[W.theme().halo, 5], [own, 2.4]]) {
      ctx.strokeStyle = colour; ctx.lineWidth = width; ctx.beginPath();
      let before = null;
      for (const [at, x, y] of trail.points) {
        const [px, py] = view.at(x, y);
        if (before === null || at - before > 1000 * trail.gap_s) ctx.moveTo(px, py); else ctx.lineTo(px, py);
        before = at;
      }
      ctx.stroke();
    }
    ctx.fillStyle = own;
    for (const [, x, y] of trail.points) { const [px, py] = view.at(x, y); ctx.beginPath(); ctx.arc(px, py, 2, 0, 7); ctx.fill(); }
  }

  live.describe = function (one) {
    const now = live.now(), row = one.row, lines = [];
    if (one.kind === "unit") {
      lines.push([W.t("kind"), live.kindWord(row.kind)], [W.t("fix"), W.t("{age} old", { age: live.ago(now - one.at) })], [W.t("time"), live.clock(one.at, true)]);
      if (live.isStale(one, now)) lines.push([W.t("state"), W.t("stale")]);
      if (one.next && live.place(one, now)[0] !== one.x) lines.push([W.t("place"), W.t("between two fixes")]);
      for (const mark of row.marks || []) lines.push([W.t("mark"), W.t(String(mark))]);
      return { kind: "unit", id: one.id, name: row.name || one.id, note: one.id, lines, act: () => live.pick(one) };
    }
    const standing = live.standing(one, now);
    lines.push([W.t("state"), live.word(standing)], [W.t("stage"), live.stageWord(row.stage)], [W.t("category"), row.category || "–"]);
    if (one.begun) lines.push([W.t("reported"), live.clock(one.begun)]);
    if (one.due && standing !== "closed") lines.push([W.t("due"), live.clock(one.due)]);
    if (row.arrived_at) lines.push([W.t("arrived"), live.clock(Date.parse(row.arrived_at))]);
    if (one.closed) lines.push([W.t("closed"), live.clock(one.closed)]);
    return { kind: "incident", id: one.id, name: live.titleOf(row), note: one.id, lines, act: () => live.pick(one) };
  };
  live.hit = function (latlng) {
    if (!live.stage) return null;
    const [x, y] = W.toRef(latlng), px = Math.pow(2, W.REF - W.map.getZoom()), more = L.Browser.mobile ? 6 : 0;
    for (let i = placed.length - 1; i >= 0; i--) {
      const at = placed[i];
      if (Math.hypot(at.x - x, at.y - y) > (at.r + more) * px) continue;
      if (at.one) return live.describe(at.one);
      const what = at.group.kind === "unit" ? W.t("{count} units here", { count: at.group.members.length }) : W.t("{count} incidents here", { count: at.group.members.length });
      return { kind: "crowd", id: at.group.members[0].one.id, cells: true, name: what, note: W.t("click to go nearer"), lines: [], act: () => {
        const xs = at.group.members.map((m) => m.x), ys = at.group.members.map((m) => m.y);
        W.hold();
        live.fly(L.latLngBounds(W.unproject(Math.min(...xs), Math.max(...ys)), W.unproject(Math.max(...xs), Math.min(...ys))));
      } };
    }
    return null;
  };
  live.fly = function (bounds) {
    const zoom = Math.min(17, Math.max(W.map.getZoom() + 1, W.map.getBoundsZoom(bounds.pad(0.3))));
    if (live.still) W.map.setView(bounds.getCenter(), zoom, { animate: false });
    else W.map.flyTo(bounds.getCenter(), zoom, { duration: 0.6 });
  };
  /* Choose one thing: it is marked, told in the list, and a unit shows where it has been. */
  live.pick = function (one, fly) {
    live.picked = one ? one.id : "";
    live.trail = null;
    if (one && fly && one.x !== null) { W.hold(); live.fly(L.latLngBounds(W.unproject(one.x, one.y), W.unproject(one.x, one.y))); }
    if (one && one.kind === "unit") live.loadTrail(one);
    W.emit("live-picked", one);
    live.stage.later();
  };
  live.loadTrail = async function (one) {
    const until = new Date(Math.min(live.now(), Date.now())).toISOString();
    const answer = await W.load("trail", "trail", "/api/trail?" + W.query({ ws: W.config.ws, unit: one.id, at: until, hours: 1 }));
    if (!answer || live.picked !== one.id) return;
    live.trail = { gap_s: answer.gap_s, points: answer.points.map(([at, lon, lat]) => [at, ...W.project(lon, lat)]) };
    live.stage.later();
  };
  /* A trail grows by the fixes that come while one looks; another time has another trail. */
  W.on("live", (what) => {
    const one = live.picked && live.units.get(live.picked), points = live.trail && live.trail.points;
    if (what.whole && one) { live.trail = null; live.loadTrail(one); return; }
    if (!one || !points || (points.length && points[points.length - 1][0] >= one.at)) return;
    points.push([one.at, one.x, one.y]);
    if (points.length > 2000) points.shift();
  });
  live.rings = new Map();
  live.buildStage = function (map) {
    const pane = map.createPane("live");
    pane.style.zIndex = 420; pane.style.pointerEvents = "none";
    live.stage = W.buildStage(map, "live");
    live.stage.add({ order: 0, paint() { placed = []; } });
    live.stage.add({ order: 10, paint: paintTrail });
    live.stage.add({ order: 20, paint: paintUnits });
    live.stage.add({ order: 30, paint: paintIncidents });
    live.stage.add({ order: 40, paint: paintRings });
    for (const name of ["live", "live-filter", "retheme"]) W.on(name, () => live.stage.later());
    /* Paint often while something moves, once a second where only ages grow. */
    let last = 0;
    setInterval(() => {
      if (document.hidden) return;
      const moving = live.playing || (!live.still && (live.rings.size || [...live.units.values()].some((one) => one.from)));
      if (!moving && performance.now() - last < 1000) return;
      last = performance.now();
      live.stage.later();
    }, 60);
  };
})();
