/* The feed: one socket; when it breaks it is opened again and goes on after the last number heard. */
(function () {
  "use strict";
  const W = window.Wangge, live = W.live;
  const WAITS = [500, 1000, 2000, 4000, 8000, 15000];
  let tries = 0, timer = 0, heard = 0, since = 0, offset = 0, known = false;
  live.socket = null; live.connections = 0;

  live.silence = () => (live.mode === "live" ? performance.now() - heard : null);
  function take(message) {
    heard = since = performance.now();
    if (message.now) offset = Date.parse(message.now) - Date.now();
    if (message.areas) follow(message.areas);
    if (message.type === "hello") {
      tries = 0;
      live.stale = message.stale_s || {};
      if (message.edition && message.edition !== W.config.edition) { W.config.edition = message.edition; W.apply({ edition: message.edition }); }
    } else if (message.type === "snapshot") {
      live.apply({ ...message, resumed: known });
      known = true;
      W.emit("live-mode");
    } else if (message.type === "delta") live.apply(message);
    else if (message.type === "beat" && message.seq > live.seq) live.seq = message.seq;
    W.emit("live-heard");
  }
  /* Borders that change while one looks, at midnight say, are drawn anew; the first number heard is that of what is drawn. */
  let drawn = 0;
  function follow(areas) {
    if (drawn && drawn !== areas) { W.config.edition = areas; W.apply({ edition: areas }); live.loadFrame(); }
    drawn = areas;
  }
  function open() {
    clearTimeout(timer); timer = 0;
    if (live.mode !== "live" || live.socket) return;
    if (navigator.onLine === false) { timer = setTimeout(open, 2000); return; }
    const query = W.query({ ws: W.config.ws, since: known && live.seq ? live.seq : "" });
    const socket = new WebSocket(`${window.location.protocol === "https:" ? "wss" : "ws"}://${window.location.host}/api/live?${query}`);
    live.socket = socket; live.connections += 1; since = performance.now();
    socket.onmessage = (event) => { if (live.socket === socket) take(JSON.parse(event.data)); };
    socket.onclose = () => { if (live.socket === socket) again(); };
  }
  function again() {
    live.socket = null;
    if (live.mode !== "live") return;
    const wait = WAITS[Math.min(tries++, WAITS.length - 1)];
    clearTimeout(timer);
    timer = setTimeout(open, wait * (0.75 + 0.5 * Math.random()));
  }
  function drop() {
    const socket = live.socket;
    live.socket = null;
    if (socket) { socket.onclose = socket.onmessage = null; socket.close(); }
  }
  live.cut = () => { drop(); again(); };
  live.connect = function () {
    if (live.mode === "live") return;
    live.leaveReplay();
    live.mode = "live"; live.playing = false; live.now = () => Date.now() + offset;
    live.seq = 0; known = false; tries = 0; heard = performance.now(); live.settled = false;
    W.emit("live-mode");
    open();
  };
  live.disconnect = function () { clearTimeout(timer); timer = 0; drop(); };
  window.addEventListener("online", () => { tries = 0; if (live.mode === "live") { drop(); open(); } });
  window.addEventListener("pagehide", live.disconnect);
  window.addEventListener("pageshow", (event) => { if (event.persisted && live.mode === "live") open(); });
  /* A line that is silent longer than it may be is dead, whatever the browser believes. */
  setInterval(() => {
    if (live.mode === "live" && live.socket && performance.now() - since > 1000 * live.limits.live_silent_s) live.cut();
  }, 1000);
})();
