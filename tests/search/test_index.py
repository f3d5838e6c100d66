"""What is found by name: any language, case, accent and order, misspelled words too, and nothing unlike."""

from random import Random

import pytest

from diplograph.errors import InvalidParameter
from diplograph.namespaces import DG, ID
from diplograph.rdf.terms import fold
from diplograph.search import Appellation, NameIndex, Role, Scope
from diplograph.search.index import EXACT, LEAST, LONGEST, MOST, READ_FOR_ALL, REORDERED, similarity

PLACE, STATE = str(ID["place/islands"]), str(ID["state/x"])
WRITER, OTHER = str(ID["person/kuczynski"]), str(ID["person/kucera"])
NAMES = [
    (PLACE, Appellation("disputed islands", "en", Role.LABEL)),
    (PLACE, Appellation("北方領土", "ja", Role.NAME)),
    (PLACE, Appellation("Южные Курильские острова", "ru", Role.NAME)),
    (STATE, Appellation("Ёland", "en", Role.LABEL)),
    (STATE, Appellation("Capital", "en", Role.METONYM)),
    (WRITER, Appellation("Grzegorz Kuczyński", "en", Role.LABEL)),
    (OTHER, Appellation("Jan Kučera", "en", Role.LABEL)),
    (OTHER, Appellation("?!", "en", Role.NAME)),
    (STATE, Appellation("EL", "", Role.CODE)),
    (PLACE, Appellation("EL-31", "", Role.CODE)),
    (str(DG.explains), Appellation("explains", "en", Role.LABEL)),
]
MEMBERS = [
    (WRITER, str(DG.Person)),
    (OTHER, str(DG.Person)),
    (OTHER, str(DG.Official)),
    (STATE, str(DG.State)),
]


@pytest.fixture(scope="module")
def index():
    return NameIndex(NAMES, MEMBERS)


def found(index, text, **scope):
    return [one.iri for one in index.find(text, Scope(**scope), 10)]


@pytest.mark.parametrize(
    ("text", "iri"),
    [
        ("GRZEGORZ KUCZYŃSKI", WRITER),
        ("kuczynski", WRITER),
        ("Kuczyński, Grzegorz", WRITER),
        ("Kuczynsky Grzegorz", WRITER),
        ("Kuczynsky", WRITER),
        ("kuc", OTHER),
        ("of Grzegorz Kuczyński", WRITER),
        ("北方領土", PLACE),
        ("領土", PLACE),
        ("южные курильские ОСТРОВА", PLACE),
        ("курильские", PLACE),
        ("ёLAND", STATE),
        ("Capital", STATE),
    ],
)
def test_a_thing_is_found_by_any_spelling_of_any_of_its_names(index, text, iri):
    assert found(index, text)[0] == iri


@pytest.mark.parametrize(
    "text", ["", "  ", "?!", "''\"", "zzz", '" OR "', "NEAR(", "\ud800", "\x00", "*", "a" * LONGEST]
)
def test_any_text_is_only_text(index, text):
    assert found(index, text) == []


def test_a_text_longer_than_any_name_is_refused_naming_the_limit(index):
    with pytest.raises(InvalidParameter) as refused:
        found(index, "a" * (LONGEST + 1))

    assert refused.value.facts["limit"] == LONGEST


def test_the_best_of_thousands_of_names_is_the_one_that_comparing_with_each_finds():
    chance = Random(1)
    words = ["".join(chance.choices("aeiklmnorst", k=chance.randrange(2, 9))) for _ in range(80)]
    texts = sorted({" ".join(chance.choices(words, k=chance.randrange(1, 6))) for _ in range(3000)})
    index = NameIndex([(text, Appellation(text, "", Role.LABEL)) for text in texts], ())
    for text in chance.sample(texts, 40):
        parts = text.split()
        chance.shuffle(parts)
        wanted = " ".join(f"{part[:4]}x{part[5:]}" if len(part) > 4 else part for part in parts)

        best = max(similarity(wanted, each) for each in texts)
        assert [one.score for one in index.find(wanted, limit=1)] == [best] * (best >= LEAST)


def test_every_name_of_a_contested_place_is_worth_the_same(index):
    scores = {index.find(name, Scope(), 1)[0].score for name in ("北方領土", "Южные Курильские острова")}

    assert scores == {EXACT}


def test_what_counts_may_be_narrowed_by_kind_and_class(index):
    assert found(index, "kuc", kinds=("state",)) == []
    assert found(index, "kuc", classes=(str(DG.Official),)) == [OTHER]
    assert found(index, "kuc", without=(str(DG.Official),)) == [WRITER]


def test_a_candidate_tells_its_label_the_name_that_fits_and_its_smallest_class_first(index):
    (place,) = index.find("北方領土", Scope(), 1)
    (person,) = index.find("Kučera", Scope(kinds=("person",), classes=(str(DG.Official),)), 1)

    assert (place.label, place.name.text, place.name.language) == ("disputed islands", "北方領土", "ja")
    assert person.classes == (str(DG.Official), str(DG.Person))


def test_names_of_an_unknown_thing_are_none_and_its_label_is_its_short_name(index):
    assert index.names(str(ID["state/none"])) == []
    assert index.label(str(ID["state/none"])) == ("state:none", "")


@pytest.mark.parametrize(
    ("one", "other"), [("Łódź", "lodz"), ("Ｊａｐａｎ", "japan"), ("Moscow’s", "moscow s")]
)
def test_folding_takes_away_case_accent_width_and_punctuation(one, other):
    assert fold(one) == other


def test_folding_keeps_the_sounds_of_kana():
    assert fold("ガ") != fold("カ")


def test_the_same_words_in_another_order_are_nearly_exact():
    assert similarity("fumio kishida", "fumio kishida") == EXACT
    assert similarity("kishida fumio", "fumio kishida") == REORDERED
    assert similarity("kishida", "fumio kishida") > similarity("kisida", "mikhail mishustin")


@pytest.mark.parametrize("text", ["expulsions", "expulsion", "Grzegorz expulsions"])
def test_a_word_with_many_letters_in_common_is_another_word(index, text):
    assert str(DG.explains) not in found(index, text)


def test_a_text_with_one_word_wrong_among_many_is_still_the_same_name():
    name = "japan expels eight russian officials"

    assert similarity("japan expels 8 russian officials", name) > 80
    assert similarity("russian missions", "russian sanctions") < LEAST


@pytest.mark.parametrize(("text", "things"), [("el", [STATE]), ("EL-31", [PLACE]), ("EL 3", []), ("E", [])])
def test_a_code_is_found_as_a_whole_and_never_by_a_part(index, text, things):
    assert [one for one in found(index, text) if one in {STATE, PLACE}] == things


def test_a_code_is_no_label(index):
    coded = NameIndex([(STATE, Appellation("EL", "", Role.CODE))], ())

    assert coded.label(STATE) == ("state:x", "")
    assert coded.find("el")[0].name.role is Role.CODE


def test_all_that_is_found_is_counted_past_what_is_shown():
    names = [(str(ID[f"act/{n}"]), Appellation(f"visit {n}", "en", Role.LABEL)) for n in range(MOST + 20)]
    index = NameIndex(names, ())

    assert len(index.find("visit")) == MOST
    assert (len(index.find_all("visit").things), index.find_all("visit").complete) == (MOST + 20, True)


def test_names_that_were_not_compared_are_told():
    names = [
        (str(ID[f"act/{n}"]), Appellation(f"visit {n}", "en", Role.LABEL)) for n in range(READ_FOR_ALL + 1)
    ]

    everything = NameIndex(names, ()).find_all("visit")

    assert (len(everything.things), everything.complete) == (READ_FOR_ALL, False)


def test_where_nothing_is_found_a_thing_with_a_word_spelled_nearly_alike_may_be_meant(index):
    assert index.find("Kuczenska") == []
    assert [one.iri for one in index.suggest("Kuczenska")] == [WRITER]
    assert index.suggest("Kuczenska", Scope(kinds=("state",))) == []
    assert index.suggest("wholly unheard of") == []


def test_the_end_of_a_word_is_another_word_and_a_space_too_many_is_not():
    assert similarity("soviet", "viet nam") < LEAST
    assert similarity("viet nam", "vietnam") > 90


@pytest.mark.parametrize("text", ["fumyo", "fumoi", "fmio", "fumiio"])
def test_one_letter_of_five_may_be_wrong_missing_too_many_or_swapped(text):
    assert similarity(text, "fumio") >= LEAST
    assert similarity(text, "fimou") < LEAST


def test_of_two_that_fit_alike_the_one_that_a_source_mentions_is_first() -> None:
    first, second = str(ID["state/a"]), str(ID["state/b"])
    names = [(iri, Appellation("AUS", "", Role.CODE)) for iri in (first, second)]

    found = NameIndex(names, (), {first}).find("AUS")
    assert [(one.iri, one.is_mentioned) for one in found] == [(second, True), (first, False)]


@pytest.mark.parametrize("text", ["U.K.", "u.k", "UK"])
def test_initials_are_one_word_with_points_or_without(text: str) -> None:
    name = Appellation("UK", "en", Role.NAME)

    assert NameIndex([(STATE, name)], ()).find(text)[0].score == EXACT


@pytest.mark.parametrize("text", ["Morroco", "Moroco", "Morrocco"])
def test_letters_doubled_in_the_wrong_place_are_no_other_word(text: str) -> None:
    names = [
        (STATE, Appellation("Morocco", "en", Role.LABEL)),
        (PLACE, Appellation("Monaco", "en", Role.LABEL)),
    ]

    assert NameIndex(names, ()).find(text)[0].iri == STATE


def test_of_names_that_fit_alike_a_label_is_first_and_a_term_last() -> None:
    term, named, labelled = str(DG.taiwan), str(ID["polity/a"]), str(ID["polity/b"])
    names = [
        (term, Appellation("Taiwan", "en", Role.LABEL)),
        (named, Appellation("Taiwan", "en", Role.NAME)),
        (labelled, Appellation("Taiwan", "en", Role.LABEL)),
    ]

    assert [one.iri for one in NameIndex(names, ()).find("Taiwan")] == [labelled, named, term]
