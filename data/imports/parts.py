"""Loose files that are one: a shapefile dropped as its .shp, .dbf, .shx and .prj."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from geo.errors import SchemaError, name_few, say

PARTS = {
    ".shp": (".dbf", ".shx", ".prj", ".cpg", ".qpj", ".sbn", ".sbx", ".qix", ".shp.xml"),
    ".tab": (".dat", ".map", ".id", ".ind"),
    ".mif": (".mid",),
}
"""Ending of the file that is read -> endings of the files that lie beside it."""


def main_part(names: Sequence[str]) -> str:
    """
    Return the one file to read out of files dropped together.

    Raises
    ------
    SchemaError
        If they are not the parts of one file.

    Examples
    --------
    >>> main_part(["网格.dbf", "网格.SHP", "网格.prj"]), main_part(["beats.geojson"])
    ('网格.SHP', 'beats.geojson')
    """
    if len(names) == 1:
        return names[0]
    for main, beside in PARTS.items():
        mains = [name for name in names if ending(name) == main]
        if len(mains) != 1:
            continue
        stem = stem_of(mains[0])
        if all(name == mains[0] or (ending(name) in beside and stem_of(name) == stem) for name in names):
            return mains[0]
    raise SchemaError(
        say("one file, or the parts of one shapefile (.shp with its .dbf, .shx, .prj, .cpg)"),
        say("{count} files: {names}", count=len(names), names=name_few(names)),
        say("drop them one after the other, or the parts of one file together"),
    )


def ending(name: str) -> str:
    """
    Return the ending in small letters, a shapefile's description by both of its endings.

    Examples
    --------
    >>> ending("a.SHP"), ending("a.shp.xml")
    ('.shp', '.shp.xml')
    """
    lower = name.lower()
    return ".shp.xml" if lower.endswith(".shp.xml") else PurePath(lower).suffix


def stem_of(name: str) -> str:
    """Return the name without its ending, in small letters."""
    return PurePath(name).name.lower().removesuffix(ending(name))


def kept_name(name: str, stem: str) -> str:
    """
    Return what a part is called where it is put: the stem of the main file and its own ending in small letters.

    Examples
    --------
    >>> kept_name("A.DBF", "A"), kept_name("a.shp.xml", "A")
    ('A.dbf', 'A.shp.xml')
    """
    return stem + ending(name)
