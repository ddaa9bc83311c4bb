"""An event plan as demand points of a placement, and a placement as duty posts of an event plan."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from data.events.posts_ground import ground_of
from data.events.reading import FORMAT, read_event
from data.posts.run import CoverRun
from data.posts.tables import Points, places_of
from geo.crowd.event import Event
from geo.crowd.event.placing import with_posts
from geo.errors import SchemaError, say

HEAD_BYTES = 400
EVERY_M = 20.0


def is_event_file(path: Path) -> bool:
    """Return whether a file says in its first lines that it is an event plan."""
    if path.suffix.lower() != ".json" or not path.is_file():
        return False
    with path.open("rb") as file:
        return f'"{FORMAT}"'.encode() in file.read(HEAD_BYTES)


def points_of_event(path: Path, *, every_m: float = EVERY_M) -> Points:
    """
    Return points of the drawn viewing areas of an EVENT.json: columns id, area_id, people and density (people a m²).

    Every area counts at its fullest, its people spread evenly over its points.

    Raises
    ------
    GridError
        If the file is no event plan, no area is drawn, or nobody is expected.
    """
    event = read_event(path)
    ground = ground_of(event, phase_id="", within_s=300.0, call_s=0.0, every_m=every_m)
    dense = {one.area_id: event.peak(one.area_id) / one.usable_m2 if one.usable_m2 > 0 else 0.0 for one in event.areas}
    frame = pd.DataFrame(
        {"id": [f"{area}-{at}" for at, area in enumerate(ground.area, 1)], "area_id": list(ground.area),
         "people": ground.people, "density": [dense[area] for area in ground.area]}
    )  # fmt: skip
    return Points(path.name, frame, frame["id"].to_numpy(dtype=object), ground.lon, ground.lat, "EPSG:4326")


def posts_into(event: Event, run: CoverRun) -> Event:
    """
    Return the plan with a duty post at every site a placement chose.

    Raises
    ------
    SchemaError
        If the sites have no coordinates: distances of a matrix say nothing of places.
    """
    places = None if run.ground.sites is None else places_of(run.ground.sites)
    if places is None:
        raise SchemaError(
            say("sites with coordinates, to put posts into an event plan"),
            say("a matrix of distances"),
            say("give the places of the demand and of the sites instead"),
        )
    lon, lat = (np.asarray(one)[run.placement.posts] for one in places)
    return with_posts(event, list(zip(lon.tolist(), lat.tolist(), strict=True)))
