"""`wangge plans`: the plans of a workspace, from the list to the day they take effect, and back."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from commands.console import note, open_desk, print_json, progress_bar
from geo.errors import SchemaError, say

if TYPE_CHECKING:
    from data.store import Desk

FOUND = 1


def tell_plans(action: str, plan: str | None, other: str | None, given: dict[str, Any]) -> None:
    """Do one action with the plans of a workspace; `given` are the options by name."""
    desk = open_desk(given["workspace"], given["actor"])
    if action == "list":
        _list(desk, given["as_json"])
        return
    if action == "effect" and given["due"]:
        _effect_due(desk, given["as_json"])
        return
    if action == "new":
        shown = _new(desk, given)
    elif plan is None:
        raise SchemaError(
            say("`wangge plans {action} PLAN`", action=action), say("no plan"), say("`wangge plans list` shows them")
        )
    else:
        shown = ACTIONS[action](desk, plan, other, given)
    if given["as_json"]:
        print_json(shown)


def _list(desk: Desk, as_json: bool) -> None:
    from data.plans import list_plans

    plans = [vars(one) for one in list_plans(desk)]
    if as_json:
        print_json({"workspace": desk.store.workspace, "plans": plans})
        return
    for one in plans:
        day = f", {one['on_date']}" if one["on_date"] else ""
        print(f"{one['plan_id']}  {one['state']}{day}  version {one['version']}  {one['name']}")


def _new(desk: Desk, given: dict[str, Any]) -> dict[str, Any]:
    """Begin a plan from a file of unit and zone, or from the zones of today."""
    from data.plans import Draft, draft_of_today, ground_for, make_plan

    level, within, name = given["level"], given["within"], given["name"]
    if name is None:
        raise SchemaError(say("--name TEXT"), say("no name"), say("name the plan"))
    ground = ground_for(desk, level, within)
    draft = draft_of_today(ground)
    if given["units"] is not None:
        draft = draft.with_zones(_read_zones(given["units"], given["id_column"]))
    if given["solve"] is not None:
        draft = _solved(desk, ground, draft, given)
    drawn = Draft(draft.zone, zones=draft.zones)
    made = make_plan(desk, name, drawn, level=level, within=within, comment=given["comment"] or "")
    note(f"{made.plan_id}: {made.name}, {draft.zone.nunique():,} zones of {len(draft.zone):,} units")
    return vars(made)


def _solved(desk: Desk, ground: Any, draft: Any, given: dict[str, Any]) -> Any:
    """An automatic plan: zones from nothing, or as few changes to the draft as can be."""
    from data.plans.solving import solve_draft

    if given["solve"] not in ("scratch", "minimal"):
        raise SchemaError(say("--solve scratch or minimal"), say("{how!r}", how=given["solve"]), say("choose one"))
    with progress_bar("plan") as progress:
        found, result = solve_draft(
            desk, ground, is_minimal_change=given["solve"] == "minimal", zones=given["zones"], before=draft,
            progress=progress,
        )  # fmt: skip
    note(f"{result.plan.count:,} zones, {result.status}, {len(found.zones):,} out of band with a reason")
    return found


def _read_zones(path: Path, id_column: str) -> dict[str, str]:
    from data.formats import read_file

    frame = read_file(path).frame
    missing = [name for name in (id_column, "zone") if name not in frame]
    if missing:
        raise SchemaError(
            say("columns {names} in {file}", names=f"{id_column}, zone", file=path.name),
            say("no {names}", names=", ".join(missing)),
            say("name the id column with --id"),
        )
    known = frame[frame["zone"].notna() & (frame["zone"] != "")]
    return dict(zip(known[id_column].astype(str), known["zone"].astype(str), strict=True))


def _show(desk: Desk, plan_id: str, _other: str | None, given: dict[str, Any]) -> dict[str, Any]:
    from data.plans import check_draft, plan_events, plan_versions, read_draft, read_plan

    plan = read_plan(desk, plan_id)
    draft = read_draft(desk, plan_id, given["version"])
    report = check_draft(desk, plan, draft).summary()
    versions, events = plan_versions(desk, plan_id), plan_events(desk, plan_id)
    if not given["as_json"]:
        print(f"{plan.plan_id}  {plan.name}  {plan.state}  {plan.level} of {plan.unit_level}, {plan.within or 'all'}")
        for version in versions:
            print(f"version {version.version}  {version.at:%Y-%m-%d %H:%M} UTC  {version.actor}  {version.comment}")
        for event in events:
            print(f"{event.at:%Y-%m-%d %H:%M} UTC  {event.actor}  {event.act}  {event.what.get('text') or ''}")
        for fault in report["faults"]:
            print(f"fault: {fault['text']}")
    return {
        "plan": vars(plan),
        "versions": [vars(one) for one in versions],
        "events": [vars(one) for one in events],
        "gate": report,
    }


def _branch(desk: Desk, plan_id: str, _other: str | None, given: dict[str, Any]) -> dict[str, Any]:
    from data.plans import branch_plan, read_plan

    name = given["name"] or f"{read_plan(desk, plan_id).name} 2"
    made = branch_plan(desk, plan_id, name, version=given["version"], comment=given["comment"] or "")
    note(f"{made.plan_id}: {made.name}, from {made.branched_from} version {made.branched_version}")
    return vars(made)


def _submit(desk: Desk, plan_id: str, _other: str | None, given: dict[str, Any]) -> dict[str, Any]:
    from data.plans import submit_plan

    plan, report = submit_plan(desk, plan_id, version=given["version"])
    note(f"{plan.plan_id}: {plan.state}, {report.zones:,} zones, {len(report.excused):,} out of band with a reason")
    return {"plan": vars(plan), "gate": report.summary()}


def _act(act: str) -> Any:
    def run(desk: Desk, plan_id: str, _other: str | None, given: dict[str, Any]) -> dict[str, Any]:
        from data.plans import act_on_plan

        plan = act_on_plan(desk, plan_id, act, text=given["comment"], version=given["version"])
        note(f"{plan.plan_id}: {plan.state}")
        return vars(plan)

    return run


def _effect(desk: Desk, plan_id: str, _other: str | None, given: dict[str, Any]) -> dict[str, Any]:
    from data.plans.effect import effect_plan

    with progress_bar(f"plan {plan_id}") as progress:
        done = effect_plan(desk, plan_id, _day(given["on"]), progress=progress)
    waits = "waits for" if done.edition is None else "in force from"
    note(f"{plan_id}: {waits} {done.day}")
    return _told(done)


def _effect_due(desk: Desk, as_json: bool) -> None:
    """Put in force what is due, for a line in cron; exit code 1 where a plan was refused."""
    from data.plans.effect import effect_due

    with progress_bar("plans") as progress:
        done, refused = effect_due(desk, progress=progress)
    for one in done:
        note(f"{one.plan.plan_id}: in force from {one.day}")
    for plan_id, error in refused:
        note(f"{plan_id}: {error}")
    if as_json:
        told = [{"plan_id": plan_id, "error": str(error)} for plan_id, error in refused]
        print_json({"done": [_told(one) for one in done], "refused": told})
    if refused:
        raise typer.Exit(FOUND)


def _roll_back(desk: Desk, plan_id: str, _other: str | None, given: dict[str, Any]) -> dict[str, Any]:
    from data.plans.effect import roll_back_plan

    with progress_bar(f"plan {plan_id}") as progress:
        done = roll_back_plan(desk, plan_id, _day(given["on"]), progress=progress)
    note(f"{plan_id}: rolled back from {done.day}")
    return _told(done)


def _told(done: Any) -> dict[str, Any]:
    return {"plan": vars(done.plan), "day": done.day, "edition": done.edition, "codes": done.codes}


def _compare(desk: Desk, plan_id: str, other: str | None, given: dict[str, Any]) -> dict[str, Any]:
    """A plan beside another one, or beside today's zones."""
    from data.plans import read_draft, read_plan
    from data.plans.replay import consequences

    plan = read_plan(desk, plan_id)
    draft = read_draft(desk, plan_id, given["version"])
    before = read_draft(desk, other) if other else None
    found = consequences(desk, draft, level=plan.level, within=plan.within, before=before)
    compared = found.comparison
    note(
        f"{plan.plan_id} beside {other or 'today'}: {compared.moved:,} of "
        f"{compared.moved + compared.kept:,} households "
        f"and {compared.units_moved:,} units change hands, {compared.zones_changed:,} zones change "
        f"({compared.share_changed:.1%}); core retention {compared.core_retention:.3f}, "
        f"variation of information {compared.variation_of_information:.4f} bits"
    )
    note(
        f"replayed {found.start:%Y-%m-%d} to {found.end:%Y-%m-%d}: {found.incidents:,} incidents, "
        f"{found.unplaced:,} in no unit; {len(found.vacant):,} zones without a worker"
    )
    if given["out"] is not None:
        from commands.console import write_table

        write_table(found.zones.reset_index(drop=True), given["out"])
    measures = {name: value for name, value in vars(compared).items() if name != "pairs"}
    if not given["as_json"]:
        return {}
    return {
        "plan_id": plan.plan_id, "beside": other or "today", "from": found.start, "to": found.end, **measures,
        "incidents": found.incidents, "unplaced": found.unplaced, "vacant": found.vacant,
        "zones": _records(found.zones), "workers": _records(found.workers), "handed": _records(found.handed),
    }  # fmt: skip


def _records(table: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.astype(object).where(table.notna(), None).to_dict("records")
    return rows


def _export(desk: Desk, plan_id: str, _other: str | None, given: dict[str, Any]) -> dict[str, Any]:
    from data.plans.export import export_plan

    out = _out(given)
    rows = export_plan(desk, plan_id, out, version=given["version"], of=given["of"], crs=given["crs"])
    note(f"{out}: {rows:,} {given['of']}")
    return {"out": out, "rows": rows}


def _book(desk: Desk, plan_id: str, _other: str | None, given: dict[str, Any]) -> dict[str, Any]:
    from data.plans.book import write_book

    out = _out(given)
    with progress_bar(f"book of {plan_id}") as progress:
        pages = write_book(desk, plan_id, out, version=given["version"], language=given["lang"], progress=progress)
    note(f"{out}: {pages:,} villages, {out.stat().st_size:,} bytes")
    return {"out": out, "villages": pages}


def _out(given: dict[str, Any]) -> Path:
    out: Path | None = given["out"]
    if out is None or not out.parent.is_dir():
        raise SchemaError(
            say("--out FILE in a folder that exists"), say("{name}", name=str(out)), say("name the file to write")
        )
    return out


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SchemaError(
            say("a day such as 2026-11-22"), say("{text!r}", text=text), say("write it year first")
        ) from None


ACTIONS = {
    "show": _show,
    "branch": _branch,
    "submit": _submit,
    "withdraw": _act("withdraw"),
    "return": _act("return"),
    "approve": _act("approve"),
    "comment": _act("comment"),
    "drop": _act("drop"),
    "effect": _effect,
    "rollback": _roll_back,
    "compare": _compare,
    "export": _export,
    "book": _book,
}
