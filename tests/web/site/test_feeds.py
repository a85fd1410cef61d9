"""The feeds: valid, whole, escaped, and free of what XML cannot carry."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import feedparser
import pytest

from web.site import feeds
from web.site.entries import Channel, Entry

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
CHANNEL = Channel("Loa Phường", "Tin của phường", "https://loa.example", "https://loa.example/feed", AT)
XML_FEEDS = (feeds.atom, feeds.rss, feeds.podcast)
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
Build = Callable[[Channel, Sequence[Entry]], bytes]


def make_entry(title: str = "Thu gom rác", body: str = "Đoạn một.\n\nĐoạn hai.") -> Entry:
    return Entry(
        id="tag:loaphuong,2021:news/1",
        url="https://loa.example/tin/thu-gom-rac-1",
        title=title,
        summary="Lịch thu gom",
        body=body,
        published=AT,
        updated=AT,
        unit="Phường Hạ Đình",
        programme_code="05",
        programme="Quy hoạch, môi trường",
        sound_url="https://loa.example/am-thanh/ab.mp3",
        media_type="audio/mpeg",
        bytes=123456,
        duration_ms=72_400,
    )


@pytest.mark.parametrize("build", XML_FEEDS)
def test_a_feed_parses_without_complaint(build: Build) -> None:
    parsed = feedparser.parse(build(CHANNEL, [make_entry()]))
    assert not parsed.bozo
    assert parsed.feed.title == "Loa Phường"


@pytest.mark.parametrize("build", XML_FEEDS)
def test_a_feed_encloses_the_sound_with_length_and_type(build: Build) -> None:
    (enclosure,) = feedparser.parse(build(CHANNEL, [make_entry()])).entries[0].enclosures
    assert (enclosure.href, enclosure.length, enclosure.type) == (
        "https://loa.example/am-thanh/ab.mp3",
        "123456",
        "audio/mpeg",
    )


@pytest.mark.parametrize("build", XML_FEEDS)
def test_a_feed_keeps_an_articles_name_and_time(build: Build) -> None:
    (entry,) = feedparser.parse(build(CHANNEL, [make_entry()])).entries
    assert (entry.id, entry.link) == ("tag:loaphuong,2021:news/1", "https://loa.example/tin/thu-gom-rac-1")
    assert entry.published_parsed[:5] == (2026, 11, 23, 1, 0)


@pytest.mark.parametrize("build", XML_FEEDS)
@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Rác & <b>đồ cũ</b> “cũ”", "Rác & <b>đồ cũ</b> “cũ”"),
        ("A\x00B\x0bC\ufffe\ud800", "ABC"),
        ("]]>", "]]>"),
    ],
)
def test_a_feed_takes_any_title(build: Build, written: str, read: str) -> None:
    root = ET.fromstring(build(CHANNEL, [make_entry(title=written)]))  # noqa: S314 (our own bytes)
    titles = [node.text for node in root.iter() if node.tag.endswith("title")]
    assert read in titles


@pytest.mark.parametrize("build", XML_FEEDS)
def test_an_empty_feed_is_still_a_feed(build: Build) -> None:
    parsed = feedparser.parse(build(CHANNEL, []))
    assert not parsed.bozo
    assert parsed.entries == []


def test_atom_carries_the_body_as_escaped_paragraphs() -> None:
    parsed = feedparser.parse(feeds.atom(CHANNEL, [make_entry(body="<script>x</script>\n\nHai\ndòng")]))
    assert "<script>" not in parsed.entries[0].content[0].value
    assert "Hai<br />dòng" in parsed.entries[0].content[0].value


def test_the_podcast_tells_length_author_and_kind() -> None:
    channel = ET.fromstring(feeds.podcast(CHANNEL, [make_entry()]))[0]  # noqa: S314 (our own bytes)
    item = channel.find("item")
    assert item is not None
    assert item.findtext(f"{ITUNES}duration") == "72"
    assert channel.findtext(f"{ITUNES}explicit") == "false"


@pytest.mark.parametrize("build", [feeds.rss, feeds.podcast])
def test_a_guid_says_that_it_is_no_address(build: Build) -> None:
    guid = ET.fromstring(build(CHANNEL, [make_entry()])).find("channel/item/guid")  # noqa: S314
    assert guid is not None
    assert (guid.text, guid.get("isPermaLink")) == ("tag:loaphuong,2021:news/1", "false")


@pytest.mark.parametrize("build", [*XML_FEEDS, feeds.json_feed])
def test_a_site_that_moves_keeps_its_ids(build: Build) -> None:
    feeds_read = [
        feedparser.parse(build(replace(CHANNEL, url=url), [replace(make_entry(), url=f"{url}/tin/x")]))
        for url in ("https://loa.example", "http://127.0.0.1:4711")
    ]
    first, second = (
        [parsed.feed.get("id"), *(entry.id for entry in parsed.entries)] for parsed in feeds_read
    )
    assert first == second


def test_atom_has_an_id_that_stays() -> None:
    assert feedparser.parse(feeds.atom(CHANNEL, [])).feed.id == "tag:loaphuong,2021:feed"


def test_the_json_feed_has_what_version_1_1_asks_for() -> None:
    feed = json.loads(feeds.json_feed(CHANNEL, [make_entry()]))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert {"id", "url", "content_text", "date_published", "attachments"} <= feed["items"][0].keys()
    assert feed["items"][0]["id"] == "tag:loaphuong,2021:news/1"


def test_the_json_feed_attaches_the_sound() -> None:
    (sound,) = json.loads(feeds.json_feed(CHANNEL, [make_entry()]))["items"][0]["attachments"]
    assert sound["size_in_bytes"] == 123456
    assert sound["duration_in_seconds"] == 72
