"""`diplograph import`: acts and claims of the rows of a table, by a map."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rdflib import DCTERMS, Graph, URIRef

from diplograph import incremental
from diplograph import release as releases
from diplograph.changes.blocks import KnownTerms, form_of
from diplograph.changes.drafting import description
from diplograph.cli import console
from diplograph.cli.new import put
from diplograph.evidence.scaffold import Name
from diplograph.namespaces import DGG, DGS, PROV, own
from diplograph.rdf import turtle
from diplograph.release import durable
from diplograph.settings import Settings
from diplograph.sources import KnowledgeBase
from diplograph.tables import mapping, templates
from diplograph.tables.importing import Counts, Import, import_table
from diplograph.tables.mapping import TableMap
from diplograph.validation import Report
from diplograph.validation.renderings import RENDERINGS

UNDESCRIBED = str(DGS.UndescribedGraph)
LISTED = 20
"""How many vanished rows are named."""


@click.command
@click.argument("table", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--map", "name", help="What the rows say: a YAML file, or a map that is shipped.")
@click.option(
    "--set", "said", multiple=True, metavar="NAME=TEXT", help="Say something of the source, such as its slug."
)
@click.option("--maps", is_flag=True, help="List the maps that are shipped.")
@click.option(
    "--template", metavar="CLASS", help="Write an empty sheet for acts of a class, or for any: act."
)
@console.output
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
    table: Path | None,
    file: Path | None,
    name: str | None,
    said: tuple[str, ...],
    maps: bool,
    template: str | None,
    output: Path | None,
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
    if maps:
        for each in mapping.shipped():
            click.echo(f"{each:<14}{mapping.read(each).source['label']}")
        return
    settings = console.settings(kb, writes=not (only_check or template))
    if template is not None:
        _write_sheet(settings, template, output)
        return
    if table is None or name is None:
        raise click.UsageError("Name the TABLE and its --map; --maps lists those that are shipped.")
    wanted = _Wanted(table, file, mapping.read(name).saying(_pairs(said)), withdraw, sources, form)
    made = wanted.checked(settings) if only_check else wanted.written(settings)
    if not made:
        ctx.exit(1)


def _pairs(said: Sequence[str]) -> dict[str, str]:
    """What is said by NAME=TEXT. Raises click.BadParameter."""
    pairs = dict(one.partition("=")[::2] for one in said)
    if unknown := [name for name in pairs if name not in mapping.SOURCE]:
        known = ", ".join(mapping.SOURCE)
        raise click.BadParameter(f"{unknown[0]!r} is none of {known}", param_hint="--set")
    return pairs


def _write_sheet(settings: Settings, name: str, output: Path | None) -> None:
    terms = KnownTerms(settings.kb, None)
    made = templates.sheet(terms.lexicon(form_of(KnowledgeBase(settings.kb))), name)
    if output is None:
        click.echo(templates.as_csv(made), nl=False)
    elif output.suffix.lower() == ".xlsx":
        durable.replace(output, templates.as_xlsx(made))
    else:
        durable.replace(output, templates.as_csv(made))


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is asked for: the table, the file for it, the map, and how it is told what comes of it."""

    table: Path
    file: Path | None
    map: TableMap
    withdraw: bool
    sources: Path | None
    form: str

    def checked(self, settings: Settings) -> bool:
        """Say what would come of the table, and tell whether it would conform."""
        with tempfile.TemporaryDirectory() as scratch:
            terms = KnownTerms(settings.kb, self._target(settings))
            made = self._made(settings, terms, Path(scratch))
        if made is None:
            return False
        report = _report_on(settings, self._target(settings), turtle.canonical_of(made.triples))
        click.echo(RENDERINGS[self.form](report).rstrip("\n"))
        return report.conforms

    def written(self, settings: Settings) -> bool:
        """Write the file, and say what is next; tell whether it was written."""
        if releases.current(settings) is None:
            releases.build(settings)  # what accept judges on: it makes none beside a file in its place
        target = self._target(settings)
        with KnownTerms(settings.kb, target).writing() as terms:
            made = self._made(settings, terms, self.sources or settings.sources or settings.kb / "sources")
            if made is None:
                console.complain("nothing was written")
                return False
            text = turtle.comments(terms.text) + turtle.canonical_of(made.triples)
            described = _describe(settings, target, self.map, made)
            durable.replace(target, text)
        files = " ".join(str(_near(path)) for path in (target, *described))
        console.note(f"{_near(target)} is written; next: diplograph accept {files}")
        return True

    def _target(self, settings: Settings) -> Path:
        return self.file or settings.kb / "data" / f"{self.map.slug}.ttl"

    def _made(self, settings: Settings, terms: KnownTerms, sources: Path) -> Import | None:
        """What the table makes; None, with all that is wrong told, where some cell means nothing."""
        form = form_of(KnowledgeBase(settings.kb))
        with console.progress() as progress:
            made = import_table(
                self.table, self.map, terms, form, sources=sources, withdraw=self.withdraw, progress=progress
            )
        _tell(made, self.map)
        if made.report.findings:
            click.echo(RENDERINGS[self.form](made.report).rstrip("\n"))
            return None
        return made


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
    rows = f"{counts.rows} row{'' if counts.rows == 1 else 's'}"
    return f"{rows}: {counts.new} new, {counts.changed} changed, {counts.same} as before{merged}"


def _report_on(settings: Settings, target: Path, text: str) -> Report:
    """The report on the knowledge base with the file as it would be."""
    base = KnowledgeBase(settings.kb)
    release = releases.current(settings)
    on_top = release and releases.built_from(settings, release, [target])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / target.name
        path.write_text(text, encoding="utf-8")
        report = incremental.check(
            base,
            [path],
            graph=base.graph_of(target) or base.graph_named(target.stem),
            standing=Report.of([]),
            limit=settings.max_findings,
            base=release.path if release and on_top else None,
        )
    told = [one for one in report.findings if one.shape != UNDESCRIBED]  # writing the file describes it
    return report.revised(told, report.release)


def _near(path: Path) -> Path:
    """The path from here, where it is below this folder."""
    whole, here = path.absolute(), Path.cwd()
    return whole.relative_to(here) if whole.is_relative_to(here) else path


def _describe(settings: Settings, target: Path, table_map: TableMap, made: Import) -> list[Path]:
    """Say in data/meta.ttl of what table the graph is, and its licence; return the file if it changed."""
    base = KnowledgeBase(settings.kb)
    is_of_base = target.absolute().parent == (base.root / "data").absolute()
    graph = base.graph_named(target.stem) if is_of_base else None
    file = base.graph_file(str(DGG.meta))
    meta = KnownTerms(settings.kb, file)
    if graph is None or meta.says(URIRef(graph)):
        return []
    block: Graph = description(
        Name(made.document.slug, made.document.label), URIRef(graph), turtle.parse(meta.text)
    )
    if made.rests_on_pages:  # then each act has the page of its evidence as its source
        block.remove((URIRef(graph), DCTERMS.source, None))
        block.add((URIRef(graph), PROV.wasDerivedFrom, own("document", made.document.slug)))
    if licence := table_map.source.get("licence"):
        block.set((URIRef(graph), DCTERMS.license, URIRef(licence)))
    put(meta, block)
    return [file]
