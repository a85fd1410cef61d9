"""The tables that audio writes."""

from __future__ import annotations

from audio.models.asset import Asset, AssetRole
from audio.models.clip import Clip
from audio.models.lexicon import EVERYWHERE, LexiconEntry, programme_scope, unit_scope
from audio.models.recording import Recording
from audio.models.render_job import OPEN_STATES, JobState, RenderJob

__all__ = [
    "EVERYWHERE",
    "OPEN_STATES",
    "Asset",
    "AssetRole",
    "Clip",
    "JobState",
    "LexiconEntry",
    "Recording",
    "RenderJob",
    "programme_scope",
    "unit_scope",
]
