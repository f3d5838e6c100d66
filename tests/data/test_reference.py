"""The reference entities: complete, neutral, each thing named and coded once, and as they were made."""

import csv
import hashlib
import re
from collections import defaultdict
from pathlib import Path

import pytest
from rdflib import RDF, RDFS, SKOS, Graph, Literal, URIRef

from diplograph.namespaces import DG, DGV, ID, SCHEMA

MEMBERS, OBSERVERS = 193, 2
LANGUAGES = {"en", "ja", "ru", "ar", "es", "fr", "zh"}
SIDES = re.compile(
    r"\bOccupied|\bProvince of|\bSARs?\b|\bRAE\b|R\.A\.S\.|\bСАР\b|breakaway|self-proclaimed|de facto"
    r"|so-called|separatist|unrecogni[sz]ed|puppet|regime|rebel|illegal|特別行政区|特别行政区|自治区|自治政府|占領|占领"
    r"|оккупир|самопровозгл|непризнанн|марионет|محتل",
    re.IGNORECASE,
)
SAID_OF_POLITIES = {
    RDF.type,
    RDFS.label,
    SKOS.altLabel,
    SKOS.notation,
    SKOS.note,
    SCHEMA.sameAs,
    DG.actsOnBehalfOf,
    DG.closeTo,
    DG.firstYear,
    DG.hasName,
    DG.lastYear,
    DG.predecessor,
    URIRef("http://purl.org/dc/terms/identifier"),
}
"""No map, capital, membership or year of independence."""


def table(root: Path, name: str) -> list[dict[str, str]]:
    with (root / f"reference/{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def coded(graph: Graph, code: str) -> URIRef:
    return graph.value(predicate=SKOS.notation, object=Literal(code, datatype=DGV["iso-3166-1-alpha-2"]))


@pytest.fixture(scope="module")
def seated(root: Path, reference: Graph) -> set[URIRef]:
    """The members and observers of the United Nations."""
    return {coded(reference, row["code"]) for row in table(root, "states")}


@pytest.fixture(scope="module")
def others(root: Path) -> dict[str, set[URIRef]]:
    """Polities without a seat by their kind: disputed, associated or dependent."""
    found = defaultdict(set)
    for row in table(root, "polities"):
        found[row["kind"]].add(ID[f"polity/{row['slug']}"])
    return found


def test_every_member_and_observer_is_a_state(root, reference, seated):
    seats = [row["seat"] for row in table(root, "states")]

    assert (seats.count("member"), seats.count("observer")) == (MEMBERS, OBSERVERS)
    assert len(seated) == len(seats)
    assert seated <= set(reference.subjects(RDF.type, DG.State))


def test_every_other_present_polity_is_no_state(reference, seated, others):
    ended = set(reference.subjects(DG.lastYear))
    unseated = set().union(*others.values())

    assert set(reference.subjects(RDF.type, DG.State)) - seated - ended == set()
    assert unseated <= set(reference.subjects(RDF.type, DG.Polity))


def test_a_state_has_labels_codes_and_an_item_elsewhere(reference, seated):
    for state in seated:
        assert {label.language for label in reference.objects(state, RDFS.label)} == {"en", "ja", "ru"}, state
        kinds = {str(code.datatype).removeprefix(DGV) for code in reference.objects(state, SKOS.notation)}
        assert {f"iso-3166-1-{kind}" for kind in ("alpha-2", "alpha-3", "numeric")} <= kinds, state
        items = {match for match in reference.objects(state, SCHEMA.sameAs) if "wikidata" in match}
        assert len(items) == 1, state


def test_names_are_in_seven_languages(reference):
    naming = (RDFS.label, SKOS.altLabel, DG.nameText)

    assert {text.language for prop in naming for text in reference.objects(None, prop)} == LANGUAGES


@pytest.mark.parametrize("role", ["government", "foreign-ministry"])
def test_every_state_has_its_government_and_foreign_ministry(reference, seated, role):
    for state in seated:
        body = ID[f"body/{role}-of-{state.rpartition('/')[2]}"]
        assert (body, DG.organOf, state) in reference, body


def test_every_state_has_a_head_and_so_has_its_government(reference, seated):
    for state in seated:
        name = state.rpartition("/")[2]
        head = ID[f"office/head-of-state-of-{name}"]
        assert (head, DG.officeIn, state) in reference, head
        assert list(reference.subjects(DG.officeIn, ID[f"body/government-of-{name}"])), name


def test_former_states_have_their_years(reference):
    ended = set(reference.subjects(DG.lastYear)) - set(reference.subjects(RDF.type, DG.Name))

    assert len(ended) >= 20
    for thing in ended:
        first, last = (reference.value(thing, prop) for prop in (DG.firstYear, DG.lastYear))
        assert last.toPython() >= 1945, thing
        assert first is None or first <= last, thing


def test_a_predecessor_ended_and_is_given_to_present_states_too(reference):
    former = set(reference.objects(None, DG.predecessor))

    assert former <= set(reference.subjects(DG.lastYear))
    assert (ID["state/russia"], DG.predecessor, ID["state/soviet-union"]) in reference


def test_no_predecessor_is_given_where_that_takes_a_side(reference):
    for name in ("estonia", "latvia", "lithuania", "germany"):
        assert (ID[f"state/{name}"], DG.predecessor, None) not in reference, name


def test_a_dependent_polity_says_for_whom_it_acts_and_no_other_does(reference, others):
    assert set(reference.subjects(DG.actsOnBehalfOf)) == others["dependent"]


def test_nothing_is_said_of_a_polity_that_takes_a_side(reference):
    kinds = (DG.State, DG.Polity, DG.SupranationalUnion)
    polities = {polity for kind in kinds for polity in reference.subjects(RDF.type, kind)}

    assert {prop for polity in polities for prop in reference.predicates(polity)} <= SAID_OF_POLITIES


def test_no_label_takes_a_side(reference):
    texts = {str(text) for prop in (RDFS.label, SKOS.altLabel) for text in reference.objects(None, prop)}

    assert [text for text in texts if SIDES.search(text)] == []


@pytest.mark.parametrize("text", ["Hong Kong SAR China", "Taiwan, Province of China", "X (Occupied Y)"])
def test_label_that_takes_a_side_is_caught(text):
    assert SIDES.search(text)


def test_names_of_packages_have_their_user(reference):
    users = {
        "Taiwan, Province of China": ID["body/iso"],
        "Hong Kong SAR China": ID["body/unicode-consortium"],
    }
    for text, user in users.items():
        name = reference.value(predicate=DG.nameText, object=Literal(text, lang="en"))
        assert (name, DG.nameUsedBy, user) in reference, text


def test_each_code_belongs_to_one_thing_unless_names_tell_its_years(reference):
    things = defaultdict(set)
    for thing, code in reference.subject_objects(SKOS.notation):
        if "/name/" not in thing and not code.datatype.endswith("abbreviation"):
            things[code].add(thing)
    shared = {code: found for code, found in things.items() if len(found) > 1}

    assert shared
    for code, found in shared.items():
        told = {
            thing
            for thing in found
            for name in reference.objects(thing, DG.hasName)
            if (name, SKOS.notation, code) in reference and (name, DG.firstYear, None) in reference
        }
        assert told == found, code


def test_lists_differ_where_they_are_known_to(reference):
    def things(scheme: str, code: str) -> set[str]:
        found = reference.subjects(SKOS.notation, Literal(code, datatype=DGV[scheme]))
        return {thing.rpartition("/")[2] for thing in found if "/name/" not in thing}

    assert things("cow", "679") == {"yemen"}
    assert things("gw", "678") == {"north-yemen", "yemen"}
    assert things("cow", "255") == things("gw", "260") == {"germany"}
    assert (things("cow-abbreviation", "AUS"), things("iso-3166-1-alpha-3", "AUS")) == (
        {"austria"},
        {"australia"},
    )


def test_renamings_have_their_last_year(reference):
    name = reference.value(predicate=DG.nameText, object=Literal("Swaziland", lang="en"))

    assert reference.value(name, DG.lastYear).toPython() == 2018


def test_currencies_have_their_code_and_are_named_in_three_languages(terms):
    yen = terms.value(predicate=SKOS.notation, object=Literal("JPY"))
    labels = {(label.language, str(label)) for label in terms.objects(yen, RDFS.label)}

    assert labels == {("en", "Japanese yen"), ("ja", "日本円"), ("ru", "японская иена")}
    assert len(set(terms.subjects(SKOS.inScheme, DGV.currency))) > 150


def test_files_are_as_they_were_made_from_these_tables(root):
    made = {row["file"]: row["sha256"] for row in table(root, "made")}
    found = {name: hashlib.sha256((root / name).read_bytes()).hexdigest() for name in made}
    listed = {f"reference/{path.name}" for path in (root / "reference").glob("*.tsv")} - {
        "reference/made.tsv"
    }

    assert found == made, "run: python -m reference"
    assert listed <= made.keys()


def test_the_disputed_are_listed_in_the_documents(root, reference, others):
    text = " ".join((root / "docs/reference.md").read_text(encoding="utf-8").split())
    for polity in set().union(*others.values()):
        labels = [str(label) for label in reference.objects(polity, RDFS.label) if label.language == "en"]
        assert labels[0] in text, polity


def test_the_documents_count_what_is_there(root, reference, others):
    text = (root / "docs/reference.md").read_text(encoding="utf-8")
    ended = set(reference.subjects(DG.lastYear)) - set(reference.subjects(RDF.type, DG.Name))
    states = ended & set(reference.subjects(RDF.type, DG.State))
    counts = [
        f"| {MEMBERS} and {OBSERVERS} |",
        f"| {len(others['disputed'])} and {len(others['associated'])} |",
        f"| {len(others['dependent'])} |",
        f"| {len(ended)}, {len(states)} of them states |",
        f"| {len(table(root, 'organisations'))} |",
    ]

    assert [count for count in counts if count not in text] == []
