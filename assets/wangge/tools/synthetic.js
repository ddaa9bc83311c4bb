/* The mark that demonstration data carries, always. */
(function () {
  "use strict";
  const W = window.Wangge;
  W.tools = W.tools || {};
  W.SYNTHETIC = "SYNTHETIC 合成演示数据";
  W.tools.synthetic = function (map) {
    if (!W.config.synthetic) return;
    map.getContainer().append(W.el("div", { class: "wg-synthetic", role: "note" }, W.SYNTHETIC));
  };
})();
