"""One process of the server: waitress on the socket that `manage.py serve` has opened.

waitress takes requests in and sends answers out in one loop; a thread works only on what has arrived
whole. So neither half a request nor a slow reader keeps others waiting, however many there are. What is
added here: how much a request may bring depends on who sends it, and how long it may take on its size.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import re
import resource
import signal
import socket
import sys
import time
from typing import Any

from django.conf import settings
from django.db import close_old_connections
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import TcpWSGIServer
from waitress.utilities import RequestHeaderFieldsTooLarge

from config.wsgi import application  # sets Django up, before what is imported below

from config.bodies import REFUSED, STRANGER, limit_of  # isort: skip
from search.background import end_with_supervisor  # isort: skip

THREADS = 4
# Seconds that sending a request, or reading an answer, may take, and bytes a second beyond them.
PATIENCE, SLOWEST = 30.0, 16 << 10
# Connections that one process holds at once, most of them waiting for their clients.
CONNECTIONS = 2000
# An address holds at most a query of 500 characters, percent-encoded, and some filters.
HEADER_BYTES = 64 << 10
# Of a body; what is larger is kept on the disk.
MEMORY = 512 << 10
_STOP_SECONDS = 20.0
_ARENA_MAX = -8  # M_ARENA_MAX of malloc.h

_CONTROLS = re.compile(rb"[\x00-\x1f\x7f]")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")


class Parser(HTTPRequestParser):
    """Takes one request in: Chinese in an address as it is, and no more bytes than its sender may send."""

    limit = MEMORY  # anybody's; who asks is looked up beyond it
    refused = False

    def received(self, data: bytes) -> int:
        """Take bytes in; a request that brings too many is complete without them.

        Its Content-Length stays, or is what has come so far, so that the site can say what was wrong.
        """
        try:
            consumed: int = super().received(data)
        except OSError as error:  # a large body is kept on the disk
            self.headers[REFUSED] = str(error.errno or 0)
            self._refuse(max(self.content_length, self.body_bytes_received))
            return len(data)
        size = max(self.content_length, self.body_bytes_received)
        if size > self.limit and not self.refused:
            self.limit = limit_of(self.path, self.headers.get("COOKIE", ""))
            close_old_connections()
            if size > self.limit:
                self._refuse(size)
            elif STRANGER < self.limit <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
                # What an editor typed is given back when the disk is full: it must not need one.
                self._keep_in_memory()
        if isinstance(self.error, RequestHeaderFieldsTooLarge):
            self.error.body = "地址太长了，请缩短。 This address is too long; please shorten it."
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        """Read the header; what an address holds beyond ASCII is percent-encoded, as browsers do."""
        line, end, rest = header_plus.partition(b"\r\n")
        if _CONTROLS.search(line):
            raise ParsingError("Bad address")
        line = _BEYOND_ASCII.sub(lambda found: b"%%%02X" % found[0][0], line)
        super().parse_header(line + end + rest)

    def _keep_in_memory(self) -> None:
        if self.body_rcv is not None:
            self.body_rcv.buf.overflow = self.limit

    def _refuse(self, size: int) -> None:
        self.close()
        self.body_rcv = None
        self.headers |= {"CONTENT_LENGTH": str(size), "CONNECTION": "close"}
        self.expect_continue = False
        self.refused = self.completed = True


class Channel(HTTPChannel):
    """A connection that is closed when its client takes too long."""

    parser_class = Parser
    lingers = False  # to be closed only after the client had time to read the answer
    half_closed = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.until = time.monotonic() + PATIENCE

    def received(self, data: bytes) -> bool:
        """Take bytes in; each earns its sender a little more time."""
        if self.request is None:
            self.until = time.monotonic() + PATIENCE
        self.until += len(data) / SLOWEST
        return bool(super().received(data))

    def service(self) -> None:
        """Answer a request; from then on the time for reading the answer runs."""
        request = self.requests[0]
        self.lingers = request.refused or request.error is not None
        super().service()
        self.until = time.monotonic() + PATIENCE + self.total_outbufs_len / SLOWEST

    def is_late(self) -> bool:
        """Say whether the client, not the site, has kept this connection waiting for too long."""
        return not self.requests and time.monotonic() > self.until

    def readable(self) -> bool:
        """Say whether to read: what still comes of a body that was refused, too."""
        return bool((self.half_closed and not self.will_close) or super().readable())

    def handle_read(self) -> None:
        """Take bytes in, or throw away what still comes of a body that was refused."""
        if self.half_closed:
            self.recv(self.adj.recv_bytes)
        else:
            super().handle_read()

    def writable(self) -> bool:
        """Say whether there is something to send or to close."""
        return bool(self.will_close or (super().writable() and not self.half_closed))

    def handle_write(self) -> None:
        """Send; after the answer to a refused body, tell the client that nothing more comes.

        Closing at once would reset the connection, and the client would never see the answer.
        """
        if not (self.lingers and self.close_when_flushed) or self.will_close:
            super().handle_write()
            return
        self._flush_exception(self._flush_some)
        if self.connected and not self.total_outbufs_len and not self.half_closed:
            self.half_closed = True
            self.socket.shutdown(socket.SHUT_WR)


class Server(TcpWSGIServer):
    """Accepts connections, closes those that are late, and stops after the answers that are due."""

    channel_class = Channel
    stopping = False

    def maintenance(self, _now: float) -> None:
        """Close the connections of clients that take too long."""
        for channel in self.active_channels.values():
            if channel.is_late():
                channel.will_close = True

    def stop(self, *_signal: Any) -> None:
        """Tell `run` to stop serving: a receiver of signals."""
        self.stopping = True
        self.pull_trigger()

    def run(self) -> None:
        """Serve until told to stop, then finish what was begun."""
        while not self.stopping:
            self._turn()
        self.del_channel(self._map)
        self.socket.close()
        until = time.monotonic() + _STOP_SECONDS
        while self._owes() and time.monotonic() < until:
            self._turn()
        self.task_dispatcher.shutdown()
        for channel in [*self.active_channels.values()]:
            channel.handle_close()  # with what was kept on the disk for it
        self.asyncore.close_all(self._map)

    def _turn(self) -> None:
        self.asyncore.loop(timeout=1, map=self._map, use_poll=True, count=1)

    def _owes(self) -> bool:
        channels = self.active_channels.values()
        return any(channel.requests or channel.total_outbufs_len for channel in channels)


def make(listener: socket.socket, site: Any = application) -> Server:
    """Return a server for a socket that listens, with as many connections as the system allows."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = 4 * CONNECTIONS if hard == resource.RLIM_INFINITY else min(4 * CONNECTIONS, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    adjustments = Adjustments(
        sockets=[listener],
        threads=THREADS,
        server_name="127.0.0.1",
        ident=None,
        asyncore_use_poll=True,
        cleanup_interval=2,
        connection_limit=min(CONNECTIONS, files // 4),
        max_request_header_size=HEADER_BYTES,
        inbuf_overflow=MEMORY,
        max_request_body_size=sys.maxsize,  # `Parser` decides
        clear_untrusted_proxy_headers=False,  # settings and `client_of` read them
        log_socket_errors=False,
    )
    where = (listener.family, listener.type, listener.proto, listener.getsockname())
    return Server(site, _sock=listener, adj=adjustments, sockinfo=where, bind_socket=False)


def _share_one_heap() -> None:
    """Have glibc give all threads one heap; one for each holds 20 MB more, and they take turns anyway."""
    with contextlib.suppress(AttributeError, OSError, TypeError):  # another C library
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


def main(listener: socket.socket) -> None:
    """Serve on an open socket, until SIGTERM."""
    end_with_supervisor()
    _share_one_heap()
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it remarks on every wait
    server = make(listener)
    signal.signal(signal.SIGTERM, server.stop)
    signal.signal(signal.SIGINT, server.stop)
    server.run()
