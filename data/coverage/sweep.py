"""What patrols swept of the streets, by local day, so that a change of period joins days already worked out."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd

from data.coverage.ground import Ground, Held
from geo.metrics._sweep import RoadSamples

Span = tuple[pd.Timestamp, pd.Timestamp]


def swept_metres(ground: Ground, start: datetime, end: datetime) -> np.ndarray:
    """
    Return the metres of each piece of `ground.roads()` within sight of a track of the period, (n_roads,).

    Exactly what all fixes of the period see at once: each whole day is kept, a day that the period cuts is worked out
    for its part, and the steps across each midnight are those of the fixes around it.
    """
    desk = ground.desk
    gap_s, radius_m = desk.setting("fix_gap_s"), desk.setting("sweep_radius_m")
    samples = ground.part(("samples", radius_m), lambda: RoadSamples.build(ground.roads(), radius_m))
    fixes = ground.fixes(start, end, gap_s)

    def seen(span: Span) -> np.ndarray:
        """One bit a spot: what the fixes of a span see."""
        inside = fixes.rows["at"].between(*span, inclusive="left").to_numpy(bool)
        found = samples.seen(fixes.rows[inside], sweep_radius_m=radius_m, fix_gap_s=gap_s)
        return np.packbits(found)

    joined = np.zeros((len(samples.spots) + 7) // 8, dtype=np.uint8)
    for span in _spans(fixes, start, end, desk.store.time_zone, timedelta(seconds=gap_s)):
        joined |= ground.swept((span, radius_m, gap_s), partial(seen, span))
    return samples.length(np.unpackbits(joined, count=len(samples.spots)).astype(bool))


def _spans(fixes: Held, start: datetime, end: datetime, time_zone: str, gap: timedelta) -> list[Span]:
    """The days of the recorded part of a period, and the moments around each midnight between two of them."""
    if fixes.first is None or fixes.last is None:
        return []
    first = max(pd.Timestamp(start), fixes.first)
    last = min(pd.Timestamp(end), fixes.last + pd.Timedelta(microseconds=1))
    if first >= last:
        return []
    midnights = _midnights(first, last, time_zone)
    days = list(pairwise([first, *midnights, last]))
    return days + [(max(first, at - gap), min(last, at + gap)) for at in midnights]


def _midnights(first: pd.Timestamp, last: pd.Timestamp, time_zone: str) -> list[pd.Timestamp]:
    """Every local midnight between two moments, as UTC; the first moment of the day where none was."""
    opening, closing = (at.tz_convert(time_zone).tz_localize(None).normalize() for at in (first, last))
    local = pd.date_range(opening, closing, freq="D").tz_localize(
        time_zone, nonexistent="shift_forward", ambiguous=True
    )
    return [at for at in local.tz_convert("UTC") if first < at < last]
