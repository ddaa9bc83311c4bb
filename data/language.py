"""Chinese and English: gettext catalogues read with Babel, English texts in the code as their keys."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

from geo.errors import GridError, Say

LANGUAGES = ("zh_CN", "en")
LOCALE = Path(__file__).parent / "locale"


@lru_cache
def catalogue(language: str) -> dict[str, str]:
    """Return {English text: translation} from every .po file of `language`."""
    texts: dict[str, str] = {}
    for path in sorted((LOCALE / language / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as file:
            texts |= {str(m.id): str(m.string) for m in read_po(file) if m.id and m.string}
    return texts


def translate(text: str, language: str, **values: Any) -> str:
    """
    Return `text` in `language` with `values` put in; English where there is no translation.

    Examples
    --------
    >>> translate("{count} rows", "en", count=3)
    '3 rows'
    """
    shown = catalogue(language).get(text, text)
    return shown.format(**values) if values else shown


def translator(language: str) -> Callable[..., str]:
    """Return `translate` bound to one language: `t = translator("zh_CN"); t("Open incidents")`."""
    return partial(translate, language=language)


def translate_say(sentence: Say, language: str) -> str:
    """Return one sentence of an error in `language`."""
    values = {k: translate_say(v, language) if isinstance(v, Say) else v for k, v in sentence.values.items()}
    return catalogue(language).get(sentence.template, sentence.template).format(**values)


def translate_error(error: GridError, language: str) -> str:
    """Return the three parts of an error as one message in `language`."""
    parts = (error.expected, error.found, error.remedy)
    return translate(
        "expected: {expected}; found: {found}; to do: {remedy}",
        language,
        **dict(zip(("expected", "found", "remedy"), (translate_say(p, language) for p in parts), strict=True)),
    )
