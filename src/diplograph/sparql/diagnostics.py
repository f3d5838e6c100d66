"""Diagnostics of a query that is refused: what is wrong, where, and what to write instead."""

import difflib
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from diplograph.errors import MalformedQuery
from diplograph.sparql import grammar
from diplograph.sparql.expressions import AGGREGATES, FUNCTIONS, Stuck
from diplograph.sparql.lexer import Lexer, Token, excerpt, position_of

_AFTER = ("group", "having", "order", "limit", "offset", "values")
_WORDS = ("OPTIONAL", "FILTER", "BIND", "MINUS", "VALUES", "GRAPH", "UNION")
_ORDER = "The order is: WHERE { … } GROUP BY … HAVING … ORDER BY … LIMIT … OFFSET …."

_DIRECTION = "The direction stands before its expression: ORDER BY DESC(?n)."
_COLUMNS = (
    (AGGREGATES, "Put an aggregate into brackets and give it a name: ({}(…) AS ?name)."),
    ((",",), "Variables are separated by spaces, not by commas."),
    (("distinct", "reduced"), "{} stands right after SELECT."),
    (("as",), "A name is given in brackets: (expression AS ?name)."),
    (_AFTER, _ORDER.replace("{", "{{").replace("}", "}}")),
    (("where", "{"), "Say what to select: variables, * or (expression AS ?name)."),
)

_KEYWORDS = (
    (("union",), "UNION stands between two groups: {{ … }} UNION {{ … }}."),
    (("not", "exists"), "Write FILTER NOT EXISTS {{ … }} or FILTER EXISTS {{ … }}."),
    (("select",), "A sub-select has braces of its own: {{ SELECT … WHERE {{ … }} }}."),
    ((*_AFTER, "where"), "Close the group with }} before {}."),
    (
        ("optional", "filter", "bind", "minus", "graph"),
        "{} has no place in a template: make it CONSTRUCT {{ … }} WHERE {{ … }}.",
    ),
)
_AFTER_GROUPS = ("having", "order", "limit", "offset", "values", "}")
_ERROR = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_REASON = re.compile(r"[A-Z][a-z]+ .+|The .+|SELECT \* .+|IRI parsing failed")


def for_slip(stuck: Stuck) -> str | None:
    """Return the hint of the first slip that this looks like, None for none."""
    for slip in _SLIPS:
        if hint := slip(stuck):
            return hint
    return None


def _next(stuck: Stuck, *words: str) -> bool:
    return stuck.token is not None and stuck.token.says(*words)


def _last(stuck: Stuck, place: int, *words: str) -> bool:
    """Whether the token so many places before is one of some words."""
    return len(stuck.before) >= place and stuck.before[-place].says(*words)


def _selecting(stuck: Stuck) -> bool:
    return stuck.expected.startswith("variables") or stuck.expected == "WHERE {"


def _columns(stuck: Stuck) -> str | None:
    if not _selecting(stuck) or stuck.token is None:
        return None
    for words, hint in _COLUMNS:
        if _next(stuck, *words):
            return hint.format(stuck.token.text.upper())
    return (
        f"A variable begins with a question mark: ?{stuck.token.text}."
        if stuck.token.kind == "word"
        else None
    )


def _nameless(stuck: Stuck) -> str | None:
    if stuck.expected != "AS ?name":
        return None
    if _next(stuck, ","):
        return "One expression stands in the brackets: (expression AS ?name)."
    return "Give the value a name inside the brackets: (expression AS ?name)."


def _triples(stuck: Stuck) -> str | None:
    if not stuck.expected.startswith("a full stop") or stuck.token is None:
        return None
    return _keyword(stuck) or "Put a full stop between two triples."


def _pattern_word(stuck: Stuck) -> str | None:
    """A word where a pattern begins."""
    if not stuck.expected.startswith("a variable, an IRI or a literal"):
        return None
    if found := _keyword(stuck):
        return found
    if _next(stuck, ".") and _last(stuck, 1, "."):
        return "One full stop is enough."
    if _next(stuck, ".", "}", ";"):
        return "A triple has three parts: subject, property and object; one is missing."
    return None


def _keyword(stuck: Stuck) -> str | None:
    if stuck.token is None or stuck.token.kind != "word":
        return None
    for words, hint in _KEYWORDS:
        if _next(stuck, *words):
            return hint.format(stuck.token.text.upper())
    near = difflib.get_close_matches(stuck.token.text.upper(), _WORDS, 1)
    meant = near[0] if near else f"?{stuck.token.text} or a prefixed name"
    return f"{stuck.token.text!r} is no word of SPARQL here; was {meant} meant?"


def _property(stuck: Stuck) -> str | None:
    if not stuck.expected.startswith("a property"):
        return None
    if _next(stuck, ".", "}", ";", ","):
        return "A triple has three parts: subject, property and object; one is missing."
    if stuck.token is not None and stuck.token.kind == "string":
        return "A property is an IRI, a prefixed name or a variable, never a text."
    return _keyword(stuck)


def _condition(stuck: Stuck) -> str | None:
    if not stuck.expected.startswith("a condition"):
        return None
    if _last(stuck, 1, "asc", "desc"):
        return _DIRECTION
    word = "HAVING" if _last(stuck, 1, "having") else "FILTER"
    return f"Put the condition into brackets: {word}(?x > 3)."


def _operators(stuck: Stuck) -> str | None:
    if _next(stuck, "and", "or"):
        return "AND is written &&, OR is written ||."
    if _next(stuck, "=") and _last(stuck, 1, "="):
        return "Equality is a single sign: =."
    if _next(stuck, ">") and _last(stuck, 1, "<"):
        return "Inequality is written !=."
    return None


def _function(stuck: Stuck) -> str | None:
    if not stuck.expected.startswith("a variable, a literal") or stuck.token is None:
        return None
    if stuck.token.kind != "word":
        return None
    word = stuck.token.text
    known = {"length": "strlen", "len": "strlen", "upper": "ucase", "lower": "lcase", "ifnull": "coalesce"}
    near = [known[word.lower()]] if word.lower() in known else []
    near += difflib.get_close_matches(word.lower(), (*FUNCTIONS, *AGGREGATES), 2)
    meant = f"; was {' or '.join(name.upper() for name in near)} meant" if near else ""
    return f"{word} is no function of SPARQL{meant}?" if meant else f"{word} is no function of SPARQL."


def _separator(stuck: Stuck) -> str | None:
    if stuck.expected == ")" and _next(stuck, ",") and _last(stuck, 3, "group_concat"):
        return 'The separator follows a semicolon: GROUP_CONCAT(?x; SEPARATOR=", ").'
    return None


def _braces(stuck: Stuck) -> str | None:
    if stuck.expected != "{":
        return None
    if _next(stuck, *_AFTER):
        return _ORDER
    for place in (1, 2):
        if _last(stuck, place, "values"):
            return "Values stand in braces: VALUES ?x { … }."
        for word in ("optional", "minus", "exists", "graph", "union"):
            if _last(stuck, place, word):
                return f"{word.upper()} takes a group in braces: {word.upper()} {{ … }}."
    if _last(stuck, 1, "}"):
        return "CONSTRUCT takes two groups: CONSTRUCT { what to make } WHERE { what to find }."
    return "The patterns stand in braces: WHERE { … }."


def _modifiers(stuck: Stuck) -> str | None:
    if stuck.expected == "BY" and stuck.before:
        return f"Write {stuck.before[-1].text.upper()} BY."
    if stuck.expected == "a whole number":
        return "LIMIT and OFFSET take digits."
    if stuck.expected.startswith(("a variable, ASC", "a variable or (")):
        return "An expression to sort or group by stands in brackets: DESC(?n), (YEAR(?d) AS ?y)."
    return _at_the_end(stuck) if stuck.expected == "the end of the query" else None


def _at_the_end(stuck: Stuck) -> str | None:
    if _next(stuck, "asc", "desc"):
        return _DIRECTION
    if _next(stuck, *_AFTER):
        return _ORDER
    if _next(stuck, "+", "-", "*", "/", "<", ">", "="):
        return "A condition or an expression to sort by stands in brackets: HAVING(COUNT(?x) > 3)."
    return None


def _graph(stuck: Stuck) -> str | None:
    if stuck.expected.startswith("the IRI of a graph"):
        return "FROM takes an IRI; to look into every named graph write GRAPH ?g { … } in the pattern."
    return None


_SLIPS: tuple[Callable[[Stuck], str | None], ...] = (
    *(_operators, _columns, _nameless, _separator, _triples, _pattern_word, _property),
    *(_condition, _function, _braces, _modifiers, _graph),
)


def fault(tokens: Sequence[Token], text: str) -> MalformedQuery | None:
    """Return the fault of a query that the engine refuses, None when it is none of those known here."""
    if ungrouped := _ungrouped(tokens):
        what = f"{ungrouped.text} is selected beside groups and is not grouped itself."
        hint = f"Add it to GROUP BY, or put it into an aggregate such as (SAMPLE({ungrouped.text}) AS ?any)."
        return _error(ungrouped, text, what, hint)
    if star := _star_of_groups(tokens):
        what = "SELECT * does not go with GROUP BY."
        return _error(star, text, what, "Name the variables that you group by, and the aggregates.")
    if twice := _bound_twice(tokens):
        what = f"{twice.text} has a value already and cannot be given another by AS."
        return _error(twice, text, what, "Choose a variable that is not in use before.")
    return None


def _error(token: Token, text: str, what: str, hint: str) -> MalformedQuery:
    position = position_of(text, token.start)
    detail = f"Not valid SPARQL 1.1 at line {position['line']}, column {position['column']}: {what}"
    return MalformedQuery(detail, position=position, excerpt=excerpt(text, token.start), hint=hint)


def _ungrouped(tokens: Sequence[Token]) -> Token | None:
    """Return the variable that a SELECT with groups shows as it is, without grouping by it."""
    for start, token in enumerate(tokens):
        if not token.says("select"):
            continue
        columns = list(_selected(tokens, start + 1))
        plain = [each for depth, each in columns if not depth and each.kind == "variable"]
        grouped = _grouped(tokens, start + 1 + len(columns))
        if grouped is None and not any(each.says(*AGGREGATES) for _, each in columns):
            continue
        for column in plain:
            if column.text[1:] not in (grouped or set()):
                return column
    return None


def _star_of_groups(tokens: Sequence[Token]) -> Token | None:
    """Return the star of a SELECT whose solutions are grouped."""
    for start, (token, following) in enumerate(pairwise(tokens)):
        if token.says("select") and following.says("*") and _grouped(tokens, start + 2) is not None:
            return following
    return None


def _selected(tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Token]]:
    """Yield the tokens of a SELECT clause, each with the number of brackets around it."""
    depth = 0
    for token in tokens[start:]:
        if not depth and token.says("where", "from", "{"):
            return
        depth += token.says("(") - token.says(")")
        yield depth, token


def _grouped(tokens: Sequence[Token], start: int) -> set[str] | None:
    """Return the names of the variables in the GROUP BY that follows the next group, None without one."""
    depth, at = 0, start
    while at < len(tokens):
        depth += tokens[at].says("{") - tokens[at].says("}")
        at += 1
        if not depth and tokens[at - 1].says("}"):
            break
    if at >= len(tokens) or not tokens[at].says("group"):
        return None
    found = set()
    for token in tokens[at:]:
        if token.says(*_AFTER_GROUPS):
            break
        if token.kind == "variable":
            found.add(token.text[1:])
    return found


def _bound_twice(tokens: Sequence[Token]) -> Token | None:
    """Return the variable that an AS binds although it stands before."""
    seen: set[str] = set()
    for before, token in pairwise(tokens):
        if before.says("as") and token.kind == "variable" and token.text[1:] in seen:
            return token
        if token.kind == "variable":
            seen.add(token.text[1:])
    return None


def not_sparql(error: SyntaxError, text: str) -> MalformedQuery:
    """Return the error with the place of the first token that cannot stand, and a hint for the usual slips.

    Where the grammar is right the engine's own reason is told, without its list of what it tried last.
    """
    try:
        tokens = list(Lexer(text))
        stuck = grammar.first_wrong(tokens)
    except MalformedQuery as found:
        return found
    except RecursionError:
        stuck = None
    if stuck is not None:
        return _misplaced(stuck, text)
    return fault(tokens, text) or _as_the_engine_says(error, text)


def _misplaced(stuck: Stuck, text: str) -> MalformedQuery:
    start = stuck.token.start if stuck.token else len(text.rstrip())
    found = f"{stuck.token.text[:40]!r}" if stuck.token else "the end of the query"
    position = position_of(text, start)
    where = f"line {position['line']}, column {position['column']}"
    detail = f"Not valid SPARQL 1.1 at {where}: {found} stands where {stuck.expected} was expected."
    hint = for_slip(stuck)
    facts = {"hint": hint} if hint else {}
    return MalformedQuery(detail, position=position, excerpt=excerpt(text, start), **facts)


def _as_the_engine_says(error: SyntaxError, text: str) -> MalformedQuery:
    match = _ERROR.match(str(error))
    if match is None:
        return MalformedQuery(f"Not valid SPARQL 1.1: {error}")
    line, column = int(match[1]), int(match[2])
    reasons = [word for word in match[3].split(", ") if _REASON.fullmatch(word)]
    reason = f": {reasons[0]}" if reasons else ""
    start = sum(len(each) + 1 for each in text.split("\n")[: line - 1]) + column - 1
    return MalformedQuery(
        f"Not valid SPARQL 1.1 at line {line}, column {column}{reason}.",
        position={"line": line, "column": column},
        excerpt=excerpt(text, start),
    )
