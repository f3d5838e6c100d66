"""The reader's languages: `_lang` first, else Accept-Language (RFC 9110); `ja-JP` asks for `ja` too."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from flask import Response, request

from diplograph.errors import InvalidParameter
from diplograph.vocab import LANGUAGES
from diplograph.web import bodies

PARAMETER = "_lang"
TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,4}")
MOST = 10
"""Languages of one request that are looked at."""
NAMES: Mapping[str, str] = MappingProxyType({"en": "English", "ja": "日本語", "ru": "русский"})
"""The languages that labels are offered in, each by its own name."""


def preferred(given: bodies.Fields) -> tuple[str, ...]:
    """The languages that labels are wanted in, the best first; ours follow where there is none in them.

    Raises InvalidParameter for a value of `_lang` that is no list of language tags (BCP 47).
    """
    asked = bodies.single(given, PARAMETER)
    if asked is None:
        tags = [tag for tag, quality in request.accept_languages if quality > 0]
    else:
        tags = [tag.strip() for tag in asked.split(",")]
        if not all(TAG.fullmatch(tag) for tag in tags):
            raise InvalidParameter(
                f"{PARAMETER} is {asked[:40]!r}: expected language tags, such as ja or ja,en.",
                parameters=[PARAMETER],
            )
    found: dict[str, None] = {}
    for tag in tags[:MOST]:
        found.setdefault(tag.lower())
        found.setdefault(tag.lower().partition("-")[0])
    found.pop("*", None)
    return tuple(found) or LANGUAGES


def mark(response: Response, given: bodies.Fields) -> Response:
    """Say that the labels of an answer depend on Accept-Language, unless the request named a language."""
    if PARAMETER not in given:
        response.vary.add("Accept-Language")
    return response


def choices(path: str, languages: tuple[str, ...]) -> list[tuple[str, str, str, bool]]:
    """Tag, name, address and whether it is the one at hand, for each language that labels are offered in."""
    now = next((tag for tag in (*languages, *LANGUAGES) if tag in NAMES), "")
    return [(tag, name, f"{path}?{PARAMETER}={tag}", tag == now) for tag, name in NAMES.items()]
