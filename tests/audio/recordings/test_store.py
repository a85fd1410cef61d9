"""Taking recordings in: what is kept, what is refused and why; names never reach the disk."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from audio import ffmpeg
from audio.recordings.decoding import Limits
from audio.recordings.store import Recordings
from content.errors import CorruptError, InvalidInputError, NotFoundError, UnavailableError
from tests.audio.recordings.conftest import KINDS, Sounds, lying

PICTURE_BYTES = 40_000_000


def files_in(store: Recordings) -> list[Path]:
    return [path for path in store.folder.parent.rglob("*") if path.is_file()]


def refusal(store: Recordings, data: bytes) -> str:
    """Return why the bytes are refused; nothing of them may be left."""
    with pytest.raises(InvalidInputError) as refused:
        store.take(io.BytesIO(data))
    assert refused.value.field == "sound"
    assert files_in(store) == []
    return str(refused.value)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_taken_and_played_in(store: Recordings, sounds: Sounds, kind: str) -> None:
    data = sounds.of(kind)
    taken = store.take(io.BytesIO(data))
    assert (taken.sha256, taken.bytes) == (hashlib.sha256(data).hexdigest(), len(data))
    pcm = store.pcm(taken.sha256)
    assert abs(pcm.duration_ms - taken.heard.duration_ms) < 100
    assert abs(ffmpeg.measure(ffmpeg.pcm_input(pcm), pcm.samples).lufs - -18) < 1.5


def test_it_lies_under_its_own_name_alone(store: Recordings, sounds: Sounds) -> None:
    sha256 = store.take(io.BytesIO(sounds.of("mp3"))).sha256
    assert files_in(store) == [store.folder / sha256[:2] / sha256] == [store.open(sha256)]


def test_the_same_bytes_are_kept_once_and_count_as_new(store: Recordings, sounds: Sounds) -> None:
    sha256 = store.take(io.BytesIO(sounds.of("mp3"))).sha256
    os.utime(store.open(sha256), (1, 1))
    store.take(io.BytesIO(sounds.of("mp3")))
    assert len(files_in(store)) == 1
    assert store.open(sha256).stat().st_mtime > 1


def test_the_same_bytes_give_the_same_sound(store: Recordings, sounds: Sounds) -> None:
    sha256 = store.take(io.BytesIO(sounds.of("m4a"))).sha256
    assert store.pcm(sha256) == store.pcm(sha256)


def test_a_soft_recording_keeps_all_its_words(store: Recordings, sounds: Sounds) -> None:
    soft = sounds.encoded(
        ("-f", "wav", "-i", "pipe:0", "-af", "volume=-30dB", "-f", "flac"), sounds.of("wav")
    )
    loud, quiet = (store.take(io.BytesIO(data)) for data in (sounds.of("wav"), soft))
    assert quiet.heard.lufs < loud.heard.lufs - 25
    assert store.pcm(quiet.sha256).duration_ms == store.pcm(loud.sha256).duration_ms


@pytest.mark.parametrize("kind", ["wav", "mp3", "m4a", "m4a, index first", "flac", "webm"])
def test_a_cut_file_is_refused(store: Recordings, sounds: Sounds, kind: str) -> None:
    data = sounds.of(kind)
    assert "bị cắt" in refusal(store, data[: len(data) // 3])


def test_a_head_that_lies_is_refused(store: Recordings, sounds: Sounds) -> None:
    told = refusal(store, lying(sounds.tone(2, "-f", "wav"), 6 * 3600, 8000))
    assert "đầu tệp ghi dài 360:00 mà chỉ còn 0:02" in told


@pytest.mark.parametrize(
    "kind",
    [("-f", "flac", "-compression_level", "0"), ("-f", "mp3", "-b:a", "8k", "-compression_level", "9")],
)
def test_six_hours_are_refused_before_they_are_decoded(
    store: Recordings, sounds: Sounds, kind: tuple[str, ...]
) -> None:
    assert "dài hơn 15 phút" in refusal(store, sounds.tone(6 * 3600, *kind, level=0))


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda sounds: sounds.tone(3, "-f", "wav", level=0), "im lặng"),
        (lambda sounds: sounds.tone(3, "-f", "wav", level=0.0005), "im lặng"),
        (lambda sounds: sounds.tone(0.5, "-f", "wav"), "chưa tới 1 giây"),
        (lambda sounds: sounds.of("mp3")[:1000] + bytes(range(256)) * 9000, "bị cắt"),
        (lambda sounds: sounds.of("webm")[:400] + bytes(range(256)) * 9000, "Không giải mã được"),
        (lambda sounds: sounds.of("flac")[:60] + bytes(range(256)) * 900, "Không giải mã được"),
    ],
    ids=["silence", "hiss", "half a second", "mp3 and rubbish", "webm and rubbish", "flac and rubbish"],
)
def test_what_cannot_be_heard_is_refused(
    store: Recordings, sounds: Sounds, make: Callable[[Sounds], bytes], told: str
) -> None:
    assert told in refusal(store, make(sounds))


def test_a_picture_without_sound_is_refused(store: Recordings, sounds: Sounds) -> None:
    film = sounds.encoded(("-f", "lavfi", "-i", "color=d=2:s=64x64", "-c:v", "mpeg4", "-f", "mp4"), b"")
    assert "không có luồng tiếng" in refusal(store, film)


def test_a_huge_picture_in_an_mp3_is_stepped_over(store: Recordings, sounds: Sounds) -> None:
    size = PICTURE_BYTES + 20
    syncsafe = bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
    frame = b"APIC" + PICTURE_BYTES.to_bytes(4) + bytes(2)
    tag = b"ID3\x03\x00\x00" + syncsafe + frame + bytes(size - len(frame))
    taken = store.take(io.BytesIO(tag + sounds.of("mp3")))
    assert abs(taken.heard.duration_ms - store.pcm(taken.sha256).duration_ms) < 100


def test_too_many_bytes_are_refused_as_they_come(tmp_path: Path) -> None:
    told = refusal(Recordings(tmp_path, most_bytes=1_000_000), bytes(1_000_001))
    assert "lớn hơn 1 MB" in told


@pytest.mark.parametrize(
    "limits", [Limits(memory_bytes=150_000_000), Limits(cpu_s=0)], ids=["memory", "processor"]
)
def test_decoding_may_cost_only_so_much(tmp_path: Path, sounds: Sounds, limits: Limits) -> None:
    told = refusal(Recordings(tmp_path, limits=limits), sounds.of("mp3"))
    assert "Hãy" in told


def test_decoding_may_last_only_so_long(tmp_path: Path, sounds: Sounds) -> None:
    told = refusal(Recordings(tmp_path, limits=Limits(wall_s=0.001)), sounds.of("mp3"))
    assert "tốn quá nhiều thời gian" in told


def test_a_recording_that_changed_on_disk_never_sounds_until_it_is_given_again(
    store: Recordings, sounds: Sounds
) -> None:
    sha256 = store.take(io.BytesIO(sounds.of("mp3"))).sha256
    path = store.open(sha256)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(CorruptError, match="tải lại đúng tệp"):
        store.pcm(sha256)
    store.take(io.BytesIO(sounds.of("mp3")))
    assert store.pcm(sha256).duration_ms > 1000


@pytest.mark.parametrize("name", ["../../etc/passwd", "a" * 64, "", "A" * 64])
def test_what_is_not_there_is_told(store: Recordings, name: str) -> None:
    assert not store.has(name)
    with pytest.raises(NotFoundError):
        store.open(name)


def test_a_disk_that_refuses_is_told(tmp_path: Path, sounds: Sounds) -> None:
    (tmp_path / "recordings").write_text("a file where the folder should be")
    with pytest.raises(UnavailableError, match="Không cất được bản thu"):
        Recordings(tmp_path).take(io.BytesIO(sounds.of("mp3")))
