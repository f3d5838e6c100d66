"""Sections of a page about a thing: each a question to the engine, and its answer as rows with labels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from rdflib.term import Node

from diplograph.documents.naming import Namer, Value, are_built, checked, iris_in
from diplograph.engine import operations
from diplograph.engine.operations import Row
from diplograph.engine.protocol import Engine
from diplograph.errors import MemoryLimit, QueryTimeout, ResultTooLarge
from diplograph.namespaces import PREFIXES

SECONDS = 3.0
"""How long one question may take: a page says which one took longer, and shows the rest."""
ALL_SECONDS = 8.0
"""How long all questions of a page may take together; those that are left then are late."""
FETCHED = 2000
"""How many solutions a question asks for; several make one row."""
SHOWN = 100
"""How many rows a page shows of a section, or of each part of one that has parts."""
GRAPH = "graph"
_USED = ("dcterms", "dg", "dgg", "dgv", "geo", "oa", "prov", "rdfs", "skos", "xsd")
_PROLOGUE = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in _USED)


@dataclass(frozen=True, slots=True)
class Question:
    """What a section asks: a pattern about `?this`, and the variables that become columns, with headings.

    A row is about the variable `key`, else the first column: solutions with the same one make one row. Rows
    come in the order of the variables in `order`, or by their labels when `by_label`. With `part`, a
    variable, they stand in parts, one for each of its values. The pattern may bind `?graph`, the named
    graph of what a row states.
    """

    name: str
    heading: str
    pattern: str
    columns: dict[str, str]
    order: tuple[str, ...] = ()
    part: str = ""
    key: str = ""
    note: str = ""
    shown: int = SHOWN
    by_label: bool = False

    @property
    def text(self) -> str:
        """The query, without the thing that it is about."""
        more = [name for name in (self.part, self.key) if name]
        chosen = dict.fromkeys([*self.columns, *self.order, *more])
        if f"?{GRAPH} " in self.pattern:
            chosen.setdefault(GRAPH)
        names = [f"?{name}" for name in chosen]
        order = f" ORDER BY {' '.join(f'?{name}' for name in self.order)}" if self.order else ""
        where = f"{{ $THIS {self.pattern} }}{order} LIMIT {FETCHED + 1}"
        return f"{_PROLOGUE}SELECT DISTINCT {' '.join(names)} WHERE {where}"


@dataclass(frozen=True, slots=True)
class SectionItem:
    """One row: the values in each column; it is inferred when only the build wrote what it states."""

    cells: tuple[tuple[Value, ...], ...]
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Rows under one value, or all rows; `total` counts also those that are not among the entries."""

    of: Value | None
    entries: tuple[SectionItem, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Section:
    """The answer to a question.

    `complete` is False when there are more rows than were counted, `late` when the answer took too long or
    was too large, so that nothing is known.
    """

    question: Question
    parts: tuple[Part, ...] = ()
    complete: bool = True
    late: bool = False


@dataclass(slots=True)
class _Gathered:
    """The solutions that make one row."""

    part: Node | None
    values: tuple[dict[Node, None], ...]
    graphs: set[str] = field(default_factory=set)


def sections(
    engine: Engine, iri: str, questions: Iterable[Question], languages: Sequence[str] = ()
) -> list[Section]:
    """Ask some questions about a thing; a question without an answer makes no section."""
    this = operations.values("this", [checked(iri)])
    deadline = monotonic() + ALL_SECONDS
    asked = [(question, _solutions(engine, question, this, deadline - monotonic())) for question in questions]
    named = iris_in(row for _, rows in asked for row in rows or ())
    namer = Namer.of(engine, named, languages)
    return [_section(question, rows, namer) for question, rows in asked if rows is None or rows]


def _solutions(engine: Engine, question: Question, this: str, left: float) -> list[Row] | None:
    """The solutions of a question; None when it takes too long for a page, or no time is left for it."""
    if left <= 0:
        return None
    text = question.text.replace("$THIS", this)
    try:
        return operations.select(engine, text, timeout=min(SECONDS, left)).rows
    except (QueryTimeout, MemoryLimit, ResultTooLarge):
        return None


def _section(question: Question, rows: list[Row] | None, namer: Namer) -> Section:
    if rows is None:
        return Section(question, complete=False, late=True)
    complete = len(rows) <= FETCHED
    found = _gathered(question, rows[:FETCHED])
    parts: dict[Node | None, list[SectionItem]] = {}
    for one in found:
        cells = tuple(tuple(namer.value(term) for term in terms) for terms in one.values)
        parts.setdefault(one.part, []).append(SectionItem(cells, are_built(one.graphs)))
    made = [_part(question, of, entries, namer) for of, entries in parts.items()]
    made.sort(key=lambda part: (part.of is None, part.of.text.casefold() if part.of else ""))
    return Section(question, tuple(made), complete)


def _part(question: Question, of: Node | None, entries: list[SectionItem], namer: Namer) -> Part:
    if question.by_label:
        entries = sorted(entries, key=_label)
    return Part(namer.value(of) if of is not None else None, tuple(entries[: question.shown]), len(entries))


def _gathered(question: Question, rows: Iterable[Row]) -> list[_Gathered]:
    """Solutions with the same part and first column as one row, each value once and in its order."""
    found: dict[tuple[Node | None, Node | None], _Gathered] = {}
    for row in rows:
        part = row.get(question.part) if question.part else None
        key = (part, row.get(question.key or next(iter(question.columns))))
        one = found.setdefault(key, _Gathered(part, tuple({} for _ in question.columns)))
        for name, terms in zip(question.columns, one.values, strict=True):
            if name in row:
                terms.setdefault(row[name])
        if GRAPH in row:
            one.graphs.add(str(row[GRAPH]))
    return list(found.values())


def _label(entry: SectionItem) -> tuple[str, ...]:
    return tuple(value.text.casefold() for terms in entry.cells for value in terms)
