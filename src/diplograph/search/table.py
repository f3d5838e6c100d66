"""Names in a private SQLite file that is gone when it is closed, so that little of them is in memory."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from diplograph.namespaces import ID
from diplograph.rdf.terms import fold

_SCHEMA = """
PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-8000;
CREATE TABLE thing (id INTEGER PRIMARY KEY, iri TEXT NOT NULL, kind TEXT NOT NULL, classes INTEGER NOT NULL);
CREATE TABLE given (thing INTEGER, role INTEGER, text TEXT, language TEXT, folded TEXT);
CREATE TABLE name (id INTEGER PRIMARY KEY, thing INTEGER, role INTEGER, text TEXT, language TEXT,
  folded TEXT);
CREATE VIRTUAL TABLE words USING fts5(folded, content=name, content_rowid=id, detail=none, tokenize=ascii);
CREATE VIRTUAL TABLE vocabulary USING fts5vocab(words, row);
"""
_FINISHED = """
INSERT INTO name (thing, role, text, language, folded)
  SELECT thing, role, text, language, folded FROM given ORDER BY LENGTH(folded), folded, thing;
DROP TABLE given;
INSERT INTO words (words) VALUES ('rebuild');
CREATE INDEX thing_iri ON thing (iri);
CREATE INDEX name_thing ON name (thing);
CREATE INDEX name_folded ON name (folded);
"""
"""The shortest name first: the order that the full-text index gives rows back in, without sorting any."""


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


Named = Iterable[tuple[str, Appellation]]
Members = Iterable[tuple[str, str]]


class Groups:
    """The sets of classes that things are of: few, however many things there are."""

    def __init__(self) -> None:
        """Start with the empty set, which is number 0."""
        self.sets: list[frozenset[str]] = [frozenset()]
        self.sizes: dict[str, int] = {}
        self._numbers: dict[frozenset[str], int] = {frozenset(): 0}
        self._next: dict[tuple[int, str], int] = {}

    def joined(self, number: int, group: str) -> int:
        """Return the number of a set with one class more."""
        if (number, group) not in self._next:
            larger = self.sets[number] | {group}
            if larger not in self._numbers:
                self._numbers[larger] = len(self.sets)
                self.sets.append(larger)
            self._next[number, group] = self._numbers[larger]
        return self._next[number, group]

    def count(self, numbers: Iterable[int]) -> None:
        """Count the things of each class, from the number of each thing's set."""
        for number in numbers:
            for group in self.sets[number]:
                self.sizes[group] = self.sizes.get(group, 0) + 1

    def holding(self, groups: Iterable[str]) -> list[int]:
        """Return the numbers of the sets that hold one of some classes."""
        wanted = set(groups)
        return [number for number, known in enumerate(self.sets) if known & wanted]


def filled(store: sqlite3.Connection, names: Named, members: Members) -> Groups:
    """Put each name of each thing, and the classes of each, into an empty database; return those."""
    store.executescript(_SCHEMA)
    store.execute("BEGIN")
    things: dict[str, int] = {}
    store.executemany("INSERT INTO given VALUES (?, ?, ?, ?, ?)", _rows(names, things))
    groups = Groups()
    classes = [0] * len(things)
    for iri, group in members:
        if (number := things.get(iri)) is not None:
            classes[number] = groups.joined(classes[number], group)
    groups.count(classes)
    store.executemany(
        "INSERT INTO thing VALUES (?, ?, ?, ?)",
        ((number, iri, kind_of(iri), classes[number]) for iri, number in things.items()),
    )
    store.execute("COMMIT")
    store.executescript(_FINISHED)
    return groups


def kind_of(iri: str) -> str:
    """Return the kind that an identifier of ours names, else nothing."""
    return iri.removeprefix(ID).partition("/")[0] if iri.startswith(ID) else ""


def _rows(names: Named, things: dict[str, int]) -> Iterator[tuple[int, int, str, str, str]]:
    """Yield a row for each name that has a word; things are numbered as they come."""
    for iri, name in names:
        if folded := fold(name.text):
            yield things.setdefault(iri, len(things)), name.role, name.text, name.language, folded
