"""The blueprint of the public site, with its rooms hung in."""

from __future__ import annotations

from flask import Blueprint

from web.site import pages, subscriptions

site = Blueprint("site", __name__)
site.add_url_rule("/", "home", pages.home)
site.add_url_rule("/chuong-trinh/<code>", "programme", pages.programme)
site.add_url_rule("/tin/<slug>", "article", pages.article)
site.add_url_rule("/da-phat", "heard", pages.heard)
site.add_url_rule("/feed.atom", "atom", subscriptions.atom)
site.add_url_rule("/feed.rss", "rss", subscriptions.rss)
site.add_url_rule("/feed.json", "json_feed", subscriptions.json_feed)
site.add_url_rule("/podcast.rss", "podcast", subscriptions.podcast)
site.add_url_rule("/am-thanh/<sha256>.mp3", "sound", subscriptions.sound)
