"""Requests a second under load: repeated reads, distinct look-ups, sixteen clients with a mixture.

A repeated read is asked by 32 clients in two threads: with one thread wrk is hardly faster than nginx.
"""

from collections.abc import Sequence

from benchmarks import load
from benchmarks.comparing import Verdict, compare
from benchmarks.figures import Figures, Pace
from benchmarks.questions import Question, look_up, mixture, repeated
from benchmarks.servers import Nginx
from benchmarks.servers.base import Server

CLIENTS, READERS = 16, 32
ENOUGH = 60_000
COMPARED = 5
REPEATED, LOOK_UPS, MIXED = "repeated read", "distinct look-ups", "16 clients mixed"
WORKLOADS = (REPEATED, LOOK_UPS, MIXED)


def measure(
    servers: Sequence[Server], nginx: Nginx | None, things: Sequence[str], pace: Pace
) -> tuple[Figures, list[Verdict]]:
    """Requests a second, round by round, the systems in turn; nginx serves the first system's bytes."""
    figures = Figures("throughput", "requests/s", smaller_is_better=False)
    verdicts = _verdicts(servers, things)
    wrong = {verdict.system for verdict in verdicts if not verdict.fit}
    fit = [server for server in servers if server.name not in wrong]
    if nginx:
        nginx.publish(servers[0].get(servers[0].request(repeated(1)), 60)[1])
    for turn in range(pace.rounds):
        shift = turn % len(fit)
        for server in [*fit[shift:], *fit[:shift]]:
            for asked, texts in _workloads(things, turn).items():
                targets = [server.request(text) for text in texts]
                _sample(figures, server, asked, targets, pace.seconds)
        if nginx:
            _sample(figures, nginx, REPEATED, [nginx.request("")], pace.seconds)
        pace.note(f"  round {turn + 1} of {pace.rounds}")
    return figures, verdicts


def _verdicts(servers: Sequence[Server], things: Sequence[str]) -> list[Verdict]:
    asked = [Question(REPEATED, repeated(1))]
    asked += [
        Question(f"look-up {number + 1}", look_up(thing)) for number, thing in enumerate(things[:COMPARED])
    ]
    asked += [Question(f"mixed {n + 1}", text) for n, text in enumerate(mixture(things, COMPARED * 4, 0))]
    return [verdict for question in asked for verdict in compare(question, servers, 60)]


def _workloads(things: Sequence[str], turn: int) -> dict[str, list[str]]:
    """The queries of a round; those that have to be distinct bear the round and their number."""
    many = [things[number % len(things)] for number in range(ENOUGH)]
    return {
        REPEATED: [repeated(1)],
        LOOK_UPS: [f"{look_up(thing)} # {turn}-{number}" for number, thing in enumerate(many)],
        MIXED: mixture(things, ENOUGH, turn + 1),
    }


def _sample(figures: Figures, server: Server, asked: str, targets: Sequence[str], seconds: float) -> None:
    if asked == REPEATED:
        found = load.run(server.port, targets, seconds, READERS, threads=2)
    else:
        found = load.run(server.port, targets, seconds, CLIENTS)
    figures.add(server.name, asked, found.rate)
    figures.add(server.name, f"{asked}, latency at 99 % (ms)", found.p99)
    if found.errors:
        figures.add(server.name, f"{asked}, errors", found.errors)
