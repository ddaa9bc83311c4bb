/* Zoom, home, measure, full screen, picture, one-file map; and the metric scale with the sources under it. */
(function () {
  "use strict";
  const W = window.Wangge;
  W.tools = W.tools || {};
  const ICONS = {
    in: "M10 4v12M4 10h12", out: "M4 10h12", home: "M3 10 10 4l7 6M5 9v7h10V9",
    measure: "M3 13 13 3l4 4L7 17zM6 10l2 2M9 7l2 2M12 4l2 2", full: "M3 8V3h5M12 3h5v5M17 12v5h-5M8 17H3v-5",
    picture: "M3 4h14v12H3zM3 14l4-4 3 3 3-4 4 5M7 8h.01", save: "M10 3v9M6 9l4 4 4-4M4 17h12"
  };
  W.tools.toolbar = function (map) {
    const named = [];
    const button = (name, title, act) => {
      const one = W.el("button", { type: "button", "data-tool": name, on: { click: () => act(one) } }, W.icon(ICONS[name]));
      named.push([one, title]);
      return one;
    };
    const full = button("full", () => W.t("Full screen"), () => {
      if (document.fullscreenElement) document.exitFullscreen();
      else map.getContainer().requestFullscreen().catch(() => W.say(W.t("This browser does not allow full screen here.")));
    });
    const measure = button("measure", () => W.t("Measure distance and area"), () => W.measure(!W.measuring));
    const tools = [
      [button("in", () => W.t("Zoom in"), () => { W.hold(); map.zoomIn(); }), button("out", () => W.t("Zoom out"), () => { W.hold(); map.zoomOut(); }), button("home", () => W.t("Reset the view (H)"), () => W.reset())],
      [measure, full],
      [button("picture", () => W.t("Save as a picture"), () => W.picture()), W.config.inline ? null : button("save", () => W.t("Save as one HTML file"), () => W.saveFile())]
    ];
    const bar = W.el("div", { class: "wg-toolbar", role: "toolbar" }, ...tools.map((group) => W.el("div", { class: "wg-tools" }, ...group.filter(Boolean))));
    map.getContainer().append(bar);
    L.DomEvent.disableClickPropagation(bar); L.DomEvent.disableScrollPropagation(bar);
    L.control.scale({ metric: true, imperial: false, position: "bottomleft", maxWidth: 110 }).addTo(map);
    const line = W.el("div", { class: "wg-sources" });
    map.getContainer().append(line);
    const show = () => {
      for (const [one, title] of named) { one.title = title(); one.setAttribute("aria-label", title()); }
      bar.setAttribute("aria-label", W.t("Map tools"));
      line.textContent = W.config.attribution.join(" · ");
    };
    W.on("measuring", () => measure.setAttribute("aria-pressed", String(!!W.measuring)));
    W.on("retheme", show);
    show();
    W.saveFile = function () {
      const s = W.state, asked = { ws: W.config.ws, lang: s.lang, theme: s.theme, level: W.areas.level, area: s.area, metric: s.metric, start: s.start, end: s.end, category: s.category, classes: s.classes, palette: s.palette, pick: s.pick };
      asked.layers = W.layers.filter((one) => !one.hidden).map((one) => one.name).join(",");
      const at = map.getCenter();
      asked.view = [at.lng.toFixed(5), at.lat.toFixed(5), map.getZoom().toFixed(2)].join(",");
      document.body.append(W.el("a", { href: "/map/export?" + W.query(asked), download: "wangge-map.html", hidden: true, id: "wg-save" }));
      const link = document.getElementById("wg-save"); link.click(); link.remove();
    };
  };
})();
