"""What a publish did to the rows that were there: how many came new, changed, stayed the same, went or were left."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, and_, case, func, select

from data.store.publishing import Publishing
from data.store.tables import KINDS, has_shape

NAMES = ("inserted", "updated", "unchanged", "removed", "kept")


def last_row(publishing: Publishing, table: Table) -> int:
    """Return the number of a table's newest row; what is added later has a greater one."""
    with publishing.engine.connect() as connection:
        return int(connection.execute(select(func.max(table.c.row_number))).scalar_one() or 0)


def count_changes(
    publishing: Publishing, kind: str, table: Table, *conditions: ColumnElement[bool], after: int, before: int
) -> dict[str, int]:
    """
    Return how many rows this edition inserted, updated, left unchanged, removed or kept.

    `after` is `last_row` and `before` the count of present rows before the first change, both under the same
    `conditions` (on columns of `table`). A row is unchanged if all a file can say of it is the same; where it was
    placed does not count. inserted + updated + unchanged = rows added; updated + unchanged + removed + kept = before.
    """
    own = KINDS[kind]
    old = table.alias("old")
    added = and_(table.c.row_number > after, table.c.since_edition == publishing.edition, *conditions)
    told = [one.name for one in own.fields if not one.derived and one.name != own.key]
    told += ["geometry"] if has_shape(own) else []
    same = and_(*(table.c[name].is_not_distinct_from(old.c[name]) for name in told))
    matches = and_(old.c[own.key] == table.c[own.key], old.c.until_edition == publishing.edition)
    matches = and_(matches, old.c.level == table.c.level) if kind == "areas" else matches
    joined = select(func.count(), func.count(case((same, 1)))).select_from(table.join(old, matches)).where(added)
    ended = select(func.count()).select_from(table).where(table.c.until_edition == publishing.edition, *conditions)
    with publishing.engine.connect() as connection:
        rows = int(connection.execute(select(func.count()).select_from(table).where(added)).scalar_one())
        gone = int(connection.execute(ended).scalar_one()) if before else 0
        matched, unchanged = (int(one) for one in connection.execute(joined).one()) if gone else (0, 0)
    counts = (rows - matched, matched - unchanged, unchanged, gone - matched, before - gone)
    return dict(zip(NAMES, counts, strict=True))
