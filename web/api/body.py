"""Reading a request's body within a limit."""

from __future__ import annotations

from flask import request


def read_body(most_bytes: int) -> bytes:
    """Return the body's bytes; beyond `most_bytes` the answer is 413 and nothing is read."""
    request.max_content_length = most_bytes
    return request.get_data(cache=False)
