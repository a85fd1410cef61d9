"""What residents may see, when, and what the pages say."""

from __future__ import annotations

from datetime import datetime, timedelta
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient

from tests.web.site.town import NOW, Town, open_town
from web.app import create_app

HOUR = timedelta(hours=1)
Span = tuple[datetime, datetime | None]
TIMES: list[tuple[Span, bool]] = [
    ((NOW - HOUR, None), True),
    ((NOW, None), True),
    ((NOW + timedelta(seconds=1), None), False),
    ((NOW - HOUR, NOW), False),
    ((NOW - HOUR, NOW + timedelta(seconds=1)), True),
]


class Inline(HTMLParser):
    """Collects what a strict content security policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(tag)
        self.found += [name for name in names if name == "style" or name.startswith("on")]


def inline_parts(html: str) -> list[str]:
    parser = Inline()
    parser.feed(html)
    return parser.found


@pytest.mark.parametrize(("span", "seen"), TIMES)
def test_an_article_shows_only_in_its_time(town: Town, reader: FlaskClient, span: Span, seen: bool) -> None:
    slug = town.post("Tin có hạn", publish_at=span[0], expire_at=span[1])
    assert (reader.get(f"/tin/{slug}").status_code == 200) is seen
    assert ("Tin có hạn" in reader.get("/").text) is seen


@pytest.mark.parametrize("path", ["/feed.atom", "/feed.rss", "/feed.json", "/podcast.rss"])
@pytest.mark.parametrize(("span", "seen"), TIMES)
def test_a_feed_holds_an_article_only_in_its_time(
    town: Town, reader: FlaskClient, path: str, span: Span, seen: bool
) -> None:
    town.post("Tin có hạn", publish_at=span[0], expire_at=span[1])
    assert ("Tin có hạn" in reader.get(path).text) is seen


def test_a_recalled_bulletin_leaves_the_site(town: Town, reader: FlaskClient) -> None:
    slug = town.post("Tin thu hồi")
    town.recall(slug)
    assert reader.get(f"/tin/{slug}").status_code == 404
    assert "Tin thu hồi" not in reader.get("/").text


def test_home_shows_the_newest_first(town: Town, reader: FlaskClient) -> None:
    town.post("Tin cũ", publish_at=NOW - 2 * HOUR)
    town.post("Tin mới nhất", publish_at=NOW - HOUR)
    html = reader.get("/").text
    assert html.index("Tin mới nhất") < html.index("Tin cũ<")


def test_home_leads_on_to_older_articles(town: Town, reader: FlaskClient) -> None:
    for hours in range(17):
        town.post(f"Tin thứ {hours:02}", publish_at=NOW - hours * HOUR)
    first = reader.get("/").text
    address = first.split('rel="next" href="')[1].split('"')[0]
    assert "Tin thứ 16" not in first
    assert "Tin thứ 16" in reader.get(address).text


@pytest.mark.parametrize("given", ["", "-1", "abc", "99999999999999", "١", "4294967296"])
def test_a_wrong_place_in_the_list_is_no_error(reader: FlaskClient, given: str) -> None:
    assert reader.get("/", query_string={"truoc": given}).status_code == 200


def test_a_programme_shows_its_own_articles(town: Town, reader: FlaskClient) -> None:
    town.post("Tin môi trường", programme="05")
    town.post("Tin an sinh", programme="08")
    html = reader.get("/chuong-trinh/05").text
    assert "Tin môi trường" in html
    assert "Tin an sinh" not in html


@pytest.mark.parametrize("path", ["/chuong-trinh/99", "/tin/khong-co", "/am-thanh/zz.mp3"])
def test_what_is_not_there_is_not_found(reader: FlaskClient, path: str) -> None:
    assert reader.get(path, headers={"Accept": "text/html"}).status_code == 404


def test_an_article_is_escaped_and_keeps_its_paragraphs(town: Town, reader: FlaskClient) -> None:
    slug = town.post("<b>Đậm</b>", text="Một <script>x</script>\n\nHai\nBa")
    html = reader.get(f"/tin/{slug}").text
    assert "&lt;script&gt;" in html
    assert "<p>Hai<br>Ba</p>" in html
    assert "<b>Đậm" not in html


@pytest.mark.parametrize("path", ["/", "/chuong-trinh/05", "/da-phat"])
def test_an_empty_page_says_what_will_come(reader: FlaskClient, path: str) -> None:
    assert 'class="nothing"' in reader.get(path).text


@pytest.mark.parametrize(("mode", "said"), [("rehearsal", True), ("production", False)])
def test_a_rehearsal_is_announced(town: Town, mode: str, said: bool) -> None:
    other = open_town(town.house.settings.data_dir, mode=mode)
    html = create_app(other.house, testing=True).test_client().get("/").text
    other.house.close()
    assert ("Tập dượt, không ra loa" in html) is said


def test_no_page_has_inline_script_or_style(town: Town, reader: FlaskClient) -> None:
    slug = town.post()
    town.air()
    pages = (
        "/",
        f"/tin/{slug}",
        "/chuong-trinh/05",
        "/da-phat",
        "/chuong-trinh/09",
        "/dang-nhap",
        "/khong-co",
    )
    assert {path: inline_parts(reader.get(path).text) for path in pages} == {path: [] for path in pages}


def test_pages_can_be_read_in_english(town: Town, reader: FlaskClient) -> None:
    with reader.session_transaction() as cookie:
        cookie["locale"] = "en"
    town.post()
    html = reader.get("/").text
    assert '<html lang="en"' in html
    assert "Monday 23/11" in html


def test_times_are_local(town: Town, reader: FlaskClient) -> None:
    town.post(publish_at=NOW - HOUR)
    assert "07:00, Thứ Hai 23/11" in reader.get("/").text
