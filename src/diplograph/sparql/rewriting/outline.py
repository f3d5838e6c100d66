"""Outline of a query: the sentences of its group, or why they have to stay together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Self

from diplograph.sparql.grammar import Query
from diplograph.sparql.lexer import Token
from diplograph.sparql.rewriting.statistics import RDF_TYPE

_PATTERNS = ("{", "}", "filter", "optional", "minus", "bind", "graph", "service", "values")
_ORDERED = ("sample", "group_concat", "min", "max", "sum", "avg")
"""Aggregates that hang on the order of the solutions, some where numbers of several datatypes meet."""
_DIRECTIONS = ("order", "by", "asc", "desc", "(", ")")


REDUCED = "What REDUCED leaves out hangs on the order of the solutions."


class Leave(Exception):  # noqa: N818 - a decision, and never an error
    """The query is evaluated as it is written; the message says why."""


def prefixes(prologue: Sequence[Token]) -> dict[str, str]:
    """Return the namespace of each prefix by the tokens of a prologue."""
    pairs = pairwise(prologue)
    return {n.text[:-1]: iri.text[1:-1] for n, iri in pairs if n.kind == "name" and iri.kind == "iri"}


@dataclass(frozen=True, slots=True)
class Triple:
    """A triple of a pattern: variables as `?name`, IRIs in full as `<iri>`, literals as they are written."""

    subject: str
    predicate: str
    object: str

    @property
    def variables(self) -> set[str]:
        """The variables in it."""
        return {term for term in (self.subject, self.predicate, self.object) if term.startswith("?")}


@dataclass(frozen=True, slots=True)
class Sentence:
    """Triples with one subject; they stand from `start` to `end`, and `stop` is behind their full stop."""

    start: int
    end: int
    stop: int
    triples: tuple[Triple, ...]


@dataclass(slots=True)
class Outline(Query):
    """Reads a query of one group: triples and filters, then perhaps OPTIONAL, MINUS and BIND.

    `doubts` are reasons to leave it alone that lie outside of the group.
    """

    sentences: list[Sentence] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    prefixes: dict[str, str] = field(default_factory=dict)
    columns: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, tokens: Sequence[Token]) -> Self:
        """Read a query. Raises Leave, and Stuck for a text that is no query."""
        outline = cls(list(tokens))
        outline.query()
        return outline

    def query(self) -> None:
        """Read a SELECT, a CONSTRUCT with a template, or an ASK."""
        self._prologue()
        self.prefixes = prefixes(self.tokens[: self.at])
        form = self.word("select", "construct", "ask")
        if form == "select":
            self._columns()
        elif form == "construct":
            self._template()
        else:
            self.doubts.append("ASK ends at the first solution.")
        if self.says("from"):
            self.doubts.append("FROM makes a dataset that nothing was counted in.")
            self._dataset()
        if self.says("where"):
            self.advance()
        self.mark("{")
        self._elements()
        self.mark("}")
        self._end()

    def _columns(self) -> None:
        if self.says("reduced"):
            self.doubts.append(REDUCED)
        start = self.at
        self._selection()
        tokens = [token for token in self.tokens[start : self.at] if not token.says("distinct", "reduced")]
        if all(token.kind == "variable" for token in tokens):
            self.columns = {f"?{token.text[1:]}" for token in tokens}

    def _template(self) -> None:
        if not self.says("{"):
            raise Leave("CONSTRUCT WHERE has a template that is its pattern.")
        self.mark("{")
        self.triples("}")
        self.mark("}")

    def _end(self) -> None:
        """Read what follows the group."""
        start = self.at
        self.solution_modifiers()
        modifiers = self.tokens[start : self.at]
        cut = [number for number, token in enumerate(modifiers) if token.says("limit", "offset")]
        if cut and not self._tells_apart(modifiers[: cut[0]]):
            self.doubts.append(
                "The rows that LIMIT keeps hang on the order of the solutions, unless ORDER BY has every "
                "column, and each is the subject of a triple."
            )
        if any(token.says(*_ORDERED) for token in self.tokens):
            self.doubts.append("Aggregates other than COUNT hang on the order of the solutions.")
        if self.says("values"):
            self.doubts.append("VALUES may be a better place to start.")
            self._values()
        if self.token is not None:
            raise self.stuck("the end of the query")

    def _tells_apart(self, order: Sequence[Token]) -> bool:
        """Tell whether ORDER BY puts rows that differ in one order only.

        It does for subjects, which are IRIs and blank nodes; literals may be equal and not the same.
        """
        keys = {f"?{token.text[1:]}" for token in order if token.kind == "variable"}
        subjects = {triple.subject for sentence in self.sentences for triple in sentence.triples}
        plain = all(token.kind == "variable" or token.says(*_DIRECTIONS) for token in order)
        return plain and bool(self.columns) and self.columns <= keys <= subjects

    def _elements(self) -> None:
        """Read the elements of the group, whose triples come before all but filters."""
        closed = False
        while not self.says("}"):
            if self.says("optional", "minus", "bind", "filter"):
                closed = self._element() or closed
                if self.says("."):
                    self.advance()
            elif self.says("{", "select", "graph", "service", "values"):
                raise Leave("A group, sub-select, GRAPH or VALUES stands beside the triples.")
            elif closed:
                raise Leave("Triples stand behind OPTIONAL, MINUS or BIND.")
            else:
                self._sentence()

    def _element(self) -> bool:
        """Read one of the others; return whether it ends the triples."""
        word = self.word("optional", "minus", "bind", "filter")
        if word == "filter":
            self.constraint()
        elif word == "bind":
            self.expression_as()
        else:
            self.group()
        return word != "filter"

    def _sentence(self) -> None:
        first = self.tokens[self.at].start
        subject = self._read_term()
        found = self._said_of(subject)
        while self.says(";"):
            self.advance()
            if not self.says(";", ".", *_PATTERNS):
                found += self._said_of(subject)
        last = self.tokens[self.at - 1]
        end = stop = last.start + len(last.text)
        if self.says("."):
            stop = self.tokens[self.at].start + 1
            self.advance()
        elif not self.says(*_PATTERNS):
            raise self.stuck("a full stop, ; or , after the triple")
        self.sentences.append(Sentence(first, end, stop, tuple(found)))

    def _said_of(self, subject: str) -> list[Triple]:
        predicate = self._verb()
        found = [Triple(subject, predicate, self._read_term())]
        while self.says(","):
            self.advance()
            found.append(Triple(subject, predicate, self._read_term()))
        return found

    def _verb(self) -> str:
        if self.says("a"):
            self.advance()
            return RDF_TYPE
        if not self.is_kind("variable", "iri", "name"):
            raise Leave("A property path stands among the triples.")
        found = self._read_term()
        if self.says("/", "|", "^", "*", "+", "?"):
            raise Leave("A property path stands among the triples.")
        return found

    def _read_term(self) -> str:
        """Read a term of one or a few tokens, and return it as a Triple holds it."""
        if self.says("[", "(") or self.is_kind("blank"):
            raise Leave("A blank node or a list stands among the triples.")
        start = self.at
        self.term("a variable, an IRI or a literal", "variable", "iri", "name", "string", "number")
        token = self.tokens[start]
        if token.kind == "variable":
            return f"?{token.text[1:]}"
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            return f"<{self.prefixes.get(prefix, '')}{local}>"
        return "".join(each.text for each in self.tokens[start : self.at])
