"""The sound of an article: whole, in ranges, kept by browsers, and only while the article shows."""

from __future__ import annotations

import hashlib

import pytest
from flask.testing import FlaskClient

from tests.web.site.town import NOW, Town

SOUND = bytes(range(256)) * 40
URL = f"/am-thanh/{hashlib.sha256(SOUND).hexdigest()}.mp3"


def test_the_sound_is_sent_whole(town: Town, reader: FlaskClient) -> None:
    town.post(sound=SOUND)
    with reader.get(URL) as answer:
        assert answer.data == SOUND
        assert answer.content_type == "audio/mpeg"


@pytest.mark.parametrize(
    ("asked", "status", "got"),
    [
        ("bytes=0-9", 206, SOUND[:10]),
        ("bytes=10000-", 206, SOUND[10000:]),
        ("bytes=-5", 206, SOUND[-5:]),
        ("bytes=99999-", 416, None),
    ],
)
def test_a_range_is_sent(town: Town, reader: FlaskClient, asked: str, status: int, got: bytes | None) -> None:
    town.post(sound=SOUND)
    with reader.get(URL, headers={"Range": asked}) as answer:
        assert answer.status_code == status
        assert got is None or answer.data == got


def test_browsers_keep_the_sound(town: Town, reader: FlaskClient) -> None:
    town.post(sound=SOUND)
    with reader.get(URL) as first:
        known = first.headers["ETag"]
        assert first.cache_control.immutable
        assert first.cache_control.max_age == 31_536_000
    with reader.get(URL, headers={"If-None-Match": known}) as again:
        assert again.status_code == 304


def test_a_clip_that_no_visible_article_names_is_not_found(town: Town, reader: FlaskClient) -> None:
    town.house.library.put(SOUND)
    assert reader.get(URL).status_code == 404
    town.post(sound=SOUND, expire_at=NOW)
    assert reader.get(URL).status_code == 404


@pytest.mark.parametrize("name", ["..%2f..%2fetc%2fpasswd", "A" * 64, "0" * 64, "0" * 63])
def test_no_other_file_can_be_asked_for(town: Town, reader: FlaskClient, name: str) -> None:
    town.post(sound=SOUND)
    assert reader.get(f"/am-thanh/{name}.mp3").status_code == 404
