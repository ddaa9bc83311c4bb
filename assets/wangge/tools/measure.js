/* Measure: click points for a distance, close the line for an area; on the sphere, in metres and hectares. */
(function () {
  "use strict";
  const W = window.Wangge;
  W.tools = W.tools || {};
  const R = 6371008.8, rad = (d) => (d * Math.PI) / 180;
  W.metres = function (a, b) {
    const h = Math.sin(rad(b.lat - a.lat) / 2) ** 2 + Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.sin(rad(b.lng - a.lng) / 2) ** 2;
    return 2 * R * Math.asin(Math.sqrt(h));
  };
  W.squareMetres = function (points) {
    let sum = 0;
    for (let i = 0; i < points.length; i++) { const a = points[i], b = points[(i + 1) % points.length]; sum += rad(b.lng - a.lng) * (2 + Math.sin(rad(a.lat)) + Math.sin(rad(b.lat))); }
    return Math.abs((sum * R * R) / 2);
  };
  const length = (m) => (m < 1000 ? W.number(m, 0) + " m" : W.number(m / 1000, 2) + " km");
  const area = (m2) => (m2 < 10000 ? W.number(m2, 0) + " m²" : m2 < 1e6 ? W.number(m2 / 1e4, 2) + " ha" : W.number(m2 / 1e6, 2) + " km²");
  W.tools.measure = function (map) {
    let points = [], pointer = null;
    const box = W.el("div", { class: "wg-panel wg-measure", hidden: true, role: "status" });
    map.getContainer().append(box);
    L.DomEvent.disableClickPropagation(box);
    W.overlay.add({ order: 50, paint(view) {
      if (!W.measuring || !points.length) return;
      const { ctx, theme } = view, at = [...points, ...(pointer ? [pointer] : [])].map((one) => view.at(...W.toRef(one)));
      view.screen();
      ctx.beginPath(); at.forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
      if (at.length > 2) { ctx.save(); ctx.globalAlpha = 0.12; ctx.fillStyle = theme.pick; ctx.fill(); ctx.restore(); }
      ctx.strokeStyle = theme.halo; ctx.lineWidth = 4; ctx.stroke(); ctx.strokeStyle = theme.pick; ctx.lineWidth = 2; ctx.stroke();
      for (const [x, y] of at) { ctx.beginPath(); ctx.arc(x, y, 3.5, 0, 7); ctx.fillStyle = theme.land; ctx.fill(); ctx.stroke(); }
    } });
    function show() {
      W.clear(box);
      const all = [...points, ...(pointer && points.length ? [pointer] : [])];
      let sum = 0;
      for (let i = 1; i < all.length; i++) sum += W.metres(all[i - 1], all[i]);
      box.append(W.el("div", { class: "wg-line" }, W.el("span", {}, W.t("Distance")), W.el("b", {}, length(sum))),
        W.el("div", { class: "wg-line" }, W.el("span", {}, W.t("Enclosed area")), W.el("b", {}, all.length > 2 ? area(W.squareMetres(all)) : "–")),
        W.el("div", { class: "wg-hint" }, W.t("Click to add points; Backspace takes the last one away, Esc ends.")));
      W.overlay.later();
    }
    W.measure = function (on) {
      W.measuring = on; points = []; pointer = null; box.hidden = !on;
      map.getContainer().style.cursor = on ? "crosshair" : "";
      W.unhover(); W.emit("measuring"); if (on) show(); W.overlay.later();
    };
    map.on("click", (event) => { if (W.measuring) { points.push(event.latlng); pointer = null; show(); } });
    map.on("mousemove", (event) => { if (W.measuring && points.length && !L.Browser.mobile) { pointer = event.latlng; show(); } });
    W.on("escape", () => { if (W.measuring) W.measure(false); });
    document.addEventListener("keydown", (event) => { if (W.measuring && event.key === "Backspace") { event.preventDefault(); points.pop(); pointer = null; show(); } });
  };
})();
