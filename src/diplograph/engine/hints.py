"""What to write instead, for the slips that people make in SPARQL."""

import difflib
from collections.abc import Callable

from diplograph.engine.expressions import AGGREGATES, FUNCTIONS
from diplograph.engine.tokens import Stuck

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
