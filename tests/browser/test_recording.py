"""Recorded voice in a real Chromium: recorded here, uploaded, heard, used, dropped; and what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from audio import ffmpeg
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.browser.person import Person
from tests.browser.rehearsal import Rehearsal

MICROPHONE = ["--use-fake-device-for-media-stream", "--host-resolver-rules=MAP loa.example 127.0.0.1"]
ALLOWED = [*MICROPHONE, "--use-fake-ui-for-media-stream"]
pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def studio(browser: Browser) -> Iterator[Browser]:
    """Give a Chromium with a microphone that beeps, and whose user allows it."""
    chromium = browser.browser_type.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *ALLOWED])
    yield chromium
    chromium.close()


@pytest.fixture(scope="module")
def shy(browser: Browser) -> Iterator[Browser]:
    """Give a Chromium whose user does not allow its microphone."""
    chromium = browser.browser_type.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *MICROPHONE])
    yield chromium
    chromium.close()


@pytest.fixture(params=[1280, 390], ids=["desktop", "phone"])
def office(request: pytest.FixtureRequest, studio: Browser, rehearsal: Rehearsal) -> Iterator[Person]:
    """Give the sample office at its desk, at both widths."""
    person = Person(studio, rehearsal, width=request.param)
    person.sign_in("van-phong")
    yield person
    person.leave()


@pytest.fixture(scope="module")
def tone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make three seconds of a tone, as a file with a name of its own."""
    path = tmp_path_factory.mktemp("tone") / "Ghi âm họp tổ.m4a"
    wave = ("-f", "lavfi", "-i", "aevalsrc=0.1*sin(2*PI*440*t):s=24000:d=3", "-c:a", "aac")
    ffmpeg.run(("-hide_banner", "-loglevel", "error", *wave, str(path)), bare=True)
    return path


def begin(person: Person) -> Page:
    page = person.open("/office/ban-tin/moi")
    page.get_by_label("Chương trình").select_option("05")
    page.get_by_label("Tiêu đề").fill("Mời họp tổ dân phố")
    page.get_by_label("Văn bản", exact=True).fill("Mời bà con tổ bốn họp lúc bảy giờ tối.")
    page.get_by_text("Thu âm / tải lên thay cho giọng đọc").click()
    return page


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name)


def note(page: Page) -> Locator:
    return page.locator("[data-recorder] [data-note]")


def hear(page: Page) -> None:
    """Play the recording until it moves."""
    page.locator(".recorded").get_by_role("button", name="Nghe Bản thu gốc").click()
    expect(page.locator(".recorded .player-time").first).not_to_have_text("0:00")


def test_a_voice_is_recorded_heard_and_used(office: Person) -> None:
    page = begin(office)
    office.check()
    button(page, "Thu âm tại đây").click()
    expect(page.get_by_role("meter", name="Mức tiếng vào micrô")).to_be_visible()
    expect(page.locator("[data-clock]")).to_have_text("0:03")
    office.check()
    button(page, "Lưu nháp").click()
    expect(note(page)).to_contain_text("Hãy dừng thu")
    button(page, "Dừng thu").click()
    expect(button(page, "Dùng bản thu này")).to_be_focused()
    expect(page.locator(".recorded")).to_contain_text("Bản thu của")
    office.check()
    hear(page)
    button(page, "Gửi duyệt").click()
    expect(note(page)).to_contain_text("Hãy chọn dùng bản thu này hay bỏ")
    button(page, "Dùng bản thu này").click()
    expect(page.get_by_label("Giọng đọc")).to_be_hidden()
    office.check()
    button(page, "Lưu và nghe thử").click()
    clip = page.get_by_role("region", name="Bản thu của lời đã lưu")
    expect(clip).to_contain_text("Tiếng: bản thu của")
    expect(clip.get_by_role("button", name="Nghe Mời họp tổ dân phố")).to_be_visible()
    office.check()


def test_a_file_is_uploaded_used_and_dropped(office: Person, tone: Path) -> None:
    page = begin(office)
    page.get_by_label("Tải tệp lên").set_input_files(tone)
    expect(page.locator(".recorded")).to_contain_text("Ghi âm họp tổ.m4a")
    button(page, "Dùng bản thu này").click()
    expect(note(page)).to_have_text("Bản tin dùng bản thu này. Nhớ lưu.")
    button(page, "Lưu nháp").click()
    expect(page.get_by_text("Đã lưu nháp.")).to_be_visible()
    expect(page.get_by_text("Tiếng: bản thu của")).to_be_visible()
    page.get_by_role("link", name="Sửa").click()
    button(page, "Bỏ bản thu").click()
    expect(page.get_by_label("Giọng đọc")).to_be_visible()
    office.check()
    button(page, "Lưu nháp").click()
    expect(page.get_by_text("Đã lưu nháp.")).to_be_visible()
    expect(page.get_by_text("Tiếng: bản thu của")).to_have_count(0)


def test_a_file_that_is_no_sound_is_told(studio: Browser, rehearsal: Rehearsal, tmp_path: Path) -> None:
    person = Person(studio, rehearsal, width=390)
    person.sign_in("van-phong")
    page = begin(person)
    wrong = tmp_path / "nhac.mp3"
    wrong.write_bytes(b"PK\x03\x04" + bytes(1000))
    page.get_by_label("Tải tệp lên").set_input_files(wrong)
    expect(note(page)).to_contain_text("Đây là tệp nén ZIP")
    large = tmp_path / "lon.wav"
    with large.open("wb") as file:
        file.truncate(100_000_000)
    page.get_by_label("Tải tệp lên").set_input_files(large)
    expect(note(page)).to_have_text(
        "Tệp lớn 100 MB, quá giới hạn 50 MB. Hãy lưu lại thành M4A hoặc MP3, hoặc cắt ngắn."
    )
    person.troubles.clear()  # the console tells of the refusal, too
    person.check()
    person.leave()


def test_a_lost_connection_loses_no_recording(studio: Browser, rehearsal: Rehearsal) -> None:
    person = Person(studio, rehearsal, width=1280)
    person.sign_in("van-phong")
    page = begin(person)
    button(page, "Thu âm tại đây").click()
    expect(page.locator("[data-clock]")).to_have_text("0:02")
    page.route("**/office/thu-am", lambda route: route.abort())
    button(page, "Dừng thu").click()
    expect(note(page)).to_contain_text("Bản thu vẫn còn ở đây")
    page.unroute("**/office/thu-am")
    button(page, "Gửi lại bản thu này").click()
    expect(button(page, "Dùng bản thu này")).to_be_focused()
    person.leave()


@pytest.mark.parametrize(
    ("host", "told"),
    [("127.0.0.1", "Chưa được dùng micrô"), ("loa.example", "chỉ cho thu âm khi trang mở bằng https")],
)
def test_why_one_cannot_record_is_told(shy: Browser, rehearsal: Rehearsal, host: str, told: str) -> None:
    person = Person(shy, rehearsal, width=390, host=host)
    person.sign_in("van-phong")
    page = begin(person)
    button(page, "Thu âm tại đây").click()
    expect(note(page)).to_contain_text(told)
    person.leave()


def test_no_microphone_is_told(browser: Browser, rehearsal: Rehearsal) -> None:
    person = Person(browser, rehearsal, width=1280)
    person.page.context.grant_permissions(["microphone"])
    person.sign_in("van-phong")
    page = begin(person)
    button(page, "Thu âm tại đây").click()
    expect(note(page)).to_contain_text("Không thấy micrô nào")
    person.leave()


def test_a_page_without_scripts_uploads_too(studio: Browser, rehearsal: Rehearsal, tone: Path) -> None:
    person = Person(studio, rehearsal, width=1280, scripts=False)
    person.sign_in("van-phong")
    page = begin(person)
    page.get_by_label("Tải tệp lên").set_input_files(tone)
    button(page, "Tải lên").click()
    expect(page.get_by_label("Tiêu đề")).to_have_value("Mời họp tổ dân phố")
    expect(page.locator(".recorded")).to_contain_text("Ghi âm họp tổ.m4a")
    button(page, "Lưu nháp").click()
    expect(page.get_by_text("Đã lưu nháp.")).to_be_visible()
    expect(page.get_by_text("Tiếng: bản thu của")).to_be_visible()
    person.leave()
