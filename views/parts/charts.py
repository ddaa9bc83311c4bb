"""Plotly figures: one look for all, labels in the reader's language, numbers with separators, no decoration."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from geo.profiles import spread
from layers._palettes import SEQUENTIAL

ACCENT, QUIET, ALARM = "#2563a8", "#9aa7b5", "#c2410c"
FAMILY = "Noto Sans SC Variable, Noto Sans SC, Noto Sans CJK SC, sans-serif"
HEAT = [[place / 8, colour] for place, colour in enumerate(SEQUENTIAL["ylgnbu"])]
CONFIG = {"displayModeBar": False, "responsive": True, "displaylogo": False}
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def series_figure(
    now: pd.Series,
    *,
    t: Callable[..., str],
    unit: str,
    before: pd.Series | None = None,
    picked: pd.Series | None = None,
) -> go.Figure:
    """
    Draw values by day; the compared period lies under it day by day, the picked area over it.

    `now`, `before` and `picked` are indexed by instant. Missing days are gaps, never zeros.
    """
    figure = go.Figure()
    if before is not None and len(before) and len(now):
        moved = before.iloc[: len(now)]
        figure.add_scatter(
            x=now.index[: len(moved)],
            y=moved.to_numpy(),
            name=t("compared period"),
            line={"color": QUIET, "dash": "dot", "width": 1.5},
        )
    figure.add_scatter(x=now.index, y=now.to_numpy(), name=t("this period"), line={"color": ACCENT, "width": 2})
    if picked is not None:
        figure.add_scatter(
            x=picked.index, y=picked.to_numpy(), name=t("picked area"), line={"color": ALARM, "width": 2}
        )
    figure.update_xaxes(tickformat="%m-%d", hoverformat="%Y-%m-%d")
    figure.update_yaxes(title=unit, rangemode="tozero")
    return _dress(figure, 230, legend=len(figure.data) > 1)


def category_figure(counts: pd.Series, *, t: Callable[..., str], unit: str, limit: int = 8) -> go.Figure:
    """Draw records by category, most first; what comes after the first `limit` is drawn as one bar."""
    ordered = counts.sort_values(ascending=False)
    shown = ordered.iloc[:limit]
    if len(ordered) > limit:
        shown = pd.concat([shown, pd.Series({t("other categories"): ordered.iloc[limit:].sum()})])
    names = [t(str(one)) if one else t("no category") for one in shown.index]
    figure = go.Figure(
        go.Bar(
            x=shown.to_numpy(),
            y=names,
            orientation="h",
            marker={"color": ACCENT},
            customdata=[str(one) for one in shown.index],
            texttemplate="%{x:,.0f}",
            textposition="auto",
            hovertemplate="%{y}: %{x:,.0f} " + unit + "<extra></extra>",
        )
    )
    figure.update_yaxes(autorange="reversed", ticksuffix=" ", automargin=True)
    figure.update_xaxes(showgrid=False, showticklabels=False)
    return _dress(figure, max(140, 27 * len(names) + 20))


def spread_figure(values: pd.Series, *, unit: str, label: str, picked: float | None = None) -> go.Figure:
    """Draw how many areas have which value; areas without data are not in it. A line marks the picked area."""
    known = values.dropna()
    steps = spread(known.to_numpy(dtype=float), bins=int(np.clip(np.sqrt(len(known)) * 1.5, 6, 40)))
    width = (steps["high"] - steps["low"]).replace(0, 1)
    figure = go.Figure(
        go.Bar(
            x=(steps["low"] + steps["high"]) / 2,
            y=steps["areas"],
            width=width * 0.96,
            marker={"color": ACCENT},
            customdata=steps[["low", "high"]],
            hovertemplate="%{customdata[0]:,.2f} – %{customdata[1]:,.2f} " + unit + ": %{y}<extra></extra>",
        )
    )
    if picked is not None and np.isfinite(picked):
        figure.add_vline(x=picked, line={"color": ALARM, "width": 2})
    figure.update_xaxes(title=unit)
    figure.update_yaxes(title=label)
    return _dress(figure, 230)


def week_figure(counts: pd.DataFrame, *, t: Callable[..., str], unit: str) -> go.Figure:
    """Draw a 7 × 24 table (Monday first, local hours) as heat; a cell is the records of that hour."""
    figure = go.Figure(
        go.Heatmap(
            z=counts.to_numpy(dtype=float),
            x=list(range(24)),
            y=[t(one) for one in WEEKDAYS],
            colorscale=HEAT,
            colorbar={"thickness": 10, "title": {"text": unit, "side": "right"}, "outlinewidth": 0},
            xgap=1,
            ygap=1,
            hovertemplate="%{y} %{x}:00 – %{z:,.0f} " + unit + "<extra></extra>",
        )
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(title=t("hour of day"), dtick=3, showgrid=False)
    return _dress(figure, 230)


def rank_figure(table: pd.DataFrame, *, unit: str, decimals: int, limit: int = 15) -> go.Figure:
    """Draw the areas with the highest values as bars with their intervals; `table` has name, value, low, high."""
    shown = table.dropna(subset=["value"]).nlargest(limit, "value")
    labels = _told_apart(shown)
    bounds = shown[["low", "high"]].notna().all(axis=1)
    above = (shown["high"] - shown["value"]).where(bounds, 0)
    below = (shown["value"] - shown["low"]).where(bounds, 0)
    figure = go.Figure(
        go.Bar(
            x=shown["value"],
            y=shown.index.to_numpy(),
            orientation="h",
            customdata=shown.index.to_numpy(),
            text=labels,
            textposition="none",
            marker={"color": [QUIET if unsure else ACCENT for unsure in shown["is_unsure"]]},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": above,
                "arrayminus": below,
                "thickness": 1,
                "width": 2,
            },
            hovertemplate="%{text}: %{x:,." + str(decimals) + "f} " + unit + "<extra></extra>",
        )
    )
    figure.update_yaxes(
        autorange="reversed", automargin=True, type="category", tickvals=shown.index.to_numpy(), ticktext=labels
    )
    figure.update_xaxes(title=unit)
    return _dress(figure, max(180, 22 * len(shown) + 50))


def _told_apart(table: pd.DataFrame) -> list[str]:
    """Names; two of one name carry the area above as well."""
    if "above" not in table:
        return [str(one) for one in table["name"]]
    nearest = table["above"].str.split(" › ").str[-1]
    return [f"{name} · {above}" if above else str(name) for name, above in zip(table["name"], nearest, strict=True)]


def _dress(figure: go.Figure, height: int, *, legend: bool = False) -> go.Figure:
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 22 if legend else 8, "b": 8},
        font={"family": FAMILY, "size": 12},
        showlegend=legend,
        legend={"orientation": "h", "y": 1.12, "x": 0, "yanchor": "bottom"},
        separators=".,",
        hovermode="closest",
        dragmode=False,
        bargap=0.15,
    )
    return figure
