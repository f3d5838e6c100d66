"""Questions that the pages of several kinds share."""

from diplograph.documents.sections import Question


def when(subject: str) -> str:
    """The pattern for the dates of a variable, `?when`, and `?first` for the order.

    That is the first day that a date can touch, else the last; what has no date comes last.
    """
    return f"""OPTIONAL {{ {subject} dg:when ?when
        OPTIONAL {{ ?when dg:notBefore ?from }} OPTIONAL {{ ?when dg:notAfter ?until }} }}
        BIND(COALESCE(?from, ?until, "9999-12-31"^^xsd:date) AS ?first)"""


def act_when(act: str) -> str:
    """The pattern for the one date of an act, in the same way: what all sources come to.

    Of an act without a summary, as of loose files, it is what statements give.
    """
    return f"""OPTIONAL {{ {act} dg:summaryDate ?dated
          OPTIONAL {{ {act} dg:earliestBegin ?from }} OPTIONAL {{ {act} dg:latestEnd ?until }} }}
        OPTIONAL {{ {act} dg:when ?span
          OPTIONAL {{ ?span dg:notBefore ?after }} OPTIONAL {{ ?span dg:notAfter ?before }} }}
        BIND(COALESCE(?dated, ?span) AS ?when)
        BIND(COALESCE(?from, ?until, ?after, ?before, "9999-12-31"^^xsd:date) AS ?first)"""


def stage(act: str) -> str:
    """The pattern for how far an act got, `?realisation`: what all sources come to, else what is stated."""
    return f"""OPTIONAL {{ {act} dg:summaryStage ?reached }} OPTIONAL {{ {act} dg:realisation ?said }}
        BIND(COALESCE(?reached, ?said) AS ?realisation)"""


def count(who: str) -> str:
    """The pattern for the size of a group, `?count`, as each source gives it."""
    return f"""OPTIONAL {{ GRAPH ?counting {{ {who} dg:memberCount ?size
          OPTIONAL {{ {who} dg:countQualifier ?sense }} }}
        BIND(IF(?sense = dgv:about, "about ", IF(?sense = dgv:at-least, "at least ", "at most ")) AS ?nearly)
        BIND(COALESCE(CONCAT(?nearly, STR(?size)), ?size) AS ?count) }}"""


def affected(subject: str) -> str:
    """The pattern for how many an act or an account affects, `?number`, as far as it is known."""
    return f"""OPTIONAL {{ {subject} dg:leastAffected ?least }}
        OPTIONAL {{ {subject} dg:mostAffected ?most }}
        OPTIONAL {{ {subject} dg:affectedQualifier ?sense BIND("about " AS ?qualified) }}
        BIND(COALESCE(?qualified, "") AS ?nearly)
        BIND(COALESCE(
          CONCAT(?nearly, STR(?least), IF(?least = ?most, "", CONCAT(" to ", STR(?most)))),
          CONCAT("at least ", ?nearly, STR(?least)), CONCAT("at most ", ?nearly, STR(?most))) AS ?number)"""


KIND = "OPTIONAL { GRAPH ?stated { ?act a ?kind } FILTER(?stated NOT IN (dgg:closure, dgg:inferred)) }"
"""The classes that a source gives an act."""

CLAIM = """OPTIONAL { ?claim dg:proposition ?proposition }
       OPTIONAL { ?claim dg:claimedBy ?claimant }
       OPTIONAL { ?claim dg:epistemicStatus ?status }
       OPTIONAL { ?claim dg:claimedTime ?time }
       OPTIONAL { ?claim dg:saidWhen ?said }
       OPTIONAL { GRAPH ?graph { ?claim dg:proposition ?proposition } }"""
"""What a claim says, and who says so."""
CLAIMS = Question(
    "claims",
    "Claims about it",
    f"""?claim ?about ?this VALUES ?about {{ dg:claimAbout dg:asserts dg:claimedCause dg:claimedResponse
         dg:claimedTerritory dg:claimedAdministrator }}
       {CLAIM}""",
    {
        "claim": "claim",
        "proposition": "what is said",
        "claimant": "who says so",
        "status": "status",
        "time": "time that it gives",
        "said": "said when",
    },
    order=("graph", "claim"),
    note="What somebody says, with who says it. Nothing here is a statement of this graph.",
)
OPEN = Question(
    "open",
    "What does not fit or is not known",
    """?item dg:concerns ?this { ?item dg:gapKind ?kind } UNION { ?item dg:discrepancyKind ?kind }
       OPTIONAL { ?item skos:note ?note }
       OPTIONAL { ?item dg:prefers ?preferred }""",
    {"item": "what", "kind": "kind", "note": "note", "preferred": "preferred"},
    order=("kind", "item"),
)
NAMES = Question(
    "names",
    "Names and who uses them",
    """?this dg:hasName ?name . ?name dg:nameText ?text
       OPTIONAL { ?name dg:nameUsedBy ?user }
       OPTIONAL { ?name skos:note ?note }""",
    {"user": "used by", "text": "name", "note": "note", "name": "record"},
    key="name",
    by_label=True,
    note="In alphabetical order of those who use them; none is preferred.",
)
SAID = Question(
    "statements",
    "Claims that it makes",
    """?claim dg:claimedBy ?this
       OPTIONAL { ?claim dg:proposition ?proposition }
       OPTIONAL { ?claim dg:epistemicStatus ?status }
       OPTIONAL { ?claim dg:claimedTime ?time }
       OPTIONAL { ?claim dg:saidWhen ?said }
       OPTIONAL { GRAPH ?graph { ?claim dg:claimedBy ?this } }""",
    {
        "claim": "claim",
        "proposition": "what is said",
        "status": "status",
        "time": "time that it gives",
        "said": "said when",
    },
    order=("graph", "claim"),
    note="As a source reports them; the status says how firmly.",
)
