"""The office's rooms: bulletins, approvals, orders, airings, news, stations, the plan, the log."""

from web.office import (
    airings,
    alarms,
    approvals,
    audit_log,
    bulletins,
    clips,
    home,
    lexicon,
    news,
    orders,
    plan,
    stations,
)
from web.office.blueprint import office

__all__ = [
    "airings",
    "alarms",
    "approvals",
    "audit_log",
    "bulletins",
    "clips",
    "home",
    "lexicon",
    "news",
    "office",
    "orders",
    "plan",
    "stations",
]
