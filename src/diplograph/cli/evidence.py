"""`diplograph evidence`: do the recorded spans still match the sources, and new spans for new evidence."""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache, partial
from pathlib import Path

import click
from rdflib import URIRef

from diplograph import evidence
from diplograph.changes.blocks import KnownTerms
from diplograph.cli import console
from diplograph.cli.check import Iri
from diplograph.cli.new import Term, put
from diplograph.evidence import Reopened, SpanStatus
from diplograph.evidence.adding import CERTAINTIES, Bounds, Place
from diplograph.evidence.coverage import coverage, percent
from diplograph.namespaces import short
from diplograph.rdf import Dataset, turtle
from diplograph.release.assemble import load_graphs
from diplograph.sources import KnowledgeBase

AROUND = 30
"""How many code points are shown on either side of a phrase when it is asked which is meant."""
STATUSES = ("matching", "moved", "changed", "absent")


@click.group
def evidence_command() -> None:
    """Check recorded spans against the sources, and make new ones."""


folder_option = click.option(
    "--sources",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with the articles. [default: DIPLOGRAPH_SOURCES]",
)


@evidence_command.command
@folder_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@console.kb
@console.quiet
@click.pass_context
def check(ctx: click.Context, sources: Path | None, form: str, kb: Path | None, quiet: bool) -> None:
    """Compare every recorded span with the text of its source.

    What rests on a span that is not in its source any more, or on a source as a whole that was revised, is
    listed: its review is open again. Exits 0 when all match, 1 when a span has moved, changed or lacks its
    source or a review is open again, 2 when no source is at hand.
    """
    settings = console.settings(kb)
    dataset = Dataset.memory()
    load_graphs(KnowledgeBase(settings.kb), dataset)
    folder = sources or settings.sources
    graph = dataset.to_rdflib(dataset.graph_names())
    found = evidence.check(graph, folder)
    again = evidence.reopened(graph, found)
    statuses = {status.status for status in found}
    if not quiet and form == "json":
        click.echo(_json(found, again))
    elif not quiet and statuses != {"absent"}:
        click.echo(_text(found, again))
    if "absent" in statuses and not quiet:
        _say_what_is_absent(found, folder)
    if again or statuses - {"matching"}:
        ctx.exit(2 if statuses == {"absent"} else 1)


@evidence_command.command
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--source", required=True, type=Term("doc"), help="The source, such as a1.")
@click.option("--range", "bounds", type=(int, int), help="Start and end in code points, the end excluded.")
@click.option("--phrase", help="A few words of the source, in any quotes, dashes, spaces and case.")
@click.option(
    "--which", type=click.IntRange(min=1), help="Which one, of a phrase that occurs more than once."
)
@click.option("--for", "things", type=Iri(), multiple=True, help="A thing in FILE that is to rest on it.")
@click.option("--certainty", type=click.Choice(CERTAINTIES), default="high", show_default=True)
@folder_option
@console.kb
def add(
    *,
    file: Path | None,
    source: str,
    bounds: tuple[int, int] | None,
    phrase: str | None,
    which: int | None,
    things: tuple[str, ...],
    certainty: str,
    sources: Path | None,
    kb: Path | None,
) -> None:
    """Make evidence for a passage: its offsets and hash, and never its text.

    The block is shown, or put into FILE; a span or evidence that is known already is used again. With --for,
    things that FILE describes rest on it. A phrase that occurs more than once asks which is meant. Prints
    the IRI of the evidence when there is nothing to add.
    """
    if things and not file:
        raise click.UsageError("--for writes into the file that describes the thing: name it.")
    settings = console.settings(kb, writes=file is not None)
    known = KnownTerms(settings.kb, file)
    folder, place = sources or settings.sources, cache(_place(bounds, phrase, which))
    evidence.add(known.graph, folder, URIRef(source), place)  # asks which is meant before others have to wait
    with known.writing() as terms:
        made = evidence.add(terms.graph, folder, URIRef(source), place, certainty)
        made = evidence.attached(turtle.parse(terms.text), made, map(URIRef, things))
        if made.triples:
            put(terms, made.triples)
    if not made.triples:
        click.echo(short(made.evidence))
        console.note("known already: nothing to add")


@evidence_command.command("list")
@click.argument("source", type=Term("doc"))
@folder_option
@click.option("--open", "only_open", is_flag=True, help="Only those that nothing rests on yet.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@console.kb
def list_sentences(
    *, source: str, sources: Path | None, only_open: bool, as_json: bool, kb: Path | None
) -> None:
    """Show the sentences of SOURCE, such as a1, with their offsets and how many things rest on each.

    The text is read where it is at hand and goes nowhere else. The last line says of how many of a hundred
    sentences something rests.
    """
    settings = console.settings(kb)
    dataset = Dataset.memory()
    load_graphs(KnowledgeBase(settings.kb), dataset)
    graph = dataset.to_rdflib(dataset.graph_names())
    found = coverage(graph, sources or settings.sources, URIRef(source))
    shown = [one for one in found if not (only_open and one.things)]
    if as_json:
        facts = {"source": source, "total": len(found), "percent": percent(found)}
        click.echo(json.dumps(facts | {"sentences": [asdict(one) for one in shown]}, ensure_ascii=False))
        return
    for one in shown:
        click.echo(f"{one.start}-{one.end}\t{len(one.things) or '-'}\t{' '.join(one.text.split())}")
    rest = sum(1 for one in found if one.things)
    click.echo(f"{len(found)} sentences, {rest} of them evidence for something: {percent(found)} %")


def _place(bounds: tuple[int, int] | None, phrase: str | None, which: int | None) -> Place:
    if (bounds is None) == (phrase is None):
        raise click.UsageError("Name the passage by --range START END or by --phrase, one of them.")
    if bounds is not None:
        return partial(evidence.by_range, start=bounds[0], end=bounds[1])
    return partial(evidence.by_phrase, phrase=phrase or "", choose=partial(_chosen, which))


def _chosen(which: int | None, text: str, places: Sequence[Bounds]) -> Bounds | None:
    """The place of a phrase that is meant, by its number or as a terminal answers; None without an answer."""
    if which is None and sys.stdin.isatty():
        for number, (start, end) in enumerate(places, 1):
            around = " ".join(text[max(start - AROUND, 0) : end + AROUND].split())
            click.echo(f"{number}: {start}-{end}  … {around} …", err=True)
        which = click.prompt("Which one", type=click.IntRange(1, len(places)), err=True)
    return places[which - 1] if which is not None and which <= len(places) else None


def _say_what_is_absent(found: Sequence[SpanStatus], folder: Path | None) -> None:
    absent = [status for status in found if status.status == "absent"]
    where = f"in {folder}" if folder else "at hand"
    console.note(f"{len(absent)} spans are not compared: the texts that they stand in are not {where}.")
    console.note(f"Save each in one folder: {', '.join(dict.fromkeys(status.file for status in absent))}.")
    console.note("Then say --sources DIR, or set DIPLOGRAPH_SOURCES.")


def _text(found: Sequence[SpanStatus], again: Sequence[Reopened]) -> str:
    lines = [_line(status) for status in found if status.status not in ("matching", "absent")]
    revised = sorted({status.file for status in found if status.as_recorded is False})
    lines += [f"{file}: not the text that was recorded" for file in revised]
    if again:
        lines.append(f"{len(again)} to review again:")
    for one in again:
        lines.append(f"  {short(one.thing)}  {one.label}  rests on {', '.join(map(short, one.changed))}")
    return "\n".join([*lines, _summary(found)])


def _json(found: Sequence[SpanStatus], again: Sequence[Reopened]) -> str:
    members = {"spans": [asdict(status) for status in found], "review": [asdict(one) for one in again]}
    return json.dumps(members, ensure_ascii=False, indent=2)


def _line(status: SpanStatus) -> str:
    where = f", now at {status.found[0]}-{status.found[1]}" if status.found else ""
    return f"{status.file}:{status.start}-{status.end}: {status.status}{where}  {status.span}"


def _summary(found: Sequence[SpanStatus]) -> str:
    counted = Counter(str(status.status) for status in found)
    parts = [f"{number} {word}" for word in STATUSES if (number := counted[word])]
    return f"{len(found)} spans: {', '.join(parts) or 'none recorded'}"
