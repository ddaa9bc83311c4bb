"""Choices saved for a source of files: entries of the audit, the last of a name counts."""

from __future__ import annotations

from typing import Any

from data.store.tables import KINDS
from data.store.verbs.call import Call
from data.store.verbs.small import write_audit
from geo.errors import SchemaError, say

LONGEST_NAME = 60


def keep_mapping(call: Call) -> dict[str, Any]:
    """
    Save choices under a name; no edition begins.

    Payload: `name`, `kind`, `columns` (of the file they were made for), `options` (those told). Returns audit_number.
    """
    call.take("name", "kind", "columns", "options")
    name = str(call.payload["name"]).strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise SchemaError(
            say("a name of 1 to {most} letters for the mapping", most=LONGEST_NAME),
            say("{name!r}", name=name[:80]),
            say("give it a name"),
        )
    if call.payload["kind"] not in KINDS:
        raise SchemaError(
            say("a kind of table: {kinds}", kinds=", ".join(KINDS)),
            say("{kind!r}", kind=call.payload["kind"]),
            say("correct the kind"),
        )
    return write_audit(call, call.verb, {**call.payload, "name": name})


def drop_mapping(call: Call) -> dict[str, Any]:
    """Forget the choices saved under a name. Payload: `name`. Returns audit_number."""
    call.take("name")
    return write_audit(call, call.verb, {"name": str(call.payload["name"])})
