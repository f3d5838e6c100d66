"""Scheduling: whose work comes next, so that no client, however greedy, stops the others.

Work takes places. One client gets fewer than there are, and some more are kept for short work. How long work
is shows as it runs: what is not done after its slice goes on at another place, or begins anew when one
comes free. Who waits is served in the order of what each client has used (start-time fair queuing: Goyal, Vin
and Cheng, 1996), so that ten requests of one client do not stand before the only one of another.
"""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address, ip_network
from itertools import count
from math import inf

from diplograph.errors import Busy

SLICE = 0.15
"""Seconds of processor time that work may take before it counts as long."""
LEAST = 0.001
"""Seconds that the shortest work counts for."""
RECENT = 0.25
"""How much the last work of a client counts for what is usual with it."""
USUALLY_LONG = 0.6
"""Share of its slice that work of a client usually takes when the next is held to be long."""
MANY = 4
"""Addresses of one network that are clients of their own; with more of them at once the network is one."""
MOST_SHARES = 10_000
SITES = {4: 24, 6: 48}
"""Bits of an address that say which network it is of, for both versions of IP."""


@dataclass(slots=True)
class Share:
    """What a client, or a network, has used of the workers, in seconds, and what it has there now.

    `usual` is how much of its slice its work takes, on an average of the last.
    """

    used: float = 0.0
    running: int = 0
    at_kept_places: int = 0
    waiting: int = 0
    usual: float = 0.0

    @property
    def is_busy(self) -> bool:
        """Whether work of it runs or waits."""
        return bool(self.running or self.at_kept_places or self.waiting)

    def note(self, turn: "Turn") -> None:
        """Add what a turn has used."""
        self.used = max(self.used, turn.start) + max(LEAST, turn.spent)
        if turn.slice < inf and not turn.is_long:
            self.usual += RECENT * (turn.spent / turn.slice - self.usual)


@dataclass(slots=True, eq=False)
class Turn:
    """One piece of work on its way to a worker: whose it is, and what is known of its length.

    `client` is None for one without limits. `is_task` is whether it is no query. `slice` is how many seconds
    of processor time it may take before it counts as long, and `spent` what it has used of them.
    The rest is the scheduler's to say.
    """

    client: str | None = None
    slice: float = SLICE
    is_task: bool = False
    spent: float = 0.0
    is_long: bool = False
    is_at_kept_place: bool = False
    is_put_off: bool = False
    is_refused: bool = False
    share: Share = field(default_factory=Share)
    start: float = 0.0
    number: int = 0
    called: threading.Lock = field(default_factory=threading.Lock)

    @property
    def may_take_kept_place(self) -> bool:
        """Whether it is short, as far as anybody knows."""
        return self.slice == inf or not (self.is_long or self.share.usual > USUALLY_LONG)


class Scheduler:
    """Gives out places; any number of threads may ask."""

    def __init__(self, places: int, most_waiting: int, kept: int = 0) -> None:
        """Let so many pieces of work run at once and `kept` short ones more; at most `most_waiting` wait."""
        self._places, self._free, self._kept = places, places, kept
        self._most_waiting = most_waiting
        self._waiting: list[Turn] = []
        self._numbers = count()
        self._now = 0.0
        self._shares: dict[str, Share] = {}
        self._nameless = Share()
        self._networks: dict[str, Counter[str]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def place(self, turn: Turn, wait: float) -> Iterator[None]:
        """Give a place while the block lasts, after at most so many seconds; Busy when none came free.

        What the turn has `spent` at the end is what its client used.
        """
        self._enter(turn)
        if not turn.called.acquire(timeout=max(0.0, wait)) and self._give_up(turn):
            raise Busy(f"All workers were taken for {wait:.1f} s.", limit=wait, retry_after=1)
        if turn.is_refused:
            raise self._too_many(turn)
        try:
            yield
        finally:
            self._leave(turn)

    def lengthen(self, turn: Turn) -> bool:
        """Note that work is long, and have it leave a kept place for another; tell whether it may go on."""
        with self._lock:
            turn.is_long = True
            if turn.share is not self._nameless:
                turn.share.usual = 1.0
            if not turn.is_at_kept_place:
                return True
            turn.is_put_off = not self._free or not self._may_take(turn, kept=False)
            if turn.is_put_off:
                return False
            self._let_go(turn)
            self._free -= 1
            turn.share.running += 1
            turn.is_at_kept_place = False
            self._call()
            return True

    def _enter(self, turn: Turn) -> None:
        """Queue up, and go first where a place is free and nobody else may have it."""
        with self._lock:
            self._count_in(turn)
            if len(self._waiting) >= self._most_waiting and not self._make_room(turn.share):
                self._count_out(turn)
                raise self._too_many(turn)
            turn.start, turn.number = self._now, next(self._numbers)
            turn.spent, turn.is_put_off = 0.0, False
            turn.called.acquire(blocking=False)
            turn.share.waiting += 1
            self._waiting.append(turn)
            self._call()

    def _give_up(self, turn: Turn) -> bool:
        """Leave the queue; tell whether it was still in it."""
        with self._lock:
            if turn not in self._waiting:
                return False
            self._dismiss(turn)
            return True

    def _leave(self, turn: Turn) -> None:
        """Free the place, write down what was used, and call the next.

        What all had grows by a client's part of it, so that who comes later does not stay before who waits.
        """
        with self._lock:
            self._let_go(turn)
            if turn.share is not self._nameless:
                turn.share.note(turn)
                self._now += max(LEAST, turn.spent) / self._active
            self._count_out(turn)
            self._call()

    @property
    def _active(self) -> int:
        """How many have work here now; a network counts for as many as it may have been before it was one."""
        return sum(min(len(addresses), MANY + 1) for addresses in self._networks.values())

    def _let_go(self, turn: Turn) -> None:
        """Free the place of a turn."""
        if turn.is_at_kept_place:
            self._kept += 1
            turn.share.at_kept_places -= 1
        else:
            self._free += 1
            turn.share.running -= 1

    def _call(self) -> None:
        """Give every free place to whose turn it is."""
        while self._free and (turn := self._first(kept=False)):
            self._free -= 1
            turn.share.running += 1
            self._begin(turn, kept=False)
        while self._kept and (turn := self._first(kept=True)):
            self._kept -= 1
            turn.share.at_kept_places += 1
            self._begin(turn, kept=True)

    def _first(self, *, kept: bool) -> Turn | None:
        """Find whose client has used least, of those that may take such a place."""
        fit = [turn for turn in self._waiting if self._may_take(turn, kept=kept)]
        return min(fit, key=_precedence, default=None)

    def _may_take(self, turn: Turn, *, kept: bool) -> bool:
        is_limited = turn.share is not self._nameless
        if kept:  # a task takes longer than a query: the last one is not for it
            may_begin = turn.may_take_kept_place and (not turn.is_task or self._kept > 1)
            return may_begin and not (is_limited and turn.share.at_kept_places)
        return not is_limited or turn.share.running < most_of_client(self._places)

    def _begin(self, turn: Turn, *, kept: bool) -> None:
        self._waiting.remove(turn)
        turn.share.waiting -= 1
        turn.is_at_kept_place = kept
        turn.start = _precedence(turn)[0]
        self._now = max(self._now, turn.start)
        turn.called.release()

    def _make_room(self, share: Share) -> bool:
        """Send away the last to come of the client with most waiting, if it has more than this one would."""
        named = [turn for turn in self._waiting if turn.share is not self._nameless]
        greediest = max((turn.share for turn in named), key=lambda share: share.waiting, default=None)
        if greediest is None or (share is not self._nameless and greediest.waiting <= share.waiting + 1):
            return False
        last = max((turn for turn in named if turn.share is greediest), key=lambda turn: turn.number)
        self._dismiss(last)
        last.is_refused = True
        last.called.release()
        return True

    def _dismiss(self, turn: Turn) -> None:
        self._waiting.remove(turn)
        turn.share.waiting -= 1
        self._count_out(turn)

    def _too_many(self, turn: Turn) -> Busy:
        turn.is_refused = True
        detail = f"All workers are taken and {self._most_waiting} queries wait for one."
        return Busy(detail, limit=self._most_waiting, retry_after=1)

    def _count_in(self, turn: Turn) -> None:
        """Find the share of a client: its own, or that of its network where many addresses ask at once."""
        if turn.client is None:
            turn.share = self._nameless
            return
        network = network_of(turn.client)
        addresses = self._networks.setdefault(network, Counter())
        addresses[turn.client] += 1
        name = network if len(addresses) > MANY else turn.client
        if name not in self._shares and len(self._shares) >= MOST_SHARES:
            self._forget()
        turn.share = self._shares.setdefault(name, Share(self._now))

    def _count_out(self, turn: Turn) -> None:
        if turn.client is None:
            return
        network = network_of(turn.client)
        addresses = self._networks[network]
        addresses[turn.client] -= 1
        if not addresses[turn.client]:
            del addresses[turn.client]
        if not addresses:
            del self._networks[network]

    def _forget(self) -> None:
        """Drop the shares that a new one would not differ from, or where there are none all without work."""
        idle = {name: share for name, share in self._shares.items() if not share.is_busy}
        for name in [name for name, share in idle.items() if share.used <= self._now] or idle:
            del self._shares[name]


def most_of_client(places: int) -> int:
    """How many of the places, those for short work aside, one client may have: fewer than there are."""
    return max(1, places - 1)


def _precedence(turn: Turn) -> tuple[float, int]:
    """What a turn is sorted by: what its client has used, or all had when it came, and when it came."""
    return max(turn.start, turn.share.used), turn.number


@lru_cache(maxsize=1024)
def network_of(client: str) -> str:
    """The network that an address is of; itself where it is no address.

    A client of IPv6 is one of the networks of 64 bits, of which a site may have as many as it likes.
    """
    try:
        address = ip_address(client)
    except ValueError:
        return client
    return str(ip_network((address, SITES[address.version]), strict=False))
