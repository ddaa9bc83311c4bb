"""How incidents are handled: the times of their stages, returns, suspensions, what is open when the history ends."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.demo.contents.categories import CATEGORIES

STAGES = ("reported", "accepted", "dispatched", "arrived", "handled", "verified", "closed")
EXTRAS = ("returned_at", "handled_first_at", "suspended_at", "resumed_at", "extended_at", "void_at")
NEVER = np.iinfo(np.int64).max


def draw_handling(incidents: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """
    Draw every stage's time as if nobody looked before the end: seconds since 1970, NEVER where it does not happen.

    About 6 % are handled late, 0.8 % get stuck and stay open, 4 % come back once or twice, 1.2 % are suspended and
    their term extended, 1.5 % are void. Consultations by telephone often have no arrival.
    """
    count = len(incidents)
    reported = incidents["reported_s"].to_numpy()
    due_h = incidents["category"].map({one.name: one.due_h for one in CATEGORIES}).to_numpy(dtype=float)
    hotline = incidents["source"].to_numpy() == "hotline"
    accepted = reported + _minutes(rng, np.where(hotline, 34, 9), 0.9, count)
    dispatched = accepted + _minutes(rng, 7, 0.8, count)
    arrived = dispatched + _minutes(rng, 26, 0.75, count)
    handled = arrived + _minutes(rng, due_h * 60 * 0.17, 1.05, count)
    paused = rng.random(count) < 0.012
    pause_s = np.where(paused, rng.integers(86_400, 6 * 86_400, count), 0)
    suspended = np.where(paused, arrived + 600, NEVER)
    resumed = np.where(paused, arrived + 600 + pause_s, NEVER)
    handled += pause_s + np.where(paused, 900, 0)
    times = np.where(rng.random(count) < 0.04, rng.integers(1, 3, count), 0)
    returned = np.where(times > 0, handled + _minutes(rng, 300, 0.7, count), NEVER)
    first = np.where(times > 0, handled, NEVER)
    handled = np.where(times > 0, returned + _minutes(rng, 600 * np.maximum(times, 1), 0.6, count), handled)
    verified = handled + _minutes(rng, 180, 0.8, count)
    closed = verified + _minutes(rng, 60, 0.8, count)
    table = pd.DataFrame(
        {
            "accepted_at": accepted, "dispatched_at": dispatched, "arrived_at": arrived, "handled_at": handled,
            "verified_at": verified, "closed_at": closed, "returned_at": returned, "handled_first_at": first,
            "suspended_at": suspended, "resumed_at": resumed, "extended_at": resumed, "void_at": NEVER,
        }
    )  # fmt: skip
    stuck, void = rng.random(count) < 0.008, rng.random(count) < 0.015
    table.loc[stuck, ["handled_at", "verified_at", "closed_at", "returned_at", "handled_first_at"]] = NEVER
    by_phone = hotline & (incidents["category"] == "咨询求助").to_numpy() & (rng.random(count) < 0.6)
    table.loc[by_phone, "arrived_at"] = NEVER
    table.loc[void, table.columns[1:].tolist()] = NEVER
    table.loc[void, "void_at"] = accepted[void] + _minutes(rng, 90, 0.6, count)[void]
    table["times_returned"] = np.where(table["returned_at"] < NEVER, times, 0)
    table["due_at"] = reported + (due_h * 3600).astype(np.int64)
    table["pause_s"] = np.where(void, 0, pause_s)
    return table


def _minutes(rng: np.random.Generator, median: np.ndarray | float, spread: float, count: int) -> np.ndarray:
    return np.maximum(30, rng.lognormal(np.log(median), spread, count) * 60).astype(np.int64)


def cut_at(incidents: pd.DataFrame, *, until_s: int) -> pd.DataFrame:
    """
    Show the incidents as they stood at `until_s`: later stages have not happened, the status follows.

    A void incident is closed at the moment it was found void. An incident returned for rework is no longer handled
    until it is handled again.
    """
    table = incidents.copy()
    reworking = (table["returned_at"] > until_s) & (table["handled_first_at"] < NEVER)
    table.loc[reworking, "handled_at"] = table.loc[reworking, "handled_first_at"]
    table.loc[reworking, ["returned_at", "handled_first_at", "verified_at", "closed_at"]] = NEVER
    columns = [f"{stage}_at" for stage in STAGES[1:]] + list(EXTRAS)
    for column in columns:
        table[column] = np.where(table[column] > until_s, NEVER, table[column])
    table["rework_count"] = np.where(table["returned_at"] < NEVER, table["times_returned"], 0)
    extended = table["extended_at"] < NEVER
    table["due_at"] += np.where(extended, table["pause_s"], 0)
    status = np.full(len(table), "reported", dtype=object)
    for stage in STAGES[1:]:
        status[(table[f"{stage}_at"] < NEVER).to_numpy()] = stage
    void = (table["void_at"] < NEVER).to_numpy()
    status[void] = "void"
    table["closed_at"] = np.where(void, table["void_at"], table["closed_at"])
    table["status"] = status
    return table


def build_incident_events(incidents: pd.DataFrame) -> pd.DataFrame:
    """Build one row per step that has happened, numbered in order within its incident."""
    steps = [(f"{stage}_at", stage, rank * 10) for rank, stage in enumerate(STAGES)]
    steps += [("handled_first_at", "handled", 32), ("returned_at", "returned", 34), ("suspended_at", "suspended", 31)]
    steps += [("resumed_at", "resumed", 31), ("extended_at", "extended", 31), ("void_at", "void", 65)]
    row, at, rank, name = [], [], [], []
    is_void = (incidents["status"] == "void").to_numpy()
    for column, stage, order in steps:
        moment = incidents["reported_s" if stage == "reported" else column].to_numpy()
        happened = np.flatnonzero((moment < NEVER) & ~(is_void & (stage == "closed")))
        row.append(happened)
        at.append(moment[happened])
        rank.append(np.full(len(happened), order))
        name.append(np.full(len(happened), stage, dtype=object))
    rows, ats, stages = np.concatenate(row), np.concatenate(at), np.concatenate(name)
    sorting = np.lexsort((np.concatenate(rank), ats, rows))
    rows, ats, stages = rows[sorting], ats[sorting], stages[sorting]
    number = np.arange(len(rows)) - np.searchsorted(rows, rows, side="left") + 1
    ids = incidents["incident_id"].to_numpy()[rows]
    on_site = np.isin(stages, ["arrived", "handled", "suspended", "resumed"])
    return pd.DataFrame(
        {
            "event_id": [f"{one}-{n:02d}" for one, n in zip(ids, number, strict=True)],
            "incident_id": ids,
            "at": to_utc(ats),
            "stage": stages,
            "actor_id": np.where(on_site, incidents["handler_id"].to_numpy()[rows], "duty"),
            "note": "",
        }
    )


def to_utc(seconds: np.ndarray) -> pd.DatetimeIndex:
    """
    Turn seconds since 1970 into aware UTC times; NEVER becomes missing.

    Examples
    --------
    >>> to_utc(np.array([0, NEVER])).isna().tolist()
    [False, True]
    """
    micros = np.where(seconds == NEVER, 0, seconds) * 1_000_000
    times = micros.astype("datetime64[us]")
    times[seconds == NEVER] = np.datetime64("NaT")
    return pd.DatetimeIndex(times).tz_localize("UTC")
