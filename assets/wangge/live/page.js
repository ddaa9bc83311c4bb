/* Put the wall together: panel, bar, lock, kiosk; and keep its state in the address. */
(function () {
  "use strict";
  const W = window.Wangge, live = W.live;
  W.tools = W.tools || {};
  delete W.tools.legend;                           // the panel is the legend here: it shows each mark with its word
  const told = [];
  /* What stands in the address: with it another screen shows the same. */
  live.state = function () {
    const f = live.filter, replaying = live.mode === "replay";
    return { area: f.area, category: f.category, stage: f.stage, unit: f.unit, at: replaying ? new Date(Math.floor(live.replayAt() / 60e3) * 60e3).toISOString().slice(0, 16) + "Z" : "", speed: replaying ? String(live.speed()) : "", sound: live.sound ? "1" : "", kiosk: live.kiosk ? "1" : "" };
  };
  live.tell = function () {
    const state = live.state(), text = JSON.stringify(state);
    if (told[told.length - 1] === text) return;
    told.push(text); if (told.length > 40) told.shift();
    if (window.parent !== window) { W.tell({ event: "live", detail: state }); return; }
    const query = new URLSearchParams(window.location.search);
    for (const [name, value] of Object.entries(state)) if (value) query.set(name, value); else query.delete(name);
    window.history.replaceState(null, "", window.location.pathname + "?" + query);
  };
  /* What the page says, unless it only repeats what this map told it. */
  async function hear(state) {
    const text = JSON.stringify(Object.fromEntries(Object.keys(live.state()).map((key) => [key, state[key] === true ? "1" : state[key] || ""])));
    if (told.includes(text)) return;
    told.push(text); if (told.length > 40) told.shift();
    setKiosk(state.kiosk === "1" || state.kiosk === true);
    live.sound = state.sound === "1" || state.sound === true;
    if (state.speed) live.setSpeed(state.speed);
    await live.framed;
    if ((state.area || "") !== live.filter.area) await live.goInto(state.area || "", state.area_level);
    await live.setFilter({ category: state.category || "", stage: state.stage || "", unit: state.unit || "" });
    if (state.at) await live.seek(Date.parse(state.at));
    else await live.goLive();
  }
  function setKiosk(is) {
    live.kiosk = is;
    document.body.classList.toggle("wl-kiosk", is);
    W.emit("live-mode");
  }
  live.goLive = async function () {
    live.playing = false;
    if (!live.canLive) return live.end() ? live.seek(live.end()) : undefined;
    live.connect();
    return live.tell();
  };
  live.replayLastDay = async function (playing) {
    live.setSpeed(60);
    await live.seek(live.end() - 24 * 3600e3);
    if (playing) live.play(true);
    live.tell();
  };
  function lock(map) {
    const badge = W.el("button", { type: "button", class: "wg-panel wl-lock", hidden: true, on: { click: () => W.reset() } });
    map.getContainer().append(badge);
    L.DomEvent.disableClickPropagation(badge);
    let held = false;
    function show() {
      badge.hidden = !held;
      badge.textContent = W.t("view locked, press H to return") + (live.outside() ? " · " + W.t("{count} announced outside the view", { count: live.outside() }) : "");
    }
    W.on("held", (is) => { held = is; show(); });
    W.on("live-told", show); W.on("retheme", show);
  }
  /* An area gone into on the map narrows the wall to it; nothing else of a click leaves this document. */
  W.clicked = function (detail) {
    if (detail.kind === "areas" && detail.action === "drill" && W.childLevel(detail.level)) live.goInto(detail.id, detail.level);
  };
  live.loadFrame = function () {
    live.framed = W.load("frame", "frame", "/api/replay/frame?" + W.query({ ws: W.config.ws })).then((frame) => {
      live.frame = frame || live.frame || null;
      if (frame) live.stale = frame.stale_s;
      W.emit("live-frame");
    });
  };
  async function begin() {
    live.loadFrame();
    if (window.parent === window) await hear(W.config.live.state);
    else W.apply({ level: W.config.state.level });
  }
  W.tools.live = function (map) {
    live.limits = W.config.live.limits;
    const motion = window.matchMedia("(prefers-reduced-motion: reduce)");
    live.still = motion.matches;
    motion.addEventListener("change", () => { live.still = motion.matches; });
    live.canLive = !!W.config.live.feed;
    document.body.classList.add("wl-body");
    const panel = W.el("aside", { class: "wl-panel" });
    document.body.append(panel);
    live.buildHead(panel); live.buildAnnounce(panel); live.buildFilters(panel); live.buildList(panel);
    live.buildStage(map); live.buildReplay(); live.buildBar(map); live.buildEmpty(map);
    lock(map);
    W.on("retheme", () => panel.setAttribute("aria-label", W.t("Incidents and units")));
    window.addEventListener("message", (event) => {
      if (event.source !== window.parent || event.origin !== window.location.origin || window.parent === window) return;
      if (event.data && event.data.wangge === 1 && event.data.state && event.data.state.live) hear(event.data.state.live);
    });
    begin();
  };
})();
