"""Canned queries over HTTP: the list, a form for each, and its result under an address of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from rdflib import Literal

from diplograph import media
from diplograph.documents import naming, provenance
from diplograph.engine import operations
from diplograph.engine.operations import Row
from diplograph.engine.protocol import Engine, Operation
from diplograph.errors import InvalidParameter, MemoryLimit, QueryTimeout, UnknownResource
from diplograph.namespaces import LANGUAGES, is_ours, short
from diplograph.queries import CannedQuery, Option, Parameter, canned
from diplograph.queries.canned import Values
from diplograph.repository import Repository
from diplograph.translations import gettext, gettext_noop, is_translated, listed, translated
from diplograph.web import (
    answers,
    canned_page,
    extra_columns,
    languages,
    overview,
    pictures,
    request_parsing,
    responses,
)
from diplograph.web.addresses import absolute, address
from diplograph.web.canned_page import CSL, Citation, Evidence, TableView
from diplograph.web.extra_columns import Arrangement, Wanted
from diplograph.web.headers import NO_STORE
from diplograph.web.pictures import canvas

OFFER_SECONDS = 2.0
"""How long the values that a form offers are looked for."""
MOST_OFFERED = 500
MOST_CHOICES = 300
"""Above these a field is filled in by hand, with what the data offers as suggestions."""
MOST_BOXES = 60
TYPES: Mapping[str, str] = MappingProxyType({"date": "date", "integer": "number", "decimal": "number"})
EXPECTED: Mapping[str, str] = MappingProxyType(
    {
        "iri": gettext_noop("an absolute IRI, in full or with a prefix such as state:japan"),
        "date": gettext_noop("a day written YYYY-MM-DD"),
        "integer": gettext_noop("a whole number"),
        "decimal": gettext_noop("a decimal number"),
        "boolean": gettext_noop("true or false"),
        "language": gettext_noop("a language tag such as en or ja"),
        "string": gettext_noop("text"),
    }
)
"""What a value of each type of parameter must look like: on a page, where errors say it in English alone."""
BOOLEAN = (Option("true", gettext_noop("yes")), Option("false", gettext_noop("no")))


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that a form offers, what it shows for it, and the language of that (none: not known)."""

    value: str
    label: str
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter as a form shows it.

    `values` stand in it now; `options` are offered. `control` is `boxes`, `select`, or `text` with the
    options as suggestions.
    """

    parameter: Parameter
    values: tuple[str, ...]
    options: tuple[Choice, ...] = ()
    control: str = "text"

    @property
    def texts(self) -> tuple[str, ...]:
        """What stands in each text field: one more than is filled where several values may be given."""
        return (*self.values, "") if self.parameter.multiple else (self.values or ("",))[:1]

    @property
    def type(self) -> str:
        """The type of input in HTML."""
        return TYPES.get(self.parameter.type, "text")

    @property
    def is_required(self) -> bool:
        """Whether nothing stands in for a value that is left out."""
        return not (self.parameter.optional or self.parameter.default)

    @property
    def expected(self) -> str:
        """What a value must look like, in the language of the page."""
        told = gettext(EXPECTED[self.parameter.type])
        if not self.parameter.kinds:
            return told
        kinds = listed([translated(kind) for kind in self.parameter.kinds], "or")
        return gettext("%(expected)s, or a slug, name or code of kind %(kinds)s", expected=told, kinds=kinds)

    @property
    def in_words(self) -> str:
        """The values by their labels."""
        labels = {option.value: option.label for option in self.options}
        return ", ".join(labels.get(value, value) for value in self.values)


def form_fields(
    repository: Repository, query: CannedQuery, given: request_parsing.Fields, languages: Sequence[str]
) -> list[Field]:
    """The form of a query, filled in with what was given, or else with the defaults."""
    return [
        form_field(repository, parameter, given.get(parameter.name), languages)
        for parameter in query.parameters.values()
    ]


def form_field(
    repository: Repository, parameter: Parameter, given: Iterable[str] | None, languages: Sequence[str]
) -> Field:
    """One parameter; a value that the data does not offer is offered as well while it is chosen."""
    sent = [text for text in given or () if text]
    raw = sent if sent or (parameter.optional and given is not None) else parameter.default
    values = tuple(dict.fromkeys(_spelled(repository.engine, parameter, raw)))
    plain = Field(parameter, values)
    options = offered(repository, parameter, languages)
    known = {option.value for option in options}
    options += tuple(Choice(value, value) for value in values if options and value not in known)
    return replace(plain, options=options, control=_control(parameter, len(options)))


def offered(repository: Repository, parameter: Parameter, languages: Sequence[str]) -> tuple[Choice, ...]:
    """The values to choose from: the header's list, or what its query finds in time, each once.

    What no source mentions is taken, and not offered. What the query finds of ours has its label in the
    first of the languages that will do.
    """
    named = parameter.options or (BOOLEAN if parameter.type == "boolean" else ())
    if named:
        return tuple(_translated(option) for option in named)
    if parameter.options_query is None:
        return ()
    engine = repository.engine
    operation = Operation(parameter.options_query, "select", limit=MOST_OFFERED, ours=True)
    try:
        found = operations.solutions(engine.evaluate(operation, media.RESULTS_JSON, OFFER_SECONDS).body)
        rows = [row for row in found.rows if str(row["value"]) not in repository.unmentioned]
        values = [str(row["value"]) for row in rows]
        spellings = canned.spellings(engine, parameter, values)
        foreign = [value for value, row in zip(values, rows, strict=True) if _tag(row) != languages[0]]
        labels = naming.labels(engine, [value for value in foreign if is_ours(value)])
    except (QueryTimeout, MemoryLimit):
        return ()
    options: dict[str, Choice] = {}
    for value, row in zip(values, rows, strict=True):
        spelled = spellings[value]
        if _is_taken(parameter, spelled):
            options.setdefault(spelled, Choice(spelled, *_label(value, row, labels, languages)))
    if labels:  # the query put them in the order of other labels
        return tuple(sorted(options.values(), key=lambda option: option.label.casefold()))
    return tuple(options.values())


def _translated(option: Option) -> Choice:
    language = None if is_translated(option.label) else LANGUAGES[0]
    return Choice(option.value, translated(option.label), language)


def _label(value: str, row: Row, labels: naming.Labels, languages: Sequence[str]) -> tuple[str, str | None]:
    """The label of a value with its language: one that was looked up, else the one that the query found."""
    if value in labels:
        return naming.best(labels[value], value, languages)
    return str(row.get("label", short(value))), _tag(row)


def _tag(row: Row) -> str | None:
    """The language of the label that the query found."""
    label = row.get("label")
    return label.language if isinstance(label, Literal) else None


def _control(parameter: Parameter, options: int) -> str:
    if parameter.multiple:
        return "boxes" if 0 < options <= MOST_BOXES else "text"
    return "select" if 0 < options <= MOST_CHOICES else "text"


def _spelled(engine: Engine, parameter: Parameter, texts: Iterable[str]) -> list[str]:
    """Values as the options spell them; those that the parameter does not take as they are."""
    meant = {text: _meant(parameter, text) for text in texts}
    spellings = canned.spellings(engine, parameter, set(meant.values()))
    return [spellings[value] for value in meant.values()]


def _meant(parameter: Parameter, text: str) -> str:
    """The only value that a text stands for, else the text."""
    try:
        terms = parameter.terms([text])
    except InvalidParameter:
        return text
    return terms[0].value if len(terms) == 1 else text


def _is_taken(parameter: Parameter, value: str) -> bool:
    try:
        return bool(value) and bool(parameter.terms([value]))
    except InvalidParameter:
        return False


@dataclass(frozen=True, slots=True)
class Canned:
    """Publishes the canned queries of a release."""

    repository: Repository

    def blueprint(self) -> Blueprint:
        """Mount the list and the queries."""
        pages = Blueprint("queries", __name__)
        pages.add_url_rule("/queries", view_func=self.list_queries)
        pages.add_url_rule("/queries/<name>", view_func=self.run_query)
        return pages

    def list_queries(self) -> Response:
        """Lists the canned queries with what they answer and which parameters they take."""
        chosen = responses.accept((media.JSON, media.HTML))
        queries = list(self.repository.queries.values())
        if chosen == media.HTML:
            return responses.page(
                "queries.html", title=gettext("Questions"), themes=overview.by_theme(queries)
            )
        return responses.send(responses.dumps([canned_page.summary(query) for query in queries]), chosen)

    def run_query(self, name: str) -> Response:
        """Runs one canned query; the suffix wins over Accept, `.rq` is its text, `.bib` cites its answer."""
        given = self._given()
        for suffix, answer in self._others().items():
            if name.endswith(suffix):
                return answer(self._query(name.removesuffix(suffix)))
        query = self._query(self._stem(name))
        offered = answers.offers(query.form)
        _, chosen = responses.split(
            name, extra_columns.offered(given, offered) if name == query.name else offered
        )
        variants = responses.Variants(
            f"/queries/{query.name}", offered, canned_page.query_string(query, given)
        )
        if chosen == media.HTML:
            return self._page(query, given, variants)
        return self._result(query, given, chosen, variants)

    def _others(self) -> Mapping[str, Callable[[CannedQuery], Response]]:
        """What else there is of a query than its result, by suffix."""
        return {
            ".rq": lambda query: responses.send(query.text, media.TEXT),
            f".{pictures.SUFFIX}": self._picture,
            ".bib": self._bibtex,
            ".csl.json": self._csl,
        }

    def _given(self) -> request_parsing.Fields:
        given = dict(request_parsing.fields(request.query_string))
        if "_version" in given:  # as links made before call it
            given["version"] = [*given.get("version", ()), *given.pop("_version")]
        request_parsing.check(given, canned_page.SERVICE)
        answers.this_release(given, self.repository.release.id, "version")
        return given

    def _values(self, query: CannedQuery, given: request_parsing.Fields) -> Values:
        """The query's own values, each name of a thing as its IRI. Raises UnknownResource."""
        return self.repository.named_values(query, canned_page.parameters(given))

    def _citation(
        self, query: CannedQuery, given: request_parsing.Fields, values: Values | None = None
    ) -> Citation:
        stated = canned_page.stated(query, given)
        text = query.bind(self._values(query, given) if values is None else values)
        release = self.repository.release
        permalink = absolute(canned_page.permalink(query, stated, release.name))
        return Citation(query, stated, text, release, permalink)

    def _bibtex(self, query: CannedQuery) -> Response:
        """The answer as a source, in BibTeX; the format has no registered media type."""
        response = responses.send(self._citation(query, self._given()).bibtex(), media.TEXT)
        response.headers["Content-Disposition"] = f'attachment; filename="{query.name}.bib"'
        return response

    def _csl(self, query: CannedQuery) -> Response:
        """The answer as a source, in CSL-JSON."""
        response = responses.send(responses.dumps([self._citation(query, self._given()).csl()]), CSL)
        response.headers["Content-Disposition"] = f'attachment; filename="{query.name}.csl.json"'
        return response

    def _picture(self, query: CannedQuery) -> Response:
        """The picture that the query's header asks for. Raises UnknownResource where there is none."""
        given = self._given()
        policy = answers.Policy.of(given, "_timeout")
        operation = _operation(query, self._values(query, given))
        evaluate, spoken = _evaluate(query, _of_a_page(query, given)), languages.preferred(given)
        shown = answers.show(self.repository.engine, operation, policy, spoken, evaluate).translated()
        picture = pictures.of_query(self.repository.engine, query, shown, spoken)
        if picture is None:
            raise UnknownResource("There is no picture of this answer.", near=[query.name])
        response = languages.mark(responses.send(picture.svg, pictures.MEDIA_TYPE))
        return answers.mark(response, operation, complete=shown.complete)

    def _stem(self, name: str) -> str:
        stem, dot, suffix = name.rpartition(".")
        return stem if dot and suffix.lower() in responses.SUFFIXES else name

    def _query(self, name: str) -> CannedQuery:
        book = self.repository.queries
        if name not in book:
            near = [address(f"/queries/{one}") for one in naming.alike(name, book)]
            hint = None if near else f"{address('/queries')} lists all of them."
            raise UnknownResource("There is no canned query of this name.", near=near, hint=hint)
        return book[name]

    def _result(
        self, query: CannedQuery, given: request_parsing.Fields, chosen: str, variants: responses.Variants
    ) -> Response:
        policy = answers.Policy.of(given, "_timeout")
        operation = _operation(query, self._values(query, given))
        wanted = Wanted.of(given, query.statements if query.form == "select" else None)
        evaluate = _evaluate(query, replace(wanted, arrangement=Arrangement.of(given, query)))
        if extra_columns.is_spreadsheet(given, chosen):
            written = extra_columns.before_spreadsheet(operation)
            answer = evaluate(self.repository.engine, operation, written, policy)
            answer = extra_columns.for_spreadsheet(answer)
            response = extra_columns.attach(answers.send(answer, chosen, variants), query.name)
        else:
            answer = evaluate(self.repository.engine, operation, chosen, policy)
            response = answers.send(answer, chosen, variants)
        return answers.mark(response, operation, complete=answer.complete)

    def _page(
        self, query: CannedQuery, given: request_parsing.Fields, variants: responses.Variants
    ) -> Response:
        if canned_page.needs_values(query, given):
            return self._render(query, given, variants, text=query.body)
        policy = answers.Policy.of(given, "_timeout")
        try:
            values = self._values(query, given)
        except UnknownResource as error:
            return self._unknown(query, given, variants, error)
        operation = _operation(query, values)
        evaluate, spoken = _evaluate(query, _of_a_page(query, given)), languages.preferred(given)
        shown = answers.show(self.repository.engine, operation, policy, spoken, evaluate).translated()
        response = self._render(
            query,
            given,
            variants,
            text=query.bind(values),
            picture=pictures.of_query(self.repository.engine, query, shown, spoken),
            places=canvas.of_answer(self.repository.engine, shown, query.chart),
            places_name=query.name,
            **self._page_parts(query, given, values, variants, shown),
        )
        return answers.mark(response, operation, complete=shown.complete)

    def _unknown(
        self,
        query: CannedQuery,
        given: request_parsing.Fields,
        variants: responses.Variants,
        error: UnknownResource,
    ) -> Response:
        """The form again, with what is near the values that name nothing."""
        unknown = canned_page.unknown(
            self.repository.engine,
            query,
            canned_page.stated(query, given),
            error,
            languages.preferred(given),
        )
        response = self._render(query, given, variants, text=query.body, unknown=unknown)
        response.status_code = error.status
        for name in ("Content-Location", "Link"):  # nothing is there in any other format either
            del response.headers[name]
        response.headers["Cache-Control"] = NO_STORE
        return response

    def _page_parts(
        self,
        query: CannedQuery,
        given: request_parsing.Fields,
        values: Values,
        variants: responses.Variants,
        shown: answers.Shown,
    ) -> dict[str, Any]:
        """What stands around an answer: its evidence, its downloads, how to cite it."""
        engine = self.repository.engine
        settings, spoken = self.repository.settings, languages.preferred(given)
        evidence = Evidence.of(engine, query, shown, spoken)
        quotations = provenance.quotations(engine, settings.passages, evidence.passages)
        limit = answers.Policy.of(given, "_timeout").limit
        view = TableView.of(query, given)
        is_counted = shown.complete or not view.text
        rows = canned_page.rows_of(engine, shown, _operation(query, values), limit) if is_counted else None
        is_blamed = rows == 0 and not view.text
        citation = self._citation(query, given, values)
        return {
            "result": view.tabled(evidence.placed(shown), spoken),
            "view": view,
            "sources": evidence.sources(quotations),
            "rows": rows,
            "reasons": canned_page.why(engine, query, canned_page.stated(query, given)) if is_blamed else [],
            "downloads": canned_page.downloads(variants, rows),
            "spreadsheet": canned_page.spreadsheet(variants),
            "permalink": address(canned_page.permalink(query, citation.values, citation.release.name)),
            "is_local": settings.base_url is None and not settings.trusted_proxies,
            "bibtex": citation.bibtex(),
            "csl": responses.dumps([citation.csl()]),
        }

    def _render(
        self,
        query: CannedQuery,
        given: request_parsing.Fields,
        variants: responses.Variants,
        *,
        text: str,
        **answer: Any,
    ) -> Response:
        fields = form_fields(self.repository, query, given, languages.preferred(given))
        return responses.page(
            "query.html",
            variants,
            title=translated(query.summary),
            query=query,
            fields=fields,
            words={field.parameter.name: field.in_words for field in fields},
            query_string=variants.query,
            text=text,
            editor=address(f"/sparql?{urlencode({'query': text})}"),
            **answer,
        )


def _evaluate(query: CannedQuery, wanted: Wanted) -> answers.Evaluate:
    """What answers: the engine itself, or what adds, chooses and sorts as the request says."""
    if query.form != "select" or not wanted:
        return answers.evaluate
    return partial(extra_columns.evaluate, wanted=wanted)


def _of_a_page(query: CannedQuery, given: request_parsing.Fields) -> Wanted:
    """The rows that a page shows; a picture may need columns that its table does not have."""
    arrangement = Arrangement.of(given, query)
    return Wanted(arrangement=replace(arrangement, columns=None, languages=languages.preferred(given)))


def _operation(query: CannedQuery, values: Values) -> Operation:
    return query.operation(values, absolute("/sparql"))
