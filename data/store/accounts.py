"""Named people, their role and area, and what each role may do."""

from __future__ import annotations

from dataclasses import dataclass

from geo.errors import SchemaError, ScopeError, say


@dataclass(frozen=True)
class Account:
    """A person who uses the workspace. `area_id` is the area they answer for; None is the whole place."""

    account_id: str
    name: str
    role: str
    area_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Rights:
    """
    What a role may do, always inside the account's own area.

    `sees_personal`: names, phones, addresses and free text in clear. `reveals`: may open one masked value, with a
    reason that is audited. `imports`: may publish, replace and undo tables; needs an account without an area limit.
    `ingests`: may send fixes and incidents as they happen; needs an account without an area limit too.
    `organizes`: may save and drop event plans and rosters, and open boards, inside their area. `reports`: may tell the
    board of an event what happens there.
    `plans`: may draw, save and submit plans of boundaries. `approves`: may approve a plan another person submitted, put
    it in force and roll it back; needs an account without an area limit.
    `sets`: may change settings. `administers`: may add accounts and drop a workspace.
    """

    title: str
    sees_personal: bool = False
    reveals: bool = False
    imports: bool = False
    ingests: bool = False
    organizes: bool = False
    reports: bool = False
    plans: bool = False
    approves: bool = False
    sets: bool = False
    administers: bool = False


ROLES = {
    "administrator": Rights(
        title="administrator",
        sees_personal=True,
        reveals=True,
        imports=True,
        ingests=True,
        organizes=True,
        reports=True,
        plans=True,
        approves=True,
        sets=True,
        administers=True,
    ),
    "duty_officer": Rights(
        title="duty officer",
        sees_personal=True,
        reveals=True,
        imports=True,
        ingests=True,
        organizes=True,
        reports=True,
    ),
    "planner": Rights(title="planner", imports=True, plans=True, approves=True, sets=True),
    "organizer": Rights(title="event organizer", reveals=True, organizes=True, reports=True),
    "village_officer": Rights(title="village officer", sees_personal=True, reveals=True, reports=True),
    "grid_worker": Rights(title="grid worker", sees_personal=True, reveals=True, reports=True),
    "viewer": Rights(title="viewer"),
}
"""The one table of rights; a page asks `rights(account)`, the writer asks `require_right`."""

LOCAL_ADMINISTRATOR = Account("administrator", "Local administrator", "administrator", None)
"""The account a workspace gets when it is made without any."""


def rights(account: Account) -> Rights:
    """
    Return what this person may do.

    Examples
    --------
    >>> rights(Account("v", "Visitor", "viewer")).sees_personal
    False
    """
    return ROLES[account.role]


def require_account(value: Account) -> Account:
    """Return the account, or raise a SchemaError if it has no id or an unknown role."""
    if not value.account_id or value.role not in ROLES:
        raise SchemaError(
            say("an account with an id and one of the roles {roles}", roles=", ".join(ROLES)),
            say("id {id!r}, role {role!r}", id=value.account_id, role=value.role),
            say("correct the account"),
        )
    return value


def require_right(account: Account, right: str) -> None:
    """Raise a ScopeError unless the person's role has this right (a field name of `Rights`); '' asks for none."""
    if not right:
        return
    if not getattr(rights(account), right):
        allowed = ", ".join(name for name, each in ROLES.items() if getattr(each, right))
        raise ScopeError(
            say("a person whose role is {roles}", roles=allowed),
            say("{name}, {role}", name=account.name, role=account.role),
            say("ask one of them, or switch person"),
        )
    if right in ("imports", "ingests", "approves", "sets", "administers") and account.area_id is not None:
        raise ScopeError(
            say("a person who answers for the whole place"),
            say("{name}, who answers for {area}", name=account.name, area=account.area_id),
            say("ask somebody without an area limit"),
        )
