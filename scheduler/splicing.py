"""A signed manifest with emergencies added, without drawing all of it anew, or even reading all of it (pure).

LP-JSON has one form: keys in order, no blanks, and no bare quotation mark within a string.  So a payload of
ours can be taken apart where its items are, and put together again from the same bytes: a call waits for
hundreds of stations' manifests.  What else may have changed since is not lost: a manifest drawn whole
follows within seconds.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from content.contracts import lpjson
from content.contracts.instants import format_instant
from content.contracts.manifest import Command, Item

_OPEN, _CLOSE, _NEXT = b'"items":[', b'],"mode":', b'},{"after_preempt":'
_ID, _STARTS = re.compile(rb'"id":"([^"]*)"'), re.compile(rb'"starts_at":"([^"]*)"')


@dataclass(frozen=True)
class Taken:
    """A payload taken apart: the items as they stand there, and the values of all other fields."""

    fields: dict[str, Any]
    items: bytes
    tail: bytes


def take_apart(payload: bytes) -> Taken:
    """Return the parts of a payload that we wrote; ValueError when it is of another form."""
    head, opened, rest = payload.partition(_OPEN)
    items, closed, tail = rest.rpartition(_CLOSE)
    if not (opened and closed):
        raise ValueError("no manifest of ours")
    before, after = lpjson.decode_known(head[:-1] + b"}"), lpjson.decode_known(b'{"mode":' + tail)
    return Taken({**before, **after}, items, tail)


def spliced(
    taken: Taken,
    *,
    items: Iterable[Item],
    recalled: Collection[str],
    commands: Iterable[Command],
    generation: int,
    now: datetime,
) -> bytes:
    """Return the LP-JSON payload of the next generation: with `items`, without what is `recalled`."""
    at = format_instant(now)
    head = {
        "cancelled": sorted({*taken.fields["cancelled"], *recalled}),
        "commands": [command.to_wire() for command in commands],
        "from": at,
        "generation": generation,
        "issued_at": at,
    }
    held = {name: (starts, name, words) for starts, name, words in _held(taken.items)}
    for item in items:
        name = item.id.encode()
        held[name] = format_instant(item.starts_at).encode(), name, lpjson.encode_known(item.to_wire())
    for gone in recalled:
        held.pop(gone.encode(), None)
    listed = b",".join(words for _, _, words in sorted(held.values()))
    return b"".join((lpjson.encode_known(head)[:-1], b",", _OPEN, listed, _CLOSE, taken.tail))


def _held(items: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Give the start, the name and the bytes of each item."""
    first, *others = items[1:-1].split(_NEXT)
    for words in (b"{%s}" % first, *(b"%s%s}" % (_NEXT[2:], other) for other in others)) if items else ():
        starts, name = _STARTS.search(words), _ID.search(words)
        if starts is None or name is None:
            raise ValueError("no item of ours")
        yield starts[1], name[1], words
