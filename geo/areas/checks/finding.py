"""What a check hands on: a defect before it is measured."""

from __future__ import annotations

from dataclasses import dataclass, field

import shapely

from geo.errors import Say


@dataclass(frozen=True, eq=False)
class Finding:
    """A defect in the file's own coordinates; `point` where the place is known better than by the shape."""

    kind: str
    ids: tuple[str, ...]
    message: Say
    shape: shapely.Geometry | None = field(default=None, repr=False)
    point: shapely.Geometry | None = field(default=None, repr=False)
