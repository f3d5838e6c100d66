"""What the page of a canned query shows around the answer: its evidence, and ways to take it along."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from diplograph import media, sparql
from diplograph.engine.protocol import Engine, Operation
from diplograph.errors import MalformedQuery, MemoryLimit, QueryTimeout, ResultTooLarge, TooComplex
from diplograph.queries import CannedQuery, emptiness
from diplograph.queries.clauses import counting
from diplograph.queries.emptiness import Reason
from diplograph.resources import grounds, known
from diplograph.resources.grounds import Ground
from diplograph.web import asked, links, represent
from diplograph.web.answers import Shown
from diplograph.web.links import Cell

COUNT_SECONDS = 2.0
MOST_THINGS = 500
"""The most things of an answer that a page shows the evidence of."""
FIRST = (media.CSV, media.TURTLE)


@dataclass(frozen=True, slots=True)
class Proof:
    """One row of the evidence: the thing, and where it is said."""

    thing: Cell
    document: Cell
    passage: Cell
    certainty: Cell | None
    sha256: str


@dataclass(frozen=True, slots=True)
class Why:
    """What a value does to an answer without rows, with links: to near names, and to the page without it."""

    reason: Reason
    unknown: Sequence[Cell]
    near: Sequence[Cell]
    without: str


@dataclass(frozen=True, slots=True)
class Download:
    """A link to the whole answer; `rows` is how many it will hold, None where that is not known."""

    address: str
    name: str
    rows: int | None = None


def heading(name: str) -> str:
    """The name of a column in words: `notBefore` is "not before"."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    return words.replace("_", " ").strip()


def rows_of(engine: Engine, shown: Shown, operation: Operation, limit: int | None) -> int | None:
    """How many rows a download has: counted by the engine where the page shows only the first."""
    if shown.boolean is not None or shown.text is not None:
        return None
    if shown.complete:
        return len(shown.rows)
    try:
        found = sparql.select(engine, counting(operation.text), operation.base, COUNT_SECONDS)
    except (QueryTimeout, MemoryLimit, MalformedQuery, TooComplex):
        return None
    whole = int(str(found.rows[0]["rows"]))
    return whole if limit is None else min(whole, limit)


def why(engine: Engine, query: CannedQuery, values: Mapping[str, list[str]]) -> list[Why]:
    """Why an answer has no rows, parameter by parameter."""
    found = emptiness.reasons(engine, query, values)
    labels = known.labels(engine, [iri for reason in found for iri in reason.near])
    return [
        Why(
            reason,
            [links.iri_cell(iri) for iri in reason.unknown],
            [links.iri_cell(iri, known.best(labels.get(iri, {}), iri)[0]) for iri in reason.near],
            asked.address(query, {n: texts for n, texts in values.items() if n != reason.parameter.name}),
        )
        for reason in found
    ]


def downloads(variants: represent.Variants, rows: int | None) -> list[Download]:
    """Every other format of the answer, the one that most people want first."""
    offered = sorted(variants.alternates(media.HTML), key=lambda pair: pair[1] not in FIRST)
    return [
        Download(address, represent.FORMAT_NAMES.get(name, name), rows if name == media.CSV else None)
        for address, name in offered
    ]


def spreadsheet(variants: represent.Variants) -> str | None:
    """The address of the table for a spreadsheet; None for an answer that is no table."""
    if media.CSV not in variants.offers:
        return None
    address = variants.address(media.CSV)
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'_spreadsheet': 1})}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the things in the columns of an answer that carry evidence rest on."""

    found: Sequence[Ground]
    labels: known.Labels

    @classmethod
    def of(cls, engine: Engine, query: CannedQuery, shown: Shown) -> Evidence:
        """Look the evidence up; too much of it for a page is none."""
        things = named(shown, query.statements)[:MOST_THINGS]
        try:
            found = grounds.grounds(engine, things) if things else []
        except ResultTooLarge:
            found = []
        order = {iri: place for place, iri in enumerate(things)}
        found.sort(key=lambda one: order[one.thing])
        iris = {iri for one in found for iri in (one.thing, one.document, one.certainty) if iri}
        return cls(found, known.labels(engine, iris))

    def rows(self) -> list[Proof]:
        """One row for each piece of evidence."""
        return [self._proof(one) for one in self.found]

    def placed(self, shown: Shown) -> Shown:
        """The same table, each span in it named by its document and its place there."""
        places = {links.page_of(one.target): one.place for one in self.found if one.start is not None}
        rows = [[_placed(cell, places) for cell in row] for row in shown.rows]
        return dataclasses.replace(shown, rows=rows)

    def _proof(self, one: Ground) -> Proof:
        place = "whole document" if one.start is None else f"{one.start}–{one.end}"
        return Proof(
            self._cell(one.thing),
            self._cell(one.document),
            dataclasses.replace(links.iri_cell(one.target, place), title=None),
            self._cell(one.certainty) if one.certainty else None,
            one.sha256,
        )

    def _cell(self, iri: str) -> Cell:
        label, language = known.best(self.labels.get(iri, {}), iri)
        return links.iri_cell(iri, label, language or None)


def named(shown: Shown, columns: Sequence[str]) -> list[str]:
    """The IRIs of ours in some columns of a table, each once, in their order."""
    places = [shown.variables.index(name) for name in columns if name in shown.variables]
    cells = (cell for row in shown.rows for place in places if (cell := row[place]) is not None)
    terms = (term for cell in cells for term in (cell, *cell.parts))
    return list(dict.fromkeys(term.iri for term in terms if term.iri))


def _placed(cell: Cell | None, places: dict[str | None, str]) -> Cell | None:
    if cell is None or not cell.parts:
        return cell
    parts = tuple(
        dataclasses.replace(part, text=places.get(part.href, part.text), title=part.title or part.text)
        for part in cell.parts
    )
    return dataclasses.replace(cell, parts=parts)
