/* What is new or has become overdue is told once: a ring on the map, a line that is read out, and a tone if wanted. */
(function () {
  "use strict";
  const W = window.Wangge, live = W.live;
  let line, audio = null, sounded = 0, outside = new Set();
  live.sound = false;
  function tone(low) {
    if (!live.sound || performance.now() - sounded < 2000) return;
    sounded = performance.now();
    audio = audio || new (window.AudioContext || window.webkitAudioContext)();
    if (audio.state === "suspended") audio.resume();
    (low ? [440, 330] : [660, 880]).forEach((pitch, i) => {
      const source = audio.createOscillator(), gain = audio.createGain(), start = audio.currentTime + 0.18 * i;
      source.frequency.value = pitch;
      gain.gain.setValueAtTime(0.0001, start); gain.gain.exponentialRampToValueAtTime(0.2, start + 0.02); gain.gain.exponentialRampToValueAtTime(0.0001, start + 0.17);
      source.connect(gain).connect(audio.destination);
      source.start(start); source.stop(start + 0.18);
    });
  }
  live.setSound = function (on) { live.sound = !!on; if (on) { sounded = 0; tone(false); } W.emit("live-mode"); };
  function tell(told) {
    const now = live.now(), worst = told.some((one) => one.told === "overdue") ? "overdue" : "new", first = told.find((one) => one.told === worst);
    for (const one of told) live.rings.set(one.id, performance.now());
    while (live.rings.size > 100) live.rings.delete(live.rings.keys().next().value);
    line.textContent = live.word(worst) + ": " + live.titleOf(first.row) + " · " + live.areaName(first.row.area_id) + (told.length > 1 ? " " + W.t("and {count} more", { count: told.length - 1 }) : "");
    line.className = "wl-told wl-is-" + worst; line.hidden = false;
    clearTimeout(tell.timer);
    tell.timer = setTimeout(() => { line.hidden = true; }, 20000);
    if (W.map.getContainer().classList.contains("wg-held")) {
      for (const one of told) if (one.x !== null && !W.map.getBounds().contains(W.unproject(one.x, one.y))) outside.add(one.id);
      while (outside.size > 100) outside.delete(outside.values().next().value);
    }
    live.announced = (live.announced || 0) + told.length;
    tone(worst === "overdue");
    W.emit("live-told", now);
  }
  live.outside = () => outside.size;
  /* What stands there from the start is not news; only a change of standing after it is. */
  function look(isQuiet) {
    const now = live.now(), told = [];
    for (const one of live.incidents.values()) {
      const standing = live.standing(one, now);
      if (one.told !== standing && (standing === "new" || standing === "overdue") && !isQuiet && live.shows(one, now)) told.push(one);
      one.told = standing;
    }
    if (told.length) tell(told);
  }
  live.buildAnnounce = function (panel) {
    line = W.el("div", { class: "wl-told", role: "status", "aria-live": "polite", hidden: true });
    panel.append(line);
    W.on("live", (what) => { if (what.whole || what.incidents) look(what.quiet); });
    W.on("live-filter", () => look(true));
    W.on("held", (is) => { if (!is) { outside = new Set(); W.emit("live-told"); } });
    setInterval(() => look(false), 1000);
  };
})();
