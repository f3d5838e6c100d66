"""Requests asked one after another: the canned queries, the analytic mix, the reciprocal ones."""

import http.client
import time
from collections.abc import Sequence

from benchmarks.comparing import Verdict, compare
from benchmarks.figures import Figures, Pace
from benchmarks.questions import Question
from benchmarks.servers.base import HOST, Server, exchange


def measure(
    name: str, asked: Sequence[Question], servers: Sequence[Server], pace: Pace
) -> tuple[Figures, list[Verdict]]:
    """Milliseconds of each question at each system, round by round, the systems in turn.

    A system whose answer is wrong, or slower than the cap, is not asked again; the time of one that was too
    slow is given as the cap.
    """
    figures, verdicts = Figures(name, "ms", smaller_is_better=True), []
    for question in asked:
        judged = compare(question, servers, pace.cap)
        verdicts += judged
        for verdict in judged:
            if verdict.late:
                figures.add(verdict.system, question.name, 1000 * pace.cap)
        fit = [server for server, verdict in zip(servers, judged, strict=True) if verdict.fit]
        _take_turns(question, fit, pace, figures)
        told = ", ".join(figures.described(server.name, question.name) for server in servers)
        pace.note(f"  {question.name}: {told}")
    return figures, verdicts


def _take_turns(question: Question, servers: list[Server], pace: Pace, figures: Figures) -> None:
    for turn in range(pace.rounds):
        shift = turn % max(1, len(servers))
        for server in [*servers[shift:], *servers[:shift]]:
            taken = once(server, question.target(server, turn), pace.cap)
            figures.add(server.name, question.name, 1000 * (pace.cap if taken is None else taken))
            if taken is None:
                servers.remove(server)


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
