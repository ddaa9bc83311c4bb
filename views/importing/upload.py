"""The file at hand: kept while the session looks at it, read once for each set of options."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path
from typing import Any

import streamlit as st

from data.imports import ImportOptions, Preview, preview_file
from data.imports.parts import kept_name, main_part
from geo.errors import GridError
from views.importing.evidence import forget_answers
from views.importing.looking import forget_looks
from views.importing.options import forget_options

KEPT, PREVIEWS, MOST_PREVIEWS = "import_kept", "import_previews", 3


class UploadFolder:
    """A temporary folder that goes when nobody holds it any more."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="wangge-upload-"))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


def keep_uploads(uploads: list[Any]) -> Path:
    """
    Put what was dropped into a temporary folder, once, and return the file to read.

    The folder goes when the session's object does.

    Raises
    ------
    SchemaError
        If several files are not the parts of one.
    """
    ids = tuple(sorted(one.file_id for one in uploads))
    kept = st.session_state.get(KEPT)
    if kept is None or kept[0] != ids:
        forget_file()
        names = [Path(one.name).name or "upload" for one in uploads]
        main = main_part(names)
        stem = Path(main).stem
        folder = UploadFolder()
        for one, name in zip(uploads, names, strict=True):
            target = name if len(names) == 1 else kept_name(name, stem)
            (folder.path / target).write_bytes(one.getbuffer())
        path = folder.path / (main if len(names) == 1 else kept_name(main, stem))
        kept = (ids, path, folder)
        st.session_state[KEPT] = kept
    return Path(kept[1])


def forget_file() -> None:
    """Let the file at hand and all that was worked out of it go."""
    forget_answers()
    forget_looks()
    forget_options()
    for name in (KEPT, PREVIEWS):
        st.session_state.pop(name, None)


def preview_once(path: Path, kind: str, options: ImportOptions, workspace: str) -> Preview | GridError:
    """Preview once per file and options of this session; the oldest of several is let go."""
    key = (str(path), kind, repr(options), workspace)
    kept = st.session_state.setdefault(PREVIEWS, {})
    if key not in kept:
        try:
            kept[key] = preview_file(path, kind, options, workspace=workspace)
        except GridError as error:
            kept[key] = error
        for old in list(kept)[:-MOST_PREVIEWS]:
            del kept[old]
    return kept[key]
