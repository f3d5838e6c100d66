"""Grammar of queries: the first token that cannot stand where it stands (SPARQL 1.1, 19.8).

Used only once the engine has refused a text, to say where and why: its own position is where the last rule
it tried gave up. What is read here and refused there has another fault than its grammar.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from diplograph.sparql.expressions import Expressions, Stuck
from diplograph.sparql.lexer import Token

Form = Literal["select", "ask", "construct", "describe"]
"""The forms of a query (SPARQL 1.1, 16)."""

_TERMS = ("iri", "name", "string", "number", "blank")
_PATTERNS = ("optional", "minus", "graph", "service", "filter", "bind", "values")


def first_wrong(tokens: Sequence[Token]) -> Stuck | None:
    """Return where a text stops being a query, None when its grammar is right."""
    try:
        Query(list(tokens)).query()
    except Stuck as stuck:
        return stuck
    return None


@dataclass(slots=True)
class Query(Expressions):
    """Reads a whole query; every method reads one rule of the grammar or raises Stuck."""

    def query(self) -> None:
        """Read the prologue, one of the four forms, and nothing after it."""
        self._prologue()
        form = self.word("select", "construct", "describe", "ask")
        {
            "select": self._select,
            "construct": self._construct,
            "describe": self._describe,
            "ask": self._ask,
        }[form]()
        self.solution_modifiers()
        if self.says("values"):
            self._values()
        if self.token is not None:
            raise self.stuck("the end of the query")

    def _prologue(self) -> None:
        while self.says("prefix", "base"):
            if self.word("prefix", "base") == "prefix":
                self.of_kind("a prefix with its colon", "name")
            self.of_kind("an IRI in <…>", "iri")

    def _select(self) -> None:
        self._selection()
        self._dataset()
        self._where()

    def _selection(self) -> None:
        if self.says("distinct", "reduced"):
            self.advance()
        if self.says("*"):
            self.advance()
            return
        columns = 0
        while self.is_kind("variable") or self.says("("):
            columns += 1
            if self.says("("):
                self.expression_as()
            else:
                self.advance()
        if not columns or not self.says("{", "where", "from"):
            raise self.stuck(
                "variables, * or (expression AS ?name), then WHERE {" if not columns else "WHERE {"
            )

    def _construct(self) -> None:
        has_template = self.says("{")
        if has_template:
            self.mark("{")
            self.triples("}")
            self.mark("}")
        self._dataset()
        if has_template:
            self._where()
            return
        self.word("where")
        self.mark("{")
        self.triples("}")
        self.mark("}")

    def _describe(self) -> None:
        if self.says("*"):
            self.advance()
        else:
            self.of_kind("an IRI, a variable or *", "iri", "name", "variable")
            while self.is_kind("iri", "name", "variable"):
                self.advance()
        self._dataset()
        if self.says("where", "{"):
            self._where()

    def _ask(self) -> None:
        self._dataset()
        self._where()

    def _dataset(self) -> None:
        while self.says("from"):
            self.advance()
            if self.says("named"):
                self.advance()
            self.of_kind("the IRI of a graph", "iri", "name")

    def _where(self) -> None:
        if self.says("where"):
            self.advance()
        self.group()

    def group(self) -> None:
        """Read a group of patterns in braces, or a sub-select."""
        self.mark("{")
        if self.says("select"):
            self.advance()
            self._select()
            self.solution_modifiers()
            if self.says("values"):
                self._values()
        else:
            self._patterns()
        self.mark("}")

    def _patterns(self) -> None:
        self.triples("{", "}", *_PATTERNS)
        while not self.says("}"):
            self._pattern()
            if self.says("."):
                self.advance()
            self.triples("{", "}", *_PATTERNS)

    def _pattern(self) -> None:
        if self.says("{"):
            self.group()
            while self.says("union"):
                self.advance()
                self.group()
            return
        word = self.word(*_PATTERNS)
        if word == "filter":
            self.constraint()
        elif word == "bind":
            self.expression_as()
        elif word == "values":
            self._data()
        else:
            self._named(word)
            self.group()

    def _named(self, word: str) -> None:
        if self.says("silent"):
            self.advance()
        if word in ("graph", "service"):
            self.of_kind("an IRI or a variable", "iri", "name", "variable")

    def _values(self) -> None:
        self.word("values")
        self._data()

    def _data(self) -> None:
        if self.is_kind("variable"):
            self.advance()
            self.mark("{")
            while not self.says("}"):
                self._value()
            self.mark("}")
            return
        self.mark("(")
        while self.is_kind("variable"):
            self.advance()
        self.mark(")")
        self.mark("{")
        while not self.says("}"):
            self.mark("(")
            while not self.says(")"):
                self._value()
            self.mark(")")
        self.mark("}")

    def _value(self) -> None:
        if self.says("undef"):
            self.advance()
        else:
            self.term("a value or UNDEF", *_TERMS)

    def triples(self, *ends: str) -> None:
        """Read triples up to one of some marks or words."""
        while not self.says(*ends):
            nested = self.says("[", "(")
            self._node()
            if not (nested and self.says(".", *ends)):
                self._properties()
            if self.says("."):
                self.advance()
            elif not self.says(*ends):
                raise self.stuck("a full stop, ; or , after the triple")

    def _properties(self) -> None:
        self._verb_and_objects()
        while self.says(";"):
            self.advance()
            if not self.says(".", "}", "]", ";", *_PATTERNS):
                self._verb_and_objects()

    def _verb_and_objects(self) -> None:
        if self.is_kind("variable"):
            self.advance()
        else:
            self.path()
        self._node()
        while self.says(","):
            self.advance()
            self._node()

    def _node(self) -> None:
        if self.says("["):
            self.advance()
            if not self.says("]"):
                self._properties()
            self.mark("]")
        elif self.says("("):
            self.advance()
            while not self.says(")"):
                self._node()
            self.mark(")")
        else:
            self.term("a variable, an IRI or a literal", "variable", *_TERMS)
