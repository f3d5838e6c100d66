"""Validation in context: files judged together with the knowledge base, or against a git revision of it."""

import io
import subprocess
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from itertools import chain
from pathlib import Path
from typing import Literal

from pyoxigraph import NamedNode, Triple
from rdflib import Graph

from diplograph import summary
from diplograph.errors import MalformedRdf, UnknownResource
from diplograph.namespaces import DGG, RDF
from diplograph.rdf import Dataset, reading
from diplograph.rdf.dataset import Delta, by_graph
from diplograph.reasoning import Rule, compile_rules, saturate
from diplograph.sources import KnowledgeBase
from diplograph.validation import checks, fixes, inputs, jsonld_keys, undefined
from diplograph.validation.inputs import Graphs, LabelIndex, every
from diplograph.validation.locate import Text, located
from diplograph.validation.rdf_parsing import UPLOAD, parse
from diplograph.validation.report import Finding, Report, Timing, compared
from diplograph.validation.shacl import run
from diplograph.validation.shapes import Shapes
from diplograph.validation.undefined import Assumption
from diplograph.validation.validation_graph import ValidationGraph

Against = Literal["release", "none"]
_FRAME = (str(DGG.ontology), str(DGG.vocab))


def validate(
    graphs: Graphs,
    shapes: Shapes,
    submitted: Graphs | None = None,
    before: Iterable[Finding] = (),
    built: Dataset | None = None,
) -> Report:
    """Validate named graphs, the ontology and its schemes among them.

    `submitted` holds those whose triples all have to be covered by a shape; by default all that describe the
    world. `built` is a dataset of the graphs with all that a build makes of them, made here when it is not
    given. The report has every finding and no release, and the labels of what these and those before it name;
    what only follows from a name that nothing defines is left out and counted.
    """
    wanted = world(graphs) if submitted is None else submitted
    plain = _validated(graphs, shapes, wanted, before, built)
    axioms, _ = _axioms(tuple(graphs.get(str(DGG.ontology), ())))
    assumption = Assumption.on(plain, partial(_instances, graphs), axioms)
    if not assumption.names:
        return plain
    assumed = {**graphs, undefined.ASSUMED: list(assumption.triples)}
    return assumption.settled(plain, _validated(assumed, shapes, wanted, before))


def _instances(graphs: Graphs, group: str) -> Iterator[str]:
    """Yield the things that are said to be of a class."""
    kind, wanted = NamedNode(str(RDF.type)), NamedNode(group)
    for triple in every(graphs):
        if triple.predicate == kind and triple.object == wanted and isinstance(triple.subject, NamedNode):
            yield triple.subject.value


def _validated(
    graphs: Graphs, shapes: Shapes, wanted: Graphs, before: Iterable[Finding], built: Dataset | None = None
) -> Report:
    axioms, rules = _axioms(tuple(graphs.get(str(DGG.ontology), ())))
    frame = inputs.dataset({name: graphs[name] for name in graphs if name == str(DGG.ontology)})
    told = (triples for graph, triples in graphs.items() if graph != str(DGG.ontology))
    timings: dict[str, Timing] = {}
    judged = ValidationGraph.of(chain.from_iterable(told))
    inputs.fill(judged.data, graphs)  # beside the graph that is judged
    judged.add(summary.stages(judged.data) if built is None else summary.known_stages(built))
    with inputs.with_axioms(judged.data, frame):
        saturate(judged.data, [rule for rule in rules if rule.validation])
    found = run(judged, shapes, timings)
    bare = checks.uncovered(chain.from_iterable(wanted.values()), judged, axioms, shapes)
    whole = judged.data if built is None else built
    if built is None:
        with inputs.with_axioms(whole, frame):
            saturate(whole, rules)
            summary.add_acts(whole, rules)
    found += [*checks.queried(whole, shapes.checks), *checks.disjoint(whole, axioms)]
    found += undefined.found(whole, axioms) if shapes.cover_everything else []
    labels = checks.labels(judged, [*found, *before])
    return replace(Report.of(found, bare, labels=labels | shapes.names), timings=timings)


@lru_cache(maxsize=2)
def _axioms(ontology: tuple[Triple, ...]) -> tuple[Graph, tuple[Rule, ...]]:
    """Return axioms, and the rules that they amount to; both take a while, and hardly ever change."""
    axioms = inputs.ontology({str(DGG.ontology): list(ontology)})
    return axioms, tuple(compile_rules(axioms))


def check(  # noqa: PLR0913 - each is an option of the command
    kb: KnowledgeBase,
    files: Sequence[Path] = (),
    *,
    against: Against = "release",
    graph: str | None = None,
    add: bool = False,
    standing: Report | None = None,
    limit: int | None = 1000,
    built: Dataset | None = None,
) -> Report:
    """Check files in the context of a knowledge base, or the whole of it when there are none.

    A file that is a graph of the knowledge base, by its path or because `graph` says so, replaces it; any
    other is added. With `add` a file joins the graph of its name, or `graph`. `standing` is the report on the
    knowledge base as it is, made here when it is not given; `built` is what a build makes of all of it, for a
    check without files.
    With `against="none"` the files stand alone with the ontology and its schemes. Raises MalformedRdf with
    the file.
    """
    shapes = Shapes.of(kb)
    if not files:
        whole = inputs.of_files(kb)
        report = validate(whole, shapes, built=built)
        marked = [replace(finding, change="standing") for finding in report.findings]
        own = list(_own_files(kb))
        placed = placed_in(replace(report, findings=marked), own, limit)
        return fixes.proposed(placed, own, shapes.graph, LabelIndex(every(whole)))
    texts, submitted = read(kb, files, graph, add=add)
    whole = inputs.of_files(kb)
    report = in_context(whole, submitted, shapes, against=against, standing=standing)
    placed = placed_in(report, texts, limit)
    return fixes.proposed(placed, texts, shapes.graph, LabelIndex(every(whole, submitted)))


def read(
    kb: KnowledgeBase, files: Sequence[Path], graph: str | None, *, add: bool = False
) -> tuple[list[Text], dict[str, list[Triple]]]:
    """Read files and the graphs that they replace or join. Raises MalformedRdf with the file."""
    submitted: dict[str, list[Triple]] = {}
    texts = [_text(kb, path, graph or (graph_named(kb, path) if add else None)) for path in files]
    for text in texts:
        for name, triples in text.parsed.items():
            submitted.setdefault(name, []).extend(triples)
    for name in submitted:
        submitted[name] += _rest(kb, name, files, add=add)
    return texts, submitted


def graph_named(kb: KnowledgeBase, path: Path) -> str:
    """Return the graph that a file is by its path, or else is called like."""
    return kb.graph_of(path) or kb.graph_named(path.name.removesuffix(reading.PACKED).rpartition(".")[0])


def in_context(
    base: Graphs, submitted: Graphs, shapes: Shapes, *, against: Against, standing: Report | None = None
) -> Report:
    """Validate graphs together with those that they join or replace, and say what they change.

    The report lists what is new, repaired and left as it was; without a standing report the base is validated
    as well, unless nothing but the frame of ontology and schemes is asked for.
    """
    context = base if against == "release" else {graph: base.get(graph, []) for graph in _FRAME}
    before: Sequence[Finding] = ()
    if against == "release":
        before = (standing or validate(base, shapes, {})).findings
    report = validate({**context, **submitted}, shapes, world(submitted), before)
    empty = checks.nothing(triple for triples in submitted.values() for triple in triples)
    return report.revised(compared([*report.findings, *empty], before))


def _text(kb: KnowledgeBase, path: Path, graph: str | None) -> Text:
    """Return a file with its triples under the names of the graphs that they replace or are added as."""
    name = graph or kb.graph_of(path) or f"{UPLOAD}{path.name}"
    content, syntax = reading.read(path)
    media = syntax.media_type
    try:
        parsed = parse(content, media, name, max_bytes=len(content), max_triples=len(content) + 1)
    except MalformedRdf as error:
        raise MalformedRdf(error.detail, **error.facts, file=str(path)) from error
    return Text(str(path), content, media, name, parsed)


def _rest(kb: KnowledgeBase, graph: str, files: Sequence[Path], *, add: bool) -> list[Triple]:
    """Return the triples of a graph's other files, where some of them are replaced or others join them."""
    given = {path.resolve() for path in files}
    paths = kb.graphs().get(graph, [])
    if not add and given.isdisjoint(path.resolve() for path in paths):
        return []
    return [t for path in paths if path.resolve() not in given for t in inputs.read(path, graph)]


def world(graphs: Graphs) -> Graphs:
    """Return the graphs that describe the world, whose triples all have to be covered by a shape."""
    return {graph: triples for graph, triples in inputs.described(graphs).items() if graph not in _FRAME}


def _own_files(kb: KnowledgeBase) -> Iterator[Text]:
    for graph, paths in kb.graphs().items():
        for path in paths:
            yield Text(kb.shown(path), path.read_bytes(), path.suffix, graph)


def place(kb: KnowledgeBase, report: Report, limit: int | None) -> Report:
    """Return a report on a whole knowledge base with places in its files, cut to a number of findings."""
    return placed_in(report, _own_files(kb), limit)


def placed_in(report: Report, texts: Iterable[Text], limit: int | None) -> Report:
    """Return the report with places in the texts, what they drop, and no more findings than allowed."""
    known = list(texts)
    found = [*report.findings, *jsonld_keys.dropped(known)]
    return located(report.revised(found, limit=limit), known)


def since(kb: KnowledgeBase, revision: str, *, limit: int | None = 1000) -> Report:
    """Check a knowledge base against itself at a git revision: what the change adds, repairs and leaves.

    Both are judged by the shapes as they are now; uncovered are triples that the change adds. Raises
    UnknownResource when git does not know the revision, and MalformedRdf with the file.
    """
    shapes = Shapes.of(kb)
    now = inputs.of_files(kb)
    with tempfile.TemporaryDirectory(prefix="diplograph-") as folder:
        then = inputs.of_files(_unpacked(kb, revision, Path(folder)))
    added = by_graph(Delta.of_graphs(then, now).added)
    before = validate(then, shapes, {})
    report = validate(now, shapes, inputs.described(added), before.findings)
    return place(kb, report.revised(compared(report.findings, before.findings)), limit)


def _unpacked(kb: KnowledgeBase, revision: str, folder: Path) -> KnowledgeBase:
    """Return the knowledge base of a revision, its files put into a folder."""
    found = _git(kb.root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    commit = found.decode().strip()
    if not commit:
        hint = "Name a commit, a branch or a tag of the repository that the knowledge base lies in."
        raise UnknownResource(f"git knows no revision {revision!r} of {kb.root}.", hint=hint)
    with zipfile.ZipFile(io.BytesIO(_git(kb.root, "archive", "--format=zip", commit))) as archive:
        archive.extractall(folder)  # which keeps every file inside, whatever its name, and makes no links
    return KnowledgeBase(folder)


def _git(root: Path, *arguments: str) -> bytes:
    """Return what git prints, nothing when it refuses."""
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=False)  # noqa: S607
    except FileNotFoundError as error:
        raise UnknownResource("git is not installed.", hint="Install git, or name the files.") from error
    return done.stdout if done.returncode == 0 else b""
