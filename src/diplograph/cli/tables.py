"""`diplograph import`: acts and claims of the rows of a table, by a map."""

import tempfile
from pathlib import Path

import click
from rdflib import DCTERMS, Graph, URIRef

from diplograph import incremental
from diplograph import release as releases
from diplograph.changes.blocks import KnownTerms, form_of
from diplograph.changes.drafting import description
from diplograph.cli import console
from diplograph.cli.check import RENDERINGS
from diplograph.cli.new import put
from diplograph.evidence.scaffold import Name
from diplograph.namespaces import DGG
from diplograph.rdf import turtle
from diplograph.release import durable
from diplograph.settings import Settings
from diplograph.sources import KnowledgeBase
from diplograph.tables import mapping
from diplograph.tables.importing import Counts, Import, import_table
from diplograph.tables.mapping import TableMap
from diplograph.validation import Report

LISTED = 20
"""How many vanished rows are named."""


@click.command
@click.argument("table", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--map", "name", required=True, help="What the rows say: a YAML file, or a map that is shipped.")
@click.option("--check", "only_check", is_flag=True, help="Say what would come of it, and write nothing.")
@click.option("--withdraw", is_flag=True, help="Take out what an earlier edition had and this one has not.")
@click.option("--format", "form", type=click.Choice(list(RENDERINGS)), default="text", show_default=True)
@click.option(
    "--sources",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the text of a table that is no text. [default: DIPLOGRAPH_SOURCES, else sources/]",
)
@console.kb
@click.pass_context
def import_command(
    ctx: click.Context,
    *,
    table: Path,
    file: Path | None,
    name: str,
    only_check: bool,
    withdraw: bool,
    form: str,
    sources: Path | None,
    kb: Path | None,
) -> None:
    """Make acts and claims of the rows of TABLE, each resting on its row, and put them into FILE.

    TABLE is CSV, TSV, JSON lines, XLSX or XML. FILE is data/SLUG.ttl of the knowledge base where it is left
    out, and belongs to the table: what the table says takes the place of what an earlier edition said.
    Everything that a cell says and nothing knows is told at once, by row and column, and then nothing is
    written.
    """
    settings = console.settings(kb, writes=not only_check)
    base = KnowledgeBase(settings.kb)
    table_map = mapping.read(name)
    if not only_check and releases.current(settings) is None:
        releases.build(settings)  # what the change is judged on: accept finds none beside a file in its place
    target = file or base.root / "data" / f"{table_map.slug}.ttl"
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) if only_check else sources or settings.sources or settings.kb / "sources"
        terms = KnownTerms(settings.kb, target)
        with terms.writing() as known, console.progress() as progress:
            made = import_table(
                table, table_map, known, form_of(base),
                sources=folder, withdraw=withdraw, progress=progress,
            )  # fmt: skip
            _tell(made, table_map)
            if made.report.findings:
                click.echo(RENDERINGS[form](made.report).rstrip("\n"))
                console.complain("nothing was written")
                ctx.exit(1)
            text = turtle.comments(known.text) + turtle.canonical_of(made.triples)
            if not only_check:
                durable.replace(target, text)
        if only_check:
            report = _judged(settings, target, text)
            click.echo(RENDERINGS[form](report).rstrip("\n"))
            ctx.exit(0 if report.conforms else 1)
    described = _describe(settings, base, target, table_map, made)
    files = " ".join(str(_near(path)) for path in (target, *described))
    console.note(f"{_near(target)} is written; next: diplograph accept {files}")


def _tell(made: Import, table_map: TableMap) -> None:
    """Say what became of the rows, and what of the table is not taken."""
    counts = made.counts
    console.note(_summary(counts))
    if made.unused:
        console.note(f"columns that the map does not take: {', '.join(made.unused)}")
    if counts.untaken:
        console.note(f"rows that no rule of the map is for: {counts.untaken}")
    if counts.gone:
        verb = "withdrawn" if counts.withdrawn else "kept; --withdraw takes them out"
        console.note(f"no longer in the table, and {verb}:")
        for iri in counts.gone[:LISTED]:
            console.note(f"  {iri}")
        if len(counts.gone) > LISTED:
            console.note(f"  and {len(counts.gone) - LISTED} more")
    if terms := table_map.source.get("rights") or table_map.source.get("licence"):
        console.note(f"terms: {terms}")


def _summary(counts: Counts) -> str:
    merged = f", {counts.merged} equal rows merged" if counts.merged else ""
    return f"{counts.rows} rows: {counts.new} new, {counts.changed} changed, {counts.same} as before{merged}"


def _judged(settings: Settings, target: Path, text: str) -> Report:
    """The report on the knowledge base with the file as it would be."""
    base = KnowledgeBase(settings.kb)
    release = releases.current(settings)
    on_top = release and releases.built_from(settings, release, [target])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / target.name
        path.write_text(text, encoding="utf-8")
        return incremental.check(
            base,
            [path],
            graph=base.graph_of(target) or base.graph_named(target.stem),
            standing=Report.of([]),
            limit=settings.max_findings,
            base=release.path if release and on_top else None,
        )


def _near(path: Path) -> Path:
    """The path from here, where it is below this folder."""
    whole, here = path.absolute(), Path.cwd()
    return whole.relative_to(here) if whole.is_relative_to(here) else path


def _describe(
    settings: Settings, base: KnowledgeBase, target: Path, table_map: TableMap, made: Import
) -> list[Path]:
    """Say in data/meta.ttl of what table the graph is and under which licence; return the file if it changed."""
    graph = base.graph_of(target)
    file = base.graph_file(str(DGG.meta))
    meta = KnownTerms(settings.kb, file)
    if graph is None or meta.says(URIRef(graph), DCTERMS.source):
        return []
    block: Graph = description(Name(made.document.slug, made.document.label), URIRef(graph), turtle.parse(meta.text))
    if licence := table_map.source.get("licence"):
        block.set((URIRef(graph), DCTERMS.license, URIRef(licence)))
    put(meta, block)
    return [file]


