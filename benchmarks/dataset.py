"""From a plan to a dataset: generated, built by the project's own code, dumped for the peers."""

import json
import shutil
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph
from pyoxigraph import DefaultGraph, RdfFormat

from benchmarks.generator import Generated, Plan, write
from benchmarks.servers.base import Data, timed
from diplograph.release import Release, current, up_to_date
from diplograph.settings import Settings

TIMEOUT = 60.0
"""Seconds that this service gives a query in a benchmark, so that slow ones are timed and not cut."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset that was built, with what that took: seconds, peak memory in bytes, seconds by phase."""

    generated: Generated
    release: Release
    data: Data
    seconds: float
    peak: int
    checked: bool

    @property
    def quads(self) -> int:
        """Quads in the release: asserted, entailed, and the merge that is the default graph."""
        return int(self.release.manifest["quads"])

    @property
    def timings(self) -> dict[str, float]:
        """Seconds of each phase of the build."""
        return dict(self.release.manifest["timings"])


def make(plan: Plan, folder: Path, template: Path, *, check: bool, rules: Path | None = None) -> Dataset:
    """Generates, builds and dumps. Raises Absent with the build's last words when it fails.

    `check` is whether the build validates; `rules` holds rule files to use instead of the template's own.
    What an earlier run left in the folder is used again when it is of the same sources and software.
    """
    generated = write(plan, folder / "kb", template)
    if rules is not None:
        shutil.copytree(rules, generated.root / "queries" / "rules", dirs_exist_ok=True)
    state = folder / "state"
    how = "checked" if check else "unchecked"
    noted = folder / f"built-{how}.json"
    if not (noted.is_file() and up_to_date(settings(generated.root, state))):
        command = (sys.executable, "-m", "benchmarks.building", str(generated.root), str(state))
        taken = timed((*command, how), folder / "build.log")
        shutil.rmtree(folder / "dumps", ignore_errors=True)
        noted.write_text(json.dumps(taken), encoding="utf-8")
    seconds, peak = json.loads(noted.read_text(encoding="utf-8"))
    release = current(settings(generated.root, state))
    if release is None:
        raise FileNotFoundError(state / "current")
    data = dump(release, generated.root, state, folder / "dumps")
    return Dataset(generated, release, data, seconds, peak, check)


def settings(kb: Path, state: Path) -> Settings:
    """The settings of a service over a generated knowledge base."""
    return Settings.resolve(kb, state=state)


def dump(release: Release, kb: Path, state: Path, folder: Path) -> Data:
    """Writes what a release holds in the forms that the peers load; a folder that is there is whole."""
    data = Data(kb, state, folder / "quads.nq", folder / "named.nq", folder / "merged.nt")
    if folder.is_dir():
        return data
    begun = folder.with_name(f".{folder.name}")
    shutil.rmtree(begun, ignore_errors=True)
    begun.mkdir()
    store = pyoxigraph.Store.read_only(str(release.store_path))
    default = DefaultGraph()
    with ExitStack() as files:
        quads, named, merged = (
            files.enter_context((begun / path.name).open("wb"))
            for path in (data.quads, data.named, data.merged)
        )
        store.dump(quads, RdfFormat.N_QUADS)
        store.dump(merged, RdfFormat.N_TRIPLES, from_graph=default)
        named_only = (quad for quad in store if quad.graph_name != default)
        pyoxigraph.serialize(named_only, named, RdfFormat.N_QUADS)
    begun.rename(folder)
    return data
