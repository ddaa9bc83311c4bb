"""The documents tell the truth: everything there is stands in them, and every link leads somewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

import data.kinds
import data.settings
from cli import app
from data.language import translate
from geo.catalogue import discover
from views.frame import PAGES

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import tables  # noqa: E402

DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HAN = re.compile("[\u4e00-\u9fff]")


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def commands() -> dict[str, object]:
    return dict(typer.main.get_command(app).commands)


def options() -> list[tuple[str, str]]:
    return [
        (name, max(parameter.opts, key=len))
        for name, command in commands().items()
        for parameter in command.params
        if parameter.param_type_name == "option" and parameter.name != "help"
    ]


def section(text: str, command: str) -> str:
    """The part of docs/commands.md about one command."""
    found = re.search(rf"^## `wangge {command}\b.*?(?=^## |\Z)", text, re.M | re.S)
    assert found, f"docs/commands.md has no section on wangge {command}"
    return found.group(0)


@pytest.mark.parametrize(("command", "option"), options())
def test_every_option_is_documented(command, option):
    text = page("commands.md")
    shared = section(text, "COMMAND")
    assert f"`{option}" in section(text, command) or f"`{option}" in shared


def test_no_document_names_an_option_there_is_not():
    known = {option for _, option in options()} | {"--help"}
    own = [ROOT / "README.md", ROOT / "README.zh-CN.md", ROOT / "docs" / "commands.md"]
    for path in own:
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "wangge " in line]
        used = {word for line in lines for word in re.findall(r"(?<![\w-])--[a-z][a-z-]+", line)}
        assert used <= known, path.name


def test_the_contract_of_the_command_line_is_kept():
    """The forms people script against: command -> options that must stay."""
    must = {
        "serve": {"--host", "--port", "--tls-cert", "--tls-key"},
        "demo": {"--county", "--scale", "--days"},
        "import": {"--as", "--level", "--id", "--name", "--parent", "--crs", "--valid-from", "--map", "--lon", "--lat"}
        | {"--area", "--address"},
        "check": {"--id", "--parent", "--parent-id", "--households", "--band", "--crs", "--json", "--out"},
        "locate": {"--areas", "--id", "--points", "--lon", "--lat", "--crs", "--out"},
        "coverage": {"--level", "--from", "--to", "--metric", "--boundaries", "--out"},
        "crosswalk": {"--from", "--to", "--level", "--out"},
        "export": {"--out"},
        "egress": {"--report"},
        "plan": {"--units", "--id", "--size", "--within", "--band", "--bands", "--barriers", "--current", "--workload"}
        | {"--max-change", "--seed", "--out", "--report"},
        "cover": {
            "--demand",
            "--weight",
            "--sites",
            "--radius",
            "--matrix",
            "--posts",
            "--fixed",
            "--capacity",
            "--backup",
        }
        | {"--report"},
    }
    found = {name: {option for command, option in options() if command == name} for name in commands()}
    assert not {name: wanted - found[name] for name, wanted in must.items() if wanted - found[name]}


@pytest.mark.parametrize("name", tables.PAGES)
def test_written_tables_are_fresh(name):
    assert page(name) == tables.PAGES[name](), "make tables"


def test_every_page_is_documented():
    """Each page of the navigation stands in both readmes by its title."""
    titles = [title for _, title, *_ in PAGES]
    assert len(titles) >= 6
    for path in (ROOT / "README.md", ROOT / "README.zh-CN.md"):
        text = path.read_text(encoding="utf-8")
        shots = {url for url in LINK.findall(text) if "screenshots" in url}
        assert len(shots) >= len(titles), f"{path.name}: one picture per page"
    english = (ROOT / "README.md").read_text(encoding="utf-8")
    assert not [title for title in titles if f"**{title}**" not in english]
    chinese = (ROOT / "README.zh-CN.md").read_text(encoding="utf-8")
    assert not [title for title in titles if f"**{translate(title, 'zh_CN')}**" not in chinese]


def heading_anchor(line: str) -> str:
    return re.sub(r"[^\w\- ]", "", line.lstrip("#").strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_link_resolves(path):
    broken = []
    for url in LINK.findall(path.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", url):
            continue
        name, _, anchor = url.partition("#")
        target = path if not name else (path.parent / name)
        if not target.exists():
            broken.append(url)
        elif anchor:
            heads = {heading_anchor(x) for x in target.read_text(encoding="utf-8").splitlines() if x.startswith("#")}
            broken += [] if anchor in heads else [url]
    assert not broken


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_files_named_in_documents_exist(path):
    """`data/settings.py` and the like, in backquotes, are really there."""
    rooms = "geo|data|layers|api|views|commands|tests|docs|tools|assets|bench"
    named = re.findall(rf"`((?:{rooms})/[\w./-]+\.(?:py|md|toml|js|txt))`", path.read_text(encoding="utf-8"))
    assert not [name for name in named if not (ROOT / name).exists()]


def glossary() -> dict[str, str]:
    """Chinese by English term, from the table of docs/glossary.md."""
    rows = [line.strip("| \n").split("|") for line in page("glossary.md").splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in row] for row in rows]
    return {row[0].strip("`"): row[1] for row in cells if len(row) >= 3 and HAN.search(row[1])}


def test_glossary_holds_every_kind_level_and_role():
    terms = {term.lower() for term in glossary()}
    wanted = {spec.title for spec in discover(data.kinds).values()}
    wanted |= {"county", "town", "village", "grid", "micro-grid", "household", "dedicated grid", "footprint"}
    wanted |= {"administrator", "duty officer", "planner", "organizer", "village officer", "grid worker", "viewer"}
    wanted |= {"grid head", "micro-grid head", "stand-in"}
    assert not {term for term in wanted if term.lower() not in terms}


def test_kinds_agree_with_the_glossary():
    """The words of the glossary are the words on the pages."""
    known = {term.lower(): chinese for term, chinese in glossary().items()}
    for spec in discover(data.kinds).values():
        assert translate(spec.title, "zh_CN") in known[spec.title.lower()]


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_documents_speak_of_the_project_alone(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.])/(tmp|root|work|home/\w+)/", text), "a path of one machine"
    assert not re.search(r"\bTODO\b|\bFIXME\b|lorem ipsum", text, re.I)


def test_ci_runs_the_tests_and_nothing_else():
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("#!")
    assert lines[-1] == "exec make test"


@pytest.mark.parametrize("target", ["setup", "run", "test", "check", "prove", "screenshots", "lock", "tables", "clean"])
def test_every_target_can_be_made(target):
    done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert target in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_every_setting_says_where_it_comes_from():
    for setting in data.settings.SETTINGS:
        assert setting.unit
        assert setting.help
        assert setting.source
        assert re.fullmatch(r"[a-z][a-z0-9_]*", setting.name)
