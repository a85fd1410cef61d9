"""The pages of planning in a real Chromium: no faults at both widths; looks before saving; a ward picks."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.person import Person

pytestmark = pytest.mark.xdist_group("browser")
PAGES = (
    "/office/khung-gio",
    "/office/khung-gio/1",
    "/office/lich",
    "/office/lich/moi",
    "/office/quy-dinh",
    "/office/quy-dinh/1",
    "/office/quy-dinh/1/ngoai-le",
    "/office/ngoai-le",
    "/office/tiep-am",
    "/office/tiep-am/moi",
    "/office/duyet-tuan",
    "/office/ke-hoach/05",
)
Enter = Callable[[str], Person]
CALLED = re.compile("Khẩn cấp|Diễn tập")
"""What is called, not ordered."""


def approved(person: Person) -> Page:
    """Open the first bulletin that the rehearsal's leader has approved and that is no emergency phrase."""
    for _ in range(300):
        page = person.open("/office/ban-tin?trang-thai=approved")
        found = page.locator("table tbody tr").filter(has_not_text=CALLED).locator("a")
        if found.count():
            found.first.click()
            return page
    pytest.fail("no bulletin was approved")


def test_the_pages_have_no_faults(enter: Enter) -> None:
    office = enter("van-phong")
    for path in PAGES:
        office.open(path)
        office.check()


def test_the_administrators_page_has_no_faults(enter: Enter) -> None:
    admin = enter("quan-tri")
    for kind in ("sensitive", "never_together", "weekdays"):
        admin.open(f"/office/quy-dinh/moi?loai={kind}")
        admin.check()


def test_a_window_is_looked_at_while_it_is_typed(enter: Enter) -> None:
    office = enter("van-phong")
    page = office.open("/office/khung-gio/moi")
    page.get_by_label("Trạm", exact=True).select_option("khuong-mai-1")
    page.get_by_label("Tên khung giờ").fill("Hội làng")
    look = page.get_by_role("region", name="Xem trước")
    expect(look.get_by_text("trùng với “Buổi chiều”")).to_be_visible()
    expect(look.get_by_role("listitem")).to_have_count(10)
    page.get_by_label("Theo âm lịch").check()
    expect(look.get_by_text("Rằm âm lịch.")).to_be_visible()
    office.check()


def test_an_order_is_looked_at_while_it_is_typed(enter: Enter) -> None:
    office = enter("van-phong")
    page = approved(office)
    page.get_by_role("link", name="Đặt lệnh phát").click()
    page.get_by_label("Phường Khương Mai").check()
    look = page.get_by_role("region", name="Xem trước")
    expect(look.get_by_text("trong những ngày tới, ở 1 trạm")).to_be_visible()
    office.check()


def test_the_ward_says_who_fills_the_rest(enter: Enter) -> None:
    ward = enter("dai-ha-dinh")
    page = ward.open("/ward/ha-dinh/chon-bai")
    ward.check()
    page.get_by_role("button", name="Chỉ phát những bài phường chọn").click()
    expect(page.get_by_text("Đang để trống")).to_be_visible()
    page.get_by_role("button", name="Để hệ thống tự xếp chỗ còn lại").click()
    expect(page.get_by_text("Đang tự xếp")).to_be_visible()
    ward.check()
