"""The office's rooms, one module for each kind of page."""

from web.office import (
    airings,
    alarms,
    approvals,
    audit_log,
    bulletins,
    calendars,
    clips,
    home,
    idents,
    lexicon,
    news,
    orders,
    plan,
    recordings,
    stations,
    voices,
    windows,
)
from web.office.blueprint import office

__all__ = [
    "airings",
    "alarms",
    "approvals",
    "audit_log",
    "bulletins",
    "calendars",
    "clips",
    "home",
    "idents",
    "lexicon",
    "news",
    "office",
    "orders",
    "plan",
    "recordings",
    "stations",
    "voices",
    "windows",
]
