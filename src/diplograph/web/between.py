"""Between: the story of two states, as a page and as Markdown, and the links that lead to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from flask import Blueprint, Response, request

from diplograph import media
from diplograph.documents import ResourceView, exchanges, naming
from diplograph.documents.exchanges import ToldExchange
from diplograph.documents.sentences import Sentence
from diplograph.documents.story import Entry
from diplograph.documents.verbs import WORDINGS
from diplograph.engine.protocol import Engine
from diplograph.errors import UnknownResource
from diplograph.namespaces import DG, kind_of, split
from diplograph.repository import Repository
from diplograph.translations import LANGUAGE
from diplograph.web import answers, languages, links, request_parsing, responses, thing_facts
from diplograph.web.addresses import absolute, address
from diplograph.web.links import Cell
from diplograph.web.parameters import LANG
from diplograph.web.thing_facts import Proof

TYPES = {media.HTML: "html", media.MARKDOWN: "md"}


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence as the page prints it: the thing that it tells of, and where its evidence stands."""

    text: str
    language: str
    thing: Cell
    is_again: bool
    proofs: tuple[Proof, ...]
    grade: Cell | None


@dataclass(frozen=True, slots=True)
class Item:
    """What is told of one act, or claimed about it; without a thing it is about the two states as such."""

    thing: Cell | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class StoryPages:
    """Publishes what happened between two states."""

    repository: Repository

    def blueprint(self) -> Blueprint:
        """Mount the page."""
        pages = Blueprint("between", __name__)
        pages.add_url_rule("/between/<one>/<other>", view_func=self.between)
        return pages

    def between(self, one: str, other: str) -> Response:
        """Tells what two states did towards each other, in order, each sentence with its evidence."""
        stem, chosen = responses.split(other, TYPES)
        engine = self.repository.engine
        states = [links.thing(engine, "state", one), links.thing(engine, "state", stem)]
        for state in states:
            if not naming.exists(engine, state):
                raise naming.unknown(engine, state, self.repository.named)
        if one == stem:
            raise UnknownResource("A story is between two states.", near=[states[0]])
        if one > stem:
            query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
            return responses.moved(address(path(*reversed(states))) + other.removeprefix(stem) + query)
        given = request_parsing.fields(request.query_string)
        request_parsing.check(given, (LANG,))
        answers.this_release(given, self.repository.release.id, "version", "_version")
        spoken = languages.preferred(given)
        told = exchanges.tell(engine, states[0], states[1], spoken)
        variants = responses.Variants(path(*states), TYPES, languages.with_language("").removeprefix("?"))
        if chosen == media.MARKDOWN:
            return languages.mark(self._markdown(told, states, variants))
        return self._page(told, states, variants, spoken)

    def _markdown(self, told: ToldExchange, states: Sequence[str], variants: responses.Variants) -> Response:
        title = exchanges.title(self.repository.engine, states, told.story.language)
        return responses.send(exchanges.markdown(told, title, page_address), media.MARKDOWN, variants)

    def _page(
        self,
        told: ToldExchange,
        states: Sequence[str],
        variants: responses.Variants,
        spoken: tuple[str, ...],
    ) -> Response:
        labels = naming.labels(self.repository.engine, states)
        named = [naming.best(labels.get(state, {}), state, spoken) for state in states]
        story = told.story
        return responses.page(
            "between.html",
            variants,
            title=WORDINGS[story.language].last.join(label for label, _ in named),
            states=[links.iri_cell(iri, *one) for iri, one in zip(states, named, strict=True)],
            done=[_item(told, entry) for entry in story.done],
            plans=[_item(told, entry) for entry in story.plans],
            claims=[_item(told, entry) for entry in story.claims],
            complete=story.complete,
            shown=exchanges.SHOWN,
        )


def path(one: str, other: str) -> str:
    """The path of the story of two states, by their IRIs in their one order."""
    return "/between/" + "/".join(quote(split(iri)[1], safe="") for iri in (one, other))


def page_address(iri: str) -> str:
    """The address of the page of a thing, in full; the IRI itself of anything that has none here."""
    page = links.page_of(iri)
    return iri if page is None else absolute(page)


def stories(engine: Engine, view: ResourceView, languages: Sequence[str]) -> list[Cell]:
    """Links to the stories that a state has, by the other state, or an act is part of, by both."""
    if view.kind == "state":
        pairs = [(view.iri, other) for other in exchanges.partners(engine, view.iri)]
    elif view.kind == "act":
        actors, targets = _states(view, "summaryActor"), _states(view, "summaryTarget")
        others = targets or actors
        pairs = [(one, other) for one in actors for other in others if one != other]
    else:
        return []
    ordered = list(dict.fromkeys((min(pair), max(pair)) for pair in pairs))
    states = {state for pair in ordered for state in pair}
    labels = naming.labels(engine, states)
    names = {state: naming.best(labels.get(state, {}), state, languages) for state in states}
    return [_story(pair, [names[state] for state in pair if state != view.iri]) for pair in ordered]


def _story(pair: tuple[str, str], names: Sequence[tuple[str, str]]) -> Cell:
    """A link to one story; a name that is not in the language of the page says which one it is in."""
    foreign = next((spoken for _, spoken in names if spoken != LANGUAGE.get()), None)
    return Cell(" – ".join(label for label, _ in names), address(path(*pair)), lang=foreign)


def _states(view: ResourceView, name: str) -> list[str]:
    """The states that a property of an act names."""
    values = (entry.values for entry in view.outgoing if entry.predicate.iri == str(DG[name]))
    iris = (value.link.iri for found in values for value in found if value.link is not None)
    return [iri for iri in iris if kind_of(iri) == "state"]


def _item(told: ToldExchange, entry: Entry) -> Item:
    thing = links.iri_cell(entry.iri, entry.label, entry.language or None) if entry.iri else None
    return Item(thing, tuple(_lines(told, entry.sentences)))


def _lines(told: ToldExchange, sentences: Iterable[Sentence]) -> Iterable[Line]:
    about = ""
    for one in sentences:
        proven = thing_facts.proofs(item for thing in one.rests_on for item in told.evidence.get(thing, ()))
        thing = links.iri_cell(one.about, one.label[0], one.label[1] or None)
        grade, spoken = told.grade(one)
        graded = Cell(grade, lang=spoken or None) if grade else None
        yield Line(one.text, one.language, thing, one.about == about, tuple(proven.values()), graded)
        about = one.about
