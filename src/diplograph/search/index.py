"""An index of names: what is named like a text, how alike two names are, and how words are spelled."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Lock
from typing import Any

from rapidfuzz import fuzz, process

from diplograph.namespaces import LANGUAGES, short
from diplograph.rdf.terms import fold, is_unspaced
from diplograph.search.table import Appellation, Members, Named, Role, filled, kind_of

EXACT = 100.0
REORDERED = 97.0
"""The same words in another order, as family and given name often are."""
SPELLED = 80.0
"""From how alike on two words may be the same, misspelled."""
LEAST = 60.0
"""Below this two names have nothing to do with each other."""
MOST = 16
"""How many words of a text are looked for; all of them count when names are compared."""
NEAR = 8
NEAR_LENGTH = 4
NEAR_SCORE = 74
UNSPACED = 32
_LEAVE_OUT = 6
"""Up to how many words a text has where each is left out once."""
READ = 400
"""How many names are compared in full for each way to look for a text."""
_CLASSES = "SELECT classes FROM thing WHERE iri = ?"


def similarity(wanted: str, name: str) -> float:
    """Return how alike two folded names are: by spelling, by words in any order, or one inside the other."""
    if wanted == name:
        return EXACT
    by_words = fuzz.token_sort_ratio(wanted, name) * REORDERED / 100
    return round(min(max(fuzz.ratio(wanted, name), by_words, _inside(wanted, name)), REORDERED), 1)


def _inside(wanted: str, name: str) -> float:
    """Return what a part of a name is worth, and, a little less, a name with more around it."""
    if found := _spelled_inside(wanted, name):
        return found * (60 + 30 * min(len(wanted) / len(name), 1)) / 100
    if _has_words(name, wanted):
        return 45 + 40 * len(name) / len(wanted)
    return 0.0


def _spelled_inside(part: str, whole: str) -> float:
    """Return how well each word of a part is spelled in the whole, 0 when one is not there at all."""
    if begins_words(part, whole):
        return EXACT
    words = whole.split()
    best = [max(fuzz.ratio(word, known) for known in words) for word in part.split()]
    return sum(best) / len(best) if min(best) >= SPELLED else 0.0


def begins_words(part: str, whole: str) -> bool:
    """Return whether each word of a part begins a word of the whole, or stands in it where no spaces are."""
    words = whole.split()
    return all(
        any(word.startswith(p) or (is_unspaced(p) and p in word) for word in words) for p in part.split()
    )


def _has_words(part: str, whole: str) -> bool:
    words = set(whole.split())
    return all(p in words or (is_unspaced(p) and p in whole) for p in part.split())


def plans(text: str, vocabulary: Mapping[str, int]) -> Iterator[str]:
    """Yield full-text queries for a folded text, from all its words to the one that tells most.

    `vocabulary` has the number of names for each word.
    """
    meant = {word: _spellings(word, vocabulary) for word in dict.fromkeys(text.split()[:MOST])}
    known = {word: spellings for word, spellings in meant.items() if spellings}
    rarest = sorted(known, key=lambda word: sum(vocabulary.get(term, 1) for term in known[word]))
    if not known:
        return
    yield _query(known, rarest)
    if 2 < len(rarest) <= _LEAVE_OUT:
        for word in reversed(rarest):
            yield _query(known, [other for other in rarest if other != word])
    for size in (3, 2, 1):
        if size < len(rarest):
            yield _query(known, rarest[:size])


def _query(known: Mapping[str, list[str]], words: list[str]) -> str:
    return " AND ".join(f"({' OR '.join(_quoted(word, known[word]))})" for word in words)


def _quoted(word: str, spellings: list[str]) -> list[str]:
    """Write the spellings as the full-text index takes them, and a word as a beginning too."""
    begins = [f'"{word}"*'] if not word.isdigit() and (len(word) > 1 or is_unspaced(word)) else []
    return [*begins, *(f'"{term}"' for term in spellings)]


def _spellings(word: str, vocabulary: Mapping[str, int]) -> list[str]:
    """Return a word with those of the vocabulary that are spelled much like it."""
    if is_unspaced(word):
        near = [term for term in vocabulary if word in term or (len(term) > 1 and term in word)]
        return [word, *near[:UNSPACED]]
    if len(word) < NEAR_LENGTH or word.isdigit():
        return [word]
    found = process.extract(word, vocabulary.keys(), scorer=fuzz.ratio, score_cutoff=NEAR_SCORE, limit=NEAR)
    return [word, *(term for term, _, _ in found)]


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
        for plan in plans(wanted, self._vocabulary):
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
