"""Exchanges: what a release holds between two states, read from the engine and told as a story.

Read is what sources state and what the summary comes to; what only reasoning or a rule has is left out.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pyoxigraph
from rdflib import URIRef

from diplograph.documents import naming, provenance
from diplograph.documents.provenance import EvidenceItem
from diplograph.documents.sentences import ENGLISH, Sentence, Triple
from diplograph.documents.story import CHANGED, RELATIONS, Entry, Story, story
from diplograph.documents.verbs import WORDINGS
from diplograph.engine import operations
from diplograph.engine.operations import Row
from diplograph.engine.protocol import Engine
from diplograph.namespaces import DCTERMS, DG, DGV, LANGUAGES, PREFIXES, RDFS, SKOS

SHOWN = 200
"""How many acts, and how many claims, a story tells."""
MOST_ROWS = 4 * SHOWN
"""How many solutions are asked for claims, which may be about several acts."""
MOST_PAIRS = 10_000
"""How many pairs of states are listed."""
_USED = ("dcterms", "dg", "dgg", "dgv", "rdfs", "skos", "xsd")
_PROLOGUE = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in _USED)
_WAYS = (
    "?act dg:summaryActor ?one ; dg:summaryTarget/dg:organOf? ?other",
    "?act dg:summaryActor ?other ; dg:summaryTarget/dg:organOf? ?one",
    "?act dg:summaryActor ?one , ?other",
)
"""How an act is one between two states. An engine is quick when each way begins with what is given."""
_BETWEEN = " UNION ".join(f"{{ $ONE $OTHER {way} }}" for way in _WAYS)
_ACTS = f"""{_PROLOGUE}SELECT DISTINCT ?act ?first ?until ?date WHERE {{ {_BETWEEN}
  OPTIONAL {{ ?act dg:earliestBegin ?from }} OPTIONAL {{ ?act dg:latestEnd ?until }}
  OPTIONAL {{ ?act dg:summaryDate ?date }}
  BIND(COALESCE(?from, ?until, "9999-12-31"^^xsd:date) AS ?first)
}} ORDER BY ?first ?until ?date ?act LIMIT {SHOWN + 1}"""
_CLAIMS = f"""{_PROLOGUE}SELECT DISTINCT ?claim ?act WHERE {{
  {{ $ACTS ?claim dg:claimAbout|dg:asserts|dg:claimedCause|dg:claimedResponse|^dg:expresses ?act }} UNION
  {{ $ONE $OTHER ?claim dg:claimAbout ?one , ?other }} UNION
  {{ $ONE $OTHER ?claim dg:claimedBy ?one ; dg:claimedFor ?other }} UNION
  {{ $ONE $OTHER ?claim dg:claimedBy ?other ; dg:claimedFor ?one }}
  GRAPH ?graph {{ ?claim dg:epistemicStatus ?status }}
  FILTER(?graph NOT IN (dgg:closure, dgg:inferred))
  FILTER NOT EXISTS {{ ?claim dg:epistemicStatus dgv:inferred }}
}} ORDER BY ?claim ?act LIMIT {MOST_ROWS}"""
_STATED = f"""{_PROLOGUE}SELECT DISTINCT ?s ?p ?o WHERE {{ $SUBJECTS
  GRAPH ?graph {{ ?s ?p ?o }} FILTER(?p IN ($PROPERTIES))
  FILTER(?graph NOT IN (dgg:closure, dgg:inferred)) }}"""
_ACCOUNTS = f"""{_PROLOGUE}SELECT DISTINCT ?s ?o WHERE {{ $ACTS
  {{ ?act ?agreement dgv:accounts-differ . ?s dg:accountOf ?act }} UNION
  {{ ?s dg:setsDateOf ?act ; dg:accountOf ?act }}
  BIND(?act AS ?o) }}"""
_PAIRS = f"""{_PROLOGUE}SELECT DISTINCT ?one ?other WHERE {{ {_BETWEEN}
  FILTER(STR(?one) < STR(?other)) FILTER(CONTAINS(STR(?one), "/id/state/"))
  FILTER(CONTAINS(STR(?other), "/id/state/")) }} LIMIT {MOST_PAIRS}"""
_PARTNERS = f"""{_PROLOGUE}SELECT DISTINCT ?other WHERE {{ {_BETWEEN}
  FILTER(?one != ?other) FILTER(CONTAINS(STR(?other), "/id/state/")) }} LIMIT {SHOWN}"""


def _dg(*names: str) -> tuple[str, ...]:
    return tuple(str(DG[name]) for name in names)


_SUMMARY = _dg("summaryKind", "summaryActor", "summaryTarget", "summaryStage", "summaryDate")
_OF_ACTS = (
    *_SUMMARY,
    *_dg("summaryForm", "summaryBody", "summaryDeadline", "summaryCompletion", "sourceCount"),
    *_dg("leastAffected", "mostAffected", "affectedQualifier"),
    *_dg("dateAgreement", "stageAgreement", "numberAgreement"),
    *_dg("speaker", "visitor", "discontinues", "concerns", "imposes", "affects", "stance"),
    *_dg(*CHANGED, *RELATIONS),
)
_OF_OTHERS = (
    *_SUMMARY,
    *_dg("measureType", "coversGoods", "exemptsGoods", "currency", "onList"),
    *_dg(
        "accountTime",
        "accountStage",
        "accountStatus",
        "leastAffected",
        "mostAffected",
        "affectedQualifier",
        "setsDateOf",
        "carrier",
        "edtf",
    ),
    *_dg("claimedBy", "epistemicStatus", "proposition", "organOf", "role"),
    str(DCTERMS.source),
)
_CLASSES = (str(RDFS.subClassOf),)
_GRADES = (str(DGV.moderate), str(DGV.low))
"""How surely a passage was read where that is not certain, the better first."""
_LONG = 12
"""How many classes may stand above one another."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """Acts and claims between two states, by IRI and in their order, and the triples that tell them.

    Claims stand under the first act that they are about, under an empty text where that is the two states.
    `complete` is False when there are more than `SHOWN` acts or claims.
    """

    acts: tuple[str, ...]
    claims: Mapping[str, tuple[str, ...]]
    triples: frozenset[Triple]
    complete: bool = True


@dataclass(frozen=True, slots=True)
class ToldExchange:
    """The story of an exchange, and by IRI the evidence of the things that its sentences rest on.

    `grades` are of things of which no evidence is certain: the best grade there is, as labels have it.
    """

    story: Story
    evidence: Mapping[str, Sequence[EvidenceItem]]
    grades: Mapping[str, tuple[str, str]]

    def grade(self, sentence: Sentence) -> tuple[str, str]:
        """How surely a sentence was read and the language of that; two empty texts where it is certain."""
        return self.grades.get(next(iter(sentence.rests_on), ""), ("", ""))

    def of(self, sentence: Sentence) -> list[EvidenceItem]:
        """The evidence of a sentence, each passage once."""
        items = (item for thing in sentence.rests_on for item in self.evidence.get(thing, ()))
        return list({item.target: item for item in items}.values())


def read(engine: Engine, one: str, other: str) -> Exchange:
    """Read what there is between two states, by their IRIs, in the order of the first day of each act."""
    both = {"$ONE": operations.values("one", [one]), "$OTHER": operations.values("other", [other])}
    rows = _rows(engine, _ACTS, both)
    acts = list(dict.fromkeys(str(row["act"]) for row in rows))
    told = acts[:SHOWN]
    found = _rows(engine, _CLAIMS, both | {"$ACTS": operations.values("act", told)})
    claims = _by_act(found, told)
    triples = _statements_on(engine, told, [claim for some in claims.values() for claim in some])
    complete = len(acts) <= SHOWN and len({row["claim"] for row in found}) <= SHOWN and len(found) < MOST_ROWS
    return Exchange(tuple(told), claims, frozenset(triples), complete)


def _by_act(rows: Iterable[Row], acts: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The claims under the first act that they are about, those about the states as such at the end."""
    order = {act: number for number, act in enumerate(acts)}
    first: dict[str, str] = {}
    for row in rows:
        claim, act = str(row["claim"]), str(row.get("act", ""))
        if claim not in first or order.get(act, len(acts)) < order.get(first[claim], len(acts)):
            first[claim] = act
    shown = list(first)[:SHOWN]
    found = {act: tuple(claim for claim in shown if first[claim] == act) for act in (*acts, "")}
    return {act: claims for act, claims in found.items() if claims}


def tell(engine: Engine, one: str, other: str, languages: Sequence[str] = LANGUAGES) -> ToldExchange:
    """Tell what there is between two states, by their IRIs, in the first language that can be told."""
    found = read(engine, one, other)
    spoken = next((tag for tag in languages if tag in WORDINGS), ENGLISH)
    made = story(found.triples, found.acts, found.claims, spoken)
    made = replace(made, complete=found.complete)
    things = {thing for sentence in made.sentences for thing in sentence.rests_on}
    evidence: dict[str, list[EvidenceItem]] = {}
    for item in provenance.evidence_of(engine, things):
        evidence.setdefault(item.thing, []).append(item)
    return ToldExchange(made, evidence, _grades(engine, evidence, spoken))


def _grades(
    engine: Engine, evidence: Mapping[str, Sequence[EvidenceItem]], language: str
) -> dict[str, tuple[str, str]]:
    """The best grade of what rests on no evidence that is certain."""
    found = {thing: {item.certainty for item in items} for thing, items in evidence.items()}
    best = {
        thing: next(grade for grade in _GRADES if grade in grades)
        for thing, grades in found.items()
        if not grades.isdisjoint(_GRADES) and str(DGV.high) not in grades
    }
    labels = naming.labels(engine, set(best.values()))
    return {thing: naming.best(labels.get(one, {}), one, (language,)) for thing, one in best.items()}


def title(engine: Engine, states: Iterable[str], language: str) -> str:
    """Return what the story of some states is called."""
    iris = list(states)
    found = naming.labels(engine, iris)
    names = [_definite(naming.best(found.get(iri, {}), iri, (language,))[0], language) for iri in iris]
    return WORDINGS[language].last.join(names)


def _definite(name: str, language: str) -> str:
    """A name of a state as a title has it."""
    return f"the {name}" if WORDINGS[language].articles.intersection(name.split()) else name


def pairs(engine: Engine) -> list[tuple[str, str]]:
    """Return the pairs of states that have acts between them, by IRI, each in its one order."""
    return sorted(
        (str(row["one"]), str(row["other"])) for row in _rows(engine, _PAIRS, {"$ONE": "", "$OTHER": ""})
    )


def partners(engine: Engine, state: str) -> list[str]:
    """Return the states that a state has acts with, by IRI."""
    rows = _rows(engine, _PARTNERS, {"$ONE": operations.values("one", [state]), "$OTHER": ""})
    return sorted(str(row["other"]) for row in rows)


def _rows(engine: Engine, text: str, given: Mapping[str, str]) -> list[Row]:
    for place, clause in given.items():
        text = text.replace(place, clause)
    return operations.select(engine, text).rows


def _statements_on(engine: Engine, acts: Sequence[str], claims: Sequence[str]) -> set[Triple]:
    """The triples that tell some acts and claims: of these, of what they name, of what that names; labels."""
    found = _stated(engine, acts, _OF_ACTS)
    text = _ACCOUNTS.replace("$ACTS", operations.values("act", acts))
    found |= {(row["s"], DG.accountOf, row["o"]) for row in operations.select(engine, text).rows}
    accounts = [str(s) for s, p, _ in found if p == DG.accountOf]
    found |= _stated(engine, {*_named(found), *accounts, *claims} - {*acts}, _OF_OTHERS)
    found |= _stated(engine, {str(o) for _, p, o in found if p == DG.accountTime}, _dg("edtf"))
    waiting = {str(o) for _, p, o in found if p == DG.summaryKind}
    for _ in range(_LONG):
        above = _stated(engine, waiting, _CLASSES) - found
        found |= above
        waiting = _named(above)
    found |= _stated(engine, {str(o) for _, p, o in found if p == DCTERMS.source}, (str(DCTERMS.publisher),))
    things = {*_named(found), *acts, *claims}
    found |= _stated(engine, things, (str(RDFS.label), *_dg("organOf")))
    labelled = {str(s) for s, p, _ in found if p == RDFS.label}
    return found | _stated(engine, things - labelled, (str(SKOS.prefLabel),))


def _named(triples: Iterable[Triple]) -> set[str]:
    return {str(value) for _, _, value in triples if isinstance(value, URIRef)}


def _stated(engine: Engine, subjects: Iterable[str], properties: Sequence[str]) -> set[Triple]:
    """What sources and the summary state of some things."""
    wanted = _STATED.replace("$PROPERTIES", ", ".join(str(pyoxigraph.NamedNode(one)) for one in properties))
    found: set[Triple] = set()
    for batch in naming.batches(subjects):
        text = wanted.replace("$SUBJECTS", operations.values("s", batch))
        found |= {(row["s"], row["p"], row["o"]) for row in operations.select(engine, text).rows}
    return found


_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~&!])")
_BEGINS = re.compile(r"^(\d+)([.)])|^([-+=])")


def escaped(text: str) -> str:
    """Return a text for Markdown, in which nothing of it is markup. Specification: CommonMark 0.31."""
    return _BEGINS.sub(r"\1\\\2\3", _MARKUP.sub(r"\\\1", text))


def markdown(told: ToldExchange, title: str, address: Callable[[str], str]) -> str:
    """Write a story as Markdown; `address` is where the page of a thing is, by its IRI.

    A sentence, or a label, in another language than the story is marked with its tag.
    """
    words = WORDINGS[told.story.language].headings
    lines = [f"# {escaped(title)}"]
    if not told.story.done + told.story.plans:
        lines.append(words["none"])
    for name, entries in _parts(told.story):
        if entries:
            lines.append(f"## {words[name]}")
            lines += _claims(told, address) if name == "claims" else [_list(told, entries, address)]
    if not told.story.complete:
        lines.append(words["cut"])
    return "\n\n".join(lines) + "\n"


def _parts(made: Story) -> tuple[tuple[str, tuple[Entry, ...]], ...]:
    return (("done", made.done), ("plans", made.plans), ("claims", made.claims))


def _list(told: ToldExchange, entries: Iterable[Entry], address: Callable[[str], str]) -> str:
    items = ([_sentence(told, one, address) for one in entry.sentences] for entry in entries)
    return "\n".join("- " + "\n  ".join(sentences) for sentences in items)


def _claims(told: ToldExchange, address: Callable[[str], str]) -> Iterator[str]:
    """Claims under the acts that they are about."""
    for entry in told.story.claims:
        heading = _link(told, entry.iri, (entry.label, entry.language), address) if entry.iri else ""
        yield f"### {heading or WORDINGS[told.story.language].headings['both']}"
        yield "\n".join(f"- {_sentence(told, one, address)}" for one in entry.sentences)


def _sentence(told: ToldExchange, sentence: Sentence, address: Callable[[str], str]) -> str:
    mark = "" if sentence.language == told.story.language else f" ({sentence.language})"
    proof = WORDINGS[told.story.language].headings["evidence"]
    links = [_link(told, sentence.about, sentence.label, address)]
    links += [f"[{proof}: {escaped(item.spoken)}]({address(item.target)})" for item in told.of(sentence)]
    if grade := graded(told, sentence):
        links.append(escaped(grade))
    return f"{escaped(sentence.text)}{mark} — {' · '.join(links)}"


def graded(told: ToldExchange, sentence: Sentence) -> str:
    """How surely a sentence was read, in words; empty where that is certain."""
    grade = told.grade(sentence)[0]
    return f"{WORDINGS[told.story.language].headings['certainty']}: {grade}" if grade else ""


def _link(told: ToldExchange, iri: str, label: tuple[str, str], address: Callable[[str], str]) -> str:
    text, language = label
    tag = "" if language in ("", told.story.language) else f" ({language})"
    return f"[{escaped(text)}]({address(iri)}){tag}"
