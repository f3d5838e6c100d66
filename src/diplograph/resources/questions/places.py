"""What the page about a place or territory asks: every side's names and claims, with equal weight."""

from diplograph.resources.questions.shared import CLAIMS, KIND, NAMES, OPEN, when
from diplograph.resources.sections import Question

_WHEN = when("?act")
SOVEREIGNTY = Question(
    "sovereignty",
    "Who claims it, and for whom",
    """?claim dg:claimedTerritory ?this ; dg:claimedBy ?claimant ; dg:claimedFor ?for
       OPTIONAL { ?claim dg:proposition ?proposition }
       OPTIONAL { ?claim dg:epistemicStatus ?status }
       OPTIONAL { { ?claim dg:contradicts ?against } UNION { ?against dg:contradicts ?claim }
         ?against dg:claimedTerritory ?this }""",
    {
        "claim": "claim",
        "for": "for whom",
        "proposition": "what is said",
        "status": "status",
        "against": "conflicts with",
    },
    part="claimant",
    by_label=True,
    note="Side by side, in alphabetical order of the claimants. Nothing here says to whom it belongs.",
)
COORDINATES = Question(
    "coordinates",
    "Where it lies",
    """?this geo:hasGeometry ?point . ?point geo:asWKT ?wkt
       OPTIONAL { ?point skos:note ?note }
       OPTIONAL { ?point dcterms:source ?source }""",
    {"point": "point", "wkt": "coordinates", "note": "note", "source": "from"},
    by_label=True,
)
PARTS = Question(
    "parts",
    "Places within it and around it",
    """{ ?other dg:within ?this BIND("lies within this" AS ?how) } UNION
       { ?this dg:within ?other BIND("this lies within it" AS ?how) } UNION
       { ?this dg:near|^dg:near ?other FILTER EXISTS { ?other a dg:Place } BIND("near" AS ?how) }
       OPTIONAL { GRAPH ?graph { ?other dg:within ?this } }""",
    {"other": "place", "how": "how"},
    by_label=True,
)
DISPUTES = Question(
    "disputes",
    "Disputes over it",
    "?matter dg:disputeOver ?this OPTIONAL { ?matter dg:hasParty ?party }",
    {"matter": "dispute", "party": "parties"},
    order=("matter", "party"),
)
ACTS = Question(
    "acts",
    "Acts here, near it or about it",
    f"""?act ?how ?this VALUES ?how {{ dg:occursAt dg:near dg:concerns }} FILTER EXISTS {{ ?act a dg:Act }}
        OPTIONAL {{ ?act dg:realisation ?realisation }} {KIND} {_WHEN}
        OPTIONAL {{ GRAPH ?graph {{ ?act ?how ?this }} }}""",
    {"act": "act", "how": "how", "when": "when", "kind": "kind", "realisation": "how far it got"},
    order=("first", "act", "how", "kind"),
)

QUESTIONS = (NAMES, SOVEREIGNTY, DISPUTES, COORDINATES, PARTS, ACTS, CLAIMS, OPEN)
