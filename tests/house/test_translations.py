"""Every text a person can read has its Chinese, with the same values in it."""

import ast
import re
from collections import defaultdict
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

import data.kinds
from data.language import ONE, catalogue, translate, translate_say
from geo.catalogue import discover
from geo.errors import Say

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "data" / "locale" / "zh_CN" / "LC_MESSAGES"
ROOMS = ("geo", "data", "layers", "api", "views")
CALLS = {"t", "say", "translate", "N_"}
SPEC_TEXTS = {"title", "help"}
SPECS = re.compile(r"(Spec|Field|Setting)$")
JS_TEXT = re.compile(r"""\bt\(\s*(["'`])((?:(?!\1).)+)\1""")


def text_of(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def texts_of_python(source: str) -> set[str]:
    """Texts given to a translating call, and titles and helps of specs."""
    found: set[str | None] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in CALLS and node.args:
                found |= {text_of(choice) for choice in choices(node.args[0])}
            if SPECS.search(name):
                found |= {text_of(k.value) for k in node.keywords if k.arg in SPEC_TEXTS}
    return {text for text in found if text and re.search(r"[A-Za-z]{2}", re.sub(r"\{[^{}]*\}", "", text))}


def choices(node: ast.expr) -> list[ast.expr]:
    """Both arms of `a if b else c`, so that neither hides."""
    return [*choices(node.body), *choices(node.orelse)] if isinstance(node, ast.IfExp) else [node]


def texts_in_code() -> dict[str, set[str]]:
    where: dict[str, set[str]] = defaultdict(set)
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            for text in texts_of_python(path.read_text(encoding="utf-8")):
                where[text].add(path.relative_to(ROOT).as_posix())
    for path in own_scripts():
        for match in JS_TEXT.finditer(path.read_text(encoding="utf-8")):
            where[match.group(2)].add(path.relative_to(ROOT).as_posix())
    return where


def own_scripts() -> list[Path]:
    """Scripts of this project; vendored ones stand in folders of their own with a licence beside them."""
    return [p for p in (ROOT / "assets").rglob("*.js") if not any("vendor" in part for part in p.parts)]


def catalogues() -> dict[Path, object]:
    found = {}
    for path in sorted(LOCALE.glob("*.po")):
        with path.open("rb") as file:
            found[path] = read_po(file)
    return found


def translations() -> dict[str, str]:
    return {str(m.id): str(m.string) for po in catalogues().values() for m in po if m.id and m.string}


def fields(text: str) -> set[str]:
    return {re.split(r"[.\[!:]", name)[0] for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_text_has_its_chinese():
    known = translations()
    missing = {text: sorted(where)[0] for text, where in sorted(texts_in_code().items()) if text not in known}
    assert not missing, "\n".join(f"{where}: {text}" for text, where in missing.items())


def test_every_allowed_value_has_its_chinese():
    """What a field may hold is shown to people, so `village_group` is not enough."""
    known = translations()
    values = {value for spec in discover(data.kinds).values() for one in spec.fields for value in one.allowed if value}
    assert not values - set(known)


COUNTED = re.compile(
    r"\{count\} (?:open |saved |viewing |duty |invalid |closed |merged |dedicated )?[a-z-]+(?:s|people)\b"
)
AT_LEAST_TWO = {
    "{count} areas on one footprint",
    "{rows} rows share {count} ids and were merged as parts of one area: {ids}",
    "{count} dimensions",
    "{count} micro-grids are too many for one map: choose a town or village below",
    "{count} rows have the id {id} and lie on each other",
    "{count} rows have the id {id} and share a border",
}


def test_english_counts_one_thing_as_one():
    """What is counted has its English for one, with the same values in it."""
    one = catalogue(ONE)
    counted = {text for text in texts_in_code() if COUNTED.search(text)} - AT_LEAST_TWO
    assert not counted - set(one)
    assert not set(one) - set(texts_in_code())
    assert not [text for text, said in one.items() if fields(text) != fields(said)]
    say_one = Say("{count} open checks", {"count": 1})
    assert translate_say(say_one, "en") == "1 open check"
    assert translate("{count} open checks", "en", count="1,001") == "1,001 open checks"


def test_texts_are_found_at_all():
    assert texts_of_python('t("Open incidents"); say("a {b}", b=1); KindSpec(title="areas", help="x y")') == {
        "Open incidents",
        "areas",
    }
    assert texts_of_python('t("One way" if x else "Other way")') == {"One way", "Other way"}
    assert len(texts_in_code()) > 100


@pytest.mark.parametrize("path", sorted(LOCALE.glob("*.po")), ids=lambda p: p.stem)
def test_values_are_the_same_in_both_languages(path):
    with path.open("rb") as file:
        wrong = [str(m.id) for m in read_po(file) if m.id and m.string and fields(str(m.id)) != fields(str(m.string))]
    assert not wrong


@pytest.mark.parametrize("path", sorted(LOCALE.glob("*.po")), ids=lambda p: p.stem)
def test_translations_are_chinese(path):
    """A translation holds Chinese, unless the text is a mere name, unit or number."""
    with path.open("rb") as file:
        bare = [
            str(m.id)
            for m in read_po(file)
            if m.id and " " in str(m.id) and not re.search("[\u4e00-\u9fff]", str(m.string))
        ]
    assert not bare


def test_one_text_has_one_translation():
    seen: dict[str, tuple[str, str]] = {}
    clashes = []
    for path, po in catalogues().items():
        for message in po:
            if not message.id or not message.string:
                continue
            text, chinese = str(message.id), str(message.string)
            if text in seen and seen[text][1] != chinese:
                clashes.append(f"{text}: {seen[text][0]} {seen[text][1]}, {path.stem} {chinese}")
            seen.setdefault(text, (path.stem, chinese))
    assert not clashes, "\n".join(clashes)
