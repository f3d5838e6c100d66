"""Currencies: the concepts of those that are legal tender somewhere, with their codes of ISO 4217."""

import pycountry
from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_name
from rdflib import RDF, RDFS, SKOS, Graph, Literal, URIRef

from diplograph.namespaces import DGV
from reference.tables import slug

VOCABULARY = URIRef(str(DGV).removesuffix("/"))
BY_HAND = {"RUB"}
"""Those that stand in ontology/vocab.ttl."""


def build() -> Graph:
    """Return the graph of ontology/currencies.ttl."""
    graph = Graph()
    for code in sorted(in_use() - BY_HAND):
        names = {language: name(code, language) for language in ("en", "ja", "ru")}
        concept = DGV[slug(names["en"])]
        graph.add((concept, RDF.type, SKOS.Concept))
        for language, text in names.items():
            for prop in (RDFS.label, SKOS.prefLabel):
                graph.add((concept, prop, Literal(text, lang=language)))
        definition = f"A currency that has the code {code} of ISO 4217."
        graph.add((concept, SKOS.definition, Literal(definition, lang="en")))
        graph.add((concept, SKOS.notation, Literal(code)))
        graph.add((concept, SKOS.inScheme, DGV.currency))
        graph.add((concept, SKOS.topConceptOf, DGV.currency))
        graph.add((DGV.currency, SKOS.hasTopConcept, concept))
        graph.add((concept, RDFS.isDefinedBy, VOCABULARY))
    return graph


def in_use() -> set[str]:
    """Return the codes of ISO 4217 that CLDR says are tender in some territory and have no end."""
    listed = {currency.alpha_3 for currency in pycountry.currencies}
    current = {
        code
        for periods in get_global("territory_currencies").values()
        for code, _, end, tender in periods
        if end is None and tender
    }
    return listed & current


def name(code: str, language: str) -> str:
    """Return the name of a currency by CLDR, in English as it stands within a sentence."""
    if language == "en":
        return get_currency_name(code, count=1, locale="en").replace("&", "and")
    return Locale.parse(language).currencies[code].removesuffix(f" ({code})")
