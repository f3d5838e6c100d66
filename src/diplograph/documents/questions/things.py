"""Questions of the pages about measures, lists, places and source documents."""

from diplograph.documents.questions.shared import CLAIMS, KIND, NAMES, OPEN, act_when, count, stage
from diplograph.documents.sections import Question

_WHEN, _STAGE = act_when("?act"), stage("?act")
IMPOSERS = Question(
    "imposed",
    "Imposed by",
    f"""?act dg:imposes ?this OPTIONAL {{ ?act dg:actor ?actor }}
        {_STAGE} {_WHEN}""",
    {"act": "act", "actor": "who", "when": "when", "realisation": "stage"},
    order=("first", "act"),
)
TARGETS = Question(
    "targets",
    "Whom it hits",
    f"""?this dg:measureTarget ?named . ?named dg:hasMember? ?target
       BIND(IF(?named = ?target, ?none, ?named) AS ?group)
       {count("?target")}
       OPTIONAL {{ ?target dg:relativesOf ?relative }}
       OPTIONAL {{ ?target dg:sector ?sector }}""",
    {
        "target": "target",
        "group": "as a member of",
        "count": "how many",
        "relative": "relatives of",
        "sector": "sector",
    },
    by_label=True,
    note="A person whose relatives are hit is not by that a target.",
)
LISTED = Question(
    "list",
    "The list it rests on",
    """?this dg:onList ?list OPTIONAL { ?list dg:lists ?entry }
       OPTIONAL { ?list dg:completeness ?completeness }""",
    {"list": "list", "entry": "entries named", "completeness": "these entries are"},
    order=("list", "entry"),
)
ENTRIES = Question(
    "entries",
    "Who is on it",
    "?this dg:lists ?entry OPTIONAL { GRAPH ?graph { ?this dg:lists ?entry } }",
    {"entry": "entry"},
    by_label=True,
)
USES = Question(
    "measures",
    "Measures that rest on it",
    f"""?measure dg:onList ?this OPTIONAL {{ ?measure dg:measureType ?type }}
        OPTIONAL {{ ?act dg:imposes ?measure OPTIONAL {{ ?act dg:actor ?actor }} {_WHEN} }}""",
    {"measure": "measure", "type": "kind", "act": "imposed by", "actor": "who", "when": "when"},
    order=("first", "measure"),
)

CHANGES = Question(
    "changes",
    "Acts on it or about it",
    f"""?act ?how ?this
        VALUES ?how {{ dg:changes dg:discontinues dg:concerns dg:programme dg:legalBasis }}
        FILTER EXISTS {{ ?act a dg:Act }}
        OPTIONAL {{ ?act dg:changeKind ?change }} OPTIONAL {{ ?act dg:actor ?actor }}
        {_STAGE} {_WHEN}
        OPTIONAL {{ GRAPH ?graph {{ ?act ?how ?this }} }}""",
    {
        "act": "act",
        "how": "how",
        "change": "what happened",
        "actor": "who",
        "when": "when",
        "realisation": "stage",
    },
    order=("first", "act", "how"),
)
LAID = Question(
    "laid",
    "Measures laid on it, and lists that name it",
    """{ ?thing dg:measureTarget ?this OPTIONAL { ?thing dg:measureType ?type } } UNION
       { ?thing dg:lists ?this }
       OPTIONAL { ?act dg:imposes ?thing OPTIONAL { ?act dg:actor ?actor } }""",
    {"thing": "measure or list", "type": "kind", "act": "imposed by", "actor": "who"},
    order=("thing", "act"),
)

MEASURE = (IMPOSERS, TARGETS, LISTED, CHANGES, CLAIMS, OPEN)
LIST = (ENTRIES, USES, CHANGES, NAMES, CLAIMS, OPEN)
MATTER = (CHANGES, CLAIMS, OPEN)
ASSET = (LAID, CHANGES, NAMES, CLAIMS, OPEN)


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
    {"point": "point", "wkt": "coordinates", "note": "note", "source": "source"},
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
        {_STAGE} {KIND} {_WHEN}
        OPTIONAL {{ GRAPH ?graph {{ ?act ?how ?this }} }}""",
    {"act": "act", "how": "how", "when": "when", "kind": "kind", "realisation": "stage"},
    order=("first", "act", "how", "kind"),
)

PLACE = (NAMES, SOVEREIGNTY, DISPUTES, COORDINATES, PARTS, ACTS, CLAIMS, OPEN)


SPANS = Question(
    "spans",
    "What was taken from it, passage by passage",
    """{ ?span oa:hasSource ?this OPTIONAL { ?span <https://schema.org/sha256> ?sha256 }
         OPTIONAL { ?span oa:hasSelector ?selector . ?selector oa:start ?start ; oa:end ?end } } UNION
       { ?any oa:hasTarget ?this BIND(?this AS ?span) }
       OPTIONAL { ?evidence oa:hasTarget ?span
         OPTIONAL { ?evidence dg:certainty ?certainty }
         OPTIONAL { ?thing dg:evidence ?evidence } }""",
    {
        "span": "span",
        "start": "from",
        "end": "to",
        "thing": "what rests on it",
        "certainty": "certainty",
        "sha256": "SHA-256",
    },
    order=("start", "end", "span", "thing"),
    shown=500,
    note="In the order of the text, in our words.",
)

DOCUMENT = (SPANS, CLAIMS, OPEN)
