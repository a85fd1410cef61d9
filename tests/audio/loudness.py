"""Loudness measured apart from the product's own code: ffmpeg's meter, started and read here."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import imageio_ffmpeg


def measured(file: Path) -> tuple[float, float]:
    """Return (integrated LUFS, true peak dBTP) of a sound file, decoded."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-i", str(file)]
    command += ["-af", "ebur128=peak=true", "-f", "null", "-"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    summary = told[told.rindex("Summary:") :]
    lufs, peak = (re.search(pattern, summary) for pattern in (r"I: +(-[\d.]+)", r"Peak: +(-?[\d.]+)"))
    assert lufs
    assert peak
    return float(lufs.group(1)), float(peak.group(1))
