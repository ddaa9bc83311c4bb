/* Colours of the two themes. Status colours and palettes come with the data; these are paper and ink. */
(function () {
  "use strict";
  const W = window.Wangge;
  W.FONT = '"Noto Sans SC Variable","Noto Sans SC","Noto Sans CJK SC","Microsoft YaHei","PingFang SC",system-ui,sans-serif';
  const themes = {
    light: {
      paper: "#e8eae5", land: "#fafaf7", water: "#cddde6", waterline: "#aac2d0", ink: "#1f2a33", faint: "#6b7781",
      border: "rgba(70,84,96,.38)", outline: "#55646f", scope: "#4d5f6c", halo: "rgba(255,255,255,.92)", veil: "rgba(232,234,229,.62)",
      road: "#ffffff", casing: "rgba(120,126,130,.50)", minor: "rgba(255,255,255,.85)", building: "#ddd8cf", buildingline: "#bdb5a8",
      hatch: "rgba(110,120,128,.42)", nodata: "#eceeed", pick: "#0b57d0", hover: "#111a21", plain: "#e9eeec", unsure: "rgba(255,255,255,.75)"
    },
    dark: {
      paper: "#0e1317", land: "#1a232a", water: "#0f2a3a", waterline: "#234559", ink: "#e7edf1", faint: "#93a1ab",
      border: "rgba(215,226,233,.22)", outline: "#8d9ca7", scope: "#a9b8c2", halo: "rgba(14,19,23,.88)", veil: "rgba(14,19,23,.62)",
      road: "#46535d", casing: "rgba(8,11,13,.55)", minor: "rgba(70,83,93,.7)", building: "#2b353d", buildingline: "#3d4a54",
      hatch: "rgba(170,182,190,.32)", nodata: "#222b32", pick: "#8ab4ff", hover: "#ffffff", plain: "#26323a", unsure: "rgba(17,23,28,.62)"
    }
  };
  W.theme = () => themes[W.state.theme === "dark" ? "dark" : "light"];
  W.applyTheme = () => { document.documentElement.dataset.theme = W.state.theme === "dark" ? "dark" : "light"; };
})();
