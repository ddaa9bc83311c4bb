/* How a thing looks and what it is called: a shape, a word and a colour for each standing, never colour alone. */
(function () {
  "use strict";
  const W = window.Wangge, live = W.live;
  live.SHAPES = {
    overdue: "M10 1.5 19.2 18H.8z", new: "M10 .8 19.2 10 10 19.2.8 10z", open: "M2.5 10a7.5 7.5 0 1 0 15 0a7.5 7.5 0 1 0-15 0z",
    closed: "M2.5 10a7.5 7.5 0 1 0 15 0a7.5 7.5 0 1 0-15 0zM6 10.2l2.8 2.8L14 7.2", unit: "M4 6.5A2.5 2.5 0 0 1 6.5 4h7A2.5 2.5 0 0 1 16 6.5v7a2.5 2.5 0 0 1-2.5 2.5h-7A2.5 2.5 0 0 1 4 13.5z"
  };
  const COLOURS = {
    light: { overdue: "#b71c1c", new: "#d35400", open: "#1f5fae", closed: "#7a858d", unit: "#00695c" },
    dark: { overdue: "#ff6b60", new: "#ffb04d", open: "#74b0ff", closed: "#93a1ab", unit: "#4dd0b8" }
  };
  live.colour = (name) => COLOURS[W.state.theme === "dark" ? "dark" : "light"][name];
  live.word = (standing) => ({ overdue: W.t("overdue"), new: W.t("new"), open: W.t("open"), closed: W.t("closed") })[standing];
  live.kindWord = (kind) => W.t(String(kind || "tracker").replace(/_/g, " "));
  live.stageWord = (stage) => W.t(stage || "reported");
  const paths = {};
  live.symbol = function (ctx, name, x, y, size, { hollow, colour } = {}) {
    const path = (paths[name] = paths[name] || new Path2D(live.SHAPES[name])), k = size / 20, own = colour || live.colour(name);
    ctx.save(); ctx.translate(x - 10 * k, y - 10 * k); ctx.scale(k, k); ctx.lineJoin = "round";
    ctx.strokeStyle = W.theme().halo; ctx.lineWidth = 3.4; ctx.stroke(path);
    if (hollow || name === "closed") { ctx.fillStyle = W.theme().land; ctx.fill(path); ctx.strokeStyle = own; ctx.lineWidth = 2.2; ctx.stroke(path); }
    else { ctx.fillStyle = own; ctx.fill(path); }
    ctx.restore();
    if (name !== "overdue") return;
    ctx.fillStyle = W.state.theme === "dark" ? "#26100e" : "#fff"; ctx.font = `700 ${Math.round(size * 0.6)}px ${W.FONT}`; ctx.textAlign = "center"; ctx.textBaseline = "middle";
    ctx.fillText("!", x, y + size * 0.14);
  };
  live.icon = function (name) {
    const svg = W.icon(live.SHAPES[name]);
    svg.setAttribute("class", "wl-icon wl-" + name);
    return svg;
  };
  /* How long ago, in the largest unit that says enough. */
  live.ago = function (passed) {
    const s = Math.max(0, Math.round(passed / 1000));
    if (s < 60) return W.t("{count} s", { count: s });
    if (s < 3600) return W.t("{count} min", { count: Math.floor(s / 60) });
    if (s < 172800) return W.t("{count} h", { count: Math.floor(s / 3600) });
    return W.t("{count} d", { count: Math.floor(s / 86400) });
  };
  live.clock = (at, seconds) => new Intl.DateTimeFormat("sv-SE", { timeZone: W.config.time_zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", ...(seconds ? { second: "2-digit" } : {}), hour12: false }).format(new Date(at));
  live.titleOf = (row) => row.title || row.category || row.id;
})();
