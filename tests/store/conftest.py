"""A small place: a county of two towns with two grids each, and rows of every kind in every grid and in none."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from data.store import stage
from data.store.accounts import ROLES
from data.store.tables import KINDS, has_shape
from data.writer import write

START = datetime(2026, 3, 1, tzinfo=UTC)
LEVELS = [("county", "县"), ("town", "镇"), ("grid", "网格")]
GRIDS = {"G11": (0, 0), "G12": (0, 1), "G21": (1, 0), "G22": (1, 1)}
SECRET = "密文"


def area_table() -> gpd.GeoDataFrame:
    """County C = the square (0, 0)-(2, 2); town T1 its west half, T2 its east half; grids are unit squares."""
    rows = [("C", "county", "县", None, shapely.box(0, 0, 2, 2))]
    rows += [(f"T{i}", "town", f"{name}镇", "C", shapely.box(i - 1, 0, i, 2)) for i, name in ((1, "东山"), (2, "西河"))]
    rows += [(g, "grid", f"{g}网格", f"T{g[1]}", shapely.box(x, y, x + 1, y + 1)) for g, (x, y) in GRIDS.items()]
    columns = ["area_id", "level", "name", "parent_id", "geometry"]
    table = gpd.GeoDataFrame([dict(zip(columns, row, strict=True)) for row in rows], geometry="geometry", crs=4326)
    table["households"] = [400, 200, 200, 100, 100, 100, 100]
    return table


def kind_table(kind: str, area_ids: list[str | None] | None = None, per_area: int = 2) -> pd.DataFrame:
    """Rows of any kind, `per_area` in each grid and in no area; every personal field holds a secret."""
    spec = KINDS[kind]
    rows = []
    for area_id in area_ids if area_ids is not None else [*GRIDS, None]:
        x, y = GRIDS.get(area_id or "", (0, 0))
        for number in range(per_area):
            row = {field.name: _value(field, f"{kind}-{area_id}-{number}", number) for field in spec.fields}
            row |= {spec.key: f"{kind}-{area_id}-{number}"}
            for name, value in {"area_id": area_id, "lon": x + 0.5, "lat": y + 0.5}.items():
                row |= {name: value} if name in row else {}
            if "reason" in row:
                row["reason"] = "inside" if area_id else "outside"
            if kind == "incident_events":
                row["incident_id"] = f"incidents-{area_id}-{number}"
            if has_shape(spec):
                row["geometry"] = shapely.box(x + 0.4, y + 0.4, x + 0.6, y + 0.6)
            rows.append(row)
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=4326) if has_shape(spec) else pd.DataFrame(rows)


def _value(field, text: str, number: int):
    if field.personal:
        return f"张{SECRET}{text}"
    by_type = {
        "text": field.allowed[-1] if field.allowed else text,
        "int": number,
        "float": float(number),
        "bool": number % 2 == 0,
        "time": START + pd.Timedelta(hours=number),
        "date": START.date(),
    }
    return by_type[field.dtype]


def make_place(workspace: str = "main", *, rows: bool = True) -> None:
    accounts = [
        {"account_id": f"{role}@{area}", "name": role, "role": role, "area_id": area or None}
        for role in ROLES
        for area in ("", "T1", "G22")
    ]
    accounts.append({"account_id": "administrator", "name": "Admin", "role": "administrator", "area_id": None})
    create = {"title": "小县", "synthetic": True, "levels": LEVELS, "accounts": accounts}
    write(workspace, "create_workspace", create, actor="administrator")
    areas = {"table": stage(workspace, area_table()), "source": {"import_id": "areas", "file": "areas.geojson"}}
    write(workspace, "publish_areas", areas, actor="administrator")
    for kind in KINDS if rows else ():
        if kind != "areas":
            publish(kind, kind_table(kind), workspace=workspace, import_id=kind)


def publish(kind: str, table: pd.DataFrame, *, workspace: str = "main", import_id: str | None = None, **more) -> dict:
    source = {"file": f"{kind}.csv", "licence": "CC0", "attribution": "nobody", "checksum": "00"}
    if import_id:
        source["import_id"] = import_id
    payload = {"table": stage(workspace, table), "source": source, **more}
    if kind == "fixes":
        return write(workspace, "publish_fixes", payload, actor="administrator")
    return write(workspace, "publish_rows", {"kind": kind, **payload}, actor="administrator")


@pytest.fixture(scope="session")
def templates(tmp_path_factory):
    """The place with and without rows, made once; a closed store may be copied."""
    made = {}
    for name, rows in (("place", True), ("bare_place", False)):
        made[name] = tmp_path_factory.mktemp(name)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("WANGGE_HOME", str(made[name]))
            make_place(rows=rows)
    return made


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("WANGGE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def place(home, templates):
    shutil.copytree(templates["place"] / "main", home / "main")
    return home


@pytest.fixture
def bare_place(home, templates):
    shutil.copytree(templates["bare_place"] / "main", home / "main")
    return home
