"""`diplograph build`, `diff`, `stats`, `freeze`, `prune` and `push`: releases made, compared and moved."""

import json
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click
from pyoxigraph import DefaultGraph, Literal, NamedNode

from diplograph import release
from diplograph.changes import apply
from diplograph.changes.apply import replay
from diplograph.cli import console
from diplograph.cli.check import Iri
from diplograph.documents.dates import literal_in_words
from diplograph.errors import ReadOnly
from diplograph.namespaces import DGV, LANGUAGES, MERGED, short
from diplograph.rdf.dataset import Delta
from diplograph.rdf.terms import OxigraphTerm
from diplograph.release import compare, counts, push
from diplograph.release.builder import require_consistency
from diplograph.release.counts import ReleaseCounts, Things
from diplograph.release.push import Account, Way
from diplograph.release.versions import prune
from diplograph.repository import Repository
from diplograph.web.static_site import freeze

if TYPE_CHECKING:
    from rich.text import Text

DONE, INTENDED = "RealisedAct", "UnrealisedAct"
"""The classes of acts that took place, and of those that did not: what is only announced is of neither."""
STYLES = {"-": "red", "+": "green"}
FORMS = ("text", "counts", "patch")
SHOWN = {
    "dataset": "as one dataset: a single visible change, the default graph included",
    "graphs": f"graph by graph, the merge as {MERGED}",
}


@click.command
@console.kb
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder that releases are put into. [default: .diplograph in the knowledge base]",
)
@click.option("--reason/--no-reason", default=True, help="Whether to add what the ontology entails.")
@click.option("--hermit", is_flag=True, help="First check consistency with HermiT; needs Java.")
def build_command(kb: Path | None, out: Path | None, reason: bool, hermit: bool) -> None:
    """Build a checked, immutable release from the sources.

    Parses every file, adds what the ontology entails and the rules infer, validates, counts, and makes the
    release the current one. When anything is wrong nothing changes and every problem is listed.
    """
    settings = console.settings(kb, writes=True)
    if out:
        settings = replace(settings, state=out)
    if hermit:
        require_consistency(settings)
    replay(settings)
    with console.progress() as progress:
        built = release.build(settings, progress, reason=reason)
    for warning in built.manifest["warnings"]:
        console.note(f"warning: {warning}")
    click.echo(f"release {built.name}  {built.manifest['quads']} quads in {built.path}")


@click.command
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option(
    "-r",
    "--results",
    "form",
    type=click.Choice(FORMS),
    default="text",
    show_default=True,
    help="Each triple, how many in each graph, or an RDF Patch.",
)
@click.option("--graph", "graphs", type=Iri(), multiple=True, help="Only this graph, for example dgg:a1.")
@console.quiet
@console.output
@console.kb
@click.pass_context
def diff_command(
    ctx: click.Context,
    *,
    before: str,
    after: str,
    form: str,
    graphs: tuple[str, ...],
    quiet: bool,
    output: Path | None,
    kb: Path | None,
) -> None:
    """Compare two releases, folders or files: the triples that B adds to A and removes from it.

    A and B are files, folders of a release, of a knowledge base or of RDF files, or releases that are kept:
    current, 8 or more digits of an id, or a date. Exits with 1 when they differ.
    """
    settings = console.settings(kb)
    sides = [compare.holding(settings, name) for name in (before, after)]
    delta = _only(compare.between(*sides), graphs)
    if not quiet and form == FORMS[0] and console.is_read(output):
        _show(delta, compare.labels(*sides))
    elif not quiet:
        _print(delta, form, output)
    ctx.exit(1 if delta else 0)


def _only(delta: Delta, names: tuple[str, ...]) -> Delta:
    if not names:
        return delta
    sides = (delta.added, delta.removed)
    return Delta(*(frozenset(q for q in side if compare.graph_of(q) in names) for side in sides))


def _show(delta: Delta, labels: Mapping[str, str]) -> None:
    """Print a change for people: by graph and thing, under labels, with dates in words."""
    for graph, within in groupby(compare.ordered(delta), lambda pair: pair[1].graph_name):
        console.block(_named(graph, labels))
        for thing, about in groupby(within, lambda pair: pair[1].subject):
            console.block("  ", _named(thing, labels))
            for sign, quad in about:
                told = _named(quad.predicate, labels).append(": ").append(_named(quad.object, labels))
                console.block(console.linked(f"    {sign} ", style=STYLES[sign]), told)


def _named(term: OxigraphTerm | DefaultGraph, labels: Mapping[str, str]) -> "Text":
    """A term for people."""
    if isinstance(term, NamedNode):
        return console.linked(labels.get(term.value, short(term.value)), term.value)
    if isinstance(term, Literal):
        return console.linked(literal_in_words(term.value, term.datatype.value))
    return console.linked("the default graph" if isinstance(term, DefaultGraph) else str(term))


def _print(delta: Delta, form: str, output: Path | None) -> None:
    if form == "counts":
        rows = [
            (short(graph) if graph else "default", f"+{added}", f"-{removed}")
            for graph, (added, removed) in compare.counts(delta).items()
        ]
        with output.open("w", encoding="utf-8") if output else nullcontext() as stream:
            if rows:
                console.table(("graph", "added", "removed"), rows, stream)
        return
    lines = (
        compare.patch(delta)
        if form == "patch"
        else (f"{sign} {text} ." for sign, text in compare.lines(delta))
    )
    console.emit("".join(f"{line}\n" for line in lines).encode(), output)


@click.command
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--base-url", metavar="URL", help="The address that the site will have, for absolute links.")
@click.option(
    "--lang",
    "languages",
    type=click.Choice(LANGUAGES),
    multiple=True,
    default=LANGUAGES[:1],
    show_default=True,
    help="A language of the pages; each after the first has a folder of its own, such as /ja/.",
)
@console.kb
def freeze_command(folder: Path, base_url: str | None, languages: tuple[str, ...], kb: Path | None) -> None:
    """Write the release as a static site for any plain web host.

    Pages, documents in every format, downloads and the answers of the canned queries, with relative links.
    `_headers` and `nginx.conf` in DIR tell hosts the media types. What only a service can do is left out.
    """
    settings = console.settings(kb, writes=True, base_url=base_url, timeout=60.0)
    with console.progress() as progress:
        release = apply.prepare(settings, progress)
        with Repository.of_release(replace(settings, max_cache=0), release) as published:
            count = freeze(published, folder, progress, tuple(dict.fromkeys(languages)))
    console.note(f"{count} files in {folder}")


@click.command
@click.option("--keep", type=click.IntRange(1), required=True, metavar="N", help="How many stay.")
@console.kb
def prune_command(keep: int, kb: Path | None) -> None:
    """Remove all releases but N: the current one and the newest.

    Nothing else deletes releases. A release that is gone answers 410; the journal and the files stay.
    """
    settings = console.settings(kb, writes=True)
    if settings.read_only:
        raise ReadOnly(f"The knowledge base at {settings.kb} cannot be written.")
    removed = prune(settings, keep)
    for old in removed:
        click.echo(f"removed {old.path.name}")
    console.note(f"{len(removed)} releases removed")


@click.command
@click.argument("url", required=False)
@console.kb
@click.option(
    "--as",
    "way",
    type=click.Choice(get_args(Way)),
    help="Everything in one change, or graph by graph. [default: as the store can]",
)
@click.option("--files", type=click.Path(file_okay=False, path_type=Path), help="Write for a bulk loader.")
@click.option("--user", metavar="NAME", help="Account of the store.")
@click.option(
    "--password",
    envvar="DIPLOGRAPH_PASSWORD",
    show_envvar=True,
    help="Its password; asked for when it is not given.",
)
def push_command(
    *,
    url: str | None,
    kb: Path | None,
    way: Way | None,
    files: Path | None,
    user: str | None,
    password: str | None,
) -> None:
    """Load the release into the store at URL, replacing what is there, or write files for a bulk loader.

    URL is the address of the Graph Store Protocol. Builds the release first when the sources have changed.
    """
    if (url is None) == (files is None):
        raise click.UsageError("give the URL of a store, or --files DIR")
    account = Account(user, password or click.prompt("Password", hide_input=True, err=True)) if user else None
    with console.progress() as progress:
        release = apply.prepare(console.settings(kb, writes=True), progress)
        if files is not None:
            push.write_files(release, files)
            console.note(
                f"release {release.name} for a bulk loader in {files}; Virtuoso runs {files}/load.sql"
            )
        elif url is not None:
            done = push.push(release, url, way, account, progress)
            console.note(f"release {release.name} loaded {SHOWN[done]}")


@click.command
@click.option(
    "-r",
    "--results",
    "form",
    type=click.Choice(("table", "json")),
    default="table",
    show_default=True,
    help="Form of the figures.",
)
@click.option("--all", "everything", is_flag=True, help="Classes of other vocabularies, too.")
@console.output
@console.kb
def stats_command(form: str, output: Path | None, kb: Path | None, *, everything: bool) -> None:
    """Count what the release holds: triples of each graph, things of each class, and their evidence."""
    with console.progress() as progress:
        release = apply.prepare(console.settings(kb), progress)
    found = counts.take(release)
    classes = dict(found.classes) if everything else found.own_classes
    if form == "json":
        console.emit((json.dumps(_document(found, classes), indent=2) + "\n").encode(), output)
    elif console.is_read(output):
        _tell(found, classes)
    else:
        with output.open("w", encoding="utf-8") if output else nullcontext() as stream:
            _tables(found, classes, stream)


def _document(found: ReleaseCounts, classes: dict[str, Things]) -> dict[str, object]:
    return {
        "release": found.release,
        "created": found.created,
        "triples": {"graphs": dict(found.graphs), "merged": found.merged},
        "classes": {
            iri: {"things": things.count, "with_evidence": things.with_evidence}
            for iri, things in classes.items()
        },
        "evidence": {**found.evidence, "certainty": dict(found.certainty)},
        "acts": {"took_place": found.things(DONE), "only_intended": found.things(INTENDED)}
        | {"stages": {iri.removeprefix(str(DGV)): number for iri, number in found.stages.items()}},
    }


def _tell(found: ReleaseCounts, classes: dict[str, Things]) -> None:
    """Print the figures for people: by labels, what took place apart from what was only intended."""
    acts, done, intended = (found.things(name) for name in ("Act", DONE, INTENDED))
    told = console.linked(f"{acts:,} acts: {done:,} took place, ", style="bold")
    console.block("", told.append(_others(acts, done, intended)))
    stages = [(_label(found, iri), f"{number:,}") for iri, number in found.stages.items()]
    rows = [(_label(found, iri), _number(things)) for iri, things in classes.items()]
    graphs = [(_label(found, iri), f"{number:,}") for iri, number in found.graphs.items()]
    graphs.append((console.linked("their merge"), f"{found.merged:,}"))
    levels = [f"{number:,} of certainty {name}" for name, number in found.certainty.items()]
    totals = [f"{number:,} {name}" for name, number in found.evidence.items()]
    for heading, pairs in (
        ("How far acts got, by the latest source that says so", stages),
        ("Things of each class", rows),
        ("Statements (triples) of each graph", graphs),
    ):
        console.block("")
        console.block(console.linked(heading, style="bold"))
        console.pairs(pairs)
    console.block("")
    console.block(console.linked("Evidence: ", style="bold"), ", ".join([*totals, *levels]))


def _others(acts: int, done: int, intended: int) -> str:
    rest = acts - done - intended
    told = f"{intended:,} were only planned, promised, proposed, threatened or called for"
    return f"{told}; of {rest:,} nothing more than the announcement is known" if rest else told


def _label(found: ReleaseCounts, iri: str) -> "Text":
    return console.linked(found.labels.get(iri, short(iri)), iri)


def _number(things: Things) -> str:
    coverage = _coverage(things)
    return f"{things.count:,}, with evidence {coverage}" if coverage else f"{things.count:,}"


def _tables(found: ReleaseCounts, classes: dict[str, Things], stream: object = None) -> None:
    graphs = [(short(iri), f"{number:,}") for iri, number in found.graphs.items()]
    console.table(("graph", "triples"), [*graphs, ("their merge", f"{found.merged:,}")], stream)
    rows = [(short(iri), f"{things.count:,}", _coverage(things)) for iri, things in classes.items()]
    console.table(("class", "things", "with evidence"), rows, stream)
    levels = [(f"of certainty {name}", f"{number:,}") for name, number in found.certainty.items()]
    totals = [(name, f"{number:,}") for name, number in found.evidence.items()]
    console.table(("evidence", "number"), [*totals, *levels], stream)


def _coverage(things: Things) -> str:
    """How many have evidence of their own, and the share; nothing where none has or needs any."""
    if not things.with_evidence:
        return ""
    return f"{things.with_evidence:,} ({things.with_evidence / things.count:.0%})"
