"""SPARQL operations as responses: evaluated once, whole, in the media type that was settled."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import Response, g, request

from diplograph import media
from diplograph.documents import naming, provenance
from diplograph.documents.dates import DATATYPES, in_words
from diplograph.engine.protocol import IN_MEMORY, Answer, Engine, Operation
from diplograph.errors import Gone, ResultTooLarge, UnknownResource
from diplograph.namespaces import is_ours, kind_of, short
from diplograph.queries.canned import LABEL
from diplograph.translations import gettext, gettext_noop
from diplograph.web import headers, links, parameters, request_parsing, responses

SELECT_FORMS = {"select", "ask"}
PAGE_ROWS = 1000
PAGE_BYTES = 1 << 20
"""What a page shows of an answer: it is built in memory."""
DATES = frozenset(map(short, DATATYPES))
"""The datatypes of dates, as a cell has them in its title."""
"""Where time spans are, whose label is their date."""
CODES = frozenset(
    {
        gettext_noop("answered"),
        gettext_noop("asserted"),
        gettext_noop("attested"),
        gettext_noop("certain"),
        gettext_noop("counted"),
        gettext_noop("direct"),
        gettext_noop("kinship"),
        gettext_noop("possible"),
        gettext_noop("reported"),
        gettext_noop("sector"),
    }
)
"""Words that queries of ours answer with in English, for programs; a page has them in its language."""
MOST_LABELS = 5000
"""Things that one page looks labels up for."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the caller asked for beside the query: most seconds, most rows, and whether to rewrite it."""

    timeout: float | None = None
    limit: int | None = None
    rewrite: bool = True

    @classmethod
    def of(cls, given: request_parsing.Fields, *timeouts: str) -> Policy:
        """Read `_limit`, `_rewrite` and the names of the timeout.

        Raises InvalidParameter, naming what was expected.
        """
        lenient = timeouts[0] == parameters.TIMEOUT_OF_OTHERS.name
        timeout = parameters.TIMEOUT_OF_OTHERS if lenient else parameters.TIMEOUT
        seconds = float(request_parsing.value(given, timeout, *timeouts) or 0)
        rows = request_parsing.value(given, parameters.LIMIT)
        return cls(
            timeout=max(seconds, parameters.LEAST_SECONDS) if seconds else None,
            limit=None if rows is None else int(rows),
            rewrite=request_parsing.value(given, parameters.REWRITE) != "off",
        )

    @property
    def rows_shown(self) -> int:
        """How many rows a page shows at most."""
        return PAGE_ROWS if self.limit is None else min(self.limit, PAGE_ROWS)


@dataclass(frozen=True, slots=True)
class Shown:
    """A result ready for a page: a table, a yes or no, or the text of a graph."""

    variables: list[str]
    rows: list[list[links.Cell | None]]
    boolean: bool | None = None
    text: str | None = None
    complete: bool = True

    @property
    def numbers(self) -> set[str]:
        """The columns that hold numbers alone, whose heads stand on the right as they do."""
        columns = zip(self.variables, zip(*self.rows, strict=True), strict=True) if self.rows else ()
        return {
            name
            for name, cells in columns
            if any(cells) and all(cell is None or cell.number for cell in cells)
        }

    def labelled(self, languages: Sequence[str] = ()) -> Shown:
        """The same table with each column `xLabel` shown as the text of the links in column `x`.

        A link keeps its own label where that is in a language that the reader likes better.
        """
        named = {f"{name}{LABEL}": name for name in self.variables if f"{name}{LABEL}" in self.variables}
        columns = [index for index, name in enumerate(self.variables) if name not in named]
        labels = {name: self.variables.index(f"{name}{LABEL}") for name in named.values()}
        rows = [
            [_titled(row, index, labels.get(self.variables[index]), languages) for index in columns]
            for row in self.rows
        ]
        return dataclasses.replace(self, variables=[self.variables[index] for index in columns], rows=rows)

    def translated(self) -> Shown:
        """The same table with words of our queries in the language of the page."""
        return dataclasses.replace(self, rows=[[_translated(cell) for cell in row] for row in self.rows])

    def dated(self, language: str) -> Shown:
        """The same table with each date in words, its EDTF as the title unless it leads to a time span."""
        return dataclasses.replace(self, rows=[[_dated(cell, language) for cell in row] for row in self.rows])


def offers(form: str) -> Mapping[str, str]:
    """What the results of a query form are offered in, the page included."""
    return media.SELECT_TYPES if form in SELECT_FORMS else media.DOCUMENT_TYPES


def evaluate(engine: Engine, operation: Operation, media_type: str, policy: Policy) -> Answer:
    """The whole answer in a media type; its time is noted for Server-Timing."""
    if policy.limit is not None or policy.rewrite != operation.rewrite:
        limit = operation.limit if policy.limit is None else policy.limit
        operation = dataclasses.replace(operation, rewrite=policy.rewrite, limit=limit)
    answer = (
        provenance.evaluate(engine, operation, media_type, policy.timeout)
        if operation.statements
        else engine.evaluate(operation, media_type, policy.timeout)
    )
    before = g.get("engine", (0.0, False))
    g.engine = before[0] + answer.elapsed, answer.rewritten
    return answer


def send(answer: Answer, media_type: str, variants: responses.Variants | None = None) -> Response:
    """A response with the answer, whole and of known length; a long one is never in memory at once."""
    if answer.size <= IN_MEMORY:
        return responses.send(answer.body, media_type, variants)
    response = responses.send(b"", media_type, variants)
    if request.method in {"GET", "HEAD"}:
        digest = hashlib.sha256()
        for piece in answer:
            digest.update(piece)
        response.set_etag(digest.hexdigest())
    response.response = answer
    response.content_length = answer.size
    response.call_on_close(answer.close)
    return response


Evaluate = Callable[[Engine, Operation, str, Policy], Answer]


def show(
    engine: Engine,
    operation: Operation,
    policy: Policy,
    languages: Sequence[str] = (),
    evaluate: Evaluate = evaluate,
) -> Shown:
    """The answer in the form that pages render: of a table the first rows, things by their labels.

    The labels are in the first of the languages that has one. `evaluate` is what answers, where rows are to
    be chosen or sorted.

    Raises ResultTooLarge for what is too much for a page even so.
    """
    if operation.form not in SELECT_FORMS:
        answer = evaluate(engine, operation, media.TURTLE, policy)
        return Shown([], [], text=_small(answer).decode("utf-8"), complete=answer.complete)
    policy = dataclasses.replace(policy, limit=policy.rows_shown)
    answer = evaluate(engine, operation, media.RESULTS_JSON, policy)
    result = json.loads(_small(answer))
    if "boolean" in result:
        return Shown([], [], boolean=bool(result["boolean"]))
    variables = list(result["head"].get("vars", ()))
    bindings = result["results"]["bindings"]
    labels = naming.labels(engine, _named(bindings))
    rows = [[_cell(row.get(name), labels, languages) for name in variables] for row in bindings]
    return Shown(variables, rows, complete=answer.complete)


def _small(answer: Answer) -> bytes:
    if answer.size > PAGE_BYTES:
        answer.close()
        raise ResultTooLarge(
            f"The answer has {answer.size} bytes, and a page shows {PAGE_BYTES}.",
            limit=PAGE_BYTES,
            hint="Ask for it in another format, such as CSV or Turtle, or set _limit.",
        )
    return answer.body


def mark(response: Response, operation: Operation, *, complete: bool) -> Response:
    """Say whether the result is whole, and keep what differs each time out of every cache."""
    response.headers["Result-Complete"] = "true" if complete else "false"
    g.reusable = not headers.is_dynamic(operation.text)
    if not g.reusable:
        response.headers["Cache-Control"] = headers.NO_STORE
        response.headers.pop("ETag", None)
    return response


def this_release(given: request_parsing.Fields, release: str, *names: str) -> None:
    """Refuse a read of another release than the one in service. Raises UnknownResource, or Gone."""
    version = request_parsing.single(given, *names)
    if version is not None and headers.GONE in request.environ:
        raise Gone(request.environ[headers.GONE])
    if version is not None and not (len(version) >= 8 and release.startswith(version)):
        raise UnknownResource("This service does not hold the release asked for.", near=[release[:16]])


def _titled(
    row: list[links.Cell | None], index: int, label: int | None, languages: Sequence[str]
) -> links.Cell | None:
    """A cell under its label; a label without a thing stands for itself."""
    cell, named = row[index], row[label] if label is not None else None
    if cell is None or named is None:
        return cell or named
    if _rank(cell.lang, languages) < _rank(named.lang, languages):
        return cell
    return dataclasses.replace(cell, text=named.text, title=cell.title or cell.text, lang=named.lang)


def _translated(cell: links.Cell | None) -> links.Cell | None:
    if cell is None or cell.iri or cell.lang or cell.text not in CODES:
        return cell
    return dataclasses.replace(cell, text=gettext(cell.text))


def _dated(cell: links.Cell | None, language: str) -> links.Cell | None:
    if cell is None:
        return None
    if cell.iri is not None and kind_of(cell.iri) == "time":
        return dataclasses.replace(cell, text=in_words(cell.text, language))
    if cell.title in DATES:
        return dataclasses.replace(cell, text=in_words(cell.text, language), title=cell.text)
    return cell


def _rank(language: str | None, languages: Sequence[str]) -> int:
    return languages.index(language) if language in languages else len(languages)


def _cell(
    binding: Mapping[str, object] | None, labels: naming.Labels, languages: Sequence[str]
) -> links.Cell | None:
    if binding is None:
        return None
    cell = links.binding_cell(binding)
    if cell.parts:
        return dataclasses.replace(
            cell, parts=tuple(_labelled(part, labels, languages) for part in cell.parts)
        )
    return _labelled(cell, labels, languages)


def _labelled(cell: links.Cell, labels: naming.Labels, languages: Sequence[str]) -> links.Cell:
    if cell.iri is None or cell.iri not in labels:
        return cell
    label, language = naming.best(labels[cell.iri], cell.iri, languages)
    return links.iri_cell(cell.iri, label, language or None)


def _named(bindings: Iterable[Mapping[str, Mapping[str, object]]]) -> list[str]:
    """The things of a result that pages look labels up for: those of ours, which is where labels are.

    They stand alone, or as a list of IRIs in one literal.
    """
    cells = (links.binding_cell(value) for row in bindings for value in row.values())
    iris = dict.fromkeys(term.iri for cell in cells for term in (cell, *cell.parts) if term.iri)
    return [iri for iri in iris if is_ours(iri)][:MOST_LABELS]
