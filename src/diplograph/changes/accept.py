"""Acceptance of a change: checked in context, built, journalled, written to the files, made current.

The writer process of a service calls the tasks: plain values in, what became of the request out.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import reduce
from typing import Any

from pyoxigraph import Quad

from diplograph import incremental
from diplograph import release as releases
from diplograph.changes import apply, edits
from diplograph.changes.edits import Edit, Edited, Outcome, Request
from diplograph.changes.journal import Change, Content, GraphChange, Journal
from diplograph.errors import (
    BadRequest,
    BuildFailed,
    Busy,
    Conflict,
    DiplographError,
    DoesNotConform,
    PreconditionFailed,
    UnknownResource,
)
from diplograph.namespaces import in_space
from diplograph.rdf import Dataset
from diplograph.rdf.dataset import Delta
from diplograph.release import Candidate, Release, durable
from diplograph.release.folder import WAITING
from diplograph.settings import Settings
from diplograph.sources import KnowledgeBase
from diplograph.validation import Report, Shapes, jsonld_keys, rdf_parsing
from diplograph.validation.locate import Text

ANY = "*"
NEW_KEY = "Send each new request with a new key."
Payload = dict[str, Any]


def base_of(settings: Settings, in_place: frozenset[str] = frozenset()) -> Release:
    """The release of the files as they are, built when they have changed since.

    Raises Conflict when no release comes of them, or when files that nobody asks to accept have changed.
    """
    current = releases.current(settings)
    if current is not None and not _stale(settings, current, in_place):
        return current
    if in_place:
        raise Conflict(
            "Other files than those to accept have changed since the release was built.",
            hint="Build a release without this change first, or accept all that changed together.",
        )
    reason = current is None or bool(current.manifest["inputs"]["reason"])
    try:
        return releases.build(settings, reason=reason, wait=apply.WAIT)
    except BuildFailed as error:
        raise Conflict(
            f"The files of the knowledge base have changed, and no release comes of them: {error.detail}",
            hint="Run `diplograph build`, mend what it lists, and send the change again.",
        ) from error


def _stale(settings: Settings, current: Release, in_place: frozenset[str]) -> bool:
    """Whether files have changed since the release was built, those to be accepted left out."""
    if not in_place:
        return not releases.up_to_date(settings)
    built = current.manifest["inputs"]["files"]
    found = KnowledgeBase(settings.kb).inputs()
    return any(built.get(name) != found.get(name) for name in (built.keys() | found) - in_place)


def graph_hash(base: Release, graph: str) -> str | None:
    """The canonical hash of a graph in a release, None for one that it does not hold."""
    facts = base.manifest["graphs"].get(graph)
    return None if facts is None else str(facts["hash"])


def require_state(base: Release, request: Request) -> None:
    """Hold a request to the state that it expects. Raises UnknownResource or PreconditionFailed."""
    found = graph_hash(base, request.edits[0].graph) if request.edits else None
    if found is None and any(edit.mode == "delete" for edit in request.edits):
        raise UnknownResource("There is no such graph to delete.")
    wanted, unwanted = request.if_match, request.if_none_match
    if wanted is not None and (found is None or not {ANY, found} & set(wanted)):
        raise PreconditionFailed("The graph is not in the state that If-Match names.")
    if unwanted is not None and found is not None and {ANY, found} & set(unwanted):
        raise PreconditionFailed("The graph is in a state that If-None-Match excludes.")


def accept(settings: Settings, request: Request) -> Outcome:
    """Take a change in; when this returns it is on disk.

    Raises DoesNotConform with the report, PreconditionFailed, Conflict, ReadOnly, MalformedRdf, NoSpace,
    StorageUnavailable or Busy, and then nothing has changed.
    """
    with durable.disk_errors_told(), apply.writing(settings):
        if apply.catch_up(settings):
            base_of(settings)
        known = earlier(settings, request)
        return known if known is not None else accept_locked(settings, request)


def recover(settings: Settings) -> Release:
    """Carry out what a killed writer left in the journal, and return the release with it."""
    with apply.writing(settings):
        apply.catch_up(settings)
        return base_of(settings)


def earlier(settings: Settings, request: Request) -> Outcome | None:
    """What became of the same request before. Raises Conflict when its key came with something else."""
    if request.key is None:
        return None
    for change in reversed(Journal(settings.state).changes()):
        if change.key == request.key and change.who == request.who:
            if change.digest != request.digest:
                raise Conflict("This Idempotency-Key came with another request before.", hint=NEW_KEY)
            return Outcome(change, change.release)
    return None


def preview(settings: Settings, request: Request) -> Report:
    """Return the report on the knowledge base with a change, which is not made.

    Findings that the change would bring are `new`. Raises Conflict, ReadOnly or MalformedRdf.
    """
    acceptance = _Acceptance(settings, request, base_of(settings, request.in_place))
    return acceptance.judge(_joined(each.judged for each in acceptance.edited()))


def accept_locked(settings: Settings, request: Request) -> Outcome:
    """The same as `accept`, for who is the one writer already."""
    base = base_of(settings, request.in_place)
    require_state(base, request)
    return _Acceptance(settings, request, base).run()


@dataclass
class _Acceptance:
    """One change on its way in, by the one writer."""

    settings: Settings
    request: Request
    base: Release

    def run(self) -> Outcome:
        edited = self.edited()
        if not any(each.recorded or each.judged for each in edited):
            return Outcome(None, self.base.name)
        report = self._validated(_joined(each.judged for each in edited))
        files = {each.path: each.text for each in edited}
        with self._candidate(files, report) as candidate:
            change = self._commit(edited, files, candidate)
        return Outcome(change, change.release, report)

    def edited(self) -> list[Edited]:
        """The graphs with their edits carried out, on paper."""
        kb = KnowledgeBase(self.settings.kb)
        store = Dataset.open_read_only(self.base.store_path)
        try:
            return [
                edits.applied(edit, kb, store, is_base=not self.request.in_place)
                for edit in self.request.edits
            ]
        finally:
            store.close()

    def judge(self, delta: Delta) -> Report:
        """Return the report on the knowledge base with the change."""
        shapes = Shapes.of(KnowledgeBase(self.settings.kb))
        standing = Report.from_json((self.base.path / "report.json").read_text(encoding="utf-8"))
        return incremental.changed(self.base.path, delta, shapes, standing, prefix=WAITING)

    def _validated(self, delta: Delta) -> Report:
        """The report with the change. Raises DoesNotConform for a new violation."""
        report = self.judge(delta)
        if not report.conforms:
            raise _refusal(report, self.settings.max_findings)
        return report

    def _candidate(self, files: dict[str, str | None], report: Report) -> Candidate:
        contents = {name: None if text is None else text.encode() for name, text in files.items()}
        standing = [replace(f, change="standing") for f in report.findings if f.change != "repaired"]
        try:
            made = releases.derive(
                self.settings,
                self.base,
                contents,
                report=replace(report, findings=standing),
                wait=apply.WAIT,
            )
        except BuildFailed as error:
            if error.facts.get("findings"):
                raise DoesNotConform(error.detail, problems=error.facts.get("problems")) from error
            raise
        current = releases.current(self.settings)
        if current is None or current.path != self.base.path:
            made.discard()
            raise Busy("Another release was built meanwhile.", retry_after=1)
        return made

    def _commit(self, edited: Sequence[Edited], files: dict[str, str | None], candidate: Candidate) -> Change:
        journal = Journal(self.settings.state)
        staged = apply.stage(self.settings.kb, files)
        try:
            change = self._change(journal, edited, candidate.release)
            recorded = _joined(each.recorded for each in edited)
            journal.append(change, self._content(files, recorded))
        except BaseException:
            apply.unstage(staged)
            raise
        # the change counts by now: what is left is done at the next start or change
        with suppress(OSError, DiplographError):
            apply.rename_staged(staged)
            candidate.publish()
            journal.mark(change.number)
        return change

    def _content(self, files: dict[str, str | None], recorded: Delta) -> Content:
        paths = {name: self.settings.kb / name for name in files}
        before = {
            name: apply.file_digest(path.read_bytes()) if path.is_file() else None
            for name, path in paths.items()
        }
        return Content(files, _lines(recorded.added), _lines(recorded.removed), before)

    def _change(self, journal: Journal, edited: Sequence[Edited], made: Release) -> Change:
        known = journal.changes()
        graphs = {
            edit.graph: GraphChange(
                graph_hash(self.base, edit.graph),
                graph_hash(made, edit.graph),
                len(each.recorded.added),
                len(each.recorded.removed),
            )
            for edit, each in zip(self.request.edits, edited, strict=True)
        }
        return Change(
            number=known[-1].number + 1 if known else 1,
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            who=self.request.who,
            message=self.request.message,
            graphs=graphs,
            release=made.name,
            undoes=self.request.undoes,
            key=self.request.key,
            digest=self.request.digest,
        )


def _joined(deltas: Iterable[Delta]) -> Delta:
    return reduce(lambda one, other: Delta(one.added | other.added, one.removed | other.removed), deltas)


def _lines(quads: Iterable[Quad]) -> str:
    return "".join(sorted(f"{quad} .\n" for quad in quads))


def _refusal(report: Report, limit: int) -> DoesNotConform:
    new = [finding for finding in report.findings if finding.change == "new"]
    broken = sum(finding.severity == "violation" for finding in new)
    shown = report.revised(new, report.release, limit)
    return DoesNotConform(
        f"{broken} new violations, {len(report.uncovered)} uncovered triples; nothing was changed.",
        report=shown.to_dict(),
    )


def accept_task(payload: Payload) -> dict[str, Any]:
    """Take a change to one graph in.

    The payload holds `settings`, `graph`, `mode` ("put", "post" or "delete"), `media` (one for each part of
    the body) and the parts as `part0`, `part1` and so on; `who`, `message`, `key`, `digest`, `if_match` and
    `if_none_match` as in `Request`. Raises what `accept` raises, and for a body what
    `rdf_parsing.parse` raises.
    """
    settings = Settings.unpacked(payload["settings"])
    with in_space(KnowledgeBase(settings.kb).base):
        return _told(accept(settings, _requested(payload, settings)))


def _requested(payload: Payload, settings: Settings) -> Request:
    return Request(
        [_edit(payload, settings)],
        payload["who"],
        payload["message"],
        payload["if_match"],
        payload["if_none_match"],
        payload["key"],
        payload["digest"],
    )


def recover_task(payload: Payload) -> dict[str, Any]:
    """Carry out what a killed writer left in the journal."""
    return {"release": recover(Settings.unpacked(payload["settings"])).name}


def describe_task(payload: Payload) -> dict[str, Any]:
    """Make the dumps and the description of the current release, where they are still to be made."""
    release = releases.current(Settings.unpacked(payload["settings"]))
    return {"release": None if release is None else releases.complete(release).name}


def _edit(payload: Payload, settings: Settings) -> Edit:
    graph, mode = payload["graph"], payload["mode"]
    if mode == "delete":
        return Edit(graph, "delete")
    triples = []
    for number, media in enumerate(payload["media"]):
        body = payload[f"part{number}"]
        found = rdf_parsing.parse(body, media, graph, settings.max_upload, settings.max_upload_triples)
        jsonld_keys.require_mapped(Text(None, body, media, graph))
        if set(found) != {graph}:
            raise BadRequest(f"The body holds other graphs than {graph}.", hint="Send one graph at a time.")
        triples += found[graph]
    return Edit(graph, "put" if mode == "put" else "patch", tuple(triples))


def _told(outcome: Outcome) -> dict[str, Any]:
    change = outcome.change
    created = change is not None and all(facts.before is None for facts in change.graphs.values())
    return {
        "change": None if change is None else change.number,
        "created": created,
        "release": outcome.release,
    }
