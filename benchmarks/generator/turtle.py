"""Statements written as Turtle while they are made: nothing is kept in memory."""

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from diplograph.namespaces import PREFIXES

Statement = tuple[str, str]
"""A predicate and an object as Turtle writes them."""


class Sink:
    """One named graph being written to its file; `triples` counts what went in."""

    def __init__(self, path: Path) -> None:
        """Opens the file and writes the prefixes."""
        self.triples = 0
        self._stream: TextIO = path.open("w", encoding="utf-8")
        self._stream.writelines(f"PREFIX {name}: <{space}>\n" for name, space in PREFIXES.items())

    def add(self, subject: str, kind: str, statements: Iterable[Statement]) -> None:
        """Writes a thing of a class with what is said about it."""
        self.say(subject, (("a", kind), *statements))

    def say(self, subject: str, statements: Iterable[Statement]) -> None:
        """Writes statements about a thing."""
        lines = [f"{predicate} {value}" for predicate, value in statements]
        self.triples += len(lines)
        self._stream.write(f"{subject} {' ; '.join(lines)} .\n")

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes the file."""
        self._stream.close()


def label(text: str) -> Statement:
    """The English label of a thing."""
    return ("rdfs:label", english(text))


def english(text: str) -> str:
    """A literal in English; the text holds neither quotes nor backslashes."""
    return f'"{text}"@en'


def typed(value: object, datatype: str) -> str:
    """A literal with a datatype."""
    return f'"{value}"^^{datatype}'
