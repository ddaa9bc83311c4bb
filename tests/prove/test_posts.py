"""Placement at full size: the literature's sizes, the large ones, published optima, and spopt beside it."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.prove


def test_the_benchmark_of_posts_at_full_size(proof):
    """The benchmark's own limits; what it only states is noted all the same."""
    pytest.importorskip("spopt")
    from bench import cover

    report = cover.run("full", lambda *_: None)
    for one in report.checks:
        proof.note(f"Posts: {one.what}", one.must, one.measured)
    assert report.differences == []
    assert report.is_passed


def test_the_published_cover_of_san_francisco(real, proof):
    """spopt's own example, four stores within 5,000 m."""
    from data.posts.report import cover_report
    from data.posts.run import CoverRequest, run_cover
    from data.settings import DEFAULTS

    folder = real / "spopt" / "data"
    request = CoverRequest(
        demand=folder / "SF_demand_205_centroid_uniform_weight.csv", weight="POP2000", radius=5000.0, posts=4,
        matrix=folder / "SF_network_distance_candidateStore_16_censusTract_205_new.csv",
    )  # fmt: skip
    found = cover_report(run_cover(request, settings=DEFAULTS), DEFAULTS)
    share, uncovered = found["points_covered_share"], len(found["uncovered"])
    proof.note("Posts: San Francisco, four stores", "89.756 %, 21 uncovered", f"{share:.3%}, {uncovered} uncovered")
    assert (round(100 * share, 3), uncovered, found["status"]) == (89.756, 21, "optimal")
