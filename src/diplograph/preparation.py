"""The release to put into service, built when the sources have changed; a build imports what it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diplograph import release as releases
from diplograph.intake.replay import replay

if TYPE_CHECKING:
    from diplograph.release import Progress, Release
    from diplograph.settings import Settings

PATIENCE = 300.0
"""Seconds that another build of the same knowledge base may take."""


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
