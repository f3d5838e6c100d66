"""The catalogues hold every text of the interface, translated, with the same values and markup."""

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir

from diplograph import translations
from diplograph.namespaces import LANGUAGES

ROOT = Path(__file__).resolve().parents[2]
OTHERS = LANGUAGES[1:]
VALUE = re.compile(r"%\((\w+)\)s|%%|%")
TAG = re.compile(r"</?\w+[^>]*>")
Id = str | tuple[str, ...]


@cache
def texts() -> frozenset[Id]:
    """Every message of templates, code, scripts and queries, as `make messages` collects them."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["babel"][
        "mappings"
    ]
    methods = [
        (pattern, one["method"])
        for one in mappings
        for pattern in ([one["pattern"]] if isinstance(one["pattern"], str) else one["pattern"])
    ]
    keywords = {"gettext": None, "ngettext": (1, 2), "_": None, "t": None, "tn": (1, 2)}
    return frozenset(
        message
        for folder in ("src/diplograph", "queries/canned")
        for _, _, message, _, _ in extract_from_dir(ROOT / folder, methods, {}, keywords)
    )


@cache
def messages(language: str) -> dict[Id, Message]:
    return {one.id: one for one in translations.catalogue(language) if one.id}


def forms(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (str(message.string),)


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_in_the_catalogue_and_nothing_else_is(language: str) -> None:
    assert len(texts()) > 700
    assert texts() - messages(language).keys() == set(), "run `make messages`"
    assert messages(language).keys() - texts() == set(), "run `make messages`"


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_is_translated_and_looked_over(language: str) -> None:
    found = messages(language).values()

    assert [one.id for one in found if not all(forms(one))] == []
    assert [one.id for one in found if one.fuzzy] == []


@pytest.mark.parametrize(("language", "count"), [("ja", 1), ("ru", 3)])
def test_what_goes_with_a_number_has_every_form_of_the_language(language: str, count: int) -> None:
    counted = [one for one in messages(language).values() if isinstance(one.id, tuple)]

    assert len(counted) > 10
    assert [one.id for one in counted if len(forms(one)) != count] == []


@pytest.mark.parametrize("language", OTHERS)
def test_translation_has_the_values_and_the_markup_of_its_message(language: str) -> None:
    for one in messages(language).values():
        source = one.id[-1] if isinstance(one.id, tuple) else one.id
        for text in forms(one):
            assert sorted(VALUE.findall(text)) == sorted(VALUE.findall(source)), source
            assert sorted(TAG.findall(text)) == sorted(TAG.findall(source)), source
            assert ('"' in text) <= ('"' in source), source  # it would end an attribute


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_the_english_text_unless_it_is_a_name(language: str) -> None:
    same = {one.id for one in messages(language).values() if one.id in forms(one)}

    assert {text for text in same if re.search(r"[a-z]{3}", VALUE.sub("", str(text)))} <= {"Turtle"}


@pytest.mark.parametrize(("n", "form"), [(1, "1 строка"), (2, "2 строки"), (5, "5 строк"), (21, "21 строка")])
def test_number_has_its_form_in_russian(n: int, form: str) -> None:
    with translations.in_language("ru"):
        assert translations.ngettext("%(n)s row", "%(n)s rows", n) == form


def test_numbers_are_written_as_the_language_does() -> None:
    with translations.in_language("ru"):
        assert translations.number(12345.5) == "12\N{NO-BREAK SPACE}345,5"
    assert translations.number(12345.5) == "12,345.5"


def test_text_without_a_translation_stays_english_and_is_told_apart() -> None:
    with translations.in_language("ja"):
        assert translations.gettext("a title of somebody else's query") == "a title of somebody else's query"
        assert not translations.is_translated("a title of somebody else's query")
    assert translations.is_translated("a title of somebody else's query")
