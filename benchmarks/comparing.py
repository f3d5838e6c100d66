"""Before anything is timed: whether the systems give the same answers."""

import http.client
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.answers import Solutions, solutions
from benchmarks.questions import LIMIT, Question
from benchmarks.servers.base import Server

SAME = "same"
TIES = "same but for ties at the cut"
DIFFERS = "differs"
LATE = "more than"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the answer of one system stands to that of another: `same`, or what is wrong with it."""

    system: str
    question: str
    word: str
    rows: int

    @property
    def fit(self) -> bool:
        """Whether a time for it means anything."""
        return self.word.startswith(SAME)

    @property
    def late(self) -> bool:
        """Whether no answer came in time."""
        return self.word.startswith(LATE)


def compare(question: Question, servers: Sequence[Server], cap: float) -> list[Verdict]:
    """Asks every system once; the first that answers is the one that the others are held against.

    Where only the cut at the limit differs, for rows that the order does not tell apart, the answers are
    compared whole.
    """
    found = [(server, *_ask(server, question, cap)) for server in servers]
    held = next(((server, answer) for server, answer, _ in found if answer is not None), None)
    verdicts = []
    for server, answer, problem in found:
        word = problem
        if answer is not None and held is not None:
            word = _word(held[1], answer)
            if word != SAME and _count(answer) == _count(held[1]) == LIMIT:
                word = TIES if _whole(question, held[0], server, cap) else word
        verdicts.append(Verdict(server.name, question.name, word, _count(answer)))
    return verdicts


def _ask(server: Server, question: Question, cap: float) -> tuple[Solutions | None, str]:
    try:
        status, body = server.get(question.target(server), cap)
    except TimeoutError:
        return None, f"{LATE} {cap:.0f} s"
    except (OSError, http.client.HTTPException) as error:
        return None, f"error: {type(error).__name__}"
    if status != 200:
        return None, f"error {status}: {' '.join(body.decode('utf-8', 'replace').split())[:90]}"
    try:
        return solutions(body, question.columns), ""
    except ValueError:
        return None, "error: not JSON"


def _word(reference: Solutions, answer: Solutions) -> str:
    if answer == reference:
        return SAME
    missing, extra = (reference - answer).total(), (answer - reference).total()
    return f"{DIFFERS}: {missing} rows missing, {extra} extra"


def _whole(question: Question, first: Server, server: Server, cap: float) -> bool:
    """Whether the answers are the same without the limit; both are asked by SPARQL."""
    text = question.whole or question.text.rpartition("\nLIMIT")[0]
    one, other = (_ask(s, Question(question.name, text), cap)[0] for s in (first, server))
    return one is not None and one == other


def _count(answer: Solutions | None) -> int:
    return 0 if answer is None else answer.total()
