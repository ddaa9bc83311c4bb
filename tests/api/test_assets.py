"""What is vendored is what was checked: every file with its checksum, every package with its licence."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest

from api.early import EARLY
from api.map_documents import ASSETS, script_texts
from api.map_scripts import (
    BUNDLES,
    COMING_SCRIPTS,
    EVENT_SCRIPTS,
    LIVE_SCRIPTS,
    PLAN_SCRIPTS,
    SCRIPTS,
    bundle_url,
    read_bundle,
)

VENDOR = ASSETS / "vendor"
MANIFEST = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))
OWN = sorted((ASSETS / "wangge").rglob("*.js"))


def test_every_vendored_file_is_in_the_manifest_and_unchanged():
    found = {
        p.relative_to(VENDOR).as_posix(): p for p in VENDOR.rglob("*") if p.is_file() and p.name != "manifest.json"
    }
    assert set(found) == set(MANIFEST["files"])
    changed = [n for n, p in found.items() if hashlib.sha256(p.read_bytes()).hexdigest() != MANIFEST["files"][n]]
    assert changed == []


def test_every_vendored_package_has_a_free_licence():
    folders = {name.split("/", 1)[0] for name in MANIFEST["files"]}
    assert folders == set(MANIFEST["packages"])
    for package in MANIFEST["packages"].values():
        assert package["version"]
        assert package["licence"] in ("BSD-2-Clause", "BSD-3-Clause", "MIT", "ISC", "OFL-1.1")
        assert len((VENDOR / package["licence_file"]).read_text(encoding="utf-8")) > 500


def test_stylesheets_name_only_files_that_are_there():
    for sheet in VENDOR.rglob("*.css"):
        for url in re.findall(r"url\(([^)]+)\)", sheet.read_text(encoding="utf-8")):
            name = url.strip("'\"").split("#")[0]
            assert not name.startswith(("http", "//"))
            assert not name or name.startswith("data:") or (sheet.parent / name).is_file(), (sheet.name, name)


@pytest.mark.parametrize("path", OWN, ids=lambda p: p.name)
def test_own_scripts_paste_no_text_into_markup(path: Path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setTimeout\(\s*[\"'`]", text
    )
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)
    assert not re.search(r"bindTooltip|bindPopup|divIcon", text), "Leaflet's texts are markup"
    assert text.count("\n") <= 500


def test_every_own_script_is_loaded_once_in_order():
    maps = (LIVE_SCRIPTS, COMING_SCRIPTS, PLAN_SCRIPTS, EVENT_SCRIPTS)
    every = {EARLY, *(name for scripts in maps for name in scripts)}
    assert sorted(f"{name}.js" for name in every) == [p.relative_to(ASSETS / "wangge").as_posix() for p in OWN]
    assert SCRIPTS[0] == "core/base"
    assert SCRIPTS[-1] == "core/start"
    for scripts in maps:
        assert scripts[-1] == SCRIPTS[-1]
        assert len(set(scripts)) == len(scripts)
        own = ("live/", "coming/", "plan/", "event/")
        assert [name for name in scripts if not name.startswith(own)] == list(SCRIPTS)


def test_every_bundle_holds_its_scripts_whole_and_in_order():
    assert {LIVE_SCRIPTS, COMING_SCRIPTS, PLAN_SCRIPTS, EVENT_SCRIPTS, SCRIPTS} == set(BUNDLES.values())
    for name, scripts in BUNDLES.items():
        text = read_bundle(name)
        places = [text.index((ASSETS / "wangge" / f"{one}.js").read_text(encoding="utf-8")) for one in scripts]
        assert places == sorted(places)
        assert re.fullmatch(rf"/assets/scripts/{name}\.js\?v=[0-9a-f]{{12}}", bundle_url(name))


def test_every_text_of_the_scripts_is_translated():
    texts = script_texts()
    same = [text for text, shown in texts["zh_CN"].items() if shown == text]
    assert same == []
    assert "Legend" in texts["en"]


@pytest.mark.parametrize("path", OWN, ids=lambda p: p.name)
def test_own_scripts_parse(path: Path):
    node = subprocess.run(["which", "node"], capture_output=True, text=True, check=False).stdout.strip()
    if not node:
        pytest.skip("node is missing: the browser tests parse them too")
    assert subprocess.run([node, "--check", str(path)], capture_output=True, check=False).returncode == 0
