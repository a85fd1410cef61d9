"""Vietnamese public holidays, days off in exchange, and the Saturdays worked for them (pure, computed)."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from types import MappingProxyType

from holidays import country_holidays

SOURCE = "Bộ luật Lao động 2019, điều 112; thông báo hoán đổi ngày làm việc từng năm"
FIRST_YEAR, LAST_YEAR = 1995, 2100


@lru_cache(maxsize=256)
def holidays_of(year: int) -> MappingProxyType[date, str]:
    """Return the days off of a year with their Vietnamese names; none outside of 1995–2100."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return MappingProxyType({})
    found = country_holidays("VN", years=year, language="vi")
    return MappingProxyType({day: name for day, name in sorted(found.items()) if day.year == year})


@lru_cache(maxsize=256)
def worked_instead(year: int) -> frozenset[date]:
    """Return the Saturdays and Sundays of a year that are worked in exchange for a day off."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return frozenset()
    found = country_holidays("VN", years=range(year - 1, min(year + 2, LAST_YEAR)), language="vi")
    return frozenset(day for day in found.weekend_workdays if day.year == year)


def holiday_on(day: date) -> str | None:
    """Return the name of the holiday on `day`, None when there is none."""
    return holidays_of(day.year).get(day)
