"""Chinese and English: gettext catalogues read with Babel, English texts in the code as their keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

from geo.errors import GridError, Say

LANGUAGES = ("zh_CN", "en")
ONE = "en@one"
"""The catalogue of English texts that read otherwise where `count` is 1."""
LOCALE = Path(__file__).parent / "locale"


@lru_cache
def catalogue(language: str) -> dict[str, str]:
    """Return {English text: translation} from every .po file of `language`."""
    texts: dict[str, str] = {}
    for path in sorted((LOCALE / language / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as file:
            texts |= {str(m.id): str(m.string) for m in read_po(file) if m.id and m.string}
    return texts


def worded(text: str, language: str, values: Mapping[str, Any]) -> str:
    """Return the words of `text` in a language, before values are put in; English has others where `count` is 1."""
    one = catalogue(ONE).get(text) if language == "en" and str(values.get("count")) == "1" else None
    return one or catalogue(language).get(text, text)


def translate(text: str, language: str, **values: Any) -> str:
    """
    Return `text` in `language` with `values` put in; English where there is no translation.

    Examples
    --------
    >>> translate("{count} exits", "en", count=3), translate("{count} exits", "en", count=1)
    ('3 exits', '1 exit')
    """
    shown = worded(text, language, values)
    return shown.format(**values) if values else shown


def translator(language: str) -> Callable[..., str]:
    """Return `translate` bound to one language: `t = translator("zh_CN"); t("Open incidents")`."""
    return partial(translate, language=language)


def translate_say(sentence: Say, language: str) -> str:
    """Return one sentence of an error in `language`."""
    values = {k: translate_say(v, language) if isinstance(v, Say) else v for k, v in sentence.values.items()}
    return worded(sentence.template, language, values).format(**values)


def translate_error(error: GridError, language: str) -> str:
    """Return the three parts of an error as one message in `language`."""
    parts = (error.expected, error.found, error.remedy)
    return translate(
        "expected: {expected}; found: {found}; to do: {remedy}",
        language,
        **dict(zip(("expected", "found", "remedy"), (translate_say(p, language) for p in parts), strict=True)),
    )
