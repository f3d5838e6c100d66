"""Release candidate: a release in its own folder, to be made the current one or thrown away."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from tempfile import mkdtemp
from types import TracebackType
from typing import Any, Self

from diplograph.incremental import leftovers
from diplograph.release.folder import WAITING, Release, point_to, releases, sync
from diplograph.release.manifest import inputs_digest
from diplograph.settings import Settings


@dataclass(slots=True)
class Candidate:
    """A release that is complete, checked and on disk, and that nobody serves yet.

    No other build runs until it is published or discarded. In a `with` block it is discarded at the end
    unless it was published.
    """

    settings: Settings
    release: Release
    _held: ExitStack = field(repr=False)

    def publish(self) -> Release:
        """Make it the current release by two renames, and return it under its own name."""
        with self._held:
            self.release = _settled(self.release, self.settings.state / "releases")
            point_to(self.settings.state, self.release)
        return self.release

    def discard(self) -> None:
        """Throw it away; the current release stays."""
        self._held.close()

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Discards it where it was not published."""
        self.discard()


@contextmanager
def work_folder(store: Path) -> Iterator[Path]:
    """Give a folder beside the releases that is gone after the block, unless it was renamed."""
    work = Path(mkdtemp(prefix=WAITING, dir=store))
    work.chmod(0o755)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def clear_leftovers(store: Path) -> None:
    """Remove what killed builds left; to be called with the lock held, when nobody is at work there."""
    for path in chain(store.glob(f"{WAITING}*"), leftovers(store)):
        shutil.rmtree(path, ignore_errors=True)


def built_before(state: Path, inputs: dict[str, Any]) -> Release | None:
    """Return the release that was built from the same inputs, None when there is none or it is damaged."""
    suffix = f"-{inputs_digest(inputs)}"
    for release in releases(state):
        if release.path.name.endswith(suffix) and release.manifest.get("inputs") == inputs:
            return None if release.damaged() else release
    return None


def _settled(release: Release, store: Path) -> Release:
    """Give a release its own name; one that was built before has it already."""
    if not release.path.name.startswith(WAITING):
        return release
    final = store / f"{release.name}-{inputs_digest(release.manifest['inputs'])}"
    if final.exists():
        shutil.rmtree(final)
    release.path.rename(final)
    sync(store)
    return Release.open(final)
