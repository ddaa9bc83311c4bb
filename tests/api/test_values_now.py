"""A value that depends on the present moment is not served from yesterday's answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pandas as pd
import pytest

import api.values
from api.map_documents import _attribution


class Later(datetime):
    """A clock that can be put forward."""

    forward = timedelta(0)

    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + cls.forward


@pytest.mark.parametrize(("end", "moves"), [("2199-01-01", True), ("2026-11-20", False)])
def test_hours_since_the_last_visit_go_on(client, monkeypatch, end, moves):
    monkeypatch.setattr(api.values, "datetime", Later)
    path = (
        f"/api/values?ws=ground&metric=hours_since_last_visit&level=town&start=2026-11-01T00:00:00Z&end={end}T00:00:00Z"
    )
    browser = client("admin")
    first = browser.get(path).json()
    monkeypatch.setattr(Later, "forward", timedelta(hours=30))
    second = browser.get(path).json()
    hours = [one["values"]["A"][0] for one in (first, second)]
    assert hours[0] is not None
    assert hours[1] - hours[0] == pytest.approx(30 if moves else 0, abs=0.1)
    assert datetime.fromisoformat(second["as_of"]).astimezone(UTC) > datetime(2026, 11, 19, tzinfo=UTC)


def test_an_import_taken_back_is_no_longer_named_as_a_source():
    sources = pd.DataFrame({"attribution": ["ours", "gone"], "is_undone": [False, True]})
    assert _attribution(SimpleNamespace(sources=lambda: sources)) == ["ours"]
