"""The lexicon's rows: which scope wins, versions kept, previews, what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from audio import lexicon
from audio.models import EVERYWHERE, LexiconEntry, programme_scope, unit_scope
from audio.reading import Lexicon, read
from content import audit
from content.db import Database
from content.errors import ConflictError, InvalidInputError, NotFoundError
from content.models.people import User
from tests.factories import NOW, make_user

CITY, DISTRICT, WARD = 1, 2, 3
PATH = (CITY, DISTRICT, WARD)


@pytest.fixture
def by(session: Session) -> User:
    return make_user(session)


def put(
    session: Session,
    by: User,
    written: str,
    spoken: str,
    scope: str = EVERYWHERE,
    replaces: int | None = None,
) -> LexiconEntry:
    proposal = lexicon.propose(written, spoken, scope)
    return lexicon.save(session, proposal, note="", by=by, now=NOW, replaces=replaces)


def said(session: Session, written: str, unit_ids: tuple[int, ...] = PATH, programme: str = "05") -> str:
    return read(written, lexicon.effective(session, unit_ids, programme)).spoken


def test_without_rows_it_is_the_shipped_one(session: Session) -> None:
    assert lexicon.effective(session, PATH, "05") is Lexicon.shipped()
    assert lexicon.version(session) == Lexicon.shipped().version


@pytest.mark.parametrize(
    ("scopes", "winner"),
    [
        ([EVERYWHERE], EVERYWHERE),
        ([unit_scope(CITY), EVERYWHERE], unit_scope(CITY)),
        ([unit_scope(WARD), unit_scope(CITY)], unit_scope(WARD)),
        ([unit_scope(DISTRICT), unit_scope(WARD), unit_scope(CITY)], unit_scope(WARD)),
        ([programme_scope("05"), unit_scope(WARD), EVERYWHERE], programme_scope("05")),
        ([programme_scope("06"), unit_scope(9)], None),
    ],
)
def test_the_narrower_scope_wins(session: Session, by: User, scopes: list[str], winner: str | None) -> None:
    words = {scope: f"cách {letter}" for scope, letter in zip(scopes, ("hai", "ba", "tư"), strict=False)}
    for scope, spoken in words.items():
        put(session, by, "UBND", spoken, scope)
    assert said(session, "UBND") == words.get(winner or "", "Ủy ban nhân dân")


def test_a_row_overrides_the_shipped_one_or_adds_to_it(session: Session, by: User) -> None:
    put(session, by, "TT", "trung tâm")
    put(session, by, "7h30", "bảy rưỡi")
    assert said(session, "TT lúc 7h30, UBND") == "trung tâm lúc bảy rưỡi, Ủy ban nhân dân"


def test_a_change_ends_a_row_and_adds_one(session: Session, by: User) -> None:
    first = put(session, by, "CVX", "công viên xanh")
    second = put(session, by, "CVX", "công viên cây xanh", replaces=first.id)
    assert lexicon.history(session, "CVX", EVERYWHERE) == [second, first]
    assert (first.spoken, first.ended_at, first.ended_by) == ("công viên xanh", NOW, by.id)
    assert said(session, "CVX") == "công viên cây xanh"


def test_what_has_ended_is_not_read_any_more(session: Session, by: User) -> None:
    entry = put(session, by, "CVX", "công viên xanh")
    lexicon.end(session, entry, by=by, now=NOW)
    assert lexicon.effective(session, PATH, "05") is Lexicon.shipped()
    assert (lexicon.standing(session), lexicon.find(session, "CVX", EVERYWHERE)) == ([], None)
    with pytest.raises(ConflictError):
        lexicon.end(session, entry, by=by, now=NOW)


def test_a_row_names_the_version_it_came_with(session: Session, by: User) -> None:
    first = put(session, by, "CVX", "công viên xanh")
    assert first.version == lexicon.version(session) != Lexicon.shipped().version
    second = put(session, by, "TDP", "tổ tự quản", unit_scope(WARD))
    assert second.version == lexicon.version(session) != first.version
    lexicon.end(session, second, by=by, now=NOW)
    assert lexicon.version(session) == first.version


def test_who_saw_an_older_row_is_told(session: Session, by: User) -> None:
    first = put(session, by, "CVX", "công viên xanh")
    for seen in (None, first.id + 1):
        with pytest.raises(ConflictError):
            put(session, by, "CVX", "công viên", replaces=seen)


def test_saying_the_same_again_is_told(session: Session, by: User) -> None:
    first = put(session, by, "CVX", "công viên xanh")
    with pytest.raises(InvalidInputError, match="đúng như vậy"):
        put(session, by, "CVX", "công viên xanh", replaces=first.id)


def test_every_change_is_audited(session: Session, by: User) -> None:
    entry = put(session, by, "CVX", "công viên xanh")
    lexicon.end(session, entry, by=by, now=NOW + timedelta(hours=1))
    told = [line.action for line in audit.of_subject(session, f"lexicon:{entry.id}")]
    assert told == ["lexicon.save", "lexicon.end"]


@pytest.mark.parametrize(
    ("written", "spoken", "field"),
    [
        ("", "ủy ban", "written"),
        ("  ", "ủy ban", "written"),
        (".TT", "trung tâm", "written"),
        ("x" * 81, "trung tâm", "written"),
        ("TT\x00", "trung tâm", "written"),
        ("TT", "", "spoken"),
        ("TT", "số 5", "spoken"),
        ("TT", "<b>trung tâm</b>", "spoken"),
        ("TT", "?!", "spoken"),
        ("TT", "a" * 301, "spoken"),
        ("TT", "центр", "spoken"),
    ],
)
def test_what_cannot_stand_in_it_is_told(written: str, spoken: str, field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        lexicon.propose(written, spoken, EVERYWHERE)
    assert caught.value.field == field


def test_what_is_typed_is_made_clean() -> None:
    proposal = lexicon.propose("  TT   xã ", " thường trực ,  xã. ", EVERYWHERE)
    assert (proposal.written, proposal.spoken) == ("TT xã", "thường trực, xã")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("UBND\u200b", "UBND"),
        ("UB\u00adND", "UBND"),
        ("\ufeffTT xã", "TT xã"),
        ("Müller", "Muller"),
        ("m³/ngày đêm", "m³/ngày đêm"),
    ],
)
def test_a_form_is_kept_as_it_is_met_in_a_text(typed: str, kept: str) -> None:
    form = lexicon.checked_form(typed)
    assert (form, lexicon.checked_form(form)) == (kept, kept)
    assert read(f"Gọi {typed} nhé", Lexicon.shipped().extended({form: "lời mới"})).spoken == "Gọi lời mới nhé"


def test_a_form_that_nobody_sees_is_told() -> None:
    with pytest.raises(InvalidInputError, match="phải bắt đầu bằng"):
        lexicon.checked_form("\u200b")


@pytest.mark.parametrize(
    ("written", "common"),
    [
        ("xã", True),
        ("thứ hai", True),
        ("họp", True),
        ("UBND", False),
        ("km", False),
        ("5", False),
        ("Hà Đông", False),
    ],
)
def test_everyday_words_are_known(written: str, common: bool) -> None:
    assert lexicon.is_common(written) is common


def test_a_preview_reads_with_and_without(session: Session, by: User) -> None:
    proposal = lexicon.propose("TDP", "tổ tự quản", unit_scope(WARD))
    seen = lexicon.preview(session, "TDP 5", proposal, unit_ids=PATH)
    assert (seen.before.spoken, seen.after.spoken) == ("tổ dân phố năm", "tổ tự quản năm")
    assert seen.differs
    assert not lexicon.preview(session, "TDP 5", proposal, unit_ids=(CITY,)).differs


def test_a_texts_own_corrections_stand_above_a_proposal(session: Session) -> None:
    proposal = lexicon.propose("TDP", "tổ tự quản", EVERYWHERE)
    seen = lexicon.preview(session, "TDP 5", proposal, unit_ids=PATH, corrections={"TDP": "tổ"})
    assert not seen.differs


def test_ending_can_be_previewed_too(session: Session, by: User) -> None:
    put(session, by, "TDP", "tổ tự quản")
    without = lexicon.Proposal("TDP", "", EVERYWHERE)
    assert lexicon.preview(session, "TDP", without, unit_ids=PATH).after.spoken == "tổ dân phố"


def test_a_row_that_ended_is_never_altered(session: Session, by: User) -> None:
    entry = put(session, by, "CVX", "công viên xanh")
    lexicon.end(session, entry, by=by, now=NOW)
    with pytest.raises((IntegrityError, OperationalError), match="rows of lexicon_entry are never altered"):
        session.execute(update(LexiconEntry).values(spoken="khác"))


def test_a_form_stands_once_in_a_scope(session: Session, by: User) -> None:
    put(session, by, "CVX", "công viên xanh")
    with pytest.raises(IntegrityError):
        session.execute(
            text(
                "INSERT INTO lexicon_entry (written, spoken, scope, note, version, created_by, created_at)"
                " SELECT written, spoken, scope, note, version, created_by, created_at FROM lexicon_entry"
            )
        )


def test_an_entry_that_is_not_there_is_told(session: Session) -> None:
    with pytest.raises(NotFoundError):
        lexicon.get(session, 77)


def test_what_was_rolled_back_is_not_remembered(database: Database) -> None:
    with database.writing() as session:
        by = make_user(session)
    for spoken in ("một kiểu", "kiểu khác"):
        with database.session(write=True) as session:
            put(session, by, "CVX", spoken)
            assert said(session, "CVX") == spoken
            session.rollback()
            assert said(session, "CVX") == read("CVX").spoken


def test_two_databases_keep_their_own(database: Database, tmp_path: object) -> None:
    other = Database.open(f"sqlite:///{tmp_path}/other.db")
    LexiconEntry.metadata.create_all(other.engine)
    with database.writing() as session:
        put(session, make_user(session), "CVX", "công viên xanh")
    with other.reading() as session:
        assert lexicon.effective(session, PATH) is Lexicon.shipped()
    other.dispose()
