"""Connections: a guard that ends those which hold the service up, over the process's own sockets.

The server hands a request to a thread, which waits for the body as long as the client pleases, and keeps an
answer for as long as it takes to be read. So the guard looks at the sockets themselves: what the kernel sent
and received (TCP_INFO, SIOCOUTQ: `tcp(7)`). Linux alone tells; elsewhere nothing is guarded.
"""

from __future__ import annotations

import fcntl
import logging
import os
import socket
import struct
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from diplograph.settings import Settings
from diplograph.web import request_parsing

INTERVAL = 0.5
"""Seconds between two looks."""
MOST_AT_ONCE = 50
"""Connections that are ended in one look: each wakes a thread, which then has work."""
SENDING = 10.0
"""Seconds for which a client may take an answer more slowly than at the least rate."""
SLOW_READER, SLOW_SENDER, TOO_MANY = "slow-reader", "slow-sender", "too-many"
REASONS = (SLOW_READER, SLOW_SENDER, TOO_MANY)
SOCKETS = Path("/proc/self/fd")
_SIOCOUTQ = 0x5411
_INFO = struct.Struct("<B119xQQ")
"""Of `struct tcp_info` (linux/tcp.h): state, bytes that the peer acknowledged, bytes received."""
_ESTABLISHED, _CLOSE_WAIT = 1, 8
LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class Connection:
    """A connection: what the kernel has sent and received, and since when that is held against the client.

    `taking` is since when bytes of an answer wait to be taken, and how many were taken by then; `sending` is
    when the client last took any, and how many it had sent by then. `client` is None for one without limits.
    One that `sends_no_more` has gone, as far as anybody knows: hardly any waits for an answer then.
    """

    descriptor: int
    client: str | None
    sending: tuple[float, int]
    taking: tuple[float, int] | None = None
    taken: int = 0
    sent: int = 0
    sends_no_more: bool = False

    def note(self, now: float, taken: int, sent: int, left: int) -> None:
        """Note what the kernel tells at a time."""
        if taken != self.taken:
            self.sending = now, sent
        self.taken, self.sent = taken, sent
        if not left:
            self.taking = None
        elif self.taking is None:
            self.taking = now, taken

    def fault(self, now: float, rate: float, patience: float) -> str | None:
        """Return why the connection has to end, None where it keeps to the rate; then it begins anew."""
        if self.taking is not None:
            if now - self.taking[0] < SENDING:
                return None
            if self.taken - self.taking[1] < rate * (now - self.taking[0]):
                return SLOW_READER
            self.taking = now, self.taken
            return None
        if now - self.sending[0] < patience:
            return None
        if self.sent - self.sending[1] < rate * (now - self.sending[0]):
            return SLOW_SENDER
        self.sending = now, self.sent
        return None


@dataclass
class Guard:
    """Ends connections that stay under a rate, and those past a number for one client.

    `rate` is in bytes a second. `patience` is in seconds: a client that takes nothing for so long has to have
    sent at that rate, so it is longer than an answer may take. `most` is how many a client may have, None for
    any number, and `client` names whose an address is, None for one without limits. While something `is_busy`
    that takes longer than any answer, nobody is held to have sent too slowly. `tell` hears when a look began
    and who was connected. `ended` counts by reason.
    """

    port: int
    rate: float
    patience: float
    most: int | None
    client: Callable[[str], str | None]
    clock: Callable[[], float] = time.monotonic
    is_busy: Callable[[], bool] = bool
    tell: Callable[[float, frozenset[str | None]], None] | None = None
    ended: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Begin without any."""
        self._known: dict[int, Connection] = {}
        self._others: set[int] = set()

    @classmethod
    def of(cls, settings: Settings) -> Guard:
        """Return the guard that settings ask for; whom a proxy speaks for is the proxy's to count."""
        most = None if settings.trusted_proxies else settings.connections_per_client
        client = partial(request_parsing.client, limit_loopback=settings.limit_loopback)
        return cls(settings.port, settings.least_rate, settings.patience, most, client)

    @property
    def open(self) -> int:
        """How many connections there were at the last look."""
        return len(self._known)

    def start(self) -> None:
        """Look again and again, in a thread of its own."""
        if sys.platform == "linux":
            threading.Thread(target=self._run, name="connection guard", daemon=True).start()

    def look(self) -> int:
        """Look at each connection once, and end those that have to end; return how many."""
        began = self.clock()
        self._take_in()
        now, is_busy = self.clock(), self.is_busy()
        for inode, connection in list(self._known.items()):
            if not _noted(inode, connection, now):
                del self._known[inode]
            elif is_busy:
                connection.sending = now, connection.sent
        due = dict(self._due(now))
        for inode, reason in due.items():
            if _shut(inode, self._known.pop(inode).descriptor):
                self.ended[reason] += 1
        if self.tell is not None:
            there = (one.client for one in self._known.values() if not one.sends_no_more)
            self.tell(began, frozenset(there))
        return len(due)

    def _run(self) -> None:
        while True:
            ended = 0
            try:
                ended = self.look()
            except OSError as error:
                LOG.warning("the connections cannot be looked at: %s", error)
            time.sleep(INTERVAL if ended < MOST_AT_ONCE else INTERVAL / 10)

    def _take_in(self) -> None:
        """Find the connections there are, each by the inode of its socket; descriptors are used again."""
        found = dict(_sockets())
        self._others &= found.keys()
        self._known = {inode: one for inode, one in self._known.items() if inode in found}
        for inode, descriptor in found.items():
            if inode in self._known:
                self._known[inode].descriptor = descriptor
            elif inode not in self._others:
                self._judge(inode, descriptor)

    def _judge(self, inode: int, descriptor: int) -> None:
        """Tell whether a new socket is a connection to the service."""
        peer = _peer(inode, descriptor, self.port)
        if peer is None:
            self._others.add(inode)
        else:
            self._known[inode] = Connection(descriptor, self.client(peer), (self.clock(), 0))

    def _due(self, now: float) -> Iterator[tuple[int, str]]:
        """Yield what has to end and why: whatever is past a client's number, and some that are slow."""
        excess = set(self._past_the_number())
        yield from ((inode, TOO_MANY) for inode in excess)
        slow = 0
        for inode, connection in self._known.items():
            reason = None if inode in excess else connection.fault(now, self.rate, self.patience)
            if reason is not None:
                slow += 1
                yield inode, reason
            if slow == MOST_AT_ONCE:
                return

    def _past_the_number(self) -> Iterator[int]:
        """Yield the connections of each client but the first so many."""
        if self.most is None:
            return
        clients = defaultdict[str, list[int]](list)
        for inode, connection in self._known.items():
            if connection.client is not None:
                clients[connection.client].append(inode)
        for own in clients.values():
            yield from own[self.most :]


def _sockets() -> Iterator[tuple[int, int]]:
    """Yield inode and descriptor of each socket of this process."""
    for descriptor in SOCKETS.iterdir():
        with suppress(OSError):
            kind, _, inode = str(descriptor.readlink()).partition(":")
            if kind == "socket":
                yield int(inode.strip("[]")), int(descriptor.name)


def _borrowed(inode: int, descriptor: int) -> socket.socket | None:
    """Return a socket of one's own for a descriptor, None where that is another one by now.

    Whose descriptor it is may close it at any time, and the number then stands for something else.
    """
    try:
        own = os.dup(descriptor)
    except OSError:
        return None
    if os.fstat(own).st_ino != inode:
        os.close(own)
        return None
    return socket.socket(fileno=own)


def _peer(inode: int, descriptor: int, port: int) -> str | None:
    """Return the address of who is connected to a port of ours; None for any other socket."""
    found = _borrowed(inode, descriptor)
    if found is None:
        return None
    with found:
        if found.family not in {socket.AF_INET, socket.AF_INET6} or found.type != socket.SOCK_STREAM:
            return None
        with suppress(OSError):
            if found.getsockname()[1] == port:
                return str(found.getpeername()[0])
    return None


def _noted(inode: int, connection: Connection, now: float) -> bool:
    """Note what the kernel tells of a connection; False for one that is closed."""
    found = _borrowed(inode, connection.descriptor)
    if found is None:
        return False
    with found:
        try:
            info = found.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO.size)
            left = struct.unpack("i", fcntl.ioctl(found, _SIOCOUTQ, b"\0\0\0\0"))[0]
        except OSError:
            return False
    state, taken, sent = _INFO.unpack(info)
    connection.note(now, taken, sent, left)
    connection.sends_no_more = state == _CLOSE_WAIT
    return state in {_ESTABLISHED, _CLOSE_WAIT}


def _shut(inode: int, descriptor: int) -> bool:
    """End a connection; whoever reads or writes it finds its end."""
    found = _borrowed(inode, descriptor)
    if found is None:
        return False
    with found, suppress(OSError):
        found.shutdown(socket.SHUT_RDWR)
        return True
    return False
