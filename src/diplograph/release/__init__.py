"""Releases: built from the sources, immutable, hashed, swapped in by rename."""

from diplograph.release.build import Progress, build, current, up_to_date
from diplograph.release.folder import Release

__all__ = ["Progress", "Release", "build", "current", "up_to_date"]
