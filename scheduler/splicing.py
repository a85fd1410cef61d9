"""A signed manifest with emergencies added, without drawing all of it anew (pure).

What else may have changed since is not lost: a manifest drawn whole follows within seconds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from content.contracts import lpjson
from content.contracts.instants import format_instant
from content.contracts.manifest import Command, Item


def spliced(
    payload: dict[str, Any],
    *,
    items: Iterable[Item],
    recalled: Collection[str],
    commands: Iterable[Command],
    generation: int,
    now: datetime,
) -> bytes:
    """Return the LP-JSON payload of the next generation: with `items`, without what is `recalled`."""
    held = {item["id"]: item for item in payload["items"]}
    held.update((item.id, item.to_wire()) for item in items)
    at = format_instant(now)
    return lpjson.encode_known(
        {
            **payload,
            "generation": generation,
            "issued_at": at,
            "from": at,
            "items": sorted(
                (item for name, item in held.items() if name not in recalled),
                key=lambda item: (item["starts_at"], item["id"]),
            ),
            "cancelled": sorted({*payload["cancelled"], *recalled}),
            "commands": [command.to_wire() for command in commands],
        }
    )
