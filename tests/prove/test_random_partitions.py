"""Random partitions by the hundred: every planted defect found and nothing else; every repair keeps its promises."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings

from tests.geo import test_defects, test_repair, test_snap

pytestmark = pytest.mark.prove
MANY = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))


def test_every_planted_defect_of_many_partitions_is_found(proof):
    planted: Counter[str] = Counter()

    @MANY
    @given(**test_defects.PLANTED)
    def run(**case):
        test_defects.require_all_found(**case)
        planted.update(["partitions", *case["kinds"]])

    run()
    partitions = planted.pop("partitions")
    told = ", ".join(f"{kind} {count:,}" for kind, count in sorted(planted.items()))
    line = f"Defects planted in {partitions:,} random partitions"
    proof.note(line, "all found, placed, sized; nothing else", f"{planted.total():,} of {planted.total():,} ({told})")
    assert planted.total() > 300


@pytest.mark.parametrize(
    ("line", "cases", "require"),
    [
        ("Random partitions with shaken corners, repaired", test_repair.SHAKEN, test_repair.require_repaired),
        ("Random partitions with no corner in common, snapped", test_snap.SHAKEN, test_snap.require_snapped),
    ],
)
def test_many_repairs_keep_their_promises(line, cases, require, proof):
    done: Counter[str] = Counter()

    @MANY
    @given(**cases)
    def run(**case):
        require(**case)
        done.update(["repaired"])

    run()
    must = "a valid coverage, no area lost, none changed by more than allowed"
    proof.note(line, must, f"{done['repaired']:,} of {done['repaired']:,}")
    assert done["repaired"] > 100
