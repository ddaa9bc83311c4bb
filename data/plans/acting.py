"""Writing plans: every act names its actor, and no save ever goes over another person's."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from data.plans.draft import Draft
from data.plans.gate import GateReport, check_draft
from data.plans.ground import levels_of
from data.plans.records import PlanRecord, read_draft, read_plan
from data.store import staging_folder
from data.store.staging import stage
from geo.contracts import raise_faults
from geo.errors import SchemaError, StoreError, say

if TYPE_CHECKING:
    from data.store.desk import Desk


def make_plan(
    desk: Desk,
    name: str,
    draft: Draft,
    *,
    level: str,
    within: str | None = None,
    comment: str = "",
    based_on: int | None = None,
    branched_from: tuple[str, int] | None = None,
) -> PlanRecord:
    """
    Keep a draft as a new plan of the zones of `level`, its first version.

    A person with an area limit plans inside their own area. `based_on` is the edition the draft was drawn on
    (`Ground.edition`), the desk's where it is not given.

    Raises
    ------
    SchemaError
        If the name, the level or the draft is wrong.
    ScopeError
        If the person may not plan, or not there.
    """
    _, unit_level = levels_of(desk.store, level)
    plan_id, version = branched_from or (None, None)
    payload = {
        "name": name,
        "level": level,
        "unit_level": unit_level,
        "within": within or desk.account.area_id,
        "comment": comment,
        "based_on": desk.store.edition if based_on is None else based_on,
        "branched_from": plan_id,
        "branched_version": version,
    }
    made = _write_draft(desk, "make_plan", payload, draft)
    return read_plan(desk, str(made["plan_id"]))


def save_plan(
    desk: Desk, plan_id: str, draft: Draft, *, version: int, comment: str = "", based_on: int | None = None
) -> PlanRecord:
    """
    Add a version to a draft plan; `version` is the one this was drawn from.

    Raises
    ------
    ChangedError
        If somebody saved another version meanwhile: it says who and when. Nothing is overwritten: keep yours with
        `branch_plan(..., draft=...)`, or load theirs.
    StoreError
        If the plan is handed in, approved or in force: branch it to go on.
    """
    payload = {"plan_id": plan_id, "version": version, "comment": comment}
    payload["based_on"] = desk.store.edition if based_on is None else based_on
    _write_draft(desk, "save_plan", payload, draft)
    return read_plan(desk, plan_id)


def branch_plan(
    desk: Desk, plan_id: str, name: str, *, version: int | None = None, draft: Draft | None = None, comment: str = ""
) -> PlanRecord:
    """Begin another plan from a version of one (the newest where none is named), or with a draft drawn from it."""
    plan = read_plan(desk, plan_id)
    chosen = plan.version if version is None else version
    drawn = draft if draft is not None else read_draft(desk, plan_id, chosen)
    return make_plan(
        desk, name, drawn, level=plan.level, within=plan.within, comment=comment, branched_from=(plan_id, chosen)
    )


def see_plan(desk: Desk, plan_id: str, version: int | None) -> dict[str, Any]:
    """
    Say that the reader has this version of a plan open, or has left it (None), and learn who else has.

    Returns `version` (the newest), `state`, and `others`: actor, name and version of everybody seen in it lately
    (setting `plan_seen_minutes`). Call it when a plan is opened, from time to time, and when it is left.
    """
    return _write(desk, "open_plan", {"plan_id": plan_id, "version": version})


def act_on_plan(
    desk: Desk, plan_id: str, act: str, *, text: str | None = None, version: int | None = None, on: date | None = None
) -> PlanRecord:
    """
    Comment, rename, submit, withdraw, return, approve, schedule or drop a plan; `effect_plan` puts it in force.

    `text` is the comment, the new name or the reason of a return. `version` is the one looked at: an approval of a
    version that is not the newest is refused. `on` is the first day of a scheduled plan, None takes it off the list.

    Raises
    ------
    ScopeError
        If the role may not do this, the approver is the submitter, or the plan lies outside their area.
    StoreError
        If the plan is not in a state for this.
    """
    if act in ("comment", "return") and not (text or "").strip():
        raise SchemaError(say("a text"), say("none"), say("say what there is to say about the plan"))
    if act == "submit":
        return submit_plan(desk, plan_id, version=version)[0]
    payload = {"plan_id": plan_id, "act": act, "text": (text or "").strip() or None, "version": version}
    _write(desk, "act_on_plan", payload | {"on": on.isoformat() if on else None})
    return read_plan(desk, plan_id)


def submit_plan(desk: Desk, plan_id: str, *, version: int | None = None) -> tuple[PlanRecord, GateReport]:
    """
    Hand a plan in: through the gate, which checks it against the areas of today. It cannot be edited then.

    Raises
    ------
    SchemaError
        With every fault the gate found; the plan stays a draft.
    ChangedError
        If `version` is not the newest.
    """
    plan = read_plan(desk, plan_id)
    report = check_draft(desk, plan, read_draft(desk, plan_id))
    require_passed(report)
    newest = plan.version if version is None else version
    payload = {"plan_id": plan_id, "act": "submit", "version": newest, "gate": report.summary()}
    _write(desk, "act_on_plan", payload)
    return read_plan(desk, plan_id), report


def require_passed(report: GateReport) -> None:
    """Raise a SchemaError with every fault of a gate report."""
    raise_faults(
        SchemaError,
        say("a plan that passes the gate"),
        [fault.text for fault in report.faults],
        say("put these right, or state a reason for a zone out of its band"),
    )


def require_state(plan: PlanRecord, *states: str) -> None:
    """Raise a StoreError unless the plan is in one of these states."""
    if plan.state not in states:
        raise StoreError(
            say("a plan that is {states}", states=", ".join(states)),
            say("{name} is {state}", name=plan.name, state=plan.state),
            say("branch it to go on with it, or wait until it is in that state"),
        )


def _write_draft(desk: Desk, verb: str, payload: dict[str, Any], draft: Draft) -> dict[str, Any]:
    name = stage(desk.store.workspace, draft.table(), "plan")
    try:
        return _write(desk, verb, payload | {"table": name, "zones": draft.texts()})
    except BaseException:
        (staging_folder(desk.store.workspace) / name).unlink(missing_ok=True)
        raise


def _write(desk: Desk, verb: str, payload: dict[str, Any]) -> dict[str, Any]:
    from data.writer import write

    return write(desk.store.workspace, verb, payload, actor=desk.account.account_id)
