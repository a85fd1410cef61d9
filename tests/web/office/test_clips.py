"""Hearing in the page: asking for a clip, watching it being made, and its sound."""

from __future__ import annotations

import pytest

from audio import rendering
from content.bulletins import get
from content.errors import UnavailableError
from content.units import load_tree
from tests.web.hall import NOW, SOUND, WHY, Browser, Hall, sound_hash
from web import voicing


def test_a_clip_is_asked_for_once(hall: Hall, writer: Browser) -> None:
    page = f"/office/ban-tin/{hall.bulletin()}"
    assert "Chưa có bản thu." in writer.see(page).words
    for _ in range(2):
        assert writer.post(f"{page}/nghe").location == f"{page}#ban-thu"
    assert hall.counts()["render_job"] == 1
    assert "Chờ dựng tiếng câu 0 trong 1" in writer.see(f"{page}/ban-thu").words


def test_work_on_a_clip_is_ended(hall: Hall, writer: Browser) -> None:
    page = f"/office/ban-tin/{hall.bulletin()}"
    writer.post(f"{page}/nghe")
    assert writer.send(f"{page}/ban-thu", f"{page}/ban-thu/thoi").location == f"{page}#ban-thu"
    assert "Chưa có bản thu." in writer.see(f"{page}/ban-thu").words
    assert writer.post(f"{page}/ban-thu/thoi").status_code == 409


def test_the_wanted_voice_that_came_back_is_told(hall: Hall, writer: Browser) -> None:
    made = hall.bulletin("rendered")
    with hall.house.database.writing() as session:
        recipe = voicing.recipe_of(session, get(session, made).latest, hall.house, load_tree(session))
        rendering.open_job(session, recipe, NOW, renewal=True)
        hall.render(session, get(session, made), SOUND + b"!", voice="gtts")
    shown = writer.see(f"/office/ban-tin/{made}/ban-thu").words
    assert "Google đã trở lại và đọc lại bản thu này" in shown
    assert "dự phòng:" not in shown


def test_a_lost_approved_clip_is_made_and_approved_anew(hall: Hall, writer: Browser) -> None:
    made = hall.bulletin("approved")
    page = f"/office/ban-tin/{made}"
    hall.house.library.open_clip(sound_hash()).unlink()
    assert writer.see(f"{page}/ban-thu").form(f"{page}/lam-lai").buttons == ("Làm lại và duyệt lại",)
    assert writer.send(f"{page}/ban-thu", f"{page}/lam-lai").status_code == 303
    with hall.house.database.reading() as session:
        first, second = get(session, made).revisions
        assert (second.state, second.spoken) == ("submitted", first.spoken)
        assert first.approval is not None


def test_a_lost_approved_clip_comes_back_from_the_archive(hall: Hall, writer: Browser) -> None:
    page = f"/office/ban-tin/{hall.bulletin('approved')}"
    hall.house.library.keep(sound_hash())
    hall.house.library.open_clip(sound_hash()).unlink()
    assert writer.see(f"{page}/ban-thu").words.startswith("Đọc bằng giọng")
    answer = writer.get(f"{page}/ban-thu/{sound_hash()}.mp3")
    assert answer.data == SOUND
    answer.close()


def test_a_damaged_clip_is_put_aside_and_told(hall: Hall, writer: Browser) -> None:
    page = f"/office/ban-tin/{hall.bulletin('rendered')}"
    hall.house.library.open_clip(sound_hash()).write_bytes(SOUND[:-1] + b"?")
    answer = writer.get(f"{page}/ban-thu/{sound_hash()}.mp3", HX_Request="true")
    assert (answer.status_code, "đã hỏng trên đĩa và được cách ly" in answer.text) == (410, True)
    assert writer.see(f"{page}/ban-thu").form(f"{page}/nghe").buttons == ("Dựng lại bản thu",)


def test_a_clip_is_kept_for_its_listener_alone(hall: Hall, writer: Browser) -> None:
    answer = writer.get(f"/office/ban-tin/{hall.bulletin('rendered')}/ban-thu/{sound_hash()}.mp3")
    assert answer.cache_control.private
    assert answer.headers["Accept-Ranges"] == "bytes"
    answer.close()


def test_words_that_must_stay_go_nowhere(hall: Hall, writer: Browser) -> None:
    page = f"/office/ban-tin/{hall.bulletin(internal=True)}"
    shown = writer.see(f"{page}/ban-thu").words
    assert "Máy này tự đọc, không gửi đi đâu." in shown
    assert "Không dùng Google: bản tin nội bộ" in shown
    assert writer.post(f"{page}/so-giong/gtts").status_code == 409


@pytest.mark.parametrize(("internal", "told"), [(False, True), (True, False)])
def test_a_length_that_is_only_guessed_is_told_so(
    hall: Hall, writer: Browser, internal: bool, told: bool
) -> None:
    page = f"/office/ban-tin/{hall.bulletin(internal=internal)}"
    shown = [writer.see(page + part).words for part in ("/ban-thu", "/sua")]
    assert ["(ước chừng)" in words for words in shown] == [told, told]


def test_personal_data_is_told_as_the_reason_for_the_voice(hall: Hall, writer: Browser) -> None:
    page = f"/office/ban-tin/{hall.bulletin(text='Mời ông An, CCCD 001085012345.')}"
    why = "001085012345 . Vì thế văn bản không được gửi tới Google; máy này tự đọc."
    assert why in writer.see(page).words


def test_personal_data_that_nobody_answered_for_stays(hall: Hall, writer: Browser) -> None:
    page = f"/office/ban-tin/{hall.bulletin(text='Mời ông An, CCCD 001085012345.')}"
    shown = writer.see(f"{page}/ban-thu").words
    assert "còn chỗ có thể là dữ liệu cá nhân chưa được xác nhận: 001085012345" in shown


def test_voices_are_heard_beside_each_other(hall: Hall, writer: Browser) -> None:
    page = f"/office/ban-tin/{hall.bulletin()}/so-giong"
    assert "Văn bản sẽ gửi tới Google để đọc" in writer.see(page).words
    assert writer.post(page).location == page
    assert hall.counts()["render_job"] == 2
    assert writer.see(f"{page}/cac-giong").words.count("Chờ dựng tiếng") == 2


def test_what_a_voice_has_spoken_is_compared_as_it_is(hall: Hall, writer: Browser) -> None:
    made = hall.bulletin("submitted")
    with hall.house.database.writing() as session:
        hall.render(session, get(session, made), voice="gtts")
    page = f"/office/ban-tin/{made}/so-giong"
    words = writer.see(f"{page}/cac-giong").words
    assert "bản tin đang dùng Văn bản đã gửi tới Google để đọc" in words
    assert f"/office/ban-tin/{made}/so-giong/gtts" not in {form.action for form in writer.see(page).forms}
    writer.post(page)
    assert hall.counts()["render_job"] == 2


def test_before_there_is_a_clip_the_first_voice_is_told(hall: Hall, writer: Browser) -> None:
    words = writer.see(f"/office/ban-tin/{hall.bulletin()}/so-giong").words
    assert "Google (giọng nữ tự nhiên, cần mạng) được đọc trước Văn bản sẽ gửi tới Google để đọc" in words


@pytest.mark.parametrize("alone_first", [True, False])
def test_a_fallback_is_told_though_the_voice_was_also_asked_alone(
    hall: Hall, writer: Browser, alone_first: bool
) -> None:
    made = hall.bulletin("submitted")
    with hall.house.database.writing() as session:
        found = get(session, made)
        alone = voicing.spoken_by(session, found.latest, hall.house, ("espeak",))
        if alone_first:
            hall.make(session, alone)
        hall.render(session, found)
        if not alone_first:
            hall.make(session, alone)
    assert "Đọc bằng giọng dự phòng: eSpeak NG" in writer.see(f"/office/ban-tin/{made}/ban-thu").words


def test_an_approved_fallback_is_told_though_the_voice_was_asked_alone_later(
    hall: Hall, writer: Browser
) -> None:
    made = hall.bulletin("approved")
    with hall.house.database.writing() as session:
        hall.make(session, voicing.spoken_by(session, get(session, made).latest, hall.house, ("espeak",)))
    assert "Đọc bằng giọng dự phòng: eSpeak NG" in writer.see(f"/office/ban-tin/{made}/ban-thu").words


@pytest.mark.parametrize(("state", "number"), [("draft", 1), ("submitted", 2), ("approved", 2)])
def test_a_voice_is_chosen(hall: Hall, writer: Browser, state: str, number: int) -> None:
    made = hall.bulletin(state)
    writer.post(f"/office/ban-tin/{made}/giong", voice="espeak")
    with hall.house.database.reading() as session:
        latest = get(session, made).latest
        assert (latest.number, latest.state, latest.voice) == (number, "draft", "espeak")


def test_a_voice_that_is_not_here_cannot_be_chosen(hall: Hall, writer: Browser) -> None:
    assert writer.post(f"/office/ban-tin/{hall.bulletin()}/giong", voice="ai").status_code == 422


def test_who_may_not_write_chooses_no_voice(hall: Hall, leader: Browser) -> None:
    page = f"/office/ban-tin/{hall.bulletin('approved')}"
    assert leader.post(f"{page}/giong", voice="espeak").status_code == 403
    assert leader.post(f"{page}/lam-lai").status_code == 403


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
    shown = writer.see(f"{page}/ban-thu").words
    assert f"Đọc bằng giọng dự phòng: eSpeak NG , vì {WHY}." in shown
    assert "bản thu này tự được đọc lại" in shown


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
