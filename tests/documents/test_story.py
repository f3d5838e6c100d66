"""The story of two states: made of what the release states, in words of the table, and no more."""

import re
from collections.abc import Iterable
from html import escape
from itertools import product

import pytest
from markdown_it import MarkdownIt
from rdflib import Literal, URIRef
from rdflib.term import Node

from answers import InMemory
from diplograph.documents import exchanges
from diplograph.documents.dates import in_words
from diplograph.documents.exchanges import Exchange, ToldExchange, markdown
from diplograph.documents.sentences import Index, Sentence, Triple, narrowest
from diplograph.documents.story import Story, story
from diplograph.documents.verb_table import JOINT
from diplograph.documents.verbs import DONE, WORDINGS
from diplograph.namespaces import DCTERMS, DG, DGV, EDTF, ID, RDFS, SKOS, XSD, short
from diplograph.rdf import Dataset
from diplograph.rdf.terms import to_rdflib

LANGUAGES = tuple(WORDINGS)
LABELS = {RDFS.label, SKOS.prefLabel}
JAPAN, RUSSIA = f"{ID}state/japan", f"{ID}state/russia"
ACT, X, Y = URIRef(f"{ID}act/a"), URIRef(f"{ID}state/x"), URIRef(f"{ID}state/y")
STAGES = (
    *("hypothetical", "called-for", "threatened", "proposed", "under-negotiation", "planned", "promised"),
    *("announced", "abandoned", "ordered", "in-effect", "carried-out", "realisation-unknown"),
)
INFERRED = {DG.RealisedAct, DG.UnrealisedAct}
HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) {actor} {0} *b* _i_ `c` &lt; \\ # |"


@pytest.fixture(scope="module")
def engine(curated: Dataset) -> InMemory:
    return InMemory(curated)


@pytest.fixture(scope="module")
def read(engine: InMemory) -> list[Exchange]:
    """What there is between every two states."""
    return [exchanges.read(engine, *pair) for pair in exchanges.pairs(engine)]


def told(exchange: Exchange, language: str) -> Story:
    return story(exchange.triples, exchange.acts, exchange.claims, language)


def every_sentence(read: Iterable[Exchange], language: str) -> list[Sentence]:
    return [sentence for exchange in read for sentence in told(exchange, language).sentences]


def test_every_pair_of_states_with_acts_has_a_story(engine: InMemory, read: list[Exchange]) -> None:
    pairs = exchanges.pairs(engine)

    assert (JAPAN, RUSSIA) in pairs
    assert all(one < other for one, other in pairs)
    assert [pair for pair, found in zip(pairs, read, strict=True) if not [*told(found, "en").sentences]] == []


def test_acts_stand_in_order_of_time(engine: InMemory) -> None:
    found = exchanges.read(engine, JAPAN, RUSSIA)
    index = Index(found.triples)
    dates = [str(index.values(act, str(DG.summaryDate))[0]) for act in found.acts[:6]]

    assert dates == sorted(dates)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_triple_of_every_sentence_is_stated_or_summed_up(
    read: list[Exchange], curated: Dataset, language: str
) -> None:
    text = """SELECT DISTINCT ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o }
        FILTER(?g NOT IN (<%sgraph/closure>, <%sgraph/inferred>)) }"""
    base = ID.removesuffix("id/")
    rows = curated.select(text % (base, base))
    release = {tuple(to_rdflib(row[name]) for name in ("s", "p", "o")) for row in rows}
    sentences = every_sentence(read, language)

    assert sentences
    assert [s.text for s in sentences if not s.triples or not s.triples <= release] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_and_value_in_a_sentence_is_that_of_a_triple(read: list[Exchange], language: str) -> None:
    wrong = [
        (sentence.text, slot)
        for sentence in every_sentence(read, language)
        for slot in sentence.slots
        if slot not in values(sentence) or slot.casefold() not in sentence.text.casefold()
    ]

    assert wrong == []


def values(sentence: Sentence) -> set[str]:
    """The labels, numbers and texts of a sentence's triples, and their dates in words."""
    found = set()
    for _, _, value in sentence.triples:
        if not isinstance(value, Literal):
            found.add(short(str(value)))
        elif value.datatype == EDTF.EDTF:
            found.add(in_words(str(value), sentence.language))
        else:
            found.add(" ".join(str(value).split()))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_any_one_of_its_triples_a_sentence_is_another_or_none(
    read: list[Exchange], language: str
) -> None:
    kept = []
    for exchange in read:
        made = told(exchange, language)
        for entry in made.done + made.plans + made.claims:
            claims = {entry.iri: [one.about for one in entry.sentences]} if entry in made.claims else {}
            acts = [] if claims else [entry.iri]
            near = around(exchange.triples, entry.sentences)
            for sentence, triple in ((one, each) for one in entry.sentences for each in one.triples):
                again = story(near - {triple}, acts, claims, language)
                if any(key(one) == key(sentence) for one in again.sentences):
                    kept.append((sentence.text, triple))

    assert kept == []


def key(sentence: Sentence) -> tuple[str, ...]:
    return sentence.about, *sentence.verb, sentence.text


def around(triples: Iterable[Triple], sentences: Iterable[Sentence]) -> frozenset[Triple]:
    """The triples on whatever some sentences speak of: fewer, so that telling again is fast."""
    subjects = {subject for one in sentences for subject, _, _ in one.triples}
    subjects |= {value for one in sentences for _, _, value in one.triples}
    return frozenset(triple for triple in triples if triple[0] in subjects)


# Verbs


def act(kind: Node = DG.Visit, stage: str = "carried-out", *more: Triple, date: str = "") -> set[Triple]:
    """An act of X towards Y, with labels for all that its sentence needs, in all languages."""
    found = {
        (ACT, DG.summaryKind, kind),
        (ACT, DG.summaryActor, X),
        (ACT, DG.summaryTarget, Y),
        (ACT, DG.summaryStage, DGV[stage]),
        *more,
    }
    if date:
        found.add((ACT, DG.summaryDate, Literal(date, datatype=EDTF.EDTF)))
    named = {(X, "Xland"), (Y, "Yland"), (kind, "the kind"), (DGV[stage], "the stage")}
    labels = {(thing, RDFS.label, Literal(f"{name}", lang=tag)) for thing, name in named for tag in LANGUAGES}
    return found | labels


def first(triples: Iterable[Triple], language: str = "en") -> Sentence:
    return next(iter(story(triples, [str(ACT)], {}, language).sentences))


def fits(sentence: Sentence, *patterns: str) -> bool:
    """Whether a sentence is one of some rows of the table, with something in each place."""
    found = (re.sub(r"\\{\w+\\}", ".*", re.escape(pattern)) for pattern in patterns)
    return any(re.search(one, sentence.text, re.IGNORECASE) for one in found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_rows(language: str) -> None:
    english, other = WORDINGS["en"], WORDINGS[language]

    for name in ("verbs", "own", "matters", "stages", "relations", "details", "measure", "headings"):
        assert getattr(other, name).keys() == getattr(english, name).keys(), name
    for name, template in other.stages.items():
        assert set(re.findall(r"\{(\w+)\}", template)) - {"had"} == {"actor", "noun"}, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_class_of_acts_in_the_ontology_is_told_and_every_row_is_of_one(
    curated: Dataset, language: str
) -> None:
    text = f"SELECT ?kind WHERE {{ ?kind <{RDFS.subClassOf}>* <{DG.Act}> }}"
    kinds = {kind for row in curated.select(text) if isinstance(kind := to_rdflib(row["kind"]), URIRef)}
    rows = curated.select(f"SELECT ?s ?o WHERE {{ ?s <{RDFS.subClassOf}> ?o }}")
    above = {(to_rdflib(row["s"]), RDFS.subClassOf, to_rdflib(row["o"])) for row in rows}

    assert {DG[name] for name in WORDINGS[language].verbs if name != JOINT} == kinds - INFERRED
    for kind in kinds:
        assert narrowest(Index({*above, *act(kind)}), str(ACT), WORDINGS[language])[0], kind


@pytest.mark.parametrize(("language", "stage"), list(product(LANGUAGES, STAGES)))
def test_the_sentence_of_an_act_is_that_of_its_class_and_stage(language: str, stage: str) -> None:
    words = WORDINGS[language]
    for name in words.verbs.keys() - {JOINT}:
        sentence = first(act(DG[name], stage), language)
        noun = filled(words.verbs[name].noun, language)
        if (name, stage) in words.own:
            expected = filled(words.own[name, stage], language)
        elif stage == "carried-out":
            expected = filled(words.verbs[name].done, language)
        elif stage == "in-effect":
            expected = words.noted.format(filled(words.verbs[name].done, language), "the stage")
        else:
            expected = filled(words.stages.get(stage, words.unknown), language, noun=noun)

        assert sentence.verb == (name, stage)
        assert sentence.text.casefold() == f"{expected}{words.full_stop}".casefold()


def filled(template: str, language: str, **more: str) -> str:
    """A template with X and Y in their places."""
    forms = {name: one for name, (one, _) in WORDINGS[language].forms.items()}
    return template.format(actor="Xland", target="Yland", had="", **forms, **more)


@pytest.mark.parametrize(("language", "stage"), list(product(LANGUAGES, STAGES)))
def test_no_plan_is_told_as_done(language: str, stage: str) -> None:
    words = WORDINGS[language]
    for name in words.verbs.keys() - {JOINT}:
        made = story(act(DG[name], stage), [str(ACT)], {}, language)
        told_as_done = [
            filled(text, language).casefold()
            for text in (words.verbs[name].done, *(words.own[key] for key in words.own if key[0] == name))
        ]

        assert bool(made.done) == (stage in DONE)
        assert bool(made.plans) != bool(made.done)
        for entry in made.plans:
            assert not entry.sentences[0].text.casefold().startswith(tuple(told_as_done))


def test_a_class_without_a_row_takes_that_of_the_narrowest_class_above_it() -> None:
    deportation, mass = DG.Deportation, DG.MassDeportation
    above = {
        (mass, RDFS.subClassOf, deportation),
        (deportation, RDFS.subClassOf, DG.Expulsion),
        (deportation, RDFS.subClassOf, DG.DiplomaticAct),
        (DG.Expulsion, RDFS.subClassOf, DG.DiplomaticAct),
    }
    sentence = first(act(mass, "carried-out", *above))

    assert sentence.text == "Xland expelled personnel of Yland."
    assert {*above} - sentence.triples == {
        (deportation, RDFS.subClassOf, DG.DiplomaticAct),
        (DG.Expulsion, RDFS.subClassOf, DG.DiplomaticAct),
    }


def test_of_two_classes_above_alike_the_first_by_name_counts() -> None:
    above = {(DG.New, RDFS.subClassOf, DG.Visit), (DG.New, RDFS.subClassOf, DG.Sanction)}

    assert narrowest(Index(act(DG.New, "carried-out", *above)), str(ACT), WORDINGS["en"])[0] == "Sanction"


def test_an_act_of_a_class_below_none_with_a_row_is_not_told() -> None:
    assert [*story(act(DG.Elsewhere), [str(ACT)]).sentences] == []


def test_an_act_without_a_stage_is_not_told_as_done() -> None:
    made = story({one for one in act() if one[1] != DG.summaryStage}, [str(ACT)])

    assert made.done == ()
    assert [one.text for one in made.sentences] == ["It is not known how far a visit to Yland by Xland came."]


@pytest.mark.parametrize(
    ("edtf", "begins"),
    [
        ("2022-04-27", "On 27 April 2022, a representative of Xland paid"),
        ("2018-03-14T12:30:00Z", "On 14 March 2018 at 12:30 UTC, a representative of Xland paid"),
        ("2018-21", "In spring 2018, a representative of Xland paid"),
        ("2018-03~", "About March 2018, a representative of Xland paid"),
        ("2018-03-14?", "Perhaps 14 March 2018, a representative of Xland paid"),
        ("2022-04", "In April 2022, a representative of Xland paid"),
        ("[..2022-04-30]", "By 30 April 2022, a representative of Xland had paid"),
        ("[2022-04-01..2022-04-26]", "Between 1 and 26 April 2022, a representative of Xland paid"),
    ],
)
def test_a_date_is_told_as_exactly_as_it_is_known(edtf: str, begins: str) -> None:
    assert first(act(date=edtf)).text.startswith(begins)


def test_one_source_alone_is_named_as_such() -> None:
    assert "ccording to one source" in first(act(DG.Visit, "carried-out", sources(1))).text
    assert "ccording to" not in first(act(DG.Visit, "carried-out", sources(2))).text


def sources(count: int) -> Triple:
    return ACT, DG.sourceCount, Literal(str(count), datatype=XSD.integer, normalize=False)


def test_sources_that_differ_stand_side_by_side() -> None:
    more = {(ACT, DG.dateAgreement, DGV["accounts-differ"])}
    for name, day in (("one", "2022-04-01"), ("two", "2022-04-02")):
        account, time, source = URIRef(f"urn:{name}"), URIRef(f"urn:t-{name}"), URIRef(f"urn:s-{name}")
        more |= {
            (account, DG.accountOf, ACT),
            (account, DCTERMS.source, source),
            (source, RDFS.label, Literal(f"Source {name}", lang="en")),
            (account, DG.accountTime, time),
            (time, DG.edtf, Literal(day, datatype=EDTF.EDTF)),
        }
    voice = (URIRef("urn:two"), DG.accountStatus, DGV.alleged)
    found = [one.text for one in story(act(DG.Visit, "carried-out", *more), [str(ACT)]).sentences]
    without = [one.text for one in story(act(DG.Visit, "carried-out", *more, voice), [str(ACT)]).sentences]

    assert found[-1] == "The sources differ on the date: Source one: 1 April 2022; Source two: 2 April 2022."
    assert not any("differ" in one for one in without)


@pytest.mark.parametrize(
    ("least", "most", "about", "says"),
    [
        ("8", "8", False, ("8.", "8人。", "8.")),
        ("8", "10", False, ("8 to 10.", "8~10人。", "от 8 до 10.")),
        ("8", None, False, ("at least 8.", "8人以上。", "не менее 8.")),
        (None, "8", False, ("at most 8.", "8人以下。", "не более 8.")),
        ("150", "150", True, ("about 150.", "約150人。", "примерно 150.")),
        ("120", "150", True, ("about 120 to 150.", "約120~150人。", "от примерно 120 до 150.")),
        ("155", None, True, ("at least about 155.", "約155人以上。", "не менее примерно 155.")),
    ],
)
def test_numbers_are_told_as_far_and_as_exactly_as_they_are_known(
    least: str | None, most: str | None, about: bool, says: tuple[str, ...]
) -> None:
    bounds = {(ACT, DG.leastAffected, Literal(least))} if least else set()
    bounds |= {(ACT, DG.mostAffected, Literal(most))} if most else set()
    bounds |= {(ACT, DG.affectedQualifier, DGV.about)} if about else set()
    for language, words in zip(("en", "ja", "ru"), says, strict=True):
        made = story(act(DG.Expulsion, "ordered", *bounds), [str(ACT)], {}, language)
        assert [one.text for one in made.sentences][-1].endswith(words), language


def test_sources_that_differ_on_a_number_are_told_as_each_gives_it() -> None:
    more = {(ACT, DG.numberAgreement, DGV["accounts-differ"])}
    for name, bounds in (("one", {DG.mostAffected: "100"}), ("two", {DG.leastAffected: "147"})):
        account, source = URIRef(f"urn:{name}"), URIRef(f"urn:s-{name}")
        more |= {
            (account, DG.accountOf, ACT),
            (account, DCTERMS.source, source),
            (source, RDFS.label, Literal(f"Source {name}", lang="en")),
            *((account, bound, Literal(text)) for bound, text in bounds.items()),
        }
    found = [one.text for one in story(act(DG.Visit, "carried-out", *more), [str(ACT)]).sentences]

    assert found[-1] == (
        "The sources differ on the number of persons: Source one: at most 100; Source two: at least 147."
    )


def test_what_two_states_did_together_names_no_target() -> None:
    matter = URIRef(f"{ID}matter/m")
    ended = {(ACT, DG.discontinues, matter), (matter, RDFS.label, Literal("The pact", lang="en"))}
    together = {one for one in act(DG.Termination) if one[1] != DG.summaryTarget} | {
        (ACT, DG.summaryActor, Y)
    }

    assert first(together).text == "Xland and Yland acted together (the kind)."
    assert first(together | ended).text == "Xland and Yland ended “The pact”."
    assert first(together | ended, "ja").text == "XlandとYlandは共同で行動した(the kind)。"


def test_a_person_is_named_only_in_a_public_role() -> None:
    person = URIRef(f"{ID}person/p")
    affected = {(ACT, DG.affects, person), (person, RDFS.label, Literal("Somebody", lang="en"))}
    role = (person, DG.role, DGV.consul)

    private = story(act(DG.Expulsion, "ordered", *affected), [str(ACT)])
    public = story(act(DG.Expulsion, "ordered", *affected, role), [str(ACT)])
    assert not any("Somebody" in one.text for one in private.sentences)
    assert any("Somebody" in one.text for one in public.sentences)


# Claims


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_claim_is_told_with_who_says_so_and_its_status(read: list[Exchange], language: str) -> None:
    claims = [
        one for exchange in read for entry in told(exchange, language).claims for one in entry.sentences
    ]

    assert claims
    for one in claims:
        assert {DG.claimedBy, DG.epistemicStatus, DG.proposition} <= {
            predicate for _, predicate, _ in one.triples
        }
        assert fits(one, WORDINGS[one.language].claim), one.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_sentence_on_an_act_says_is_no_proposition(read: list[Exchange], language: str) -> None:
    for exchange in read:
        made = told(exchange, language)
        predicates = {
            predicate
            for entry in made.done + made.plans
            for one in entry.sentences
            for _, predicate, _ in one.triples
        }
        assert not predicates & {DG.proposition, DG.claimedBy, DG.epistemicStatus}


def test_what_is_only_inferred_is_not_claimed_either(read: list[Exchange]) -> None:
    inferred = {
        str(subject)
        for exchange in read
        for subject, predicate, value in exchange.triples
        if (predicate, value) == (DG.epistemicStatus, DGV.inferred)
    }

    assert inferred == set()
    assert not any(
        predicate == DG.inferredReciprocalWith for found in read for _, predicate, _ in found.triples
    )


# Languages


@pytest.mark.parametrize("language", ["ja", "ru"])
def test_a_sentence_without_a_label_in_its_language_stays_english(language: str) -> None:
    kept = {
        one
        for one in act()
        if not (one[0] == Y and isinstance(one[2], Literal) and one[2].language == language)
    }

    assert first(act(), language).language == language
    assert first(kept, language).language == "en"


@pytest.mark.parametrize("language", ["ja", "ru"])
def test_most_sentences_on_acts_are_in_the_language_of_the_story(engine: InMemory, language: str) -> None:
    made = told(exchanges.read(engine, JAPAN, RUSSIA), language)
    acts = [entry.sentences[0].language for entry in made.done + made.plans]

    assert acts
    assert set(acts) == {language}


# Hostile names


def test_hostile_names_are_only_text_in_markdown() -> None:
    labelled = {(X, RDFS.label, Literal(HOSTILE, lang="en"))} | {
        one for one in act() if one[0] != X or one[1] not in LABELS
    }
    made = story(labelled, [str(ACT)])
    html = MarkdownIt().render(markdown(ToldExchange(made, {}, {}), HOSTILE, str))

    assert HOSTILE in next(iter(made.sentences)).text
    assert "<script>" not in html
    assert 'href="javascript' not in html
    assert re.findall(r"<(em|strong|code|h3|table)\b", html) == []
    assert escape(HOSTILE, quote=False) in html


def test_a_name_of_several_lines_stays_in_its_line() -> None:
    labelled = act(DG.Visit, "carried-out", (X, RDFS.label, Literal("A\n\n# B\n- c", lang="en")))
    labelled = {one for one in labelled if one[2] != Literal("Xland", lang="en")}

    assert markdown(ToldExchange(story(labelled, [str(ACT)]), {}, {}), "t", str).count("\n#") == 1


def test_a_story_that_is_cut_says_so(engine: InMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchanges, "SHOWN", 2)
    made = exchanges.tell(engine, JAPAN, RUSSIA)

    assert len(made.story.done + made.story.plans) <= 2
    assert not made.story.complete
    assert WORDINGS["en"].headings["cut"] in markdown(made, "t", str)
