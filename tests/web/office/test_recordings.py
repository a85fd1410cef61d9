"""Recorded voice in the office: given with a script or without, used, heard by whom it concerns, dropped."""

from __future__ import annotations

import io
from typing import Any

import pytest
from sqlalchemy import select

from audio import ffmpeg
from audio.models import Clip, Recording
from audio.voices.registry import Voices
from audio.worker import Worker
from content import bulletins
from content.models.bulletin import Revision
from tests.web.hall import Browser, Hall, Page

NEW, GIVEN = "/office/ban-tin/moi", "/office/ban-tin/moi/thu-am"
NAME = "../../../etc/Bản thu 1.wav"


@pytest.fixture(scope="module")
def sound() -> bytes:
    """Make a second and a half of a tone."""
    tone = ("-f", "lavfi", "-i", "aevalsrc=0.1*sin(2*PI*440*t):s=8000:d=1.5", "-f", "wav", "pipe:1")
    return ffmpeg.run(("-hide_banner", "-loglevel", "error", *tone), bare=True).stdout


def give(browser: Browser, data: bytes, name: str = NAME, path: str = "/office/thu-am", **typed: Any) -> Page:
    """Send a file as the page's script does, or with the whole form."""
    fields = {"csrf_token": browser.token(), "sound": (io.BytesIO(data), name), **typed}
    return Page(browser.client.post(path, data=fields, headers={"HX-Request": "true"}), path)


def typed(hall: Hall, **more: str) -> dict[str, Any]:
    unit = str(hall.unit_id("ha-dinh"))
    dates = {"valid_from": "2026-11-23", "valid_to": "2026-11-29"}
    return {
        "unit": unit,
        "programme": "05",
        "title": "Họp",
        "text": "Mời họp.",
        "level": "normal",
        **dates,
        **more,
    }


def named(hall: Hall) -> str:
    """Return the name of the only recording."""
    with hall.house.database.reading() as session:
        return session.scalars(select(Recording.sha256)).one()


def write(hall: Hall, browser: Browser, **more: str) -> Any:
    return browser.post(NEW, **typed(hall, then="save", **more))


def test_a_recording_is_kept_told_and_audited(hall: Hall, writer: Browser, sound: bytes) -> None:
    page = give(writer, sound)
    assert page.answer.status_code == 200
    for told in (
        "Bản thu của Phòng văn hóa Thanh Xuân",
        "08:00",
        "Bản thu 1.wav",
        "WAV",
        "0:02",
        "Dùng bản thu này",
    ):
        assert told in page.words
    assert "etc" not in page.words
    assert hall.house.recordings.has(named(hall))
    assert hall.audited()[-1] == "recording.upload"


def test_it_is_heard_as_it_was_given(hall: Hall, writer: Browser, sound: bytes) -> None:
    give(writer, sound)
    with writer.get(f"/office/thu-am/{named(hall)}") as answer:
        assert (answer.data, answer.mimetype) == (sound, "audio/wav")
        assert "private" in answer.headers["Cache-Control"]
    with writer.get(f"/office/thu-am/{named(hall)}", Range="bytes=0-9") as answer:
        assert answer.status_code == 206


def test_the_bulletin_sounds_as_recorded(hall: Hall, writer: Browser, leader: Browser, sound: bytes) -> None:
    give(writer, sound)
    answer = write(hall, writer, recording=named(hall), repeat="2")
    assert answer.status_code == 303
    writer.post("/office/ban-tin/1/gui-duyet")
    house = hall.house
    Worker(house.database, house.library, Voices([]), hall.clock, "may:1", recordings=house.recordings).step()
    page = leader.see("/office/ban-tin/1")
    assert "Tiếng: bản thu của Phòng văn hóa Thanh Xuân, tải lên lúc 08:00" in page.words
    with house.database.reading() as session:
        clip = session.scalars(select(Clip)).one()
        assert (clip.voice, clip.wanted_voice) == ("recording", None)
    heard = {"clip_sha256": clip.sha256, "heard_ms": str(clip.duration_ms)}
    assert leader.post("/office/ban-tin/1/duyet", **heard).status_code == 303
    with house.database.reading() as session:
        approval = bulletins.get(session, 1).latest.approval
        assert approval is not None
        assert (approval.clip_sha256, approval.voice) == (clip.sha256, "recording")


def test_without_a_script_the_whole_form_comes_back(hall: Hall, writer: Browser, sound: bytes) -> None:
    page = give(writer, sound, path=GIVEN, **typed(hall, title="Họp tổ dân phố"))
    assert page.answer.status_code == 200
    form = page.form(NEW)
    assert (form.fields["title"], form.fields["recording"]) == (["Họp tổ dân phố"], [named(hall)])
    answer = writer.client.post(form.action, data={**form.fields, "then": "save"})
    assert answer.status_code == 303
    name = named(hall)
    with hall.house.database.reading() as session:
        assert session.scalars(select(Revision.recording_sha256)).one() == name


def test_without_a_script_it_is_dropped(hall: Hall, writer: Browser, sound: bytes) -> None:
    give(writer, sound)
    page = give(writer, b"", path=GIVEN, **typed(hall, recording=named(hall), drop="1"))
    assert page.form(NEW).fields["recording"] == [""]
    assert page.form(NEW).fields["text"] == ["Mời họp."]


def test_giving_one_to_an_approved_bulletin_is_a_new_wording(
    hall: Hall, writer: Browser, sound: bytes
) -> None:
    made = hall.bulletin("approved")
    give(writer, sound, path=f"/office/ban-tin/{made}/thu-am")
    edit, name = f"/office/ban-tin/{made}/sua", named(hall)
    assert writer.send(edit, recording=name, then="save").status_code == 303
    assert writer.see(edit).form(edit).fields["recording"] == [name]
    with hall.house.database.reading() as session:
        latest = bulletins.get(session, made).latest
        assert (latest.number, latest.state, latest.recording_sha256) == (2, "draft", name)


@pytest.mark.parametrize("path", ["/office/thu-am", GIVEN])
@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "Tệp rỗng"),
        (b"PK\x03\x04" + bytes(100), "tệp nén ZIP"),
        (b"<html>", "trang web"),
        (b"ffconcat version 1.0\nfile 'file:///etc/passwd'", "danh sách phát"),
    ],
)
def test_what_is_no_sound_is_told_and_nothing_typed_is_lost(
    hall: Hall, writer: Browser, path: str, data: bytes, told: str
) -> None:
    page = give(writer, data, "x.mp3", path, **typed(hall))
    assert page.answer.status_code == 422
    assert told in page.words
    assert path != GIVEN or (told in page.error_of("sound") and page.form(NEW).fields["title"] == ["Họp"])
    assert hall.counts()["recording"] == 0


def test_no_file_is_told(writer: Browser, hall: Hall) -> None:
    answer = writer.post(GIVEN, **typed(hall))
    assert (answer.status_code, "Chưa chọn tệp nào" in answer.text) == (422, True)


def test_a_recording_of_another_person_is_not_to_be_had(hall: Hall, writer: Browser, sound: bytes) -> None:
    give(writer, sound)
    other = hall.browser("bich")
    assert other.get(f"/office/thu-am/{named(hall)}").status_code == 404
    unit = str(hall.unit_id("dinh-cong"))
    answer = write(hall, other, recording=named(hall), unit=unit)
    assert (answer.status_code, "không còn trên máy chủ" in answer.text) == (422, True)
    give(other, sound)
    assert write(hall, other, recording=named_by(hall, "bich"), unit=unit).status_code == 303


def named_by(hall: Hall, login: str) -> str:
    with hall.house.database.reading() as session:
        return next(row.sha256 for row in session.scalars(select(Recording)) if row.uploader.login == login)


def test_who_sees_the_bulletin_hears_its_recording(
    hall: Hall, writer: Browser, leader: Browser, sound: bytes
) -> None:
    give(writer, sound)
    assert leader.get(f"/office/thu-am/{named(hall)}").status_code == 404
    write(hall, writer, recording=named(hall))
    with leader.get(f"/office/thu-am/{named(hall)}") as answer:
        assert answer.status_code == 200
    assert hall.browser("bich").get(f"/office/thu-am/{named(hall)}").status_code == 404


def test_who_writes_nowhere_gives_nothing(leader: Browser, sound: bytes) -> None:
    assert give(leader, sound).answer.status_code == 403


@pytest.mark.parametrize("name", ["a" * 64, "..%2f..%2fetc%2fpasswd", "x"])
def test_what_is_not_there_is_not_found(writer: Browser, name: str) -> None:
    assert writer.get(f"/office/thu-am/{name}").status_code == 404


def test_the_microphone_is_let_in_where_one_writes_and_nowhere_else(hall: Hall, writer: Browser) -> None:
    policies = {path: writer.get(path).headers["Permissions-Policy"] for path in (NEW, "/office/", "/")}
    assert "microphone=(self)" in policies[NEW]
    assert all("microphone=()" in policies[path] for path in ("/office/", "/"))


def test_too_large_a_file_is_refused_before_it_is_read(hall: Hall, writer: Browser) -> None:
    answer = writer.client.post(
        "/office/thu-am",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(100_000_000)},
    )
    assert answer.status_code == 413
    assert "vượt giới hạn 52 MB" in Page(answer, NEW).words


def test_an_upload_may_be_larger_than_other_forms(writer: Browser, hall: Hall) -> None:
    page = give(writer, b"PK\x03\x04" + bytes(20_000_000))
    assert (page.answer.status_code, "tệp nén ZIP" in page.words) == (422, True)
    page.answer.request.input_stream.close()  # what the client spooled
