"""Indexes kept in memory and in files."""

import subprocess
import sys

import numpy as np
import pytest
import shapely

from data.indexes import index_of, load_index, save_index
from geo.errors import FormatError
from geo.locate import LocateIndex
from tests.conftest import ROOT
from tests.geo.exactly import hard_ground, hard_points


@pytest.fixture(scope="module")
def ground():
    ids, shapes = hard_ground(8, grid=2.0**-8, seed=1)
    return LocateIndex.build(ids, list(shapes)), *hard_points(shapes, 1_000, seed=2)


def same(one, other):
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("position", "reason", "first"))


def test_a_loaded_index_answers_as_the_one_built(ground, tmp_path):
    index, lon, lat = ground
    save_index(index, tmp_path / "a.index")
    kept = load_index(tmp_path / "a.index")
    assert same(kept.query(lon, lat), index.query(lon, lat))
    assert kept.area_ids.tolist() == index.area_ids.tolist()
    assert kept.crossing_ids == index.crossing_ids != ()
    assert [p.name for p in tmp_path.iterdir()] == ["a.index"]


def test_another_process_builds_the_same_bytes(ground, tmp_path):
    index, _, _ = ground
    save_index(index, tmp_path / "here.index")
    code = (
        "import sys\nfrom pathlib import Path\nfrom tests.geo.exactly import hard_ground\n"
        "from data.indexes import save_index\nfrom geo.locate import LocateIndex\n"
        "ids, shapes = hard_ground(8, grid=2.0**-8, seed=1)\n"
        "save_index(LocateIndex.build(ids, list(shapes)), Path(sys.argv[1]))"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "there.index")], cwd=ROOT, check=True)
    assert (tmp_path / "here.index").read_bytes() == (tmp_path / "there.index").read_bytes()


@pytest.mark.parametrize("harm", ["cut", "changed", "other", "empty"])
def test_a_damaged_file_is_refused(ground, tmp_path, harm):
    file = tmp_path / "a.index"
    save_index(ground[0], file)
    whole = bytearray(file.read_bytes())
    whole[-200] ^= 255
    file.write_bytes({"cut": whole[: len(whole) // 2], "changed": whole, "other": b"PK" * 99, "empty": b""}[harm])
    with pytest.raises(FormatError, match="build it again"):
        load_index(file)


def test_an_index_is_built_once_for_the_same_areas():
    boxes = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]
    first = index_of(["a", "b"], boxes)
    assert index_of(["a", "b"], list(shapely.box([0, 1], 0, [1, 2], 1))) is first
    assert index_of(["b", "a"], boxes) is not first
    assert index_of(["a", "b"], boxes[::-1]) is not first
