"""What rows are placed and judged against, kept in memory: the areas of one edition, the people, the settings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import shapely

from data.imports.placing import Placement, Placer
from data.settings import DEFAULTS, SETTINGS
from data.store.opening import Store
from geo.locate import locate_finest
from geo.patrol.trust import TrustLimits

METRES_A_DEGREE = 111_195.0
OWN_SETTINGS = tuple(one.name for one in SETTINGS if one.name.startswith(("ingest_", "live_", "segment_")))


class Ground:
    """
    Everything about a workspace that taking in rows asks for again and again.

    `areas_edition` is the edition in which areas or levels were last published: rows placed in another one have to be
    placed again before they are sealed.
    """

    def __init__(self, store: Store, areas_edition: int) -> None:
        self.store, self.areas_edition = store, areas_edition
        areas = store.all_areas()
        self._areas = pd.DataFrame(areas.reset_index())
        self.levels = [key for key, _, _ in store.level_rows()]
        self.placer = Placer(self._areas, level_order=self.levels)
        self.radius_m = _radii(self._areas)
        self.refresh()

    def refresh(self) -> None:
        """Read the settings and the people again; the areas stay."""
        self.settings = {name: self.store.setting(name) for name in OWN_SETTINGS}
        self.people = _people(self.store)

    @property
    def limits(self) -> TrustLimits:
        """The thresholds of trust in a fix."""
        s = self.settings
        return TrustLimits(
            future_s=float(s["ingest_future_s"]),
            late_s=float(s["ingest_late_s"]),
            max_speed_m_s=float(s["ingest_max_speed_m_s"]),
        )

    def locate(self, lon: Sequence[float], lat: Sequence[float]) -> tuple[list[Any], list[str]]:
        """Return the finest area and the reason of each point."""
        if not self.levels or not len(self._areas):
            return [None] * len(lon), ["outside"] * len(lon)
        found = locate_finest(self.placer.indexes, self.placer.hierarchy, np.asarray(lon), np.asarray(lat))
        return found.area_ids.tolist(), found.reasons.tolist()

    def limits_m(self, area_ids: Sequence[Any]) -> list[float]:
        """Return how accurate a fix must be: the radius of a circle as large as the area it fell in."""
        other = float(self.settings["ingest_accuracy_m"])
        known = self.radius_m
        return [known.get(one, other) for one in area_ids]

    def place_incidents(self, table: pd.DataFrame) -> Placement:
        """Place incidents by point, else address, else stated area; addresses are read when first needed."""
        bare = ~(np.isfinite(table["lon"].to_numpy(float)) & np.isfinite(table["lat"].to_numpy(float)))
        needs_addresses = bool((bare & table["address"].notna().to_numpy()).any())
        return (self._with_addresses if needs_addresses else self.placer).place(table, "incidents")

    @cached_property
    def _with_addresses(self) -> Placer:
        buildings = self.store.table("buildings", columns=["building_id", "address", "area_id"])
        households = self.store.table("households", columns=["address", "area_id"])
        placer = Placer(self._areas, buildings, households, level_order=self.levels)
        placer.__dict__["indexes"] = self.placer.indexes
        return placer

    def stale_s(self) -> dict[str, float]:
        """Return after how many seconds a unit of each kind is shown as stale; `default` is that of any other."""
        found = {"default": float(self.settings["live_stale_s"])}
        for part in str(self.settings["live_stale_kinds"]).split():
            name, _, seconds = part.partition("=")
            if seconds.replace(".", "", 1).isdigit():
                found[name] = float(seconds)
        kinds = {role for role, _ in self.people.values() if role}
        return {**dict.fromkeys(sorted(kinds), found["default"]), **found}


def default_settings() -> dict[str, Any]:
    """Return the settings of ingest that hold for the whole service, not for one workspace."""
    return {name: DEFAULTS[name] for name in OWN_SETTINGS}


def _radii(areas: pd.DataFrame) -> dict[str, float]:
    if not len(areas):
        return {}
    shapes = np.asarray(areas["geometry"], dtype=object)
    narrow = np.cos(np.radians(np.asarray(areas["lat"], dtype=float)))
    size_m2 = shapely.area(shapes) * METRES_A_DEGREE**2 * narrow
    return dict(zip(areas["area_id"].tolist(), np.sqrt(size_m2 / np.pi).tolist(), strict=True))


def _people(store: Store) -> dict[str, tuple[str, str]]:
    table = store.table("people", columns=["person_id", "role", "name"])
    columns = [table[name].astype(object).where(table[name].notna(), "").tolist() for name in table.columns]
    by_name = dict(zip(table.columns, columns, strict=True))
    return dict(zip(by_name["person_id"], zip(by_name["role"], by_name["name"], strict=True), strict=True))
