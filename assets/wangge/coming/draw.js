/* A file on its way in, drawn above the areas that are there: its shapes, its defects, what a repair moves. */
(function () {
  "use strict";
  const W = window.Wangge, coming = (W.coming = { feed: null, choice: "as_is", focus: "", shapes: {}, marks: [] });
  const COLOURS = {
    light: { own: "#0b57d0", fill: "rgba(11,87,208,.10)", moved: "rgba(0,122,94,.30)", movedline: "#00715a", ground: "#c62828", bare: "#c25a00", above: "#6a3fb5", other: "#5f6b74" },
    dark: { own: "#8ab4ff", fill: "rgba(138,180,255,.14)", moved: "rgba(77,208,184,.30)", movedline: "#4dd0b8", ground: "#ff6b60", bare: "#ffb04d", above: "#c3a6ff", other: "#a9b4bc" }
  };
  const GROUPS = { gap: "bare", parent_not_tiled: "bare", two_parents: "above", outside_parent: "above", out_of_band: "other", bad_code: "other", sliver: "other" };
  const SIGN = 9;
  coming.colour = (name) => COLOURS[W.state.theme === "dark" ? "dark" : "light"][name];
  coming.kindColour = (kind) => coming.colour(GROUPS[kind] || "ground");
  const unpoint = (steps, unit) => steps.map(([lon, lat]) => W.project(lon * unit, lat * unit));
  function group(part) {
    if (!part) return null;
    const shapes = new W.Shapes({ shapes: part.shapes, ids: part.ids, unit: part.unit }, part.is_closed), marked = new Set(part.marked);
    const all = part.ids.map((_, i) => i);
    return { shapes, points: unpoint(part.points, part.unit), ids: part.point_ids, whole: shapes.together(all), moved: shapes.together(all.filter((i) => marked.has(i))), marked, closed: part.is_closed };
  }
  function defects(rows, unit) {
    return rows.map((row) => ({ ...row, at: row.lon === null ? null : W.project(row.lon, row.lat), ground: row.shape.length ? new W.Shapes({ shapes: [row.shape], ids: [row.key], unit }, true) : null }));
  }
  coming.take = function (feed) {
    coming.feed = feed;
    coming.shapes = feed ? { as_is: group(feed.as_is), repaired: group(feed.repaired) } : {};
    coming.rows = feed ? { as_is: defects(feed.defects, feed.unit), repaired: defects(feed.left, feed.unit) } : {};
  };
  const now = () => coming.shapes[coming.choice] || coming.shapes.as_is;
  const found = () => (coming.rows && (coming.choice === "repaired" && coming.shapes.repaired ? coming.rows.repaired : coming.rows.as_is)) || [];
  coming.find = (key) => found().find((one) => one.key === key) || (coming.rows ? coming.rows.as_is.find((one) => one.key === key) : null);
  function paintShapes(ctx, view, part) {
    const side = part.shapes.n ? part.shapes.size * view.k : 99;
    ctx.lineJoin = "round";
    if (part.closed) {
      ctx.fillStyle = coming.colour("fill"); part.whole.fill(ctx);
      if (coming.choice === "repaired") { ctx.fillStyle = coming.colour("moved"); part.moved.fill(ctx); }
    }
    ctx.strokeStyle = coming.colour("own"); ctx.lineWidth = view.px * (side < 14 ? 0.5 : side < 60 ? 0.9 : 1.5);
    part.whole.stroke(ctx);
    if (coming.choice === "repaired") { ctx.strokeStyle = coming.colour("movedline"); part.moved.stroke(ctx); }
    ctx.fillStyle = coming.colour("own");
    const r = (part.points.length > 20000 ? 1.2 : 2.4) * view.px;
    for (const [x, y] of part.points) ctx.fillRect(x - r, y - r, 2 * r, 2 * r);
  }
  function paintGround(ctx, view, row) {
    if (!row.ground || !row.ground.seen(0, view.box)) return;
    const is = row.key === coming.focus;
    ctx.fillStyle = ctx.strokeStyle = coming.kindColour(row.kind);
    ctx.globalAlpha = is ? 0.55 : 0.35; ctx.fill(row.ground.path(0));
    ctx.globalAlpha = 1; ctx.lineWidth = (is ? 2.4 : 1.1) * view.px; ctx.stroke(row.ground.path(0));
  }
  /* Marks keep clear of each other, the most harmful first; one without room is a small dot. */
  function place(view) {
    const taken = [], step = 2 * SIGN;
    coming.marks = [];
    for (const row of found()) {
      if (!row.at) continue;
      const [x, y] = view.at(...row.at);
      if (x < -20 || y < -20 || x > view.width + 20 || y > view.height + 20) continue;
      const full = row.key === coming.focus || !taken.some((one) => Math.abs(one[0] - x) < step && Math.abs(one[1] - y) < step);
      if (full) taken.push([x, y]);
      coming.marks.push({ row, x, y, full });
    }
  }
  function sign(ctx, mark) {
    const { row, x, y, full } = mark, is = row.key === coming.focus, r = full ? (is ? SIGN + 3 : SIGN) : 3;
    ctx.beginPath(); ctx.arc(x, y, r, 0, 2 * Math.PI);
    ctx.fillStyle = coming.kindColour(row.kind); ctx.fill();
    ctx.strokeStyle = W.theme().halo; ctx.lineWidth = is ? 3 : 1.6; ctx.stroke();
    if (!full) return;
    ctx.fillStyle = W.state.theme === "dark" ? "#10161b" : "#fff"; ctx.font = `700 ${is ? 14 : 11}px ${W.FONT}`; ctx.textAlign = "center"; ctx.textBaseline = "middle";
    ctx.fillText(coming.signs[row.kind] || "", x, y + 0.5);
  }
  coming.paint = function (view) {
    const { ctx } = view, part = now();
    if (!part) return;
    paintShapes(ctx, view, part);
    for (const row of found()) if (row.key !== coming.focus) paintGround(ctx, view, row);
    for (const row of found()) if (row.key === coming.focus) paintGround(ctx, view, row);
    place(view);
    view.screen();
    for (const mark of [...coming.marks].reverse()) if (mark.row.key !== coming.focus) sign(ctx, mark);
    for (const mark of coming.marks) if (mark.row.key === coming.focus) sign(ctx, mark);
  };
  function lines(row) {
    return [["", row.message], [W.t("Size"), W.number(row.area_m2, row.area_m2 < 10 ? 3 : 1) + " m²"], [W.t("Households"), row.households ? W.number(row.households, 0) : ""]];
  }
  coming.hit = function (x, y, px) {
    for (const row of found()) if (row.at && Math.hypot(row.at[0] - x, row.at[1] - y) < (SIGN + 2) * px) return told(row);
    for (const row of found()) if (row.ground && row.ground.at(x, y).length) return told(row);
    const part = now();
    if (!part) return null;
    for (let i = 0; i < part.points.length; i++) if (Math.hypot(part.points[i][0] - x, part.points[i][1] - y) < 5 * px) return { kind: "coming", id: part.ids[i], name: part.ids[i], note: W.t("in the file") };
    const at = part.closed && part.shapes.n ? part.shapes.at(x, y) : [];
    if (!at.length) return null;
    const ids = at.map((i) => part.shapes.ids[i]);
    return { kind: "coming", id: ids[0], name: ids.slice(0, 4).join(" · "), note: at.some((i) => part.marked.has(i)) && coming.choice === "repaired" ? W.t("changed by the repair") : W.t("in the file") };
  };
  function told(row) {
    return { kind: "defect", id: row.key, name: coming.titles[row.kind], note: row.ids, lines: lines(row), act: () => W.clicked({ kind: "defect", id: row.key, level: "", name: row.kind, action: "select" }) };
  }
  coming.keys = function () {
    const part = now(), feed = coming.feed;
    if (!part) return [];
    const source = coming.choice === "repaired" && feed.repaired ? feed.repaired : feed.as_is;
    const rows = [{ colour: coming.colour("own"), hollow: true, label: feed.as_is.is_less ? W.t("the file, simplified") : W.t("the file"), count: source.count }];
    if (coming.choice === "repaired") rows.push({ colour: coming.colour("movedline"), label: W.t("changed by the repair"), count: part.marked.size });
    const counts = {};
    for (const row of found()) counts[row.kind] = (counts[row.kind] || 0) + 1;
    for (const one of feed.kinds) if (counts[one.kind]) rows.push({ colour: coming.kindColour(one.kind), round: true, glyph: one.mark, label: one.title, count: counts[one.kind] });
    return rows;
  };
})();
