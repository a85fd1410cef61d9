"""The tables that audio writes."""

from __future__ import annotations

from audio.models.clip import Clip
from audio.models.render_job import OPEN_STATES, JobState, RenderJob

__all__ = ["OPEN_STATES", "Clip", "JobState", "RenderJob"]
