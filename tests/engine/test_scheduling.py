"""Scheduling: places for work, whose turn it is, and what a greedy client takes from the others."""

import threading
import time
from contextlib import ExitStack, contextmanager, nullcontext
from math import inf

import pytest

from diplograph.engine import scheduling
from diplograph.engine.scheduling import SLICE, Scheduler, Turn, network_of
from diplograph.errors import Busy

GREEDY, MODEST, THIRD = "192.0.2.1", "198.51.100.1", "203.0.113.1"


class Waiting:
    """Somebody who waits in a thread, and what became of it."""

    def __init__(self, scheduler, turn, order=None):
        self.turn, self.error, self.has_place = turn, None, False
        self._go = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(scheduler, [] if order is None else order))
        self._thread.start()
        until(lambda: turn in scheduler._waiting or self.has_place or self.error)

    def _run(self, scheduler, order):
        try:
            with scheduler.place(self.turn, 10):
                self.has_place = True
                order.append(self.turn.client)
                self._go.wait(10)
        except Busy as error:
            self.error = error

    def end(self):
        self._go.set()
        self._thread.join()


def until(true):
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.001)


@contextmanager
def held(scheduler, *turns):
    """All the turns at work at once."""
    with ExitStack() as running:
        for turn in turns:
            running.enter_context(scheduler.place(turn, 0))
        yield


def use(scheduler, client, seconds, length=SLICE):
    turn = Turn(client, length)
    with scheduler.place(turn, 0):
        turn.spent = seconds


def test_no_more_work_at_once_than_there_are_places():
    scheduler = Scheduler(2, most_waiting=5)
    with held(scheduler, Turn(), Turn()):
        with pytest.raises(Busy) as caught, scheduler.place(Turn(), 0.05):
            pass
        assert caught.value.facts["retry_after"] == 1
    use(scheduler, None, 0)


def test_client_gets_fewer_places_than_there_are():
    scheduler = Scheduler(3, most_waiting=5)
    with held(scheduler, Turn(GREEDY), Turn(GREEDY)):
        with pytest.raises(Busy), scheduler.place(Turn(GREEDY), 0.05):
            pass
        use(scheduler, MODEST, 0)


def test_client_of_a_service_with_one_place_gets_that():
    use(Scheduler(1, most_waiting=5), GREEDY, 0)


def test_client_without_limits_may_have_every_place():
    with held(Scheduler(3, most_waiting=5), Turn(), Turn(), Turn()):
        pass


def test_short_work_has_a_place_when_long_work_has_taken_all_others():
    scheduler = Scheduler(2, most_waiting=5, kept=1)
    long = [Turn(GREEDY), Turn(MODEST)]
    with held(scheduler, *long):
        assert all(map(scheduler.lengthen, long))
        short = Turn(THIRD)
        with scheduler.place(short, 0):
            assert short.is_at_kept_place


def test_work_that_is_known_to_be_long_does_not_take_a_kept_place():
    scheduler = Scheduler(1, most_waiting=5, kept=1)
    long = Turn(MODEST)
    long.is_long = True
    with held(scheduler, Turn(GREEDY)), pytest.raises(Busy), scheduler.place(long, 0.05):
        pass


def work_long(scheduler, client):
    turn = Turn(client)
    with scheduler.place(turn, 0):
        scheduler.lengthen(turn)


@pytest.mark.parametrize(
    ("before", "is_let_in"), [([0.9] * 3, True), ([0.9] * 6, False), ([0.9] * 6 + [0.0] * 2, True)]
)
def test_client_whose_work_is_usually_long_does_not_take_a_kept_place(before, is_let_in):
    scheduler = Scheduler(1, most_waiting=5, kept=1)
    for share in before:
        use(scheduler, GREEDY, share * SLICE)
    with held(scheduler, Turn(MODEST)):
        if is_let_in:
            use(scheduler, GREEDY, 0)
        else:
            with pytest.raises(Busy), scheduler.place(Turn(GREEDY), 0.05):
                pass


def test_queries_of_the_service_may_take_a_kept_place_whoever_asks():
    scheduler = Scheduler(1, most_waiting=5, kept=1)
    work_long(scheduler, GREEDY)
    with held(scheduler, Turn(MODEST)):
        use(scheduler, GREEDY, 0, inf)


def test_task_leaves_the_last_kept_place_to_queries():
    scheduler = Scheduler(1, most_waiting=5, kept=2)
    tasks = [Turn(MODEST, is_task=True), Turn(THIRD, is_task=True)]
    with held(scheduler, *tasks):
        with pytest.raises(Busy), scheduler.place(Turn("192.0.2.9", is_task=True), 0.05):
            pass
        use(scheduler, GREEDY, 0)


def test_a_client_is_held_to_be_quick_again_after_some_short_work():
    scheduler = Scheduler(1, most_waiting=5, kept=1)
    work_long(scheduler, GREEDY)
    for number in range(3):
        with held(scheduler, Turn(MODEST)), pytest.raises(Busy) if number < 2 else nullcontext():
            use(scheduler, GREEDY, 0)
        use(scheduler, GREEDY, 0.001)


def test_client_has_one_of_the_kept_places_at_a_time():
    scheduler = Scheduler(1, most_waiting=5, kept=2)
    with held(scheduler, Turn(MODEST), Turn(GREEDY)):
        with pytest.raises(Busy), scheduler.place(Turn(GREEDY), 0.05):
            pass
        use(scheduler, THIRD, 0)


def test_work_that_proves_long_moves_from_its_kept_place_to_a_free_one():
    scheduler = Scheduler(1, most_waiting=5, kept=1)
    first, second = Turn(GREEDY), Turn(MODEST)
    with ExitStack() as running:
        with held(scheduler, first):
            running.enter_context(scheduler.place(second, 0))
            assert second.is_at_kept_place
            assert not scheduler.lengthen(second)
        assert scheduler.lengthen(second)
        assert not second.is_at_kept_place
        with held(scheduler, Turn(THIRD)), pytest.raises(Busy), scheduler.place(Turn(THIRD), 0.05):
            pass
    with held(scheduler, Turn(), Turn()):
        pass


def test_who_has_used_less_comes_first():
    scheduler, order = Scheduler(1, most_waiting=9), []
    running = Waiting(scheduler, Turn(GREEDY), order)
    running.turn.spent = 5.0
    waiting = [Waiting(scheduler, Turn(client), order) for client in (GREEDY, GREEDY, MODEST, THIRD)]
    running.end()
    for each in (waiting[2], waiting[3], waiting[0], waiting[1]):
        each.end()

    assert order == [GREEDY, MODEST, THIRD, GREEDY, GREEDY]


def test_who_comes_later_does_not_go_before_who_waits():
    scheduler, order = Scheduler(1, most_waiting=9), []
    use(scheduler, MODEST, 1.0)
    running = Waiting(scheduler, Turn(GREEDY), order)
    early = Waiting(scheduler, Turn(MODEST), order)
    for number in range(3):
        running.turn.spent = 2.0
        running.end()
        if number < 2 and early.turn in scheduler._waiting:
            running = Waiting(scheduler, Turn(f"203.0.{number}.1"), order)
    early.end()

    assert order[1] == MODEST


def test_clients_that_come_one_after_the_other_do_not_stay_before_one_that_waits():
    scheduler, order = Scheduler(1, most_waiting=9), []
    use(scheduler, MODEST, 2.0)
    running = Waiting(scheduler, Turn("10.0.0.1"), order)
    modest = Waiting(scheduler, Turn(MODEST), order)
    for number in range(1, 12):
        fresh = Waiting(scheduler, Turn(f"10.0.{number}.1"), order)
        running.turn.spent = 1.0
        running.end()
        until(lambda: modest.has_place or fresh.has_place)  # noqa: B023 - called at once
        if modest.has_place:
            break
        running = fresh
    modest.end()
    fresh.end()

    assert order.index(MODEST) < 6


def test_client_whose_work_always_waits_stays_behind_one_that_comes_now_and_then():
    scheduler, order = Scheduler(1, most_waiting=9), []
    greedy = [Waiting(scheduler, Turn(GREEDY), order) for _ in range(9)]
    for number in range(3):
        modest = Waiting(scheduler, Turn(MODEST), order)
        for running in greedy[2 * number : 2 * number + 2]:
            until(lambda: running.has_place)  # noqa: B023
            running.turn.spent = 1.0
            modest.turn.spent = 0.1
            running.end()
            modest.end()
    for each in greedy:
        each.end()

    assert order == [*[GREEDY, MODEST, GREEDY] * 3, *[GREEDY] * 3]


def test_queue_that_is_full_sends_the_last_of_the_greediest_away():
    scheduler = Scheduler(1, most_waiting=3)
    running = Waiting(scheduler, Turn())
    greedy = [Waiting(scheduler, Turn(GREEDY)) for _ in range(3)]
    modest = Waiting(scheduler, Turn(MODEST))
    greedy[2].end()

    assert [each.error is not None for each in (*greedy, modest)] == [False, False, True, False]
    with pytest.raises(Busy), scheduler.place(Turn(GREEDY), 1):
        pass
    for each in (running, *greedy[:2], modest):
        each.end()
    assert modest.error is None
    assert not scheduler._waiting
    assert not scheduler._networks


@pytest.mark.parametrize("address", ["192.0.2.{}", "2001:db8:1:{}::"])
def test_addresses_of_one_network_are_one_client_when_they_are_many(address):
    scheduler = Scheduler(20, most_waiting=9)
    many = [Turn(address.format(number)) for number in range(12)]
    with held(scheduler, *many):
        own = {id(turn.share) for turn in many}
        assert many[-1].share is many[-2].share
        assert len(own) == scheduling.MANY + 1
    use(scheduler, address.format(200), 0)
    assert address.format(200) in scheduler._shares


@pytest.mark.parametrize(
    ("client", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::", "2001:db8:1::/48"),
        ("not an address", "not an address"),
        ("", ""),
    ],
)
def test_the_network_of_a_client(client, network):
    assert network_of(client) == network


def test_shares_that_nobody_needs_are_forgotten(monkeypatch):
    monkeypatch.setattr(scheduling, "MOST_SHARES", 10)
    scheduler = Scheduler(1, most_waiting=5)
    for number in range(50):
        use(scheduler, f"192.0.{number}.1", 0)

    assert len(scheduler._shares) <= 11


def test_places_are_not_lost_among_many_threads():
    scheduler, done = Scheduler(3, most_waiting=1000, kept=2), []

    def work(number):
        for _ in range(50):
            try:
                turn = Turn(f"192.0.{number}.1" if number % 3 else None)
                with scheduler.place(turn, 0.002 if number % 2 else 10):
                    if not number % 5:
                        scheduler.lengthen(turn)
                    turn.spent = 0.001
                done.append(number)
            except Busy:
                pass

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(done) > 300
    assert (scheduler._free, scheduler._kept) == (3, 2)
    assert not scheduler._waiting
    assert not scheduler._networks
    assert not any(share.is_busy for share in scheduler._shares.values())
