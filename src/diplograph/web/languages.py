"""Languages of pages: which one a request is answered in, and links that keep the one that was chosen.

`_lang` wins over Accept-Language (RFC 9110, 12.5.4). Problem documents, the OpenAPI description and every
other format for programs stay English.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode

from babel import Locale, UnknownLocaleError
from flask import Flask, Response, g, request
from markupsafe import Markup, escape
from werkzeug.datastructures import LanguageAccept
from werkzeug.exceptions import NotFound
from werkzeug.http import parse_accept_header

from diplograph import media, translations
from diplograph.namespaces import LANGUAGES
from diplograph.web.addresses import address
from diplograph.web.headers import FOR_GOOD
from diplograph.web.parameters import LANG, MOST_LANGUAGES, fits
from diplograph.web.request_parsing import QUALITY, Fields, fields, in_full, value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from _typeshed.wsgi import WSGIEnvironment

ACCEPT_LANGUAGE = "HTTP_ACCEPT_LANGUAGE"
LONGEST = 255
"""Characters of Accept-Language that are looked at."""
NAMES: Mapping[str, str] = MappingProxyType({"en": "English", "ja": "日本語", "ru": "русский"})
"""Each language of pages by its own name."""
LINK = re.compile(r'(<(?:a|form)\b[^>]*? (?:href|action)=")(/[^"?#]*)(\?[^"#]*)?(#[^"]*)?(")')
"""A link or a form of a page that leads to an address of the same host."""
FILES = re.compile(r"/static/|/dumps/|\.(?!(?:html|md|svg)$)[a-z0-9]{1,6}$")
"""What is no page, and the same in every language."""
MAY_NAME = re.compile(rb"_lang|%(?:5f|6c|61|6e|67)", re.IGNORECASE)
"""What a query string has that names a language, its letters percent-encoded or not."""
PAGE = re.compile(r"\.(html|svg|md)$")
"""The end of an address whose answer is for people, whatever is accepted."""
SCRIPTS = "frontend/src/"
"""Where the sources of the scripts stand in the package."""
MESSAGES = "/static/messages/"
"""What the addresses of the messages of scripts begin with; a language and a hash follow."""
FORM = re.compile(r"<form\b[^>]*method=\"get\"[^>]*>")


def settle(environ: WSGIEnvironment) -> None:
    """Put the one language of ours that a request likes best in the place of its Accept-Language.

    This is done before the cache looks at a request, so that an answer is kept once for each language.
    """
    environ[ACCEPT_LANGUAGE] = best(_bounded(environ.get(ACCEPT_LANGUAGE, "")))


@lru_cache(maxsize=1024)
def best(header: str) -> str:
    """Return the language of ours that an Accept-Language header likes best; English where it names none."""
    accepted = parse_accept_header(QUALITY.sub(in_full, " ".join(header.split())), LanguageAccept)
    primaries = (tag.lower().partition("-")[0] for tag, quality in accepted if quality > 0)
    return next((tag for tag in primaries if tag in LANGUAGES), LANGUAGES[0])


def accepted() -> str:
    """Return the language of ours that a reader accepts best; English for programs."""
    is_page = "text/html" in request.environ.get("HTTP_ACCEPT", "") or PAGE.search(request.path)
    return best(_bounded(request.environ.get(ACCEPT_LANGUAGE, ""))) if is_page else LANGUAGES[0]


def _bounded(header: str) -> str:
    """As many whole entries of a header as are looked at."""
    return header if len(header) <= LONGEST else header[:LONGEST].rpartition(",")[0]


def preferred(given: Fields) -> tuple[str, ...]:
    """Return the languages that labels are wanted in, the best first.

    Raises InvalidParameter for a value of `_lang` that is no list of language tags (BCP 47).
    """
    wanted = value(given, LANG)
    if wanted is None:
        return (accepted(),)
    found: dict[str, None] = {}
    for tag in [tag.strip().lower() for tag in wanted.split(",")][:MOST_LANGUAGES]:
        found.setdefault(tag)
        found.setdefault(tag.partition("-")[0])
    return tuple(found)


def of_page(given: Fields) -> str:
    """Return the one language of ours that a page speaks. Raises InvalidParameter as `preferred` does."""
    return next((tag for tag in preferred(given) if tag in LANGUAGES), LANGUAGES[0])


def mark(response: Response) -> Response:
    """Say which language a page speaks; it depends on Accept-Language unless the request named one."""
    response.headers["Content-Language"] = translations.LANGUAGE.get()
    if not named():
        response.vary.add("Accept-Language")
    return response


def choices() -> list[tuple[str, str, str]]:
    """Return tag, name and address of the page at hand in each language; none of what was sent to be read."""
    if request.method not in {"GET", "HEAD"}:
        return []
    given = [
        (name, one)
        for name, texts in fields(request.query_string).items()
        for one in texts
        if name != LANG.name
    ]
    here = address(request.path.rstrip("/") or "/")
    return [(tag, name, f"{here}?{urlencode([*given, (LANG.name, tag)])}") for tag, name in NAMES.items()]


def named() -> str:
    """Return what the address of the request names as its language; empty where that is none."""
    texts = _given().get(LANG.name, ())
    return texts[0] if len(texts) == 1 and fits(texts[0], LANG.schema) else ""


def with_language(path: str) -> str:
    """Return an address with the language that the request's own names, if it names one."""
    chosen = named()
    return f"{path}{'&' if '?' in path else '?'}{urlencode({LANG.name: chosen})}" if chosen else path


def kept(html: str) -> str:
    """Return a page whose links and forms keep the language that its own address names, if it names one."""
    chosen = named()
    if not chosen:
        return html
    told = urlencode({LANG.name: chosen})
    hidden = f'<input type="hidden" name="{LANG.name}" value="{escape(chosen)}">'

    def turned(found: re.Match[str]) -> str:
        before, path, asked, anchor, after = found.groups(default="")
        if FILES.search(path) or f"{LANG.name}=" in asked:
            return found[0]
        return f"{before}{path}{asked + '&amp;' if asked else '?'}{told}{anchor}{after}"

    return FORM.sub(lambda found: found[0] + hidden, LINK.sub(turned, html))


@lru_cache
def of_scripts(language: str) -> tuple[str, str]:
    """Return the path of the messages of scripts in a language other than English, and the messages as JSON.

    The path holds a hash of them, so they may be kept for ever.
    """
    found = translations.messages_of(language, SCRIPTS)
    text = json.dumps(found, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{MESSAGES}{language}-{hashlib.sha256(text.encode()).hexdigest()[:16]}.json", text


def script_messages() -> str | None:
    """Return the address of the messages of scripts on the page at hand; None where they speak English."""
    language = translations.LANGUAGE.get()
    return None if language == LANGUAGES[0] else address(of_scripts(language)[0])


def send_messages(language: str, digest: str) -> Response:
    """Answer with the messages of scripts. Raises NotFound for others than those of this software."""
    path, text = of_scripts(language)
    if not path.endswith(f"-{digest}.json"):
        raise NotFound
    return Response(text, content_type=media.JSON, headers={"Cache-Control": FOR_GOOD})


def install(app: Flask) -> None:
    """Speak the language of each request while it is answered, and let templates and scripts translate."""
    others = ", ".join(LANGUAGES[1:])
    app.add_url_rule(f"{MESSAGES}<any({others}):language>-<digest>.json", view_func=send_messages)
    app.jinja_env.globals |= {
        "_": message,
        "ngettext": plural,
        "own": own,
        "translated": translations.translated,
        "is_translated": translations.is_translated,
        "listed": enumeration,
        "number": translations.number,
        "language": translations.LANGUAGE.get,
        "language_name": name_of,
        "language_choices": choices,
        "script_messages": script_messages,
    }

    @app.before_request
    def speak() -> None:
        g.spoken = translations.LANGUAGE.set(accepted())
        translations.LANGUAGE.set(of_page(_given()))

    @app.teardown_request
    def fall_silent(_: BaseException | None) -> None:
        if "spoken" in g:
            translations.LANGUAGE.reset(g.spoken)


def message(text: str, /, **values: object) -> Markup:
    """Return a message for a page, its values escaped; its own markup stays."""
    return Markup(translations.translated(text)) % values  # noqa: S704 - texts of templates and catalogues


def plural(singular: str, many: str, n: int, /, **values: object) -> Markup:
    """Return the form of a message that goes with a number, which `%(n)s` is in it."""
    found = translations.translated(singular, many, n)
    return Markup(found) % {"n": translations.number(n), **values}  # noqa: S704 - the same


def enumeration(items: Sequence[str], style: Literal["standard", "or"] = "standard") -> Markup:
    """Return items as a list in words, each escaped unless it is markup."""
    return Markup(translations.listed([escape(item) for item in items], style))  # noqa: S704 - escaped


def name_of(tag: str) -> str | None:
    """Return the name of a language in the one of the page; None for a tag (BCP 47) that has none in CLDR."""
    try:
        return Locale.parse(tag, sep="-").get_display_name(translations.LANGUAGE.get())
    except (ValueError, UnknownLocaleError):
        return None


def own(text: str) -> Markup:
    """Return a text of the knowledge base, such as the title of a query; marked as English if that is all."""
    if translations.is_translated(text):
        return escape(translations.translated(text))
    return Markup('<span lang="en">{}</span>').format(text)


def _given() -> Mapping[str, list[str]]:
    """The fields of the request's address; none where no language is among them, which is told at once."""
    return fields(request.query_string) if MAY_NAME.search(request.query_string) else {}
