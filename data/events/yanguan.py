"""The demonstration event: tide watching at Yanguan, nine viewing points on 3,000 m of seawall. SYNTHETIC.

Numbers of staff, points and wall are those of the real festival; ground, ways, crowds and times are made up.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypedDict

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Transformer
from shapely.ops import substring

from data.demo.festival import GROUPS, MOTORWAY
from geo.crowd.event import (
    Barrier,
    Crowd,
    Duty,
    Entrance,
    Event,
    Exit,
    Front,
    Hazard,
    Passage,
    Phase,
    Place,
    Route,
    Team,
    ViewingArea,
)
from geo.crowd.event.event import RuleValue
from geo.crs.metric import choose_metric_crs

if TYPE_CHECKING:
    from data.demo.geometry import County

WALL_M, STRETCH_M, GAP_M, USABLE_SHARE = 3000.0, 3000.0 / 9, 20.0, 0.8
GROUND = (16_000, 12_000, 9_000, 8_500, 8_000, 7_500, 7_000, 8_000, 6_000)
PEAK = (7_500, 6_300, 4_200, 3_900, 3_600, 3_300, 3_000, 3_400, 2_400)
"""Usable m² of each point, west to east, and people there when the tide comes; the second is over its capacity."""
EXITS = ((6, 4.0), (5, 4.0), (4, 4.0), (4, 4.0), (4, 4.0), (4, 3.5), (4, 3.5), (4, 4.0), (4, 3.5))
DAY_VISITORS = 100_000
CHECKPOINTS, CHECKPOINT_PEOPLE = 5, 5
"""Posts of the motorway, manned day and night by a team of its own; they lie beyond the drawing."""
VOLUNTEERS, GRID_TEAMS, GRID_TEAM_PEOPLE = 1_200, 18, 10
PHASES = (
    ("build_up", "布场", "06:00", "08:00", 0.02),
    ("arrival", "到达", "08:00", "12:00", 0.6),
    ("waiting", "候潮", "12:00", "13:20", 0.95),
    ("peak", "观潮", "13:20", "13:50", 1.0),
    ("after", "疏散", "13:50", "15:30", 0.7),
    ("close", "收场", "15:30", "18:00", 0.1),
)
REFUGES = (
    ("P1", "西停车场", "parking", 9_000, 0, 420.0),
    ("M1", "古城西门集结点", "muster_point", 6_500, 1, 330.0),
    ("M2", "春熙门集结点", "muster_point", 6_000, 3, 300.0),
    ("P2", "中停车场", "parking", 8_000, 4, 460.0),
    ("S1", "盐官中学避险点", "shelter", 4_000, 5, 520.0),
    ("B1", "接驳公交站", "station", 9_000, 7, 380.0),
    ("P3", "东停车场", "parking", 6_000, 8, 450.0),
)
"""Safe places: id, name, kind, people they take, the point they lie behind, metres inland of the road."""
ROAD_M, ROAD_WIDTH_M, LANE_PEOPLE_H = 60.0, 10.0, 420.0


class _Spot(TypedDict):
    lon: float
    lat: float


class _Wall:
    """The stretch of seawall in metres, west to east, and the way back to degrees."""

    def __init__(self, seawall: shapely.LineString, points: Any) -> None:
        crs = choose_metric_crs(seawall.bounds).crs
        line = gpd.GeoSeries([seawall], crs=4326).to_crs(crs).iloc[0]
        spots = gpd.GeoSeries(gpd.points_from_xy(points["lon"], points["lat"]), crs=4326).to_crs(crs)
        middle = float(np.mean([line.project(spots.iloc[0]), line.project(spots.iloc[-1])]))
        self.line = substring(line, middle - WALL_M / 2, middle + WALL_M / 2)
        self.degrees = partial(_to_degrees, Transformer.from_crs(crs, 4326, always_xy=True))

    def spot(self, at_m: float, inland_m: float) -> shapely.Point:
        """A point in metres: so far along the wall, so far inland (left of its direction)."""
        here, next_ = self.line.interpolate(at_m), self.line.interpolate(min(at_m + 1.0, WALL_M))
        before = self.line.interpolate(max(at_m - 1.0, 0.0))
        along = np.array([next_.x - before.x, next_.y - before.y])
        along /= np.hypot(*along)
        return shapely.Point(here.x - along[1] * inland_m, here.y + along[0] * inland_m)

    def strip(self, start_m: float, end_m: float, near_m: float, far_m: float) -> shapely.Polygon:
        """The ground between two distances inland, along a stretch."""
        steps = np.linspace(start_m, end_m, 9)
        ring = [self.spot(at, near_m) for at in steps] + [self.spot(at, far_m) for at in steps[::-1]]
        return shapely.Polygon(ring)

    def position(self, at_m: float, inland_m: float) -> _Spot:
        """Longitude and latitude of a spot, as keyword arguments."""
        point = self.degrees(self.spot(at_m, inland_m))
        return {"lon": float(point.x), "lat": float(point.y)}


def _to_degrees(turn: Transformer, shape: Any) -> Any:
    turned = shapely.transform(shape, lambda pairs: np.column_stack(turn.transform(*pairs.T)))
    return shapely.transform(turned, lambda pairs: np.round(pairs, 7))


def yanguan_event(county: County, *, day: str = "2026-09-28") -> Event:
    """
    Build the demonstration event on the county's seawall.

    462 people in five working groups and 1,200 volunteers, 180 of them in 18 grid teams; 100,000 visitors in the day,
    37,600 at once at the peak on 82,000 m². One point, 占鳌塔, is planned above its capacity: an open check to settle.

    Parameters
    ----------
    county
        The demonstration county; its grids beside the wall switch to event duty.
    day
        The day of the event, eighteenth of the eighth month, ISO 8601.
    """
    water = county.water
    wall = _Wall(water.loc[water["water_class"] == "seawall", "geometry"].iloc[0], county.viewing_points)
    names = county.viewing_points["name"].tolist()
    areas, exits, entrances = _points(wall, names)
    routes, places = _ways(wall)
    moment = partial(_moment, day)
    phases = tuple(Phase(phase_id=key, name=name, kind=key, starts_at=moment(start), ends_at=moment(end))  # type: ignore[arg-type]
                   for key, name, start, end, _ in PHASES)  # fmt: skip
    crowds = tuple(Crowd(area_id=area.area_id, phase_id=key, people=round(peak * share), source="合成")
                   for key, _, _, _, share in PHASES for area, peak in zip(areas, PEAK, strict=True))  # fmt: skip
    sea = wall.degrees(wall.strip(0.0, WALL_M, -25.0, -2.0))
    return Event(
        event_id=f"yanguan-{day[:4]}", name=f"盐官观潮节{day[:4]}（合成演示）", venue="盐官镇海塘",
        area_id=_town(county),
        is_synthetic=True, risk="medium", day_visitors=DAY_VISITORS,
        note="SYNTHETIC: 人员数、观潮点数和海塘长度取自公开报道，其余为演示而编。",
        rule_values=(RuleValue(rules="lbt_034", parameter="space_m2", value=2.0, source="演示：与参考标准一致"),),
        areas=areas, exits=exits, entrances=entrances, routes=routes, places=places,
        barriers=(Barrier(barrier_id="B-front", name="塘顶护栏", height_m=1.2,
                          line=_course(wall, *((at, 1.0) for at in np.linspace(0, WALL_M, 31)))),),
        hazards=(Hazard(hazard_id="H-bore", name="潮水上塘、卷人", note="潮前清塘沿，回头潮未过不开放", shape=sea),),
        phases=phases, crowds=crowds, teams=_teams(), duties=_duties(county, wall, moment),
        front=_bore(wall, moment),
    )  # fmt: skip


def _moment(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}:00+08:00")


def _points(
    wall: _Wall, names: Sequence[str]
) -> tuple[tuple[ViewingArea, ...], tuple[Exit, ...], tuple[Entrance, ...]]:
    areas, exits, entrances = [], [], []
    for at, name in enumerate(names):
        area_id, start = f"V{at + 1}", at * STRETCH_M + GAP_M / 2
        length = STRETCH_M - GAP_M
        depth = GROUND[at] / USABLE_SHARE / length
        far = 4.0 + depth
        areas.append(ViewingArea(
            area_id=area_id, name=name, usable_m2=float(GROUND[at]), physical_factor=0.9, safety_factor=0.9,
            chainage_m=round(WALL_M - (start + length / 2), 1),
            shape=wall.degrees(wall.strip(start, start + length, 4.0, far)),
            **wall.position(start + length / 2, far / 2),
        ))  # fmt: skip
        count, width = EXITS[at]
        exits += [
            Exit(exit_id=f"{area_id}-X{n + 1}", name=f"{name}{n + 1}号出口", area_id=area_id, leads_to=f"J{at + 1}",
                 kind="opening" if n % 2 else "door", clear_width_m=width,
                 **wall.position(start + length * (n + 0.5) / count, far))
            for n in range(count)
        ]  # fmt: skip
        entrances.append(Entrance(
            entrance_id=f"{area_id}-E", name=f"{name}入口", area_ids=(area_id,), check="search_mixed",
            lanes=math.ceil(GROUND[at] / 2 / LANE_PEOPLE_H), clear_width_m=6.0,
            **wall.position(start + length * 0.45, far + 5.0),
        ))  # fmt: skip
    return tuple(areas), tuple(exits), tuple(entrances)


def _ways(wall: _Wall) -> tuple[tuple[Route, ...], tuple[Place, ...]]:
    middles = [at * STRETCH_M + STRETCH_M / 2 for at in range(9)]
    places = [Place(place_id=f"J{n + 1}", name=f"塘后路{n + 1}段", kind="junction", **wall.position(at, ROAD_M + 25))
              for n, at in enumerate(middles)]  # fmt: skip
    routes = [
        Route(route_id=f"R-road{n + 1}", name="塘后路", from_id=f"J{n + 1}", to_id=f"J{n + 2}", length_m=STRETCH_M,
              clear_width_m=ROAD_WIDTH_M, line=_course(wall, (middles[n], ROAD_M + 25), (middles[n + 1], ROAD_M + 25)))
        for n in range(8)
    ]  # fmt: skip
    for place_id, name, kind, people, behind, inland in REFUGES:
        at = middles[behind]
        places.append(Place(place_id=place_id, name=name, kind=kind, capacity=people,  # type: ignore[arg-type]
                            **wall.position(at, ROAD_M + 25 + inland)))  # fmt: skip
        routes.append(Route(
            route_id=f"R-{place_id}", name=f"往{name}", from_id=f"J{behind + 1}", to_id=place_id, length_m=inland,
            clear_width_m=12.0, is_one_way=place_id in ("P1", "B1"),
            line=_course(wall, (at, ROAD_M + 25), (at, ROAD_M + 25 + inland)),
        ))  # fmt: skip
    for number, at in enumerate((400.0, 1500.0, 2600.0), start=1):
        places.append(Place(place_id=f"A{number}", name=f"{number}号医疗点", kind="first_aid",
                            **wall.position(at, ROAD_M + 10)))  # fmt: skip
    places.append(Place(place_id="C1", name="现场指挥部", kind="command_post", **wall.position(1200.0, ROAD_M + 60)))
    places += [
        Place(place_id=f"K{n}", name=f"高速卡口{n}", kind="duty_post", role="traffic", people=CHECKPOINT_PEOPLE,
              team=MOTORWAY, is_round_the_clock=True)
        for n in range(1, CHECKPOINTS + 1)
    ]  # fmt: skip
    return tuple(routes), tuple(places)


def _course(wall: _Wall, *spots: tuple[float, float]) -> Any:
    return wall.degrees(shapely.LineString([wall.spot(*one) for one in spots]))


def _teams() -> tuple[Team, ...]:
    groups = [Team(team_id=f"G{n}", name=name, kind="working_group", people=sum(people for _, people in roles))
              for n, (name, roles) in enumerate(GROUPS.items(), start=1)]  # fmt: skip
    others = VOLUNTEERS - GRID_TEAMS * GRID_TEAM_PEOPLE
    grid_teams = [
        Team(team_id=f"T{n:02d}", name=f"第{n}网格小分队", kind="grid_team", people=GRID_TEAM_PEOPLE,
             area_ids=(f"V{(n - 1) // 2 + 1}",))
        for n in range(1, GRID_TEAMS + 1)
    ]  # fmt: skip
    return (*groups, Team(team_id="V", name="志愿者", kind="volunteers", people=others), *grid_teams)


def _bore(wall: _Wall, moment: Any) -> Front:
    line = wall.degrees(shapely.LineString(wall.line.coords[::-1]))
    passages = (
        Passage(passage_id="day", name="日潮", at=moment("13:20"), error_s=600.0, source="演示潮汐表"),
        Passage(passage_id="night", name="夜潮", at=moment("01:05"), error_s=600.0, source="演示潮汐表"),
    )
    return Front(
        name="一线潮", kind="tide", line=line, speed_low_m_s=5.0, speed_m_s=6.0, speed_high_m_s=10.0,
        closed_after_low_s=1800.0, closed_after_high_s=3600.0, margin_s=600.0,
        source="公开报道：潮头5至7米/秒，最快10米/秒；回头潮时刻为演示", passages=passages,
    )  # fmt: skip


def _town(county: County) -> str:
    towns = county.areas[county.areas["level"] == "town"]
    named = towns[towns["name"].str.startswith("盐官")]
    return str((named if len(named) else towns)["area_id"].iloc[0])


def _duties(county: County, wall: _Wall, moment: Any) -> tuple[Duty, ...]:
    """The four grids nearest to the wall, of at most three villages, each with the points before it."""
    grids = county.areas[county.areas["level"] == "grid"]
    front = wall.degrees(wall.line)
    nearest = grids.assign(away=shapely.distance(grids.geometry.to_numpy(), front)).sort_values(["away", "area_id"])
    villages = list(dict.fromkeys(nearest["parent_id"]))[:3]
    first = nearest.drop_duplicates("parent_id").head(3)
    more = nearest[nearest["parent_id"].isin(villages) & ~nearest["area_id"].isin(first["area_id"])].head(
        4 - len(first)
    )
    called = county.areas.set_index("area_id")["name"]
    chosen = [*first.itertuples(), *more.itertuples()]
    chosen.sort(key=lambda row: row.geometry.representative_point().x)
    points = [part.tolist() for part in np.array_split(np.arange(1, 10), len(chosen))]
    return tuple(
        Duty(grid_id=str(row.area_id), name=str(row.name), village=str(called[row.parent_id]), team_id=f"T{n + 1:02d}",
             area_ids=tuple(f"V{i}" for i in points[n]), starts_at=moment("06:00"), ends_at=moment("18:00"))
        for n, row in enumerate(chosen)
    )  # fmt: skip
