"""Alternatives of property paths, written as UNION: a pair is found once for each way between its ends.

So has SPARQL 1.1 (18.4); Oxigraph finds it once in all, and Virtuoso once for `p|p`.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product

from diplograph.errors import MalformedQuery
from diplograph.sparql.expressions import Stuck
from diplograph.sparql.grammar import Query
from diplograph.sparql.lexer import Lexer

MOST = 64
"""Ways that a path may have."""
MOST_TRIPLES, LONGEST = 200, 64 * 1024
"""Triples and characters that the unions of a query may have; a query with more stays as it is."""

_TEMPLATE = ("}",)
"""What ends the triples of a template; its labels are its own."""


@lru_cache(maxsize=256)
def as_unions(text: str) -> str:
    """Return a query with each triple by alternatives as the UNION of its ways; any other text as it is.

    Not written so are triples with a blank node at an end, whose label may stand for it elsewhere.
    """
    if "|" not in text.replace("||", ""):
        return text
    try:
        reader = _Alternatives(list(Lexer(text)), text=text)
        reader.query()
    except (Stuck, MalformedQuery, RecursionError):
        return text
    return reader.written()


@dataclass(slots=True)
class _Property:
    """A path and its objects, by their tokens; the union of its ways, empty where the path stays."""

    start: int
    end: int
    union: str


@dataclass
class _Alternatives(Query):
    """Reads a query, and notes what to write elsewhere in its text."""

    text: str = ""
    edits: list[tuple[int, int, str]] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)
    node: str = ""
    subject: str = ""
    properties: list[_Property] = field(default_factory=list)
    unions: list[str] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)
    united: int = 0
    length: int = 0

    def written(self) -> str:
        """Return the text with the edits, the last first."""
        text = self.text
        for start, end, other in sorted(self.edits, reverse=True):
            text = text[:start] + other + text[end:]
        return text

    def triples(self, *ends: str) -> None:
        """Read triples; the unions of some go behind the last of them.

        A label that goes on behind a FILTER holds the triples before and after together (5.1.1).
        """
        start, outer, self.unions = self.at, self.unions, []
        super().triples(*ends)
        labels = {token.text for token in self.tokens[start : self.at] if token.kind == "blank"}
        if ends != _TEMPLATE and labels & self.labels:
            raise self.stuck("no label of triples before")
        self.labels |= labels if ends != _TEMPLATE else set()
        if self.unions:
            end = self._end(self.at)
            self.edits.append((end, end, f" {' '.join(self.unions)} "))
        self.unions = outer

    def _properties(self) -> None:
        outer = self.subject, self.properties
        self.subject, self.properties = self.node, []
        before = self.at
        super()._properties()
        self._move(before, self.properties)
        self.subject, self.properties = outer

    def _move(self, before: int, found: list[_Property]) -> None:
        """Take the properties with unions out of a sentence, whose first is at `before`."""
        kept = [each for each in found if not each.union]
        if len(kept) == len(found):
            return
        self.unions += [each.union for each in found if each.union]
        if not kept:
            stop = self.at + 1 if self.says(".") else self.at
            subject = self._end(before) - len(self.subject)
            self.edits.append((subject, self._end(stop), ""))
            return
        first = kept[0].start
        if first != before:
            self.edits.append((self._start(before), self._start(first), " "))  # `?s<p>|<q>` has no space
        for each in found:
            if each.union and each.start > first:
                self.edits.append((self._start(each.start), self._end(each.end), ""))

    def _verb_and_objects(self) -> None:
        start, ways = self.at, list[str]()
        if self.is_kind("variable"):
            self.advance()
        else:
            self.path()
            ways = self.ways
        objects = [self._object()]
        while self.says(","):
            self.advance()
            objects.append(self._object())
        union = ""
        if len(ways) > 1 and self.subject and all(objects):
            union = self._union(ways, objects)
        self.properties.append(_Property(start, self.at, union))

    def _union(self, ways: list[str], objects: list[str]) -> str:
        self.united += len(objects) * len(ways)
        self.length += len(objects) * sum(map(len, ways))
        if self.united > MOST_TRIPLES or self.length > LONGEST:
            raise self.stuck("less to write")
        triples = [[f"{{ {self.subject} {way} {found} }}" for way in ways] for found in objects]
        return " ".join(" UNION ".join(each) for each in triples)

    def _object(self) -> str:
        self._node()
        return self.node

    def _node(self) -> None:
        """Read a node, and note how it is written, nothing where it is a blank node or a list."""
        start = self.at
        self.node = ""
        is_nameless = self.says("[", "(") or self.is_kind("blank")
        super()._node()
        self.node = "" if is_nameless else self._slice(start)

    def path(self) -> None:
        """Read a path, and note its ways, none of which has alternatives that count."""
        found = self._sequence()
        while self.says("|"):
            self.advance()
            found += self._sequence()
        self.ways = self._few(found)

    def _sequence(self) -> list[str]:
        found = self._step()
        while self.says("/"):
            self.advance()
            found = self._few([f"{one}/{two}" for one, two in product(found, self._step())])
        return found

    def _few(self, ways: list[str]) -> list[str]:
        if len(ways) > MOST or sum(map(len, ways)) > LONGEST:
            raise self.stuck("fewer ways")
        return ways

    def _step(self) -> list[str]:
        start = self.at
        is_inverse = self.says("^")
        if is_inverse:
            self.advance()
        ways = self._primary()
        if self.says("?", "*", "+"):  # a pair is found once, however many ways there are
            self.advance()
            return [self._slice(start)]
        return [f"^({way})" for way in ways] if is_inverse else ways

    def _primary(self) -> list[str]:
        start = self.at
        is_group, is_negated = self.says("("), self.says("!")
        self._path_primary()
        if is_group:
            return self.ways
        return self._negated(start) if is_negated else [self._slice(start)]

    def _negated(self, start: int) -> list[str]:
        """Return what is not one of some properties forwards, and what is not backwards (18.2.2.2)."""
        tokens = self.tokens[start + 1 : self.at]
        members = " ".join(token.text for token in tokens if not token.says("(", ")")).split("|")
        backwards = [member for member in members if member.strip().startswith("^")]
        forwards = [member for member in members if member not in backwards]
        return [f"!({'|'.join(each)})" for each in (forwards, backwards) if each]

    def _slice(self, start: int) -> str:
        return self.text[self._start(start) : self._end(self.at)]

    def _start(self, at: int) -> int:
        return self.tokens[at].start

    def _end(self, at: int) -> int:
        """Return where the token before one ends."""
        return self.tokens[at - 1].start + len(self.tokens[at - 1].text)
