"""Ports of this machine: whether one can be bound, and what to tell when not."""

from __future__ import annotations

import errno
import socket

from content.errors import ConfigurationError


def port_problem(error: OSError, host: str, port: int) -> ConfigurationError:
    """Return what to tell a person when an address cannot be bound."""
    if error.errno == errno.EADDRINUSE:
        return ConfigurationError(
            "Cổng {port} đang có chương trình khác dùng; hãy chọn cổng khác (--port).", port=port
        )
    return ConfigurationError("Không mở được {host}:{port}: {why}.", host=host, port=port, why=error.strerror)


def probe(port: int) -> None:
    """Raise ConfigurationError unless the port is free on loopback."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError as error:
            raise port_problem(error, "127.0.0.1", port) from error


def free_port(wanted: int) -> int:
    """Return `wanted` if it is free, else any free port."""
    try:
        probe(wanted)
    except (ConfigurationError, OverflowError):
        with socket.socket() as any_port:
            any_port.bind(("127.0.0.1", 0))
            return int(any_port.getsockname()[1])
    return wanted
