"""Write docs/licences.md: the licence of every run-time package, from the package's own metadata."""

from __future__ import annotations

import re
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STRONG_COPYLEFT = re.compile(r"(?<!L)\b(A?GPL|GNU (AFFERO )?GENERAL PUBLIC)", re.IGNORECASE)
LONG = 60


def pins(file: str) -> dict[str, str]:
    """Return {name: version} of a lock file."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return dict(line.split(";")[0].split("==") for line in lines if "==" in line)


def asked(file: str) -> list[str]:
    """Return the names a requirements file asks for."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return [re.split(r"[<>=!~\[; ]", line)[0] for line in lines if line[:1].isalpha()]


def module_of(package: str) -> str:
    """Return the name a package is imported by."""
    wanted = package.lower().replace("_", "-")
    names = [
        m for m, owners in packages_distributions().items() if wanted in {o.lower().replace("_", "-") for o in owners}
    ]
    plain = [name for name in names if re.fullmatch(r"[A-Za-z]\w*", name)]
    close = [name for name in plain if name.lower().replace("_", "-") == wanted]
    return (close or plain or [wanted])[0]


def licence_of(package: str) -> str:
    """Return what a package's metadata says of its licence: the expression, else the classifiers, else the text."""
    about = distribution(package).metadata
    if about.get("License-Expression"):
        return str(about["License-Expression"])
    classes = [line.split(" :: ")[-1] for line in about.get_all("Classifier") or () if line.startswith("License :: ")]
    classes = [name for name in classes if name != "OSI Approved"]
    text = " ".join((about.get("License") or "").split())
    if classes:
        return "; ".join(classes)
    return text if len(text) <= LONG else _first_words(text)


def _first_words(text: str) -> str:
    return text[:LONG].rsplit(" ", 1)[0] + " ..."


def table() -> str:
    """Return the page: one row per run-time package."""
    rows = [f"| {name} | {number} | {licence_of(name)} |" for name, number in pins("requirements.lock").items()]
    head = [
        "# Licences",
        "",
        "Wangge itself is under the Apache License 2.0 (`LICENSE`). It runs with the packages below, none of them",
        "under the GPL or AGPL; a test says so. Vendored scripts under `assets/` carry their licences beside them;",
        "where data come from and under which terms stands in `NOTICE` and on the page *About this data*.",
        "",
        "Written by `make tables` from the packages' own metadata. Those of `requirements-extra.txt` are not among",
        "them: nothing needs them, they are imported when somebody asks for them, and nothing of theirs is shipped.",
        "They are JuPedSim (LGPL-3.0-or-later), deprecated (MIT) and wrapt (BSD-2-Clause).",
        "",
        "| package | version | licence |",
        "|---|---|---|",
    ]
    return "\n".join([*head, *rows]) + "\n"


if __name__ == "__main__":
    (ROOT / "docs" / "licences.md").write_text(table(), encoding="utf-8")
    print("docs/licences.md")
