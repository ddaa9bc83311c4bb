"""A workspace of a synthetic province, a service over it, and the page that folium makes of the same areas."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from bench._province import TITLES, build_province
from data.kinds import incidents
from data.store import stage
from data.writer import write

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 11, 20, tzinfo=UTC)
PERIOD = "start=2026-11-01T00:00:00Z&end=2026-11-20T00:00:00Z"
ADMIN = {"account_id": "admin", "name": "管理员", "role": "administrator", "area_id": None}
SOURCE = {"file": "synthetic", "licence": "CC0-1.0", "attribution": "synthetic", "checksum": "", "options": {}}
OURS = (
    (r'<script src="[^"]*leaflet(\.min)?\.js"></script>', '<script src="leaflet/leaflet.js"></script>'),
    (
        r'<link rel="stylesheet" href="[^"]*leaflet(\.min)?\.css"/>',
        '<link rel="stylesheet" href="leaflet/leaflet.css"/>',
    ),
)
PALETTE = ("#ffffcc", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494")


def build_workspace(name: str, shape: Sequence[tuple[str, int, int]], *, tiles_from: int | None = None) -> Any:
    """Make a workspace of areas and one incident or more in each of the finest; return the finest areas."""
    table = build_province(shape)
    levels = [{"key": key, "title": TITLES.get(key, key), "rank": rank} for rank, (key, _, _) in enumerate(shape)]
    head = {"title": "合成省", "synthetic": True, "levels": levels, "accounts": [ADMIN]}
    write(name, "create_workspace", head, actor="admin")
    if tiles_from is not None:
        write(name, "set_setting", {"name": "tiles_from_areas", "value": tiles_from}, actor="admin")
    areas = table.assign(households=400, area_class="town", footprint_id=table["area_id"])
    write(name, "publish_areas", {"table": stage(name, areas), "levels": levels, "source": SOURCE}, actor="admin")
    finest = areas[areas["level"] == shape[-1][0]]
    rows = {"kind": "incidents", "table": stage(name, _incidents(finest)), "mode": "replace", "source": SOURCE}
    write(name, "publish_rows", rows, actor="admin")
    return finest


def _incidents(areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """One to five incidents an area, at a point inside it."""
    rng = np.random.default_rng(2)
    where = np.repeat(np.arange(len(areas)), rng.integers(1, 6, len(areas)))
    points = areas.geometry.representative_point()
    names = [field.name for field in incidents.SPEC.fields]
    rows = pd.DataFrame(dict.fromkeys(names, None), index=range(len(where)))
    rows["incident_id"] = [f"I{number}" for number in range(len(where))]
    rows["category"], rows["status"], rows["reason"] = "安全隐患", "reported", "inside"
    rows["lon"], rows["lat"] = points.x.to_numpy()[where], points.y.to_numpy()[where]
    rows["area_id"] = areas["area_id"].to_numpy()[where]
    rows["occurred_at"] = [NOW - timedelta(hours=int(one)) for one in rng.integers(1, 400, len(where))]
    return rows


@contextmanager
def service(home: Path) -> Iterator[str]:
    """Run `wangge serve` over a home and give its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "cli", "serve", "--port", str(port)]
    environment = os.environ | {"WANGGE_HOME": str(home), "PYTHONPATH": str(ROOT)}
    log = (home / "service.log").open("wb")
    running = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        _wait(running, f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait(30)
        log.close()


def _wait(running: subprocess.Popen[bytes], address: str) -> None:
    for _ in range(1200):
        if running.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError("the service did not start")


def folium_page(areas: gpd.GeoDataFrame, target: Path) -> int:
    """Write the page folium makes of areas, GeoJSON on a canvas as it recommends for many; return its bytes."""
    import folium

    rng = np.random.default_rng(2)
    table = areas[["area_id", "name", "geometry"]].assign(value=rng.integers(1, 6, len(areas)))
    west, south, east, north = table.total_bounds
    view = folium.Map(tiles=None, prefer_canvas=True)
    folium.GeoJson(
        table,
        style_function=lambda one: {
            "fillColor": PALETTE[one["properties"]["value"] - 1],
            "color": "#46545f",
            "weight": 0.5,
            "fillOpacity": 0.78,
        },
        tooltip=folium.GeoJsonTooltip(["name", "value"]),
    ).add_to(view)  # fmt: skip
    view.fit_bounds([[south, west], [north, east]])
    text = view.get_root().render()
    target.write_text(_offline(text), encoding="utf-8")
    shutil.copytree(ROOT / "assets" / "vendor" / "leaflet", target.parent / "leaflet", dirs_exist_ok=True)
    return target.stat().st_size


def _offline(text: str) -> str:
    """Point Leaflet at our copy of it and leave every other address out: none is needed to draw."""
    for before, after in OURS:
        text = re.sub(before, after, text)
    return re.sub(r'<script src="https?:[^"]*"></script>|<link rel="stylesheet" href="https?:[^"]*"/>', "", text)
