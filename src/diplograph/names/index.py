"""An index of names: what is named like a text, and what each thing is named."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Lock
from typing import Any

from diplograph.names import words
from diplograph.names.folding import fold
from diplograph.names.scoring import LEAST, similarity
from diplograph.names.table import Appellation, Members, Named, Role, filled, kind_of
from diplograph.vocab import LANGUAGES, short

READ = 400
"""How many names are compared in full for each way to look for a text."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing whose name is like the text looked for: its label, the name that fits best, how well (0-100).

    Its classes come with the smallest first, so that the first tells most.
    """

    iri: str
    label: str
    language: str
    name: Appellation
    score: float
    classes: tuple[str, ...]

    @property
    def kind(self) -> str:
        """The kind that its identifier names, empty when it is none of ours."""
        return kind_of(self.iri)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which things count: of some kinds, of at least one of some classes, of none of others; empty: all."""

    kinds: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


class Index:
    """Names of things. Any thread may ask it, one at a time."""

    def __init__(self, names: Named, members: Members) -> None:
        """Take each thing with each of its names, and each thing with each of its classes."""
        self._lock = Lock()
        with ExitStack() as undo:
            self._store = sqlite3.connect("", check_same_thread=False, isolation_level=None)
            undo.callback(self._store.close)
            self._groups = filled(self._store, names, members)
            self._vocabulary: dict[str, int] = dict(self._all("SELECT term, doc FROM vocabulary"))
            undo.pop_all()

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._store.close()

    def find(self, text: str, scope: Scope, limit: int, least: float = LEAST) -> list[Candidate]:
        """Return the things whose names are most like a text, the best first."""
        wanted = fold(text)
        best: dict[str, tuple[float, Appellation]] = {}
        for iri, name, folded in self._like(wanted, scope, limit) if wanted else ():
            score = similarity(wanted, folded)
            rank = (score, -name.role)
            if score >= least and (iri not in best or rank > (best[iri][0], -best[iri][1].role)):
                best[iri] = (score, name)
        ranked = sorted(best.items(), key=lambda item: (-item[1][0], len(item[1][1].text), item[0]))
        return [
            Candidate(iri, *self.label(iri), name, score, self.classes(iri))
            for iri, (score, name) in ranked[:limit]
        ]

    def names(self, iri: str) -> list[Appellation]:
        """Return every name of a thing, labels first; none for an unknown thing."""
        text = "SELECT text, language, role FROM name JOIN thing ON thing.id = name.thing WHERE iri = ?"
        rows = self._all(f"{text} ORDER BY role, language, text", iri)
        return [Appellation(text, language, Role(role)) for text, language, role in rows]

    def classes(self, iri: str) -> tuple[str, ...]:
        """Return the classes of a thing, the smallest first."""
        found = [self._groups.sets[number] for (number,) in self._all(_CLASSES, iri)]
        return tuple(sorted(frozenset().union(*found), key=lambda group: (self.size(group), group)))

    def size(self, group: str) -> int:
        """Return how many things are of a class."""
        return self._groups.sizes.get(group, 0)

    def label(self, iri: str, languages: Sequence[str] = LANGUAGES) -> tuple[str, str]:
        """Return the name to show for a thing and its language; a thing without one shows its short IRI."""
        order = {language: rank for rank, language in enumerate((*languages, ""))}
        names = sorted(
            self.names(iri),
            key=lambda name: (name.role, order.get(name.language, len(order)), name.language, name.text),
        )
        return (names[0].text, names[0].language) if names else (short(iri), "")

    def _like(self, wanted: str, scope: Scope, limit: int) -> Iterator[tuple[str, Appellation, str]]:
        """Yield names that may be like a folded text: those equal to it, then those that share words."""
        condition, values = self._condition(scope)
        yield from self._read("folded = ?", condition, wanted, *values)
        seen = 0
        for plan in words.plans(wanted, self._vocabulary):
            found = self._read("words MATCH ?", condition, plan, *values)
            yield from found
            seen += len(found)
            if seen >= max(limit, READ):
                return

    def _read(self, where: str, condition: str, *values: Any) -> list[tuple[str, Appellation, str]]:
        """Return things, names and folded names, the shortest names first."""
        table = "words JOIN name ON name.id = words.rowid" if where.startswith("words") else "name"
        rows = self._all(
            "SELECT iri, text, language, role, name.folded"  # noqa: S608 - the parts are our own
            f" FROM {table} JOIN thing ON thing.id = name.thing WHERE {where}{condition} LIMIT {READ}",
            *values,
        )
        return [
            (iri, Appellation(text, language, Role(role)), folded)
            for iri, text, language, role, folded in rows
        ]

    def _condition(self, scope: Scope) -> tuple[str, list[str | int]]:
        """Return the clauses of a scope, and the values for their placeholders."""
        clauses: list[tuple[str, list[str | int]]] = []
        if scope.kinds:
            clauses.append(("kind IN", [*scope.kinds]))
        if scope.classes:
            clauses.append(("classes IN", [*self._groups.holding(scope.classes)]))
        if scope.without:
            clauses.append(("classes NOT IN", [*self._groups.holding(scope.without)]))
        text = "".join(f" AND {clause} ({', '.join('?' * len(values))})" for clause, values in clauses)
        return text, [value for _, values in clauses for value in values]

    def _all(self, text: str, *values: Any) -> list[Any]:
        with self._lock:
            return self._store.execute(text, values).fetchall()


_CLASSES = "SELECT classes FROM thing WHERE iri = ?"
