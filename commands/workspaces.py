"""`wangge workspaces` and `wangge undo`: which datasets there are, and the way back out of an import."""

from __future__ import annotations

from commands.console import note, open_desk, print_json
from geo.errors import StoreError, name_few, say


def list_workspaces(*, as_json: bool) -> None:
    """Print one line per dataset: name, title, edition, synthetic or not."""
    from data.store import open_store, workspaces

    found = []
    for name in workspaces():
        store = open_store(name)
        found.append(
            {"name": name, "title": store.title, "edition": store.edition, "synthetic": bool(store.is_synthetic)}
        )
    if as_json:
        print_json({"workspaces": found})
        return
    for one in found:
        print("\t".join([str(one["name"]), str(one["title"]), *(["SYNTHETIC"] if one["synthetic"] else [])]))
    if not found:
        note("no dataset yet: wangge demo, or wangge import FILE --as areas --level LEVEL")


def undo_import(workspace: str, import_id: str | None, *, actor: str | None, as_json: bool) -> None:
    """Take the rows of one import out again."""
    from data.writer import write

    desk = open_desk(workspace, actor)
    sources = desk.sources()
    known = sources["import_id"].astype(str).tolist() if len(sources) else []
    if not known or (import_id is not None and import_id not in known):
        raise StoreError(
            say("an import of this workspace: {known}", known=name_few(reversed(known)) or "there is none"),
            say("{import_id}", import_id=import_id or "none"),
            say("see the page About this data for the imports"),
        )
    chosen = import_id or str(sources.sort_values("at")["import_id"].iloc[-1])
    result = write(workspace, "undo_import", {"import_id": chosen}, actor=desk.account.account_id)
    if as_json:
        print_json({"workspace": workspace, "import_id": chosen, **result})
    note(f"{workspace}: import {chosen} taken out, edition {result['edition']}")
