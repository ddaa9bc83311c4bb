/* What the page says is shown; what the person does goes back to it. The document is never reloaded. */
(function () {
  "use strict";
  const W = window.Wangge;
  const KEYS = ["lang", "theme", "level", "area", "pick", "metric", "start", "end", "category", "classes", "palette", "layers", "view", "edition", "click", "values", "title", "boundaries", "borders", "plan", "event"];
  for (const key of KEYS) W.state[key] = "";
  let seq = 0;
  const isHeld = () => window.parent !== window && !W.config.inline;
  W.tell = function (message) {
    if (isHeld()) window.parent.postMessage({ wangge: 1, ...message }, window.location.origin);
  };
  W.childLevel = function (level) {
    const i = W.config.levels.findIndex((one) => one.key === level);
    return i >= 0 && i + 1 < W.config.levels.length ? W.config.levels[i + 1].key : null;
  };
  W.levelTitle = (key) => { const one = W.config.levels.find((level) => level.key === key); return one ? W.titled(one.title) : key || ""; };
  /* A table of values that carries a seal is known by it: 61,000 rows are not compared. */
  function isSame(one, other) {
    if (one && other && one.seal && other.seal) return one.seal === other.seal;
    return one === other || JSON.stringify(one) === JSON.stringify(other);
  }
  /* A plan carries the turn of the session it is of: what was sent before the map knew better is passed over. */
  const isOld = (held, given) => held && given && held.of && held.of === given.of && given.turn < held.turn;
  /* Take a new state: only what changed is done again. */
  W.apply = function (given) {
    const changed = new Set();
    for (const key of KEYS) {
      if (!(key in given)) continue;
      const value = given[key] === null || given[key] === undefined ? "" : given[key];
      if (!isOld(W.state[key], value) && !isSame(W.state[key], value)) { W.state[key] = value; changed.add(key); }
    }
    if (changed.size) W.emit("state", changed);
  };
  W.clicked = function (detail) {
    seq = Math.max(seq + 1, Date.now());
    W.tell({ event: "clicked", detail: { ...detail, seq } });
    if (isHeld() || detail.kind !== "areas") return;
    if (detail.action === "drill" && W.childLevel(detail.level) && !W.config.inline) W.apply({ area: detail.id, level: W.childLevel(detail.level), pick: "", view: "" });
    else if (detail.action !== "drill") W.apply({ pick: detail.id });
  };
  let timer = 0, told = "";
  const own = [];
  /* A view that comes back from the page because this map told it is an echo, not a wish. */
  W.isEcho = (lon, lat, zoom) => own.some((one) => Math.abs(one.lon - lon) < 2e-5 && Math.abs(one.lat - lat) < 2e-5 && Math.abs(one.zoom - zoom) < 0.02);
  W.viewChanged = function (map) {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const at = map.getCenter(), view = { lon: +at.lng.toFixed(5), lat: +at.lat.toFixed(5), zoom: +map.getZoom().toFixed(2) };
      if (JSON.stringify(view) === told) return;
      told = JSON.stringify(view);
      own.push(view); if (own.length > 40) own.shift();
      W.tell({ event: "view", detail: view });
    }, 700);
  };
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || event.origin !== window.location.origin) return;
    if (event.data && event.data.wangge === 1 && event.data.state) W.apply(event.data.state);
    if (event.data && event.data.wangge === 1 && event.data.act === "search") W.emit("focus-search");
    if (event.data && event.data.wangge === 1 && event.data.act === "play") W.emit("play");
    if (event.data && event.data.wangge === 1 && W.planAct && /^(undo|redo)$/.test(event.data.act)) W.planAct({ verb: event.data.act });
  });
})();
