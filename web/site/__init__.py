"""The public site: what residents read and hear, with no sign-in."""

from web.site.blueprint import site

__all__ = ["site"]
