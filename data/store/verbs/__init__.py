"""What can be written: each verb with the right it needs, found by name."""

from __future__ import annotations

from data.store.verbs.areas import publish_areas, replace_placements
from data.store.verbs.boards import open_board, tell_board
from data.store.verbs.boundaries import drop_boundaries, keep_boundaries, record_lineage
from data.store.verbs.call import Call, Verb
from data.store.verbs.events import drop_event, save_event
from data.store.verbs.fixes import publish_fixes
from data.store.verbs.mappings import drop_mapping, keep_mapping
from data.store.verbs.plans import act_on_plan, make_plan, open_plan, save_plan
from data.store.verbs.plans_in_force import effect_plan, roll_back_plan
from data.store.verbs.rosters import save_roster
from data.store.verbs.rows import publish_rows
from data.store.verbs.small import add_account, add_audit, set_setting
from data.store.verbs.undo import undo_import
from data.store.verbs.workspace import create_workspace, drop_workspace, swap_workspace

VERBS: dict[str, Verb] = {
    "create_workspace": Verb(create_workspace, right="", needs_store=False),
    "drop_workspace": Verb(drop_workspace, right="administers"),
    "swap_workspace": Verb(swap_workspace, right="administers"),
    "publish_areas": Verb(publish_areas, right="imports"),
    "replace_placements": Verb(replace_placements, right="imports"),
    "keep_boundaries": Verb(keep_boundaries, right="imports"),
    "drop_boundaries": Verb(drop_boundaries, right="imports"),
    "record_lineage": Verb(record_lineage, right="imports"),
    "publish_rows": Verb(publish_rows, right="imports"),
    "publish_fixes": Verb(publish_fixes, right="imports"),
    "save_event": Verb(save_event, right="organizes"),
    "drop_event": Verb(drop_event, right="organizes"),
    "save_roster": Verb(save_roster, right="organizes"),
    "open_board": Verb(open_board, right="organizes"),
    "tell_board": Verb(tell_board, right="reports"),
    "make_plan": Verb(make_plan, right="plans"),
    "save_plan": Verb(save_plan, right="plans"),
    "open_plan": Verb(open_plan, right="plans"),
    "act_on_plan": Verb(act_on_plan, right=""),
    "effect_plan": Verb(effect_plan, right="approves"),
    "roll_back_plan": Verb(roll_back_plan, right="approves"),
    "undo_import": Verb(undo_import, right="imports"),
    "keep_mapping": Verb(keep_mapping, right="imports"),
    "drop_mapping": Verb(drop_mapping, right="imports"),
    "set_setting": Verb(set_setting, right="sets"),
    "add_account": Verb(add_account, right="administers"),
    "add_audit": Verb(add_audit, right=""),
}

__all__ = ["VERBS", "Call", "Verb"]
