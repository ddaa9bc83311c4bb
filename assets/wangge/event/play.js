/* How dense an event's areas and ways become, minute by minute: Fruin's levels on the map, played, stepped or dragged. */
(function () {
  "use strict";
  const W = window.Wangge, SPEEDS = [1, 2, 5, 10], TICK_MS = 60;
  const PLAY = "M6 4l10 6-10 6z", PAUSE = "M6 4v12M14 4v12";
  /* `frames`: what the page told; `at`: the minute shown; `speed`: minutes a second. */
  const density = (W.density = { frames: null, at: 0, speed: 2, playing: false });
  let moment = 0, rows = new Map();

  const last = () => (density.frames ? density.frames.inside.length - 1 : 0);
  function take() {
    const given = W.state.event && W.state.event.frames;
    const isNew = !density.frames && given;
    density.frames = given || null;
    if (!given) { density.playing = false; return; }
    rows = new Map();
    for (const part of [given.standing, given.walking]) part.ids.forEach((id, i) => rows.set(id, [part, i]));
    if (isNew) density.at = given.at;
    density.at = moment = Math.min(density.at, last());
    colour();
  }
  /* A place at the minute shown: its letter and people a square metre, null for what no density is known of. */
  density.of = function (id) {
    const row = rows.get(id);
    return row ? { letter: row[0].levels[density.at][row[1]], per_m2: row[0].per_m2[density.at][row[1]] } : null;
  };
  function colour() {
    for (const one of W.event.things) {
      const found = /^(areas|routes|places)$/.test(one.list) ? density.of(one.id) : null;
      if (!found) continue;
      const words = found.letter + " · " + found.per_m2.toFixed(1) + "/m²";
      Object.assign(one, { fill: density.frames.fills[found.letter], note: words, facts: [[W.t("Density"), words]] });
    }
    W.stage.later();
    W.emit("density");
  }
  function show(minute) {
    const whole = Math.floor(minute);
    moment = minute;
    if (whole !== density.at) { density.at = whole; colour(); }
  }
  const tell = () => W.tell({ event: "minute", detail: density.at });
  density.seek = function (minute) { show(Math.max(0, Math.min(last(), Math.round(Number(minute) || 0)))); };
  density.play = function (on) {
    if (!density.frames) return;
    if (on && density.at >= last()) show(0);
    density.playing = on;
    if (!on) tell();
    W.emit("density");
  };
  const turn = () => density.play(!density.playing);

  function build(map) {
    const box = W.el("div", { class: "wg-panel wl-bar wg-minutes", role: "group", hidden: true });
    const play = W.el("button", { type: "button", class: "wl-play", on: { click: turn } });
    const slider = W.el("input", { type: "range", min: 0, max: 1, step: 1, class: "wl-slider", on: { input: () => density.seek(slider.value), change: tell } });
    const shown = W.el("span", { class: "wg-minute" });
    const speed = W.el("select", { class: "wl-speed", on: { change: () => { density.speed = Number(speed.value); } } }, ...SPEEDS.map((one) => W.el("option", { value: one })));
    const key = W.el("div", { class: "wg-panel wg-levels", role: "note", hidden: true });
    box.append(play, slider, shown, speed);
    map.getContainer().append(box, key);
    for (const one of [box, key]) { L.DomEvent.disableClickPropagation(one); L.DomEvent.disableScrollPropagation(one); }
    const round = (people) => { const step = people >= 1000 ? 100 : 10; return people >= 10 ? Math.round(people / step) * step : Math.ceil(people); };
    function fill() {
      const frames = density.frames;
      box.hidden = key.hidden = !frames;
      if (!frames) return;
      const icon = density.playing ? PAUSE : PLAY;
      if (play.dataset.icon !== icon) { W.clear(play).append(W.icon(icon)); play.dataset.icon = icon; }
      play.title = (density.playing ? W.t("Pause") : W.t("Play")) + " (" + W.t("space bar") + ")"; play.setAttribute("aria-label", density.playing ? W.t("Pause") : W.t("Play"));
      slider.max = last(); slider.value = density.at;
      shown.textContent = W.t("minute {minute} of {last} · {people} still in the areas", { minute: density.at, last: last(), people: W.number(round(frames.inside[density.at]), 0) });
      slider.setAttribute("aria-valuetext", shown.textContent);
    }
    function word() {
      box.setAttribute("aria-label", W.t("Minutes after the signal to leave")); slider.setAttribute("aria-label", W.t("Minutes after the signal to leave"));
      speed.setAttribute("aria-label", W.t("Speed")); speed.value = String(density.speed);
      [...speed.options].forEach((one, i) => { one.textContent = W.t("{count} min/s", { count: SPEEDS[i] }); });
      legend();
      fill();
    }
    /* What the colours mean: the letter, its word, and the most people a square metre it stands for. */
    function legend() {
      const frames = density.frames, words = [W.t("free"), W.t("easy"), W.t("filling"), W.t("crowded"), W.t("touching"), W.t("crushed")];
      W.clear(key);
      if (!frames) return;
      const most = (part, i) => (i < part.most.length ? "≤ " + part.most[i].toFixed(1) : "> " + part.most[i - 1].toFixed(1));
      key.append(W.el("span", {}, W.t("Fruin's level")), W.el("i", {}, W.t("standing")), W.el("i", {}, W.t("walking")));
      Object.entries(frames.fills).forEach(([letter, colour], i) => key.append(
        W.el("span", {}, W.el("em", { class: i > 3 ? "wg-dark" : "", style: { background: colour } }, letter), " " + words[i]), W.el("i", {}, most(frames.standing, i)), W.el("i", {}, most(frames.walking, i))));
      key.append(W.el("span", { class: "wg-hint" }, W.t("people/m²")));
    }
    W.on("state", (changed) => { if (changed.has("event")) { take(); word(); } });
    W.on("density", fill);
    W.on("retheme", () => setTimeout(word, 0));
    W.on("play", turn);
    document.addEventListener("keydown", (event) => {
      const at = document.activeElement;
      if (event.key !== " " || !density.frames || event.ctrlKey || event.metaKey || event.altKey || (at && /^(BUTTON|SELECT|TEXTAREA)$/.test(at.tagName))) return;
      event.preventDefault(); turn();
    });
    let before = performance.now();
    setInterval(() => {
      const passed = Math.min(1000, performance.now() - before);
      before = performance.now();
      if (!density.playing) return;
      show(Math.min(last(), moment + (passed / 1000) * density.speed));
      if (density.at >= last()) density.play(false);
    }, TICK_MS);
  }
  W.tools = W.tools || {};
  W.tools.density = build;
})();
