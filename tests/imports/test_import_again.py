"""Import, export and import again: in every format we write, the workspace is what it was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data.export import export_item
from data.imports import ImportOptions, import_file
from data.store import open_store
from tests.geo.planting import cells_of, lattice

ACTOR = "administrator"
ENDINGS = (".gpkg", ".geojson", ".fgb", ".parquet", ".zip", ".shp", ".kml", ".csv", ".xlsx")
LETTERS = st.sampled_from("网格東里=+-@'’ñé“”,;|\"#%&<>/\\ aZ09")
WORDS = st.text(LETTERS, min_size=1, max_size=12).map(str.strip).filter(bool)
GENERATE = [Phase.explicit, Phase.generate]
KEPT = ["area_id", "name", "parent_id", "level", "households", "area_class"]


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("again")
    patch = pytest.MonkeyPatch()
    patch.setenv("WANGGE_HOME", str(folder))
    yield folder
    patch.undo()


def state(workspace: str) -> tuple[pd.DataFrame, np.ndarray]:
    """What a workspace holds of its areas, in the order of their ids."""
    areas = open_store(workspace).all_areas().reset_index()
    areas = areas.sort_values("area_id", ignore_index=True)
    told = areas[[name for name in KEPT if name in areas]].astype(object)
    return told.where(told.notna(), None), shapely.normalize(areas["geometry"].to_numpy(object))


def take(path: Path, workspace: str) -> None:
    options = ImportOptions(level="grid", id="area_id", name="name", crs="EPSG:4326")
    import_file(path, "areas", options, workspace=workspace, actor=ACTOR)


def require_same(
    seed: int, names: list[str], folder: Path, endings: tuple[str, ...], run: str, *, turns: int = 2
) -> None:
    """Import a random partition, send it out and in again as often as told, in each format."""
    table = cells_of(lattice(np.random.default_rng(seed), 3, 2)).to_crs("EPSG:4326").drop(columns="label")
    table["name"] = [names[row % len(names)] for row in range(len(table))]
    table = table.set_geometry(shapely.set_precision(table.geometry.to_numpy(), 1e-9))
    table.to_file(folder / f"{run}.gpkg")
    take(folder / f"{run}.gpkg", f"w{run}")
    told, shapes = state(f"w{run}")
    assert len(told) == 6
    for ending in endings:
        source = f"w{run}"
        for turn in range(1, turns + 1):
            path = folder / f"{run}-{turn}{ending}"
            export_item(open_store(source).desk(ACTOR), "areas", path, level="grid")
            source = f"w{run}-{turn}{ending.strip('.')}"
            take(path, source)
            again, found = state(source)
            pd.testing.assert_frame_equal(told, again, check_dtype=False)
            assert shapely.equals_exact(shapes, found, 1e-9).all(), ending


def test_a_partition_comes_back_the_same(tmp_path):
    require_same(1, ["长安镇第三网格", "=2+5", "Zürich, “A”"], tmp_path, (".gpkg", ".xlsx"), "x", turns=1)


@pytest.mark.prove
def test_many_partitions_come_back_the_same(tmp_path, proof):
    done: list[int] = []

    @settings(max_examples=12, deadline=None, phases=GENERATE, suppress_health_check=list(HealthCheck))
    @given(seed=st.integers(0, 2**32), names=st.lists(WORDS, min_size=1, max_size=6))
    def run(seed: int, names: list[str]) -> None:
        require_same(seed, names, tmp_path, ENDINGS, f"r{len(done)}")
        done.append(seed)

    run()
    line = f"Random partitions with random names, imported, exported and imported again twice in {len(ENDINGS)} formats"
    proof.note(line, "nothing changes", f"{len(done)} of {len(done)} the same")
