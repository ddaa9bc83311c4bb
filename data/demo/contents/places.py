"""Places and what is kept there: stations, checkpoints, cameras, shelters, schools, firms, markets, viewing points."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from data.demo.contents.chance import stream
from data.demo.contents.ground import Ground
from data.demo.contents.words import FIRM_HEADS, FIRM_NAMES

TITLES = {
    "governance_station": "社会治理服务站",
    "checkpoint": "卡口",
    "camera": "视频监控",
    "shelter": "避灾安置点",
    "parking": "停车场",
    "police_post": "警务室",
    "school": "学校",
    "market": "市场",
    "station": "客运站",
}
DEDICATED = {"school": "学校", "market": "农贸市场", "station": "客运站", "firm": "", "park": "产业园"}
RESOURCES = (
    ("沙袋", "只", 400), ("救生衣", "件", 30), ("灭火器", "个", 16), ("应急照明灯", "盏", 8), ("发电机", "台", 2),
    ("抽水泵", "台", 3), ("担架", "副", 2), ("对讲机", "部", 12), ("反光背心", "件", 40), ("急救包", "个", 10),
)  # fmt: skip


def build_places(ground: Ground, buildings: pd.DataFrame, *, seed: int, scale: float) -> pd.DataFrame:
    """
    Build the places: counts grow with `scale`, every town has a governance station, every village a checkpoint.

    Places stand at buildings (with their address) or beside a road; dedicated grids hold the place they are named for.
    """
    rng = stream(seed, "places")
    towns, villages = ground.level("town"), ground.level("village")
    parts = [
        _beside(
            ground, buildings, rng, "governance_station", _per_village(villages, max(len(towns), round(45 * scale)))
        ),
        _beside(ground, buildings, rng, "shelter", _per_village(villages, max(3, round(120 * scale)))),
        _beside(ground, buildings, rng, "parking", _per_village(villages, max(3, round(200 * scale)))),
        _beside(ground, buildings, rng, "police_post", _per_village(villages, max(2, round(48 * scale)))),
        _beside(ground, buildings, rng, "school", _per_village(villages, max(2, round(60 * scale)))),
        _checkpoints(ground, rng, scale),
        _cameras(ground, rng, max(20, round(1500 * scale))),
        _dedicated(ground, buildings, rng),
        _firms(ground, buildings, rng, max(20, round(1200 * scale))),
        _viewing_points(ground),
    ]
    table = pd.concat(parts, ignore_index=True)
    table.insert(0, "place_id", [f"L{i + 1:05d}" for i in range(len(table))])
    return table[["place_id", "kind", "name", "level", "capacity", "address", "stated_area_id", "lon", "lat"]]


def _per_village(villages: pd.DataFrame, count: int) -> np.ndarray:
    """First one village of every town, then the next of every town, until there are `count`."""
    turn = villages.groupby("parent_id").cumcount().to_numpy()
    ordered = villages["area_id"].to_numpy()[np.lexsort((villages["area_id"], turn))]
    return np.resize(ordered, count)


def _row(kind: str, names: Any, lon: Any, lat: Any, **more: Any) -> pd.DataFrame:
    table = pd.DataFrame({"kind": kind, "name": names, "lon": lon, "lat": lat})
    for column in ("level", "address", "stated_area_id"):
        table[column] = more.get(column, "")
    table["capacity"] = pd.array(np.asarray(more.get("capacity", np.zeros(len(table))), dtype=np.int64), dtype="Int64")
    if "capacity" not in more:
        table["capacity"] = pd.array([pd.NA] * len(table), dtype="Int64")
    return table


def _pick(areas: np.ndarray, of: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Choose one building in each of `areas`, where `of` names the area of every building."""
    order = np.argsort(of, kind="stable")
    low, high = (np.searchsorted(of[order], areas, side=side) for side in ("left", "right"))
    return order[low + (rng.random(len(areas)) * (high - low)).astype(np.int64)]


def _beside(
    ground: Ground, buildings: pd.DataFrame, rng: np.random.Generator, kind: str, areas: np.ndarray
) -> pd.DataFrame:
    micro = ground.micro.iloc[buildings["micro"].to_numpy()]
    at = buildings.iloc[_pick(areas, micro["village_id"].to_numpy(), rng)]
    village = ground.level("village").set_index("area_id")["name"]
    turn = pd.Series(areas).groupby(areas).cumcount().to_numpy()
    names = [f"{village[a]}{TITLES[kind]}{n + 1 if n else ''}" for a, n in zip(areas, turn, strict=True)]
    capacity = {"shelter": (80, 600), "parking": (30, 400), "school": (300, 1800)}.get(kind)
    more = {} if capacity is None else {"capacity": rng.integers(*capacity, size=len(at))}
    return _row(kind, names, at["lon"].to_numpy(), at["lat"].to_numpy(), address=at["address"].to_numpy(), **more)


def _checkpoints(ground: Ground, rng: np.random.Generator, scale: float) -> pd.DataFrame:
    """Checkpoints of four levels: at the county's edge, at town and village roads, at rental micro-grids."""
    streets, plane = ground.streets, ground.plane
    middle = np.column_stack([(streets["x_0"] + streets["x_1"]) / 2, (streets["y_0"] + streets["y_1"]) / 2])
    centre = np.median(middle, axis=0)
    outward = np.hypot(*(middle - centre).T)
    edge = np.argsort(-outward, kind="stable")[: max(200, len(outward) // 50)]
    parts = []
    for level, count, pool in (
        ("county", max(4, round(14 * scale)), edge),
        ("town", max(4, round(36 * scale)), np.arange(len(streets))),
    ):
        at = middle[rng.choice(pool, count, replace=False)]
        lon, lat = plane.to_degrees(at[:, 0], at[:, 1])
        parts.append(
            _row(
                "checkpoint",
                [f"{'县际' if level == 'county' else '镇街'}卡口{i + 1}" for i in range(count)],
                lon,
                lat,
                level=level,
            )
        )
    villages = ground.level("village")
    first = ground.micro.drop_duplicates("village_id").set_index("village_id").loc[villages["area_id"]]
    rental = ground.micro[(ground.micro["area_class"] == "rental") & (rng.random(len(ground.micro)) < 0.12)]
    for level, names, micro in (
        ("village", (villages["name"] + "卡口").to_numpy(), first),
        ("household", (rental["village"] + rental["name"] + "门岗").to_numpy(), rental),
    ):
        spot = ground.footprints.set_index("footprint_id").loc[micro["footprint_id"]]
        lon, lat = plane.to_degrees(spot["x_m"].to_numpy(), spot["y_m"].to_numpy())
        parts.append(_row("checkpoint", names, lon, lat, level=level, stated_area_id=micro["area_id"].to_numpy()))
    return pd.concat(parts)


def _cameras(ground: Ground, rng: np.random.Generator, count: int) -> pd.DataFrame:
    at = ground.streets.iloc[np.sort(rng.choice(len(ground.streets), count, replace=len(ground.streets) < count))]
    lon, lat = ground.plane.to_degrees(at["x_0"].to_numpy() + 3, at["y_0"].to_numpy() + 3)
    names = [f"{road or '村道'}视频{i + 1:04d}" for i, road in enumerate(at["name"])]
    return _row("camera", names, lon, lat)


def _dedicated(ground: Ground, buildings: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """One place for each dedicated grid: the firm, school, market or station it was made for."""
    grids = ground.micro[ground.micro["dedicated_kind"] != ""].drop_duplicates("grid_id")
    of = ground.micro["grid_id"].to_numpy()[buildings["micro"]]
    at = buildings.iloc[_pick(grids["grid_id"].to_numpy(), of, rng)]
    kind = grids["dedicated_kind"].to_numpy()
    firm = _firm_names(rng, len(grids))
    names = [
        name if k == "firm" else v + DEDICATED.get(k, k)
        for k, v, name in zip(kind, grids["village"], firm, strict=True)
    ]
    table = _row(
        "firm",
        names,
        at["lon"].to_numpy(),
        at["lat"].to_numpy(),
        address=at["address"].to_numpy(),
        capacity=rng.integers(200, 2500, len(grids)),
    )
    table["kind"] = np.where(kind == "park", "firm", kind)
    return table


def _firm_names(rng: np.random.Generator, count: int) -> list[str]:
    heads, names = rng.choice(FIRM_NAMES, count), rng.choice(FIRM_HEADS, count)
    return [f"{a}{b}有限公司" for a, b in zip(heads, names, strict=True)]


def _firms(ground: Ground, buildings: pd.DataFrame, rng: np.random.Generator, count: int) -> pd.DataFrame:
    pool = np.flatnonzero(~buildings["kind"].isin(["school", "market", "station"]))
    at = buildings.iloc[np.sort(rng.choice(pool, min(count, len(pool)), replace=False))]
    town = ground.micro["town"].to_numpy()[at["micro"]]
    names = [f"{t[:2]}{n}" for t, n in zip(town, _firm_names(rng, len(at)), strict=True)]
    return _row(
        "firm",
        names,
        at["lon"].to_numpy(),
        at["lat"].to_numpy(),
        address=at["address"].to_numpy(),
        capacity=rng.integers(5, 400, len(at)),
    )


def _viewing_points(ground: Ground) -> pd.DataFrame:
    points = ground.viewing_points
    capacity = points["capacity"] if "capacity" in points else np.linspace(4000, 30000, len(points)).round(-3)
    return _row(
        "viewing_point",
        points["name"].to_numpy(),
        points["lon"].to_numpy(),
        points["lat"].to_numpy(),
        capacity=capacity,
    )


def build_resources(places: pd.DataFrame, people: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """Build what governance stations, shelters and police posts keep; the custodian is a head of a grid."""
    rng = stream(seed, "resources")
    stores = places[places["kind"].isin(["governance_station", "shelter", "police_post"])].reset_index(drop=True)
    heads = people.loc[people["role"] == "grid_head", "person_id"].to_numpy()
    keep = rng.random((len(stores), len(RESOURCES))) < 0.55
    store, item = np.nonzero(keep)
    table = stores.loc[store, ["place_id", "address", "stated_area_id", "lon", "lat"]].reset_index(drop=True)
    table.insert(0, "resource_id", [f"M{i + 1:05d}" for i in range(len(table))])
    table["kind"] = [RESOURCES[i][0] for i in item]
    table["unit"] = [RESOURCES[i][1] for i in item]
    usual = np.array([RESOURCES[i][2] for i in item])
    table["quantity"] = np.maximum(1, np.round(usual * rng.uniform(0.4, 1.6, len(table)))).astype(float)
    table["custodian_id"] = heads[(np.asarray(store) * 7) % len(heads)]
    columns = ["resource_id", "kind", "quantity", "unit", "custodian_id", "place_id", "address", "stated_area_id"]
    return table[[*columns, "lon", "lat"]]
