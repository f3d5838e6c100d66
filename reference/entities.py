"""Entities: the graph of states, other polities, their organs and offices, and organisations."""

from collections.abc import Iterable
from dataclasses import dataclass

from rdflib import RDF, RDFS, SKOS, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from diplograph.namespaces import DCTERMS, DG, DGV, SCHEMA
from reference import packages
from reference.tables import iri, rows, slug

BY_RELATION = {"sameAs": SCHEMA.sameAs, "closeTo": DG.closeTo}
ROLES = (
    ("government", "body", "Government of {}", "{}政府"),
    ("foreign-ministry", "body", "Foreign Ministry of {}", ""),
    ("head-of-state", "office", "Head of state of {}", "{}の国家元首"),
    ("head-of-government", "office", "Head of government of {}", "{}の政府首班"),
)
"""What every state has: the start of its local name, its kind, its labels; Japanese only where it is sure."""
COMPILERS = {
    "cow": ("Correlates of War", iri("body:correlates-of-war")),
    "gw": ("Gleditsch and Ward", iri("agent:gleditsch-and-ward")),
}
LANGUAGE_NAMES = {
    "en": "English",
    "ja": "Japanese",
    "ru": "Russian",
    "ar": "Arabic",
    "es": "Spanish",
    "fr": "French",
    "zh": "Chinese",
}


@dataclass(frozen=True, slots=True)
class Name:
    """A name: the local part of its IRI, its own label, its text and the language of that."""

    local: str
    label: str
    text: str
    language: str


def build() -> Graph:
    """Return the graph of data/reference.ttl."""
    graph = Graph()
    add_links(graph)
    add_states(graph)
    add_polities(graph)
    add_former(graph)
    add_organisations(graph)
    add_codes(graph)
    add_names(graph)
    return graph


def add_states(graph: Graph) -> None:
    """Add the members and observers of the United Nations with their organs and offices."""
    for row in rows("states"):
        code = row["code"]
        label = row["en"] or packages.english(code)
        name = slug(label)
        state = iri(f"state:{name}")
        labels = {lang: row[lang] or packages.cldr(lang)[code] for lang in ("ja", "ru")}
        describe(graph, state, DG.State, {"en": label, **labels})
        identify(graph, state, code)
        if row["own"]:
            contest(graph, state, code)
        else:
            also(graph, state, packages.iso_names(code).values(), "en")
            for language in packages.LANGUAGES:
                also(graph, state, [packages.cldr(language)[code]], language)
        add_organs(graph, name, f"{row['article']} {label}".strip(), labels["ja"])


def add_organs(graph: Graph, state: str, english: str, japanese: str) -> None:
    """Add the government and the foreign ministry of a state, its head and that of its government."""
    existing = {(row["role"], row["state"]): row for row in rows("existing")}
    for role, kind, label, in_japanese in ROLES:
        row = existing.get((role, state))
        thing = iri(row["thing"] if row else f"{kind}:{role}-of-{state}")
        labels = {"en": row["en"] if row else label.format(english)}
        if in_japanese and not row:
            labels["ja"] = in_japanese.format(japanese)
        describe(graph, thing, DG.PublicBody if kind == "body" else DG.PublicOffice, labels)
        if row:
            also(graph, thing, [label.format(english)], "en")
        if kind == "body":
            graph.add((thing, DG.organOf, iri(f"state:{state}")))
        else:
            inside = f"state:{state}" if role == "head-of-state" else f"body:government-of-{state}"
            graph.add((thing, DG.officeIn, iri(inside)))


def add_polities(graph: Graph) -> None:
    """Add what is no member and no observer; the names that packages have for it are theirs."""
    for row in rows("polities"):
        polity = iri(f"polity:{row['slug']}")
        describe(graph, polity, DG.Polity, {language: row[language] for language in ("en", "ja", "ru")})
        for language in packages.LANGUAGES[3:]:
            also(graph, polity, [row[language]], language)
        if row["behalf"]:
            graph.add((polity, DG.actsOnBehalfOf, iri(f"state:{row['behalf']}")))
        if row["code"]:
            identify(graph, polity, row["code"].upper())
            contest(graph, polity, row["code"].upper())


def add_former(graph: Graph) -> None:
    """Add states and other polities that are no more, their years, and what came out of them."""
    for row in rows("former"):
        thing = iri(f"{row['class'].lower()}:{row['slug']}")
        labels = {language: row[language] for language in ("en", "ja", "ru") if row[language]}
        describe(graph, thing, DG[row["class"]], labels)
        add_years(graph, thing, row)
        for text in filter(None, row["names"].split("|")):
            also(graph, thing, *tagged(text))
        if row["iso"]:
            graph.add((thing, SKOS.notation, Literal(row["iso"], datatype=DGV["iso-3166-3"])))
        if row["wikidata"]:
            graph.add((thing, SCHEMA.sameAs, URIRef(packages.WIKIDATA + row["wikidata"])))
    for row in rows("predecessors"):
        graph.add((iri(f"state:{row['state']}"), DG.predecessor, iri(f"state:{row['predecessor']}")))


def add_organisations(graph: Graph) -> None:
    """Add international organisations, their organs, and who uses the names given here."""
    prefixes = {
        "SupranationalUnion": "polity",
        "Agent": "agent",
        "Office": "office",
        "PublicOffice": "office",
    }
    for row in rows("organisations"):
        thing = iri(f"{prefixes.get(row['class'], 'body')}:{row['slug']}")
        labels = {language: row[language] for language in ("en", "ja", "ru") if row[language]}
        describe(graph, thing, DG[row["class"]], labels)
        for text in filter(None, row["names"].split("|")):
            also(graph, thing, *tagged(text))
        if row["of"]:
            relation = DG.officeIn if row["class"].endswith("Office") else DG.organOf
            graph.add((thing, relation, iri(row["of"])))
        if row["wikidata"]:
            graph.add((thing, SCHEMA.sameAs, URIRef(packages.WIKIDATA + row["wikidata"])))
        if row["identifier"]:
            graph.add((thing, DCTERMS.identifier, Literal(row["identifier"])))


def add_links(graph: Graph) -> None:
    """Add matches that no package has, and notes."""
    for row in rows("links"):
        graph.add((iri(row["thing"]), BY_RELATION[row["relation"]], URIRef(row["iri"])))
    for row in rows("notes"):
        graph.add((iri(row["thing"]), SKOS.note, Literal(row["note"], lang="en")))


def add_codes(graph: Graph) -> None:
    """Add the codes of Correlates of War and of Gleditsch and Ward.

    A code that several things had one after another, or that is one of several of a thing, also stands with
    its years at the name that it is for its compilers.
    """
    listed = rows("codes")
    for row in listed:
        thing, scheme = iri(row["thing"]), row["scheme"]
        codes = {
            Literal(row["number"], datatype=DGV[scheme]),
            Literal(row["abbreviation"], datatype=DGV[f"{scheme}-abbreviation"]),
        }
        shared = [r for r in listed if r["scheme"] == scheme and _meet(r, row)]
        if len(shared) > 1:
            compilers, user = COMPILERS[scheme]
            label = f"{compilers}: {row['number']} for {label_of(graph, thing)}"
            local = f"{scheme}-{row['number']}-{row['thing'].partition(':')[2]}"
            text = f"{scheme.upper()} {row['number']}"
            name = add_name(graph, thing, Name(local, label, text, "en"), user)
            graph.add((name, SKOS.notation, Literal(row["number"], datatype=DGV[scheme])))
            add_years(graph, name, row)
        for code in codes:
            graph.add((thing, SKOS.notation, code))


def _meet(one: dict[str, str], other: dict[str, str]) -> bool:
    return one["number"] == other["number"] or one["thing"] == other["thing"]


def add_names(graph: Graph) -> None:
    """Add former, short and official names; one that has a last year, or a user, is a name of its own."""
    for row in rows("names"):
        thing = iri(row["thing"])
        if not (row["until"] or row["user"]):
            also(graph, thing, [row["text"]], row["lang"])
            continue
        user = iri(row["user"] or row["thing"])
        label = f"Name of {label_of(graph, thing)}: {row['text']}"
        local = f"{row['thing'].partition(':')[2]}-{slug(row['text']) or row['lang']}"
        name = add_name(graph, thing, Name(local, label, row["text"], row["lang"]), user)
        add_years(graph, name, row)


def add_name(graph: Graph, thing: URIRef, name: Name, user: URIRef) -> URIRef:
    """Add a name with who uses it to a thing, and return its IRI."""
    found = iri(f"name:{name.local}")
    describe(graph, found, DG.Name, {"en": name.label})
    graph.add((found, DG.nameText, Literal(name.text, lang=name.language)))
    graph.add((found, DG.nameUsedBy, user))
    graph.add((thing, DG.hasName, found))
    return found


def contest(graph: Graph, thing: URIRef, code: str) -> None:
    """Add the names that packages have for something of which they may take a side, as theirs."""
    local = thing.rpartition("/")[2]
    english = label_of(graph, thing)
    own = {str(text) for prop in (RDFS.label, SKOS.altLabel) for text in graph.objects(thing, prop)}
    for kind, text in packages.iso_names(code).items():
        if text not in own:
            own.add(text)
            name = Name(f"{local}-iso-{slug(text)}", f"{kind} of {english} in ISO 3166", text, "en")
            add_name(graph, thing, name, iri("body:iso"))
    for language in packages.LANGUAGES:
        text = packages.cldr(language)[code]
        if text not in own:
            label = f"Name of {english} in CLDR in {LANGUAGE_NAMES[language]}"
            name = Name(f"{local}-cldr-{language}", label, text, language)
            add_name(graph, thing, name, iri("body:unicode-consortium"))


def label_of(graph: Graph, thing: URIRef) -> str:
    """Return the English label of a thing."""
    return str(next(label for label in graph.objects(thing, RDFS.label) if label.language == "en"))


def describe(graph: Graph, thing: URIRef, kind: Node, labels: dict[str, str]) -> None:
    """Add the class of a thing and its labels by language."""
    graph.add((thing, RDF.type, kind))
    for language, text in labels.items():
        graph.add((thing, RDFS.label, Literal(text, lang=language)))


def identify(graph: Graph, thing: URIRef, code: str) -> None:
    """Add what ISO 3166-1, Wikidata and GeoNames call a thing with a code of two letters."""
    for datatype, text in packages.iso_codes(code).items():
        graph.add((thing, SKOS.notation, Literal(text, datatype=DGV[datatype])))
    item, place = packages.wikidata(code), packages.geonames(code)
    if item and not any("wikidata" in same for same in graph.objects(thing, SCHEMA.sameAs)):
        graph.add((thing, SCHEMA.sameAs, URIRef(item)))
    if place:
        graph.add((thing, DG.closeTo, URIRef(place)))


def also(graph: Graph, thing: URIRef, texts: Iterable[str], language: str) -> None:
    """Add names without a user, but for those that are written as a label is."""
    labels = {str(label) for label in graph.objects(thing, RDFS.label)}
    for text in texts:
        if text not in labels:
            graph.add((thing, SKOS.altLabel, Literal(text, lang=language)))


def add_years(graph: Graph, thing: URIRef, row: dict[str, str]) -> None:
    """Add the first and the last year of a row."""
    for prop, column in ((DG.firstYear, "from"), (DG.lastYear, "until")):
        if row.get(column):
            graph.add((thing, prop, Literal(row[column], datatype=XSD.integer)))


def tagged(text: str) -> tuple[list[str], str]:
    """Return a name of a list, `name@ja` or `name` for English, as `also` takes it."""
    name, _, language = text.partition("@")
    return [name], language or "en"
