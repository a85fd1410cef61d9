"""The built front end: which hashed file stands for `office.js`, and its serving.

Names are hashed, so a browser may keep a file for ever.  In templates: `asset("office.js")`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from flask import Flask, Response, send_from_directory

from content.errors import ConfigurationError

FOLDER = Path(__file__).parent / "static" / "dist"
"""Where the build puts its files; the app serves it as /static/dist."""
_YEAR_SECONDS = 31_536_000


class Assets:
    """The files of one build: logical names in, addresses out."""

    def __init__(self, folder: Path = FOLDER, *, base: str = "/static/dist") -> None:
        """Read `folder`/manifest.json; ConfigurationError when the front end is not built."""
        self._folder = folder
        self._names = _read(folder)
        self._base = base

    def init_app(self, app: Flask) -> None:
        """Serve the files, and give templates `asset`."""
        app.jinja_env.globals["asset"] = self.url
        app.add_url_rule(f"{self._base}/<path:name>", "asset", self._serve)

    def url(self, name: str) -> str:
        """Return the address of `name` ("office.js"); ConfigurationError when the build has none."""
        if name not in self._names:
            raise ConfigurationError(
                "Giao diện đã dựng thiếu tệp {name}. Dựng lại: cd web/frontend && npm ci && npm run build.",
                name=name,
            )
        return f"{self._base}/{self._names[name]}"

    def _serve(self, name: str) -> Response:
        response = send_from_directory(self._folder, name, max_age=_YEAR_SECONDS)
        response.cache_control.public = True
        response.cache_control.immutable = True
        return response


def _read(folder: Path) -> Mapping[str, str]:
    try:
        names: dict[str, str] = json.loads((folder / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            "Giao diện chưa được dựng: không đọc được {folder}/manifest.json. "
            "Chạy: cd web/frontend && npm ci && npm run build.",
            folder=folder,
        ) from error
    return names
