"""Every table of the centre, whichever package owns it: importing their modules registers them."""

from __future__ import annotations

import audio.models  # noqa: F401
import content.models.audit
import content.models.news
import content.models.phrase
import content.models.plan
import content.models.pulse  # noqa: F401
import scheduler.models.airing
import scheduler.models.alarm
import scheduler.models.asrun
import scheduler.models.calendar
import scheduler.models.command
import scheduler.models.emergency
import scheduler.models.lease
import scheduler.models.manifest
import scheduler.models.order
import scheduler.models.pick
import scheduler.models.plan
import scheduler.models.quota
import scheduler.models.relay
import scheduler.models.rule
import scheduler.models.station
import scheduler.models.week_plan
import scheduler.models.window  # noqa: F401
import web.notices.models  # noqa: F401
from content.db import Base

metadata = Base.metadata
