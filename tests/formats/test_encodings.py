"""Chinese text read right in whatever encoding it comes."""

from __future__ import annotations

import os
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from data.formats import read_file
from data.formats._encoding import decode_text, detect_encoding
from geo.errors import FormatError

REAL = Path(os.environ.get("WANGGE_REAL", Path(__file__).parents[3] / "shared" / "real"))
SIMPLE = "编号,网格名称,事发地址,上报时间\n0071,长安镇第三网格,海宁市人民路12号,2026-01-02 08:00\n"
TRADITIONAL = "編號,村里名稱,所屬鄉鎮,區域代碼\n007,東興里,大安區,63000030001\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SIMPLE, "gbk"),
        (SIMPLE, "gb18030"),
        (SIMPLE, "utf-8"),
        (SIMPLE, "utf-8-sig"),
        (SIMPLE, "utf-16"),
        (TRADITIONAL, "big5"),
        (TRADITIONAL, "utf-8"),
    ],
)
def test_a_csv_reads_right_in_any_usual_encoding(tmp_path, text, encoding):
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    raw = read_file(tmp_path / "a.csv")
    lines = [line.split(",") for line in text.splitlines()]
    assert raw.frame.columns.tolist() == lines[0]
    assert raw.frame.values.tolist() == lines[1:]


def test_a_named_encoding_is_taken_at_its_word(tmp_path):
    (tmp_path / "a.csv").write_bytes(SIMPLE.encode("gbk"))
    assert read_file(tmp_path / "a.csv", encoding="GBK").frame.columns[1] == "网格名称"
    with pytest.raises(FormatError, match="utf-8"):
        read_file(tmp_path / "a.csv", encoding="UTF-8")
    with pytest.raises(FormatError, match="klingon"):
        read_file(tmp_path / "a.csv", encoding="klingon")


def test_a_shapefile_in_gbk_without_cpg(tmp_path):
    table = gpd.GeoDataFrame({"名称": ["简体国语网格", "东风村"]}, geometry=[shapely.Point(0, 0)] * 2, crs="EPSG:4326")
    pyogrio.write_dataframe(table, tmp_path / "a.shp", encoding="GBK")
    (tmp_path / "a.cpg").unlink()
    raw = read_file(tmp_path / "a.shp")
    assert raw.frame.to_dict("list") == {"名称": ["简体国语网格", "东风村"]}
    assert raw.encoding == "gb18030"


@pytest.mark.skipif(not REAL.is_dir(), reason="real input is not here")
@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("dbf/gbk.dbf", "简体国语"),
        ("dbf/gb18030.dbf", "简体国语"),
        ("dbf/big5.dbf", "國語"),
        ("dbf/cpg/big5.shp", "國語"),
    ],
)
def test_real_dbf_files(file, text):
    path = REAL / "dirty/mapshaper/test/data" / file
    if not path.exists():
        pytest.skip(f"{path.name} is not among the real files")
    values = read_file(path).frame.to_numpy().ravel().tolist()
    assert any(text in str(value) for value in values), values


@given(
    st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\ufeff", exclude_categories=["Cs"]), max_size=200)
)
def test_utf8_is_never_taken_for_anything_else(text):
    assert detect_encoding(text.encode()) in ("utf-8", "utf-16") or text.encode()[:2] in (b"\xff\xfe", b"\xfe\xff")
    assert decode_text(text.encode(), "UTF-8")[0] == text
