"""An exported ledger, checked alone: the same lines a station posted, batch after batch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from content.contracts.asrun import AsRun, Seal, chain_hash
from content.contracts.fields import ZEROS
from content.contracts.signing import PublicKey
from content.errors import ContractError


@dataclass(frozen=True)
class Verdict:
    """What a ledger says of itself; `first_bad` is the 1-based line at which it breaks, 0 if whole."""

    records: int
    seals: int
    chains: int
    unsealed: int
    first_bad: int = 0
    why: str = ""

    @property
    def whole(self) -> bool:
        """Whether nothing was changed, left out or added."""
        return self.first_bad == 0


@dataclass
class _Walk:
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    open_lines: int = 0
    records: int = 0
    seals: int = 0

    def step(self, line: bytes, key: PublicKey | str | None) -> None:
        if b'"event":"seal"' in line:
            self._take_seal(Seal.from_line(line), key)
        else:
            self._take_record(AsRun.from_line(line), line)

    def _take_record(self, record: AsRun, line: bytes) -> None:
        last, head = self.heads.get(record.chain, (0, ZEROS))
        if (record.sequence, record.previous) != (last + 1, head):
            raise ContractError("bản ghi {sequence} không nối với dòng trước", sequence=record.sequence)
        self.heads[record.chain] = (record.sequence, chain_hash(line))
        self.records += 1
        self.open_lines += 1

    def _take_seal(self, seal: Seal, key: PublicKey | str | None) -> None:
        if self.heads.get(seal.chain) != (seal.last, seal.head):
            raise ContractError("dấu niêm phong không khớp với các dòng trước nó")
        if isinstance(key, PublicKey):
            seal.verify(key)
        elif key is not None and seal.keyid != key:
            raise ContractError(
                "dấu niêm phong mang khóa {keyid}, không phải {key}", keyid=seal.keyid, key=key
            )
        self.seals += 1
        self.open_lines = 0


def verify_ledger(lines: Iterable[bytes], key: PublicKey | str | None) -> Verdict:
    """Walk `lines`.  Never raises for a broken ledger.

    With a public key every seal's signature is checked; with a key id (16 hex digits) only that the
    seals name it.
    """
    walk = _Walk()
    for number, line in enumerate(lines, start=1):
        try:
            walk.step(line.rstrip(b"\n"), key)
        except ContractError as error:
            return Verdict(walk.records, walk.seals, len(walk.heads), walk.open_lines, number, str(error))
    return Verdict(walk.records, walk.seals, len(walk.heads), walk.open_lines)
