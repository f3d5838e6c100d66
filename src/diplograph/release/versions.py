"""Versions: older releases, which one a version means, and the removal of those nobody needs."""

import json
import re
import shutil
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time

from diplograph.errors import Gone
from diplograph.release import durable, manifest
from diplograph.release import folder as folders
from diplograph.release.durable import build_lock
from diplograph.release.folder import WAITING, Release
from diplograph.settings import Settings

HEX = re.compile(r"[0-9a-f]{8,64}")
PRUNED = "pruned.json"
WAIT = 60.0


def kept(settings: Settings) -> list[Release]:
    """Every release on disk: the current one, then the newest first."""
    current = manifest.current(settings)
    serving = None if current is None else current.path
    known = folders.releases(settings.state)
    return sorted(known, key=lambda each: (each.path == serving, created(each)), reverse=True)


def created(release: Release) -> datetime:
    """When a release was first built."""
    return datetime.fromisoformat(str(release.manifest["created"]))


def find(settings: Settings, version: str) -> Release | None:
    """The release that a version means: 8 or more digits of its id, or a date.

    A date means the last that was first built by then, one to come the current release. None when there is
    none, or when the digits are those of several. Raises Gone for one that was pruned.
    """
    known = kept(settings)
    if HEX.fullmatch(version):
        found = {release.id: release for release in reversed(known) if release.id.startswith(version)}
        if not found and any(identity.startswith(version) for identity in _pruned(settings)):
            raise Gone("This release was removed by `diplograph prune`.")
        return next(iter(found.values())) if len(found) == 1 else None
    moment = _moment(version)
    if moment is None:
        return None
    if moment >= datetime.now(UTC):
        return next(iter(known), None)
    return max((each for each in known if created(each) <= moment), key=created, default=None)


def prune(settings: Settings, keep: int) -> list[Release]:
    """Remove all releases but so many, the current one and the newest; return what was removed."""
    settings.state.mkdir(parents=True, exist_ok=True)
    with build_lock(settings.state, WAIT):
        current = manifest.current(settings)
        old = [r for r in kept(settings)[keep:] if current is None or r.path != current.path]
        _remember(settings, old)
        for release in old:
            going = release.path.with_name(f"{WAITING}{release.path.name}")
            release.path.rename(going)
            shutil.rmtree(going)
    return old


def _moment(text: str) -> datetime | None:
    """The moment that a date with or without a time means; a day means its end."""
    try:
        if len(text) == len("2022-10-04"):
            return datetime.combine(date.fromisoformat(text), time.max, UTC)
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _pruned(settings: Settings) -> Sequence[str]:
    try:
        found: list[str] = json.loads((settings.state / PRUNED).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    return found


def _remember(settings: Settings, old: Iterable[Release]) -> None:
    known = dict.fromkeys([*_pruned(settings), *(release.id for release in old)])
    durable.replace(settings.state / PRUNED, json.dumps(list(known), indent=2) + "\n")
