"""The web application: a table of contents.  A house in, an app out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from apiflask import APIFlask
from flask import Flask, url_for
from flask_babel import get_locale
from werkzeug.routing import IntegerConverter, Map

from web import calling, context, errors, forms, health, language, navigation, security
from web.api import enrolment, station_api
from web.assets import Assets
from web.auth import views as auth
from web.house import House
from web.office import notices, office
from web.site import site
from web.ward import ward

_HERE = Path(__file__).parent


def create_app(house: House, *, testing: bool = False) -> Flask:
    """Return the application that serves `house`."""
    app = APIFlask(
        __name__,
        title="Loa Phường",
        version="1",
        spec_path="/api/openapi.json",
        docs_path=None,
        json_errors=False,
    )
    app.extensions["loaphuong"] = house
    app.testing = testing
    _set_up_spec(app)
    security.init_app(app, house)
    context.init_app(app)
    errors.init_app(app)
    auth.init_app(app)
    language.init_app(app)
    _set_up_templates(app, house)
    app.url_map.converters["int"] = _Id
    _register(app)
    return app


class _Id(IntegerConverter):
    """An id in an address; beyond the highest there can be, the page is not there."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=forms.LARGEST_ID)


def _set_up_spec(app: APIFlask) -> None:
    app.config["OPENAPI_VERSION"] = "3.1.0"
    app.config["AUTO_404_RESPONSE"] = False
    app.config["AUTO_VALIDATION_ERROR_RESPONSE"] = False
    app.security_schemes = {"station": {"type": "http", "scheme": "bearer"}}


def _set_up_templates(app: Flask, house: House) -> None:
    assets = Assets(_HERE / "static" / "dist")
    assets.init_app(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def shared() -> dict[str, Any]:
        return {
            "rehearsal": house.settings.rehearsal,
            "now": context.now(),
            "locale": str(get_locale()),
            "user": context.user(),
            "navigation": navigation.entries(),
            "unseen_notices": notices.unseen_notices,
            "home_url": url_for("office.home"),
            "sign_out_url": url_for("auth.sign_out"),
            "emergency_notices": calling.notices,
            "languages": list(language.LANGUAGES.items()),
            "language_url": url_for("auth.choose_language"),
        }


def _register(app: Flask) -> None:
    for blueprint in (auth.auth, office, ward, site, health.health, enrolment.api, station_api.api):
        app.register_blueprint(blueprint)
    security.csrf.exempt(enrolment.api)
    security.csrf.exempt(station_api.api)
