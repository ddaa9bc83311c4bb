"""What is edited on: units with their shapes, their borders, and the households that stand on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.planning.barriers import Barriers, Shapes, lay_barriers
from geo.planning.borders import border_graph
from geo.planning.graph import Floats, Graph, Ints
from geo.planning.units import Texts, Units


@dataclass(frozen=True)
class Homes:
    """
    Where households live: one point a building, in metres, with the row of the unit it stands on.

    A unit's households need not be the sum of its buildings': they say how a unit's are shared out when it is cut.
    """

    x_m: Floats
    y_m: Floats
    households: Ints
    unit: Ints


@dataclass(frozen=True)
class Ground:
    """
    Units and all that is needed to count zones of them anew after each edit.

    `touching` are the borders of the shapes as drawn, `units.graph` those that may be planned across. Units stacked on
    one `footprint` (a number) share its ground: area and perimeter count it once. `origin` is the id of the unit each
    was cut from, its own id where it was not cut.
    """

    units: Units
    shapes: Shapes
    touching: Graph
    area_m2: Floats
    perimeter_m: Floats
    footprint: Ints
    origin: Texts
    homes: Homes
    barriers: Barriers | None

    @property
    def count(self) -> int:
        """Number of units."""
        return self.units.count

    @property
    def is_cut(self) -> NDArray[np.bool_]:
        """Which units are pieces of one that was cut."""
        return np.asarray(self.origin != self.units.ids, dtype=bool)


def build_ground(
    units: Units,
    shapes: Shapes,
    *,
    touching: Graph | None = None,
    homes: Homes | None = None,
    barriers: Barriers | None = None,
) -> Ground:
    """
    Put units beside their shapes, in a metric CRS and in the order of `units.ids`.

    Parameters
    ----------
    touching
        Borders of the shapes, where they are known already.
    homes
        Buildings with households; none where not given: a cut unit is then shared out by area.
    barriers
        What `units.graph` was made with, so that the pieces of a cut unit get their borders by the same rule.

    Examples
    --------
    >>> from geo.planning.drawn import draw_plan
    >>> squares = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    >>> ground = build_ground(draw_plan("ab").units, squares)
    >>> ground.area_m2.tolist(), ground.touching.border_m.tolist(), ground.is_cut.tolist()
    ([1.0, 1.0], [1.0, 1.0], [False, False])
    """
    none = np.empty(0)
    return Ground(
        units=units,
        shapes=shapes,
        touching=border_graph(shapes) if touching is None else touching,
        area_m2=shapely.area(shapes),
        perimeter_m=shapely.length(shapes),
        footprint=number_footprints(shapes),
        origin=units.ids,
        homes=homes or Homes(none, none, none.astype(np.int64), none.astype(np.int64)),
        barriers=barriers,
    )


def planning_graph(touching: Graph, shapes: Shapes, barriers: Barriers | None) -> Graph:
    """Return the borders one may plan across: those of the shapes, with barriers laid over them where there are any."""
    return touching if barriers is None else lay_barriers(touching, shapes, barriers)


def number_footprints(shapes: Shapes) -> Ints:
    """
    Number the distinct shapes: units stacked in a tower have one shape and get one number.

    Examples
    --------
    >>> one, other = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)
    >>> number_footprints(np.array([one, other, one])).tolist()
    [0, 1, 0]
    """
    seen: dict[bytes, int] = {}
    return np.array([seen.setdefault(one, len(seen)) for one in shapely.to_wkb(shapes)], dtype=np.int64)
