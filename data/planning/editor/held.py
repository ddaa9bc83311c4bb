"""The sessions of this service: pages open them, the maps on those pages send acts to them, none loses unsaved work."""

from __future__ import annotations

from dataclasses import replace

from data.acts import Sessions
from data.planning.editor.bench import to_drawn
from data.planning.editor.session import EditSession
from data.planning.editor.unsaved import drop_unsaved, keep_unsaved
from data.plans import ZoneText
from data.plans.draft import Draft
from data.store.accounts import Account, rights

HELD: Sessions[EditSession] = Sessions()
"""One for each person, place and plan, by the path of their unsaved work."""


def find_session(name: str, *, workspace: str, account_id: str) -> EditSession | None:
    """Return the open session of this name, None where it is not this person's or was let go."""
    found = HELD.find(lambda one: one.name == name)
    place = found.place if found is not None else None
    return found if place is not None and (place.workspace, place.account_id) == (workspace, account_id) else None


def drawn_of(session: EditSession) -> Draft:
    """Return what stands in a session as the store keeps it."""
    drawn = to_drawn(session.bench, session.draft)
    return replace(drawn, zones={zone: ZoneText(reason=why) for zone, why in session.reasons.items() if why})


def reasons_of(drawn: Draft) -> dict[str, str]:
    """Return why zones may be out of band, by zone."""
    return {zone: text.reason for zone, text in drawn.zones.items() if text.reason}


def keep_session(session: EditSession, account: Account) -> None:
    """Keep what was not saved where neither a change of page nor an end of the service reaches it."""
    place = session.place
    if place is None or session.is_kept or session.stranded is not None or not rights(account).plans:
        return
    with session.lock:
        if session.is_changed:
            keep_unsaved(place, drawn_of(session), version=session.plan_version)
        else:
            drop_unsaved(place)
        session.mark_kept()
