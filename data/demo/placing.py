"""The join for the demonstration county: the area of every located row, before it is published."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.areas.hierarchy import Hierarchy
from geo.locate import LocateIndex, locate_finest


@dataclass(frozen=True)
class Placer:
    """Areas ready to be asked, and the addresses of all buildings with their areas."""

    hierarchy: Hierarchy
    index: LocateIndex
    addresses: pd.Series
    known: frozenset[str]

    def place(self, table: pd.DataFrame, kind: str) -> pd.DataFrame:
        """Return the table with `area_id` and `reason`."""
        found = locate_finest({"micro_grid": self.index}, self.hierarchy, table["lon"], table["lat"])
        area, reason = found.area_ids.copy(), found.reasons.copy()
        open_rows = np.isin(reason, ["no_location", "stacked"])
        if kind != "fixes" and "address" in table:
            by_address = self._by_address(table["address"])
            usable = open_rows & by_address.notna().to_numpy()
            area[usable], reason[usable] = by_address.to_numpy(dtype=object)[usable], "address"
        if kind != "fixes" and "stated_area_id" in table:
            stated = table["stated_area_id"]
            usable = (reason == "no_location") & stated.isin(self.known).to_numpy()
            area[usable], reason[usable] = stated.to_numpy(dtype=object)[usable], "stated"
        return table.assign(area_id=area, reason=reason)

    def _by_address(self, addresses: pd.Series) -> pd.Series:
        found = addresses.map(self.addresses)
        for cut in (r"附近$", r"\d+室$", r"\d+单元\d+室$"):
            missing = found.isna() & addresses.notna()
            found[missing] = addresses[missing].str.replace(cut, "", regex=True).map(self.addresses)
        return found


def build_placer(areas: pd.DataFrame, buildings: pd.DataFrame, level_order: list[str]) -> Placer:
    """Prepare the join from the areas and buildings of one county."""
    micro = areas[areas["level"] == "micro_grid"]
    index = LocateIndex.build(micro["area_id"].tolist(), micro["geometry"].tolist())
    tree = Hierarchy.from_table(areas["area_id"], areas["level"], areas["parent_id"], level_order=level_order)
    return Placer(tree, index, buildings.set_index("address")["area_id"], frozenset(areas["area_id"]))
