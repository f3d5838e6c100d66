"""What the page about an office asks."""

from diplograph.resources.questions.shared import CLAIMS, NAMES, OPEN, when
from diplograph.resources.sections import Question

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

QUESTIONS = (HOLDERS, NAMES, CLAIMS, OPEN)
