"""The SELECT queries of SPARQL constraints, read as patterns.

Only queries are read whose answer for one focus node is the part with that node of their answer for all: the
variable $this is bound in the outermost group, and no filter in a group of its own depends on what is bound
outside. Everything else raises InexpressibleError.
"""

from collections.abc import Iterator, Mapping

from diplograph.engine.lexer import Lexer
from diplograph.errors import MalformedQuery
from diplograph.validation.prefilter.leaves import on_plain_texts
from diplograph.validation.prefilter.paths import (
    InexpressibleError,
    Path,
)
from diplograph.validation.prefilter.patterns import (
    THIS,
    Exists,
    Filter,
    Group,
    Grouped,
    Pattern,
    Union,
    hold_filters,
)
from diplograph.validation.prefilter.reading import Reader, variable, written

_KNOWN = {"str", "lang", "langmatches", "datatype", "bound", "sameterm", "isiri", "isuri", "isblank"}
_KNOWN |= {"isliteral", "in", "not", "strlen", "contains", "strstarts", "strends", "ucase", "lcase"}
_KNOWN |= {"true", "false", "regex", "replace"}


def parse(text: str, prefixes: Mapping[str, str], path: Path | None) -> Group:
    """Return the pattern of a SELECT query with `$PATH` replaced; InexpressibleError for what is not read."""
    try:
        tokens = list(Lexer(text))
    except MalformedQuery as error:
        raise InexpressibleError from error
    reader = _Reader(tokens, prefixes, path)
    group = reader.query()
    hold_filters(group, frozenset({THIS}))
    return group


class _Reader(Reader):
    """Reads groups from the front of some tokens."""

    def query(self) -> Group:
        self.take("select")
        while not self.says("where", "{"):
            token = self.take()
            if token.kind != "variable" and not token.says("distinct", "reduced", "*"):
                raise InexpressibleError
        if self.says("where"):
            self.take()
        group = self.group()
        if self.at < len(self.tokens):
            raise InexpressibleError
        return group

    def group(self) -> Group:
        self.take("{")
        found = Group()
        while not self.says("}"):
            if self.says("."):
                self.take()
            elif self.says("filter"):
                self.take()
                self._filter(found)
            elif self.says("{"):
                self._nested(found)
            elif self.token.kind == "word" and self.token.text not in ("a", "true", "false"):
                raise InexpressibleError
            else:
                found.patterns += self._triples()
        self.take("}")
        return found

    def _nested(self, found: Group) -> None:
        if self.tokens[self.at + 1].says("select"):
            found.counted.append(self._counted())
            return
        groups = [self.group()]
        while self.says("union"):
            self.take()
            groups.append(self.group())
        found.unions.append(Union(tuple(groups)))

    def _counted(self) -> Grouped:
        """Read `{ SELECT $this (COUNT(…) AS ?n) WHERE {…} GROUP BY $this }`."""
        self.take("{")
        start = self.at
        self.take("select")
        names, before = set(), self.token
        while not self.says("where"):
            token = self.take()
            if token.says("{"):
                raise InexpressibleError
            if token.kind == "variable" and (before.says("as") or before.says("select") or token == before):
                names.add(variable(token))
            before = token
        self.take()
        group = self.group()
        self.take("group")
        self.take("by")
        key = self.take()
        if variable(key) != THIS or THIS not in group.certain or THIS not in names:
            raise InexpressibleError
        hold_filters(group, frozenset())
        words = " ".join(written(token, self.prefixes) for token in self.tokens[start : self.at])
        self.take("}")
        return Grouped(words, frozenset(names), group)

    def _filter(self, found: Group) -> None:
        if self.says("exists"):
            self.take()
            found.exists.append(Exists(self.group(), wanted=True))
        elif self.says("not"):
            self.take()
            self.take("exists")
            found.exists.append(Exists(self.group(), wanted=False))
        else:
            found.filters.append(self._expression())

    def _expression(self) -> Filter:
        start, depth = self.at, 0
        while True:
            token = self.take()
            depth += token.says("(") - token.says(")")
            if token.kind == "word" and token.text.lower() not in _KNOWN:
                raise InexpressibleError
            if token.kind in ("blank",) or token.says("{", "["):
                raise InexpressibleError
            if token.says("(") and self.tokens[self.at - 2].kind in ("iri", "name"):
                raise InexpressibleError  # a function by name
            if depth == 0 and token.says(")"):
                break
        used = self.tokens[start : self.at]
        text = (
            " ".join(written(token, self.prefixes) for token in used).replace(" ^^ ", "^^").replace(" @", "@")
        )
        names = frozenset(variable(token) for token in used if token.kind == "variable")
        if any(token.says("regex", "replace") for token in used):
            text = on_plain_texts(text, names, [token.text for token in used if token.kind == "string"])
        return Filter(text, names)

    def _triples(self) -> Iterator[Pattern]:
        subject = self.term()
        while True:
            path = self.path()
            while True:
                yield Pattern(subject, path, self.term())
                if not self.says(","):
                    break
                self.take()
            if not self.says(";"):
                return
            while self.says(";"):
                self.take()
            if self.says(".", "}"):
                return
