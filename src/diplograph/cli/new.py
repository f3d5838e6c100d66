"""`diplograph new`: a canonical block of Turtle for a new thing, shown or put into a file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rdflib import Graph, URIRef

from diplograph.cli import console
from diplograph.cli.check import Iri
from diplograph.errors import DiplographError, DoesNotConform, MalformedRdf
from diplograph.evidence import scaffold
from diplograph.evidence.scaffold import Links, Name
from diplograph.namespaces import DG, short
from diplograph.rdf import Dataset, turtle
from diplograph.release import durable
from diplograph.release.assemble import load_graphs
from diplograph.search.index import LONGEST
from diplograph.search.loading import index_of
from diplograph.sources import KnowledgeBase

NEAR = 5
ALIKE = 85.0
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
label = click.option("--label", required=True, help="The English label.")
slug = click.option("--slug", help="The last part of the IRI.  [default: made of the label]")
date = click.option(
    "--date", help="A date of EDTF (2022, 2022-04, 2022-04-08, 2022-04-08~): adds the time span."
)
into = click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
PREDICATES = {
    "actor": DG.actor,
    "body": DG.actingBody,
    "target": DG.target,
    "evidence": DG.evidence,
    "realisation": DG.realisation,
    "by": DG.claimedBy,
    "about": DG.claimAbout,
    "status": DG.epistemicStatus,
    "represents": DG.represents,
}


class KnownTerms:
    """What the knowledge base says, and a file that a block is to be put into."""

    def __init__(self, kb: Path, file: Path | None) -> None:
        """Read the sources; the file may be one of them, another one, or not there yet."""
        self._dataset = Dataset.memory()
        load_graphs(KnowledgeBase(kb), self._dataset)
        self.file = file
        self.text = _read(file) if file and file.is_file() else ""
        self.graph = self._dataset.to_rdflib(self._dataset.graph_names()) + turtle.parse(self.text)

    def refuse_taken(self, block: Graph, label: str) -> None:
        """Raise DoesNotConform when a subject of a new block is known; name what is called much alike."""
        near = self._near(label)
        if taken := scaffold.taken(self.graph, block):
            detail = f"{', '.join(short(iri) for iri in taken)}: known already."
            hint = "Add to what is there, or say another --slug."
            raise DoesNotConform(detail, problems=near, hint=hint)
        for line in near:
            console.note(f"named alike: {line}")

    def put(self, block: Graph) -> None:
        """Write a block into the file, or show it when there is none."""
        if self.file is None:
            click.echo(turtle.canonical(block), nl=False)
            return
        try:
            durable.replace(self.file, scaffold.insert(self.text, block))
        except DiplographError as error:
            raise type(error)(error.detail, **error.facts, file=str(self.file)) from error
        console.note(f"{self.file}: {scaffold.names_of(block)}")

    def _near(self, label: str) -> list[str]:
        self._dataset.write_default_merge()
        found = index_of(self._dataset).find(label[:LONGEST], limit=NEAR, least=ALIKE)
        return [f"{short(one.iri)}  {one.label}" for one in found]


def _read(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedRdf(f"Not UTF-8: {error.reason} at byte {error.start}.", file=str(file)) from error


class Term(Iri):
    """An IRI, or the bare name of a class or a concept of ours."""

    name = "NAME"

    def __init__(self, prefix: str) -> None:
        """Take the prefix that a bare name gets."""
        self._prefix = prefix

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The IRI in full."""
        return super().convert(value if ":" in value else f"{self._prefix}:{value}", param, ctx)


def _many(flag: str, text: str, kind: click.ParamType[str] | None = None) -> Decorator:
    return click.option(flag, type=kind or Iri(), multiple=True, help=text)


actor = _many("--actor", "Who acts: a state or another agent, such as state:japan.")
body = _many("--body", "The organ that the source names.")
target = _many("--target", "Whom it is directed at.")
proof = _many("--evidence", "Evidence, such as ev:a1-s31.")
realisation = click.option(
    "--realisation", type=Term("dgv"), help="How far it got: announced, carried-out, …"
)


@click.group
def new_command() -> None:
    """Make a canonical block for a new thing: shown, or put into FILE.

    An IRI that is known already is refused, and names much like the new one are told. What you leave out is
    what `diplograph check` asks for next.
    """


@new_command.command
@into
@label
@slug
@click.option("--class", "group", type=Term("dg"), default="dg:Act", show_default=True, help="Kind of act.")
@actor
@body
@target
@date
@realisation
@proof
@console.kb
def act(*, file: Path | None, label: str, slug: str | None, kb: Path | None, **given: Any) -> None:
    """Make an act, with its time span when there is a date."""
    name = Name.of(label, slug)
    _put(file, kb, name, scaffold.act(name, URIRef(given["group"]), _links(given), given["date"]))


@new_command.command
@into
@label
@slug
@actor
@body
@target
@_many("--measure", "What it imposes: asset-freeze, travel-ban, import-ban, …", Term("dgv"))
@date
@realisation
@proof
@console.kb
def sanction(*, file: Path | None, label: str, slug: str | None, kb: Path | None, **given: Any) -> None:
    """Make a sanction with the measure that it imposes."""
    name = Name.of(label, slug)
    types = [URIRef(kind) for kind in given["measure"]]
    _put(file, kb, name, scaffold.sanction(name, _links(given), types, given["date"]))


@new_command.command
@into
@label
@slug
@_many("--by", "Who claims it.")
@_many("--about", "What it is about.")
@_many("--status", "How it is told: reported, attributed, alleged, opinion, …", Term("dgv"))
@click.option("--proposition", help="What is claimed, in one English sentence of yours, at most 25 words.")
@proof
@console.kb
def claim(
    *,
    file: Path | None,
    label: str,
    slug: str | None,
    proposition: str | None,
    kb: Path | None,
    **given: Any,
) -> None:
    """Make a claim: what somebody says, true or not."""
    name = Name.of(label, slug)
    _put(file, kb, name, scaffold.claim(name, _links(given), proposition))


@new_command.command
@into
@label
@slug
@_many("--represents", "The state that the person serves or comes from.")
@console.kb
def person(*, file: Path | None, label: str, slug: str | None, kb: Path | None, **given: Any) -> None:
    """Make a person, for a public role and public acts only."""
    name = Name.of(label, slug)
    _put(file, kb, name, scaffold.thing("person", name, DG.Person, _links(given)))


@new_command.command
@into
@label
@slug
@click.option(
    "--text",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The file with the text; its name, hash and length are recorded, and nothing of what it says.",
)
@click.option("--language", help="The language of the text, such as en.")
@console.kb
def source(
    *, file: Path | None, label: str, slug: str | None, text: Path, language: str | None, kb: Path | None
) -> None:
    """Make a source whose text is at hand, so that evidence can point into it."""
    name = Name.of(label, slug)
    _put(file, kb, name, scaffold.source(name, text, language))


def _links(given: dict[str, Any]) -> Links:
    """The links that the options name."""
    values = {PREDICATES[key]: value for key, value in given.items() if key in PREDICATES and value}
    return {
        predicate: [URIRef(iri) for iri in ((value,) if isinstance(value, str) else value)]
        for predicate, value in values.items()
    }


def _put(file: Path | None, kb: Path | None, name: Name, block: Graph) -> None:
    known = KnownTerms(console.settings(kb, writes=file is not None).kb, file)
    known.refuse_taken(block, name.label)
    known.put(block)
