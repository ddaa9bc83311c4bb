/* The layer panel: groups of layers, each with a switch and its opacity. */
(function () {
  "use strict";
  const W = window.Wangge;
  W.tools = W.tools || {};
  W.setLayer = function (layer, on, isTold) {
    if (layer.hidden === !on) return;
    layer.hidden = !on;
    if (on && layer.load) layer.load();
    W.stage.later(); W.emit("layers");
    if (isTold) {
      const names = W.layers.filter((one) => !one.hidden).map((one) => one.name).join(",");
      W.state.layers = names;
      W.tell({ event: "layers", detail: names });
    }
  };
  W.tools.panel = function (map) {
    const body = W.el("div", { class: "wg-layers-body", hidden: true, id: "wg-layers" });
    const button = W.el("button", { type: "button", class: "wg-layers-button", "aria-expanded": "false", "aria-controls": "wg-layers", on: { click: () => open(body.hidden) } }, W.icon("M10 3 2.5 7 10 11l7.5-4zM2.5 10.5 10 14.5l7.5-4M2.5 14 10 18l7.5-4"), W.el("span", {}));
    const box = W.el("div", { class: "wg-panel wg-layers" }, button, body);
    map.getContainer().append(box);
    L.DomEvent.disableClickPropagation(box); L.DomEvent.disableScrollPropagation(box);
    function open(is) { body.hidden = !is; button.setAttribute("aria-expanded", String(is)); if (is) show(); }
    function row(layer) {
      const id = "wg-layer-" + layer.name, empty = !layer.rows;
      const box = W.el("input", { type: "checkbox", id, disabled: empty, on: { change: (event) => { W.setLayer(layer, event.target.checked, true); slider.disabled = layer.hidden; } } });
      box.checked = !layer.hidden && !empty;
      const slider = W.el("input", { type: "range", min: 10, max: 100, step: 5, value: Math.round(layer.opacity * 100), "aria-label": W.t("Opacity of {layer}", { layer: W.titled(layer.title) }), on: { input: (event) => { layer.opacity = event.target.value / 100; W.stage.later(); } } });
      slider.disabled = layer.hidden || empty;
      const label = W.el("label", { for: id }, W.titled(layer.title));
      const note = empty ? W.t("no data") : layer.min_zoom && map.getZoom() < layer.min_zoom ? W.t("go nearer") : "";
      return W.el("div", { class: "wg-layer" + (empty ? " wg-off" : ""), "data-layer": layer.name }, box, label, W.el("i", {}, note), slider);
    }
    function show() {
      W.clear(body);
      const groups = new Map();
      for (const layer of [...W.layers].reverse()) { const name = W.titled(layer.group); groups.set(name, [...(groups.get(name) || []), layer]); }
      for (const [name, layers] of groups) body.append(W.el("fieldset", {}, W.el("legend", {}, name), ...layers.map(row)));
    }
    W.on("escape", () => { if (!body.hidden) { open(false); button.focus(); } });
    W.on("retheme", () => { button.querySelector("span").textContent = W.t("Layers"); if (!body.hidden) show(); });
    W.on("zoom", () => { if (!body.hidden && !body.contains(document.activeElement)) show(); });
    W.on("state", (changed) => {
      if (!changed.has("layers") || !W.state.layers) return;
      const on = String(W.state.layers).split(",");
      for (const layer of W.layers) W.setLayer(layer, on.includes(layer.name), false);
      if (!body.hidden) show();
    });
  };
})();
