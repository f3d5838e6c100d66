"""A table with columns beside its own: the labels of the things in it, and where the sources say it.

`_labels=en,ja` adds after each column of things a column `xLabel`, in the first of the languages that has a
label; where the query has that column itself, what has no label in them stays as it is. `_evidence=1` adds
for each column whose things carry evidence a column `xEvidence`: the passages, each as the IRI of its
document with the range of characters (RFC 5147), one space between them.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph
from pyoxigraph import Literal, NamedNode, QueryResultsFormat

from diplograph import media, sparql
from diplograph.engine import results
from diplograph.engine.protocol import Answer, Engine, Operation
from diplograph.errors import InvalidParameter, ResultTooLarge
from diplograph.resources import grounds, known
from diplograph.vocab import BASE
from diplograph.web import answers, bodies

LABELS, EVIDENCE = "_labels", "_evidence"
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", re.ASCII)
MOST_LANGUAGES = 10
Rows = list[list[results.Term | None]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted beside the columns of the query: labels in languages, evidence of columns."""

    languages: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()

    @classmethod
    def of(cls, given: bodies.Fields, statements: Sequence[str] | None = None) -> Wanted:
        """Read `_labels`, and `_evidence` where there are columns that may carry some.

        Raises InvalidParameter, naming what was expected.
        """
        languages = tuple(filter(None, (bodies.single(given, LABELS) or "").split(",")))
        if len(languages) > MOST_LANGUAGES or not all(map(LANGUAGE.fullmatch, languages)):
            detail = f"{LABELS} takes up to {MOST_LANGUAGES} languages and commas between, such as en,ja."
            raise InvalidParameter(detail, parameters=[LABELS])
        evidence = bodies.single(given, EVIDENCE)
        if evidence not in (None, "0", "1") or (evidence == "1" and statements is None):
            raise InvalidParameter(
                f"{EVIDENCE} is 1 or 0, at a canned query whose answer is a table.", parameters=[EVIDENCE]
            )
        return cls(languages, tuple(statements or ()) if evidence == "1" else ())

    def __bool__(self) -> bool:
        """Whether anything is."""
        return bool(self.languages or self.statements)


@dataclass(slots=True)
class Table:
    """Columns and rows that grow."""

    names: list[str]
    rows: Rows

    def add(self, after: str, name: str, values: Iterable[results.Term | None]) -> None:
        """Put a column behind another one."""
        place = self.names.index(after) + 1
        self.names.insert(place, name)
        for row, value in zip(self.rows, values, strict=True):
            row.insert(place, value)

    def put(self, after: str, name: str, values: Sequence[results.Term | None]) -> None:
        """The same; of a column that is there already the values that are given take the place."""
        if name not in self.names:
            self.add(after, name, values)
            return
        place = self.names.index(name)
        for row, value in zip(self.rows, values, strict=True):
            row[place] = value or row[place]

    def iris(self, name: str) -> list[str | None]:
        """The IRIs of ours in a column, None for what else stands there."""
        place = self.names.index(name)
        cells = (row[place] for row in self.rows)
        return [c.value if isinstance(c, NamedNode) and c.value.startswith(BASE) else None for c in cells]


def evaluate(
    engine: Engine, operation: Operation, media_type: str, policy: answers.Policy, wanted: Wanted
) -> Answer:
    """The answer to a SELECT query with the columns that are wanted. Raises ResultTooLarge."""
    answer = answers.evaluate(engine, operation, media.RESULTS_JSON, policy)
    if answer.size > sparql.MAX_READ:
        answer.close()
        detail = f"Columns are added to answers of up to {sparql.MAX_READ} bytes."
        raise ResultTooLarge(detail, limit=sparql.MAX_READ)
    found = pyoxigraph.parse_query_results(answer.body, QueryResultsFormat.JSON)
    if not isinstance(found, pyoxigraph.QuerySolutions):
        return answers.evaluate(engine, operation, media_type, policy)
    table = Table([variable.value for variable in found.variables], [list(row) for row in found])
    _add_evidence(engine, table, wanted.statements)
    _add_labels(engine, table, wanted.languages)
    content = _written(table, media_type, complete=answer.complete)
    return dataclasses.replace(answer, content=content, media=media_type)


def _add_labels(engine: Engine, table: Table, languages: Sequence[str]) -> None:
    iris = {name: table.iris(name) for name in table.names} if languages else {}
    labels = known.labels(engine, {iri for column in iris.values() for iri in column if iri})
    for name, column in iris.items():
        if any(column):
            found = [_label(labels.get(iri or "", {}), languages) for iri in column]
            table.put(name, f"{name}{answers.LABEL}", found)


def _label(found: Mapping[str, str], languages: Sequence[str]) -> Literal | None:
    best = next((language for language in languages if language in found), None)
    return None if best is None else Literal(found[best], language=best)


def _add_evidence(engine: Engine, table: Table, statements: Sequence[str]) -> None:
    columns = {name: table.iris(name) for name in statements if name in table.names}
    passages: dict[str, list[str]] = {}
    for one in grounds.grounds(engine, {iri for column in columns.values() for iri in column if iri}):
        passages.setdefault(one.thing, []).append(one.address)
    for name, column in columns.items():
        texts = (" ".join(dict.fromkeys(passages.get(iri or "", ()))) for iri in column)
        table.add(name, f"{name}Evidence", [Literal(text) if text else None for text in texts])


def _written(table: Table, media_type: str, *, complete: bool) -> bytes:
    """The table in a media type; where rows were cut it is marked as the engine marks it."""
    caps = results.Caps(1 << 62, limit=None if complete else len(table.rows))
    rows: Rows = table.rows if complete else [*table.rows, [None] * len(table.names)]
    return b"".join(results.bindings(table.names, rows, media_type, caps))
