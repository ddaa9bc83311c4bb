"""One line of what the plan comes to; the map's own answers to acts stand in it before the page is drawn again."""

from __future__ import annotations

import streamlit as st

from data.planning.editor.session import EditSession
from data.planning.editor.shown import plan_numbers
from views.scene import Scene

HTML = '<div class="wg-figures" role="status"></div>'
JS = """
export default function (component) {
  const { data, parentElement } = component;
  const box = parentElement.querySelector(".wg-figures");
  const held = (box.wangge = box.wangge || { told: null });
  const number = new Intl.NumberFormat("en-US");
  const draw = (told) => {
    if (held.told && held.told.of === told.of && told.turn < held.told.turn) return;
    held.told = told;
    held.cells.forEach(([title, figure, words, note], i) => {
      const count = note ? number.format(told[note]) : "";
      const shown = [title, number.format(told[figure]), words.replace("{count}", count)];
      const cell = box.children[i] || box.appendChild(document.createElement("div"));
      shown.forEach((text, j) => {
        const line = cell.children[j] || cell.appendChild(document.createElement(["span", "b", "small"][j]));
        if (line.textContent !== text) line.textContent = text;
      });
    });
  };
  held.cells = data.cells;
  draw(data.numbers);
  if (!held.listen) {
    held.listen = (event) => draw(event.detail);
    window.addEventListener("wangge:numbers", held.listen);
  }
  return () => { window.removeEventListener("wangge:numbers", held.listen); held.listen = null; };
}
"""


def show_figures(scene: Scene, session: EditSession) -> None:
    """Draw the line: grids, those to put right, households and grids that change."""
    t = scene.t
    count = "{count}"
    cells = (
        (t("Grids"), "zones_now", t("today {count}", count=count), "zones_today"),
        (t("To put right"), "misfits", t("out of band or in pieces"), ""),
        (t("Households moved"), "households", t("{count} micro-grids", count=count), "units"),
        (t("Grids changed"), "zones", t("{count} workers affected", count=count), "people"),
    )
    with st.container(key="wg-plan-numbers"):
        figures = st.components.v2.component("wangge_figures", html=HTML, js=JS, isolate_styles=False)
        figures(data={"cells": cells, "numbers": plan_numbers(session)}, key="plan_figures")
