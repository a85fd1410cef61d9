"""The feeds as bytes: Atom 1.0, RSS 2.0, JSON Feed 1.1 and a podcast.  Entries in, a document out."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from xml.etree import ElementTree as ET

from web.site.entries import Channel, Entry, paragraphs

LANGUAGE = "vi"
_ATOM = "http://www.w3.org/2005/Atom"
_ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
FEED_ID = "tag:loaphuong,2021:feed"
"""What the feed is called wherever the site is moved to."""
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def atom(channel: Channel, entries: Sequence[Entry]) -> bytes:
    """Return an Atom 1.0 document."""
    root = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": LANGUAGE})
    _add(root, "id", FEED_ID)
    _add(root, "title", channel.title)
    _add(root, "subtitle", channel.description)
    _add(root, "updated", _iso(channel.updated))
    ET.SubElement(root, "link", rel="self", type="application/atom+xml", href=channel.feed_url)
    ET.SubElement(root, "link", rel="alternate", type="text/html", href=f"{channel.url}/")
    for entry in entries:
        _atom_entry(ET.SubElement(root, "entry"), entry)
    return _document(root)


def rss(channel: Channel, entries: Sequence[Entry]) -> bytes:
    """Return an RSS 2.0 document, the sound of each article enclosed."""
    root, head = _rss_channel(channel, {"xmlns:atom": _ATOM})
    for entry in entries:
        _rss_item(head, entry)
    return _document(root)


def podcast(channel: Channel, entries: Sequence[Entry]) -> bytes:
    """Return an RSS 2.0 document that podcast players take."""
    root, head = _rss_channel(channel, {"xmlns:atom": _ATOM, "xmlns:itunes": _ITUNES})
    _add(head, "itunes:author", channel.title)
    _add(head, "itunes:explicit", "false")
    _add(head, "itunes:type", "episodic")
    ET.SubElement(head, "itunes:category", text="Government")
    for entry in entries:
        item = _rss_item(head, entry)
        _add(item, "itunes:author", entry.unit)
        _add(item, "itunes:duration", str(round(entry.duration_ms / 1000)))
        _add(item, "itunes:explicit", "false")
    return _document(root)


def json_feed(channel: Channel, entries: Sequence[Entry]) -> bytes:
    """Return a JSON Feed 1.1 document."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "description": channel.description,
        "home_page_url": f"{channel.url}/",
        "feed_url": channel.feed_url,
        "language": LANGUAGE,
        "items": [_json_item(entry) for entry in entries],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _atom_entry(node: ET.Element, entry: Entry) -> None:
    _add(node, "id", entry.id)
    _add(node, "title", entry.title)
    _add(node, "published", _iso(entry.published))
    _add(node, "updated", _iso(entry.updated))
    _add(ET.SubElement(node, "author"), "name", entry.unit)
    ET.SubElement(node, "link", rel="alternate", type="text/html", href=entry.url)
    sound = {"rel": "enclosure", "type": entry.media_type, "length": str(entry.bytes)}
    ET.SubElement(node, "link", sound, href=entry.sound_url)
    ET.SubElement(node, "category", term=entry.programme_code, label=_clean(entry.programme))
    _add(node, "summary", entry.summary)
    _add(node, "content", _html(entry.body)).set("type", "html")


def _rss_channel(channel: Channel, spaces: dict[str, str]) -> tuple[ET.Element, ET.Element]:
    root = ET.Element("rss", {"version": "2.0", **spaces})
    head = ET.SubElement(root, "channel")
    _add(head, "title", channel.title)
    _add(head, "link", f"{channel.url}/")
    _add(head, "description", channel.description)
    _add(head, "language", LANGUAGE)
    _add(head, "lastBuildDate", _mail_date(channel.updated))
    ET.SubElement(head, "atom:link", rel="self", type="application/rss+xml", href=channel.feed_url)
    return root, head


def _rss_item(head: ET.Element, entry: Entry) -> ET.Element:
    item = ET.SubElement(head, "item")
    _add(item, "title", entry.title)
    _add(item, "link", entry.url)
    _add(item, "guid", entry.id).set("isPermaLink", "false")
    _add(item, "pubDate", _mail_date(entry.published))
    _add(item, "category", f"{entry.programme_code} {entry.programme}")
    _add(item, "description", entry.summary or entry.body)
    sound = {"url": entry.sound_url, "length": str(entry.bytes), "type": entry.media_type}
    ET.SubElement(item, "enclosure", sound)
    return item


def _json_item(entry: Entry) -> dict[str, object]:
    sound = {
        "url": entry.sound_url,
        "mime_type": entry.media_type,
        "size_in_bytes": entry.bytes,
        "duration_in_seconds": round(entry.duration_ms / 1000),
    }
    return {
        "id": entry.id,
        "url": entry.url,
        "title": _clean(entry.title),
        "summary": _clean(entry.summary),
        "content_text": _clean(entry.body),
        "date_published": _iso(entry.published),
        "date_modified": _iso(entry.updated),
        "authors": [{"name": _clean(entry.unit)}],
        "tags": [_clean(f"{entry.programme_code} {entry.programme}")],
        "attachments": [sound],
    }


def _add(parent: ET.Element, tag: str, text: str) -> ET.Element:
    node = ET.SubElement(parent, tag)
    node.text = _clean(text)
    return node


def _clean(text: str) -> str:
    """Drop the characters that XML cannot carry."""
    return _NOT_XML.sub("", text)


def _html(body: str) -> str:
    return "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in paragraphs(body))


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _mail_date(instant: datetime) -> str:
    return format_datetime(instant.astimezone(UTC), usegmt=True)


def _document(root: ET.Element) -> bytes:
    data: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return data
