"""/map/coming: a file on its way in, drawn over the areas that are there; and the rows it draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from starlette.requests import Request
from starlette.responses import Response

from api.ask import find_account, read_text
from api.feeds.encode import encode_shapes
from api.map_documents import build_map, document_config, read_theme, render_document, script_texts
from api.replies import answers, missing, read_language, reply_json
from data.defects.titles import MARKS, TITLES
from data.imports.shown import Shown, find_shown, thinned
from data.language import translate_say
from data.settings import DEFAULTS
from data.store import open_store, workspaces
from data.store.accounts import LOCAL_ADMINISTRATOR, rights
from geo.areas.defects import Defect

GROUND = "areas,area_outlines,area_labels,water,roads"
CHINA = [73.0, 18.0, 135.0, 53.0]
UNIT = 1e-7
"""Degrees of one step of the numbers sent, a centimetre: a sliver is not rounded away."""


def find_desk(request: Request) -> tuple[str, str, Any]:
    """Return the workspace a file would go to, who asks, and their desk: None where the workspace is yet to be made."""
    workspace = read_text(request, "ws")
    if workspace not in workspaces():
        return workspace, LOCAL_ADMINISTRATOR.account_id, None
    store = open_store(workspace)
    desk = store.desk(find_account(request, workspace, store))
    if not rights(desk.account).imports or desk.account.area_id is not None:
        raise missing(workspace)
    return workspace, desk.account.account_id, desk


def bare_config(workspace: str, *, language: str, theme: str) -> dict[str, Any]:
    """Return the configuration of a map of nothing but the file."""
    return {
        "ws": workspace,
        "title": workspace,
        "synthetic": False,
        "edition": 0,
        "time_zone": str(DEFAULTS["time_zone"]),
        "lang": language,
        "theme": theme,
        "levels": [],
        "bounds": CHINA,
        "texts": script_texts(),
        "attribution": [],
        "tiles": None,
        "state": {"level": "", "lang": language, "theme": theme},
    }


@answers
def coming(request: Request) -> Response:
    """Answer with the map document a file is looked at on before it is taken."""
    workspace, _, desk = find_desk(request)
    language, theme = read_language(request), read_theme(request)
    if desk is None:
        config = bare_config(workspace, language=language, theme=theme)
    else:
        state = {"layers": GROUND}
        config = document_config(desk, workspace=workspace, language=language, theme=theme, state=state)
    return render_document(build_map(desk, config), config, bundle="coming")


@answers
def coming_rows(request: Request) -> Response:
    """Answer with the shapes, points and defects of a dropped file, for the person who dropped it."""
    workspace, account_id, _ = find_desk(request)
    shown = find_shown(request.path_params["token"], account_id, workspace)
    if shown is None:
        raise missing("file")
    return reply_json(request, encode_shown(shown, read_language(request)))


def encode_shown(shown: Shown, language: str) -> dict[str, Any]:
    """Return what the document draws, in whole steps of `unit` degrees."""
    most = int(DEFAULTS["preview_points"])
    as_is = encode_group(shown.shapes, shown.labels, most)
    repaired = None
    if shown.repaired is not None and shown.changed is not None:
        repaired = encode_group(shown.repaired, shown.repaired_labels, most, marked=shown.changed)
    found = [encode_defect(one, language) for one in shown.defects]
    left = [encode_defect(one, language) for one in shown.left]
    kinds = {one.kind for one in (*shown.defects, *shown.left)}
    titles = {kind: translate_say(TITLES[kind], language) for kind in TITLES if kind in kinds}
    bounds = shapely.total_bounds(shown.shapes[~shapely.is_missing(shown.shapes)])
    return {
        "unit": UNIT,
        "bounds": bounds.tolist() if np.isfinite(bounds).all() else None,
        "as_is": as_is,
        "repaired": repaired,
        "defects": found,
        "left": left,
        "kinds": [{"kind": kind, "title": title, "mark": MARKS[kind]} for kind, title in titles.items()],
    }


def encode_group(
    shapes: np.ndarray, labels: list[str], most_points: int, *, marked: np.ndarray | None = None
) -> dict[str, Any]:
    """Return lines and polygons as steps, points as a flat list, with what each is called."""
    kept, rows, is_less = thinned(shapes, most_points)
    is_point = shapely.get_type_id(kept) == 0
    xy = np.rint(shapely.get_coordinates(kept[is_point]) / UNIT).astype(np.int64)
    return {
        "unit": UNIT,
        "ids": [labels[row] for row in rows[~is_point]],
        "shapes": encode_shapes(kept[~is_point], UNIT),
        "is_closed": bool(np.isin(shapely.get_type_id(kept[~is_point]), (3, 6)).all()),
        "marked": [] if marked is None else np.flatnonzero(marked[rows[~is_point]]).tolist(),
        "points": xy.tolist(),
        "point_ids": [labels[row] for row in rows[is_point]],
        "count": len(shapes),
        "is_less": is_less,
    }


def encode_defect(defect: Defect, language: str) -> dict[str, Any]:
    """Return one defect: what it is, where, how large, and its shape."""
    shape = defect.shape if defect.shape is not None and not shapely.is_empty(defect.shape) else None
    return {
        "key": defect.key,
        "kind": defect.kind,
        "ids": ", ".join(defect.ids[:6]),
        "message": translate_say(defect.message, language),
        "area_m2": defect.area_m2,
        "households": defect.households,
        "lon": defect.lon,
        "lat": defect.lat,
        "shape": [] if shape is None else encode_shapes(np.array([shape], dtype=object), UNIT)[0],
        "bounds": None if shape is None else shapely.bounds(shape).tolist(),
    }
