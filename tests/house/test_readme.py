"""The readmes, followed word for word."""

import os
import re
import subprocess

import pytest

from tests.conftest import ROOT

README = ("README.md", "README.zh-CN.md")


def blocks(name: str) -> list[str]:
    """The shell blocks of a readme, in order."""
    return re.findall(r"^```sh\n(.*?)^```", (ROOT / name).read_text(encoding="utf-8"), re.M | re.S)


def test_both_readmes_give_the_same_commands():
    assert blocks("README.md") == blocks("README.zh-CN.md")
    assert blocks("README.md")[0] == "make setup\nmake run\n"


def test_the_commands_of_the_readme_do_what_it_says(tmp_path):
    """Each line after the first block, in a folder that has `docs` and `.venv` like the project's."""
    for name in ("docs", ".venv"):
        (tmp_path / name).symlink_to(ROOT / name)
    lines = "".join(blocks("README.md")[1:]).splitlines()
    assert len(lines) >= 7
    for line in lines:
        done = subprocess.run(
            line, shell=True, cwd=tmp_path, env=os.environ | {"WANGGE_HOME": str(tmp_path / "var")},
            capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{line}\n{done.stderr}"
    assert (tmp_path / "incidents.gpkg").stat().st_size > 0
    assert (tmp_path / "map.html").stat().st_size > 0


@pytest.mark.parametrize("name", README)
def test_pictures_are_there_and_small(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    for url in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text):
        assert (ROOT / url).is_file(), url
        assert (ROOT / url).stat().st_size < 300_000, url
