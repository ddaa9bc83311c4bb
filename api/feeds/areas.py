"""Areas of one level, their parents' borders, and the outline of the area in view."""

from __future__ import annotations

from typing import Any

import numpy as np

from api.feeds.encode import DETAILS, encode_shapes, simplify_areas
from api.kept import Kept, scope_key
from layers._spec import LayerSpec

TABLES = Kept(12)
MOST_PARENTS = (300, 3000, 3000, 300)
"""For each detail: how many borders of parents are drawn over areas that come as tiles."""


def read_shapes(desk: Any, level: str, detail: int, borders: str = "today") -> Any:
    """Return all areas of `level` the caller may see, simplified for `detail`; kept for the edition."""

    def make() -> Any:
        table = desk.areas(level=level, key=borders)
        shapes = np.asarray(table.geometry.array, dtype=object)
        prints = table["footprint_id"].fillna("").astype(str).to_numpy(dtype=object)
        prints = np.where(prints == "", table.index.astype(str).to_numpy(dtype=object), prints)
        return table.set_geometry(simplify_areas(shapes, prints, DETAILS[detail][0]), crs=table.crs)

    return TABLES.get((*scope_key(desk), level, detail, borders), make)


def read_level_within(desk: Any, level: str, within: str | None, detail: int, borders: str = "today") -> Any:
    """Return the areas of `level` inside `within`, simplified."""
    table = read_shapes(desk, level, detail, borders)
    if within is None:
        return table
    return table[desk.hierarchy(borders).is_within(table.index.to_numpy(), within)]


def encode_areas(table: Any, unit: float, columns: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return ids, columns, a point inside each, and the shapes of a table of areas."""
    shapes = np.asarray(table.geometry.array, dtype=object)
    labels = np.rint(table[["lon", "lat"]].to_numpy(dtype=float) / unit)
    return {
        "unit": unit,
        "ids": [str(one) for one in table.index],
        "columns": {name: [None if v != v else v for v in table[name].tolist()] for name in columns},
        "labels": labels.astype(int).tolist(),
        "shapes": encode_shapes(shapes, unit),
    }


def feed_areas(
    desk: Any, spec: LayerSpec, *, level: str, within: str | None, detail: int, borders: str = "today"
) -> dict[str, Any]:
    """Return the areas of one level."""
    table = read_level_within(desk, level, within, detail, borders)
    body = encode_areas(table, DETAILS[detail][1], spec.columns)
    return {"edition": desk.store.edition, "level": level, "within": within, **body}


def feed_outlines(
    desk: Any,
    spec: LayerSpec,  # noqa: ARG001
    *,
    level: str,
    within: str | None,
    detail: int,
    borders: str = "today",
) -> dict[str, Any]:
    """
    Return the borders one level above `level`, and the outline of `within` (or of all the caller may see).

    No parents are sent where they would be the outline itself. Where `level` is drawn from tiles, a level above it of
    more borders than can be drawn over them gives way to the one above.
    """
    keys = [one.key for one in desk.levels()]
    unit = DETAILS[detail][1]
    if within is not None:
        scope_level = _level_of(desk, within, keys, borders)
        scope = read_shapes(desk, scope_level, detail, borders).loc[[within]]
    else:
        scope_level = next((key for key in keys if len(read_shapes(desk, key, detail, borders))), keys[0])
        scope = read_shapes(desk, scope_level, detail, borders)
    above, tree = keys.index(level) - 1, desk.hierarchy(borders)
    if len(tree.members(level, within)) > int(desk.setting("tiles_from_areas")):
        while above > 0 and len(tree.members(keys[above], within)) > MOST_PARENTS[detail]:
            above -= 1
    shows_parents = above > keys.index(scope_level)
    parents = read_level_within(desk, keys[above], within, detail, borders) if shows_parents else scope.iloc[:0]
    return {
        "edition": desk.store.edition,
        "level": level,
        "within": within,
        "parents": encode_areas(parents, unit),
        "scope": encode_areas(scope, unit),
    }


def _level_of(desk: Any, area_id: str, keys: list[str], borders: str) -> str:
    return next(key for key in keys if area_id in read_shapes(desk, key, 0, borders).index)
