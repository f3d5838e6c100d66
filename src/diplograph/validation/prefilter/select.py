"""The SELECT queries of SPARQL constraints: read, written for all focus nodes at once, and taken apart.

Only queries are read whose answer for one focus node is the part with that node of their answer for all: the
variable $this is bound in the outermost group, and no filter in a group of its own depends on what is bound
outside. Everything else raises InexpressibleError.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from diplograph.engine.lexer import Lexer, Token
from diplograph.errors import MalformedQuery
from diplograph.validation.forms import literal
from diplograph.validation.prefilter.leaves import is_portable
from diplograph.validation.prefilter.paths import (
    Either,
    InexpressibleError,
    Path,
    Repeated,
    Sequential,
    Step,
)
from diplograph.vocab import RDF

THIS = "?this"
_KNOWN = {"str", "lang", "langmatches", "datatype", "bound", "sameterm", "isiri", "isuri", "isblank"}
_KNOWN |= {"isliteral", "in", "not", "strlen", "contains", "strstarts", "strends", "ucase", "lcase"}
_KNOWN |= {"true", "false", "regex", "replace"}
_GROUP = re.compile(r"\$[0-9]")


@dataclass(frozen=True)
class Pattern:
    """A triple pattern, its terms as SPARQL writes them and variables with a question mark."""

    subject: str
    path: Path
    value: str

    @property
    def variables(self) -> set[str]:
        """Name the variables."""
        return {term for term in (self.subject, self.value) if term.startswith("?")}

    @property
    def text(self) -> str:
        """Write the pattern."""
        return f"{self.subject} {self.path.text} {self.value} ."

    def is_bound(self, known: set[str]) -> int:
        """Count the ends that are known when some variables are."""
        return sum(not end.startswith("?") or end in known for end in (self.subject, self.value))

    def steps(self) -> "Iterator[Pattern]":
        """Yield a pattern for each step of a sequence of paths."""
        parts = self.path.parts if isinstance(self.path, Sequential) else (self.path,)
        tag = f"{abs(hash(self)):x}"
        ends = [self.subject, *(f"?s{tag}_{number}" for number in range(1, len(parts))), self.value]
        for number, part in enumerate(parts):
            yield Pattern(ends[number], part, ends[number + 1])


def chain(patterns: Sequence[Pattern], bound: frozenset[str], last: str) -> str:
    """Write patterns for EXISTS, each in an EXISTS of its own inside the one before, then what comes last.

    The engine joins what stands side by side by reading one side whole, for each row outside anew; what is
    nested it looks up from what is bound.
    """
    known, waiting, steps = set(bound), [step for pattern in patterns for step in pattern.steps()], []
    while waiting:
        step = max(waiting, key=lambda one: one.is_bound(known))
        waiting.remove(step)
        known |= step.variables
        steps.append(step.text)
    text = last
    for number, step_text in enumerate(reversed(steps)):
        text = f"{step_text} {text}" if number == 0 else f"{step_text} FILTER EXISTS {{ {text} }}"
    return text


def sides(patterns: Sequence[Pattern]) -> list[list[Pattern]]:
    """Return patterns in parts that meet only in values which they both give to different things.

    Two things with the same actor and target are found by matching each by itself and joining the two by
    all that they share; side by side, the engine would join them by the first that they share.
    """
    subjects = {pattern.subject for pattern in patterns}
    found: list[list[Pattern]] = []
    for pattern in patterns:
        ends = {end for end in pattern.variables if end in subjects} or pattern.variables
        meeting = [side for side in found if any(ends & one.variables for one in side)]
        found = [side for side in found if side not in meeting]
        found.append([*(one for side in meeting for one in side), pattern])
    return found


@dataclass(frozen=True)
class Filter:
    """A filter without EXISTS in it."""

    expression: str
    variables: frozenset[str]


@dataclass(frozen=True)
class Exists:
    """A filter that a group has a solution, or has none."""

    group: "Group"
    wanted: bool


@dataclass(frozen=True)
class Union:
    """Groups of which any may hold; a group by itself is a union of one."""

    groups: "tuple[Group, ...]"


@dataclass(frozen=True)
class Grouped:
    """A sub-select that counts by $this: its text, its variables and what it matches."""

    text: str
    variables: frozenset[str]
    group: "Group"


@dataclass
class Group:
    """A group graph pattern."""

    patterns: list[Pattern] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    exists: list[Exists] = field(default_factory=list)
    unions: list[Union] = field(default_factory=list)
    counted: list[Grouped] = field(default_factory=list)

    @property
    def certain(self) -> frozenset[str]:
        """Name the variables that every solution binds."""
        found = {name for pattern in self.patterns for name in pattern.variables}
        for union in self.unions:
            found |= frozenset.intersection(*(group.certain for group in union.groups))
        return frozenset(found | {name for counted in self.counted for name in counted.variables})

    def text(self) -> str:
        """Write the group as the outermost one, where solutions are suspected rather than missed."""
        alone = [pattern for pattern in self.patterns if self._only_says_there_is(pattern)]
        kept = [pattern for pattern in self.patterns if pattern not in alone]
        parts = [" ".join(pattern.text for pattern in side) for side in sides(kept)]
        own = parts if len(parts) < 2 else [f"{{ SELECT * WHERE {{ {part} }} }}" for part in parts]
        tests = [f"FILTER EXISTS {{ {chain([pattern], frozenset({THIS}), '')} }}" for pattern in alone]
        return " ".join([*own, *tests, self.rest()])

    def _only_says_there_is(self, pattern: Pattern) -> bool:
        """Tell whether ?this, which is bound besides, has a value that nothing else speaks of."""
        others = " ".join([*(one.text for one in self.patterns if one is not pattern), self.rest()])
        is_free = pattern.value.startswith("?") and pattern.value != THIS
        return is_free and pattern.subject == THIS and not re.search(rf"\{pattern.value}\b", others)

    def rest(self) -> str:
        """Write what the outermost group asks besides its patterns."""
        return " ".join(self._rest(self.certain, suspect=True))

    def inside(self, bound: frozenset[str], *, suspect: bool) -> str:
        """Write the group for EXISTS, where variables are bound from around it.

        A filter that ends in an error holds where solutions are suspected, and fails where they are not.
        """
        return chain(self.patterns, bound, " ".join(self._rest(bound | self.certain, suspect=suspect)))

    def _rest(self, bound: frozenset[str], *, suspect: bool) -> Iterator[str]:
        for counted in self.counted:
            yield f"{{ {counted.text} }}"
        for union in self.unions:
            parts = (part.inside(frozenset(), suspect=suspect) for part in union.groups)
            yield " UNION ".join(f"{{ {part} }}" for part in parts)
        for one in self.filters:
            yield f"FILTER(COALESCE({one.expression}, true))" if suspect else f"FILTER({one.expression})"
        for exists in self.exists:
            inner = exists.group.inside(bound, suspect=suspect == exists.wanted)
            yield f"FILTER {'' if exists.wanted else 'NOT '}EXISTS {{ {inner} }}"


def parse(text: str, prefixes: Mapping[str, str], path: Path | None) -> Group:
    """Return the pattern of a SELECT query with `$PATH` replaced; InexpressibleError for what is not read."""
    try:
        tokens = list(Lexer(text))
    except MalformedQuery as error:
        raise InexpressibleError from error
    reader = _Reader(tokens, prefixes, path)
    group = reader.query()
    _check(group, frozenset({THIS}))
    return group


def _check(group: Group, outer: frozenset[str]) -> None:
    """Hold filters to the variables of their own group and, in EXISTS, of the groups around it."""
    bound = group.certain | outer
    for one in group.filters:
        if not one.variables <= bound:
            raise InexpressibleError
    for exists in group.exists:
        _check(exists.group, bound)
    for union in group.unions:
        for part in union.groups:
            _check(part, frozenset())
            if part.exists:
                raise InexpressibleError


@dataclass
class _Reader:
    """Reads tokens from the front."""

    tokens: list[Token]
    prefixes: Mapping[str, str]
    path: Path | None
    at: int = 0

    @property
    def token(self) -> Token:
        if self.at >= len(self.tokens):
            raise InexpressibleError
        return self.tokens[self.at]

    def says(self, *words: str) -> bool:
        return self.at < len(self.tokens) and self.token.says(*words)

    def take(self, *words: str) -> Token:
        """Pass the next token, which has to be one of some words if any are given."""
        token = self.token
        if words and not token.says(*words):
            raise InexpressibleError
        self.at += 1
        return token

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
                names.add(_variable(token))
            before = token
        self.take()
        group = self.group()
        self.take("group")
        self.take("by")
        key = self.take()
        if _variable(key) != THIS or THIS not in group.certain or THIS not in names:
            raise InexpressibleError
        _check(group, frozenset())
        words = " ".join(_written(token, self.prefixes) for token in self.tokens[start : self.at])
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
            " ".join(_written(token, self.prefixes) for token in used)
            .replace(" ^^ ", "^^")
            .replace(" @", "@")
        )
        names = frozenset(_variable(token) for token in used if token.kind == "variable")
        if any(token.says("regex", "replace") for token in used):
            text = _on_plain_texts(text, names, [token.text for token in used if token.kind == "string"])
        return Filter(text, names)

    def _triples(self) -> Iterator[Pattern]:
        subject = self._term()
        while True:
            path = self._path()
            while True:
                yield Pattern(subject, path, self._term())
                if not self.says(","):
                    break
                self.take()
            if not self.says(";"):
                return
            while self.says(";"):
                self.take()
            if self.says(".", "}"):
                return

    def _term(self) -> str:
        """Read a variable, an IRI or a literal."""
        token = self.take()
        if token.kind == "variable":
            return _variable(token)
        if token.kind in ("iri", "name"):
            return f"<{self.iri(token)}>"
        if token.kind == "string" and self.at < len(self.tokens) and self.token.kind == "language":
            return token.text + self.take().text
        if token.kind == "string" and not self.says("^^"):
            return token.text
        raise InexpressibleError

    def iri(self, token: Token) -> str:
        if token.kind == "iri" and "\\" not in token.text:
            return token.text[1:-1]
        prefix, colon, local = token.text.partition(":")
        if token.kind != "name" or not colon or prefix not in self.prefixes or "\\" in local:
            raise InexpressibleError
        return self.prefixes[prefix] + local

    def _path(self) -> Path:
        parts = [self._sequence()]
        while self.says("|"):
            self.take()
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _sequence(self) -> Path:
        parts = [self._step()]
        while self.says("/"):
            self.take()
            parts.append(self._step())
        return parts[0] if len(parts) == 1 else Sequential(tuple(parts))

    def _step(self) -> Path:
        backwards = self.says("^")
        if backwards:
            self.take()
        path = self._primary()
        for mark in ("*", "+", "?"):
            if self.says(mark):
                self.take()
                path = Repeated(path, mark)
                break
        return path.inverse() if backwards else path

    def _primary(self) -> Path:
        token = self.take()
        if token.says("("):
            path = self._path()
            self.take(")")
            return path
        if token.kind == "word" and token.text == "a":
            return Step(str(RDF.type))
        if token.kind == "variable" and token.text[1:] == "PATH" and self.path is not None:
            return self.path
        return Step(self.iri(token))


def _on_plain_texts(text: str, names: frozenset[str], strings: list[str]) -> str:
    """Return an expression with regular expressions so that it ends in an error where engines may differ.

    They agree on printable ASCII and expressions for all of a text; InexpressibleError for any other.
    """
    for written in strings:
        value = literal(written)
        pattern = "" if value is None else value.value
        if not (_GROUP.fullmatch(pattern) or (is_portable(pattern) and re.fullmatch(r"\^.*\$", pattern))):
            raise InexpressibleError
    doubts = " || ".join(f'REGEX(STR({name}), "[^ -~]")' for name in sorted(names))
    return f"IF({doubts}, 1/0, {text})"


def _variable(token: Token) -> str:
    return f"?{token.text[1:]}"


def _written(token: Token, prefixes: Mapping[str, str]) -> str:
    """Write a token so that it means the same without prefixes."""
    if token.kind == "variable":
        return _variable(token)
    if token.kind == "name":
        return f"<{_Reader([], prefixes, None).iri(token)}>"
    return token.text
