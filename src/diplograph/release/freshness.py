"""Whether the release in service is that of the sources as they are; told without what a build needs."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from diplograph.release.folder import Release, read_current
from diplograph.release.manifest import build_inputs
from diplograph.settings import Settings
from diplograph.sources import KnowledgeBase


def current(settings: Settings) -> Release | None:
    """The release in service, None when there is none that can be opened."""
    return read_current(settings.state)


def up_to_date(settings: Settings) -> bool:
    """Whether the current release was built from the sources as they are now."""
    release = current(settings)
    if release is None:
        return False
    reason = bool(release.manifest.get("inputs", {}).get("reason"))
    return bool(release.manifest.get("inputs") == build_inputs(KnowledgeBase(settings.kb), reason=reason))


def built_from(settings: Settings, release: Release, without: Iterable[Path]) -> bool:
    """Whether a release with what it entails was built from the sources as they are, some files left out."""
    built = release.manifest.get("inputs", {})
    if not built.get("reason"):
        return False
    found: Mapping[str, Any] = build_inputs(KnowledgeBase(settings.kb), reason=True)
    root = settings.kb.resolve()
    resolved = (path.resolve() for path in without)
    left_out = {path.relative_to(root).as_posix() for path in resolved if path.is_relative_to(root)}
    return found["software"] == built["software"] and _but(found["files"], left_out) == _but(
        built["files"], left_out
    )


def _but(files: Mapping[str, str], left_out: set[str]) -> dict[str, str]:
    return {name: digest for name, digest in files.items() if name not in left_out}
