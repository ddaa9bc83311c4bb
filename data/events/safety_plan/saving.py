"""Writing the safety plan to a file, whole or not at all; and what keeps a plan from being final."""

from __future__ import annotations

from pathlib import Path

from data.events.safety_plan.facts import PlanFacts, open_checks
from data.events.safety_plan.html import html_of
from data.events.safety_plan.structure import Document
from geo.contracts import raise_faults
from geo.errors import FormatError, SchemaError, say

MOST_NAMED = 20
ENDINGS = (".html", ".docx")


def require_final(facts: PlanFacts, language: str = "en") -> None:
    """
    Raise where the plan cannot be final: its open and refused checks in one message, the first 20 in words.

    Raises
    ------
    SchemaError
        With the list, refused checks first.
    """
    found = open_checks(facts, language)
    faults = [say("{text}", text=one) for one in found[:MOST_NAMED]]
    if len(found) > MOST_NAMED:
        faults.append(say("and {count} more", count=len(found) - MOST_NAMED))
    raise_faults(SchemaError, say("a safety plan without open checks, to be final"), faults,
                 say("settle them, or write a draft"))  # fmt: skip


def rendered(document: Document, ending: str) -> bytes:
    """Return the document as the bytes of an .html or .docx file."""
    if ending == ".docx":
        from data.events.safety_plan.word import word_of

        return word_of(document)
    return html_of(document).encode("utf-8")


def require_ending(path: Path) -> str:
    """Return the ending of a path a safety plan may be written to; FormatError for another."""
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise FormatError(say("a file that ends in {endings}", endings=" / ".join(ENDINGS)),
                          say("{name}", name=path.name), say("rename it"))  # fmt: skip
    if not path.absolute().parent.is_dir():
        raise FormatError(
            say("a folder that exists"), say("no folder {name}", name=str(path.parent)), say("make the folder first")
        )
    return ending


def write_safety_plan(document: Document, path: Path) -> None:
    """Write the document in the format the ending says; the file appears whole or not at all."""
    content = rendered(document, require_ending(path))
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
