"""Groups of an ordered query: what each says, and the variables that all its solutions have."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from diplograph.sparql.expressions import AGGREGATES
from diplograph.sparql.grammar import Query
from diplograph.sparql.lexer import Token
from diplograph.sparql.rewriting.outline import REDUCED, Leave, prefixes
from diplograph.sparql.rewriting.statistics import RDF_TYPE

MOST_DIGITS = 9
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:.*>")


@dataclass(frozen=True, slots=True)
class Statement:
    """A triple pattern as it is written, its variables as `?name`.

    `counted` has property and object in full, as they are counted; it is empty where the verb is a path.
    """

    subject: str
    verb: str
    object: str
    counted: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Write the pattern."""
        return f"{self.subject} {self.verb} {self.object} ."

    @property
    def ends(self) -> tuple[str, str]:
        """Subject and object."""
        return self.subject, self.object

    @property
    def is_plain(self) -> bool:
        """Whether it has one property, and no path."""
        return bool(self.counted)


@dataclass(frozen=True, slots=True)
class Data:
    """`VALUES ?name { … }`: its variable, where it stands, and its values.

    `given` is whether none is UNDEF, `plain` whether all are IRIs, each once.
    """

    variable: str
    start: int
    end: int
    values: tuple[str, ...]
    given: bool
    plain: bool


@dataclass(slots=True)
class Pattern:
    """A group: what it says, and the variables that all its solutions have from before any OPTIONAL."""

    start: int | None
    """Where a table may stand; None for the braces of a sub-select."""
    certain: set[str] = field(default_factory=set)
    statements: list[Statement] = field(default_factory=list)
    data: list[Data] = field(default_factory=list)
    nested: list[tuple["Pattern", ...]] = field(default_factory=list)
    optional: list[Statement] = field(default_factory=list)
    scope: set[str] | None = None
    """The variables that are the same outside, None for all."""
    graph: str = ""
    closed: bool = False
    """Whether an OPTIONAL, MINUS or BIND was read."""
    simple: bool = True
    """Whether it has nothing but triples."""

    def levels(self) -> "Iterator[Pattern]":
        """Yield the group, and those in it that only braces set apart."""
        yield self
        for alternatives in self.nested:
            only = alternatives[0]
            if len(alternatives) == 1 and only.start is not None and not only.graph and only.scope is None:
                yield from only.levels()


@dataclass(frozen=True, slots=True)
class Key:
    """A condition of ORDER BY: the variable, and whether the order is reversed."""

    variable: str
    reversed: bool


@dataclass(frozen=True, slots=True)
class Anchor:
    """A variable that slices are made of, and the patterns that bind the first sort keys for each value."""

    variable: str
    keys: tuple[Key, ...]
    patterns: tuple[str, ...]


def _name(token: Token) -> str:
    return f"?{token.text[1:]}"


@dataclass
class OrderedReader(Query):
    """Reads a SELECT query with ORDER BY; Leave for what an order does not reach through."""

    text: str = ""
    head: int = 0
    limit: int | None = None
    offset: int = 0
    modifiers: tuple[int, int] = (0, 0)
    keys: list[Key] = field(default_factory=list)
    mentions: Counter[str] = field(default_factory=Counter)
    prefixes: dict[str, str] = field(default_factory=dict)
    distinct: bool = False
    columns: set[str] | None = None
    node: str = ""
    subject: str = ""

    def __post_init__(self) -> None:
        self.here = Pattern(0)
        self.done = self.here
        self.whole = self.here

    def query(self) -> None:
        """Read the query up to its end."""
        self._prologue()
        self.prefixes = prefixes(self.tokens[: self.at])
        if self.token is None or not self.says("select"):
            raise Leave("The query is no SELECT.")
        self.head = self.token.start
        self.advance()
        self.distinct = self.says("distinct")
        if self.says("reduced"):
            raise Leave(REDUCED)
        self.columns, is_computed = self._columns()
        if is_computed or self.says("from"):
            raise Leave("A column is computed, or the dataset is chosen.")
        self._where()
        self.whole = self.done
        self._order()
        if self.token is not None:
            raise Leave("The query has GROUP BY, HAVING or VALUES at its end.")

    def _columns(self) -> tuple[set[str] | None, bool]:
        """Read the columns; return the plain ones, None for `*`, and whether there are others."""
        start = self.at
        self._selection()
        tokens = [each for each in self.tokens[start : self.at] if not each.says("distinct", "reduced")]
        if tokens[0].says("*"):
            return None, False
        plain, depth = set[str](), 0
        for token in tokens:
            depth += token.says("(") - token.says(")")
            if not depth and token.kind == "variable":
                plain.add(_name(token))
        return plain, any(token.says("(") for token in tokens)

    def _order(self) -> None:
        if not self.says("order"):
            raise Leave("The query has no ORDER BY, or has GROUP BY.")
        start = self.at
        self.solution_modifiers()
        found = self.tokens[start : self.at]
        cut = next((at for at, each in enumerate(found) if each.says("limit", "offset")), len(found))
        for word, number in zip(found[cut::2], found[cut + 1 :: 2], strict=True):
            if not number.text.isdigit() or len(number.text) > MOST_DIGITS:
                raise Leave("LIMIT or OFFSET is no number, or a very large one.")
            if word.says("limit"):
                self.limit = int(number.text)
            else:
                self.offset = int(number.text)
        if cut < len(found):
            self.modifiers = found[cut].start, found[-1].start + len(found[-1].text)
        else:
            self.modifiers = len(self.text), len(self.text)
        if any(each.says(*AGGREGATES) for each in found):
            raise Leave("ORDER BY has an aggregate.")
        self.keys = list(_keys(found[2:cut]))

    def anchors(self) -> Iterator[Anchor]:
        """Yield the variables that slices may be made of, the first key itself before what has it."""
        if not self.keys:
            return
        first = self.keys[0].variable
        if first in self.whole.certain:
            yield self._anchor(first)
        for each in [*self._optional(), *self._statements()]:
            if each.object == first and each.is_plain and each.subject in self.whole.certain:
                yield self._anchor(each.subject)

    def _statements(self) -> list[Statement]:
        return [each for level in self.whole.levels() for each in level.statements]

    def _optional(self) -> list[Statement]:
        return [each for level in self.whole.levels() for each in level.optional]

    def _anchor(self, variable: str) -> Anchor:
        """Return an anchor with the first key, and with itself where it is the second."""
        first, *others = self.keys
        if first.variable == variable:
            return self._allowed(Anchor(variable, (first,), ()))
        text = self._determined(variable, first.variable)
        second = tuple(key for key in others[:1] if key.variable == variable)
        return self._allowed(Anchor(variable, (first, *second) if text else (), (text,) if text else ()))

    def _allowed(self, anchor: Anchor) -> Anchor:
        shown = {anchor.variable, *(key.variable for key in anchor.keys)}
        if self.distinct and self.columns is not None and not shown <= self.columns:
            return Anchor(anchor.variable, (), ())
        return anchor

    def _determined(self, variable: str, key: str) -> str | None:
        """Return the pattern by which a key is a value of a variable, and nothing else; None for no such."""
        for each in self._statements():
            if (each.subject, each.object) == (variable, key) and each.is_plain:
                return each.text
        for each in self._optional():
            if (each.subject, each.object) == (variable, key) and self.mentions[key] == 1 and each.is_plain:
                return f"OPTIONAL {{ {each.text} }}"
        return None

    def group(self) -> None:
        """Read a group, or a sub-select in braces."""
        outer, braces = self.here, self.tokens[self.at] if self.token else None
        self.mark("{")
        self.here = Pattern(braces.start + 1 if braces else 0)
        if self.says("select"):
            self.advance()
            self.here.start = None
            self._sub_select()
        else:
            self._patterns()
        self.mark("}")
        self.done, self.here = self.here, outer

    def _sub_select(self) -> None:
        """Read a sub-select: those of its variables are certain that hold each group of rows together."""
        here = self.here
        start = self.at
        if self.says("reduced"):
            raise Leave(REDUCED)
        columns, is_computed = self._columns()
        self.mentions.update(_name(each) for each in self.tokens[start : self.at] if each.kind == "variable")
        if self.says("from"):
            raise Leave("The dataset is chosen.")
        self._where()
        inner = self.done
        start = self.at
        self.solution_modifiers()
        modifiers = self.tokens[start : self.at]
        if self.says("values"):
            behind = self.at
            self._values()
            table = self.tokens[behind : self.at]
            self.mentions.update(_name(each) for each in table if each.kind == "variable")
        shown = inner.certain if columns is None else inner.certain & columns
        if any(each.says("limit", "offset") for each in modifiers):
            shown = set()
        is_grouped = bool(modifiers) and modifiers[0].says("group")
        if is_grouped:
            end = next((at for at, each in enumerate(modifiers) if each.says("having", "order")), None)
            keys = modifiers[2:end]
            shown &= {_name(each) for each in keys} if all(k.kind == "variable" for k in keys) else set()
        elif is_computed:
            shown = set()
        here.simple, inner.scope = False, columns
        inner.certain &= shown
        here.certain |= shown
        here.nested.append((inner,))

    def _pattern(self) -> None:
        here = self.here
        here.simple = False
        if self.says("{"):
            alternatives = [self._nested()]
            while self.says("union"):
                self.advance()
                alternatives.append(self._nested())
            self._join(tuple(alternatives))
        elif self.says("graph"):
            self.advance()
            at = self.at
            self.of_kind("an IRI or a variable", "iri", "name", "variable")
            name = self.tokens[at]
            found = self._nested()
            found.graph = _name(name) if name.kind == "variable" else name.text
            if name.kind == "variable":
                self.mentions[_name(name)] += 1
                here.certain |= set() if here.closed else {_name(name)}
            self._join((found,))
        elif self.says("values"):
            self.advance()
            self._table()
        elif self.says("filter"):
            super()._pattern()
        elif self.says("service"):
            raise Leave("SERVICE is asked of another endpoint.")
        else:
            self._closing()

    def _nested(self) -> Pattern:
        self.group()
        return self.done

    def _join(self, alternatives: tuple[Pattern, ...]) -> None:
        """Take in groups joined to this one."""
        if not self.here.closed:
            self.here.certain |= set.intersection(*(each.certain for each in alternatives))
            self.here.nested.append(alternatives)

    def _closing(self) -> None:
        """Read OPTIONAL, MINUS or BIND, behind which nothing is joined to the table of values any more."""
        here = self.here
        is_optional = self.says("optional")
        start = self.at
        super()._pattern()
        here.closed = True
        if is_optional and self.done.simple and len(self.done.statements) == 1:
            here.optional.append(self.done.statements[0])
        if self.tokens[start].says("bind"):
            self.mentions[_name(self.tokens[self.at - 2])] += 1

    def _table(self) -> None:
        start = self.at
        self._data()
        tokens = self.tokens[start : self.at]
        names = [_name(each) for each in tokens if each.kind == "variable"]
        self.mentions.update(names)
        if tokens[0].kind != "variable":
            return
        values = [each.text for each in tokens[2:-1]]
        full = [self._full(each) for each in tokens[2:-1]]
        is_given = bool(values) and not any(each.says("undef") for each in tokens[2:-1])
        is_plain = is_given and all(each.kind in ("iri", "name") for each in tokens[2:-1])
        is_plain = is_plain and all(map(_ABSOLUTE.fullmatch, full)) and len(set(full)) == len(full)
        begin, end = self.tokens[start - 1].start, tokens[-1].start + 1
        shown = tuple(full if is_plain else values)
        self.here.data.append(Data(names[0], begin, end, shown, is_given, is_plain))

    def _full(self, token: Token) -> str:
        """Return an IRI in full where the prefix is known, and a term as it is written elsewhere."""
        if token.kind == "variable":
            return _name(token)
        prefix, _, local = token.text.partition(":")
        if token.kind == "name" and prefix in self.prefixes and "\\" not in local:
            return f"<{self.prefixes[prefix]}{local}>"
        return token.text

    def _properties(self) -> None:
        outer, self.subject = self.subject, self.node
        super()._properties()
        self.subject = outer

    def _verb_and_objects(self) -> None:
        start = self.at
        if self.is_kind("variable"):
            self.advance()
        else:
            self.path()
        end = self.at
        self._say(start, end)
        while self.says(","):
            self.advance()
            self._say(start, end)

    def _say(self, start: int, end: int) -> None:
        """Read an object, and note the statement, whose verb stands between two tokens."""
        subject, verb = self.subject, self._written(start, end)
        at = self.at
        self._node()
        found = self.node
        names = [each for each in (subject, verb, found) if each.startswith("?")]
        self.mentions.update(names)
        if not subject or not found:
            self.here.simple = False
            return
        counted: tuple[str, ...] = ()
        if end == start + 1:
            token = self.tokens[start]
            counted = (RDF_TYPE if token.says("a") else self._full(token), self._full(self.tokens[at]))
        if not self.here.closed:
            self.here.certain.update(names)
            self.here.statements.append(Statement(subject, verb, found, counted))

    def _node(self) -> None:
        """Read a node, and note how it is written; nothing for a blank node or a list."""
        start = self.at
        is_nameless = self.says("[", "(") or self.is_kind("blank")
        self.node = ""  # what stands in brackets is said of a node without a name
        super()._node()
        self.node = "" if is_nameless else self._written(start, self.at)

    def _written(self, start: int, end: int) -> str:
        """Return tokens as they are written, a variable with its question mark."""
        tokens = self.tokens[start:end]
        if len(tokens) == 1 and tokens[0].kind == "variable":
            return _name(tokens[0])
        return self.text[tokens[0].start : tokens[-1].start + len(tokens[-1].text)]


def _keys(tokens: Sequence[Token]) -> Iterator[Key]:
    """Yield the keys up to the first that is no plain variable."""
    at = 0
    while at < len(tokens):
        if tokens[at].kind == "variable":
            yield Key(_name(tokens[at]), reversed=False)
            at += 1
        elif tokens[at].says("asc", "desc") and len(tokens) > at + 3 and tokens[at + 3].says(")"):
            if tokens[at + 2].kind != "variable":
                return
            yield Key(_name(tokens[at + 2]), reversed=tokens[at].says("desc"))
            at += 4
        else:
            return
