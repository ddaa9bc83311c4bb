"""/api/features/<layer>: what a layer draws, inside the caller's scope, at the detail the zoom needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

import layers
from api.ask import (
    open_desk,
    read_bbox,
    read_borders,
    read_level,
    read_period,
    read_text,
    read_whole,
    read_within,
    read_zoom,
)
from api.feeds.areas import feed_areas, feed_outlines
from api.feeds.lines import feed_shapes
from api.feeds.points import feed_cells, feed_points
from api.feeds.tracks import feed_tracks
from api.kept import reply_kept
from api.replies import answers, missing
from geo.catalogue import discover
from layers._spec import LayerSpec


def catalogue() -> dict[str, LayerSpec]:
    """Return every layer there is, by its name."""
    return discover(layers)


def _area_options(request: Request, desk: Any) -> dict[str, Any]:
    borders = read_borders(request, desk)
    return {
        "level": read_level(request, desk),
        "within": read_within(request, desk, borders),
        "borders": borders,
        "detail": read_whole(request, "detail", low=0, high=3, default=1),
    }


def _point_options(request: Request, desk: Any) -> dict[str, Any]:
    start, end = read_period(request, desk)
    return {
        "start": start,
        "end": end,
        "within": read_within(request, desk),
        "category": read_text(request, "category"),
        "box": read_bbox(request),
        "zoom": read_zoom(request),
    }


def _cell_options(request: Request, desk: Any) -> dict[str, Any]:
    return {"within": read_within(request, desk), "box": read_bbox(request), "zoom": read_zoom(request)}


def _shape_options(request: Request, desk: Any) -> dict[str, Any]:  # noqa: ARG001
    return {"detail": read_whole(request, "detail", low=0, high=2, default=1), "box": read_bbox(request)}


def _track_options(request: Request, desk: Any) -> dict[str, Any]:
    start, end = read_period(request, desk)
    detail = read_whole(request, "detail", low=0, high=2, default=1)
    return {"start": start, "end": end, "within": read_within(request, desk), "detail": detail}


FORMS: dict[str, tuple[Callable[[Request, Any], dict[str, Any]], Callable[..., dict[str, Any]]]] = {
    "areas": (_area_options, feed_areas),
    "labels": (_area_options, feed_areas),
    "outlines": (_area_options, feed_outlines),
    "points": (_point_options, feed_points),
    "cells": (_cell_options, feed_cells),
    "lines": (_shape_options, feed_shapes),
    "shapes": (_shape_options, feed_shapes),
    "tracks": (_track_options, feed_tracks),
}
"""For each form of a feed: how its options are read from a request, and what makes it."""


def build_feed(desk: Any, name: str, **options: Any) -> dict[str, Any]:
    """Return what layer `name` draws; `options` are those of its form in FORMS."""
    spec = catalogue()[name]
    return FORMS[spec.feed][1](desk, spec, **options)


def _key(options: dict[str, Any]) -> tuple[Any, ...]:
    return tuple((k, v.isoformat() if isinstance(v, datetime) else v) for k, v in sorted(options.items()))


@answers
def features(request: Request) -> Response:
    """Answer with the features of one layer."""
    desk = open_desk(request)
    name = request.path_params["layer"]
    spec = catalogue().get(name)
    if spec is None:
        raise missing(name)
    options = FORMS[spec.feed][0](request, desk)
    return reply_kept(request, desk, ("features", name, _key(options)), lambda: build_feed(desk, name, **options))
