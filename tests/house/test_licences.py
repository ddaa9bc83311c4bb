"""What the product may be shipped with: nothing under the GPL or AGPL at run time, and the list in docs says so."""

import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import licences  # noqa: E402

PINS = licences.pins("requirements.lock")


@pytest.mark.parametrize("name", PINS)
def test_no_strong_copyleft_at_run_time(name):
    assert not licences.STRONG_COPYLEFT.search(licences.licence_of(name)), "GPL or AGPL at run time"


@pytest.mark.parametrize("name", PINS)
def test_every_licence_is_known(name):
    assert licences.licence_of(name) not in ("", "UNKNOWN")


def test_strong_copyleft_is_recognised():
    for text in ("GPL-3.0-only", "GNU General Public License v3", "AGPL-3.0", "GPLv2+"):
        assert licences.STRONG_COPYLEFT.search(text)
    for text in ("LGPL-3.0", "MIT", "Apache-2.0", "GNU Lesser General Public License v3 (LGPLv3)"):
        assert not licences.STRONG_COPYLEFT.search(text)


def test_list_in_docs_is_fresh():
    assert (ROOT / "docs" / "licences.md").read_text(encoding="utf-8") == licences.table(), "make tables"


def test_locks_hold_pins_alone():
    for name in ("requirements.lock", "requirements-test.lock"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()[1:]
        names = [line.split("==")[0] for line in lines]
        assert all(re.fullmatch(r'[a-z0-9-]+==[\w.!+]+(;[\w "=]+)?', line) for line in lines)
        assert names == sorted(names)


def test_environment_is_the_locked_one():
    different = {}
    for name, pinned in (PINS | licences.pins("requirements-test.lock")).items():
        try:
            found = version(name)
        except PackageNotFoundError:
            found = "missing"
        if found != pinned:
            different[name] = (pinned, found)
    assert not different, "make setup, or make lock after a change of requirements"


def test_everything_needed_is_locked():
    for file, locks in (
        ("requirements.txt", ("requirements.lock",)),
        ("requirements-test.txt", ("requirements.lock", "requirements-test.lock")),
    ):
        wanted = [
            re.split(r"[<>=!~\[; ]", line)[0].lower()
            for line in (ROOT / file).read_text().splitlines()
            if line[:1].isalpha()
        ]
        locked = set().union(*(licences.pins(lock) for lock in locks))
        assert set(wanted) <= locked


def test_run_time_imports_in_one_process():
    """Every run-time dependency loads beside all others, in both orders."""
    modules = [licences.module_of(line) for line in licences.asked("requirements.txt")]
    for order in (modules, modules[::-1]):
        code = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)"
        done = subprocess.run(
            [sys.executable, "-c", code, *order], capture_output=True, text=True, check=False, timeout=300
        )
        assert done.returncode == 0, done.stderr


def test_vendored_assets_carry_a_licence():
    vendored = [p for p in (ROOT / "assets").rglob("*") if p.is_dir() and any(c.suffix == ".js" for c in p.iterdir())]
    bare = []
    for folder in vendored:
        around = [folder, *folder.parents[: len(folder.relative_to(ROOT / "assets").parts)]]
        if not any(re.match(r"(LICEN[CS]E|COPYING)", file.name, re.I) for place in around for file in place.iterdir()):
            bare.append(folder.relative_to(ROOT).as_posix())
    assert not [name for name in bare if "vendor" in name]
