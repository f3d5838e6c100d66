"""Translations: the words of the interface in the languages of pages, as gettext catalogues.

A message is named by its English text, whose values stand as `%(name)s`; `make messages` collects them.
Specification: GNU gettext, https://www.gnu.org/software/gettext/manual/
"""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, TypeVar

from babel.lists import format_list
from babel.numbers import format_decimal

from diplograph.namespaces import LANGUAGES

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

__all__ = [
    "LANGUAGE",
    "catalogue",
    "extracted",
    "gettext",
    "gettext_noop",
    "in_language",
    "is_translated",
    "listed",
    "messages_of",
    "ngettext",
    "number",
    "translated",
]

T = TypeVar("T")
FOLDER = Path(__file__).parent
SOURCE = LANGUAGES[0]
"""The language that messages are written in."""
LISTS = {SOURCE: "en_GB"}
"""English without a comma before the last of a list."""
LANGUAGE: ContextVar[str] = ContextVar("LANGUAGE", default=SOURCE)
"""The language that is spoken now: one of `LANGUAGES`."""


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Speak a language while the block lasts."""
    token = LANGUAGE.set(language)
    try:
        yield
    finally:
        LANGUAGE.reset(token)


def gettext(message: str, /, **values: object) -> str:
    """Return a message in the language that is spoken, with its values; English if it is not translated."""
    return translated(message) % values


def ngettext(singular: str, plural: str, n: int, /, **values: object) -> str:
    """Return the form of a message that goes with a number, which `%(n)s` is in it."""
    return translated(singular, plural, n) % {"n": number(n), **values}


def translated(message: str, plural: str | None = None, n: int = 1) -> str:
    """Return a message, or the form of it that goes with a number, without its values."""
    if not message:  # it would name the head of a catalogue
        return ""
    found = _translations(LANGUAGE.get())
    return found.gettext(message) if plural is None else found.ngettext(message, plural, n)


def gettext_noop(messages: T) -> T:
    """Mark a message, or a table of them, that is translated where it is shown; it comes back as it is.

    Of a mapping only the values are messages.
    """
    return messages


def extracted(
    file: BinaryIO, keywords: Any, comment_tags: Any, options: Any
) -> Iterator[tuple[int, Any, Any, Any]]:
    """Yield the messages of a Python file, those in tables too, as an extraction method of Babel."""
    from babel.messages.extract import extract_python  # noqa: PLC0415 - no page needs it

    yield from extract_python(file, keywords, comment_tags, options)
    file.seek(0)
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "gettext_noop":
            yield from ((node.lineno, "gettext", text, []) for text in _texts(node.args[0]))


def _texts(table: ast.AST) -> Iterator[str]:
    """Yield the texts of a table, but for the keys of its mappings."""
    if isinstance(table, ast.Constant) and isinstance(table.value, str):
        yield table.value
    parts = table.values if isinstance(table, ast.Dict) else ast.iter_child_nodes(table)
    for part in parts:
        yield from _texts(part)


def is_translated(message: str) -> bool:
    """Whether a message has words of its own in the language that is spoken."""
    language = LANGUAGE.get()
    return language == SOURCE or message in catalogue(language)


def number(value: float) -> str:
    """Return a number as the language that is spoken writes it (CLDR)."""
    return format_decimal(value, locale=LANGUAGE.get())


def listed(items: Sequence[str], style: Literal["standard", "or"] = "standard") -> str:
    """Return items as the language that is spoken lists them, with `and` or `or` before the last (CLDR)."""
    language = LANGUAGE.get()
    return format_list(items, style=style, locale=LISTS.get(language, language))


@lru_cache
def catalogue(language: str) -> Catalog:
    """Return the messages of a language other than English, with the places that they stand at."""
    from babel.messages.pofile import read_po  # noqa: PLC0415 - takes long, and English needs none

    with (FOLDER / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def messages_of(language: str, folder: str) -> dict[str, str | list[str]]:
    """Return the translated messages that stand below a folder of the source, by their English text.

    Of a message with a plural it is the singular, and has every form, in the order of gettext.
    """
    found: dict[str, str | list[str]] = {}
    for message in catalogue(language):
        name, forms = message.id, message.string
        if forms and all(forms) and any(folder in path for path, _ in message.locations):
            name = name if isinstance(name, str) else name[0]
            found[name] = forms if isinstance(forms, str) else list(forms)
    return found


@lru_cache
def _translations(language: str) -> NullTranslations:
    if language == SOURCE:
        return NullTranslations()
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - the same

    compiled = io.BytesIO()
    write_mo(compiled, catalogue(language))
    compiled.seek(0)
    return GNUTranslations(compiled)
