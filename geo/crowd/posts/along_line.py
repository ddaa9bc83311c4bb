"""Posts along a wall, a route or a barrier: sites and people by distance along it, and distances walked along it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from geo.crowd.posts.least import least_posts
from geo.crowd.posts.most import most_cover
from geo.crowd.posts.problem import Placement, site_rules
from geo.crowd.posts.reach import Distances, Floats
from geo.crowd.posts.solve.mip import Limits
from geo.errors import SchemaError, say


@dataclass(frozen=True)
class LinePosts:
    """
    Posts along a line: `site_m` and `demand_m` are distances from its start, `site_xy` and `demand_xy` their places,
    `weight` the people of each demand point; `placement` says which sites hold a post.
    """

    site_m: Floats
    site_xy: Floats
    demand_m: Floats
    demand_xy: Floats
    weight: Floats
    placement: Placement

    @property
    def post_m(self) -> Floats:
        """Distance of each post from the start of the line."""
        return self.site_m[self.placement.posts]


def points_along(vertices: ArrayLike, at_m: ArrayLike) -> Floats:
    """
    Return the places at distances from the start of a line of straight pieces, shape (n, 2).

    Examples
    --------
    >>> points_along([[0, 0], [10, 0], [10, 10]], [0, 5, 15]).tolist()
    [[0.0, 0.0], [5.0, 0.0], [10.0, 5.0]]
    """
    line = np.asarray(vertices, dtype=float).reshape(-1, 2)
    chainage = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    wanted = np.asarray(at_m, dtype=float)
    return np.column_stack([np.interp(wanted, chainage, line[:, axis]) for axis in (0, 1)])


def posts_along(
    vertices: ArrayLike,
    *,
    every_m: float,
    radius_m: ArrayLike,
    posts: int | None = None,
    stretches_m: ArrayLike | None = None,
    people: ArrayLike | None = None,
    limits: Limits | None = None,
) -> LinePosts:
    """
    Place posts on a line: a candidate site and a demand point in the middle of every `every_m`, walking along it.

    The line is cut into equal pieces of at most `every_m`. With `stretches_m` (from, to of each stretch) and `people`
    each piece weighs the people of the stretches it lies in, evenly spread; without, every piece weighs its metres.
    `radius_m` is one number, or one a stretch (a denser stretch is walked more slowly; where stretches overlap the
    smallest counts, outside them the largest). `posts` None places the fewest that reach everything.

    Raises
    ------
    SchemaError
        If the line has no length, `every_m` is not above 0, or stretches and people do not fit together.

    Examples
    --------
    A wall of 3,000 m, five minutes with one for the call: 6 posts when it is empty, 10 at 2 people a m²:

    >>> from geo.crowd.posts.speed import response_radius_m
    >>> wall = [[0, 0], [3000, 0]]
    >>> [len(posts_along(wall, every_m=10, radius_m=r).placement.posts) for r in response_radius_m([0.0, 2.0])]
    [6, 10]
    """
    line = np.asarray(vertices, dtype=float).reshape(-1, 2)
    length = float(np.hypot(*np.diff(line, axis=0).T).sum()) if len(line) > 1 else 0.0
    if not (np.isfinite(length) and length > 0 and every_m > 0):
        raise SchemaError(
            say("a line with a length, cut every so many metres"),
            say("{length} m, every {every} m", length=length, every=every_m),
            say("draw the line, and give a step above 0"),
        )
    pieces = int(np.ceil(length / every_m - 1e-9))
    middle: Floats = np.asarray((np.arange(pieces) + 0.5) * (length / pieces), dtype=np.float64)
    weight, radius = _spread(middle, length / pieces, stretches_m, people, radius_m)
    reach = Distances(matrix_m=np.abs(middle[:, None] - middle[None, :])).within(radius)
    if posts is None:
        placement = least_posts(reach, limits=limits)
    else:
        placement = most_cover(reach, weight, posts=posts, sites=site_rules(pieces), limits=limits)
    places = points_along(line, middle)
    return LinePosts(middle, places, middle, places, weight, placement)


def _spread(
    middle: Floats, piece_m: float, stretches_m: ArrayLike | None, people: ArrayLike | None, radius_m: ArrayLike
) -> tuple[Floats, Floats]:
    """People and radius of each piece."""
    radii = np.atleast_1d(np.asarray(radius_m, dtype=float))
    if stretches_m is None:
        if len(radii) != 1:
            raise SchemaError(
                say("stretches where there are several radii"),
                say("{count} radii", count=len(radii)),
                say("give from and to"),
            )
        return np.full(len(middle), piece_m), np.full(len(middle), radii[0])
    stretch = np.asarray(stretches_m, dtype=float).reshape(-1, 2)
    crowd = np.ones(len(stretch)) if people is None else np.asarray(people, dtype=float)
    if len(crowd) != len(stretch) or len(radii) not in (1, len(stretch)) or (stretch[:, 1] <= stretch[:, 0]).any():
        raise SchemaError(
            say("stretches with from before to, and one number of people and one radius each"),
            say("{stretches} stretches, {people} numbers, {radii} radii", stretches=len(stretch), people=len(crowd),
                radii=len(radii)),
            say("give one of each a stretch"),
        )  # fmt: skip
    inside = (middle[:, None] >= stretch[:, 0]) & (middle[:, None] < stretch[:, 1])
    held = inside.sum(axis=0)
    weight = inside @ np.divide(crowd, held, out=np.zeros(len(stretch)), where=held > 0)
    each = np.broadcast_to(radii, (len(stretch),))
    radius = np.where(inside, each, np.inf).min(axis=1, initial=np.inf)
    return weight, np.where(np.isfinite(radius), radius, each.max())
