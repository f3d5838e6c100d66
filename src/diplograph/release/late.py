"""What a derived release gets after it is in service: dumps and its description in VoID and DCAT."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from diplograph import counts
from diplograph.engine.rewriting import statistics
from diplograph.release import void
from diplograph.release.dumps import write_dumps
from diplograph.release.folder import Release, file_hash, sync_tree
from diplograph.release.seal import write_manifest
from diplograph.store import Dataset

DESCRIPTION = "void.ttl"


def write_description(dataset: Dataset, folder: Path, identity: str) -> list[dict[str, object]]:
    """Writes dumps and description of a dataset into a release's folder; returns the dumps' entries.

    The description comes last: where it is, everything is.
    """
    with TemporaryDirectory(prefix=".dumps-", dir=folder) as made:
        dumps = write_dumps(dataset, Path(made) / "dumps")
        shutil.rmtree(folder / "dumps", ignore_errors=True)
        (Path(made) / "dumps").rename(folder / "dumps")
    new = folder / f".{DESCRIPTION}"
    new.write_text(void.describe(dataset, dumps, identity), encoding="utf-8")
    new.replace(folder / DESCRIPTION)
    return dumps


def write_statistics(dataset: Dataset, folder: Path) -> None:
    """Writes the counts by which queries are planned beside a store."""
    text = json.dumps(counts.statistics(dataset), separators=(",", ":"))
    new = folder / f".{statistics.FILE}"
    new.write_text(f"{text}\n", encoding="utf-8")
    new.replace(folder / statistics.FILE)


def complete(release: Release) -> Release:
    """Make the dumps and the description of a release that came without them; others stay as they are.

    Until then queries are planned by the counts of the release that it was derived from.
    """
    if not release.is_pending:
        return release
    dataset = Dataset.open_read_only(release.store_path)
    write_statistics(dataset, release.path)
    dumps = write_description(dataset, release.path, release.id)
    dataset.close()
    written = [*(f"dumps/{dump['file']}" for dump in dumps), DESCRIPTION, statistics.FILE]
    files = {name: file_hash(release.path / name) for name in written}
    manifest: Mapping[str, Any] = {
        **{name: value for name, value in release.manifest.items() if name != "pending"},
        "dumps": dumps,
        "files": dict(sorted({**release.manifest["files"], **files}.items())),
    }
    write_manifest(release.path, manifest)
    sync_tree(release.path)
    return Release.open(release.path)
