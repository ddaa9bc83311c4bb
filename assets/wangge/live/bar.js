/* The strip above the list (what is shown, as of when, how many) and the replay bar under the map. */
(function () {
  "use strict";
  const W = window.Wangge, live = W.live;
  const PLAY = "M6 4l10 6-10 6z", PAUSE = "M6 4v12M14 4v12";
  live.buildHead = function (panel) {
    const mode = W.el("b", { class: "wl-mode" }), clock = W.el("time", {}), update = W.el("span", { class: "wl-update", role: "status" });
    const counts = W.el("div", { class: "wl-counts" }), cells = {};
    for (const name of ["overdue", "new", "open", "unit"]) {
      cells[name] = [W.el("b", {}), W.el("span", {})];
      counts.append(W.el("div", { class: "wl-count wl-is-" + name }, live.icon(name), cells[name][0], cells[name][1]));
    }
    const sound = W.el("button", { type: "button", class: "wl-sound", "aria-pressed": "false", on: { click: () => { live.setSound(!live.sound); live.tell(); } } });
    panel.append(W.el("div", { class: "wl-head" }, mode, clock, update, sound), counts);
    const put = (node, text) => { if (node.textContent !== text) node.textContent = text; };
    function show() {
      const now = live.now(), replaying = live.mode === "replay";
      put(mode, replaying ? W.t("Replay") : live.mode === "live" ? W.t("Live") : "…");
      panel.classList.toggle("wl-replaying", replaying);
      put(clock, live.mode ? live.clock(now, true) : "");
      const silent = replaying ? null : live.silence ? live.silence() : null, red = silent !== null && silent > 1000 * live.limits.live_silent_s;
      put(update, silent === null ? "" : red ? W.t("nothing came for {age}", { age: live.ago(silent) }) : W.t("last update {age} ago", { age: live.ago(silent) }));
      update.classList.toggle("wl-red", red);
      const c = live.counts || { overdue: 0, new: 0, open: 0, units: 0, stale: 0 };
      for (const name of ["overdue", "new", "open"]) { put(cells[name][0], String(c[name])); put(cells[name][1], live.word(name)); }
      put(cells.unit[0], String(c.units)); put(cells.unit[1], c.stale ? W.t("units, {count} stale", { count: c.stale }) : W.t("units"));
      put(sound, live.sound ? W.t("Sound on") : W.t("Sound off")); sound.setAttribute("aria-pressed", String(live.sound));
    }
    for (const name of ["live", "live-counts", "live-mode", "live-clock", "live-heard", "retheme"]) W.on(name, show);
    setInterval(show, 1000);
  };
  live.buildBar = function (map) {
    const box = W.el("div", { class: "wg-panel wl-bar", role: "group" });
    const play = W.el("button", { type: "button", class: "wl-play", on: { click: () => { live.play(!live.playing); live.tell(); } } });
    const slider = W.el("input", { type: "range", min: 0, max: 1, step: 1, class: "wl-slider" }), shown = W.el("time", {});
    const speed = W.el("select", { class: "wl-speed", on: { change: () => { live.setSpeed(speed.value); live.tell(); } } }, ...live.SPEEDS.map((one) => W.el("option", { value: one }, one + "×")));
    const back = W.el("button", { type: "button", class: "wl-live", on: { click: () => live.goLive() } });
    const enter = W.el("button", { type: "button", class: "wl-enter", on: { click: () => live.replayLastDay(false) } });
    box.append(enter, play, speed, slider, shown, back);
    map.getContainer().append(box);
    L.DomEvent.disableClickPropagation(box); L.DomEvent.disableScrollPropagation(box);
    let dragging = 0;
    slider.addEventListener("input", () => { clearTimeout(dragging); shown.textContent = live.clock(Number(slider.value) * 60e3); dragging = setTimeout(() => { dragging = 0; live.seek(Number(slider.value) * 60e3).then(() => live.tell()); }, 160); });
    function show() {
      const replaying = live.mode === "replay";
      for (const one of [play, speed, slider, shown]) one.hidden = !replaying;
      enter.hidden = replaying || !live.frame || !live.frame.last; back.hidden = !replaying || !live.canLive;
      enter.textContent = W.t("Replay"); back.textContent = W.t("Live");
      box.hidden = enter.hidden && back.hidden && !replaying;
      box.setAttribute("aria-label", W.t("Replay"));
      if (!replaying) return;
      const icon = live.playing ? PAUSE : PLAY;
      if (play.dataset.icon !== icon) { W.clear(play).append(W.icon(icon)); play.dataset.icon = icon; }
      play.setAttribute("aria-label", live.playing ? W.t("Pause") : W.t("Play")); play.title = play.getAttribute("aria-label");
      speed.value = String(live.speed()); speed.setAttribute("aria-label", W.t("Speed"));
      slider.min = Math.floor(live.begin() / 60e3); slider.max = Math.ceil(live.end() / 60e3);
      slider.setAttribute("aria-label", W.t("Time shown"));
      if (!dragging) { slider.value = Math.floor(live.replayAt() / 60e3); shown.textContent = live.clock(live.replayAt()); }
      slider.setAttribute("aria-valuetext", shown.textContent);
    }
    for (const name of ["live-mode", "live-clock", "live-frame", "retheme"]) W.on(name, show);
    show();
  };
  /* Said where the wall has nothing to show, with what to do next. */
  live.buildEmpty = function (map) {
    const text = W.el("p", {}), button = W.el("button", { type: "button", on: { click: () => live.replayLastDay(true) } });
    const box = W.el("div", { class: "wg-panel wl-empty", role: "note", hidden: true }, text, button);
    map.getContainer().append(box);
    L.DomEvent.disableClickPropagation(box);
    function show() {
      const empty = live.mode === "live" && live.settled && !live.units.size, none = !live.frame || !live.frame.last;
      box.hidden = !empty;
      if (!empty) return;
      text.textContent = none ? W.t("Nothing is on record yet. Import incidents or fixes, or connect a feed (see docs/live.md).") : W.t("No fix in the last {count} hours.", { count: live.limits.live_unit_hours });
      button.hidden = none; button.textContent = W.t("Replay the last day");
    }
    for (const name of ["live", "live-mode", "live-frame", "retheme"]) W.on(name, show);
  };
})();
