"""A waitress server on loopback while a test lasts, with the lines and the loop of `loaphuong serve`."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import waitress

from web.processes.polling import wait_by_epoll

PATIENCE_S = 30.0


@contextmanager
def listening(app: Any, **options: Any) -> Iterator[int]:
    """Give the port on which `app` is served."""
    sockets: dict[int, object] = {}
    server = waitress.create_server(app, map=sockets, host="127.0.0.1", port=0, **options)
    wait_by_epoll(server)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield int(server.effective_port)
    # By the thread that listens: a socket closed while it waits for it is a bad descriptor there.
    server.trigger.pull_trigger(server.close)
    thread.join(PATIENCE_S)
    assert not thread.is_alive(), f"still open: {sockets}"
    server.task_dispatcher.shutdown()
