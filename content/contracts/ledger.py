"""An exported ledger, checked alone: the same lines a station posted, batch after batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from content.contracts.asrun import AsRun, Event, Seal, chain_hash
from content.contracts.fields import ZEROS
from content.contracts.signing import PublicKey
from content.errors import ContractError


class TooLongError(ContractError):
    """A line that is longer than any record."""

    code = "line_too_long"


@dataclass(frozen=True)
class Verdict:
    """What a ledger says of itself; `first_bad` is the 1-based line at which it breaks, 0 if nowhere.

    `unsealed` counts the records after the last seal of their chain: nobody signed them, so they prove
    nothing, and what the centre exports has none.  `keyids` are the key ids whose
    signatures were checked, in order; with none of them no signature was checked.
    """

    records: int
    seals: int
    chains: int
    unsealed: int
    first_bad: int = 0
    why: str = ""
    keyids: tuple[str, ...] = ()

    @property
    def unbroken(self) -> bool:
        """Whether every line fits the one before it, and every seal what it seals."""
        return self.first_bad == 0

    @property
    def whole(self) -> bool:
        """Whether nothing was changed, left out or added: unbroken, and sealed to its end."""
        return self.unbroken and self.unsealed == 0


@dataclass
class _Chain:
    last: int = 0
    head: str = ZEROS
    sealed: int = 0


@dataclass
class _Walk:
    given: PublicKey | str | None
    named: dict[str, PublicKey]
    station: str = ""
    chains: dict[str, _Chain] = field(default_factory=dict)
    seals: int = 0
    keyids: dict[str, None] = field(default_factory=dict)

    def step(self, line: bytes) -> None:
        if b'"event":"seal"' in line:
            self._take_seal(Seal.from_line(line))
        else:
            self._take_record(AsRun.from_line(line), line)

    def verdict(self, first_bad: int = 0, why: str = "") -> Verdict:
        chains = self.chains.values()
        records, unsealed = sum(chain.last for chain in chains), sum(c.last - c.sealed for c in chains)
        return Verdict(
            records, self.seals, len(chains), unsealed, first_bad, _printable(why), tuple(self.keyids)
        )

    def _take_record(self, record: AsRun, line: bytes) -> None:
        chain = self.chains.setdefault(record.chain, _Chain())
        if (record.sequence, record.previous) != (chain.last + 1, chain.head):
            raise ContractError("bản ghi {sequence} không nối với dòng trước", sequence=record.sequence)
        if record.sequence == 1:
            self._check_opening(record)
        self._check_station(record.station)
        chain.last, chain.head = record.sequence, chain_hash(line)

    def _check_opening(self, record: AsRun) -> None:
        if record.event is not Event.CHAIN:
            raise ContractError("chuỗi không mở đầu bằng bản ghi “chain”")
        own = self._key_of(record.chain)
        if isinstance(self.given, str) and own is None:
            raise ContractError(
                "sổ không ghi khóa công khai nên không kiểm được vân tay {key}", key=self.given
            )
        if isinstance(self.given, str) and own is not None and own.keyid != self.given:
            raise ContractError("sổ ghi khóa {keyid}, không phải {key}", keyid=own.keyid, key=self.given)

    def _check_station(self, station: str) -> None:
        self.station = self.station or station
        if station != self.station:
            raise ContractError("sổ trộn hai trạm, {first} và {other}", first=self.station, other=station)

    def _take_seal(self, seal: Seal) -> None:
        chain = self.chains.get(seal.chain, _Chain())
        if (seal.last, seal.head) != (chain.last, chain.head) or seal.first > seal.last:
            raise ContractError("dấu niêm phong không khớp với các dòng trước nó")
        if seal.first > chain.sealed + 1:
            raise ContractError("thiếu dấu niêm phong của bản ghi {sequence}", sequence=chain.sealed + 1)
        self._check_station(seal.station)
        key = self.given if isinstance(self.given, PublicKey) else self._key_of(seal.chain)
        if key is not None:
            seal.verify(key)
            self.keyids[key.keyid] = None
        chain.sealed = seal.last
        self.seals += 1

    def _key_of(self, chain: str) -> PublicKey | None:
        """Return the key that the chain's first record names, else the first that the ledger names."""
        return self.named.get(chain) or next(iter(self.named.values()), None)


def verify_ledger(lines: Iterable[bytes], key: PublicKey | str | None) -> Verdict:
    """Walk `lines`.  Never raises for a broken ledger.

    With a public key every seal is verified with it; with a key id (16 hex digits) with the key that
    the ledger names, which must have this id; with None with the key that the ledger names, whatever
    it is: who asks must then compare the verdict's `keyids` with what he knows of the station.
    `lines` are walked twice, and may raise TooLongError where a line has no end.
    """
    again = list(lines) if isinstance(lines, Iterator) else lines
    walk, number, following = _Walk(key, _keys_named(again)), 0, iter(again)
    while True:
        try:
            line = next(following, None)
            if line is None:
                break
            number += 1
            walk.step(line.rstrip(b"\n"))
        except TooLongError as error:
            return walk.verdict(number + 1, str(error))
        except (ContractError, UnicodeError) as error:
            return walk.verdict(number, str(error))
    return walk.verdict()


def _keys_named(lines: Iterable[bytes]) -> dict[str, PublicKey]:
    """Return chain → the public key that the chain's first record carries as its note."""
    named: dict[str, PublicKey] = {}
    with suppress(TooLongError):
        for line in lines:
            if b'"event":"chain"' in line:
                _note_key(named, line)
    return named


def _note_key(named: dict[str, PublicKey], line: bytes) -> None:
    # A note in free words names no key, and a line out of form is told by the walk.
    with suppress(ContractError):
        record = AsRun.from_line(line.rstrip(b"\n"))
        if record.sequence == 1:
            named.setdefault(record.chain, PublicKey.from_hex(record.note or ""))


def _printable(text: str) -> str:
    """Return what a terminal may be shown of words that come from a file."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
