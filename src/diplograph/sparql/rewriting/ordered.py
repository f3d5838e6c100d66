"""Ordered query: what its first sort keys hang on, so that its rows can be found in their order, in slices.

`ORDER BY ?act LIMIT 1000` needs the acts that come first, and no other. Where every solution has an act, the
solutions for some acts are those of the query with `VALUES ?act { … }` at the beginning of its group: a join
with a table of one column that binds nothing more (SPARQL 1.1, 10.2 and 18.2.2.8).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from diplograph.errors import MalformedQuery
from diplograph.sparql.expressions import Stuck
from diplograph.sparql.lexer import Lexer
from diplograph.sparql.rewriting.groups import Anchor, Data, OrderedReader, Pattern, Statement
from diplograph.sparql.rewriting.outline import Leave
from diplograph.sparql.rewriting.statistics import RDF_TYPE, SMALL, Statistics

FEW = 5_000
"""Triples that are looked up for values given before slices are thought of."""
MOST_GROUPS = 16
"""Groups in a query that a table of values is put into."""
_UNCOUNTED = 1e12
"""The size of a pattern that nothing was counted for."""


@dataclass(frozen=True)
class Ordered:
    """A query that can be evaluated in slices; `limit` and `offset` are those in its text."""

    text: str
    prologue: str
    pattern: Pattern
    anchors: tuple[Anchor, ...]
    limit: int | None
    offset: int
    modifiers: tuple[int, int]
    statistics: Statistics

    def candidates(self, anchor: Anchor) -> str:
        """Return a query for all values that an anchor may have, and perhaps more, with their keys."""
        keys = [key.variable for key in anchor.keys if key.variable != anchor.variable]
        binder = _binder(self.pattern, anchor.variable, {}, self.statistics).text
        columns = " ".join([anchor.variable, *keys])
        patterns = " ".join([_hidden(binder, anchor.variable), *anchor.patterns])
        return f"{self.prologue}SELECT DISTINCT {columns} WHERE {{ {patterns} }}"

    def slice(self, anchor: Anchor, iris: Sequence[str]) -> str:
        """Return the query for some values of an anchor, without LIMIT and OFFSET."""
        values = " ".join(f"<{iri}>" for iri in iris)
        inserted = f" VALUES {anchor.variable} {{ {values} }} "
        edits = [(at, at, inserted) for at in _table_positions(self.pattern, anchor.variable)]
        edits += [(*self.modifiers, "")]
        edits += [
            (each.start, each.end, f"FILTER({each.variable} IN ({', '.join(each.values)}))")
            for level in self.pattern.levels()
            for each in level.data
            if each.plain and each.variable in level.certain
        ]
        text = self.text
        for start, end, other in sorted(edits, reverse=True):
            text = text[:start] + other + text[end:]
        return text


def ordered(text: str, statistics: Statistics) -> Ordered:
    """Read a query. Raises Leave for one whose first rows cannot be told from its first sort key."""
    if "\\u" in text or "\\U" in text:
        raise Leave("The text has escapes.")
    try:
        reader = OrderedReader(list(Lexer(text)), text=text)
        if any(token.says("now") for token in reader.tokens):
            raise Leave("NOW() is the same for all rows of a query.")
        reader.query()
    except (Stuck, MalformedQuery, RecursionError) as error:
        raise Leave("The text is not a query that is read here.") from error
    binders = {
        each: _binder(reader.whole, each.variable, {}, statistics) for each in reader.anchors() if each.keys
    }
    anchors = tuple(each for each, binder in binders.items() if binder.size < inf)
    if not anchors:
        raise Leave("Nothing that all solutions have tells the first key of ORDER BY.")
    if len(list(_table_positions(reader.whole, anchors[0].variable))) > MOST_GROUPS:
        raise Leave("The values would have to stand in too many groups.")
    others = {
        each
        for level in reader.whole.levels()
        for each in level.data
        if each.given and each.variable in level.certain
    }
    if any(_few(reader.whole, each, statistics) for each in others if not _used(each, binders[anchors[0]])):
        raise Leave("The values given lead to few rows.")
    return Ordered(
        text,
        text[: reader.head],
        reader.whole,
        anchors,
        reader.limit,
        reader.offset,
        reader.modifiers,
        statistics,
    )


def in_slices(text: str, statistics: Statistics) -> str | None:
    """Say by what variable a query with a limit is found in slices; None for one that is not."""
    if statistics.triples < SMALL:
        return None
    try:
        found = ordered(text, statistics)
    except Leave:
        return None
    if found.limit is None:
        return None
    return (
        f"Its rows are found for some values of {found.anchors[0].variable} after the other, in their order."
    )


def _table_positions(pattern: Pattern, variable: str) -> Iterator[int]:
    """Yield where a table of values goes: into the group, and into all in it that bind the variable.

    The engine evaluates what is nested by itself.
    """
    if variable not in pattern.certain:
        return
    if pattern.start is not None:
        yield pattern.start
    for alternatives in pattern.nested:
        for each in alternatives:
            yield from _table_positions(each, variable)


@dataclass(frozen=True, slots=True)
class _Binder:
    """A pattern that binds a variable, how many triples it reads, whether it has values given, and whose."""

    text: str
    size: float
    given: bool
    tables: frozenset[str] = frozenset()


_NOTHING = _Binder("", inf, given=False)


def _binder(pattern: Pattern, variable: str, tables: Mapping[str, Data], statistics: Statistics) -> _Binder:
    """Return a pattern that binds a variable to all that the group does, and perhaps to more.

    It has what has values given, or else what has the fewest triples.
    """
    if pattern.scope is not None:
        tables = {name: each for name, each in tables.items() if name in pattern.scope}
    tables = {**tables, **{each.variable: each for each in pattern.data if each.given}}
    found = [_of_statement(each, tables, statistics) for each in pattern.statements if variable in each.ends]
    for alternatives in pattern.nested:
        if all(variable in each.certain for each in alternatives):
            parts = [_binder(each, variable, tables, statistics) for each in alternatives]
            text = " UNION ".join(f"{{ {part.text} }}" for part in parts)
            used = frozenset[str]().union(*(each.tables for each in parts))
            found.append(_Binder(text, sum(p.size for p in parts), all(p.given for p in parts), used))
    if not found:
        return _NOTHING
    smallest = min(found, key=lambda one: one.size)
    chosen = [smallest, *(each for each in found if each.tables and each is not smallest)]
    if smallest.tables:
        chosen += [each for each in found if each.given and each not in chosen]
    text = " ".join(dict.fromkeys(each.text for each in chosen))
    if pattern.graph:
        text = f"GRAPH {pattern.graph} {{ {text} }}"
    if pattern.scope is not None:
        text = _hidden(text, variable)
    used = frozenset[str]().union(*(each.tables for each in chosen))
    return _Binder(text, smallest.size, any(each.given for each in found), used)


def _hidden(text: str, variable: str) -> str:
    """Return a pattern of which one variable is seen outside: others may be called like what stands there."""
    return f"{{ SELECT DISTINCT {variable} WHERE {{ {text} }} }}"


def _of_statement(statement: Statement, tables: Mapping[str, Data], statistics: Statistics) -> _Binder:
    used = sorted({name for name in (*statement.ends, statement.verb) if name in tables})
    values = [f"VALUES {name} {{ {' '.join(tables[name].values)} }}" for name in used]
    group = " ".join([*values, statement.text])
    text = f"{{ {group} }}" if values else group
    is_given = any(_is_given(term, tables) for term in statement.ends)
    return _Binder(text, _size(statement, tables, statistics), is_given, frozenset(used))


def _used(table: Data, binder: _Binder) -> bool:
    return table.variable in binder.tables


def _few(pattern: Pattern, table: Data, statistics: Statistics) -> bool:
    """Tell whether the values given for a variable lead to few rows by themselves."""
    if table.variable == pattern.graph:
        return True
    tables = {table.variable: table}
    sizes = [
        len(table.values) * _size(each, tables, statistics)
        for each in pattern.statements
        if table.variable in each.ends
    ]
    inside = [each for alternatives in pattern.nested for each in alternatives]
    return min(sizes, default=inf) <= FEW or any(_few(each, table, statistics) for each in inside)


def _is_given(term: str, tables: Mapping[str, Data]) -> bool:
    return term in tables if term.startswith("?") else True


def _size(statement: Statement, tables: Mapping[str, Data], statistics: Statistics) -> float:
    """Return how many triples a statement matches by the counts of the release."""
    if not statement.is_plain:
        return _UNCOUNTED
    verb, value = statement.counted
    if verb.startswith("?"):
        return statistics.triples
    classes = tables[value].values if value in tables else (value,)
    if verb == RDF_TYPE and all(each.startswith("<") for each in classes):
        return sum(statistics.instances(each) for each in classes)
    counts = statistics.of(verb)
    if _is_given(statement.subject, tables):
        return counts.fan_out
    return counts.fan_in if _is_given(statement.object, tables) else counts.triples
