"""The demonstration county's rivers and roads as smooth curves, before anything is cut along them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Delaunay

from data.demo.terrain.fields import STRENGTH, Terrain, to_metres
from data.sources.haining_towns import TOWNS

Array = NDArray[np.float64]
STEP_M = 60.0

# kind of line -> (order in which lines win where they crowd, metres of detour a border makes to stay on one side)
BARRIERS = {
    "motorway": (0, 900.0),
    "river": (1, 1100.0),
    "trunk": (2, 600.0),
    "primary": (3, 500.0),
    "secondary": (4, 400.0),
    "canal": (5, 420.0),
    "tertiary": (6, 280.0),
    "residential": (7, 160.0),
}
RIVERS = (
    (
        "上塘河",
        ((120.29, 30.395), (120.34, 30.412), (120.385, 30.428), (120.44, 30.446), (120.50, 30.43), (120.555, 30.4)),
    ),
    (
        "洛塘河",
        ((120.555, 30.4), (120.565, 30.43), (120.60, 30.458), (120.645, 30.49), (120.695, 30.525), (120.74, 30.56)),
    ),
    (
        "长山河",
        ((120.47, 30.51), (120.52, 30.485), (120.575, 30.49), (120.645, 30.49), (120.71, 30.485), (120.81, 30.443)),
    ),
    ("辛江塘", ((120.645, 30.49), (120.665, 30.45), (120.72, 30.425), (120.77, 30.41), (120.83, 30.40))),
    ("袁硖港", ((120.77, 30.41), (120.745, 30.455), (120.71, 30.485), (120.705, 30.53), (120.70, 30.60))),
    (
        "盐官下河",
        ((120.555, 30.4), (120.60, 30.412), (120.665, 30.405), (120.725, 30.375), (120.78, 30.345), (120.86, 30.33)),
    ),
    ("新塘河", ((120.385, 30.428), (120.39, 30.46), (120.41, 30.50))),
    ("麻泾港", ((120.60, 30.458), (120.585, 30.49), (120.61, 30.55))),
    ("尖山河", ((120.74, 30.366), (120.76, 30.32), (120.80, 30.29), (120.87, 30.28))),
)
HIGHWAYS = (
    ("motorway", "沪杭高速", (
        (120.28, 30.402), (120.36, 30.448), (120.45, 30.478), (120.56, 30.475),
        (120.64, 30.535), (120.76, 30.60))),
    ("motorway", "杭浦高速", (
        (120.30, 30.383), (120.41, 30.402), (120.52, 30.442), (120.62, 30.44),
        (120.71, 30.45), (120.83, 30.425))),
    ("motorway", "钱江通道", ((120.478, 30.36), (120.49, 30.42), (120.53, 30.52))),
    ("trunk", "翁金公路", (
        (120.37, 30.36), (120.45, 30.396), (120.55, 30.405), (120.65, 30.40),
        (120.71, 30.36), (120.77, 30.31), (120.88, 30.285))),
    ("trunk", "沪杭公路", (
        (120.28, 30.413), (120.40, 30.44), (120.49, 30.47), (120.60, 30.475),
        (120.69, 30.50), (120.76, 30.545))),
)  # fmt: skip


@dataclass(frozen=True)
class Curve:
    """One line of the network: `points` in metres about `STEP_M` apart."""

    kind: str
    name: str
    points: Array


def build_network(terrain: Terrain, rng: np.random.Generator) -> list[Curve]:
    """Draw every river, canal, road and street, bent by the common field and cut at the outline."""
    drafts = [("river", name, to_metres(np.array(points))) for name, points in RIVERS]
    drafts += [(kind, name, to_metres(np.array(points))) for kind, name, points in HIGHWAYS]
    drafts += _town_roads(terrain) + _mesh(
        terrain, rng, kind="canal", spacing_m=2600, angle=0.12, suffix="港", kept=0.62
    )
    drafts += _mesh(terrain, rng, kind="tertiary", spacing_m=2100, angle=-0.2, suffix="线", kept=0.72)
    drafts += _streets(terrain, rng)
    return _bend(terrain, drafts)


def _bend(terrain: Terrain, drafts: list[tuple[str, str, Array]]) -> list[Curve]:
    """Bend all drafts by the common field, cut them at the outline and drop what is too short to follow."""
    lines = [_smooth(points) for _, _, points in drafts]
    owner = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    reach = np.array([160.0 if kind == "residential" else 420.0 for kind, _, _ in drafts])
    bent = shapely.linestrings(terrain.warp(np.concatenate(lines), reach_m=reach[owner][:, None]), indices=owner)
    parts, draft = shapely.get_parts(shapely.intersection(bent, terrain.outline), return_index=True)
    is_line = (shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING) & ~shapely.is_empty(parts)
    parts, draft = parts[is_line], draft[is_line]
    middle = shapely.get_coordinates(shapely.line_interpolate_point(parts, 0.5, normalized=True))
    fits = shapely.length(parts) > 4 * terrain.spacing_m(middle)
    chosen = zip(draft[fits].tolist(), parts[fits].tolist(), strict=True)
    return [Curve(drafts[one][0], drafts[one][1], _even(shapely.get_coordinates(part))) for one, part in chosen]


def _smooth(points: Array) -> Array:
    """Round the corners (Chaikin, three passes) and space the points evenly."""
    for _ in range(3 if len(points) > 2 else 0):
        near, far = 0.75 * points[:-1] + 0.25 * points[1:], 0.25 * points[:-1] + 0.75 * points[1:]
        points = np.vstack([points[:1], np.stack([near, far], axis=1).reshape(-1, 2), points[-1:]])
    return _even(points)


def _even(points: Array) -> Array:
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    at = np.linspace(0, length[-1], max(int(length[-1] / STEP_M), 1) + 1)
    return np.column_stack([np.interp(at, length, points[:, 0]), np.interp(at, length, points[:, 1])])


def _town_roads(terrain: Terrain) -> list[tuple[str, str, Array]]:
    """Join neighbouring towns: the Gabriel graph of their centres."""
    centres, roads = terrain.centres, []
    simplices = Delaunay(centres).simplices
    pairs = {tuple(sorted((int(t[i]), int(t[i - 1])))) for t in simplices for i in range(3)}
    for first, second in sorted(pairs):
        middle, radius = (centres[first] + centres[second]) / 2, np.hypot(*(centres[first] - centres[second])) / 2
        if (np.hypot(*(centres - middle).T) >= radius * 0.999).all():
            kind = "primary" if STRENGTH[TOWNS[first].code][0] + STRENGTH[TOWNS[second].code][0] > 1.3 else "secondary"
            name = TOWNS[first].name[:1] + TOWNS[second].name[:1] + ("公路" if kind == "primary" else "线")
            roads.append((kind, name, centres[[first, second]]))
    return roads


def _mesh(
    terrain: Terrain, rng: np.random.Generator, *, kind: str, spacing_m: float, angle: float, suffix: str, kept: float
) -> list[tuple[str, str, Array]]:
    """Two families of lines across the county, with gaps, so that no field is far from one."""
    spacing = spacing_m / np.sqrt(terrain.scale)
    middle = np.array([terrain.outline.centroid.x, terrain.outline.centroid.y])
    half, lines = 36_000.0, []
    for turn in (angle, angle + np.pi / 2):
        along, across = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
        for offset in (
            np.arange(-half, half, spacing) + rng.uniform(-0.28, 0.28, len(np.arange(-half, half, spacing))) * spacing
        ):
            at = -half + rng.uniform(0, spacing)
            while at < half:
                length = spacing * rng.integers(2, 6)
                if rng.random() < kept:
                    ends = middle + across * offset + along * np.array([[at], [at + length]])
                    lines.append((kind, _line_name(rng) + suffix, ends))
                at += length
    return lines


def _streets(terrain: Terrain, rng: np.random.Generator) -> list[tuple[str, str, Array]]:
    """A street grid in each town, turned its own way."""
    streets = []
    for town, centre in zip(TOWNS, terrain.centres, strict=True):
        reach, turn = STRENGTH[town.code][1] * 1.15, rng.uniform(-0.35, 0.35)
        spacing = 330 / np.sqrt(terrain.scale)
        for along in (np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])):
            across = np.array([-along[1], along[0]])
            for offset in np.arange(-reach, reach + 1, spacing) + rng.uniform(-0.2, 0.2) * spacing:
                half = np.sqrt(max(reach**2 - offset**2, 0)) * rng.uniform(0.75, 1.0)
                name = _line_name(rng) + ("路" if abs(along[0]) > 0.7 else "街")
                streets.append(("residential", name, centre + across * offset + along * np.array([[-half], [half]])))
    return streets


def _line_name(rng: np.random.Generator) -> str:
    first, second = "永文长新海东西南丰华平安康宁和兴建联云锦", "福苑安兴丰和泰宁昌庆乐盛明达秀园江塘桥河"
    return first[rng.integers(len(first))] + second[rng.integers(len(second))]
