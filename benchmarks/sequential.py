"""Requests asked one after another: the canned queries, the analytic mix, the reciprocal ones."""

import http.client
import time
from collections import Counter
from collections.abc import Sequence

from benchmarks.comparing import Verdict, compare
from benchmarks.figures import Figures, Pace
from benchmarks.questions import Question
from benchmarks.servers.base import HOST, Server, exchange

MOST_LATE = 3
"""A peer that was too slow this often is left out of what remains of the part."""


def measure(
    name: str, asked: Sequence[Question], servers: Sequence[Server], pace: Pace
) -> tuple[Figures, list[Verdict]]:
    """Milliseconds of each question at each system, round by round, the systems in turn.

    A system whose answer is wrong, or slower than the cap, is not asked again. The time of one that was too
    slow is given as the cap, and so is that of this service, the first, when it gave no right answer: a
    failure must not look like a query that was not asked.
    """
    figures, verdicts, taking_part = Figures(name, "ms", smaller_is_better=True), [], list(servers)
    late: Counter[str] = Counter()
    for question in asked:
        judged = compare(question, taking_part, pace.cap)
        verdicts += judged
        for server, verdict in zip(taking_part, judged, strict=True):
            if verdict.late or (server is servers[0] and not verdict.fit):
                figures.add(server.name, question.name, 1000 * pace.cap)
        slow = [server for server, verdict in zip(taking_part, judged, strict=True) if verdict.late]
        _recover(slow)
        fit = [server for server, verdict in zip(taking_part, judged, strict=True) if verdict.fit]
        slow += _take_turns(question, fit, pace, figures)
        late.update(server.name for server in slow)
        taking_part = [s for s in taking_part if s is servers[0] or late[s.name] < MOST_LATE]
        told = ", ".join(figures.described(server.name, question.name) for server in servers)
        pace.note(f"  {question.name}: {told}")
    return figures, verdicts


def _take_turns(question: Question, servers: list[Server], pace: Pace, figures: Figures) -> list[Server]:
    """Takes the figures of one question; returns the servers that were too slow and started again."""
    slow: list[Server] = []
    for turn in range(pace.rounds):
        taking_part = [server for server in servers if server not in slow]
        shift = turn % max(1, len(taking_part))
        for server in [*taking_part[shift:], *taking_part[:shift]]:
            taken = once(server, question.target(server, turn), pace.cap)
            figures.add(server.name, question.name, 1000 * (pace.cap if taken is None else taken))
            if taken is None:
                slow.append(server)
                _recover([server])
    return slow


def _recover(servers: Sequence[Server]) -> None:
    for server in servers:
        server.restart()


def once(server: Server, target: str, cap: float) -> float | None:
    """Seconds of one request over a new connection, None when it failed or took more than the cap."""
    connection = http.client.HTTPConnection(HOST, server.port, timeout=cap)
    try:
        connection.connect()
        began = time.perf_counter()
        status, _ = exchange(connection, target)
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return time.perf_counter() - began if status == 200 else None
