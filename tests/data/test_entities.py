"""Who and what both articles name: identity, split of state and land, offices, contested places."""

import pytest
from rdflib import RDF, RDFS, SKOS, Graph, Literal, URIRef

from diplograph.namespaces import DG, DGV, GEO, ID

STATES = (
    "china indonesia japan kazakhstan mongolia russia soviet-union thailand ukraine "
    "united-states uzbekistan vietnam"
)
OFFICES = {
    "prime-minister-of-japan": "body/government-of-japan",
    "foreign-minister-of-japan": "body/foreign-ministry-of-japan",
    "prime-minister-of-russia": "body/government-of-russia",
    "head-of-chechen-republic": "polity/chechnya",
    "deputy-chairman-of-security-council-of-russia": "body/security-council-of-russia",
    "defence-minister-of-russia": "body/government-of-russia",
}
ORGANS = {
    "foreign-ministry-of-japan": "japan",
    "foreign-ministry-of-russia": "russia",
    "fsb": "russia",
    "government-of-japan": "japan",
    "government-of-russia": "russia",
    "security-council-of-russia": "russia",
    "verkhovna-rada": "ukraine",
}
PERSONS = {
    "alina-kabaeva": None,
    "dmitry-medvedev": "state/russia",
    "fumio-kishida": "state/japan",
    "grzegorz-kuczynski": None,
    "margarita-simonyan": None,
    "mikhail-mishustin": "state/russia",
    "ramzan-kadyrov": "polity/chechnya",
    "sergei-shoigu": "state/russia",
    "tatsunori-motoki": "state/japan",
    "yoshimasa-hayashi": "state/japan",
}
NAMES = {
    "habomai": ("歯舞群島", "Хабомаи"),
    "islands-1": ("北方領土", "Южные Курильские острова"),
    "iturup": ("択捉島", "Итуруп"),
    "kunashir": ("国後島", "Кунашир"),
    "kuril-chain": ("千島列島", "Курильские острова"),
    "shikotan": ("色丹島", "Шикотан"),
}
SINGLE_ISLANDS = ("habomai", "iturup", "kunashir", "shikotan")


def slugs(graph: Graph, kind: str, *classes: URIRef) -> set[str]:
    return {
        s.rpartition("/")[2] for cls in classes for s in graph.subjects(RDF.type, cls) if f"/id/{kind}/" in s
    }


def test_the_states_are_twelve_and_none_is_a_place(entities):
    assert slugs(entities, "state", DG.State) == set(STATES.split())
    assert not set(entities.subjects(RDF.type, DG.State)) & set(entities.subjects(RDF.type, DG.Territory))


def test_the_union_and_chechnya_are_polities_but_no_states(entities):
    assert slugs(entities, "polity", DG.SupranationalUnion) == {"european-union"}
    assert slugs(entities, "polity", DG.Polity) == {"chechnya"}


def test_taiwan_is_neither_state_nor_territory(data):
    assert [
        s for s in data.subjects() if "taiwan" in s and "/id/" in s and "/act/" not in s and "claim" not in s
    ] == []


@pytest.mark.parametrize("slug", STATES.split())
def test_a_state_has_an_identifier_elsewhere(entities, slug):
    matches = list(entities.objects(ID[f"state/{slug}"], SKOS.exactMatch))

    assert any(match.startswith("http://www.wikidata.org/entity/Q") for match in matches)


def test_former_codes_are_noted_and_not_given_as_current(entities):
    union = ID["state/soviet-union"]

    assert list(entities.objects(union, SKOS.notation)) == [Literal("SUHH", datatype=DGV["iso-3166-3"])]
    assert "withdrawn" in entities.value(union, SKOS.note)


@pytest.mark.parametrize("slug", sorted(set(STATES.split()) - {"soviet-union"}))
def test_a_present_state_is_labelled_in_three_languages(entities, slug):
    assert {label.language for label in entities.objects(ID[f"state/{slug}"], RDFS.label)} == {
        "en",
        "ja",
        "ru",
    }


@pytest.mark.parametrize(("body", "state"), ORGANS.items())
def test_an_organ_belongs_to_its_state(entities, body, state):
    assert list(entities.objects(ID[f"body/{body}"], DG.organOf)) == [ID[f"state/{state}"]]
    assert (ID[f"body/{body}"], RDF.type, DG.PublicBody) in entities


def test_companies_and_media_are_organs_of_nobody(entities):
    others = {"rostec", "rt", "sputnik", "yomiuri-shimbun", "warsaw-institute"}

    assert slugs(entities, "body", DG.Organization) == others
    assert not any((ID[f"body/{slug}"], DG.organOf, None) in entities for slug in others)


@pytest.mark.parametrize(("office", "holder"), OFFICES.items())
def test_a_public_office_is_in_its_body(entities, office, holder):
    assert list(entities.objects(ID[f"office/{office}"], DG.officeIn)) == [ID[holder]]
    assert (ID[f"office/{office}"], RDF.type, DG.PublicOffice) in entities


def test_editors_in_chief_hold_no_public_office(entities):
    assert slugs(entities, "office", DG.Office) == {"editor-in-chief-of-rt", "editor-in-chief-of-sputnik"}
    assert slugs(entities, "office", DG.PublicOffice) == set(OFFICES)


def test_each_person_represents_a_polity_only_where_the_articles_say_so(entities):
    found = {
        slug: entities.value(ID[f"person/{slug}"], DG.represents)
        for slug in slugs(entities, "person", DG.Person)
    }

    assert found == {slug: polity and ID[polity] for slug, polity in PERSONS.items()}


@pytest.mark.parametrize("person", ["nikol-pashinyan", "sergei-lavrov", "vladimir-putin", "mayakanna"])
def test_nobody_is_taken_from_photo_credits_or_from_memory(data, person):
    assert (ID[f"person/{person}"], None, None) not in data


@pytest.mark.parametrize(("slug", "names"), NAMES.items())
def test_a_contested_place_has_the_names_of_both_sides_each_with_its_user(entities, slug, names):
    for lang, user, text in zip(("ja", "ru"), ("japan", "russia"), names, strict=True):
        name = ID[f"name/{slug}-{lang}"]
        assert (ID[f"place/{slug}"], DG.hasName, name) in entities
        assert (name, DG.nameText, Literal(text, lang=lang)) in entities
        assert list(entities.objects(name, DG.nameUsedBy)) == [ID[f"state/{user}"]]


def test_the_single_islands_make_up_the_group_and_lie_in_no_other_place(entities):
    assert slugs(entities, "place", DG.Territory) >= set(SINGLE_ISLANDS)
    for slug in SINGLE_ISLANDS:
        assert list(entities.objects(ID[f"place/{slug}"], DG.within)) == [ID["place/islands-1"]]
    assert (ID["place/islands-1"], DG.within, None) not in entities
    assert (ID["place/kuril-chain"], DG.within, None) not in entities


def test_the_annexed_regions_lie_in_no_place_and_bear_no_name(entities):
    regions = ID["place/four-regions"]

    assert set(entities.predicate_objects(regions)) == {
        (RDF.type, DG.Territory),
        (RDFS.label, Literal("the four annexed regions, not named", lang="en")),
    }


def test_uncontested_places_lie_in_the_land_of_their_state(entities):
    ways = {
        "sapporo": "japan-land",
        "hokkaido": "japan-land",
        "vladivostok": "russia-land",
        "russian-far-east": "russia-land",
    }
    for place, land in ways.items():
        assert ID[f"place/{land}"] in set(entities.transitive_objects(ID[f"place/{place}"], DG.within)), place


def test_identifiers_of_something_near_are_close_matches_only(entities):
    for slug in ("hokkaido", "russian-far-east", "kuril-chain"):
        place = ID[f"place/{slug}"]
        assert (place, SKOS.closeMatch, None) in entities
        assert (place, SKOS.exactMatch, None) not in entities
        assert (place, SKOS.note, None) in entities


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


def test_every_entity_is_used_by_a_graph_of_statements(entities, a1, a2, background, meta):
    used = set()
    for graph in (a1, a2, background, meta):
        used |= set(graph.subjects()) | set(graph.objects())
    linked = set(entities.objects())
    named = {thing for thing, name in entities.subject_objects(DG.hasName) if name in linked}

    assert sorted(set(entities.subjects()) - used - linked - named) == []
