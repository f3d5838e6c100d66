"""`diplograph query`, `run`, `describe`, `tell`, `find`: questions to a release, files or an endpoint."""

import difflib
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from diplograph import documents, translations
from diplograph.cli import console, results
from diplograph.documents import Property, ResourceView, Value, exchanges, naming, provenance
from diplograph.documents.dates import in_words, literal_in_words
from diplograph.documents.exchanges import ToldExchange
from diplograph.documents.provenance import Passage
from diplograph.documents.sentences import Sentence
from diplograph.documents.verbs import WORDINGS
from diplograph.engine import operations
from diplograph.engine.protocol import Engine
from diplograph.errors import UnknownResource
from diplograph.namespaces import DG, KINDS, RDF, RDFS, kind_of, short
from diplograph.queries import CannedQuery, QueryBook, canned
from diplograph.queries.canned import Column, Reason
from diplograph.queries.parameters import read_iri
from diplograph.repository import Repository
from diplograph.search import EXCLUDED, Candidate, Scope
from diplograph.sources import KnowledgeBase
from diplograph.sparql.rewriting import statistics
from diplograph.sparql.rewriting.ordered import in_slices
from diplograph.sparql.rewriting.rewriter import Rewriter, Rewriting
from diplograph.sparql.rewriting.statistics import Statistics

if TYPE_CHECKING:
    from rich.text import Text

TEXT = "text"
WRITERS = {"ttl": "turtle", "nt": "nt", "jsonld": "json-ld", "rdf": "xml"}
LEFT_OUT = {str(RDF.type), str(RDFS.label), str(DG.evidence)} | {
    str(DG[name])
    for name in ("earliestBegin", "latestBegin", "earliestEnd", "latestEnd", "leastVoices", "mostVoices")
}
"""Properties that a description tells in another place, or in other words."""
UNMENTIONED = "no source mentions it"
SHOWN, NEAR = 5, 3
"""Values of a property that a description shows, and things that may be meant by a name that is no IRI."""


@click.command
@click.argument("name", metavar="IRI")
@click.option(
    "-r",
    "--results",
    "form",
    type=click.Choice([TEXT, *results.GRAPH_MEDIA]),
    help="Form of the answer. [default: text on a terminal, else ttl]",
)
@console.output
@console.kb
def describe_command(name: str, form: str | None, output: Path | None, kb: Path | None) -> None:
    """Show what is known about a thing, named by its IRI, in full or as state:japan."""
    chosen = form or (TEXT if console.is_read(output) else "ttl")
    if chosen == TEXT and output:
        raise click.UsageError("-r text goes to the terminal, not to a file")
    with results.opened(console.settings(kb)) as published:
        iri = _iri(published, name)
        if chosen == TEXT:
            targets = {item.target for item in provenance.evidence_of(published.engine, [iri])}
            passages = provenance.passages(published.engine, targets)
            view = documents.view(published.engine, iri)
            _tell(view, passages.values(), is_mentioned=iri not in published.unmentioned)
            return
        graph = documents.describe(published.engine, iri)
    console.emit(graph.serialize(format=WRITERS[chosen], encoding="utf-8"), output)


def _iri(published: Repository, name: str) -> str:
    """The IRI that a name is. Raises UnknownResource, with what may be meant, for a text that is none."""
    try:
        return read_iri(name).value
    except ValueError:
        near = published.names.find(name, limit=NEAR)
        meant = [f"{short(one.iri)} ({one.label})" for one in near]
        hint = f"Did you mean {' or '.join(meant)}?" if meant else "Look for it by name: diplograph find."
        raise UnknownResource(f"{name!r} is no IRI, in full or as state:japan.", hint=hint) from None


def _tell(view: ResourceView, passages: Iterable[Passage], *, is_mentioned: bool) -> None:
    """Print what is known about a thing for people: by labels, with dates in words."""
    console.block(console.linked(view.label, view.iri, "bold"))
    noted = "" if is_mentioned else UNMENTIONED
    console.block("", " · ".join(filter(None, [_kinds(view), short(view.iri), noted])))
    if names := [text for text in view.labels.values() if text != view.label]:
        console.block("", " · ".join(names))
    told = [entry for entry in view.outgoing if entry.predicate.iri not in LEFT_OUT]
    _tell_properties("What all sources come to", told, computed=True)
    _tell_properties("What is stated", told)
    for number, passage in enumerate(passages):
        if not number:
            _head("Evidence")
        console.block("  ", _place(passage, view.iri))
    _tell_properties("What points here", [e for e in view.incoming if e.predicate.iri.startswith(str(DG))])


def _kinds(view: ResourceView) -> str:
    """The classes that a source gives a thing; all of them where only the build does."""
    types = [
        value for entry in view.outgoing if entry.predicate.iri == str(RDF.type) for value in entry.values
    ]
    stated = [value for value in types if not value.inferred] or types
    return ", ".join(value.text for value in stated)


def _tell_properties(heading: str, properties: Iterable[Property], *, computed: bool = False) -> None:
    rows = [
        (
            console.linked(entry.predicate.label.removesuffix(" in summary"), entry.predicate.iri),
            _values(values),
        )
        for entry in properties
        if (values := [value for value in entry.values if _is_told(value, entry, computed=computed)])
    ]
    if rows:
        _head(heading)
        console.pairs(rows)


def _is_told(value: Value, entry: Property, *, computed: bool) -> bool:
    """Whether a value is of the summary as wanted, and not one that only follows in the words of others."""
    return value.computed == computed and (entry.predicate.iri.startswith(str(DG)) or not value.inferred)


def _head(heading: str) -> None:
    console.block("")
    console.block(console.linked(heading, style="bold"))


def _values(values: Sequence[Value]) -> "Text":
    told = console.linked("; ").join(map(_told, values[:SHOWN]))
    return told.append(f"; and {len(values) - SHOWN} more") if len(values) > SHOWN else told


def _told(value: Value) -> "Text":
    """A value for people: a thing by its label, a date in words."""
    iri = value.link.iri if value.link else ""
    is_time = kind_of(iri) == "time"  # its label is its date
    text = in_words(value.text) if is_time else literal_in_words(value.text, value.datatype)
    told = console.linked(text, iri)
    return told.append(" (inferred)", "dim") if value.inferred and not value.computed else told


def _place(passage: Passage, thing: str) -> "Text":
    """Where a passage stands, and how sure it is of a thing."""
    source, where = passage.source, passage.place
    certain = {one.certainty.label for one in passage.statements if one.thing.iri == thing and one.certainty}
    told = console.linked(source.link.label, source.link.iri).append(f": {where}")
    return told.append(f", certainty {', '.join(sorted(certain))}") if certain else told


@click.command
@click.argument("text")
@click.option("--kind", "kinds", type=click.Choice(KINDS), multiple=True, help="Only things of this kind.")
@click.option("-n", "--limit", type=click.IntRange(1, 100), default=10, show_default=True)
@click.option("-r", "--results", "form", type=click.Choice(["table", "json"]), default="table")
@console.kb
def find_command(text: str, *, kinds: tuple[str, ...], limit: int, form: str, kb: Path | None) -> None:
    """Find things by a label or another name, in any language and in spite of spelling, or by a code.

    The release is searched, or the sources where they have changed since, whether they conform or not; it is
    said which. Exits with 1 where nothing is found, and says what may have been meant.
    """
    with results.searched(console.settings(kb)) as published:
        found = published.names.find_all(text, Scope(kinds=kinds))
        meant = [] if found.things else published.names.suggest(text, Scope(kinds, without=EXCLUDED))
        shown = found.things[:limit]
        told = [iri for one in shown for iri in (*_own_classes(one)[:1], one.name.scheme) if iri]
        labels = naming.labels(published.engine, told)
    if form == "json":
        click.echo(json.dumps([_facts(one) for one in shown], ensure_ascii=False, indent=2))
    elif console.is_read():
        console.pairs([_shown(one, labels) for one in shown], indent=0)
    else:
        for one in shown:
            apart = "".join(f"  ({part})" for part in _apart(one, labels))
            click.echo(f"{one.score:5.1f}  {short(one.iri)}  {one.label}{apart}")
    if len(shown) < len(found.things):
        more = "" if found.complete else "more than "
        console.note(f"the first {len(shown)} of {more}{len(found.things)} that are named like this")
    if not found.things:
        near = ", ".join(f"{short(one.iri)} ({one.label})" for one in meant)
        way_out = f"did you mean {near}?" if near else "names are searched, and not the text of articles"
        console.note(f"nothing is named like this; {way_out}")
        click.get_current_context().exit(1)


def _shown(one: Candidate, labels: naming.Labels) -> tuple["Text", str]:
    """A thing that was found, for people: its label, and beside it what it is and the name that fits."""
    kinds = [naming.best(labels.get(kind, {}), kind)[0] for kind in _own_classes(one)[:1]]
    told = " · ".join([*kinds, short(one.iri), *_apart(one, labels)])
    return console.linked(one.label, one.iri, "bold"), told


def _apart(one: Candidate, labels: naming.Labels) -> list[str]:
    """What is told of a thing that was found where it is not plain: the name that fits, who mentions it."""
    scheme = naming.best(labels[one.name.scheme], "")[0] if one.name.scheme in labels else ""
    named = [] if one.name.text == one.label else [" ".join(filter(None, [scheme, one.name.text]))]
    return [*named, *([] if one.is_mentioned else [UNMENTIONED])]


def _own_classes(one: Candidate) -> list[str]:
    """The classes of ours that a thing is of, the narrowest first."""
    return [kind for kind in one.classes if kind.startswith(str(DG))]


def _facts(one: Candidate) -> dict[str, object]:
    return {
        "iri": one.iri,
        "label": one.label,
        "name": one.name.text,
        "language": one.name.language,
        "scheme": one.name.scheme,
        "score": one.score,
        "mentioned": one.is_mentioned,
        "classes": list(one.classes),
    }


@click.command
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@click.option("--lang", "language", type=click.Choice(tuple(WORDINGS)), default="en", show_default=True)
@console.output
@console.kb
def tell_command(one: str, other: str, *, language: str, output: Path | None, kb: Path | None) -> None:
    """Tell what two states did towards each other, in order, each sentence with its evidence.

    A and B are states, by a label or another name in any language, by a code, or as japan or state:japan.
    What goes to a file or another program is Markdown.
    """
    with results.opened(console.settings(kb)) as published, translations.in_language(language):
        states = sorted({_state(published, name) for name in (one, other)})
        if len(states) < 2:
            raise click.UsageError("A and B are the same state")
        told = exchanges.tell(published.engine, states[0], states[1], [language])
        title = exchanges.title(published.engine, states, language)
        if console.is_read(output):
            _tell_story(told, title)
        else:
            console.emit(exchanges.markdown(told, title, str).encode(), output)


def _state(published: Repository, name: str) -> str:
    """The IRI of a state by any name. Raises UnknownResource, with what may be meant, where there is none."""
    try:
        iri = read_iri(name if ":" in name else f"state:{name}").value
    except ValueError:
        iri = ""
    if kind_of(iri) == "state" and naming.exists(published.engine, iri):
        return iri
    scope = Scope(kinds=("state",))
    if found := published.names.find(name, scope, limit=1):
        return found[0].iri
    meant = [f"{short(one.iri)} ({one.label})" for one in published.names.suggest(name, scope)[:NEAR]]
    hint = f"Did you mean {' or '.join(meant)}?" if meant else "Look for it by name: diplograph find."
    raise UnknownResource(f"There is no state {name!r}.", hint=hint)


def _tell_story(told: ToldExchange, title: str) -> None:
    """Print a story for people: a paragraph for each act, a line for each claim."""
    story, words = told.story, WORDINGS[told.story.language].headings
    console.block(console.linked(title, style="bold"))
    if not story.done + story.plans:
        console.block("", words["none"])
    for name, entries in (("done", story.done), ("plans", story.plans)):
        if entries:
            _head(words[name])
        for entry in entries:
            _tell_sentences(told, entry.sentences)
    if story.claims:
        _head(words["claims"])
    for sentence in (one for entry in story.claims for one in entry.sentences):
        _tell_sentences(told, [sentence])
    if not story.complete:
        console.note(words["cut"])


def _tell_sentences(told: ToldExchange, sentences: Sequence[Sentence]) -> None:
    text, places, before = console.linked(""), dict[str, None](), ""
    for sentence in sentences:
        mark = "" if sentence.language == told.story.language else f" ({sentence.language})"
        text.append("" if not before or {before, sentence.language} == {"ja"} else " ")
        text.append_text(console.linked(sentence.text, sentence.about)).append(mark, "dim")
        before = sentence.language
        places |= dict.fromkeys(item.spoken for item in told.of(sentence))
        if grade := exchanges.graded(told, sentence):
            text.append(f" ({grade})", "dim")
    console.block("  ", text)
    proof = WORDINGS[told.story.language].headings["evidence"]
    console.block("    ", console.linked(f"{proof}: {'; '.join(places)}", style="dim"))


@click.command
@click.argument("name", required=False)
@click.argument("values", nargs=-1, metavar="[KEY=VALUE]...")
@click.option("--list", "listing", is_flag=True, help="List the canned queries and their parameters.")
@click.option("--show", is_flag=True, help="Print the SPARQL text with the values filled in; run nothing.")
@click.option("--evidence", is_flag=True, help="After the answer, the passages that each statement rests on.")
@results.format_option
@results.labels_option
@results.all_columns_option
@console.output
@console.timeout
@console.kb
def run_command(
    *,
    name: str | None,
    values: tuple[str, ...],
    listing: bool,
    show: bool,
    evidence: bool,
    form: str | None,
    labels: list[str],
    every: bool,
    output: Path | None,
    timeout: float | None,
    kb: Path | None,
) -> None:
    """Run a canned query with its parameters.

    A parameter that takes several values is given several times: `run timeline one=japan other=russia`.
    """
    settings = console.settings(kb, timeout=timeout)
    book = QueryBook.of_files(KnowledgeBase(settings.kb).canned_files())
    if listing:
        _list(book)
        return
    if name is None:
        raise click.UsageError("say NAME, or --list")
    if evidence and form not in (None, "table"):
        raise click.UsageError("--evidence goes with -r table")
    query = pick(book, name)
    given = _raw(values)
    operation = query.operation(given)
    if show:
        console.emit(operation.text.encode(), output)
        return
    with results.opened(settings) as published:
        operation = query.operation(published.named_values(query, given))
        if form not in (None, "table") or operation.form != "select":
            results.show(published.engine, operation, form, output, labels)
            return
        answer = results.select(published.engine, operation)
        results.print_table(published.engine, answer, output, labels, query.table(every=every))
        if not answer.rows:
            _explain(canned.reasons(published.engine, query, given))
        if evidence:
            _show_evidence(published.engine, results.things(answer, query.statements))


def pick(book: QueryBook, name: str) -> CannedQuery:
    """A canned query by name. Raises UnknownResource with near names."""
    if name not in book:
        near = difflib.get_close_matches(name, book, n=3, cutoff=0.4)
        hint = f"Did you mean {' or '.join(near)}?" if near else "See diplograph run --list."
        raise UnknownResource(f"There is no canned query {name!r}.", hint=hint)
    return book[name]


def _raw(values: Sequence[str]) -> dict[str, list[str]]:
    raw: dict[str, list[str]] = {}
    for item in values:
        key, equals, value = item.partition("=")
        if not equals:
            raise click.UsageError(f"{item!r} is not KEY=VALUE")
        raw.setdefault(key, []).append(value)
    return raw


def _list(book: QueryBook) -> None:
    if console.is_read():
        for query in book.values():
            console.block(console.linked(query.name, style="bold"))
            console.block("  ", query.question or query.summary)
            console.block("  ", console.linked(_signature(query), style="dim"))
        return
    rows = [[query.name, query.question or query.summary, _signature(query)] for query in book.values()]
    console.table(["name", "question", "parameters"], rows)


def _signature(query: CannedQuery) -> str:
    return " ".join(f"[{p.name}]" if p.optional or p.default else p.name for p in query.parameters.values())


def _explain(reasons: Sequence[Reason]) -> None:
    """Says on standard error which value lets nothing through."""
    for reason in reasons:
        if reason.helps is not None:
            without = "there are rows without it" if reason.helps else "no rows without it either"
            console.note(f"{reason.parameter.name}={', '.join(reason.values)}: {without}")


def _show_evidence(engine: Engine, things: Sequence[str]) -> None:
    if things:
        results.print_table(
            engine, results.select(engine, operations.operation(provenance.evidence_query(things)))
        )


@click.command
@click.argument("name", required=False, metavar="[NAME|-]")
@click.option("-q", "--query", "text", help="The query itself.")
@click.option(
    "-f", "--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="File with it."
)
@click.option(
    "-d", "--data", multiple=True, metavar="FILE", help="Ask these files, or IRI=FILE, and no release."
)
@click.option("--endpoint", metavar="URL", help="Ask a SPARQL endpoint elsewhere.")
@results.format_option
@results.labels_option
@results.all_columns_option
@console.output
@console.timeout
@console.rewrite
@click.option(
    "--explain", is_flag=True, help="Show what would be evaluated, and why, in place of the answer."
)
@console.kb
def query_command(
    *,
    name: str | None,
    text: str | None,
    file: Path | None,
    data: tuple[str, ...],
    endpoint: str | None,
    form: str | None,
    labels: list[str],
    every: bool,
    output: Path | None,
    timeout: float | None,
    rewrite: bool,
    explain: bool,
    kb: Path | None,
) -> None:
    """Ask a SPARQL query of the release, of files or of an endpoint.

    NAME is a canned query with its defaults, `-` reads the query from standard input.
    """
    if sum(given is not None for given in (name, text, file)) != 1:
        raise click.UsageError("say one of NAME, -, -q TEXT or -f FILE")
    if data and endpoint:
        raise click.UsageError("say either --data or --endpoint")
    columns: Sequence[Column] = ()
    if name not in (None, "-"):
        base = KnowledgeBase(console.settings(kb).kb)
        query = pick(QueryBook.of_files(base.canned_files()), str(name))
        operation, columns = query.operation({}), query.table(every=every)
    else:
        text = file.read_text(encoding="utf-8") if file else text
        operation = operations.operation(sys.stdin.read() if text is None else text)
    if explain:
        console.emit(_explained(operation.text, endpoint, data, kb, rewrite=rewrite).encode(), output)
        return
    with results.engine(endpoint, data, kb, timeout, rewrite=rewrite) as engine:
        results.show(engine, operation, form, output, labels, columns=columns)


def _explained(
    text: str, endpoint: str | None, data: tuple[str, ...], kb: Path | None, *, rewrite: bool
) -> str:
    """The query as it would be evaluated, under a comment that says why."""
    if endpoint or not rewrite:
        why = "The endpoint gets it as it is." if endpoint else "Rewriting is switched off."
        found = Rewriting(text, False, why)
    else:
        with results.opened(console.settings(kb), data) as published:
            counted = Statistics.read(published.release.path / statistics.FILE)
        counted = counted or Statistics({}, {})
        found = Rewriter(counted).of(text)
        if sliced := in_slices(found.text, counted):
            return f"# Evaluated in slices. {sliced}\n{found.text.rstrip()}\n"
    done = "Rewritten" if found.rewritten else "Evaluated as it is written"
    return f"# {done}. {found.why}\n{found.text.rstrip()}\n"
