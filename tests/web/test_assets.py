"""The built front end: what the manifest names, how it is served, and how much of it there is."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from flask import Flask

import web
from content.errors import ConfigurationError
from web.assets import FOLDER, Assets

TEMPLATES = Path(web.__file__).parent / "templates"
BUNDLES = [f"{room}.{kind}" for room in ("office", "ward", "site") for kind in ("js", "css")]
NAMES = (*BUNDLES, "icons.svg", "site-icons.svg", "mark.svg")
_ICON = re.compile(r"\b(?:icon|empty)\(\s*[\"']([a-z0-9-]+)[\"']|icon_name=[\"']([a-z0-9-]+)[\"']")
_STATE = re.compile(
    r"\"[a-z_]+\": \"(?:planned|sent|air|played|partial|missed|cancelled|silent) ([a-z0-9-]+)\""
)


def names_in(sprite: str) -> set[str]:
    file = FOLDER / Assets().url(sprite).rpartition("/")[2]
    return set(re.findall(r'<symbol id="([a-z0-9-]+)"', file.read_text("utf-8")))


def icons_of(templates: list[Path]) -> set[str]:
    text = "\n".join(file.read_text("utf-8") for file in templates)
    called = {first or second for first, second in _ICON.findall(text)}
    return called | set(_STATE.findall(text))


def make_build(folder: Path) -> Path:
    (folder / "office-AB12.js").write_text("1", "utf-8")
    (folder / "manifest.json").write_text(json.dumps({"office.js": "office-AB12.js"}), "utf-8")
    return folder


def test_a_name_becomes_the_address_of_its_hashed_file(tmp_path: Path) -> None:
    assert Assets(make_build(tmp_path)).url("office.js") == "/static/dist/office-AB12.js"


def test_a_front_end_that_is_not_built_is_told_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="npm ci && npm run build"):
        Assets(tmp_path)


def test_a_broken_manifest_is_told(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{", "utf-8")
    with pytest.raises(ConfigurationError, match=r"manifest\.json"):
        Assets(tmp_path)


def test_a_name_that_the_build_lacks_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"khac\.js"):
        Assets(make_build(tmp_path)).url("khac.js")


def test_files_are_served_to_be_kept_for_ever(tmp_path: Path) -> None:
    app = Flask("assets", static_folder=None)
    Assets(make_build(tmp_path)).init_app(app)
    with app.test_client().get("/static/dist/office-AB12.js") as answer:
        assert (answer.status_code, answer.data) == (200, b"1")
        assert answer.cache_control.immutable


def test_nothing_outside_the_folder_is_served(tmp_path: Path) -> None:
    app = Flask("assets", static_folder=None)
    Assets(make_build(tmp_path)).init_app(app)
    assert app.test_client().get("/static/dist/%2e%2e/secret").status_code == 404


@pytest.mark.parametrize("name", NAMES)
def test_the_build_has_every_entry(name: str) -> None:
    assert (FOLDER / Assets().url(name).rpartition("/")[2]).stat().st_size > 100


def test_the_public_site_is_light() -> None:
    files = (FOLDER / Assets().url(name).rpartition("/")[2] for name in ("site.js", "site.css"))
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) < 40_000


def test_every_icon_of_the_signed_in_pages_is_in_the_sprite() -> None:
    pages = [file for file in TEMPLATES.rglob("*.html") if "site" not in file.relative_to(TEMPLATES).parts]
    assert icons_of(pages) - names_in("icons.svg") == set()


def test_every_icon_of_the_public_site_is_in_its_sprite() -> None:
    assert icons_of(list((TEMPLATES / "site").glob("*.html"))) - names_in("site-icons.svg") == set()


@pytest.mark.parametrize("file", sorted(TEMPLATES.rglob("*.html")), ids=lambda file: file.name)
def test_no_template_has_inline_script_or_style(file: Path) -> None:
    text = file.read_text("utf-8")
    assert not re.search(r"<style|<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=|javascript:|hx-on|js:", text)
