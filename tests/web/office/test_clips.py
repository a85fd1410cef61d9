"""Hearing in the page: asking for a clip, watching it being made, and its sound."""

from __future__ import annotations

from audio import rendering
from content.bulletins import get
from content.errors import UnavailableError
from tests.web.hall import NOW, SOUND, Browser, Hall, sound_hash


def test_a_clip_is_asked_for_once(hall: Hall, writer: Browser) -> None:
    page = f"/office/ban-tin/{hall.bulletin()}"
    assert "Chưa có bản thu." in writer.see(page).words
    for _ in range(2):
        assert writer.post(f"{page}/nghe").location == f"{page}#ban-thu"
    assert hall.counts()["render_job"] == 1
    assert "Chờ dựng tiếng câu 0 trong 1" in writer.see(f"{page}/ban-thu").words


def test_the_page_tells_how_far_it_is(hall: Hall, writer: Browser) -> None:
    page = f"/office/ban-tin/{hall.bulletin(text='Một. Hai. Ba.')}"
    writer.post(f"{page}/nghe")
    with hall.house.database.writing() as session:
        lease = rendering.lease_next(session, "may:1", NOW)
        assert lease is not None
        rendering.progress(session, lease, done=1, made_ms=900, now=NOW)
    assert "Đang dựng tiếng câu 1 trong 3" in writer.see(f"{page}/ban-thu").words


def test_a_failure_is_told_with_a_way_on(hall: Hall, writer: Browser) -> None:
    page = f"/office/ban-tin/{hall.bulletin()}"
    writer.post(f"{page}/nghe")
    with hall.house.database.writing() as session:
        lease = rendering.lease_next(session, "may:1", NOW)
        assert lease is not None
        rendering.fail(session, lease, UnavailableError("Không giọng nào đọc được."), NOW, again=False)
    shown = writer.see(f"{page}/ban-thu")
    assert "Không giọng nào đọc được." in shown.words
    assert shown.form(f"{page}/nghe").buttons == ("Thử lại",)


def test_another_voice_than_the_first_choice_is_told(hall: Hall, writer: Browser) -> None:
    page = f"/office/ban-tin/{hall.bulletin('rendered')}"
    assert "Đọc bằng giọng dự phòng: eSpeak NG" in writer.see(f"{page}/ban-thu").words


def test_the_sound_is_served_whole_and_in_parts(hall: Hall, writer: Browser) -> None:
    path = f"/office/ban-tin/{hall.bulletin('rendered')}/ban-thu/{sound_hash()}.mp3"
    whole, part = writer.get(path), writer.get(path, Range="bytes=0-2")
    known = writer.get(path, If_None_Match=f'"{sound_hash()}"')
    assert (whole.data, whole.mimetype) == (SOUND, "audio/mpeg")
    assert (part.status_code, part.data) == (206, b"ID3")
    assert known.status_code == 304
    for answer in (whole, part, known):
        answer.close()


def test_only_a_bulletins_own_sound_is_served(hall: Hall, writer: Browser) -> None:
    hall.bulletin("rendered")
    other = hall.bulletin(title="Khác", text="Chuyện khác.")
    assert writer.get(f"/office/ban-tin/{other}/ban-thu/{sound_hash()}.mp3").status_code == 404
    assert writer.get(f"/office/ban-tin/{other}/ban-thu/..%2F..%2Fcentre.key.mp3").status_code == 404


def test_what_was_approved_stays_hearable_after_a_correction(hall: Hall, writer: Browser) -> None:
    made = hall.bulletin("approved")
    writer.send(f"/office/ban-tin/{made}/sua", text="Khác hẳn.", then="save")
    answer = writer.get(f"/office/ban-tin/{made}/ban-thu/{sound_hash()}.mp3")
    assert answer.status_code == 200
    answer.close()


def test_a_lost_file_is_told(hall: Hall, writer: Browser) -> None:
    path = f"/office/ban-tin/{hall.bulletin('rendered')}/ban-thu/{sound_hash()}.mp3"
    hall.house.library.open_clip(sound_hash()).unlink()
    answer = writer.get(path)
    assert answer.status_code == 404
    assert "không có trong kho" in answer.text


def test_a_clip_needs_words(hall: Hall, writer: Browser) -> None:
    page = f"/office/ban-tin/{hall.bulletin()}"
    with hall.house.database.writing() as session:
        get(session, 1).latest.spoken = " "
    assert writer.post(f"{page}/nghe").status_code == 422
    assert "Chưa có bản thu." in writer.see(f"{page}/ban-thu").words
