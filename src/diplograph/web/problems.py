"""Problem documents (RFC 9457): one for programs, a text for people in a shell, a page for browsers."""

from __future__ import annotations

import inspect
import logging
import re
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from diplograph import media
from diplograph.documents import naming
from diplograph.errors import (
    BadRequest,
    DiplographError,
    InternalError,
    MethodNotAllowed,
    NotAcceptable,
    TooLarge,
    Unauthorized,
    UnknownResource,
    UnsupportedMediaType,
    problem_types,
)
from diplograph.namespaces import short
from diplograph.translations import LANGUAGE, SOURCE, gettext, gettext_noop
from diplograph.validation import Report
from diplograph.validation.renderings import to_text
from diplograph.web import links, responses
from diplograph.web.addresses import address
from diplograph.web.headers import NO_STORE

LOG = logging.getLogger(__name__)
OFFERS = (media.PROBLEM, media.TEXT, media.HTML, media.JSON)
MEMBERS = ("position", "hint", "parameters", "limit", "elapsed", "problems", "report")
RETRY_SECONDS = 2
LONG_WORD = re.compile(r"(\S{200})\S+")
"""What a client sent and is quoted: a name, a path, an IRI. Its beginning tells which it is."""
LONGEST = 1000
"""Characters of a text in a problem document."""
WORD = re.compile(r"[^\W_]+")
SEARCHED = 80
"""Characters of an address that the search box is filled with."""
OF_STATUS: dict[int, type[DiplographError]] = {
    401: Unauthorized,
    404: UnknownResource,
    405: MethodNotAllowed,
    406: NotAcceptable,
    413: TooLarge,
    415: UnsupportedMediaType,
}


def install(app: Flask) -> None:
    """Let every error of the service end here, the expected, the framework's and the last resort."""
    app.register_error_handler(DiplographError, respond)
    app.register_error_handler(HTTPException, from_framework)
    app.register_error_handler(Exception, last_resort)


def respond(error: DiplographError, status: int | None = None) -> Response:
    """The problem document of an error."""
    response = _rendered(document(error, status or error.status), error)
    response.headers["Cache-Control"] = NO_STORE
    if isinstance(error, Unauthorized):
        response.headers["WWW-Authenticate"] = 'Bearer realm="diplograph"'
    if error.status in {429, 503}:
        response.headers["Retry-After"] = str(error.facts.get("retry_after", RETRY_SECONDS))
    return response


def from_framework(error: HTTPException) -> ResponseReturnValue:
    """An error that Flask or Werkzeug raised, as one of ours with the same status and headers."""
    status = error.code or 500
    if status < 400:
        return error.get_response()
    kind = OF_STATUS.get(status, BadRequest if status < 500 else InternalError)
    facts = {"near": _near_addresses()} if kind is UnknownResource else {}
    response = respond(kind(_detail(kind, error), **facts), status)
    for name in ("Allow", "Content-Range", "Retry-After"):
        for value in error.get_response().headers.getlist(name):
            response.headers[name] = value
    return response


def last_resort(error: Exception) -> Response:
    """The fault that nobody foresaw: logged in full under its name, told without its inside."""
    LOG.error("request %s failed", g.get("request_id", "-"), exc_info=error)
    return respond(
        InternalError("The service failed on this request; the fault is logged under its request_id.")
    )


def document(error: DiplographError, status: int) -> dict[str, Any]:
    """The members of a problem document (RFC 9457), always the same."""
    facts = error.facts | {"hint": error.hint}
    problem: dict[str, Any] = {
        "type": address(f"/problems/{error.slug}"),
        "title": error.title,
        "status": status,
        "detail": cut(error.detail),
    }
    problem |= {name: _cut_fact(facts[name]) for name in MEMBERS if facts.get(name) is not None}
    return problem | {"request_id": g.get("request_id", "-")}


def cut(text: str) -> str:
    """A text that quotes what a client sent, with `…` for what is too long of it."""
    shown = LONG_WORD.sub(r"\1…", text)
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"


def _cut_fact(value: object) -> object:
    """A fact with its texts cut; a report is told whole."""
    if isinstance(value, list | tuple):
        return [_cut_fact(each) for each in value]
    return cut(value) if isinstance(value, str) else value


def blueprint() -> Blueprint:
    """The pages that problem types point to."""
    pages = Blueprint("problems", __name__)
    pages.add_url_rule("/problems", view_func=list_problems)
    pages.add_url_rule("/problems/<slug>", view_func=show_problem)
    return pages


def list_problems() -> Response:
    """Lists every kind of error the service knows."""
    kinds = {
        address(f"/problems/{slug}"): f"{kind.status} {kind.title}" for slug, kind in problem_types().items()
    }
    return responses.Facts(gettext_noop("Errors and their cures"), kinds, _in_english()).respond()


def show_problem(slug: str) -> Response:
    """Says what one kind of error means and what to do about it."""
    kinds = problem_types()
    if slug not in kinds:
        near = [address(f"/problems/{one}") for one in naming.alike(slug, kinds)]
        raise UnknownResource("No such kind of problem.", near=near)
    kind = kinds[slug]
    values = {"status": kind.status, "meaning": inspect.getdoc(kind) or "", "cure": kind.cure}
    return responses.Facts(kind.title, values, _in_english()).respond()


def _in_english() -> str:
    """What tells readers of another language that errors are described in English alone."""
    return "" if LANGUAGE.get() == SOURCE else gettext("Errors are described in English.")


def _rendered(problem: dict[str, Any], error: DiplographError) -> Response:
    """The document in the form that is liked best; people see the place in the query, and links, too."""
    chosen = _chosen()
    if chosen in {media.HTML, media.TEXT}:
        problem = {name: value for name, value in problem.items() if name != "report"}
    if chosen == media.HTML:
        response = responses.page(
            "problem.html",
            title=problem["title"],
            title_language="en",
            problem=problem,
            facts=_shown(problem),
            excerpt=excerpt(error),
            near=_near_links(error),
            sought=_sought() if error.status == UnknownResource.status else None,
        )
    elif chosen == media.TEXT:
        response = responses.send(
            "".join(f"{name}: {value}\n" for name, value in _lines(problem)) + _quoted(excerpt(error)),
            media.TEXT,
        )
    else:
        response = responses.send(responses.dumps(problem), media.PROBLEM)
    response.status_code = problem["status"]
    return response


def excerpt(error: DiplographError) -> object:
    """What people are shown in full: the place in the query, or the report on the data."""
    report = error.facts.get("report")
    if isinstance(report, dict):
        return to_text(Report.from_json(report)).rstrip("\n")
    return error.facts.get("excerpt")


def _near_links(error: DiplographError) -> list[links.Cell]:
    """The near names of an error, those that are addresses or things of ours as links."""
    near, labels = error.facts.get("near"), error.facts.get("labels")
    names = labels if isinstance(labels, dict) else {}
    found = map(str, near) if isinstance(near, list | tuple) else ()
    return [
        links.Cell(one, one) if one.startswith("/") else links.iri_cell(one, _titled(one, names.get(one)))
        for one in found
    ]


def _titled(iri: str, label: str | None) -> str | None:
    return f"{label} ({short(iri)})" if label else None


def _near_addresses() -> list[str]:
    """The addresses that are spelled nearly like the one that was asked for."""
    rules = current_app.url_map.iter_rules()
    known = {rule.rule for rule in rules if not rule.arguments and "GET" in (rule.methods or ())}
    return [address(one) for one in naming.alike(request.path[:LONGEST], known)]


def _sought() -> str:
    """The words that end the path of a request, to search for."""
    name = request.path.rpartition("/")[2]
    stem, _, suffix = name.rpartition(".")
    words = WORD.findall(stem if suffix in responses.SUFFIXES else name)
    return " ".join(words)[:SEARCHED]


def _quoted(excerpt: object) -> str:
    return "".join(f"\n    {line}" for line in str(excerpt).split("\n")) + "\n" if excerpt else ""


def _chosen() -> str:
    """An error is never refused: who accepts none of the forms gets the default."""
    try:
        return responses.accept(OFFERS)
    except NotAcceptable:
        return media.PROBLEM


def _lines(problem: dict[str, Any]) -> responses.Pairs:
    order = ("title", "detail", *(name for name in problem if name not in {"title", "detail"}))
    return responses.flat({name: problem[name] for name in order})


def _shown(problem: dict[str, Any]) -> responses.Pairs:
    return [
        pair for pair in responses.flat(problem) if pair[0] in {"status", "limit", "elapsed", "request_id"}
    ]


def _detail(kind: type[DiplographError], error: HTTPException) -> str:
    if kind is UnknownResource:
        return "There is nothing at this address."
    if kind is MethodNotAllowed:
        return f"{request.method} is not possible here."
    return error.description or error.name
