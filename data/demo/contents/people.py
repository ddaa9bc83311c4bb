"""People: the team 1+3+N of every grid with stand-ins, police, reserve."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.demo.contents.chance import stream
from data.demo.contents.ground import Ground
from data.demo.contents.words import invent_names, invent_phone

TEAM = ("grid_head", "full_time", "part_time", "adviser")
ORGANISATIONS = {
    "grid_head": "村社党组织",
    "full_time": "镇街基层治理四平台",
    "part_time": "村社",
    "adviser": "机关联系部门",
    "micro_grid_head": "村民代表",
    "volunteer": "志愿服务队",
    "police": "派出所",
    "reserve": "镇街应急分队",
}


def build_people(ground: Ground, *, seed: int) -> pd.DataFrame:
    """
    Build the workers: 1 head, 3 (full time, part time, adviser) and N micro-grid heads in every grid.

    A stand-in holds the same role in the next grid of the village (or town); a full-time worker and the part-time
    worker of one grid stand in for each other. Volunteers come from a fifth of the micro-grids, two police
    from every village, twenty of the reserve from every town.
    """
    rng = stream(seed, "people")
    grids, villages, towns = (ground.level(key)["area_id"].to_numpy() for key in ("grid", "village", "town"))
    micro = ground.micro["area_id"].to_numpy()
    helped = micro[rng.random(len(micro)) < 0.2]
    team = [(area, role) for area in grids for role in TEAM]
    rest = [(a, "micro_grid_head") for a in micro] + [(a, "volunteer") for a in helped]
    rest += [(a, "police") for a in villages for _ in range(2)] + [(a, "reserve") for a in towns for _ in range(20)]
    table = pd.DataFrame(team + rest, columns=["area_id", "role"])
    table.insert(0, "person_id", [f"P{i + 1:06d}" for i in range(len(table))])
    table["name"] = invent_names(rng, len(table))
    table["phone"] = [invent_phone(1_000_000 + i) for i in rng.permutation(len(table))]
    table["stand_in_id"] = _stand_ins(table, ground)
    table["organisation"] = table["role"].map(ORGANISATIONS)
    return table[["person_id", "name", "role", "area_id", "phone", "stand_in_id", "organisation"]]


def _stand_ins(people: pd.DataFrame, ground: Ground) -> np.ndarray:
    """Next in the ring of the same role and parent area; a ring of one takes the wider area's ring."""
    parent = ground.areas.set_index("area_id")["parent_id"]
    own = people["area_id"]
    near = own.map(parent).where(~people["role"].isin(["police", "reserve"]), own)
    wide = near.map(parent).fillna(near)
    chosen = pd.Series(index=people.index, dtype=object)
    for ring in (people["role"] + near, people["role"] + wide, people["role"]):
        open_rows = chosen.isna()
        following = _next_in_ring(people["person_id"], ring)
        usable = open_rows & (following != people["person_id"])
        chosen[usable] = following[usable]
    partner = {"full_time": "part_time", "part_time": "full_time"}
    pairs = people[people["role"].isin(partner)].set_index(["area_id", "role"])["person_id"]
    for row in people.index[people["role"].isin(partner)]:
        chosen[row] = pairs[(own[row], partner[str(people.at[row, "role"])])]
    return chosen.fillna(people["person_id"].iloc[0]).to_numpy()


def _next_in_ring(ids: pd.Series, ring: pd.Series) -> pd.Series:
    """The id that follows in the same ring, the first after the last."""
    order = np.argsort(ring.to_numpy(object).astype(str), kind="stable")
    place = pd.factorize(ring)[0][order]
    start = np.r_[True, place[1:] != place[:-1]]
    first = order[np.flatnonzero(start)[np.cumsum(start) - 1]]
    after = np.where(np.r_[start[1:], True], first, np.roll(order, -1))
    following = np.empty(len(ids), dtype=object)
    following[order] = ids.to_numpy(object)[after]
    return pd.Series(following, index=ids.index)


def build_duties(people: pd.DataFrame, *, until: pd.Timestamp) -> pd.DataFrame:
    """
    Build the rosters from seven days before `until` (local midnight, aware) to seven days after.

    Full-time workers and a third of the police work days, part-time workers weekends, the rest of the police nights
    in turn; in every town three of the reserve are on duty round the clock.
    """
    rows = []
    rank = people.groupby(["role", "area_id"]).cumcount()
    for shift in range(-7, 7):
        day = until + pd.Timedelta(days=shift)
        weekend = day.day_of_week >= 5
        turn = day.toordinal()
        role = people["role"]
        worker = "part_time" if weekend else "full_time"
        day_shift = (role == worker) | ((role == "police") & ((rank + turn) % 2 == 0))
        night = (role == "police") & ((rank + turn) % 2 == 1)
        whole = (role == "reserve") & ((rank + turn * 3) % 20 < 3)
        for on, start_h, end_h in ((day_shift, 8.5, 17.5), (night, 17.5, 32.5), (whole, 8.5, 32.5)):
            shown = people.loc[on, ["person_id", "area_id", "role"]].copy()
            shown["starts_at"], shown["ends_at"] = (day + pd.Timedelta(hours=h) for h in (start_h, end_h))
            rows.append(shown)
    table = pd.concat(rows, ignore_index=True)
    table.insert(0, "duty_id", [f"D{i + 1:06d}" for i in range(len(table))])
    for column in ("starts_at", "ends_at"):
        table[column] = table[column].dt.tz_convert("UTC").dt.as_unit("us")
    return table
