"""The commands `loaphuong read`, `say` and `voices`.  What each needs is imported when it runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import click

_BROKEN_PIPE_STATUS = 141


@click.command("read")
@click.option("--jsonl", is_flag=True, help="JSON strings in, JSON objects with spans and warnings out.")
def read_command(jsonl: bool) -> None:
    """Print the spoken words of every line of standard input, with the shipped lexicon.

    With --jsonl every line that is no JSON string is answered by {"error": …, "line": n} in its place, the
    others are read all the same, and the exit status is 1 at the end. Blank lines are passed over. A line
    longer than 16 MB ends the program with status 1.
    """
    from audio.read_stream import read_json_lines, read_lines  # noqa: PLC0415

    given = click.get_binary_stream("stdin")
    lines = read_json_lines(given) if jsonl else read_lines(given, _warn)
    try:
        _print_each(lines, click.get_binary_stream("stdout"))
    except BrokenPipeError:
        _leave_quietly()


@click.command("say")
@click.argument("text")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.option("--voice", help="Only this voice; default: the settings' order.")
@click.option("--internal", is_flag=True, help="TEXT must not leave this machine.")
@click.option("--personal-data-meant", is_flag=True, help="Personal data in TEXT is meant for everybody.")
def say_command(text: str, out: Path, voice: str | None, internal: bool, personal_data_meant: bool) -> None:
    """Make one clip of TEXT, mastered as on air."""
    from audio.progress_bar import ProgressBar  # noqa: PLC0415
    from audio.say import say  # noqa: PLC0415
    from audio.voices.registry import voices_of  # noqa: PLC0415
    from content.clock import clock_of_process  # noqa: PLC0415
    from content.settings import Settings  # noqa: PLC0415

    settings = Settings.load()
    voices = voices_of(settings, clock_of_process())
    with ProgressBar(sys.stderr) as on_sentence:
        said = say(
            text,
            out,
            voices=voices,
            order=(voice,) if voice else (),
            internal=internal,
            personal_data_meant=personal_data_meant,
            horn=settings.horn_eq,
            on_sentence=on_sentence,
        )
    if said.kept_from:
        names = ", ".join(said.kept_from)
        _warn(f"chữ được giữ tại máy (nội bộ, hoặc có dữ liệu cá nhân), không gửi tới {names}")
    if said.why_fallback:
        _warn(f"giọng {said.voice} đọc thay, vì {said.why_fallback}")
    click.echo(f"Giọng: {said.voice}")
    click.echo(f"Giây: {said.seconds:.2f}")
    click.echo(f"LUFS: {said.lufs:.1f}")
    click.echo(f"sha256: {said.sha256}")


@click.command("voices")
def voices_command() -> None:
    """List the voices: first those tried by themselves, in their order, then others to choose by name."""
    from audio.voices.registry import others, voices_of  # noqa: PLC0415
    from audio.voices.status import told, voices_status  # noqa: PLC0415
    from content.clock import clock_of_process  # noqa: PLC0415
    from content.settings import Settings  # noqa: PLC0415

    settings = Settings.load()
    voices = voices_of(settings, clock_of_process())
    for number, status in enumerate(voices_status(voices), start=1):
        way = "chữ được gửi ra ngoài" if status.sends_text_out else "chữ không rời khỏi máy"
        rank = f"{number}." if status.name in voices.names else "·"
        click.echo(f"{rank} {status.name}: {status.title}: {told(status, settings.zone)} [{way}]")
        click.echo(f"   Giấy phép: {status.licence or 'chưa rõ'}. Dấu: {status.fingerprint or 'chưa rõ'}")
    if unused := others(voices):
        click.echo(f"Đã cài nhưng chưa dùng được khi chưa ghi vào LOAPHUONG_VOICES: {', '.join(unused)}")


def _print_each(lines: Iterable[str], out: BinaryIO) -> None:
    """Print and flush line by line, so that a program may converse with this one."""
    for line in lines:
        out.write(line.encode() + b"\n")
        out.flush()


def _warn(message: str) -> None:
    click.echo(f"loaphuong: {message}", err=True)


def _leave_quietly() -> None:
    """End as a program does whose reader has gone: no word, and nothing left to flush into the pipe."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(_BROKEN_PIPE_STATUS)
