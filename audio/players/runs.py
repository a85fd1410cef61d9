"""What a player that is another program was given to sound, and how far it is known to be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from audio.players.base import SILENCE_DB
from audio.players.decoding import FORMATS
from audio.players.streams import PROBE_BYTES, PROBE_US, PROTOCOLS, checked_source
from content.contracts.manifest import Item
from content.errors import CorruptError

GUESSED_SECONDS = 0.5
"""How far a position is thought on from where it was last read."""
STEADY_SECONDS = 0.03
# Asked for a single key (…/by-key/…) mpv 0.35 crashes, so all of the meter's are asked for.
LEVEL = "af-metadata/level"
LEVEL_KEY = "lavfi.astats.Overall.RMS_level"
_METER = "@level:lavfi=[astats=metadata=1:reset=10:measure_perchannel=none:measure_overall=RMS_level]"


@dataclass(frozen=True)
class Cue:
    """What was made ready: the clip at `path`, or the item's stream when there is none."""

    item: Item
    path: Path | None
    from_ms: int = 0

    def __post_init__(self) -> None:
        if self.path is None:
            checked_source(self.item.source)
        elif self.item.clip is None or self.item.clip.media_type not in FORMATS:
            raise CorruptError("Tệp phát thuộc loại trạm không phát được.")

    @property
    def streams(self) -> bool:
        """Whether it is a stream."""
        return self.path is None

    @property
    def target(self) -> str:
        """What mpv is to open."""
        return f"file://{self.path}" if self.path else checked_source(self.item.source)

    def options(self, from_ms: int) -> dict[str, str]:
        """Return mpv's options for this file alone.

        Demuxer and protocols are fixed, so that bytes can never choose another or name another file.
        """
        gain = f"lavfi=[volume={self.item.gain_mdb / 1000:.3f}dB]"
        if self.path is None:
            protocols = f"protocol_whitelist=%{len(PROTOCOLS)}%{PROTOCOLS}"
            reconnect = "reconnect=1,reconnect_streamed=1,reconnect_delay_max=2"
            return {
                "af": f"{gain},{_METER}",
                "demuxer-lavf-o": protocols,
                "demuxer-lavf-probesize": str(PROBE_BYTES),
                "demuxer-lavf-analyzeduration": str(PROBE_US / 1_000_000),
                "demuxer-max-bytes": "4MiB",
                "stream-lavf-o": reconnect,
            }
        media_type = self.item.clip.media_type if self.item.clip else ""
        # A start, even at 0, makes mpv seek, and a seek throws away the end of the clip before.
        start = {"start": f"{from_ms / 1000:.3f}"} if from_ms else {}
        return {
            "af": gain,
            **start,
            "demuxer": "lavf",
            "demuxer-lavf-format": FORMATS[media_type],
            "demuxer-lavf-o": "protocol_whitelist=file",
        }


@dataclass
class Run:
    """A cue on its way out; instants are monotonic, positions those of the clip.

    `entry`: its number in mpv's list, None while it is not there.  `released`: when mpv was told to
    sound it.  `known_ms` was read at `known_at`.  `base_ms` is what sounded before it was opened anew.
    """

    cue: Cue
    at: float
    until: float | None
    entry: int | None = None
    released: float | None = None
    begun: bool = False
    paused: bool = False
    known_ms: int = 0
    known_at: float = 0.0
    moved_at: float = 0.0
    loud_at: float = 0.0
    base_ms: int = 0
    length_ms: int = 0
    eof_at: float | None = None
    retry_at: float | None = None
    mended: int = 0

    def __post_init__(self) -> None:
        self.known_ms, self.known_at = self.cue.from_ms, self.at
        self.length_ms = self.cue.item.duration_ms

    def let_go(self, now: float) -> None:
        """Note that mpv was told to sound it; it is watched from its instant on."""
        self.released = now
        self.known_at = self.moved_at = self.loud_at = max(now, self.at)

    @property
    def airing(self) -> str:
        """The airing it is."""
        return self.cue.item.id

    def position(self, now: float) -> int:
        """Return how far it has sounded, thought on a little from where it was last read."""
        if self.paused or not self.begun:
            return self.known_ms
        ahead = max(0.0, min(now - self.known_at, GUESSED_SECONDS))
        reached = self.known_ms + round(ahead * 1000)
        return reached if self.cue.streams else min(reached, max(self.length_ms, self.known_ms))

    def ends_at(self) -> float:
        """Return the instant at which it will end if nothing comes between."""
        own = self.known_at + (self.length_ms - self.known_ms) / 1000
        if self.until is None:
            return own
        return self.until if self.cue.streams else min(own, self.until)

    def read(self, seconds: float, now: float) -> float | None:
        """Take a position that was read; return when the first sample sounded, once that is clear."""
        ms = self.base_ms + round(seconds * 1000)
        steady = abs((ms - self.known_ms) / 1000 - (now - self.known_at)) < STEADY_SECONDS
        if ms > self.known_ms:
            self.moved_at = now
        first = self.known_ms > self.cue.from_ms or self.begun
        self.known_ms, self.known_at = max(ms, self.cue.from_ms), now
        if self.begun or not (steady and first):
            return None
        return now - (ms - self.cue.from_ms) / 1000

    def measure(self, meter: object, now: float) -> None:
        """Take what the meter of a stream says: a text in dB under its key, None when it says nothing."""
        level = meter.get(LEVEL_KEY, "-inf") if isinstance(meter, dict) else "-inf"
        if float(level) > SILENCE_DB and self.moved_at == now:
            self.loud_at = now
