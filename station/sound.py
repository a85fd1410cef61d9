"""How the station sounds: sink, device, amplifier; settings from the environment."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from audio.players.base import SILENCE_SECONDS

Sink = Literal["mpv", "wav", "silent"]
REHEARSAL_SINKS: tuple[Sink, ...] = ("wav", "silent")
PRODUCTION_SINKS: tuple[Sink, ...] = ("mpv",)
AMP_LEAD_SECONDS = 3
AMP_TAIL_SECONDS = 5
_LONGEST_LEAD = 60
_LONGEST_TAIL = 900
_LONGEST_SILENCE = 300
_PIN = re.compile(r"gpio:(\d{1,4})(:low)?")
_DEVICE = re.compile(r"[!-~]{1,200}")


@dataclass(frozen=True)
class AmpTerms:
    """How the amplifier is switched: by the commands `on` and `off`, or by a pin, active high or `low`.

    It is on `lead` seconds before a broadcast until `tail` seconds after it.
    """

    on: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    pin: int | None = None
    low: bool = False
    lead: float = AMP_LEAD_SECONDS
    tail: float = AMP_TAIL_SECONDS


@dataclass(frozen=True)
class Sound:
    """`device` as mpv names it · `silence` seconds after which a relay counts as silent · `amp`, if any."""

    device: str = "auto"
    silence: float = SILENCE_SECONDS
    amp: AmpTerms | None = field(default=None)


def sink_problems(mode: str, sink: str) -> list[str]:
    """Return what is wrong with a sink: a rehearsal never reaches a loudspeaker, production always does."""
    if mode != "production" and sink not in REHEARSAL_SINKS:
        choice = ", ".join(REHEARSAL_SINKS)
        return [f"LOAPHUONG_STATION_SINK={sink} không dùng khi tập dượt; khi tập dượt dùng {choice}."]
    if mode == "production" and sink not in PRODUCTION_SINKS:
        choice = ", ".join(REHEARSAL_SINKS)
        return [
            f"LOAPHUONG_STATION_SINK={sink} không phát ra loa; dùng mpv "
            f"({choice} chỉ dùng với LOAPHUONG_MODE=rehearsal)."
        ]
    return []


def read_sound(environ: Mapping[str, str], *, rehearsal: bool) -> tuple[Sound, list[str]]:
    """Return the settings and what is wrong with them; a rehearsal switches no amplifier on."""
    problems: list[str] = []

    def number(name: str, default: float, most: int, least: int = 0) -> float:
        given = environ.get(name) or str(int(default))
        if given.isdecimal() and least <= int(given) <= most:
            return float(given)
        problems.append(f"{name}={given}: phải là số từ {least} đến {most}.")
        return default

    device = environ.get("LOAPHUONG_STATION_AUDIO_DEVICE") or "auto"
    if not _DEVICE.fullmatch(device):
        problems.append(
            "LOAPHUONG_STATION_AUDIO_DEVICE: tên như trong danh sách của mpv --audio-device=help."
        )
    silence = number("LOAPHUONG_RELAY_SILENCE_SECONDS", SILENCE_SECONDS, _LONGEST_SILENCE, least=1)
    lead = number("LOAPHUONG_AMP_LEAD_SECONDS", AMP_LEAD_SECONDS, _LONGEST_LEAD)
    tail = number("LOAPHUONG_AMP_TAIL_SECONDS", AMP_TAIL_SECONDS, _LONGEST_TAIL)
    amp, wrong = _read_amp(environ, lead, tail)
    return Sound(device, silence, None if rehearsal else amp), [*problems, *wrong]


def _read_amp(environ: Mapping[str, str], lead: float, tail: float) -> tuple[AmpTerms | None, list[str]]:
    on, off = environ.get("LOAPHUONG_AMP_ON") or "", environ.get("LOAPHUONG_AMP_OFF") or ""
    if not on and not off:
        return None, []
    if pin := _PIN.fullmatch(on):
        if off:
            return None, ["LOAPHUONG_AMP_OFF: không dùng khi LOAPHUONG_AMP_ON là một chân gpio."]
        return AmpTerms(pin=int(pin[1]), low=bool(pin[2]), lead=lead, tail=tail), []
    try:
        words = tuple(shlex.split(on)), tuple(shlex.split(off))
    except ValueError:
        words = (), ()
    if not all(words):
        return None, [
            "LOAPHUONG_AMP_ON và LOAPHUONG_AMP_OFF: cần cả hai lệnh (chương trình và tham số), "
            "hoặc LOAPHUONG_AMP_ON=gpio:SỐ một mình."
        ]
    return AmpTerms(on=words[0], off=words[1], lead=lead, tail=tail), []
