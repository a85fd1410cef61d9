"""A station's ledger as it is handed out: the very lines it posted, batch after batch, with their seals."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduler.models.asrun import AsRunRecord, ChainHead, Seal
from scheduler.models.station import Station

PAGE = 1000


def export(session: Session, station: Station) -> Iterator[bytes]:
    """Give the lines (each with its newline), chain after chain as they were opened."""
    heads = select(ChainHead.chain).where(ChainHead.station == station.name)
    for chain in session.scalars(heads.order_by(ChainHead.opened_at, ChainHead.chain)).all():
        yield from _chain(session, station.name, chain)


def _chain(session: Session, station: str, chain: str) -> Iterator[bytes]:
    query = select(Seal.last, Seal.line).where(Seal.station == station, Seal.chain == chain)
    seals: dict[int, bytes] = {last: line for last, line in session.execute(query)}  # noqa: C416 (typed)
    lines = (
        select(AsRunRecord.sequence, AsRunRecord.line)
        .where(AsRunRecord.station == station, AsRunRecord.chain == chain)
        .order_by(AsRunRecord.sequence)
    )
    for sequence, line in session.execute(lines.execution_options(yield_per=PAGE)):
        yield line + b"\n"
        if sequence in seals:
            yield seals[sequence] + b"\n"
