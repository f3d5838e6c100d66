"""An index of names in a private SQLite file that is gone when it is closed: little of it is in memory."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from threading import Lock
from typing import Any

from rapidfuzz import fuzz, process

from diplograph.names.folding import fold, is_unspaced
from diplograph.names.scoring import LEAST, similarity
from diplograph.vocab import ID, LANGUAGES, short

WORDS = 16
"""How many words of a text are looked for; all of them count when names are compared."""
READ = 400
"""How many names are compared in full."""
NEAR_WORDS = 8
NEAR_LENGTH = 4
NEAR_SCORE = 74

_SCHEMA = """
CREATE TABLE thing (id INTEGER PRIMARY KEY, iri TEXT UNIQUE NOT NULL, kind TEXT NOT NULL);
CREATE TABLE name (id INTEGER PRIMARY KEY, thing INTEGER NOT NULL, role INTEGER NOT NULL, text TEXT NOT NULL,
  language TEXT NOT NULL, folded TEXT NOT NULL);
CREATE TABLE class (id INTEGER PRIMARY KEY, iri TEXT UNIQUE NOT NULL);
CREATE TABLE member (thing INTEGER NOT NULL, class INTEGER NOT NULL, PRIMARY KEY (thing, class))
  WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(folded, content=name, content_rowid=id, detail=none, tokenize=ascii);
CREATE VIRTUAL TABLE vocabulary USING fts5vocab(words, row);
"""
_FINISHED = """
CREATE INDEX name_thing ON name (thing, role);
CREATE INDEX name_folded ON name (folded);
CREATE INDEX member_class ON member (class, thing);
INSERT INTO words (words) VALUES ('rebuild');
"""


class Role(IntEnum):
    """A label, a name that somebody uses, or a name that somebody uses for it in another's place."""

    LABEL = 0
    NAME = 1
    METONYM = 2


@dataclass(frozen=True, slots=True)
class Appellation:
    """One name of a thing: its text, its language (empty: none) and what kind of name it is."""

    text: str
    language: str
    role: Role


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
        return _kind(self.iri)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which things count: of some kinds, of at least one of some classes, of none of others; empty: all."""

    kinds: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


class Index:
    """Names of things. Any thread may ask it, one at a time."""

    def __init__(self, names: Iterable[tuple[str, Appellation]], members: Iterable[tuple[str, str]]) -> None:
        """Take each thing with each of its names, and each thing with each of its classes."""
        self._lock = Lock()
        self._store = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self._store.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; {_SCHEMA}")
        try:
            self._fill(names, members)
        except BaseException:
            self._store.close()
            raise
        counted = "SELECT iri, COUNT(*) FROM member JOIN class ON class.id = class GROUP BY class"
        self._sizes: dict[str, int] = dict(self._all(counted))
        self._vocabulary = [str(term) for (term,) in self._all("SELECT term FROM vocabulary")]

    def _fill(self, names: Iterable[tuple[str, Appellation]], members: Iterable[tuple[str, str]]) -> None:
        self._store.execute("BEGIN")
        for thing, name in names:
            if folded := fold(name.text):
                self._store.execute(
                    "INSERT OR IGNORE INTO thing (iri, kind) VALUES (?, ?)", (thing, _kind(thing))
                )
                self._store.execute(
                    "INSERT INTO name (thing, role, text, language, folded)"
                    " SELECT id, ?, ?, ?, ? FROM thing WHERE iri = ?",
                    (name.role, name.text, name.language, folded, thing),
                )
        for thing, group in members:
            self._store.execute("INSERT OR IGNORE INTO class (iri) VALUES (?)", (group,))
            self._store.execute(
                "INSERT OR IGNORE INTO member SELECT thing.id, class.id FROM thing, class"
                " WHERE thing.iri = ? AND class.iri = ?",
                (thing, group),
            )
        self._store.execute("COMMIT")
        self._store.executescript(_FINISHED)

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._store.close()

    def find(self, text: str, scope: Scope, limit: int, least: float = LEAST) -> list[Candidate]:
        """Return the things whose names are most like a text, the best first."""
        wanted = fold(text)
        best: dict[str, tuple[float, Appellation]] = {}
        for iri, name, folded in self._like(wanted, scope) if wanted else ():
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
        text = "SELECT text, language, role FROM name WHERE thing = (SELECT id FROM thing WHERE iri = ?)"
        rows = self._all(f"{text} ORDER BY role, language, text", iri)
        return [Appellation(text, language, Role(role)) for text, language, role in rows]

    def classes(self, iri: str) -> tuple[str, ...]:
        """Return the classes of a thing, the smallest first."""
        text = (
            "SELECT class.iri FROM member JOIN class ON class.id = member.class"
            " WHERE thing = (SELECT id FROM thing WHERE iri = ?)"
        )
        found = (str(group) for (group,) in self._all(text, iri))
        return tuple(sorted(found, key=lambda group: (self._sizes[group], group)))

    def size(self, group: str) -> int:
        """Return how many things are of a class."""
        return self._sizes.get(group, 0)

    def label(self, iri: str, languages: Sequence[str] = LANGUAGES) -> tuple[str, str]:
        """Return the name to show for a thing and its language; a thing without one shows its short IRI."""
        names = self.names(iri)
        order = {language: rank for rank, language in enumerate((*languages, ""))}
        names.sort(
            key=lambda name: (name.role, order.get(name.language, len(order)), name.language, name.text)
        )
        return (names[0].text, names[0].language) if names else (short(iri), "")

    def _like(self, wanted: str, scope: Scope) -> Iterator[tuple[str, Appellation, str]]:
        """Yield names that may be like a folded text: those equal to it, then those that share words."""
        condition, values = _condition(scope)
        yield from self._named(f"folded = ? {condition} LIMIT {READ}", wanted, *values)
        meant = [self._spellings(word) for word in wanted.split()[:WORDS]]
        for joint in (" AND ", " OR "):
            matching = joint.join(f"({' OR '.join(spellings)})" for spellings in meant)
            found = self._named(f"words MATCH ? {condition} ORDER BY rank LIMIT {READ}", matching, *values)
            yield from found
            if len(found) == READ or len(meant) == 1:
                return

    def _named(self, where: str, *values: str) -> list[tuple[str, Appellation, str]]:
        """Return the things, names and folded names that meet a condition."""
        words = "JOIN words ON words.rowid = name.id" if where.startswith("words") else ""
        rows = self._all(
            "SELECT thing.iri, text, language, role, name.folded"  # noqa: S608 - the parts are our own
            f" FROM name JOIN thing ON thing.id = name.thing {words} WHERE {where}",
            *values,
        )
        return [
            (iri, Appellation(text, language, Role(role)), folded)
            for iri, text, language, role, folded in rows
        ]

    def _spellings(self, word: str) -> list[str]:
        """Return a word as the full-text index takes it, with its continuations and those spelled like it."""
        near: list[str] = []
        if is_unspaced(word):
            near = [term for term in self._vocabulary if word in term or (len(term) > 1 and term in word)]
        elif len(word) >= NEAR_LENGTH and not word.isdigit():
            found = process.extract(
                word, self._vocabulary, scorer=fuzz.ratio, score_cutoff=NEAR_SCORE, limit=NEAR_WORDS
            )
            near = [term for term, _, _ in found]
        return [f'"{word}"*', *(f'"{term}"' for term in near[: 4 * NEAR_WORDS])]

    def _all(self, text: str, *values: Any) -> list[Any]:
        with self._lock:
            return self._store.execute(text, values).fetchall()


def _condition(scope: Scope) -> tuple[str, list[str]]:
    """Return the clauses of a scope, and the values for their placeholders."""
    members = "SELECT thing FROM member JOIN class ON class.id = class WHERE class.iri IN"
    clauses = (
        ("thing.kind IN ({})", scope.kinds),
        (f"name.thing IN ({members} ({{}}))", scope.classes),
        (f"name.thing NOT IN ({members} ({{}}))", scope.without),
    )
    used = [(clause, values) for clause, values in clauses if values]
    text = "".join(f" AND {clause.format(', '.join('?' * len(values)))}" for clause, values in used)
    return text, [value for _, values in used for value in values]


def _kind(iri: str) -> str:
    """Return the kind that an identifier of ours names, else nothing."""
    return iri.removeprefix(ID).partition("/")[0] if iri.startswith(ID) else ""
