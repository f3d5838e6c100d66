"""Questions of the page about an act."""

from diplograph.documents.questions.shared import CLAIMS, OPEN, act_when, count, stage
from diplograph.documents.questions.summaries import ACCOUNTS, PAIRS
from diplograph.documents.sections import Question

_EDGES = "VALUES ?relation { dg:retaliatesFor dg:protestsAgainst dg:inResponseTo dg:motivatedBy }"
_ANY = "dg:motivatedBy|dg:inResponseTo|dg:retaliatesFor|dg:protestsAgainst"
_NARROWEST = """FILTER NOT EXISTS { ?narrower rdfs:subPropertyOf+ ?relation . $FROM ?narrower $TO
                  FILTER(?narrower != ?relation) }"""
_DATE = act_when("?other")
_CLAIM = """OPTIONAL { ?claim dg:claimedResponse $FROM ; dg:claimedCause $TO
              OPTIONAL { ?claim dg:claimedBy ?claimant } OPTIONAL { ?claim dg:epistemicStatus ?status } }"""


def _chain(answer: str, cause: str) -> str:
    """The pattern for an act and those that it answers, or those that answer it.

    An edge counts, in its narrowest form, and so does a claim that none was written for.
    """
    edge = f"{{ {_EDGES} {answer} ?relation {cause} {_NARROWEST} }}"
    claimed = f"""{{ ?only dg:claimedResponse {answer} ; dg:claimedCause {cause}
        FILTER NOT EXISTS {{ {answer} {_ANY} {cause} }}
        BIND(dg:claimedResponse AS ?relation) }}"""
    graph = f"OPTIONAL {{ GRAPH ?graph {{ {answer} ?relation {cause} }} }}"
    pattern = f"{{ {edge} UNION {claimed} }} {graph} {_CLAIM} {_DATE}"
    return pattern.replace("$FROM", answer).replace("$TO", cause)


_CHAIN_COLUMNS = {
    "other": "act",
    "when": "when",
    "relation": "relation",
    "claim": "as claimed in",
    "claimant": "who says so",
    "status": "status",
}

TIMES = Question(
    "when",
    "When, and how it is known",
    """?this ?role ?time VALUES ?role { dg:when dg:deadline dg:completedWhen }
       OPTIONAL { ?time dg:wording ?wording }
       OPTIONAL { ?time dg:notBefore ?first }
       OPTIONAL { ?time dg:notAfter ?last }
       OPTIONAL { ?time dg:dateBasis ?basis }
       OPTIONAL { ?time dg:anchoredTo ?anchor }
       OPTIONAL { ?time skos:note ?note }""",
    {
        "time": "date",
        "role": "of what",
        "first": "not before",
        "last": "not after",
        "wording": "words of the source",
        "basis": "how it is known",
        "anchor": "counted from",
        "note": "note",
    },
    order=("first", "time"),
)
BEARERS = Question(
    "affected",
    "Whom it affects",
    f"""?this dg:affects ?who
       {count("?who")}
       OPTIONAL {{ ?who dg:represents ?represents }}
       OPTIONAL {{ ?who dg:role ?role }}
       OPTIONAL {{ ?who dg:hasMember ?member }}
       OPTIONAL {{ GRAPH ?graph {{ ?this dg:affects ?who }} }}""",
    {"who": "who", "count": "how many", "represents": "represents", "role": "role", "member": "members"},
    order=("who", "member"),
)
ANSWERS = Question(
    "answers", "What it answers", _chain("?this", "?other"), _CHAIN_COLUMNS, ("first", "other")
)
ANSWERED = Question(
    "answered", "What answers it", _chain("?other", "?this"), _CHAIN_COLUMNS, ("first", "other")
)
RECIPROCAL = Question(
    "reciprocal",
    "Reciprocal with",
    f"""?this ?relation ?other VALUES ?relation {{ dg:reciprocalWith dg:inferredReciprocalWith }} {_DATE}
       OPTIONAL {{ ?claim dg:claimAbout ?this , ?other ; dcterms:conformsTo ?rule
         FILTER(?relation = dg:inferredReciprocalWith) OPTIONAL {{ ?claim dg:proposition ?ground }} }}
       OPTIONAL {{ GRAPH ?graph {{ ?this ?relation ?other }} }}""",
    {
        "other": "act",
        "when": "when",
        "relation": "relation",
        "rule": "rule",
        "ground": "because",
        "claim": "derivation",
    },
    order=("first", "other"),
    note="A source presents two acts as an exchange; what only a rule finds is inferred.",
)
RELATED = Question(
    "related",
    "Acts it threatens, depends on or belongs to",
    """VALUES ?relation { dg:threatens dg:envisages dg:conditionalOn dg:mayInclude }
       { ?this ?relation ?other BIND("this act" AS ?side) } UNION
       { ?other ?relation ?this BIND("the other act" AS ?side) }
       FILTER(?relation != dg:envisages || NOT EXISTS { ?this dg:threatens|^dg:threatens ?other })
       OPTIONAL { GRAPH ?graph { ?this ?relation ?other } } """
    + stage("?other")
    + _DATE,
    {
        "other": "other act",
        "side": "whose",
        "relation": "relation",
        "realisation": "stage",
        "when": "when",
    },
    order=("first", "other"),
)
MEASURES = Question(
    "measures",
    "Measures it imposes",
    """?this dg:imposes ?measure
       OPTIONAL { ?measure dg:measureType ?type }
       OPTIONAL { ?measure dg:measureTarget ?target }
       OPTIONAL { ?measure dg:coversGoods ?goods }
       OPTIONAL { ?measure dg:exemptsGoods ?exempted }
       OPTIONAL { ?measure dg:completeness ?completeness }
       OPTIONAL { ?measure dg:onList ?list }""",
    {
        "measure": "measure",
        "type": "kind",
        "target": "against",
        "goods": "goods",
        "exempted": "exempted",
        "completeness": "list of these is",
        "list": "by list",
    },
    order=("measure", "type", "target", "goods", "exempted"),
)
VOTES = Question(
    "votes",
    "How they voted",
    """?this ?position ?voter VALUES ?position { dg:inFavour dg:against dg:abstaining dg:notVoting }
       OPTIONAL { GRAPH ?graph { ?this ?position ?voter } }""",
    {"voter": "voter"},
    part="position",
    by_label=True,
    note="Those that a source names; the numbers may be higher.",
)

ACT = (ACCOUNTS, TIMES, BEARERS, MEASURES, VOTES, ANSWERS, ANSWERED, RECIPROCAL, PAIRS, RELATED, CLAIMS, OPEN)
