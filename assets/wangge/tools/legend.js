/* The legend: what is shown, in what unit, of which period, from where, and how many areas each colour has. */
(function () {
  "use strict";
  const W = window.Wangge;
  W.tools = W.tools || {};
  W.tools.legend = function (map) {
    const box = W.el("section", { class: "wg-panel wg-legend" });
    map.getContainer().append(box);
    L.DomEvent.disableClickPropagation(box); L.DomEvent.disableScrollPropagation(box);
    let open = map.getSize().x >= 600;
    function fold(title) {
      return W.el("button", { class: "wg-fold", type: "button", "aria-expanded": open, on: { click: () => { open = !open; show(); } } }, title);
    }
    /* A folded legend still says how light and dark read. */
    function ramp(answer) {
      const colours = W.classColours(), { breaks } = answer.legend;
      if (!colours.length) return [];
      const show = (value) => W.number(value, answer.legend.decimals === undefined ? answer.decimals : answer.legend.decimals);
      return [W.el("div", { class: "wg-ramp", "aria-hidden": "true" }, ...colours.map((one) => W.el("em", { style: { backgroundColor: one } }))),
        W.el("div", { class: "wg-ends" }, W.el("span", {}, show(breaks[0])), W.el("span", {}, show(breaks[breaks.length - 1])))];
    }
    function row(swatch, label, count, part) {
      return W.el("div", { class: "wg-class" + (part ? " wg-part" : "") }, swatch, W.el("span", {}, label), W.el("i", {}, count));
    }
    function swatch(colour, cls) { return W.el("em", { class: cls || "", style: { backgroundColor: colour } }); }
    function show() {
      W.clear(box);
      const answer = W.areas.values;
      box.setAttribute("aria-label", W.t("Legend"));
      if (!answer || !answer.values) {
        box.append(fold(W.areas.level ? W.levelTitle(W.areas.level) : W.t("Legend")));
        if (open && W.areas.shapes) box.append(W.el("div", { class: "wg-foot" }, W.t("{count} areas", { count: W.number(W.areas.shapes.n, 0) })));
        box.append(...(open ? W.keys() : []));
        return;
      }
      box.append(fold(W.titled(answer.title)));
      const count = W.areas.shapes ? W.t("{count} areas", { count: W.number(W.areas.shapes.n, 0) }) : "";
      box.append(W.el("div", { class: "wg-unit" }, [W.titled(answer.unit), W.levelTitle(W.areas.level), open ? count : ""].filter(Boolean).join(" · ")));
      if (!open) { box.append(...ramp(answer)); return; }
      for (const one of W.legendRows()) box.append(row(one.hatch ? swatch(one.colour, one.hatch) : swatch(one.colour), one.label, one.count === null ? "" : W.number(one.count, 0), one.part));
      const foot = W.el("div", { class: "wg-foot" });
      for (const line of W.legendNotes()) foot.append(W.el("div", {}, line));
      box.append(...W.keys(), foot);
    }
    W.on("values", show); W.on("areas", show); W.on("retheme", show); W.on("layers", show);
    show();
  };
  /* The point layers that are on, each with its mark. */
  W.keys = function () {
    const rows = [];
    for (const layer of W.layers) {
      if (layer.hidden || !layer.keys || !layer.keys().length) continue;
      for (const one of layer.keys()) rows.push(W.el("div", { class: "wg-class wg-key" }, W.el("em", { class: "wg-dot", style: { backgroundColor: one.hollow ? "transparent" : one.colour, boxShadow: one.hollow ? "inset 0 0 0 2px " + one.colour : "none", borderRadius: one.round ? "50%" : "3px" } }, one.glyph || ""), W.el("span", {}, one.label), W.el("i", {}, one.count === undefined ? "" : W.number(one.count, 0))));
    }
    return rows.length ? [W.el("div", { class: "wg-keys" }, ...rows)] : [];
  };
  W.legendRows = function () {
    const answer = W.areas.values, { breaks, counts } = answer.legend, ramp = W.classColours(), rows = [];
    const show = (value) => W.number(value, answer.legend.decimals === undefined ? answer.decimals : answer.legend.decimals);
    const isWhole = !answer.decimals && breaks.every(Number.isInteger);
    for (let i = breaks.length - 2; i >= 0; i--) rows.push({ colour: ramp[i], label: breaks[i] === breaks[i + 1] || (isWhole && i < breaks.length - 2 && breaks[i + 1] - breaks[i] === 1) ? show(breaks[i]) : show(breaks[i]) + " – " + show(breaks[i + 1]), count: counts[i], hatch: "" });
    rows.push({ colour: W.theme().nodata, label: W.t("no data"), count: answer.legend.no_data, hatch: "wg-nodata" });
    if (answer.legend.unsure) rows.push({ colour: ramp[Math.max(0, ramp.length - 2)] || "#888", label: W.t("uncertain, counted above too"), count: answer.legend.unsure, hatch: "wg-unsure", part: true });
    return rows;
  };
  W.legendNotes = function () {
    const answer = W.areas.values, notes = [];
    if (answer.start) notes.push(W.t("Period") + ": " + W.period(answer.start, answer.end));
    if (answer.as_of) notes.push(W.t("As of") + ": " + W.day(answer.as_of, true));
    if (answer.total !== undefined && answer.total !== null) notes.push(W.t("{count} records, {unassigned} not assigned to an area", { count: W.number(answer.total, 0), unassigned: W.number(answer.unassigned || 0, 0) }));
    if (answer.scheme) notes.push(W.t("Classes") + ": " + W.t(answer.scheme));
    if (answer.source) notes.push(W.t("Source") + ": " + W.titled(answer.source));
    return notes;
  };
})();
