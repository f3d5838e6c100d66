"""Changes over HTTP: what was accepted, by whom and when, and the triples of each change."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, render_template, request

from diplograph import media
from diplograph.changes.journal import Change, Journal
from diplograph.documents import dates
from diplograph.errors import UnknownResource
from diplograph.namespaces import SPACE, short
from diplograph.release import Release
from diplograph.release.versions import kept
from diplograph.repository import Repository
from diplograph.translations import LANGUAGE, gettext
from diplograph.web import request_parsing, responses
from diplograph.web.addresses import absolute, address
from diplograph.web.headers import NO_STORE
from diplograph.web.parameters import ServiceParameter

PAGE = 100
LARGEST_PAGE = 1000
LIST_TYPES = {media.JSON: "json", media.HTML: "html"}
ATOM = "application/atom+xml"
SIDES = ("added", "removed")
COUNTED = {"type": "integer", "minimum": 1, "maximum": 10**9 - 1}
BEFORE = ServiceParameter("before", COUNTED, "a whole number from 1", "Only changes before this one.")
LENGTH = ServiceParameter(
    "limit",
    COUNTED | {"default": PAGE},
    "a whole number from 1",
    f"How many changes, {LARGEST_PAGE} at most.",
)


@dataclass(frozen=True, slots=True)
class Changes:
    """Reads the journal of the knowledge base."""

    repository: Repository

    def blueprint(self) -> Blueprint:
        """Mount the journal."""
        pages = Blueprint("changes", __name__)
        pages.add_url_rule("/changes", view_func=self.list_changes)
        pages.add_url_rule("/changes.atom", view_func=self.feed)
        pages.add_url_rule("/versions", view_func=self.list_versions)
        pages.add_url_rule("/changes/<int:number>", view_func=self.change)
        pages.add_url_rule("/changes/<int:number>/<any(added, removed):side>", view_func=self.triples)
        return pages

    def list_changes(self) -> Response:
        """Lists the accepted changes, the newest first; `before` and `limit` page through them."""
        chosen = responses.accept(LIST_TYPES)
        given = request_parsing.fields(request.query_string)
        limit = min(int(request_parsing.value(given, LENGTH) or PAGE), LARGEST_PAGE)
        known = self._journal.changes()
        before = int(request_parsing.value(given, BEFORE) or (known[-1].number + 1 if known else 1))
        older = [change for change in reversed(known) if change.number < before]
        shown, rest = [described(change) for change in older[:limit]], older[limit:]
        following = address(f"/changes?before={shown[-1]['number']}&limit={limit}") if rest else None
        if chosen == media.HTML:
            return unkept(page_of(gettext("Changes"), shown, following))
        return unkept(responses.send(responses.dumps({"changes": shown, "next": following}), chosen))

    def feed(self) -> Response:
        """Tells the newest changes as a feed (Atom, RFC 4287), whose ids do not depend on the host."""
        newest = list(reversed(self._journal.changes()))[:PAGE]
        release = self.repository.release
        xml = render_template(
            "changes.atom.xml",
            base=SPACE.get(),
            updated=newest[0].at if newest else release.manifest["created"],
            changes=newest,
            absolute=absolute,
            name=short,
            plain=plain,
        )
        return unkept(responses.send(xml, responses.accept((ATOM,))))

    def change(self, number: int) -> Response:
        """Tells one change: who, when, why, and which graphs it changed from which state to which."""
        values = described(self._journal.find(number).change)
        if responses.accept(responses.FACTS_TYPES) == media.HTML:
            return unkept(page_of(gettext("Change %(number)s", number=number), [values]))
        return responses.Facts(f"Change {number}", values).respond(keep=False)

    def triples(self, number: int, side: str) -> Response:
        """Sends the triples that a change added or removed, as N-Quads."""
        chosen = responses.accept((media.N_QUADS,))
        journal = self._journal
        content = journal.content(journal.find(number))
        return unkept(responses.send(content.added if side == SIDES[0] else content.removed, chosen))

    def list_versions(self) -> Response:
        """Lists the releases that are kept, the current one first; `version=` reads them."""
        chosen = responses.accept(LIST_TYPES)
        serving = self.repository.release
        known = kept(self.repository.settings) if "quads" in serving.manifest else [serving]
        shown = [version_of(release, serving) for release in known]
        if chosen == media.HTML:
            releases = list(zip(shown, map(statements_of, known), strict=True))
            return unkept(
                responses.page("versions.html", title=gettext("Releases"), releases=releases, moment=moment)
            )
        return unkept(responses.send(responses.dumps(shown), chosen))

    @property
    def _journal(self) -> Journal:
        if "quads" not in self.repository.release.manifest:
            raise UnknownResource("What is served are loose files, which have no history.")
        return Journal(self.repository.settings.state)


def page_of(title: str, changes: list[dict[str, Any]], following: str | None = None) -> Response:
    """Changes for people; `following` is the address of older ones."""
    return responses.page(
        "changes.html", title=title, changes=changes, next=following, moment=moment, name=short
    )


def version_of(release: Release, serving: Release) -> dict[str, Any]:
    """A release as the interface tells it."""
    return {
        "name": release.name,
        "release": release.id,
        "created": str(release.manifest["created"]),
        "quads": release.manifest.get("quads"),
        "current": release.path == serving.path,
        "address": address(f"/graphs?default&version={release.name}"),
    }


def statements_of(release: Release) -> int:
    """How many statements the graphs of a release hold, one in two graphs counted twice, and no merge."""
    return sum(int(facts["triples"]) for facts in release.manifest.get("graphs", {}).values())


def described(change: Change) -> dict[str, Any]:
    """A change as the interface tells it: without what belongs to the request that made it."""
    own = address(f"/changes/{change.number}")
    graphs = [{"graph": iri, **asdict(facts)} for iri, facts in change.graphs.items()]
    return {
        "number": change.number,
        "address": own,
        "at": change.at,
        "who": change.who,
        "message": change.message,
        "release": change.release,
        "undoes": change.undoes,
        "graphs": graphs,
        **{side: f"{own}/{side}" for side in SIDES},
    }


def plain(text: str) -> str:
    """A text without what XML cannot hold, on one line."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


def moment(text: str) -> str:
    """A point in time, as RFC 3339 writes it, for people: day and minute in UTC."""
    at = datetime.fromisoformat(text).astimezone(UTC)
    day = dates.in_words(at.date().isoformat(), LANGUAGE.get())
    return gettext("%(day)s, %(time)s UTC", day=day, time=at.strftime("%H:%M"))


def unkept(response: Response) -> Response:
    """The same answer, not to be stored: the journal grows while a release stays."""
    response.headers["Cache-Control"] = NO_STORE
    return response
