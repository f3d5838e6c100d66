"""`diplograph new`: a canonical block of Turtle for a new thing, checked, and shown or put into a file."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rdflib import RDF, RDFS, SKOS, Graph, Literal, URIRef

from diplograph.changes.blocks import KnownTerms, form_of, report_on
from diplograph.changes.drafting import (
    SORTS,
    STATED,
    Draft,
    Sort,
    concept_block,
    description,
    option,
)
from diplograph.cli import console
from diplograph.cli.check import Iri
from diplograph.documents.date_parsing import edtf_of
from diplograph.documents.dates import in_words
from diplograph.errors import DoesNotConform
from diplograph.evidence import scaffold
from diplograph.evidence.scaffold import Name
from diplograph.namespaces import DCTERMS, DG, DGG, short, split
from diplograph.rdf import turtle
from diplograph.release import durable
from diplograph.settings import Settings
from diplograph.sources import KnowledgeBase
from diplograph.validation.fields import Field, Form
from diplograph.validation.report import Finding

NAMED = 4
"""How many concepts the help names of a scheme."""
ALIASES: Mapping[str, str] = {
    "when": "date",
    "acting-body": "body",
    "claimed-by": "by",
    "claim-about": "about",
    "epistemic-status": "status",
    "in-language": "language",
}
"""Shorter names of options that stand for most of what is written."""
MADE_BESIDE: Mapping[str, tuple[URIRef, URIRef]] = {
    "date-basis": (DG.TimeSpan, DG.dateBasis),
    "measure": (DG.RestrictiveMeasure, DG.measureType),
    "role": (DG.Group, DG.role),
}
"""Options of which a thing beside the one that is asked for is made: its class and the property they give."""
COMPUTED = {"label", "sha256", "codePointLength", "notBefore", "notAfter", "sentenceCount"}
"""Fields that are made of others."""


def put(terms: KnownTerms, block: Graph) -> None:
    """Write a block into the file, or show it when there is none."""
    if terms.file is None:
        click.echo(turtle.canonical(block), nl=False)
        return
    durable.replace(terms.file, terms.with_block(block))
    console.note(f"{terms.file}: {scaffold.names_of(block)}")


class Term(Iri):
    """An IRI, or the bare name of a class or a concept of ours."""

    name = "NAME"

    def __init__(self, prefix: str) -> None:
        """Take the prefix that a bare name gets."""
        self._prefix = prefix

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The IRI in full."""
        return super().convert(value if ":" in value else f"{self._prefix}:{value}", param, ctx)


class Sorts(click.Group):
    """The sorts of things, each a command whose options are the fields of its class."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """The sorts, acts first."""
        return [*SORTS, *self.commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command without its options, for the list of them; one that is no sort as it is."""
        if cmd_name in SORTS:
            return click.Command(cmd_name, short_help=_help(cmd_name, SORTS[cmd_name].usual))
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Make the command of a sort for the class and the knowledge base that its arguments name."""
        name, rest = args[0], args[1:]
        if name not in SORTS:
            return super().resolve_command(ctx, args)
        folder = _value(rest, "--kb")
        form = form_of(KnowledgeBase(Settings.resolve(Path(folder) if folder else None).kb))
        usual = DG.PinnedDocument if _value(rest, "--text") is not None else SORTS[name].usual
        group = _class(form, SORTS[name], _value(rest, "--class"), usual)
        return name, Making(name, form, group).command(), rest


@click.command(cls=Sorts)
def new_command() -> None:
    """Make a canonical block for a new thing: shown, or put into FILE.

    What it may say follows from the shapes and the ontology: `diplograph new act --class Vote --help` lists
    the options of votes. Names and codes stand for things (--actor JP), dates are in EDTF. The block is
    checked before anything is written; on a terminal, what is missing is asked for. What still lacks
    evidence is told with the command that adds it.
    """


def _value(arguments: Sequence[str], name: str) -> str | None:
    """The value of an option among arguments that are not read yet."""
    for one, following in zip(arguments, [*arguments[1:], ""], strict=True):
        if one == name:
            return following
        if one.startswith(f"{name}="):
            return one.partition("=")[2]
    return None


def _class(form: Form, sort: Sort, said: str | None, usual: URIRef) -> URIRef:
    """The class that is meant. Raises click.BadParameter for one that is none of the sort."""
    if said is None:
        return usual
    known = form.classes(*sort.roots)
    found = next((one for one in known if said in (split(one)[1], short(one), str(one))), None)
    if found is None:
        names = ", ".join(split(one)[1] for one in known)
        raise click.BadParameter(f"{said!r} is none of {names}", param_hint="--class")
    return found


def _help(name: str, group: URIRef) -> str:
    return f"Make {'an' if name[0] in 'aio' else 'a'} {name} (dg:{split(group)[1]})."


@dataclass(frozen=True, slots=True)
class Making:
    """The making of one sort of thing, of one class: its options, and what is done with them."""

    name: str
    form: Form
    group: URIRef

    @property
    def fields(self) -> list[Field]:
        """The fields that have an option."""
        return [one for one in self.form.fields(self.group) if one.name not in COMPUTED]

    def command(self) -> click.Command:
        """The command, with an option for each field."""
        classes = ", ".join(split(one)[1] for one in self.form.classes(*SORTS[self.name].roots))
        parameters: list[click.Parameter] = [
            click.Argument(["file"], required=False, type=click.Path(dir_okay=False, path_type=Path)),
            click.Option(["--label"], required=True, help="The English label."),
            click.Option(["--slug"], help="The last part of the IRI.  [default: made of the label]"),
            click.Option(["--class", "group"], help=f"Its class, here {split(self.group)[1]}: {classes}."),
            *map(self._option, self.fields),
            *self._conveniences(),
            click.Option(
                ["--values"],
                metavar="OPTION",
                is_eager=True,
                expose_value=False,
                callback=self._list_values,
                help="List all values of an option, with what each means, and make nothing.",
            ),
            click.Option(["--with-entities"], is_flag=True, help="Make things that nothing defines, too."),
        ]
        help_text = _help(self.name, self.group)
        return console.kb(click.Command(self.name, params=parameters, callback=self._run, help=help_text))

    def _option(self, one: Field) -> click.Option:
        name = option(one)
        names = [f"--{name}", *([f"--{ALIASES[name]}"] if name in ALIASES else [])]
        asked = " (asked for)" if one.is_asked else ""
        text = f"{one.title[0].upper()}{one.title[1:]}{self._values(one)}{asked}."
        return click.Option([*names, _key(one)], multiple=True, help=text)

    def _values(self, one: Field) -> str:
        """What the values of a field are, as its help says it."""
        if one.scheme is not None:
            names = [split(concept)[1] for concept in self.form.fitting(one.scheme, self.group)]
            rest = _rest(option(one)) if len(names) > NAMED else ""
            return f": {', '.join(names[:NAMED])}{rest}" if names else ""
        if one.is_time:
            return ": a date in words or in EDTF"
        kinds = [split(each)[1] for each in one.classes]
        return f": {' or '.join(kinds)}" if kinds else ""

    def _list_values(self, ctx: click.Context, _param: click.Parameter, said: str | None) -> None:
        """Print the concepts that an option takes, and end the command. Raises click.BadParameter."""
        if said is None:
            return
        name = said.removeprefix("--")
        choices = self._choices()
        if name not in choices:
            raise click.BadParameter(f"{said!r} is none of {', '.join(sorted(choices))}", ctx=ctx)
        scheme, group = choices[name]
        for concept in self.form.fitting(scheme, group):
            click.echo(f"{split(concept)[1]}  {self.form.told(concept)}")
        ctx.exit()

    def _choices(self) -> dict[str, tuple[URIRef, URIRef]]:
        """For each option whose values are concepts, their scheme and the class that has them."""
        found = {option(one): (one.scheme, self.group) for one in self.fields if one.scheme is not None}
        found |= {ALIASES[name]: choice for name, choice in found.items() if name in ALIASES}
        offered = {name.lstrip("-") for one in self._conveniences() for name in one.opts}
        for name in offered & MADE_BESIDE.keys():
            group, predicate = MADE_BESIDE[name]
            for one in self.form.fields(group):
                if one.predicate == predicate and one.scheme is not None:
                    found[name] = (one.scheme, group)
        return found

    def _conveniences(self) -> Iterator[click.Option]:
        """Options that make a thing beside the one that is asked for."""
        names = {one.name for one in self.fields}
        if any(one.is_time for one in self.fields) and "dateBasis" not in names:
            help_text = f"How dates were obtained: stated, resolved-relative{_rest('date-basis')}."
            yield click.Option(["--date-basis"], default=STATED, show_default=True, help=help_text)
        if {"affects", "realisation"} <= names:
            help_text = "How many people it affects: makes their group."
            yield click.Option(["--count"], type=click.IntRange(min=1), help=help_text)
            yield click.Option(["--role"], help=f"What these people are: diplomat, consul{_rest('role')}.")
            yield click.Option(
                ["--of", "side"], help="Whom they represent.  [default: an expulsion's target]"
            )
        if "imposes" in names:
            help_text = f"What it imposes on the target: asset-freeze, travel-ban{_rest('measure')}."
            yield click.Option(["--measure"], multiple=True, help=help_text)
        if self.name == "name":
            yield click.Option(["--bearer"], required=True, help="What is called so.")
        if self.name == "source":
            text = click.Path(exists=True, dir_okay=False, path_type=Path)
            help_text = "The file with its text: name, hash and length are recorded, and no word of it."
            yield click.Option(["--text"], type=text, help=help_text)

    def _run(self, **given: Any) -> None:
        settings = console.settings(given["kb"], writes=given["file"] is not None)
        terms = KnownTerms(settings.kb, given["file"])
        name = Name.of(given["label"], given["slug"])
        kind = SORTS[self.name].kind
        lexicon = terms.lexicon(self.form)
        draft = Draft(lexicon, name, kind, self.group, given["with_entities"])
        self._fill(draft, given)  # a terminal is asked before others have to wait
        draft.share_evidence()
        near = terms.near(name.label)
        with terms.writing() as terms_now:
            terms_now.refuse_taken(draft.block, near)
            found = self._required_conformance(settings, terms_now, draft.block)
            put(terms_now, draft.block)
            if self.name == "source":
                _describe_graph(settings, terms_now, name)
        _tell_near(near)
        _tell_what_needs_evidence(terms, found)

    def _fill(self, draft: Draft, given: Mapping[str, Any]) -> None:
        """Put into the block what the options say, and what is asked for on a terminal."""
        if basis := given.get("date_basis"):
            draft.take_basis(basis)
        draft.begin()
        if path := given.get("text"):
            draft.block += scaffold.source(draft.name, path)
        for one in self.fields:
            draft.put(one, given[_key(one)])
            _tell_dates(one, given[_key(one)])
        for edtf in draft.block.objects(draft.iri, DG.edtf):
            draft.block += scaffold.time_span(draft.name.slug, str(edtf))
        self._fill_beside(draft, given)
        self._ask(draft)

    def _fill_beside(self, draft: Draft, given: Mapping[str, Any]) -> None:
        """Put in what is made beside the thing: its group, its measures, what bears it."""
        if given.get("count"):
            draft.add_group(given["count"], given["role"], given["side"])
        elif given.get("role") and "affects" in {one.name for one in self.fields}:
            raise click.UsageError("--role is said of the people that --count counts.")
        if given.get("bearer"):
            draft.add_bearer(given["bearer"])
        for measure in given.get("measure") or ():
            draft.add_measure(measure)

    def _ask(self, draft: Draft) -> None:
        """On a terminal, ask for each field that a shape asks for and that has no value."""
        if not is_terminal():
            return
        for one in self.fields:
            if one.is_asked and one.name != "evidence" and not draft.has_any(one.instead):
                text = f"{one.title}{self._values(one)}"
                answer = click.prompt(text, default="", show_default=False, err=True)
                draft.put(one, [answer] if answer.strip() else [])
                _tell_dates(one, [answer])

    def _required_conformance(self, settings: Settings, terms: KnownTerms, block: Graph) -> list[Finding]:
        """Judge the block in its file, and return the findings that only ask for evidence.

        Raises DoesNotConform; what is no violation is told.
        """
        subjects = {
            *map(str, block.subjects(RDF.type)),
            *map(str, block.objects()),
        }  # an undefined name is a focus
        found = [one for one in report_on(settings, terms, block).findings if one.focus in subjects]
        of_evidence = [one for one in found if one.path == str(DG.evidence) and one.value is None]
        others = [one for one in found if one not in of_evidence]
        problems = [self._said(one) for one in others if one.severity == "violation"]
        if problems:
            hint = "Say what is missing by the options named; nothing was written."
            raise DoesNotConform(f"The new {self.name} does not conform.", problems=problems, hint=hint)
        for one in others:
            console.note(f"{one.severity}: {self._said(one)}")
        return of_evidence

    def _said(self, one: Finding) -> str:
        """A finding with the option that mends it."""
        paths = [path.strip("<>") for path in (one.path or "").split("|")]
        options = [f"--{option(field)}" for field in self.fields if str(field.predicate) in paths]
        where = f"{', '.join(options)}: " if options else ""
        return f"{where}{one.message} {one.cure}"


def is_terminal() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def _rest(name: str) -> str:
    """What the help says where it names a few values of an option, and there are more."""
    return f", … (all: --values {name})"


def _key(one: Field) -> str:
    return f"field_{option(one).replace('-', '_')}"


def _describe_graph(settings: Settings, terms: KnownTerms, name: Name) -> None:
    """Say in data/meta.ttl whose graph the file of a source is, where nothing says so yet."""
    base = KnowledgeBase(settings.kb)
    graph = base.graph_of(terms.file) if terms.file is not None else None
    if graph is None or terms.says(URIRef(graph), DCTERMS.source):
        return
    meta = KnownTerms(settings.kb, base.graph_file(str(DGG.meta)))
    put(meta, description(name, URIRef(graph), turtle.parse(meta.text)))


def _tell_dates(one: Field, given: Sequence[str]) -> None:
    """Say which EDTF a date in words became."""
    for text in given if one.is_time else ():
        if (
            text.strip()
            and not text.startswith(("time:", "http"))
            and (edtf := edtf_of(text)) != text.strip()
        ):
            console.note(f"{text}: {edtf}, {in_words(edtf, 'en')}")


def _tell_near(near: Sequence[str]) -> None:
    for line in near:
        console.note(f"named alike: {line}")


def _tell_what_needs_evidence(terms: KnownTerms, found: Sequence[Finding]) -> None:
    needy = sorted({one.focus for one in found if one.focus is not None})
    if needy and terms.file is not None:
        things = " ".join(f"--for {short(iri)}" for iri in needy)
        console.note("evidence is missing; with the source and a few words of the passage:")
        console.note(f"  diplograph evidence add {terms.file} --source SOURCE --phrase WORDS {things}")


@new_command.command
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--label", required=True, help="The English label.")
@click.option("--slug", help="The last part of the IRI.  [default: made of the label]")
@click.option("--scheme", required=True, type=Term("dgv"), help="The scheme that it joins, such as form.")
@click.option("--broader", type=Term("dgv"), help="The concept above it.")
@click.option("--definition", required=True, help="What it is, in one English sentence.")
@click.option("--also", "labels", multiple=True, help="A label in another language, such as 書簡@ja.")
@console.kb
def concept(
    *,
    file: Path | None,
    label: str,
    slug: str | None,
    scheme: str,
    broader: str | None,
    definition: str,
    labels: tuple[str, ...],
    kb: Path | None,
) -> None:
    """Make a concept of a scheme, for a file in ontology/."""
    before = KnownTerms(console.settings(kb, writes=file is not None).kb, file)
    near = before.near(label)
    with before.writing() as terms:
        block = concept_block(terms.graph, Name.of(label, slug), URIRef(scheme), broader, definition)
        iri = next(block.subjects(RDF.type, SKOS.Concept))
        for text, language in (one.rpartition("@")[::2] for one in labels):
            if not text:
                raise click.BadParameter("write the label, an @ and the language", param_hint="--also")
            for predicate in (RDFS.label, SKOS.prefLabel):
                block.add((iri, predicate, Literal(text, lang=language)))
        terms.refuse_taken(block, near)
        put(terms, block)
    _tell_near(near)
