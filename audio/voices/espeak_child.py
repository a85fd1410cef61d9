"""One utterance by eSpeak NG: text on standard input, a rate line and s16le samples on standard output.

The engine is not safe among threads and corrupts the heap when it fails, so it lives one utterance
long.  Usage: `python -m audio.voices.espeak_child SECONDS VOICE WORDS_PER_MINUTE`.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import tempfile
from pathlib import Path

import espeakng_loader

PATH_LIMIT = 159
_SYNCHRONOUS, _DONT_EXIT = 2, 0x8000
_UTF8, _END_PAUSE = 1, 0x1000
_RATE = 1
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def speak(text: str, voice: str, words_per_minute: int) -> tuple[int, bytes]:
    """Return (samples a second, s16le samples) of `text`; RuntimeError when the engine refuses."""
    with tempfile.TemporaryDirectory(prefix="lp-") as folder:
        engine = ctypes.CDLL(str(espeakng_loader.get_library_path()))
        rate = _begin(engine, _short_path(Path(espeakng_loader.get_data_path()), Path(folder)))
        if engine.espeak_SetVoiceByName(voice.encode()) != 0:
            raise RuntimeError(f"eSpeak NG has no voice {voice}")
        engine.espeak_SetParameter(_RATE, words_per_minute, 0)
        return rate, _synthesise(engine, text)


def _begin(engine: ctypes.CDLL, data: Path) -> int:
    rate = int(engine.espeak_Initialize(_SYNCHRONOUS, 0, os.fsencode(data), _DONT_EXIT))
    if rate <= 0:
        raise RuntimeError(f"eSpeak NG cannot start from {data}")
    # It seeds its breath noise with the hour; the same words are to give the same clip.
    engine.espeak_ng_SetRandSeed(ctypes.c_long(1))
    return rate


def _synthesise(engine: ctypes.CDLL, text: str) -> bytes:
    heard = bytearray()

    def hear(samples: object, count: int, _events: object) -> int:
        if samples and count > 0:
            heard.extend(ctypes.string_at(samples, count * 2))  # type: ignore[arg-type]
        return 0

    callback = _Callback(hear)
    engine.espeak_SetSynthCallback(callback)
    said = text.encode() + b"\0"
    size = ctypes.c_size_t(len(said))
    if engine.espeak_Synth(said, size, 0, 1, 0, _UTF8 | _END_PAUSE, None, None) != 0:
        raise RuntimeError("eSpeak NG refused the text")
    engine.espeak_Synchronize()
    return bytes(heard)


def _short_path(data: Path, folder: Path) -> Path:
    """Return a path to the engine's data that fits its fixed buffer."""
    if len(os.fsencode(data)) <= PATH_LIMIT:
        return data
    link = folder / "espeak-ng-data"
    link.symlink_to(data, target_is_directory=True)
    return link


def main() -> None:
    """Speak what stands on standard input; the alarm ends this process even when its parent is gone."""
    signal.setitimer(signal.ITIMER_REAL, float(sys.argv[1]))
    rate, samples = speak(sys.stdin.buffer.read().decode("utf-8"), sys.argv[2], int(sys.argv[3]))
    sys.stdout.buffer.write(f"{rate}\n".encode() + samples)


if __name__ == "__main__":
    main()
