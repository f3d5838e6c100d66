"""Applying changes: files staged and renamed, what a crash kept from them carried out, a release built."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from diplograph import release as releases
from diplograph.changes.journal import Content, Journal
from diplograph.errors import BuildFailed, Busy, EngineUnavailable, ReadOnly
from diplograph.release import durable
from diplograph.release.durable import build_lock
from diplograph.settings import Settings

if TYPE_CHECKING:
    from diplograph.release import Progress, Release
    from diplograph.settings import Settings


PATH = re.compile(r"data/[a-z0-9-]+\.ttl")
WAIT = 60.0
log = logging.getLogger(__name__)
Staged = Mapping[Path, Path | None]
"""For each file the text that waits beside it, None for a file that goes."""
PATIENCE = 300.0
"""Seconds that another build of the same knowledge base may take."""


@contextmanager
def writing(settings: Settings) -> Iterator[None]:
    """Be the one writer of a knowledge base while the block runs.

    Raises ReadOnly for one that cannot be written, Busy when another writer is not done in time.
    """
    if settings.read_only:
        raise ReadOnly(f"The knowledge base at {settings.kb.name} cannot be written.")
    settings.state.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        try:
            held.enter_context(build_lock(settings.state, WAIT, "change"))
        except BuildFailed as error:
            raise Busy(error.detail, retry_after=5) from error
        held.enter_context(durable.folder_lock(settings.kb / "data", WAIT))  # `new` and `fmt` write there
        yield


def replay(settings: Settings) -> int:
    """Bring the files up to the journal, and tell how many changes were missing in them."""
    if settings.read_only or not Journal(settings.state).pending():
        return 0
    with writing(settings):
        return catch_up(settings)


def catch_up(settings: Settings) -> int:
    """The same, for who is the one writer already."""
    journal = Journal(settings.state)
    pending = journal.pending()
    if not pending:
        _clear_leftovers(settings.kb)
        return 0
    with build_lock(settings.state, WAIT):
        for record in pending:
            content = journal.content(record)
            _set_aside(settings, record.change.number, content)
            rename_staged(stage(settings.kb, content.files))
            journal.mark(record.change.number)
    return len(pending)


def _set_aside(settings: Settings, number: int, content: Content) -> None:
    """Keep a copy of each file that somebody edited since, in STATE/journal/edited/NUMBER-NAME."""
    for name, text in content.files.items():
        path = _path(settings.kb, name)
        found = path.read_bytes() if path.is_file() else None
        known = {content.before.get(name), None if text is None else file_digest(text.encode())}
        if found is not None and file_digest(found) not in known:
            copy = settings.state / "journal" / "edited" / f"{number}-{path.name}"
            durable.replace(copy, found.decode("utf-8", "replace"))
            log.warning(
                "%s was edited while change %d waited; the edited file is kept as %s", name, number, copy
            )


def file_digest(content: bytes) -> str:
    """The SHA-256 of a file's content, in hex."""
    return hashlib.sha256(content).hexdigest()


def _clear_leftovers(root: Path) -> None:
    """Remove what a killed writer staged for a change that never counted."""
    for path in (root / "data").glob(".*.ttl.new"):
        path.unlink()


def stage(root: Path, files: Mapping[str, str | None]) -> Staged:
    """Write the new files beside the old ones; none is left when it raises NoSpace or StorageUnavailable."""
    staged: dict[Path, Path | None] = {}
    try:
        for name, text in files.items():
            path = _path(root, name)
            staged[path] = None if text is None else durable.stage(path, text)
    except BaseException:
        unstage(staged)
        raise
    return staged


def _path(root: Path, name: str) -> Path:
    if not PATH.fullmatch(name):
        raise EngineUnavailable(f"The journal names a file that is not of data/: {name}")
    return root / name


def unstage(staged: Staged) -> None:
    """Remove what waits."""
    for temporary in staged.values():
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def rename_staged(staged: Staged) -> None:
    """Make what waits the files themselves, one after the other, each durably."""
    for path, temporary in staged.items():
        if temporary is None:
            durable.remove(path)
        else:
            durable.rename(temporary, path)


def prepare(settings: Settings, progress: Progress | None = None) -> Release:
    """The release to serve: the current one, built first when the sources have changed.

    Changes that a crash kept from the files are put into them before. Raises BuildFailed when the
    sources have changed and no release comes of them.
    """
    replay(settings)
    release = releases.current(settings)
    if release is not None and releases.up_to_date(settings) and not release.damaged():
        return releases.complete(release)
    return releases.build(settings, progress, wait=PATIENCE)
