"""What the page about a source document asks: span by span, what was taken from it."""

from diplograph.resources.questions.shared import CLAIMS, OPEN
from diplograph.resources.sections import Question

SPANS = Question(
    "spans",
    "What was taken from it, in order of offset",
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
    note="Characters are Unicode code points, counted from 0, the end excluded.",
)

QUESTIONS = (SPANS, CLAIMS, OPEN)
