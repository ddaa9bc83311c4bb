"""The table a page hands out adds up like the page."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd

from views.parts.tables import shown_coverage


def test_the_unassigned_row_has_the_metrics_value_not_its_records():
    spec = SimpleNamespace(additive=True)
    scene = SimpleNamespace(
        t=lambda text: text,
        metric=spec,
        state=SimpleNamespace(metric="patrol_minutes"),
        titled=lambda _: "Patrol time",
        store=SimpleNamespace(is_synthetic=False),
    )
    table = pd.DataFrame({"name": ["甲"], "value": [30.0], "records": [90]}, index=["A"])
    found = SimpleNamespace(unassigned=60, unassigned_value=20.0)
    shown = shown_coverage(scene, table, found)
    assert shown["Patrol time"].tolist() == [30.0, 20.0]
    assert shown["Records"].tolist() == [90, 60]
