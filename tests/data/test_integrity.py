"""What holds for every curated file: closed, labelled, canonical, dated by arithmetic, true to sources."""

import csv
import math
import re
import warnings
from collections import Counter
from datetime import date, timedelta
from itertools import chain
from pathlib import Path
from statistics import mean

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, BNode, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS

from diplograph import evidence
from diplograph.namespaces import BASE, BUILT_GRAPHS, DG, DGG, DGV, GEO, ID, SCHEMA, VOID
from diplograph.rdf import turtle

FILES = sorted(path.stem for path in (Path(__file__).resolve().parents[2] / "data").glob("*.ttl"))
UNLABELLED = tuple(f"{ID}{kind}/" for kind in ("evidence", "span", "time"))
LANDING_PAGE = URIRef(BASE)
SCHEMES = {
    "wikidata": "http://www.wikidata.org/entity/{}",
    "eu-country": "http://publications.europa.eu/resource/authority/country/{}",
    "geonames": "https://sws.geonames.org/{}/",
}
FOUR = ("habomai", "iturup", "kunashir", "shikotan")
NOTATIONS = {"iso3166-1-alpha2": "iso-3166-1-alpha-2", "iso3166-1-alpha3": "iso-3166-1-alpha-3"}


def local(graph: Graph) -> set[URIRef]:
    """Every IRI of ours that a graph mentions."""
    terms = set(chain.from_iterable(graph))
    return {term for term in terms if isinstance(term, URIRef) and term.startswith(BASE)} - {LANDING_PAGE}


def test_every_curated_graph_has_its_file_and_every_file_its_graph(meta):
    built = {URIRef(name) for name in BUILT_GRAPHS} | {DGG.ontology, DGG.vocab}
    graphs = {thing for thing in meta.subjects(RDF.type, VOID.Dataset) if thing.startswith(DGG)}

    assert graphs - built == {DGG[name] for name in FILES}


@pytest.mark.parametrize("name", FILES)
def test_file_is_in_canonical_form(root, name):
    text = (root / f"data/{name}.ttl").read_text(encoding="utf-8")

    assert turtle.canonical(text) == text, f"run: diplograph fmt data/{name}.ttl"


@pytest.mark.parametrize("name", FILES)
def test_file_has_no_blank_node_and_no_same_as(root, name):
    graph = turtle.read(root / f"data/{name}.ttl")

    assert not [term for term in chain.from_iterable(graph) if isinstance(term, BNode)]
    assert (None, OWL.sameAs, None) not in graph


def test_every_name_of_ours_that_is_used_is_defined(data, terms):
    described = set(data.subjects(RDF.type)) | set(terms.subjects(RDF.type))

    assert sorted(local(data) - described) == []


def test_every_thing_has_one_english_label_but_evidence_spans_and_dates(data):
    things = [
        s for s in set(data.subjects()) if str(s).startswith(BASE) and not str(s).startswith(UNLABELLED)
    ]
    labels = {s: [str(o) for o in data.objects(s, RDFS.label) if o.language == "en"] for s in things}

    assert {thing: found for thing, found in labels.items() if len(found) != 1} == {}
    assert len(things) > 300


def test_labels_of_one_class_differ(data):
    found = Counter()
    for thing, label in data.subject_objects(RDFS.label):
        kinds = set(data.objects(thing, RDF.type))
        found.update((kind, label) for kind in kinds)

    assert [pair for pair, times in found.items() if times > 1] == []


def test_a_label_or_type_of_a_thing_stands_in_one_graph_only(root):
    graphs = [turtle.read(root / f"data/{name}.ttl") for name in FILES]
    found = Counter(
        triple
        for graph in graphs
        for p in (RDF.type, RDFS.label)
        for triple in graph.triples((None, p, None))
    )

    assert [triple for triple, times in found.items() if times > 1] == []


def test_japanese_and_russian_labels_stand_with_entities_and_reference_only(root):
    for name in set(FILES) - {"entities", "reference"}:
        labels = turtle.read(root / f"data/{name}.ttl").objects(None, RDFS.label)
        assert {label.language for label in labels} == {"en"}, name


def test_a_contested_place_has_no_japanese_or_russian_label(data, contested):
    for place in contested:
        assert {label.language for label in data.objects(place, RDFS.label)} == {"en"}, place


def test_a_contested_place_lies_within_no_land_of_a_state(data, contested):
    lands = {place for place in data.subjects(RDF.type, DG.Territory) if place.endswith("-land")}
    for place in contested:
        assert not lands & set(data.transitive_objects(place, DG.within)), place


def bounds(expression: str) -> tuple[date | None, date | None]:
    """The first and last day of an EDTF expression by the reference library; None where it is open."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from edtf import parse_edtf

        parsed = parse_edtf(expression)
    if expression.endswith("-24"):  # the library ends winter with the year
        return _day(parsed.lower_strict()), date(int(expression[:4]) + 1, 3, 1) - timedelta(1)
    # Of an end that is unknown the library makes ten years; nothing is known of it.
    return _day(parsed.lower_strict()), None if expression.endswith("/") else _day(parsed.upper_strict())


def _day(found: object) -> date | None:
    if isinstance(found, float):
        assert math.isinf(found)
        return None
    year, month, day, *_ = found
    return date(year, month, day)


def test_open_sides_of_dates_are_read_as_open():
    assert bounds("[..2022-10-31]") == (None, date(2022, 10, 31))
    assert bounds("1956/..") == bounds("1956/") == (date(1956, 1, 1), None)
    assert bounds("2012/2024-05") == (date(2012, 1, 1), date(2024, 5, 31))


def test_bounds_of_every_date_follow_from_its_expression(data):
    spans = sorted(data.subjects(RDF.type, DG.TimeSpan))
    for span in spans:
        stated = [data.value(span, bound, any=False) for bound in (DG.notBefore, DG.notAfter)]
        expressed = data.value(span, DG.edtf, any=False)
        expected = bounds(str(expressed)) if expressed else (None, None)
        assert tuple(day and day.toPython() for day in stated) == expected, span
    assert len(spans) > 80


def test_a_date_without_an_expression_says_that_it_is_unknown(data):
    for span in set(data.subjects(RDF.type, DG.TimeSpan)) - set(data.subjects(DG.edtf)):
        assert data.value(span, DG.dateBasis) == DGV["date-unknown"], span


@pytest.mark.sources
def test_every_recorded_passage_stands_in_the_sources(data, sources_dir):
    found = evidence.check(data, sources_dir)

    assert [one for one in found if one.status != "matching" or not one.as_recorded] == []
    assert len(found) > 60


@pytest.mark.sources
@pytest.mark.parametrize("file", ["000_6e0a07a4dfa8c6be.txt", "001_f84c4eabab991b6c.txt"])
@pytest.mark.parametrize("share", [0.0, 0.35, 0.7])
def test_one_character_more_in_an_article_is_reported_exactly(data, sources_dir, tmp_path, file, share):
    for path in sources_dir.glob("00*.txt"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    text = (sources_dir / file).read_bytes().decode("utf-8")
    place = int(len(text) * share)
    (tmp_path / file).write_bytes(f"{text[:place]}§{text[place:]}".encode())

    for one in evidence.check(data, tmp_path):
        before = one.file != file or one.end <= place
        expected = "matching" if before else "moved" if one.start >= place else "changed"
        assert (one.status, one.found) == (expected, _after(one, expected)), one


def _after(one: evidence.SpanStatus, status: str) -> tuple[int, int] | None:
    shift = {"matching": 0, "moved": 1}.get(status)
    return None if shift is None else (one.start + shift, one.end + shift)


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.mark.sources
def test_only_identifiers_that_were_checked_are_used(entities, sources_dir):
    checked = rows(sources_dir, "identifiers.tsv")
    allowed = {SCHEMES[row["scheme"]].format(row["id"]) for row in checked if row["scheme"] in SCHEMES}
    allowed |= {
        f"http://www.yso.fi/onto/yso/{row['id'][4:]}" for row in checked if row["id"].startswith("yso:")
    }
    used = {str(o) for p in (SCHEMA.sameAs, DG.closeTo) for o in entities.objects(None, p)}

    assert used - allowed == set()
    assert len(used) > 20


@pytest.mark.sources
def test_each_identifier_belongs_to_the_thing_that_bears_it(data, sources_dir):
    owner = {
        row["id"]: row["entity"]
        for row in rows(sources_dir, "identifiers.tsv")
        if row["scheme"] == "wikidata"
    }
    other_name = {
        "Cabinet of Japan": "Government of Japan",
        "Far Eastern Federal District": "Russian Far East",
        "Kuril Islands": "Kuril Islands (whole chain)",
        "Minister for Foreign Affairs (Japan)": "Foreign Minister of Japan",
        "Minister of Defence (Russia)": "Defence Minister of Russia",
    }
    for predicate in (SCHEMA.sameAs, DG.closeTo):
        for thing, match in data.subject_objects(predicate):
            entity = owner.get(match.rpartition("/")[2])
            if entity and match.startswith("http://www.wikidata.org/"):
                label = other_name.get(entity, entity)
                assert (thing, RDFS.label, Literal(label, lang="en")) in data, (thing, entity)


@pytest.mark.sources
def test_codes_of_states_are_those_that_were_checked(data, sources_dir):
    codes = [
        (row["entity"], Literal(row["id"], datatype=DGV[NOTATIONS[row["scheme"]]]))
        for row in rows(sources_dir, "identifiers.tsv")
        if row["scheme"] in NOTATIONS and row["kind"] == "state"
    ]
    for entity, code in codes:
        thing = data.value(predicate=SKOS.notation, object=code, any=False)
        assert (thing, RDFS.label, Literal(entity, lang="en")) in data, code
    assert len(codes) == 22


@pytest.mark.sources
def test_points_are_those_that_were_checked(data, sources_dir):
    listed = rows(sources_dir, "places.tsv")
    public = r"ne_10m_admin_1_label_points: ([\d.]+), ([\d.]+)"
    free = [re.search(public, row["how_verified"]) for row in listed]
    checked = {f"POINT({row['lon']} {row['lat']})" for row in listed}
    checked |= {f"POINT({found[2]} {found[1]})" for found in free if found}
    points = dict(data.subject_objects(GEO.asWKT))
    group = points.pop(ID["place/islands-1-point"])

    assert {str(point) for point in points.values()} <= checked
    assert {point.datatype for point in (group, *points.values())} == {GEO.wktLiteral}
    assert len(points) == 7
    islands = [degrees(points[ID[f"place/{name}-point"]]) for name in FOUR]
    assert degrees(group) == pytest.approx([mean(side) for side in zip(*islands, strict=True)], abs=0.0001)


def degrees(point: Literal) -> list[float]:
    return [float(number) for number in re.findall(r"[\d.]+", point)]


@pytest.mark.sources
def test_foreign_labels_and_names_are_those_that_were_checked(entities, sources_dir):
    listed = {row[f"name_{lang}"] for row in rows(sources_dir, "places.tsv") for lang in ("ja", "ru")}
    seen = " ".join(row["label_seen"] for row in rows(sources_dir, "identifiers.tsv"))
    texts = [
        o for p in (RDFS.label, DG.nameText) for o in entities.objects(None, p) if o.language in {"ja", "ru"}
    ]

    assert [text for text in texts if str(text) not in listed and str(text) not in seen] == []
    assert len(texts) > 20


def test_the_dataset_and_every_graph_carry_the_licence(meta):
    licence = URIRef("https://creativecommons.org/licenses/by/4.0/")
    graphs = {DGG[name] for name in (*FILES, "ontology", "vocab")} | {URIRef(name) for name in BUILT_GRAPHS}
    for described in {*graphs, URIRef(f"{BASE}dataset")}:
        assert (described, DCTERMS.license, licence) in meta, described
