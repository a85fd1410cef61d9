"""Looks for lost and doubled airings in plain SQL, knowing nothing of how they were planned.

Each finding is a count that must be zero.  What must be there follows from the orders alone: every
station below an ordered unit, every ordered day, every time of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import bindparam, text

from content import audit
from content.db import Database, UtcDateTime

_EXPECTED = """
WITH RECURSIVE
days(day) AS (VALUES {days}),
below(root, unit) AS (
    SELECT id, id FROM unit
    UNION ALL SELECT below.root, unit.id FROM below JOIN unit ON unit.parent_id = below.unit
),
times(n) AS (VALUES (1), (2), (3), (4), (5), (6)),
expected(order_id, station, day, n) AS (
    SELECT DISTINCT o.id, s.name, days.day, times.n
    FROM broadcast_order o
    JOIN order_unit u ON u.order_id = o.id
    JOIN below ON below.root = u.unit_id
    JOIN station s ON s.unit_id = below.unit
    JOIN days ON days.day BETWEEN CAST(o.first_day AS TEXT) AND CAST(o.last_day AS TEXT)
    JOIN times ON times.n <= o.times_per_day
    WHERE o.cancelled_at IS NULL
)
"""
_RANK = (
    "CASE {} WHEN 'planned' THEN 0 WHEN 'released' THEN 1 WHEN 'due' THEN 2 WHEN 'on_air' THEN 3 ELSE 4 END"
)
_STEPS = f"""
WITH steps AS (
    SELECT airing, state, {_RANK.format("state")} AS rank,
        lag({_RANK.format("state")}) OVER (PARTITION BY airing ORDER BY id) AS before,
        row_number() OVER (PARTITION BY airing ORDER BY id DESC) AS from_last
    FROM airing_change
)
"""
FINDINGS: dict[str, str] = {
    "lost": _EXPECTED
    + """SELECT count(*) FROM expected e WHERE NOT EXISTS (SELECT 1 FROM airing a WHERE
    a.order_id = e.order_id AND a.station = e.station AND CAST(a.due AS TEXT) = e.day AND a.n = e.n)""",
    "doubled": """SELECT count(*) FROM (SELECT 1 FROM airing WHERE order_id IS NOT NULL
    GROUP BY order_id, station, due, n HAVING count(*) > 1) AS twice""",
    "never asked for": _EXPECTED
    + """SELECT count(*) FROM airing a WHERE a.kind = 'bulletin' AND NOT EXISTS (SELECT 1 FROM expected e
    WHERE a.order_id = e.order_id AND a.station = e.station AND CAST(a.due AS TEXT) = e.day AND a.n = e.n)""",
    "ranks that fell": _STEPS + "SELECT count(*) FROM steps WHERE rank < before",
    "final states that changed": _STEPS + "SELECT count(*) FROM steps WHERE before = 4",
    "rows that differ from their history": _STEPS
    + """SELECT count(*) FROM airing a LEFT JOIN steps s ON s.airing = a.id AND s.from_last = 1
    WHERE COALESCE(s.state, 'planned') <> a.state""",
    "due more than once": """SELECT count(*) FROM (SELECT airing FROM airing_change
    WHERE state = 'due' AND "by" = 'dispatch' GROUP BY airing HAVING count(*) > 1) AS twice""",
    "left behind": """SELECT count(*) FROM airing WHERE rank < 4 AND starts_at <= :now""",
    "started twice": """SELECT count(*) FROM (SELECT airing FROM as_run WHERE event = 'starting'
    GROUP BY airing HAVING count(*) > 1) AS twice""",
    "played without a start and an end": """SELECT count(*) FROM airing a WHERE a.state = 'played' AND 2 <> (
    SELECT count(*) FROM as_run r WHERE r.airing = a.id AND r.event IN ('starting', 'finished'))""",
    "reported as played and not so": """SELECT count(*) FROM as_run r JOIN airing a ON a.id = r.airing
    WHERE r.event = 'finished' AND a.state <> 'played'""",
    "forks": "SELECT count(*) FROM fork",
}


def findings(database: Database, days: Sequence[date], now: datetime) -> dict[str, int]:
    """Return what is wrong, by name; empty when nothing is.  `now`: everything before it must be over."""
    values = ", ".join(f"('{day.isoformat()}')" for day in days)
    with database.reading() as session:
        found = {}
        for name, sql in FINDINGS.items():
            statement = text(sql.replace("{days}", values))
            if ":now" in sql:
                statement = statement.bindparams(bindparam("now", now, UtcDateTime()))
            found[name] = session.scalar(statement) or 0
        found["breaks of the audit log"] = audit.verify(session).first_bad
    return {name: count for name, count in found.items() if count}


def states(database: Database) -> dict[str, int]:
    """Return how many airings ended how."""
    query = (
        "SELECT state || COALESCE(' (' || reason || ')', ''), count(*) FROM airing GROUP BY 1 ORDER BY 2 DESC"
    )
    with database.reading() as session:
        return {str(state): int(count) for state, count in session.execute(text(query))}


def times_due(database: Database) -> int:
    """Return how many airings became due."""
    query = "SELECT count(DISTINCT airing) FROM airing_change WHERE state = 'due' AND \"by\" = 'dispatch'"
    with database.reading() as session:
        return int(session.scalar(text(query)) or 0)
