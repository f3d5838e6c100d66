"""A name that nothing defines is one finding; what only follows from it is left out and counted, and no more.

The measure is the same file with the name defined as what it stands in the place of: whatever is found then
is a fault of its own and has to be found beside the name that is undefined.
"""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from pyoxigraph import Literal, NamedNode, Triple
from rdflib import RDFS

from diplograph.cli import main
from diplograph.namespaces import DG, DGS, ID, RDF, SKOS, short
from diplograph.sources import KnowledgeBase
from diplograph.validation import Report, fixes, in_context, undefined
from diplograph.validation.inputs import Graphs, LabelIndex, every, of_files, ontology
from diplograph.validation.locate import Text, located
from diplograph.validation.rdf_parsing import parse

HERE = Path(__file__).parent
GOOD, BAD = sorted(HERE.glob("good/*.ttl")), sorted(HERE.glob("bad/*.ttl"))
MANY = 10
FEW = 4
GRAPH = "urn:example:file"
TYPE, LABEL, CODE = (NamedNode(str(p)) for p in (RDF.type, RDFS.label, SKOS.notation))
READ_THROUGH = {"DisputedTerritory-hasName", "Group-hasMember-kin", "Retaliation-retaliatesFor-roles"}
"""Shapes that read what is said of a thing that is named: they cannot be told from a fault of the file."""
COPIED = {"Act-when-duplicate", "AgentSameName"}
"""What a thing that is described just as another one breaks."""
PROLOGUE = "".join(f"PREFIX {prefix}: <{space}>\n" for prefix, space in sorted({
    "act": ID["act/"], "dg": DG, "dgv": "https://w3id.org/diplograph/vocab/", "doc": ID["document/"],
    "ev": ID["evidence/"], "foaf": "http://xmlns.com/foaf/0.1/", "oa": "http://www.w3.org/ns/oa#",
    "polity": ID["polity/"], "rdfs": RDFS, "state": ID["state/"], "dcterms": "http://purl.org/dc/terms/",
}.items()))  # fmt: skip
EVIDENCE = """
doc:x a dg:SourceDocument ; rdfs:label "a report"@en ; dcterms:publisher "x" ;
    foaf:page <https://example.org/> .
ev:x a dg:Evidence ; oa:hasTarget doc:x ; dg:certainty dgv:high .
"""
PROTEST = 'a dg:Protest ; rdfs:label "a protest"@en ; dg:realisation dgv:planned ; dg:evidence ev:x'


class Replaced(NamedTuple):
    """An example in which one reference names what nothing defines, and the same with that defined."""

    name: str
    broken: Graphs
    whole: Graphs


def replaced(path: Path, base: Graphs, random: Random) -> Replaced | None:
    """Replace a reference of an example, nothing where it has none to a thing that is known."""
    graphs = parse(path.read_bytes(), path.suffix, GRAPH)
    triples = graphs[GRAPH]
    told: dict[object, list[Triple]] = {}
    for triple in every(base, graphs):
        told.setdefault(triple.subject, []).append(triple)
    choices = sorted(
        number
        for number, t in enumerate(triples)
        if t.object in told and undefined.own_kind(getattr(t.object, "value", ""))
    )
    if not choices:
        return None
    number = random.choice(choices)
    old = triples[number]
    name = NamedNode(ID[f"{undefined.own_kind(old.object.value)}/nowhere"])
    broken = [*triples[:number], Triple(old.subject, old.predicate, name), *triples[number + 1 :]]
    copy = [Triple(name, t.predicate, called(t)) for t in told[old.object] if t.predicate != CODE]
    return Replaced(name.value, {GRAPH: broken}, {GRAPH: broken + copy})


def called(triple: Triple) -> object:
    if triple.predicate == LABEL and isinstance(triple.object, Literal):
        return Literal("nowhere", language=triple.object.language)
    return triple.object


def shapes_of(report: Report) -> set[tuple[str, str | None]]:
    """Which shapes are newly broken, and where."""
    return {(f.shape.removeprefix(DGS), f.focus) for f in report.findings if f.change == "new"}


def sample(paths: list[Path], base: Graphs) -> Iterator[Replaced]:
    random = Random(20261201)
    yield from filter(None, (replaced(path, base, random) for path in paths))


@pytest.fixture(scope="module")
def report(base, shapes, standing):
    """The report on graphs beside the entities."""
    return lambda graphs: in_context(base, graphs, shapes, against="release", standing=standing)


def held_to_measure(case: Replaced, report) -> None:
    found, measure = shapes_of(report(case.broken)), shapes_of(report(case.whole))
    own = ("UndefinedName", case.name)

    assert own in found
    assert {shape for shape, _ in found - measure - {own}} <= READ_THROUGH


@pytest.mark.parametrize("paths", [GOOD, BAD], ids=["good", "bad"])
def test_undefined_reference_is_one_finding_beside_what_is_found_when_it_is_defined(paths, base, report):
    for case in sample(Random(7).sample(paths, FEW), base):
        held_to_measure(case, report)


@pytest.mark.timeout(900)  # each reference of each example, judged twice
@pytest.mark.slow
@pytest.mark.parametrize("paths", [GOOD, BAD], ids=["good", "bad"])
def test_undefined_reference_in_many_examples_is_held_to_the_measure(paths, base, report):
    for case in sample(Random(11).sample(paths, MANY), base):
        held_to_measure(case, report)


@pytest.mark.parametrize("number", range(FEW))
def test_a_second_fault_is_found_beside_an_undefined_reference(number, report):
    among = [path for path in BAD if "dg:target state:russia" in path.read_text("utf-8")]
    path = Random(11).sample(among, FEW)[number]
    text = path.read_text("utf-8").replace("state:russia", "state:atlantis")
    found = {shape for shape, _ in shapes_of(report(parse(text.encode(), ".ttl", GRAPH)))}

    assert {path.stem.split("--")[0], "UndefinedName"} <= found


def test_thing_that_is_used_often_is_found_once_with_the_command_that_mends_it(report):
    text = (
        f"{PROLOGUE}{EVIDENCE}act:one {PROTEST} ; dg:actor state:japan ; dg:target state:atlantis ."
        f"act:two {PROTEST} ; dg:actor state:atlantis ; dg:target state:ruritania ."
    )
    found = report(parse(text.encode(), ".ttl", GRAPH))

    assert [(f.message, f.cure) for f in found.findings if f.change == "new"] == [
        (
            "state:atlantis is defined nowhere; used 2 times.",
            'Make it: diplograph new state FILE --slug atlantis --label "Atlantis"',
        ),
        (
            "state:ruritania is defined nowhere; used once.",
            'Make it: diplograph new state FILE --slug ruritania --label "Ruritania"',
        ),
    ]
    assert found.consequences == 3
    mended = text + 'state:atlantis a dg:State ; rdfs:label "Atlantis"@en .'
    mended += 'state:ruritania a dg:State ; rdfs:label "Ruritania"@en .'
    assert shapes_of(report(parse(mended.encode(), ".ttl", GRAPH))) == set()


def test_thing_at_the_wrong_place_is_a_fault_whether_it_is_defined_or_not(report):
    text = f"{PROLOGUE}{EVIDENCE}act:one {PROTEST} ; dg:actor state:japan ; dg:target doc:atlantis ."
    found = shapes_of(report(parse(text.encode(), ".ttl", GRAPH)))

    assert {shape for shape, _ in found} == {"UndefinedName", "Act-target"}


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Sanctoin", "dg:Sanction (sanction)"),
        ("制裁", "dg:Sanction (sanction)"),
        ("Санкция", "dg:Sanction (sanction)"),
        ("ForeignVisit", "dg:Visit (visit)"),
        ("Agreement", "dg:InstrumentChange (act on an instrument)"),
        ("Zugzwang", None),
    ],
)
def test_unknown_class_is_one_finding_with_what_is_meant(name, meant, report):
    said = PROTEST.replace("dg:Protest", f"dg:{name}")
    text = (
        f"{PROLOGUE}{EVIDENCE}act:one {said} ; dg:actor state:japan ; dg:target state:russia ."
        f"act:two {said} ; dg:actor state:japan ."
    )
    found = report(parse(text.encode(), ".ttl", GRAPH))
    (one,) = [f for f in found.findings if f.change == "new"]

    assert (one.message, found.uncovered) == (f"dg:{name} is no class of the ontology; used 2 times.", [])
    assert found.consequences >= 2
    assert one.cure.startswith(f"Is {meant}" if meant else "Use a class")


def test_what_a_member_of_an_unknown_class_lacks_is_found_beside_it(report):
    said = PROTEST.replace("dg:Protest", "dg:Zugzwang").replace(" ; dg:evidence ev:x", "")
    text = f"{PROLOGUE}{EVIDENCE}act:one {said} ; dg:actor state:japan ; dg:target state:russia ."
    found = shapes_of(report(parse(text.encode(), ".ttl", GRAPH)))

    assert {shape for shape, _ in found} == {"UndefinedName", "Act-evidence", "Evidence-subject"}


@pytest.mark.parametrize(
    ("name", "meant"), [("ukraine-warr", "dgv:ukraine-war (war in Ukraine)"), ("zugzwang", None)]
)
def test_unknown_concept_is_one_finding_with_what_is_meant(name, meant, report):
    said = f"{PROTEST} ; dg:actor state:japan ; dg:topic dgv:{name}"
    found = report(parse(f"{PROLOGUE}{EVIDENCE}act:one {said} . act:two {said} .".encode(), ".ttl", GRAPH))
    (one,) = [f for f in found.findings if f.change == "new"]

    assert one.message == f"dgv:{name} is no concept of the ontology; used 2 times."
    assert one.cure.startswith(f"Is {meant}" if meant else "Use a concept")
    assert found.consequences == 2


def test_unknown_property_is_one_finding_at_its_first_use(report):
    text = f"{PROLOGUE}{EVIDENCE}act:one {PROTEST} ; dg:acter state:japan ; dg:actor state:japan ."
    graphs = parse(text.encode(), ".ttl", GRAPH)
    found = located(report(graphs), [Text("x.ttl", text.encode(), ".ttl", GRAPH, graphs)])
    (one,) = [f for f in found.findings if f.change == "new"]

    assert one.message == "dg:acter is no property of the ontology; used once."
    assert one.cure.startswith("Is dg:actor (actor) ")
    assert text.splitlines()[one.line - 1][one.column - 1 :].startswith("state:japan ; dg:actor")
    assert (found.uncovered, found.consequences) == ([], 1)


@pytest.mark.parametrize("name", ["thing", "class", "property", "concept"])
def test_a_change_that_is_followed_leaves_out_the_same(name, judge, judge_change, standing):
    path = HERE / "bad" / f"UndefinedName--{name}.ttl"
    whole, followed = judge(path), judge_change(path)
    before = {f.key for f in standing.findings}

    assert {f.key for f in whole.findings if f.change == "new"} == {f.key for f in followed.findings} - before
    assert whole.uncovered == followed.uncovered == []
    assert whole.consequences == followed.consequences > 0


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("state:jp", "state:japan"),
        ("state:JPN", "state:japan"),
        ("state:russian-federation", "state:russia"),
        ("state:indonesa", "state:indonesia"),
        ("state:european-union", "polity:european-union"),
        ("state:jpan", None),
        ("state:prussia", "state:russia"),
        ("state:austria", None),
        ("state:indiana", None),
        ("state:atlantis", None),
    ],
)
def test_no_other_country_is_proposed_than_one_that_is_called_so(name, meant, base, shapes, report):
    text = f"{PROLOGUE}{EVIDENCE}act:one {PROTEST} ; dg:actor state:ukraine ; dg:target {name} , {name} ."
    graphs = parse(text.encode(), ".ttl", GRAPH)
    texts = [Text("x.ttl", text.encode(), ".ttl", GRAPH, graphs)]
    known = LabelIndex(every(base, graphs))
    found = fixes.proposed(located(report(graphs), texts), texts, shapes.graph, known)
    (fix,) = [f.fix for f in found.findings if f.change == "new"]

    assert (fix.title if fix else None) == (f"Is {meant} meant?" if meant else None)
    if fix:
        mended, _ = fixes.applied(text, [fix])
        assert f"dg:target {meant} , {meant} ." in mended


def test_things_of_each_kind_in_the_data_are_what_their_kind_is_said_to_be(kb: KnowledgeBase, base: Graphs):
    axioms, wrong = ontology(base), set()
    below = {
        kind: {str(group) for wide in classes for group in axioms.transitive_subjects(RDFS.subClassOf, wide)}
        for kind, classes in undefined.CLASSES.items()
    }
    for triple in every(of_files(kb)):
        kind = undefined.own_kind(getattr(triple.subject, "value", ""))
        group = getattr(triple.object, "value", "")
        if kind and triple.predicate == TYPE and group.startswith(str(DG)) and group not in below[kind]:
            wrong.add((kind, short(group)))

    assert wrong == set()


@pytest.mark.parametrize("kind", sorted(undefined.CLASSES))
def test_a_cure_names_a_command_that_there_is_or_what_can_be_read(kind):
    cure = undefined.cure(str(ID[f"{kind}/example-x"]))
    if cure.startswith("Make it: diplograph "):
        group, verb = cure.removeprefix("Make it: diplograph ").split()[:2]
        command = main.get_command(None, group)
        assert verb in command.list_commands(None)
    else:
        text = PROLOGUE + f"PREFIX {short(ID[f'{kind}/x']).split(':')[0]}: <{ID[f'{kind}/']}>\n"
        text += "PREFIX geo: <http://www.opengis.net/ont/geosparql#> " + cure.removeprefix("Define it: ")
        assert len(parse(text.encode(), ".ttl", GRAPH)[GRAPH]) == 2
