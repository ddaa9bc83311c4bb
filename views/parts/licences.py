"""The software this service is made of, with versions and licences as its packages state them."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pandas as pd
import streamlit as st

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements.txt"


@st.cache_data(show_spinner=False)
def _licence_rows() -> list[tuple[str, str, str]]:
    names = [one.split(">")[0].split("<")[0].strip() for one in REQUIREMENTS.read_text().splitlines()]
    rows = []
    for name in [one for one in names if one and not one.startswith("#")]:
        try:
            facts = metadata(name.split("[")[0])
        except PackageNotFoundError:
            continue
        licence = facts.get("License-Expression") or facts.get("License") or ""
        if not licence or len(licence) > 60:
            trove = [
                one.split("::")[-1].strip() for one in facts.get_all("Classifier") or [] if one.startswith("License")
            ]
            licence = ", ".join(trove) or licence[:60]
        rows.append((name, facts["Version"], licence))
    return rows


def licence_table(t: Callable[..., str]) -> pd.DataFrame:
    """Return software, version and licence, one row each."""
    own = [(t("Wangge"), "0.1.0", "Apache-2.0"), ("Leaflet", "1.9.4", "BSD-2-Clause"), ("Noto Sans SC", "", "OFL-1.1")]
    return pd.DataFrame([*own, *_licence_rows()], columns=[t("Software"), t("Version"), t("Licence")])
