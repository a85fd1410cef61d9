"""Lays out other people's engines as an installer does: modules and the entry points that name them."""

from __future__ import annotations

from pathlib import Path

HUMMING = """
import sys
from tests.audio.fake_voice import HummingVoice

class Far(HummingVoice):
    def speak(self, text, *, limit_s):
        if "lỗi" in text:
            raise ZeroDivisionError("a slip of theirs")
        if "không gì cả" in text:
            return None
        if "thoát" in text:
            sys.exit(3)
        return super().speak(text, limit_s=limit_s)

class Sulking(HummingVoice):
    def availability(self):
        raise ZeroDivisionError("a slip of theirs")

def far(settings, clock):
    return Far("far")

def sulking(settings, clock):
    return Sulking("sulking")

def misnamed(settings, clock):
    return HummingVoice("somebody-else")

def hollow(settings, clock):
    return object()

def failing(settings, clock):
    raise RuntimeError("no key")

def leaving(settings, clock):
    sys.exit(3)
"""


def make_engines(folder: Path, **entries: str) -> Path:
    """Write a distribution `others-voices` with the module `their_engine` and the entry points given."""
    (folder / "their_engine.py").write_text(HUMMING, "utf-8")
    told = folder / "others_voices-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: others-voices\nVersion: 1.0\n", "utf-8")
    lines = [f"{name.replace('_', '-')} = {value}" for name, value in entries.items()]
    (told / "entry_points.txt").write_text("\n".join(["[loaphuong.voices]", *lines, ""]), "utf-8")
    return folder
