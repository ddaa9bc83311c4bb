/* What the Import page says of the file is drawn; a defect chosen there is gone to, one chosen here is told. */
(function () {
  "use strict";
  const W = window.Wangge, coming = W.coming;
  W.tools = W.tools || {};
  coming.signs = {}; coming.titles = {};
  let asked = "", seen = "", turn = 0;
  function bounds(box, least) {
    const [w, s, e, n] = box, lat = (s + n) / 2, pad = Math.max(0, least / 111000 - (n - s)) / 2, wide = Math.max(0, least / (111000 * Math.cos((lat * Math.PI) / 180)) - (e - w)) / 2;
    return L.latLngBounds([s - pad, w - wide], [n + pad, e + wide]);
  }
  function fit() {
    if (coming.feed && coming.feed.bounds) W.map.fitBounds(bounds(coming.feed.bounds, 200), { animate: false, paddingTopLeft: [24, 54], paddingBottomRight: [64, 190] });
  }
  function go(key) {
    const row = coming.find(key), box = row && (row.bounds || (row.lon === null ? null : [row.lon, row.lat, row.lon, row.lat]));
    if (!box) return;
    W.hold();
    const target = bounds(box, 60), still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const size = W.map.getSize(), options = { paddingTopLeft: [size.x * 0.2, size.y * 0.2], paddingBottomRight: [size.x * 0.2, size.y * 0.2], maxZoom: 20 };
    if (still) W.map.fitBounds(target, { ...options, animate: false }); else W.map.flyToBounds(target, { ...options, duration: 0.5 });
  }
  function show() { W.stage.later(); W.emit("layers"); }
  async function load(token) {
    const feed = token ? await W.load("coming", "coming", "/api/coming/" + encodeURIComponent(token) + "?" + W.query({ ws: W.config.ws, lang: W.state.lang })) : null;
    if (feed === undefined) { asked = ""; return; }
    if (feed && feed.bounds && !W.config.levels.length && !coming.feed) W.setOrigin((feed.bounds[0] + feed.bounds[2]) / 2, (feed.bounds[1] + feed.bounds[3]) / 2);
    coming.take(feed);
    for (const one of (feed && feed.kinds) || []) { coming.signs[one.kind] = one.mark; coming.titles[one.kind] = one.title; }
    const place = feed && feed.bounds ? feed.bounds.map((one) => one.toFixed(4)).join() : "";
    if (place && place !== seen) { seen = place; fit(); }
    show();
  }
  async function hear(state) {
    const key = [state.token, W.state.lang].join("|");
    if (key !== asked) { asked = key; await load(state.token); }
    const choice = state.choice === "repaired" && coming.shapes.repaired ? "repaired" : "as_is";
    const focus = state.focus || "";
    coming.choice = choice; coming.focus = focus;
    show();
    if (focus && state.turn !== turn) go(focus);
    turn = state.turn;
    coming.heard = (coming.heard || 0) + 1;
  }
  W.tools.coming = function (map) {
    const layer = { name: "coming", draw: "coming", title: "", group: "", order: 85, rows: 1, shown: true, hidden: false, opacity: 1, paint: coming.paint, hit: coming.hit, keys: coming.keys };
    W.layers.push(layer); W.stage.add(layer);
    for (const one of map.getContainer().querySelectorAll("[data-tool=save]")) one.remove();
    W.fit = fit;
    W.reset = () => { map.getContainer().classList.remove("wg-held"); W.emit("held", false); fit(); };
    W.on("retheme", () => { layer.title = W.t("File on its way in"); layer.group = W.t("Import"); });
    let state = null;
    window.addEventListener("message", (event) => {
      if (event.source !== window.parent || event.origin !== window.location.origin || window.parent === window) return;
      if (event.data && event.data.wangge === 1 && event.data.state && event.data.state.coming) { state = event.data.state.coming; hear(state); }
    });
    W.on("state", (changed) => { if (changed.has("lang") && state) hear(state); });
  };
})();
