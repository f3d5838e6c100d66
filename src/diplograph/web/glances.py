"""What stands at the top of the page about a thing, by its kind."""

from __future__ import annotations

from collections.abc import Mapping

from diplograph.resources import ResourceView
from diplograph.vocab import DG, PREFIXES
from diplograph.web import links, things

GLANCE: Mapping[str, Mapping[str, str]] = {
    "act": {
        "actor": "Who",
        "actingBody": "Through",
        "speaker": "Spoken by",
        "visitor": "Traveller",
        "target": "Against or to whom",
        "affects": "Whom it affects",
        "when": "When",
        "realisation": "How far it got",
        "occursAt": "Where",
        "form": "Form",
        "stance": "Stance",
        "discontinues": "What it ends or suspends",
        "supportsClaim": "Claim it supports",
        "expresses": "What it expresses",
        "topic": "Topic",
        "eventCode": "Event code",
    },
    "claim": {
        "claimedBy": "Who says so",
        "epistemicStatus": "Status",
        "claimedWhen": "Said when",
        "claimedFor": "For whom",
        "claimedTerritory": "Territory",
        "claimedResponse": "The answer",
        "claimedCause": "What it answers",
        "asserts": "Act that it reports",
        "contradicts": "Contradicts",
        "proposition": "What is said",
        "wording": "Words of the source",
    },
    "body": {"organOf": "Organ of", "represents": "From", "basedAt": "Based at", "sector": "Sector"},
    "person": {"represents": "From", "role": "Role", "basedAt": "Based at"},
    "group": {
        "memberCount": "How many",
        "represents": "From",
        "relativesOf": "Relatives of",
        "role": "Role",
        "sector": "Sector",
    },
    "matter": {"hasParty": "Parties", "disputeOver": "Over what", "stage": "Stage", "topic": "Topic"},
    "name": {"nameText": "Name", "nameUsedBy": "Used by"},
    "tenure": {
        "holder": "Who",
        "tenureOffice": "Office",
        "when": "When",
        "attestedAt": "Attested at",
    },
    "time": {
        "notBefore": "Not before",
        "notAfter": "Not after",
        "wording": "Words of the source",
        "dateBasis": "How it is known",
        "anchoredTo": "Counted from",
    },
    "office": {"officeIn": "Office in"},
    "place": {"administeredBy": "Administered by", "partCount": "Parts that a source counts"},
    "measure": {
        "measureType": "Kind",
        "coversGoods": "Goods it covers",
        "exemptsGoods": "Goods it exempts",
        "completeness": "The list of these is",
        "currency": "Currency",
        "wording": "Words of the source",
    },
    "list": {"completeness": "The entries are"},
    "document": {"published": "Published"},
}
"""What stands at the top of a page: properties of ours in their order, and how each is called there."""
OTHERS = {
    "document": {
        "foaf:page": "Address",
        "dcterms:publisher": "Publisher",
        "dcterms:creator": "Author",
        "dcterms:issued": "Issued",
        "dcterms:language": "Language",
        "dcterms:rights": "Rights",
        "dg:codePointLength": "Characters",
        "schema:sha256": "SHA-256",
    }
}


def glance(view: ResourceView) -> list[things.Row]:
    """The properties that a page begins with, under the names that they have there."""
    wanted = {str(DG[name]): title for name, title in GLANCE.get(view.kind or "", {}).items()}
    wanted |= {_expanded(name): title for name, title in OTHERS.get(view.kind or "", {}).items()}
    found = {entry.predicate.iri: entry.values for entry in view.outgoing}
    return [
        things.Row(links.Cell(title, title=iri), tuple(things.fact(value) for value in found[iri]))
        for iri, title in wanted.items()
        if iri in found
    ]


def _expanded(name: str) -> str:
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local
