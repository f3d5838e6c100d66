"""Rewriter of a query: another text with the same answer, or why the text stays as it is."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from diplograph.errors import MalformedQuery
from diplograph.sparql.expressions import Stuck
from diplograph.sparql.lexer import Lexer
from diplograph.sparql.rewriting.joins import Part, Plan, connected, every_subject, parts, plan
from diplograph.sparql.rewriting.outline import Leave, Outline, Sentence
from diplograph.sparql.rewriting.statistics import SMALL, Statistics

SAVED = 50_000
"""Look-ups that a rewriting has to save: some half a second, which loading the grammar takes once."""
MENTIONS = 5
"""Two subjects that meet in an object mention variables at least so often, the selected one included."""
_KEPT = 256
_UNREAD = "The text is not read in the same way, or not soon enough, by every reader of SPARQL."


@dataclass(frozen=True, slots=True)
class Rewriting:
    """The text to evaluate, whether it is another than the query's own, and why."""

    text: str
    rewritten: bool
    why: str


class Rewriter:
    """Rewrites the queries of one release, and remembers them by their text."""

    def __init__(self, statistics: Statistics, least: float = SAVED) -> None:
        """Rewrite what saves so many look-ups by the counts of the release; with 0 all that can be, and more.

        That is for tests: it puts every subject into a sub-select of its own.
        """
        self._statistics = statistics
        self._least = least
        self._pays = least <= 0 or statistics.triples >= SMALL
        self._known: OrderedDict[str, Rewriting] = OrderedDict()

    def of(self, text: str) -> Rewriting:
        """Return what to evaluate in the place of a text; a text that is no query comes back as it is."""
        if not self._pays:
            return Rewriting(text, False, "The graph is small.")
        if self._least > 0 and text.count("?") + text.count("$") < MENTIONS:
            return Rewriting(text, False, "All triples are reached from one subject.")
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = self._decide(text)
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return found

    def _decide(self, text: str) -> Rewriting:
        try:
            outline = _outline(text)
            chosen = self._plan(outline.sentences)
        except Leave as leave:
            return Rewriting(text, False, str(leave))
        if outline.doubts:
            return Rewriting(text, False, outline.doubts[0])
        changed = rewritten(text, chosen)
        if not _proved(text, changed):
            return Rewriting(text, False, _UNREAD)
        return Rewriting(changed, True, _why(chosen))

    def _plan(self, sentences: Sequence[Sentence]) -> Plan:
        if self._least <= 0:
            return every_subject(sentences, self._statistics)
        return plan(sentences, self._statistics, self._least)


def _proved(text: str, changed: str) -> bool:
    """Tell whether both texts mean the same; False in a worker with no room for rdflib's grammar."""
    try:
        # takes half a second to load: only for queries that take longer
        from diplograph.sparql.rewriting import proof  # noqa: PLC0415
    except MemoryError:
        return False
    return proof.same(text, changed)


def _why(chosen: Plan) -> str:
    return (
        f"{len(chosen.parts)} sub-selects are joined: by the counts of the release, reading about "
        f"{chosen.read:,.0f} rows in the place of {chosen.looked_up:,.0f} look-ups."
    )


def advice(text: str) -> str | None:
    """Return how to write a query that looks up too much, in its own variables; None for any other.

    Looks at tokens only.
    """
    try:
        found = parts(_outline(text).sentences, Statistics({}, {}))
    except Leave:
        return None
    if len(found) < 2 or not connected(found):
        return None
    sides = " ".join(f"{{ SELECT * WHERE {{ {_subjects(part)} … }} }}" for part in found)
    shared = {name for one, two in combinations(found, 2) for name in one.shared(two)}
    return (
        f"Give each side a sub-select of its own, so that they are joined in {', '.join(sorted(shared))} at "
        f"once and not looked up one by one: WHERE {{ {sides} … }}, with the filters behind them."
    )


def rewritten(text: str, chosen: Plan) -> str:
    """Return the text with its triples in one sub-select for each part; all else stays as it is written."""
    sentences = sorted(
        (sentence for part in chosen.parts for sentence in part.sentences), key=lambda each: each.start
    )
    pieces, at = [], 0
    for number, sentence in enumerate(sentences):
        pieces.append(text[at : sentence.start])
        if not number:
            pieces += [_sub_select(text, part) for part in chosen.parts]
        at = sentence.stop
    return "".join([*pieces, text[at:]])


def _sub_select(text: str, part: Part) -> str:
    sentences = "".join(f"\n    {text[each.start : each.end]} ." for each in part.sentences)
    return f"{{ SELECT * WHERE {{{sentences}\n  }} }}\n  "


def _outline(text: str) -> Outline:
    """Return the outline of a text. Raises Leave."""
    if "\\u" in text or "\\U" in text:
        raise Leave(_UNREAD)
    try:
        return Outline.of(list(Lexer(text)))
    except (Stuck, MalformedQuery, RecursionError) as error:
        raise Leave("The text is not a query that is read here.") from error


def _subjects(part: Part) -> str:
    """Return the variables that a side is about, the first ones of its sentences."""
    return " … ".join(dict.fromkeys(each.triples[0].subject for each in part.sentences))
