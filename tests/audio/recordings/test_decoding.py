"""What ffmpeg is let do with bytes of which the sniffing was fooled: nothing beyond decoding them."""

from __future__ import annotations

from pathlib import Path

import pytest

from audio.recordings.decoding import Decoder
from audio.recordings.sniffing import KINDS, Found
from content.errors import InvalidInputError

SCRIPTS = (
    b"ffconcat version 1.0\nfile 'file:///etc/passwd'\n",
    b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n",
    b"file:///etc/passwd\n",
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_opens_no_other_file_whatever_it_is_taken_for(
    tmp_path: Path, kind: str, script: bytes
) -> None:
    given = tmp_path / "given"
    given.write_bytes(script)
    with given.open("rb") as file, pytest.raises(InvalidInputError) as refused:
        Decoder(tmp_path / "tmp").listen(file, Found(KINDS[kind]))
    assert "root" not in str(refused.value)
    assert list((tmp_path / "tmp").iterdir()) == []
