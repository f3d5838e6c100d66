"""Edits of a text: made together, never over each other, and shown as a small difference."""

import difflib
import re
from collections.abc import Iterable, Mapping

import pyoxigraph

from diplograph.validation.positions import Range
from diplograph.validation.report import Edit, Fix
from diplograph.vocab import PREFIXES, XSD, split

_PREFIX = re.compile(r"^[ \t]*@?prefix[ \t]+([\w.-]*):[ \t]*<([^>]*)>", re.IGNORECASE | re.MULTILINE)
_LOCAL = re.compile(r"[A-Za-z_][\w-]*|[0-9][\w-]*")
_INTEGER = re.compile(r"[+-]?[0-9]+")
_CONTEXT = 1
"""How many lines around a change are shown."""


def replacing(where: Range, text: str) -> Edit:
    """Return the edit that puts a text in the place of a range."""
    return Edit(where.line, where.column, where.end_line, where.end_column, text)


def inserting(line: int, column: int, text: str) -> Edit:
    """Return the edit that puts a text before a place."""
    return Edit(line, column, line, column, text)


def applied(text: str, fixes: Iterable[Fix]) -> tuple[str, list[Fix]]:
    """Return a text with fixes made, and which were: a fix that meets one made before is left out."""
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    made: list[Fix] = []
    taken: list[tuple[int, int, str]] = []
    for fix in fixes:
        spans = sorted((*_span(edit, starts), edit.text) for edit in fix.edits)
        if spans and not any(_meet(one, other) for one in spans for other in taken):
            taken += spans
            made.append(fix)
    for start, end, replacement in sorted(taken, reverse=True):
        text = text[:start] + replacement + text[end:]
    return text, made


def difference(before: str, after: str) -> str:
    """Return what changed as a unified diff without its head; empty when nothing did."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=_CONTEXT, lineterm="")
    return "\n".join(list(lines)[2:])


def prefixes(text: str) -> Mapping[str, str]:
    """Return the namespaces that a Turtle text declares, each with its prefix."""
    return {namespace: prefix for prefix, namespace in _PREFIX.findall(text)}


def iri(name: str, declared: Mapping[str, str]) -> str:
    """Write an IRI as Turtle does, short where its prefix is declared."""
    space, local = split(name)
    if space in declared and _LOCAL.fullmatch(local):
        return f"{declared[space]}:{local}"
    return str(pyoxigraph.NamedNode(name))


def literal(lexical: str, datatype: str, declared: Mapping[str, str]) -> str:
    """Write a literal as Turtle does."""
    if datatype == str(XSD.integer) and _INTEGER.fullmatch(lexical):
        return lexical
    return f"{pyoxigraph.Literal(lexical)}^^{iri(datatype, declared)}"


def short(name: str) -> str:
    """Write an IRI with a prefix of ours, for a title."""
    return iri(name, {namespace: prefix for prefix, namespace in PREFIXES.items()})


def _span(edit: Edit, starts: list[int]) -> tuple[int, int]:
    first, last = starts[edit.line - 1], starts[edit.end_line - 1]
    return first + edit.column - 1, last + edit.end_column - 1


def _meet(one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    """Whether two edits touch the same characters, or insert at the same place."""
    return (one[0] < other[1] and other[0] < one[1]) or one[0] == other[0]
