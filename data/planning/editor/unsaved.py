"""Work that was not saved, kept beside the store: a planner finds it again after any way of leaving."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from data.plans.draft import Draft, draft_from
from data.store.engine import folder

FOLDER = "unsaved"
FACTS = b"wangge"


@dataclass(frozen=True)
class WorkPlace:
    """Whose work, and where: the person, the area planned inside ("" for the whole place), the plan ("" for none)."""

    workspace: str
    account_id: str
    area: str
    plan_id: str = ""

    @property
    def path(self) -> Path:
        """The file that holds it."""
        name = "|".join((self.account_id, self.area, self.plan_id))
        return folder(self.workspace) / FOLDER / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.parquet"


@dataclass(frozen=True, eq=False)
class Unsaved:
    """Work that was not saved: when it was last touched, the saved version it was drawn from, and what was drawn."""

    place: WorkPlace
    at: datetime
    version: int
    drawn: Draft


def keep_unsaved(place: WorkPlace, drawn: Draft, *, version: int, at: datetime | None = None) -> None:
    """Keep what was drawn until it is saved or dropped; a file before it gives way whole or not at all."""
    facts = {
        "account_id": place.account_id, "area": place.area, "plan_id": place.plan_id, "version": version,
        "at": (at or datetime.now(UTC)).isoformat(), "zones": drawn.texts(),
    }  # fmt: skip
    path = place.path
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{uuid.uuid4().hex}.part")
    try:
        pq.write_table(drawn.table().replace_schema_metadata({FACTS: orjson.dumps(facts)}), part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def find_unsaved(place: WorkPlace) -> Unsaved | None:
    """Return the work kept of a person at a place; None where there is none, or what there is cannot be read."""
    facts = _facts(place.path)
    if facts is None:
        return None
    with suppress(OSError, pa.ArrowException, KeyError, ValueError):
        drawn = draft_from(place.path.read_bytes(), orjson.dumps(facts["zones"]).decode())
        return Unsaved(place, datetime.fromisoformat(facts["at"]), int(facts["version"]), drawn)
    return None


def drop_unsaved(place: WorkPlace) -> None:
    """Let go of the work kept of a person at a place; nothing happens where there is none."""
    place.path.unlink(missing_ok=True)


def list_unsaved(workspace: str, account_id: str) -> list[tuple[WorkPlace, datetime]]:
    """Return where a person has work that was not saved and when it was last touched, the latest first."""
    found = []
    for path in (folder(workspace) / FOLDER).glob("*.parquet"):
        facts = _facts(path)
        if facts is not None and facts["account_id"] == account_id:
            place = WorkPlace(workspace, account_id, facts["area"], facts["plan_id"])
            found.append((place, datetime.fromisoformat(facts["at"])))
    return sorted(found, key=lambda one: one[1], reverse=True)


def _facts(path: Path) -> Mapping[str, Any] | None:
    with suppress(OSError, pa.ArrowException, orjson.JSONDecodeError, KeyError):
        facts: Mapping[str, Any] = orjson.loads((pq.read_schema(path).metadata or {})[FACTS])
        return facts
    return None
