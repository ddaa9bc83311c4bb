/* Category, stage, kind of unit and area: what the map, the list and the announcements all follow. */
(function () {
  "use strict";
  const W = window.Wangge, live = W.live;
  live.buildFilters = function (panel) {
    const boxes = {}, form = W.el("div", { class: "wl-filters" });
    const titles = { area: () => W.t("Area"), category: () => W.t("Category"), stage: () => W.t("Stage"), unit: () => W.t("Units") };
    for (const name of Object.keys(titles)) {
      boxes[name] = W.el("select", { "data-filter": name, on: { change: () => choose(name, boxes[name].value) } });
      form.append(boxes[name]);
    }
    panel.append(form);
    function choose(name, value) {
      if (name === "area") live.goInto(value);
      else live.setFilter({ [name]: value }).then(() => live.tell());
    }
    function options(name) {
      const f = live.frame || { areas: [], categories: [], stages: [], kinds: [] };
      if (name === "area") return [["", W.t("All areas")], ...f.areas];
      if (name === "category") return [["", W.t("All categories")], ...f.categories.map((one) => [one, W.t(one)])];
      if (name === "stage") return [["", W.t("All stages")], ["overdue", W.t("overdue")], ["open", W.t("open")], ...f.stages.map((one) => [one, live.stageWord(one)])];
      return [["", W.t("All units")], ["none", W.t("no units")], ...f.kinds.map((one) => [one, live.kindWord(one)])];
    }
    function show() {
      for (const [name, box] of Object.entries(boxes)) {
        const wanted = options(name), value = live.filter[name];
        if (value && !wanted.some(([key]) => key === value)) wanted.push([value, name === "area" ? live.areaName(value) : W.t(value)]);
        W.clear(box).append(...wanted.map(([key, title]) => W.el("option", { value: key }, title)));
        box.value = value;
        box.setAttribute("aria-label", titles[name]()); box.title = titles[name]();
        box.classList.toggle("wl-set", value !== "");
      }
    }
    for (const name of ["live-frame", "live-filter", "retheme"]) W.on(name, show);
    show();
  };
  /* Narrow the wall to an area: the map goes there, its parts are drawn, the list follows. */
  live.goInto = function (area, level) {
    const f = live.frame, listed = f && f.areas.some(([id]) => id === area);
    const own = level || (listed ? f.level : ""), finer = own ? W.childLevel(own) || own : f ? f.level : "";
    W.apply({ area, level: finer || W.state.level, pick: "" });
    return live.setFilter({ area }).then(() => live.tell());
  };
})();
