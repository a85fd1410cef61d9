"""304 for who has it already; 200 again as soon as anything changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from tests.web.site.town import NOW, Town

PATHS = ("/", "/da-phat", "/chuong-trinh/05", "/feed.atom", "/feed.rss", "/feed.json", "/podcast.rss")
FEEDS = PATHS[3:]


@pytest.mark.parametrize("path", PATHS)
def test_what_is_known_is_not_sent_again(town: Town, reader: FlaskClient, path: str) -> None:
    town.post()
    first = reader.get(path)
    again = reader.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""


@pytest.mark.parametrize("path", PATHS[:1] + FEEDS)
def test_a_new_article_is_sent(town: Town, reader: FlaskClient, path: str) -> None:
    town.post()
    known = reader.get(path).headers["ETag"]
    town.post("Tin vừa đăng", publish_at=NOW)
    assert reader.get(path, headers={"If-None-Match": known}).status_code == 200


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_answers_by_date_too(town: Town, reader: FlaskClient, path: str) -> None:
    town.post()
    stamp = reader.get(path).headers["Last-Modified"]
    assert reader.get(path, headers={"If-Modified-Since": stamp}).status_code == 304


@pytest.mark.parametrize("path", FEEDS)
def test_an_article_that_ended_changes_the_date(town: Town, reader: FlaskClient, path: str) -> None:
    town.post(publish_at=NOW - timedelta(hours=3), expire_at=NOW + timedelta(hours=1))
    stamp = reader.get(path).headers["Last-Modified"]
    town.house.clock.advance(3600)  # type: ignore[attr-defined]
    assert reader.get(path, headers={"If-Modified-Since": stamp}).status_code == 200


@pytest.mark.parametrize("path", FEEDS)
def test_a_recall_changes_the_date(town: Town, reader: FlaskClient, path: str) -> None:
    slug = town.post()
    stamp = reader.get(path).headers["Last-Modified"]
    town.recall(slug)
    assert reader.get(path, headers={"If-Modified-Since": stamp}).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_an_empty_site_answers_304_as_well(reader: FlaskClient, path: str) -> None:
    known = reader.get(path).headers["ETag"]
    assert reader.get(path, headers={"If-None-Match": known}).status_code == 304


def test_caches_between_may_keep_what_carries_no_cookie(town: Town, reader: FlaskClient) -> None:
    town.post()
    assert reader.get("/feed.atom").cache_control.public
    with reader.session_transaction() as cookie:
        cookie["locale"] = "vi"
    assert reader.get("/feed.atom").cache_control.private
