"""Pages run without a browser, on the small demonstration county."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

MAIN = Path(__file__).resolve().parents[2] / "views" / "main.py"


@pytest.fixture
def open_page() -> Callable[..., AppTest]:
    """Open one page by its path with address parameters."""

    def run(path: str, **params: str) -> AppTest:
        page = AppTest.from_file(str(MAIN), default_timeout=120)
        page.query_params.update(params)
        page._page_hash = calc_hash(path)
        return page.run()

    return run


def texts(page: AppTest) -> str:
    """Everything a reader sees as text."""
    kinds = ("markdown", "caption", "warning", "error", "title", "button", "selectbox", "metric")
    found = [
        str(getattr(one, "value", "")) + str(getattr(one, "label", "")) for kind in kinds for one in page.get(kind)
    ]
    found += [str(one.proto.body) for one in page.get("html")]
    found += [str(one.proto.label) for one in page.get("page_link")]
    return "\n".join(found)
