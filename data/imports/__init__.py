"""Bringing files into the store: preview, map, check, place, stage, publish."""

from data.imports.importing import import_file, preview_file
from data.imports.options import ImportOptions, ImportReport, Preview
from data.imports.placing import Placement, Placer, assign

__all__ = [
    "ImportOptions",
    "ImportReport",
    "Placement",
    "Placer",
    "Preview",
    "assign",
    "import_file",
    "preview_file",
]
