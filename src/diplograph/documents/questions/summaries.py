"""Questions of the pages about what the build sums up: accounts of an act, and pairs of acts."""

from diplograph.documents.questions.shared import CLAIM, CLAIMS, affected
from diplograph.documents.sections import Question

_ACCOUNT = f"""?account dg:accountOf $ACT ; dg:carrier ?carrier
   OPTIONAL {{ ?account dcterms:source ?source
     OPTIONAL {{ ?source dcterms:issued ?issued }}
     OPTIONAL {{ ?source dg:published ?span . ?span dg:edtf ?written
       OPTIONAL {{ ?span dg:notBefore ?from }} OPTIONAL {{ ?span dg:notAfter ?until }} }} }}
   BIND(COALESCE(?issued, ?written) AS ?published)
   BIND(COALESCE(STR(?issued), STR(?from), STR(?until), "9999") AS ?first)
   OPTIONAL {{ ?account dg:accountTime ?time }}
   OPTIONAL {{ ?account dg:accountStage ?stage }}
   OPTIONAL {{ ?account dg:accountStatus ?status }}
   {affected("?account")}
   OPTIONAL {{ ?account dg:setsDateOf $ACT BIND(true AS ?setsDate) }}
   OPTIONAL {{ ?account dg:setsStageOf $ACT BIND(true AS ?setsStage) }}
   OPTIONAL {{ GRAPH ?reports {{ ?carrier a ?any }} ?reports dg:graphKind dgv:background-graph }}
   BIND(IF(BOUND(?reports), "Outside reports", "Articles") AS ?read)"""
_ACCOUNT_COLUMNS = {
    "source": "source",
    "published": "published",
    "time": "date that it gives",
    "stage": "stage",
    "number": "affected",
    "account": "account",
    "carrier": "where it stands",
    "status": "only a voice",
    "setsDate": "sets the date",
    "setsStage": "sets the stage",
}
ACCOUNTS = Question(
    "accounts",
    "Each source's account",
    _ACCOUNT.replace("$ACT", "?this"),
    _ACCOUNT_COLUMNS,
    order=("first", "account"),
    part="read",
    key="account",
    note="In the order of publication.",
)
_BESIDE = Question(
    "accounts",
    "All accounts of the act",
    f"?this dg:accountOf ?act . {_ACCOUNT.replace('$ACT', '?act')}",
    _ACCOUNT_COLUMNS,
    order=("first", "account"),
    part="read",
    key="account",
    note="In the order of publication.",
)
_PAIR = """OPTIONAL { ?pair dg:pairCertainty ?certainty }
   OPTIONAL { ?pair dg:pairStatus ?status }
   OPTIONAL { ?pair dg:leastLag ?least ; dg:mostLag ?most
     BIND(IF(?least = ?most, STR(?least), CONCAT(STR(?least), " to ", STR(?most))) AS ?days) }"""
PAIRS = Question(
    "pairs",
    "Exchanges that it is part of",
    f"""{{ ?pair dg:firstAct ?this }} UNION {{ ?pair dg:secondAct ?this }}
        ?pair dg:pairBasis ?basis {_PAIR}""",
    {
        "pair": "first and second act",
        "basis": "by whom it is an exchange",
        "certainty": "near in time",
        "days": "days between",
        "status": "status",
    },
    by_label=True,
)
_ACTS = Question(
    "acts",
    "The two acts",
    f"""VALUES (?part ?rank) {{ (dg:firstAct 1) (dg:secondAct 2) }} ?this ?part ?act
       OPTIONAL {{ ?act dg:summaryDate ?when }}
       OPTIONAL {{ ?act dg:summaryStage ?stage }}
       OPTIONAL {{ ?act dg:summaryActor ?actor }}
       OPTIONAL {{ ?act dg:summaryTarget ?target }}
       {affected("?act")}""",
    {
        "act": "act",
        "when": "when",
        "stage": "stage",
        "actor": "who",
        "target": "against whom",
        "number": "affected",
    },
    order=("rank", "actor", "target"),
)
_DATES = Question(
    "dates",
    "The dates of each source",
    """VALUES (?part ?rank) { (dg:firstAct 1) (dg:secondAct 2) } ?this ?part ?act .
       ?account dg:accountOf ?act ; dg:accountTime ?time
       OPTIONAL { ?account dcterms:source ?source }
       OPTIONAL { ?account dg:accountStatus ?status }
       OPTIONAL { ?account dg:setsDateOf ?act BIND("sets the date" AS ?sets) }""",
    {"time": "date", "act": "of which act", "source": "source", "sets": "summary", "status": "only a voice"},
    order=("rank", "account"),
    key="account",
)
_JOINED = Question(
    "joined",
    "Statements that join the two",
    """?this dg:firstAct ?first ; dg:secondAct ?second .
       { ?first ?relation ?second BIND(?first AS ?from) } UNION
       { ?second ?relation ?first BIND(?second AS ?from) }
       BIND(IF(?from = ?first, ?second, ?first) AS ?to)
       GRAPH ?graph { ?from ?relation ?to } FILTER(?graph != dgg:closure)
       BIND(CONCAT(STR(?from), STR(?relation)) AS ?statement)""",
    {"from": "act", "relation": "relation", "to": "act"},
    order=("relation", "from"),
    key="statement",
)
_SAID = Question(
    "claims",
    "Claims that it rests on, and those that deny it",
    f"?this dg:pairClaim ?claim {CLAIM}",
    CLAIMS.columns,
    order=CLAIMS.order,
    note=CLAIMS.note,
)

ACCOUNT = (_BESIDE,)
PAIR = (_ACTS, _SAID, _JOINED, _DATES)
