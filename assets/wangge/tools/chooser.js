/* Areas stacked on one footprint: a click lists them, and the person says which is meant. */
(function () {
  "use strict";
  const W = window.Wangge;
  W.tools = W.tools || {};
  W.tools.chooser = function (map) {
    const box = W.el("section", { class: "wg-panel wg-chooser", role: "dialog", hidden: true });
    map.getContainer().append(box);
    L.DomEvent.disableClickPropagation(box); L.DomEvent.disableScrollPropagation(box);
    const close = () => { box.hidden = true; };
    function take(one, event) {
      const picked = W.state.pick === one.id || W.state.click === "drill";
      const action = picked && W.childLevel(one.level) ? "drill" : "select";
      close();
      if (action === "select") W.apply({ pick: one.id });
      W.clicked({ kind: "areas", id: one.id, level: one.level, name: one.name, action, lat: event.latlng.lat, lon: event.latlng.lng });
    }
    W.choose = function (areas, event) {
      W.clear(box); W.unhover();
      const title = W.t("{count} areas on one footprint", { count: areas.length });
      box.setAttribute("aria-label", title);
      box.append(W.el("div", { class: "wg-name" }, title), W.el("div", { class: "wg-hint" }, W.t("Which one do you mean?")));
      for (const one of [...areas].sort((a, b) => a.name.localeCompare(b.name, "zh-CN", { numeric: true }))) {
        const value = one.row ? (one.row[0] === null ? W.t("no data") : W.number(one.row[0], W.decimals())) : "";
        box.append(W.el("button", { type: "button", "data-area": one.id, "aria-pressed": W.state.pick === one.id, on: { click: () => take(one, event) } }, W.el("span", {}, one.name), W.el("b", {}, value)));
      }
      box.hidden = false;
      const size = map.getSize(), at = event.containerPoint;
      box.style.left = Math.max(6, Math.min(at.x + 12, size.x - box.offsetWidth - 6)) + "px";
      box.style.top = Math.max(6, Math.min(at.y - 12, size.y - box.offsetHeight - 6)) + "px";
      box.querySelector("button").focus();
    };
    box.addEventListener("keydown", (event) => {
      const rows = [...box.querySelectorAll("button")], at = rows.indexOf(document.activeElement);
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        rows[(at + (event.key === "ArrowDown" ? 1 : -1) + rows.length) % rows.length].focus();
      }
    });
    map.on("click zoomstart dragstart", (event) => { if (event.type !== "click" || !box.contains(document.activeElement)) close(); });
    W.on("escape", close);
    W.on("areas", close);
  };
})();
