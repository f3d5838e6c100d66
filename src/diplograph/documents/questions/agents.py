"""Questions of the pages about states, bodies, persons, groups and offices."""

from diplograph.documents.questions.shared import (
    CLAIMS,
    KIND,
    NAMES,
    OPEN,
    SAID,
    act_when,
    count,
    stage,
    when,
)
from diplograph.documents.questions.things import CHANGES
from diplograph.documents.sections import Question

_WHEN = act_when("?act")
_STAGE = stage("?act")
_ACT = f"{_STAGE} {KIND} {_WHEN}"
_ACT_COLUMNS = {
    "act": "act",
    "when": "when",
    "kind": "kind",
    "side": "role",
    "realisation": "stage",
}

EXCHANGES = Question(
    "acts",
    "Acts over time, by counterpart",
    f"""{{ ?act dg:actor ?this BIND("acts" AS ?side)
           OPTIONAL {{ ?act dg:target ?whom . ?whom dg:organOf? ?counterpart .
             FILTER(?counterpart != ?this) FILTER EXISTS {{ ?counterpart a dg:Polity }} }} }} UNION
        {{ ?act dg:target ?mine . ?mine dg:organOf? ?this . ?act dg:actor ?counterpart .
           FILTER(?counterpart != ?this) FILTER EXISTS {{ ?counterpart a dg:Polity }}
           BIND("is the target" AS ?side) }}
        {_ACT}""",
    _ACT_COLUMNS,
    order=("first", "act", "kind", "when"),
    part="counterpart",
    note="In the order of the first day that a date can touch, else the last. "
    "What was only threatened, planned or promised says so under its stage.",
)
DEEDS = Question(
    "acts",
    "Acts over time",
    f"""?act ?part ?this
        VALUES (?part ?side) {{ (dg:actor "acts") (dg:actingBody "acts") (dg:target "is the target")
          (dg:affects "is affected") (dg:speaker "speaks") (dg:visitor "travels") }}
        {_ACT}
        OPTIONAL {{ GRAPH ?graph {{ ?act ?part ?this }} }}""",
    _ACT_COLUMNS,
    order=("first", "act", "side", "kind", "when"),
)
OFFICIALS = Question(
    "officials",
    "Officials over time",
    """{ ?office dg:officeIn ?this } UNION { ?office dg:officeIn/dg:organOf ?this }
       ?tenure dg:tenureOffice ?office ; dg:holder ?person
       OPTIONAL { ?tenure dg:attestedAt ?attested } """
    + when("?tenure"),
    {"tenure": "tenure", "person": "who", "office": "office", "when": "when", "attested": "attested at"},
    order=("office", "first", "tenure"),
    note="A tenure without bounds is only attested: the source says nothing of its beginning or end.",
)
TENURES = Question(
    "offices",
    "Offices",
    """?tenure dg:holder ?this ; dg:tenureOffice ?office
       OPTIONAL { ?office dg:officeIn ?body }
       OPTIONAL { ?tenure dg:attestedAt ?attested } """
    + when("?tenure"),
    {"tenure": "tenure", "office": "office", "body": "in", "when": "when", "attested": "attested at"},
    order=("first", "tenure"),
    note="A tenure without bounds is only attested: the source says nothing of its beginning or end.",
)
_MEASURE = f"""OPTIONAL {{ ?measure dg:measureType ?type }}
       {_STAGE} {_WHEN}"""
_MEASURE_COLUMNS = {
    "measure": "measure",
    "type": "kind",
    "act": "imposed by",
    "realisation": "stage",
    "when": "when",
}
IMPOSED = Question(
    "measures",
    "Measures that it imposes",
    f"""?act dg:actor ?this ; dg:imposes ?measure
        OPTIONAL {{ ?measure dg:measureTarget ?target }} {_MEASURE}""",
    _MEASURE_COLUMNS | {"target": "against"},
    order=("first", "measure", "target"),
)
SUFFERED = Question(
    "targeted",
    "Measures against it",
    f"""{{ ?act dg:target ?this ; dg:imposes ?measure }} UNION
        {{ ?measure dg:measureTarget ?this . ?act dg:imposes ?measure }}
        OPTIONAL {{ ?act dg:actor ?imposer }} {_MEASURE}""",
    _MEASURE_COLUMNS | {"imposer": "by"},
    order=("first", "measure", "imposer"),
)
SANCTIONED = Question(
    "sanctioned",
    "Sanctions on it, its members or relatives",
    f"""{{ ?measure dg:measureTarget ?this BIND(?this AS ?through) BIND("named itself" AS ?way) }} UNION
        {{ ?measure dg:measureTarget/dg:hasMember? ?through . ?through dg:relativesOf ?this
           BIND("by its relatives only" AS ?way) }} UNION
        {{ ?measure dg:measureTarget ?through . ?through dg:hasMember ?this BIND("as a member" AS ?way) }}
        ?act dg:imposes ?measure OPTIONAL {{ ?act dg:actor ?imposer }} {_MEASURE}""",
    {"measure": "measure", "way": "how it is hit", "through": "target"}
    | {"imposer": "by", "act": "imposed by", "realisation": "stage", "when": "when"},
    order=("first", "measure", "way", "through"),
)
ORGANS = Question(
    "organs",
    "Its organs",
    "?body dg:organOf ?this OPTIONAL { ?office dg:officeIn ?body }",
    {"body": "body", "office": "offices"},
    by_label=True,
)
POSTS = Question(
    "posts",
    "Offices in it",
    """?office dg:officeIn ?this
       OPTIONAL { ?tenure dg:tenureOffice ?office ; dg:holder ?person }""",
    {"office": "office", "person": "holders", "tenure": "tenures", "when": "when"},
    by_label=True,
)
MEMBERS = Question(
    "members",
    "Members, and groups it belongs to",
    f"""{{ ?this dg:hasMember ?who BIND("member" AS ?way) }} UNION
       {{ ?who dg:hasMember ?this BIND("group it belongs to" AS ?way) }}
       {count("?who")}""",
    {"who": "who", "way": "as", "count": "how many"},
    by_label=True,
)

STATE = (EXCHANGES, OFFICIALS, IMPOSED, SUFFERED, ORGANS, NAMES, SAID, CLAIMS, OPEN)
BODY = (DEEDS, CHANGES, POSTS, SANCTIONED, NAMES, SAID, CLAIMS, OPEN)
PERSON = (TENURES, DEEDS, SANCTIONED, NAMES, SAID, CLAIMS, OPEN)
GROUP = (MEMBERS, DEEDS, SANCTIONED, NAMES, SAID, CLAIMS, OPEN)


HOLDERS = Question(
    "holders",
    "Holders over time",
    """?tenure dg:tenureOffice ?this ; dg:holder ?person
       OPTIONAL { ?tenure dg:attestedAt ?attested }
       OPTIONAL { ?claim dg:claimAbout ?tenure } """
    + when("?tenure"),
    {
        "tenure": "tenure",
        "person": "who",
        "when": "when",
        "attested": "attested at",
        "claim": "reports about it",
    },
    order=("first", "tenure", "claim"),
    note="A tenure without bounds is only attested: the source says nothing of its beginning or end.",
)

OFFICE = (HOLDERS, CHANGES, NAMES, CLAIMS, OPEN)
