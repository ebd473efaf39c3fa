"""HTTP/1.1 on a loopback socket: connections stay open, and can be dropped where a test wants it."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Response:
    """What goes over the wire. ``dropped`` sends nothing, ``missing`` promises so many bytes more."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    dropped: bool = False
    missing: int = 0


Respond = Callable[[str, str, dict[str, str], bytes], Response]


class Listener(ThreadingHTTPServer):
    """One thread for each connection; stopping ends them all."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, port: int, respond: Respond) -> None:
        super().__init__(("127.0.0.1", port), Connection)
        self.respond = respond
        self.connections: set[socket.socket] = set()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.005,), daemon=True)

    def start(self) -> None:
        """Serve in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving; wait until every connection is closed."""
        self.shutdown()
        self._thread.join()
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing about a client that went away in the middle."""


class Connection(BaseHTTPRequestHandler):
    """One connection: request, response, request, ..."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # the head and the body leave together
    server: Listener

    def setup(self) -> None:
        """Remember the connection."""
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        """Forget the connection."""
        self.server.connections.discard(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def do_GET(self) -> None:
        """Answer a request of any method."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        response = self.server.respond(self.command, self.path, dict(self.headers.items()), body)
        if response.dropped:
            self._drop()
        else:
            self._send(response)

    do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_GET  # noqa: N815 - so are these

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - so is this
        """Write no log."""

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body) + response.missing))
        self.end_headers()
        self.wfile.write(response.body)
        self.wfile.flush()
        if response.missing:
            self._drop()

    def _drop(self) -> None:
        self.close_connection = True
        # Closing without lingering sends a reset; after a part of an answer, an end would do as well.
        with contextlib.suppress(OSError):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
