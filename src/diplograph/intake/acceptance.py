"""Taking in a change: checked in context, built, journalled, written to the files, made current.

The order is what keeps it safe. Whatever goes wrong before the record is in the journal changes nothing; from
then on the change counts, and what is left to do is done again after a crash (`replay`).
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache, reduce
from pathlib import Path

from pyoxigraph import Quad

from diplograph import incremental
from diplograph import release as releases
from diplograph.delta import Delta
from diplograph.errors import (
    BuildFailed,
    Busy,
    Conflict,
    DiplographError,
    DoesNotConform,
)
from diplograph.incremental import State
from diplograph.intake import disk, edits, replay
from diplograph.intake.base import base_of, graph_hash, require_state
from diplograph.intake.edits import Edited
from diplograph.intake.journal import Change, Content, GraphChange, Journal
from diplograph.intake.requests import Outcome, Request
from diplograph.release import Candidate, Release
from diplograph.release.folder import WAITING
from diplograph.settings import Settings
from diplograph.sources import KnowledgeBase
from diplograph.store import Dataset
from diplograph.validation import Report, Shapes

NEW_KEY = "Send each new request with a new key."


def accept(settings: Settings, request: Request) -> Outcome:
    """Take a change in; when this returns it is on disk.

    Raises DoesNotConform with the report, PreconditionFailed, Conflict, ReadOnly, MalformedRdf, NoSpace or
    Busy, and then nothing has changed.
    """
    with disk.room(), replay.writing(settings):
        if replay.catch_up(settings):
            base_of(settings)
        known = earlier(settings, request)
        return known if known is not None else take_in(settings, request)


def recover(settings: Settings) -> Release:
    """Carry out what a killed writer left in the journal, and return the release with it."""
    with replay.writing(settings):
        replay.catch_up(settings)
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


def take_in(settings: Settings, request: Request) -> Outcome:
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
        edited = self._edited()
        if not any(each.recorded or each.judged for each in edited):
            return Outcome(None, self.base.name)
        report = self._judged(_joined(each.judged for each in edited))
        files = {each.path: each.text for each in edited}
        with self._candidate(files, report) as candidate:
            change = self._commit(edited, files, candidate)
        return Outcome(change, change.release, report)

    def _edited(self) -> list[Edited]:
        kb = KnowledgeBase(self.settings.kb)
        store = Dataset.open_read_only(self.base.store_path)
        try:
            return [
                edits.applied(edit, kb, store, is_base=not self.request.in_place)
                for edit in self.request.edits
            ]
        finally:
            store.close()

    def _judged(self, delta: Delta) -> Report:
        """The report on the knowledge base with the change. Raises DoesNotConform for a new violation."""
        files = self.base.manifest["inputs"]["files"].items()
        shapes = _shapes(
            self.settings.kb, frozenset(each for each in files if not each[0].startswith("data/"))
        )
        standing = Report.from_json((self.base.path / "report.json").read_text(encoding="utf-8"))
        with self._standing() as base:
            report = incremental.changed(base, delta, shapes, standing)
        if not report.conforms:
            raise _refusal(report, self.settings.max_findings)
        return report

    @contextmanager
    def _standing(self) -> Iterator[Dataset | State]:
        """What the change is judged on top of: the graph that the base keeps for it, else its graphs."""
        if self.base.judged_path.is_dir():
            with incremental.opened(self.base.store_path, self.base.judged_path, WAITING) as state:
                yield state
            return
        store = Dataset.open_read_only(self.base.store_path)
        try:
            yield store
        finally:
            store.close()

    def _candidate(self, files: dict[str, str | None], report: Report) -> Candidate:
        contents = {name: None if text is None else text.encode() for name, text in files.items()}
        standing = [replace(f, change="standing") for f in report.findings if f.change != "repaired"]
        try:
            made = releases.derive(
                self.settings,
                self.base,
                contents,
                report=replace(report, findings=standing),
                wait=replay.WAIT,
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
        staged = replay.stage(self.settings.kb, files)
        try:
            change = self._change(journal, edited, candidate.release)
            recorded = _joined(each.recorded for each in edited)
            journal.append(change, self._content(files, recorded))
        except BaseException:
            replay.unstage(staged)
            raise
        with suppress(
            OSError, DiplographError
        ):  # the change counts by now: what is left is done at the next start or change
            replay.put_down(staged)
            candidate.publish()
            journal.mark(change.number)
        return change

    def _content(self, files: dict[str, str | None], recorded: Delta) -> Content:
        paths = {name: self.settings.kb / name for name in files}
        before = {
            name: replay.file_digest(path.read_bytes()) if path.is_file() else None
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


@lru_cache(maxsize=2)
def _shapes(root: Path, files: frozenset[tuple[str, str]]) -> Shapes:  # noqa: ARG001 - they tell when to read anew
    """Read the shapes of a knowledge base once, as long as their files stay as they are."""
    return Shapes.of(KnowledgeBase(root))


def _joined(deltas: Iterable[Delta]) -> Delta:
    return reduce(lambda one, other: Delta(one.added | other.added, one.removed | other.removed), deltas)


def _lines(quads: Iterable[Quad]) -> str:
    return "".join(sorted(f"{quad} .\n" for quad in quads))


def _refusal(report: Report, limit: int) -> DoesNotConform:
    new = [finding for finding in report.findings if finding.change == "new"]
    broken = sum(finding.severity == "violation" for finding in new)
    shown = Report.of(new, report.uncovered[:limit], report.release, limit)
    return DoesNotConform(
        f"{broken} new violations, {len(report.uncovered)} uncovered triples; nothing was changed.",
        report=shown.to_dict(),
    )
