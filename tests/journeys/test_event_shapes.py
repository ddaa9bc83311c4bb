"""Viewing areas of another program put on the map from a file, saved from the bar, and taken back."""

import json

import pytest

from tests.journeys.steps import EventPage

pytestmark = pytest.mark.browser
LON, LAT = 120.54, 30.418


def areas_file() -> bytes:
    """Two squares with a column the form knows by its Chinese word, and one nobody asked for."""
    features = []
    for at, name in enumerate(("西区", "东区")):
        west = LON + 0.004 * at
        ring = [[west, LAT], [west + 0.003, LAT], [west + 0.003, LAT + 0.001], [west, LAT + 0.001], [west, LAT]]
        told = {"area_id": f"V{at + 1}", "name": name, "座位": "0", "remark": "old survey"}
        features.append({"type": "Feature", "properties": told, "geometry": {"type": "Polygon", "coordinates": [ring]}})
    return json.dumps({"type": "FeatureCollection", "features": features}).encode("utf-8")


def test_areas_from_a_file_are_put_on_the_map_and_taken_back(browser_page):
    page, event = browser_page.page, EventPage(browser_page)
    event.begin("Fair from a survey")
    page.get_by_text("Shapes from a file").click()
    page.locator("[class*=st-key-event_shapes_] input[type=file]").set_input_files(
        {"name": "areas.geojson", "mimeType": "application/geo+json", "buffer": areas_file()}
    )
    page.locator(".st-key-event_shapes_add button").click()
    event.sees("2 things put on the map; undo takes them back")
    event.sees("Columns nobody asked for: remark")
    event.drawn(2)
    assert page.locator(".st-key-event_areas_V1_name input").input_value() == "西区"
    page.locator(".st-key-wg-event-bar").get_by_role("button", name="Save", exact=True).wait_for()
    page.locator(".st-key-event_undo button").click()
    event.sees("Nothing drawn yet")
