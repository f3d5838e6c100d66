"""Accounts of clients: queries at once, processor seconds, and who the client is."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import pytest

from diplograph.engine import admission
from diplograph.engine.admission import CLIENT, Admission, Presence, Quota
from diplograph.errors import Busy, Overloaded
from diplograph.web.request_parsing import client, last_untrusted


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def accounts(clock):
    return Admission(concurrency=2, budget=60, burst=120, clock=clock)


@pytest.fixture(autouse=True)
def stranger():
    token = CLIENT.set("192.0.2.1")
    yield
    CLIENT.reset(token)


def spend(accounts, seconds):
    with accounts.admitted() as account:
        account.spent = seconds


def test_as_many_queries_at_once_as_allowed(accounts):
    with ExitStack() as running:
        running.enter_context(accounts.admitted())
        running.enter_context(accounts.admitted())
        with pytest.raises(Busy) as caught, accounts.admitted():
            pass
    spend(accounts, 0)

    assert caught.value.facts == {"limit": 2, "retry_after": 1}


def test_one_client_does_not_stand_in_the_way_of_another(accounts):
    with accounts.admitted(), accounts.admitted():
        CLIENT.set("192.0.2.2")
        spend(accounts, 0)


def test_a_client_may_spend_its_burst_and_then_waits_for_what_it_owes(accounts, clock):
    spend(accounts, 119)
    spend(accounts, 11)
    with pytest.raises(Busy) as caught:
        spend(accounts, 0)
    assert caught.value.facts["retry_after"] == 11

    clock.now += 11
    spend(accounts, 0)


def test_seconds_come_back_at_their_rate_and_up_to_the_burst(accounts, clock):
    spend(accounts, 120)
    clock.now += 1
    spend(accounts, 0)
    clock.now += 10_000
    spend(accounts, 121)

    with pytest.raises(Busy):
        spend(accounts, 0)


def test_work_that_failed_is_charged_too(accounts):
    with suppress(ZeroDivisionError), accounts.admitted() as account:
        account.spent = 121
        raise ZeroDivisionError

    with pytest.raises(Busy):
        spend(accounts, 0)


def test_work_is_charged_where_it_is_refused_and_not_where_it_goes_on(accounts, monkeypatch):
    seconds = iter([0.0, 130.0, 0.0, 5.0])
    monkeypatch.setattr(admission.time, "thread_time", lambda: next(seconds))
    with pytest.raises(ValueError, match="refused"), accounts.charged():
        raise ValueError("refused")
    with pytest.raises(Busy) as caught, accounts.charged():
        pass

    assert caught.value.facts["retry_after"] == 11
    CLIENT.set("192.0.2.9")
    with accounts.charged():
        pass
    spend(accounts, 119)
    spend(accounts, 0)


def test_who_has_no_name_has_no_limit(accounts):
    CLIENT.set(None)
    for _ in range(5):
        spend(accounts, 1000)


def test_accounts_are_forgotten_when_they_are_full_again(accounts, clock, monkeypatch):
    monkeypatch.setattr(admission, "MOST_ACCOUNTS", 10)
    for number in range(25):
        CLIENT.set(f"192.0.2.{number}")
        spend(accounts, 0 if number else 50)
        clock.now += 0.1

    assert len(accounts._accounts) <= 12
    assert "192.0.2.0" in accounts._accounts


def test_threads_do_not_lose_count(accounts):
    def work(_):
        CLIENT.set("192.0.2.9")
        try:
            spend(accounts, 0.001)
        except Busy:
            return 0
        return 1

    with ThreadPoolExecutor(8) as threads:
        done = sum(threads.map(work, range(400)))

    account = accounts._accounts["192.0.2.9"]
    assert account.running == 0
    assert account.left == pytest.approx(120 - done / 1000)


@pytest.mark.parametrize(
    ("hops", "trusted", "found"),
    [
        ([""], 0, "203.0.113.9"),
        (["192.0.2.1"], 0, "203.0.113.9"),
        ([""], 1, "203.0.113.9"),
        (["192.0.2.1"], 1, "192.0.2.1"),
        (["6.6.6.6", " 192.0.2.1"], 1, "192.0.2.1"),
        (["6.6.6.6", "192.0.2.1", "10.0.0.1"], 2, "192.0.2.1"),
        (["192.0.2.1"], 2, "192.0.2.1"),
    ],
)
def test_the_client_is_the_peer_or_the_last_untrusted_hop(hops, trusted, found):
    assert last_untrusted("203.0.113.9", hops, trusted) == found


@pytest.mark.parametrize(
    ("address", "limited", "found"),
    [
        ("192.0.2.1", False, "192.0.2.1"),
        ("192.0.2.1:5000", False, "192.0.2.1"),
        ("127.0.0.1", False, None),
        ("127.0.0.1", True, "127.0.0.1"),
        ("::1", False, None),
        ("[::1]:80", False, None),
        ("::ffff:127.0.0.1", False, None),
        ("::ffff:192.0.2.1", False, "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", False, "2001:db8:1:2::"),
        ("fe80::1%eth0", False, "fe80::"),
        ("", False, ""),
        ("not an address", False, "not an address"),
    ],
)
def test_the_name_of_a_client(address, limited, found):
    assert client(address, limit_loopback=limited) == found


def test_answers_under_way_are_counted_for_all_and_for_each_client():
    quota = Quota(100, 60)
    quota.take("a", 60)
    with pytest.raises(Busy) as refused:
        quota.take("a", 1)
    assert refused.value.facts["limit"] == 60
    quota.take("b", 40)
    with pytest.raises(Overloaded) as full:
        quota.take("c", 1)
    assert full.value.facts["limit"] == 100
    quota.give_back("a", 60)
    quota.take("a", 1)

    assert quota.taken == 41


def test_a_client_without_a_name_is_held_to_the_limit_of_all_only():
    quota = Quota(100, 10)
    quota.take(None, 100)

    with pytest.raises(Overloaded):
        quota.take(None, 1)


def test_no_byte_is_lost_however_many_threads_take_and_give_back():
    quota = Quota(1 << 40, 1 << 40)

    def turn(number):
        for size in range(1, 500):
            quota.take(str(number % 3), size)
            quota.give_back(str(number % 3), size)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(turn, range(16)))

    assert quota.taken == 0
    assert not quota._taken


@pytest.mark.parametrize(
    ("client", "since", "gone"),
    [
        ("192.0.2.1", 5.0, False),
        ("192.0.2.2", 5.0, True),
        ("192.0.2.2", 15.0, False),
        (None, 5.0, False),
    ],
)
def test_client_has_gone_when_a_later_look_does_not_find_it(client, since, gone):
    presence = Presence()
    assert not presence.has_gone(client, since)

    presence.note(10.0, frozenset({"192.0.2.1"}))
    assert presence.has_gone(client, since) == gone
