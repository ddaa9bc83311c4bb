"""The layering rules, as a test. Change a rule here, in the open, or not at all."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAY_IMPORT = {
    "geo": {"geo"},
    "data": {"data", "geo"},
    "layers": {"layers", "geo"},
    "api": {"api", "layers", "data", "geo"},
    "views": {"views", "layers", "data", "geo"},
    "app": {"views", "api", "layers", "data", "geo"},
    "commands": {"commands", "bench", "data", "geo"},
    "cli": {"commands", "data", "geo"},
    "bench": {"bench", "data", "geo"},
}
ROOMS = set(MAY_IMPORT)
WEB = {"streamlit", "streamlit_folium", "starlette", "uvicorn"}
MAPS = {"folium", "branca", "streamlit_folium"}
OUTSIDE = {"requests", "httpx", "urllib3", "http", "socket", "ftplib", "smtplib"}
STORES = {"sqlite3", "sqlalchemy", "alembic", "duckdb", "pyogrio", "pyarrow"}
CLOCK_AND_CHANCE = {"time", "random", "secrets", "uuid"}
FILES = {"os", "pathlib", "shutil", "tempfile", "io", "glob", "subprocess"}
FORBIDDEN = {
    "geo": WEB | MAPS | OUTSIDE | STORES | CLOCK_AND_CHANCE | FILES,
    "data": WEB | MAPS,
    "layers": WEB | OUTSIDE | STORES,
    "api": {"streamlit_folium", "sqlite3"},
    "views": {"folium", "streamlit_folium", "sqlite3", "sqlalchemy"},
    "cli": WEB | MAPS | {"sqlite3", "sqlalchemy"},
    "commands": WEB | MAPS | {"sqlite3", "sqlalchemy"},
}
# The service's own address is the one thing a command hands to another room's process: see docs/commands.md.
EXCEPTIONS = {("commands", "api"): {"commands/export.py"}}
NAMES_OF_OTHERS = {"process_bind_param", "process_result_value"}  # methods SQLAlchemy calls
MAX_FILE_LINES = 500
MAX_BODY_LINES = 60
BANNED_NAMES = re.compile(r"(^|_)(utils?|helpers?|managers?|misc)($|_)|^_?(process|handle|do)_")
CLOCK_CALLS = re.compile(
    r"\b(datetime|date|dt|pd\.Timestamp|Timestamp)\.(now|utcnow|today)\(|\btime\.(time|monotonic|perf_counter)\("
)
GLOBAL_CHANCE = re.compile(
    r"\bnp\.random\.(?!Generator\b|default_rng\b|SeedSequence\b|PCG64\b)\w+|^import random\b", re.M
)
CLOCK_WORDS = {"elapsed", "took", "perf_counter", "monotonic", "seconds_taken", "duration_s"}


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def sources() -> list[Path]:
    own = [ROOT / f"{room}.py" for room in ROOMS] + [p for room in ROOMS for p in (ROOT / room).rglob("*.py")]
    return sorted(p for p in own if p.exists() and "__pycache__" not in p.parts)


def suites() -> list[Path]:
    return sorted(p for p in (ROOT / "tests").rglob("*.py") if "__pycache__" not in p.parts)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(tree: ast.Module) -> set[str]:
    """Top-level names of everything imported, deep in functions too."""
    names = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    names |= {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module and not n.level}
    return {name.split(".")[0] for name in names}


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[0]
    doc = (first.end_lineno or 0) - first.lineno + 1 if ast.get_docstring(function) else 0
    return (function.end_lineno or 0) - function.lineno + 1 - doc


def functions(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def clock_asserts(tree: ast.Module) -> list[int]:
    """Lines of the asserts that name a clock."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            words = {n.id for n in ast.walk(node.test) if isinstance(n, ast.Name)}
            words |= {n.attr for n in ast.walk(node.test) if isinstance(n, ast.Attribute)}
            found += [node.lineno] if words & CLOCK_WORDS else []
    return found


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_arrows_point_down(path):
    room = room_of(path)
    used = imported(ast.parse(path.read_text(encoding="utf-8")))
    allowed = MAY_IMPORT[room] | {
        target for (own, target), names in EXCEPTIONS.items() if own == room and name_of(path) in names
    }
    assert not (used & ROOMS) - allowed, "points the wrong way"
    assert not used & FORBIDDEN.get(room, set()), "uses a library its room must not know"


@pytest.mark.parametrize("path", sources() + suites(), ids=name_of)
def test_files_and_functions_stay_small(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MAX_FILE_LINES
    for function in functions(ast.parse(text)):
        assert body_lines(function) <= MAX_BODY_LINES, f"{function.name} is too long"


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_names_say_what_they_are(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    parts = [part.removesuffix(".py") for part in path.relative_to(ROOT).parts]
    names = parts + [f.name for f in functions(tree)] + [n.name for n in ast.walk(tree) if isinstance(n, ast.ClassDef)]
    assert not [n for n in names if BANNED_NAMES.search(n) and n not in NAMES_OF_OTHERS]
    assert "pages" not in parts, "Streamlit's old multipage mode wakes beside the script"


@pytest.mark.parametrize("path", [p for p in sources() if room_of(p) == "geo"], ids=name_of)
def test_geo_has_no_clock_no_chance_and_no_file(path):
    text = path.read_text(encoding="utf-8")
    assert not CLOCK_CALLS.search(text), "`now` comes in as an argument"
    assert not GLOBAL_CHANCE.search(text), "a Generator comes in as an argument"
    calls = [n.func for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Call)]
    assert "open" not in {f.id for f in calls if isinstance(f, ast.Name)}


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_chance_has_a_seed(path):
    assert not GLOBAL_CHANCE.search(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", suites(), ids=name_of)
def test_no_test_asserts_on_the_wall_clock(path):
    if "prove" not in path.parts and "prove" not in path.stem:
        assert not clock_asserts(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_public_functions_are_typed(path):
    """Every argument and result of a public function of a room is typed; mypy checks the rest."""
    bare = []
    for function in functions(ast.parse(path.read_text(encoding="utf-8"))):
        arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        untyped = [a.arg for a in arguments if a.annotation is None and a.arg not in ("self", "cls")]
        if not function.name.startswith("_") and (untyped or function.returns is None):
            bare.append(f"{function.name}({', '.join(untyped)})")
    assert not bare


def test_the_rules_can_fail():
    wrong = ast.parse("def f():\n    import streamlit\n    from data import store\n")
    assert imported(wrong) == {"streamlit", "data"}
    assert body_lines(functions(ast.parse("def f():\n    'doc'\n    a = 1\n    return a\n"))[0]) == 3
    assert BANNED_NAMES.search("grid_utils")
    assert BANNED_NAMES.search("process_rows")
    assert CLOCK_CALLS.search("x = datetime.now(UTC)")
    assert GLOBAL_CHANCE.search("np.random.seed(1)")
    assert not GLOBAL_CHANCE.search("np.random.default_rng(1)")
    assert clock_asserts(ast.parse("assert elapsed < 3")) == [1]
    assert clock_asserts(ast.parse("assert time.perf_counter() - start < 3")) == [1]
