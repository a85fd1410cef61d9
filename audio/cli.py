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
    """Print the spoken words of every line of standard input, with the shipped lexicon."""
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
def say_command(text: str, out: Path, voice: str | None) -> None:
    """Make one clip of TEXT, mastered as on air."""
    from audio.say import say  # noqa: PLC0415
    from audio.voices.registry import voices_of  # noqa: PLC0415
    from content.clock import clock_of_process  # noqa: PLC0415
    from content.settings import Settings  # noqa: PLC0415

    voices = voices_of(Settings.load(), clock_of_process())
    said = say(text, out, voices=voices, order=(voice,) if voice else ())
    click.echo(f"Giọng: {said.voice}")
    click.echo(f"Giây: {said.seconds:.2f}")
    click.echo(f"LUFS: {said.lufs:.1f}")
    click.echo(f"sha256: {said.sha256}")


@click.command("voices")
def voices_command() -> None:
    """List the voices in the order they are tried: which can speak now, and why not."""
    from audio.voices.registry import voices_of  # noqa: PLC0415
    from content.clock import clock_of_process  # noqa: PLC0415
    from content.settings import Settings  # noqa: PLC0415

    for number, voice in enumerate(voices_of(Settings.load(), clock_of_process()), start=1):
        available = voice.availability()
        state = "đọc được" if available.can_speak else "không đọc được lúc này"
        click.echo(f"{number}. {voice.name}: {voice.title}: {state} ({available.why})")


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
