"""`diplograph check`: SHACL in the context of what is known, and the fixes that change no meaning."""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal, cast

import click

from diplograph import incremental, validation
from diplograph import release as releases
from diplograph.cli import console
from diplograph.errors import MalformedRdf
from diplograph.queries.parameters import read_iri
from diplograph.rdf import turtle
from diplograph.release import Release, durable
from diplograph.settings import Settings
from diplograph.sources import KnowledgeBase
from diplograph.validation import Report, fixes
from diplograph.validation.renderings import RENDERINGS
from diplograph.validation.renderings import command as command_of

LEVELS = ("violation", "warning", "info")
MENDED = (".ttl", ".trig")
"""What files are mended, by their suffix: for no other is a fix known."""


def mend(paths: Sequence[Path], report: Report) -> bool:
    """Make the safe fixes of a report, format the Turtle files, and say what was done; False for nothing.

    Each file is replaced whole or not at all. A file whose comments the canonical form would lose is not
    formatted.
    """
    changed = [path for path in paths if _mended(path, report)]
    return bool(changed)


def _mended(path: Path, report: Report) -> bool:
    if path.suffix not in MENDED:
        return False
    before = path.read_bytes().decode("utf-8").removeprefix("\ufeff")
    found = [f for f in report.findings if f.file == str(path) and f.fix and f.fix.safe]
    text, made = fixes.applied(before, dict.fromkeys(f.fix for f in found if f.fix))
    done = [f"{path}:{fix.edits[0].line}: {fix.title}" for fix in made]
    if path.suffix == ".ttl":
        text, said = _formatted(path, text)
        done += said
    if text != before:
        durable.replace(path, text)
    for line in done:
        console.note(line)
    return text != before


def _formatted(path: Path, text: str) -> tuple[str, list[str]]:
    if lost := [found.line for found in turtle.remarks(text) if not found.in_head]:
        lines = ", ".join(map(str, lost[:5]))
        return text, [f"{path}: not formatted, for it would lose the comments in line {lines}"]
    formatted = turtle.format_text(text)
    return formatted, [] if formatted == text else [f"{path}: formatted"]


class Iri(click.ParamType[str]):
    """An IRI, in full or with one of our prefixes."""

    name = "IRI"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The IRI in full."""
        try:
            return read_iri(value).value
        except ValueError:
            self.fail(f"{value!r} is not an IRI", param, ctx)


@click.command
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option(
    "--against",
    type=click.Choice(["release", "none"]),
    default="release",
    show_default=True,
    help="What the files are checked together with; the ontology always is.",
)
@click.option("--since", metavar="REV", help="Only what changed since a git revision is new; without FILE.")
@click.option("--graph", type=Iri(), help="The named graph that the file is; by default its path tells.")
@click.option("--add", is_flag=True, help="Add to the graph instead of replacing it, as accept --add does.")
@click.option("--format", "form", type=click.Choice(list(RENDERINGS)), default="text", show_default=True)
@click.option(
    "--fail-on",
    type=click.Choice(LEVELS),
    help="The least severity that makes the exit code 1.  [default: info for files, where every new finding"
    " counts; violation for the whole knowledge base]",
)
@click.option("--shape", type=Iri(), help="Only findings of this shape.")
@click.option("--focus", type=Iri(), help="Only findings about this thing.")
@click.option("--per-shape", type=click.IntRange(min=1), help="At most so many findings of each shape.")
@click.option("--stats", is_flag=True, help="Tell on standard error what each shape cost and found.")
@click.option(
    "--fix", is_flag=True, help="Make the fixes that change no meaning, format the files, and check again."
)
@console.quiet
@console.kb
@click.pass_context
def check_command(
    ctx: click.Context,
    *,
    files: tuple[str, ...],
    against: Literal["release", "none"],
    since: str | None,
    graph: str | None,
    add: bool,
    form: str,
    fail_on: str | None,
    shape: str | None,
    focus: str | None,
    per_shape: int | None,
    stats: bool,
    fix: bool,
    quiet: bool,
    kb: Path | None,
) -> None:
    """Check files, or the whole knowledge base, against the shapes.

    A file that is a graph of the knowledge base, by its path or by --graph, replaces it; any other is
    added. With --add, FILE joins the graph of its name (`a3.ttl` that of dgg:a3) or of --graph. Without FILE
    the whole knowledge base is checked, with --since for what a change made of it. Exits 1 when there is
    something new to mend.
    """
    _require_sense(files, since=since, fix=fix, add=add)
    settings = console.settings(kb)
    with ExitStack() as resources, _annotated(form):
        paths = [_readable(path, resources) for path in console.paths(files)]
        if since:
            judged = partial(validation.since, KnowledgeBase(settings.kb), since, limit=settings.max_findings)
        else:
            judged = partial(_validated, settings, paths, against, graph, add=add)
        report = _narrowed(judged(), shape, focus)
        if fix and mend(paths, report):
            report = _narrowed(judged(), shape, focus)
    whole = not (files or since)
    if not quiet:
        shown = report if per_shape is None else report.shortened(per_shape)
        click.echo(RENDERINGS[form](shown).rstrip("\n"))
    if stats:
        _print_stats(report)
    if _fails(report, fail_on or ("violation" if whole else "info"), whole=whole):
        ctx.exit(1)


def _require_sense(files: Sequence[str], *, since: str | None, fix: bool, add: bool) -> None:
    if fix and (not files or "-" in files):
        raise click.UsageError("--fix mends files: name them.")
    if add and (not files or "-" in files):
        raise click.UsageError("--add takes files, whose names tell the graphs: name them.")
    if since and files:
        raise click.UsageError("--since takes the change from git: leave FILE out.")


def _validated(
    settings: Settings,
    paths: Sequence[Path],
    against: Literal["release", "none"],
    graph: str | None,
    *,
    add: bool,
) -> Report:
    release = releases.current(settings) if paths else None
    return incremental.check(
        KnowledgeBase(settings.kb),
        paths,
        against=against,
        graph=graph,
        add=add,
        standing=_standing(settings, release, paths) if paths else None,
        limit=settings.max_findings,
        base=release.path if release and releases.built_from(settings, release, paths) else None,
    )


def _print_stats(report: Report) -> None:
    """The seconds, the candidates for pySHACL and the findings of each shape, the slowest first."""
    found = Counter(finding.shape for finding in report.findings)
    costs = sorted(report.timings.items(), key=lambda item: -item[1].seconds)
    rows = [(shape, f"{cost.seconds:.3f}", str(cost.candidates), str(found[shape])) for shape, cost in costs]
    console.table(("shape", "seconds", "candidates", "findings"), rows, stream=sys.stderr)


def _near(file: str) -> str:
    """The path of a file from here, as GitHub wants it, when it is below this folder."""
    here, path = Path.cwd(), Path(file).absolute()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else file


@contextmanager
def _annotated(form: str) -> Iterator[None]:
    """For GitHub, tell of what cannot be read as an annotation too."""
    try:
        yield
    except MalformedRdf as error:
        if form == "github":
            where = cast("dict[str, int]", error.facts.get("position", {}))
            place = {"line": where.get("line"), "col": where.get("column")}
            file = _near(str(error.facts.get("file", "")))
            click.echo(command_of("error", error.detail, {"file": file, **place}))
        raise


def _standing(settings: Settings, release: Release | None, paths: Sequence[Path]) -> Report | None:
    """What was found before the change; None when nothing tells, and the sources as they are get judged.

    A file that is changed in its place is itself the sources as they are: then the release tells, however
    old, and without one nothing stood before.
    """
    in_place = any(KnowledgeBase(settings.kb).graph_of(path) for path in paths)
    if release is None or not (in_place or releases.up_to_date(settings)):
        return Report.of([]) if in_place else None
    return Report.from_json((release.path / "report.json").read_text(encoding="utf-8"))


def _readable(path: Path, resources: ExitStack) -> Path:
    """The path itself, or for `-` a file with what standard input holds."""
    if str(path) != "-":
        return path
    folder = Path(resources.enter_context(tempfile.TemporaryDirectory()))
    copy = folder / "stdin.ttl"
    copy.write_bytes(sys.stdin.buffer.read())
    return copy


def _narrowed(report: Report, shape: str | None, focus: str | None) -> Report:
    kept = [f for f in report.findings if shape in (None, f.shape) and focus in (None, f.focus)]
    return report if len(kept) == len(report.findings) else replace(report, findings=kept)


def _fails(report: Report, level: str, *, whole: bool) -> bool:
    """Whether the exit code is 1: standing findings count only when the whole was asked for."""
    counted = LEVELS[: LEVELS.index(level) + 1]
    changes = {"new", "standing"} if whole else {"new"}
    broken = any(f.severity in counted and f.change in changes for f in report.findings)
    return broken or bool(report.uncovered)
