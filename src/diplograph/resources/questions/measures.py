"""What the pages about restrictive measures and designation lists ask."""

from diplograph.resources.questions.shared import CLAIMS, NAMES, OPEN, when
from diplograph.resources.sections import Question

_WHEN = when("?act")
IMPOSERS = Question(
    "imposed",
    "Imposed by",
    f"""?act dg:imposes ?this OPTIONAL {{ ?act dg:actor ?actor }}
        OPTIONAL {{ ?act dg:realisation ?realisation }} {_WHEN}""",
    {"act": "act", "actor": "who", "when": "when", "realisation": "how far it got"},
    order=("first", "act"),
)
TARGETS = Question(
    "targets",
    "Whom it hits",
    """?this dg:measureTarget ?named . ?named dg:hasMember? ?target
       BIND(IF(?named = ?target, ?none, ?named) AS ?group)
       OPTIONAL { ?target dg:memberCount ?count }
       OPTIONAL { ?target dg:relativesOf ?relative }
       OPTIONAL { ?target dg:sector ?sector }""",
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

MEASURE = (IMPOSERS, TARGETS, LISTED, CLAIMS, OPEN)
LIST = (ENTRIES, USES, NAMES, CLAIMS, OPEN)
