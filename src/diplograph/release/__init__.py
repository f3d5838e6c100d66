"""Releases: built from the sources, immutable, hashed, swapped in by rename."""

from diplograph.release.build import Progress, build, built_from, current, up_to_date
from diplograph.release.candidate import Candidate
from diplograph.release.derive import derive
from diplograph.release.folder import Release
from diplograph.release.late import complete

__all__ = [
    "Candidate",
    "Progress",
    "Release",
    "build",
    "built_from",
    "complete",
    "current",
    "derive",
    "up_to_date",
]
