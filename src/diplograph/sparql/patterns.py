"""Graph patterns of SELECT queries as values, read from their text, written for all focus nodes at once."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from diplograph.errors import MalformedQuery
from diplograph.rdf.terms import literal
from diplograph.sparql.lexer import Lexer
from diplograph.sparql.paths import InexpressibleError, Path, PatternReader, Sequential, variable, written

_ESCAPED = r"\\[]\[sSdDwW./+*?()|{}^$-]"
_PORTABLE = re.compile(rf"(?:\[\^?(?:{_ESCAPED}|[^\[\]\\&])+\]|{_ESCAPED}|[^\\\[\]])*")
_REFERENCE = re.compile(r"\$[0-9]")


THIS = "?this"
_VARIABLE = re.compile(r"\?\w+")
_KNOWN = {"str", "lang", "langmatches", "datatype", "bound", "sameterm", "isiri", "isuri", "isblank"}


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

    def parts(self) -> "Iterator[Filter]":
        """Yield the filters that all hold where this one does: those that it joins by `&&`, if it does."""
        words = self.expression.split(" ")
        if '"' in self.expression or "'" in self.expression or "||" in words or words[0] != "(":
            yield self
            return
        depth, part = 0, list[str]()
        for word in words[1:-1]:
            depth += (word == "(") - (word == ")")
            if depth < 0:
                yield self
                return
        for word in [*words[1:-1], "&&"]:
            depth += (word == "(") - (word == ")")
            if word == "&&" and depth == 0:
                text = " ".join(part)
                yield Filter(text, frozenset(_VARIABLE.findall(text)))
                part = []
            else:
                part.append(word)


_FAILING = Filter("1/0", frozenset())
"""What nothing is known of: it ends in an error."""


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

    @property
    def things(self) -> list[str]:
        """Name the things, ?this among them, where the group joins several by values that they share."""
        if self.unions or self.counted or len(found := self._sides()) < 2:
            return []
        return sorted({one.subject for side in found for one in side if one.subject.startswith("?")})

    def shared(self, focus: str) -> tuple[list[str], str]:
        """Name the variables by which other things join ?this, with a query for their values."""
        first, *others = self._sides()
        held = {name for one in first for name in one.variables}
        names = sorted({name for side in others for one in side for name in one.variables} & held)
        text = " ".join(pattern.text for pattern in first)
        return names, f"SELECT DISTINCT {' '.join(names)} WHERE {{ {focus} {text} }}"

    def text(self, focus: str, *, whole: bool = True, known: str = "") -> str:
        """Write the group as the outermost one, where solutions are suspected rather than missed.

        `focus` is a group that binds ?this; `whole` tells whether to all focus nodes, and not to a few;
        `known` binds the values by which other things join ?this, where they are few.
        """
        first, *others = (" ".join(pattern.text for pattern in side) for side in self._sides())
        found = " ".join([focus, *(self._needed() if whole else ()), first])
        if others:
            found = " ".join(map(_alone, [found, *(f"{known} {other}" for other in others)]))
        found = " ".join([found, *self._plain(suspect=True)])
        alone = (pattern for pattern in self.patterns if self._only_says_there_is(pattern))
        tests = [f"FILTER EXISTS {{ {chain([pattern], frozenset({THIS}), '')} }}" for pattern in alone]
        return " ".join(
            [_alone(found) if others else found, *tests, *self._tested(self.certain, suspect=True)]
        )

    def _sides(self) -> list[list[Pattern]]:
        """Return what the patterns tell of one thing after the other, first of ?this."""
        telling = [pattern for pattern in self.patterns if not self._only_says_there_is(pattern)]
        found = sorted(sides(telling), key=lambda side: not _is_of_this(side))
        return found if found and _is_of_this(found[0]) else [telling]

    def _needed(self) -> Iterator[str]:
        """Write what follows from the group and is soon found.

        Where ?this has a value along some path, and none without something else, it has one with it. What has
        something else is found first, from its own side.
        """
        has = {(pattern.subject, pattern.path) for pattern in self.patterns}
        for each in (exists.group for exists in self.exists if not exists.wanted):
            way = each.patterns[0] if len(each.patterns) == 1 else None
            lacking = each.exists[0] if len(each.exists) == 1 and not each.exists[0].wanted else None
            if way is None or lacking is None or (way.subject, way.path) not in has or way.subject != THIS:
                continue
            is_own = way.value.startswith("?") and way.value not in self.certain
            if is_own and not (each.filters or each.unions or each.counted):
                text = lacking.group.found_from(way.value)
                if text is not None:
                    yield f"{{ SELECT DISTINCT {THIS} WHERE {{ {text} {way.text} }} }}"

    def found_from(self, name: str) -> str | None:
        """Write a sub-select for the values of a variable that a group may match; None where it has none."""
        used = {variable for pattern in self.patterns for variable in pattern.variables}
        if name not in used or THIS in used:
            return None
        own = [test for one in self.filters for test in one.parts() if test.variables <= used]
        tests = " ".join(f"FILTER(COALESCE({one.expression}, true))" for one in own)
        patterns = " ".join(pattern.text for pattern in self.patterns)
        return f"{{ SELECT DISTINCT {name} WHERE {{ {patterns} {tests} }} }}"

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
        yield from self._plain(suspect=suspect)
        yield from self._tested(bound, suspect=suspect)

    def _plain(self, *, suspect: bool) -> Iterator[str]:
        for counted in self.counted:
            yield f"{{ {counted.text} }}"
        for union in self.unions:
            parts = (part.inside(frozenset(), suspect=suspect) for part in union.groups)
            yield " UNION ".join(f"{{ {part} }}" for part in parts)
        for one in self.filters:
            yield f"FILTER(COALESCE({one.expression}, true))" if suspect else f"FILTER({one.expression})"

    def _tested(self, bound: frozenset[str], *, suspect: bool) -> Iterator[str]:
        for exists in self.exists:
            inner = exists.group.inside(bound, suspect=suspect == exists.wanted)
            yield f"FILTER {'' if exists.wanted else 'NOT '}EXISTS {{ {inner} }}"


def _alone(text: str) -> str:
    """Write a group that the engine matches by itself, its plain filters before any EXISTS outside."""
    return f"{{ SELECT * WHERE {{ {text} }} }}"


def _is_of_this(side: Sequence[Pattern]) -> bool:
    return any(THIS in pattern.variables for pattern in side)


def _without_computed(group: Group, computed: set[str]) -> None:
    """Leave out what a group asks of variables that it computes: such a filter counts as one in error.

    Raises InexpressibleError where a pattern has such a variable.
    """
    if any(pattern.variables & computed for pattern in group.patterns):
        raise InexpressibleError
    group.filters = [_FAILING if one.variables & computed else one for one in group.filters]


def hold_filters(group: Group, outer: frozenset[str]) -> None:
    """Hold filters to the variables of their own group and, in EXISTS, of the groups around it.

    Raises InexpressibleError for one that depends on others.
    """
    bound = group.certain | outer
    for one in group.filters:
        if not one.variables <= bound:
            raise InexpressibleError
    for exists in group.exists:
        hold_filters(exists.group, bound)
    for union in group.unions:
        for part in union.groups:
            hold_filters(part, frozenset())
            if part.exists:
                raise InexpressibleError


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


class _Reader(PatternReader):
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
        found, computed = Group(), set[str]()
        while not self.says("}"):
            if self.says("."):
                self.take()
            elif self.says("filter"):
                self.take()
                self._filter(found)
            elif self.says("bind"):
                computed.add(self._computed())
            elif self.says("{"):
                self._nested(found)
            elif self.token.kind == "word" and self.token.text not in ("a", "true", "false"):
                raise InexpressibleError
            else:
                found.patterns += self._triples()
        self.take("}")
        _without_computed(found, computed)
        return found

    def _computed(self) -> str:
        """Read `BIND(expression AS ?name)`, and name the variable."""
        self.take("bind")
        depth, before = 0, self.token
        while True:
            token = self.take()
            depth += token.says("(") - token.says(")")
            if token.says("{"):
                raise InexpressibleError
            if depth == 0:
                return variable(before)
            before = token

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


def is_portable(pattern: str) -> bool:
    """Tell whether Python and the engine read a regular expression alike, but for classes of characters."""
    odd = re.search(r"\(\?(?!:)|&&|--|~~|[*+?}][*+?{]", pattern.replace("??", ""))
    return odd is None and _PORTABLE.fullmatch(pattern) is not None


def on_plain_texts(text: str, names: frozenset[str], strings: list[str]) -> str:
    """Return an expression with regular expressions so that it ends in an error where engines may differ.

    They agree on printable ASCII and expressions for all of a text; InexpressibleError for any other.
    """
    for string in strings:
        value = literal(string)
        pattern = "" if value is None else value.value
        if not (_REFERENCE.fullmatch(pattern) or (is_portable(pattern) and re.fullmatch(r"\^.*\$", pattern))):
            raise InexpressibleError
    doubts = " || ".join(f'REGEX(STR({name}), "[^ -~]")' for name in sorted(names))
    return f"IF({doubts}, 1/0, {text})"
