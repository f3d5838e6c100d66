"""Who and what the articles name: identity, split of state and land, offices, contested places."""

import pytest
from rdflib import RDF, RDFS, SKOS, Graph, Literal

from diplograph.namespaces import DG, DGV, GEO, ID, SCHEMA


def names(graph: Graph, place: object) -> set[tuple[str, object]]:
    """The language of each name of a place with its user."""
    return {
        (graph.value(name, DG.nameText).language, graph.value(name, DG.nameUsedBy))
        for name in graph.objects(place, DG.hasName)
    }


def test_no_polity_is_a_place(data):
    polities = {
        s for cls in (DG.State, DG.SupranationalUnion, DG.Polity) for s in data.subjects(RDF.type, cls)
    }

    assert not polities & set(data.subjects(RDF.type, DG.Territory))


def test_former_codes_are_noted_and_not_given_as_current(reference):
    union = ID["state/soviet-union"]
    codes = {code for code in reference.objects(union, SKOS.notation) if "iso-3166" in code.datatype}

    assert codes == {Literal("SUHH", datatype=DGV["iso-3166-3"])}
    assert "withdrawn" in reference.value(union, SKOS.note)


POLITIES = (DG.State, DG.SupranationalUnion, DG.Polity)


def test_bodies_are_public_where_they_are_organs_of_a_polity_and_only_there(data):
    polities = {thing for kind in POLITIES for thing in data.subjects(RDF.type, kind)}
    public = set(data.subjects(RDF.type, DG.PublicBody))
    organs = {body for body, whole in data.subject_objects(DG.organOf) if whole in polities | public}

    assert public == organs


def test_an_office_is_public_where_its_body_is_and_only_there(data):
    public = {thing for kind in (*POLITIES, DG.PublicBody) for thing in data.subjects(RDF.type, kind)}
    offices = {office for office, body in data.subject_objects(DG.officeIn) if body in public}

    assert set(data.subjects(RDF.type, DG.PublicOffice)) == offices


@pytest.mark.parametrize("person", ["nikol-pashinyan", "sergei-lavrov", "vladimir-putin", "mayakanna"])
def test_nobody_is_taken_from_photo_credits_or_from_memory(data, person):
    assert (ID[f"person/{person}"], None, None) not in data


def test_islands_have_the_names_of_both_sides_each_with_its_user(entities, contested):
    islands = [place for place in contested if entities.value(place, DG.hasName)]
    own = {("ja", ID["state/japan"]), ("ru", ID["state/russia"])}
    for place in islands:
        assert names(entities, place) - {("en", ID["state/russia"])} == own, place
    assert islands


def test_the_group_of_islands_has_english_names_of_both_sides(data):
    english = {user for language, user in names(data, ID["place/islands-1"]) if language == "en"}

    assert {ID["state/japan"], ID["state/russia"]} <= english


def test_the_annexed_regions_lie_in_no_place_and_bear_no_name(entities):
    regions = ID["place/four-regions"]

    assert set(entities.predicates(regions)) == {RDF.type, RDFS.label}


def test_identifiers_of_something_near_are_close_matches_only(entities):
    for place in {s for s in entities.subjects(DG.closeTo) if s.startswith(ID["place/"])}:
        assert (place, SCHEMA.sameAs, None) not in entities, place
        assert (place, SKOS.note, None) in entities, place


def test_a_point_is_a_labelled_geometry_in_longitude_latitude_order(entities):
    points = set(entities.subjects(RDF.type, GEO.Geometry))
    sapporo = ID["place/sapporo-point"]

    assert (
        set(entities.objects(None, GEO.hasGeometry))
        == set(entities.objects(None, GEO.hasDefaultGeometry))
        == points
    )
    assert entities.value(sapporo, GEO.asWKT) == Literal("POINT(141.35000 43.06667)", datatype=GEO.wktLiteral)
    assert "sea" in entities.value(ID["place/islands-1-point"], SKOS.note)


def test_every_entity_is_used_by_a_graph_of_statements(entities, articles, background, meta):
    used = set()
    for graph in (articles, background, meta):
        used |= set(graph.subjects()) | set(graph.objects())
    linked = set(entities.objects())
    named = {thing for thing, name in entities.subject_objects(DG.hasName) if name in linked}

    assert sorted(set(entities.subjects()) - used - linked - named) == []
