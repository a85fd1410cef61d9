"""What every answer carries, and what no request may bring."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.web.hall import Browser, Hall, Page
from web.security import LARGEST_REQUEST_BYTES

ANSWERS = (
    "/",
    "/office/",
    "/dang-nhap",
    "/khong-co",
    "/healthz",
    "/api/openapi.json",
    "/feed.atom",
    "/office/x/y",
)


def directives(policy: str) -> dict[str, list[str]]:
    return {name: rest for name, *rest in (part.split() for part in policy.split(";"))}


@pytest.mark.parametrize("path", ANSWERS)
def test_every_answer_is_hardened(writer: Browser, path: str) -> None:
    headers = writer.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"]


@pytest.mark.parametrize("path", ANSWERS)
def test_the_policy_lets_in_nothing_but_our_own(writer: Browser, path: str) -> None:
    policy = directives(writer.get(path).headers["Content-Security-Policy"])
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == ["'self'"]
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    assert not any("unsafe" in source for sources in policy.values() for source in sources)


@pytest.mark.parametrize("path", ["/office/", "/office/ban-tin", "/dang-nhap", "/khong-co"])
def test_what_names_a_person_is_kept_nowhere(writer: Browser, path: str) -> None:
    assert writer.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    ["/office/", "/office/ban-tin/moi", "/office/ban-tin/1", "/office/ke-hoach", "/office/tram", "/khong-co"],
)
def test_pages_obey_their_own_policy(hall: Hall, writer: Browser, path: str) -> None:
    hall.bulletin("submitted", title="<script>alert(1)</script>")
    page = writer.get(path).text
    assert "<style" not in page
    assert not [part for part in page.split("<script")[1:] if " src=" not in part.split(">")[0]]
    assert " onclick=" not in page


def test_what_people_write_is_shown_never_run(hall: Hall, writer: Browser) -> None:
    made = hall.bulletin(title="<img src=x onerror=alert(1)>", text="</textarea><script>alert(1)</script>")
    for path in (f"/office/ban-tin/{made}", f"/office/ban-tin/{made}/sua", "/office/ban-tin"):
        assert "<img src=x" not in writer.get(path).text
        assert "<script>alert" not in writer.get(path).text


def test_only_https_asks_for_https(stranger: Browser) -> None:
    assert "Strict-Transport-Security" not in stranger.get("/").headers
    answer = stranger.client.get("/", base_url="https://localhost")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize("path", ["/dang-nhap", "/office/doc-thu"])
def test_a_huge_request_is_refused_in_vietnamese(writer: Browser, path: str) -> None:
    answer = writer.client.post(path, data=b"text=" + b"a" * LARGEST_REQUEST_BYTES)
    assert answer.status_code in (400, 413)
    kind = "application/x-www-form-urlencoded"
    answer = writer.client.post(path, data=b"text=" + b"a" * LARGEST_REQUEST_BYTES, content_type=kind)
    assert answer.status_code == 413
    assert "vượt giới hạn" in Page(answer, path).words


def unprotected(app: Flask) -> list[str]:
    """Return the addresses that take a POST without a form's token, those of stations left out."""
    client, found = app.test_client(), []
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and not rule.rule.startswith("/api/"):
            path = rule.build(dict.fromkeys(rule.arguments, 1))
            if path is not None and client.post(path[1]).status_code != 400:
                found.append(rule.rule)
    return found


def test_no_form_is_taken_without_its_token(hall: Hall) -> None:
    assert unprotected(hall.app) == []
