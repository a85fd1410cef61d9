"""A ledger alone: with which key its seals are checked, and what a forger cannot do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from content.contracts.asrun import AsRun, Seal, chain_hash
from content.contracts.ledger import verify_ledger
from content.contracts.signing import PrivateKey, PublicKey
from tests.content.contracts.test_vectors import FIRST, KEY, SECOND

FORGER = PrivateKey(bytes(range(1, 33)))
OTHER_CHAIN = "11111111-0000-4000-8000-000000000001"


def chained(*records: AsRun) -> list[bytes]:
    """Return the lines of `records`, each naming the one before it."""
    lines: list[bytes] = []
    for record in records:
        before = chain_hash(lines[-1]) if lines else record.previous
        lines.append(replace(record, previous=before).line())
    return lines


def sealed(lines: list[bytes], key: PrivateKey = KEY) -> list[bytes]:
    return [*lines, Seal.make(lines, key).line()]


def named(key: PrivateKey = KEY, *, chain: str = FIRST.chain) -> list[bytes]:
    """Return the two lines of a chain whose first record names `key`."""
    first = replace(FIRST, note=key.public.raw.hex(), chain=chain)
    return chained(first, replace(SECOND, chain=chain))


WHOLE = sealed(named())
UNNAMED = sealed(chained(FIRST, SECOND))


@pytest.mark.parametrize("key", [KEY.public, KEY.public.keyid, None])
def test_the_seals_fit_the_key(key: PublicKey | str | None) -> None:
    verdict = verify_ledger(WHOLE, key)
    assert (verdict.whole, verdict.keyids) == (True, (KEY.public.keyid,))


def test_a_ledger_that_names_no_key_needs_one() -> None:
    assert verify_ledger(UNNAMED, KEY.public).keyids == (KEY.public.keyid,)
    assert verify_ledger(UNNAMED, KEY.public.keyid).first_bad == 1
    assert (verify_ledger(UNNAMED, None).whole, verify_ledger(UNNAMED, None).keyids) == (True, ())


@pytest.mark.parametrize(("key", "line"), [(FORGER.public, 3), (FORGER.public.keyid, 1)])
def test_another_key_does_not_fit(key: PublicKey | str, line: int) -> None:
    assert verify_ledger(WHOLE, key).first_bad == line


@pytest.mark.parametrize("note", ["lần đầu", "ab" * 31, ""])
def test_a_note_in_free_words_names_no_key(note: str) -> None:
    lines = sealed(chained(replace(FIRST, note=note), SECOND))
    assert verify_ledger(lines, None).keyids == ()


def forged_seal() -> list[bytes]:
    """Return the station's lines under a seal of somebody else in its name."""
    lines = named()
    return [*lines, replace(Seal.make(lines, FORGER), keyid=KEY.public.keyid).line()]


def changed_and_chained_again() -> list[bytes]:
    """Return a changed record, the hashes put right, under the station's own seal."""
    first = replace(FIRST, note=KEY.public.raw.hex())
    return [*chained(first, replace(SECOND, note="khác")), WHOLE[-1]]


def changed_seal() -> list[bytes]:
    """Return a seal whose head was put right after a record was changed."""
    lines = changed_and_chained_again()[:-1]
    return [*lines, replace(Seal.from_line(WHOLE[-1]), head=chain_hash(lines[-1])).line()]


def lying_seal() -> list[bytes]:
    """Return a seal that says it begins later than it does."""
    return [*named(), replace(Seal.from_line(WHOLE[-1]), first=2).line()]


@pytest.mark.parametrize("forge", [forged_seal, changed_and_chained_again, changed_seal, lying_seal])
@pytest.mark.parametrize("key", [KEY.public, KEY.public.keyid, None])
def test_a_forgery_is_broken_at_its_seal(
    forge: Callable[[], list[bytes]], key: PublicKey | str | None
) -> None:
    assert verify_ledger(forge(), key).first_bad == 3


def test_a_ledger_written_anew_says_whose_it_is() -> None:
    assert verify_ledger(sealed(named(FORGER), FORGER), None).keyids == (FORGER.public.keyid,)


def test_a_chain_that_was_added_says_whose_it_is() -> None:
    added = sealed(named(FORGER, chain=OTHER_CHAIN), FORGER)
    assert verify_ledger([*WHOLE, *added], None).keyids == (KEY.public.keyid, FORGER.public.keyid)
    assert verify_ledger([*WHOLE, *added], KEY.public.keyid).first_bad == 4
    assert verify_ledger([*WHOLE, *added], KEY.public).first_bad == 6


def test_a_chain_that_names_no_key_is_checked_with_the_ledgers() -> None:
    unnamed = chained(replace(FIRST, chain=OTHER_CHAIN))
    assert verify_ledger([*sealed(unnamed), *WHOLE], KEY.public.keyid).whole
    assert verify_ledger([*sealed(unnamed, FORGER), *WHOLE], None).first_bad == 2


def test_the_seal_of_another_chain_does_not_cover_this_one() -> None:
    other = sealed(named(chain=OTHER_CHAIN))
    verdict = verify_ledger([*WHOLE[:-1], *other], KEY.public)
    assert (verdict.unbroken, verdict.whole, verdict.seals, verdict.unsealed) == (True, False, 1, 2)


def test_a_seal_that_was_taken_out_from_between_is_missed() -> None:
    third = chained(replace(SECOND, sequence=3, previous=chain_hash(WHOLE[1])))
    assert verify_ledger([*WHOLE, *sealed(third)], KEY.public).whole
    assert verify_ledger([*WHOLE[:2], *sealed(third)], KEY.public).first_bad == 4


@pytest.mark.parametrize("key", [KEY.public, KEY.public.keyid, None])
def test_without_any_seal_nothing_is_proved(key: PublicKey | str | None) -> None:
    verdict = verify_ledger(WHOLE[:2], key)
    assert (verdict.whole, verdict.unsealed, verdict.keyids) == (False, 2, ())


@pytest.mark.parametrize("key", [KEY.public, KEY.public.keyid, None])
def test_what_was_written_anew_after_a_seal_is_not_whole(key: PublicKey | str | None) -> None:
    third = replace(SECOND, sequence=3, previous=chain_hash(WHOLE[1]), note="bịa ra")
    forged = [*WHOLE, *chained(third, replace(SECOND, sequence=4))]
    assert (verify_ledger(forged, key).whole, verify_ledger(forged, key).unsealed) == (False, 2)


def test_a_ledger_is_of_one_station() -> None:
    other = sealed(chained(replace(FIRST, station="dinh-cong-1", chain=OTHER_CHAIN)))
    assert verify_ledger([*WHOLE, *other], KEY.public).first_bad == 4


def test_a_chain_is_opened_by_its_record() -> None:
    first = replace(SECOND, sequence=1, previous=FIRST.previous)
    assert verify_ledger([first.line()], None).first_bad == 1


def test_text_that_cannot_be_encoded_is_broken() -> None:
    line = FIRST.line().replace(b"0b7e9c1e", b"\\ud800")
    seal = replace(Seal.make([FIRST.line()], KEY), head=chain_hash(line))
    verdict = verify_ledger([line, seal.line().replace(b"0b7e9c1e", b"\\ud800")], KEY.public)
    assert (verdict.first_bad, verdict.why.isprintable()) == (2, True)
