"""What is told of the voices, on the page and by `loaphuong voices`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from audio.voices.base import Voice
from content.errors import LoaPhuongError

_INSTANT = "%H:%M:%S %d/%m/%Y"


@dataclass(frozen=True)
class VoiceStatus:
    """One voice as it stands now; no network is asked to know it.

    `why` is Vietnamese: why it cannot speak, or a note; `until` is when its rest ends; `last_spoke_at` when
    it last spoke on this machine, None where that is not noted; `failed_at` and `failed_why` tell of an
    attempt after that which failed.  Instants are aware, in UTC.
    """

    name: str
    title: str
    can_speak: bool
    why: str
    until: datetime | None
    last_spoke_at: datetime | None
    sends_text_out: bool
    licence: str
    fingerprint: str
    failed_at: datetime | None = None
    failed_why: str = ""


def voices_status(voices: Iterable[Voice]) -> list[VoiceStatus]:
    """Return the status of each voice, in the order given."""
    return [_status(voice) for voice in voices]


def told(status: VoiceStatus, zone: ZoneInfo) -> str:
    """Return one Vietnamese line that claims no more than is known."""
    if status.until and not status.can_speak:
        return f"đang nghỉ vì {status.why}, đến {_local(status.until, zone)}"
    if not status.can_speak:
        return f"không đọc được: {status.why}"
    spoke = f"lần cuối đọc được lúc {_local(status.last_spoke_at, zone)}" if status.last_spoke_at else ""
    failed = f"lần cuối hỏng lúc {_local(status.failed_at, zone)}: {status.failed_why}"
    return "; ".join(part for part in (spoke, failed if status.failed_at else "", status.why) if part)


def _status(voice: Voice) -> VoiceStatus:
    available = voice.availability()
    return VoiceStatus(
        voice.name,
        voice.title,
        available.can_speak,
        available.why,
        available.until,
        available.last_spoke_at,
        voice.sends_text_out,
        voice.licence,
        _fingerprint(voice),
        available.failed_at,
        available.failed_why,
    )


def _fingerprint(voice: Voice) -> str:
    try:
        return voice.fingerprint
    except LoaPhuongError:
        return ""


def _local(instant: datetime | None, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).strftime(_INSTANT) if instant else ""
