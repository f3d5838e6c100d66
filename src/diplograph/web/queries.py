"""Canned queries: the list, a form for each, and its result under an address of its own."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from diplograph import media, sparql
from diplograph.engine.protocol import Operation
from diplograph.errors import UnknownResource
from diplograph.publication import Publication
from diplograph.queries import CannedQuery
from diplograph.web import (
    answers,
    asked,
    atlas,
    bodies,
    canned_page,
    enriched,
    forms,
    languages,
    pictures,
    represent,
    spreadsheet,
)
from diplograph.web.canned_page import Evidence
from diplograph.web.citations import CSL, Citation
from diplograph.web.enriched import Wanted


@dataclass(frozen=True, slots=True)
class Canned:
    """Publishes the canned queries of a release."""

    publication: Publication

    def blueprint(self) -> Blueprint:
        """Mount the list and the queries."""
        pages = Blueprint("queries", __name__)
        pages.add_url_rule("/queries", view_func=self.list_queries)
        pages.add_url_rule("/queries/<name>", view_func=self.run_query)
        return pages

    def list_queries(self) -> Response:
        """Lists the canned queries with what they answer and which parameters they take."""
        chosen = represent.accept((media.JSON, media.HTML))
        queries = list(self.publication.queries.values())
        if chosen == media.HTML:
            return represent.page("queries.html", title="Canned queries", queries=queries)
        return represent.send(represent.dumps([asked.summary(query) for query in queries]), chosen)

    def run_query(self, name: str) -> Response:
        """Runs one canned query; the suffix wins over Accept, `.rq` is its text, `.bib` cites its answer."""
        for suffix, answer in self._others().items():
            if name.endswith(suffix):
                return answer(self._query(name.removesuffix(suffix)))
        query = self._query(self._stem(name))
        offered = answers.offers(query.form)
        _, chosen = represent.split(name, offered)
        given = self._given()
        variants = represent.Variants(f"/queries/{query.name}", offered, asked.query_string(query, given))
        if chosen == media.HTML:
            return self._page(query, given, variants)
        return self._result(query, given, chosen, variants)

    def _others(self) -> Mapping[str, Callable[[CannedQuery], Response]]:
        """What else there is of a query than its result, by suffix."""
        return {
            ".rq": lambda query: represent.send(query.text, media.TEXT),
            f".{pictures.SUFFIX}": self._picture,
            ".bib": self._bibtex,
            ".csl.json": self._csl,
        }

    def _given(self) -> bodies.Fields:
        given = bodies.fields(request.query_string)
        answers.this_release(given, self.publication.release.id, "_version")
        return given

    def _citation(self, query: CannedQuery, given: bodies.Fields) -> Citation:
        values = asked.stated(query, given)
        release = self.publication.release
        address = self.publication.settings.public_url + asked.permalink(query, values, release.name)
        return Citation(query, values, query.bind(values), release, address)

    def _bibtex(self, query: CannedQuery) -> Response:
        """The answer as a source, in BibTeX; the format has no registered media type."""
        response = represent.send(self._citation(query, self._given()).bibtex(), media.TEXT)
        response.headers["Content-Disposition"] = f'attachment; filename="{query.name}.bib"'
        return response

    def _csl(self, query: CannedQuery) -> Response:
        """The answer as a source, in CSL-JSON."""
        response = represent.send(represent.dumps([self._citation(query, self._given()).csl()]), CSL)
        response.headers["Content-Disposition"] = f'attachment; filename="{query.name}.csl.json"'
        return response

    def _picture(self, query: CannedQuery) -> Response:
        """The picture that the query's header asks for. Raises UnknownResource where there is none."""
        given = self._given()
        policy = answers.Policy.of(given, "_timeout")
        operation = self._operation(query, given, policy.rows_shown)
        shown = answers.show(self.publication.engine, operation, policy)
        picture = pictures.draw(shown, query.chart, query.summary)
        if picture is None:
            raise UnknownResource("There is no picture of this answer.", near=[query.name])
        return answers.mark(
            represent.send(picture.svg, pictures.MEDIA_TYPE), operation, complete=shown.complete
        )

    def _stem(self, name: str) -> str:
        stem, dot, suffix = name.rpartition(".")
        return stem if dot and suffix.lower() in represent.SUFFIXES else name

    def _query(self, name: str) -> CannedQuery:
        book = self.publication.queries
        if name not in book:
            near = difflib.get_close_matches(name, list(book), n=5, cutoff=0.3)
            raise UnknownResource("There is no canned query of this name.", near=near or list(book))
        return book[name]

    def _operation(self, query: CannedQuery, given: bodies.Fields, limit: int | None) -> Operation:
        text = query.bind(asked.parameters(given), limit)
        return sparql.operation(text, None, None, f"{self.publication.settings.public_url}/sparql")

    def _result(
        self, query: CannedQuery, given: bodies.Fields, chosen: str, variants: represent.Variants
    ) -> Response:
        policy = answers.Policy.of(given, "_timeout")
        operation = self._operation(query, given, policy.limit)
        if spreadsheet.is_wanted(given, chosen):
            answer = spreadsheet.evaluate(self.publication.engine, operation, policy)
            response = spreadsheet.attach(answers.send(answer, chosen, variants), query.name)
        elif wanted := Wanted.of(given, query.statements if query.form == "select" else None):
            answer = enriched.evaluate(self.publication.engine, operation, chosen, policy, wanted)
            response = answers.send(answer, chosen, variants)
        else:
            answer = answers.evaluate(self.publication.engine, operation, chosen, policy)
            response = answers.send(answer, chosen, variants)
        return answers.mark(response, operation, complete=answer.complete)

    def _page(self, query: CannedQuery, given: bodies.Fields, variants: represent.Variants) -> Response:
        if asked.needs_values(query, given):
            return self._render(query, given, variants, text=query.body)
        policy = answers.Policy.of(given, "_timeout")
        operation = self._operation(query, given, policy.rows_shown)
        shown = answers.show(self.publication.engine, operation, policy, languages.preferred(given))
        response = self._render(
            query,
            given,
            variants,
            text=query.bind(asked.parameters(given)),
            picture=pictures.draw(shown, query.chart, query.summary),
            places=atlas.of_answer(self.publication.engine, shown, query.chart),
            places_name=query.name,
            **self._around(query, given, variants, shown),
        )
        return answers.mark(languages.mark(response, given), operation, complete=shown.complete)

    def _around(
        self, query: CannedQuery, given: bodies.Fields, variants: represent.Variants, shown: answers.Shown
    ) -> dict[str, Any]:
        """What stands around an answer: its evidence, its downloads, how to cite it."""
        engine = self.publication.engine
        evidence = Evidence.of(engine, query, shown)
        limit = answers.Policy.of(given, "_timeout").limit
        rows = canned_page.rows_of(engine, shown, self._operation(query, given, None), limit)
        citation = self._citation(query, given)
        return {
            "result": evidence.placed(shown.labelled(languages.preferred(given))),
            "proof": evidence.rows(),
            "rows": rows,
            "reasons": canned_page.why(engine, query, asked.stated(query, given)) if rows == 0 else [],
            "downloads": canned_page.downloads(variants, rows),
            "spreadsheet": canned_page.spreadsheet(variants),
            "permalink": citation.address.removeprefix(self.publication.settings.public_url),
            "bibtex": citation.bibtex(),
            "csl": represent.dumps([citation.csl()]),
        }

    def _render(
        self,
        query: CannedQuery,
        given: bodies.Fields,
        variants: represent.Variants,
        *,
        text: str,
        **answer: Any,
    ) -> Response:
        fields = forms.fields(self.publication.engine, query, given)
        return represent.page(
            "query.html",
            variants,
            title=query.summary,
            query=query,
            fields=fields,
            words={field.parameter.name: field.in_words for field in fields},
            query_string=variants.query,
            heading=canned_page.heading,
            text=text,
            editor="/sparql?" + urlencode({"query": text}),
            **answer,
        )
