"""Translations: the words of the interface in the languages of pages, as gettext catalogues.

A message is named by its English text, whose values stand as `%(name)s`; `make messages` collects them.
Specification: GNU gettext, https://www.gnu.org/software/gettext/manual/
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from diplograph.namespaces import LANGUAGES

__all__ = [
    "LANGUAGE",
    "catalogue",
    "gettext",
    "gettext_noop",
    "in_language",
    "is_translated",
    "ngettext",
    "number",
    "translated",
]

FOLDER = Path(__file__).parent
SOURCE = LANGUAGES[0]
"""The language that messages are written in."""
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


def gettext(message: str, **values: object) -> str:
    """Return a message in the language that is spoken, with its values; English if it is not translated."""
    return translated(message) % values


def ngettext(singular: str, plural: str, n: int, **values: object) -> str:
    """Return the form of a message that goes with a number, which `%(n)s` is in it."""
    return translated(singular, plural, n) % {"n": number(n), **values}


def translated(message: str, plural: str | None = None, n: int = 1) -> str:
    """Return a message, or the form of it that goes with a number, without its values."""
    found = _translations(LANGUAGE.get())
    return found.gettext(message) if plural is None else found.ngettext(message, plural, n)


def gettext_noop(message: str) -> str:
    """Mark a message that is translated where it is shown; it comes back as it is."""
    return message


def is_translated(message: str) -> bool:
    """Whether a message has words of its own in the language that is spoken."""
    language = LANGUAGE.get()
    return language == SOURCE or message in catalogue(language)


def number(value: float) -> str:
    """Return a number as the language that is spoken writes it (CLDR)."""
    return format_decimal(value, locale=LANGUAGE.get())


@lru_cache
def catalogue(language: str) -> Catalog:
    """Return the messages of a language other than English, with the places that they stand at."""
    with (FOLDER / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


@lru_cache
def _translations(language: str) -> NullTranslations:
    if language == SOURCE:
        return NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(language))
    compiled.seek(0)
    return GNUTranslations(compiled)
