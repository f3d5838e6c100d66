"""Search by name in memory: an inverted index of words, with a fuzzy comparison of what it finds.

A word that somebody typed stands for all words that begin with it or are spelled much like it, and each of
those knows the names it is in. Only names that share such words with the text are compared in full: the time
follows their number, and not that of all names.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from itertools import chain, combinations, count, groupby, islice

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from diplograph.errors import InvalidParameter
from diplograph.namespaces import LANGUAGES, kind_of, short
from diplograph.rdf.terms import fold, is_unspaced

MOST = 100
"""How many things are found at most."""
LONGEST = 500
"""The longest text that is looked for, in characters."""
READ, READ_FOR_ALL = 400, 2000
"""How many names are compared in full at most: for the best of them, and to count all."""
MOST_WORDS = 16
"""How many words of a text are looked for; all of them count when names are compared."""
NEAR, NEAR_LENGTH, NEAR_SCORE = 8, 4, 74.0
"""How many other spellings of a word are looked for, from which length on, and how alike they are."""
MEANT, MEANT_SCORE = 5, 70.0
"""How many things are suggested where nothing is found, and how alike a word of theirs is at least."""
LEAVE_OUT = 6
"""Up to how many words a text has where each is left out once."""

EXACT = 100.0
REORDERED = 97.0
"""The same words in another order, as family and given name often are."""
SPELLED = 80.0
"""From how alike on two words may be the same: one letter of five is wrong, missing, too many or swapped."""
SHARE, JOINED = 0.6, 90.0
"""Which share of a text has to be words of a name, or else how alike the two have to be without spaces."""
LEAST = 60.0
"""Below this two names have nothing to do with each other."""


class Role(IntEnum):
    """A label, a name that somebody uses, one that somebody uses in another's place, or a code.

    Half a code, or one that is spelled much like it, means something else: only a whole one is found.
    """

    LABEL = 0
    NAME = 1
    METONYM = 2
    CODE = 3


@dataclass(frozen=True, slots=True)
class Appellation:
    """One name of a thing: its text, its language (empty: none) and what kind of name it is.

    A code may say whose it is by the IRI of its scheme.
    """

    text: str
    language: str
    role: Role
    scheme: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thing whose name is like the text looked for: its label, the name that fits best, how well (0-100).

    Its classes come with the smallest first, so that the first tells most. One that is not mentioned is
    there for reference: no source mentions it.
    """

    iri: str
    label: str
    language: str
    name: Appellation
    score: float
    classes: tuple[str, ...]
    is_mentioned: bool = True

    @property
    def kind(self) -> str:
        """The kind that its identifier names, empty when it is none of ours."""
        return kind_of(self.iri)


@dataclass(frozen=True, slots=True)
class Scope:
    """Which things count: of some kinds, of at least one of some classes, of none of others; empty: all.

    Kinds are those of the identifiers.
    """

    kinds: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def has(self, iri: str) -> bool:
        """Return whether a thing is of one of the kinds."""
        return not self.kinds or kind_of(iri) in self.kinds

    def allows(self, classes: frozenset[str]) -> bool:
        """Return whether what is of these classes counts."""
        return classes.isdisjoint(self.without) and not (self.classes and classes.isdisjoint(self.classes))


EVERYTHING = Scope()
Ranked = tuple[str, tuple[float, Appellation]]
"""The IRI of a thing, how well it fits, and the name that does."""


@dataclass(frozen=True, slots=True)
class Found:
    """All things whose names are like a text, the best first.

    `complete` is false where more names might be like it than are compared.
    """

    things: Sequence[Candidate]
    complete: bool


class NameIndex:
    """Names of things. It never changes, so that any number of threads may ask it."""

    def __init__(
        self,
        names: Iterable[tuple[str, Appellation]],
        members: Iterable[tuple[str, str]],
        unmentioned: Collection[str] = (),
    ) -> None:
        """Take each thing with each of its names, then of its classes, and those that no source mentions."""
        self._unmentioned = unmentioned
        folded = ((fold(name.text), iri, name) for iri, name in names)
        rows = sorted((row for row in folded if row[0]), key=lambda row: (len(row[0]), row[0]))
        self._folded = [row[0] for row in rows]
        self._things = [row[1] for row in rows]
        self._names = [row[2] for row in rows]
        self._of_thing = _numbers(zip(self._things, count()))
        self._of_word = _numbers(
            (word, number) for number, name in enumerate(self._folded) for word in name.split()
        )
        self._words = " ".join(sorted(self._of_word)).split()  # copies, side by side in memory: read quicker
        classes = _classes((iri, group) for iri, group in members if iri in self._of_thing)
        self._classes = [classes.get(iri, _NONE) for iri in self._things]
        self._sizes = Counter(chain.from_iterable(classes.values()))

    def find(
        self, text: str, scope: Scope = EVERYTHING, limit: int = MOST, least: float = LEAST
    ) -> list[Candidate]:
        """Return the things whose names are most like a text, in any language and case, the best first.

        There are at most `limit` things, and never more than 100; names score at least `least` (0-100).
        Raises InvalidParameter for a text of more than 500 characters.
        """
        ranked = self._ranked(text, self._like(_folded(text), scope, READ), least)
        return self._candidates(ranked[: min(limit, MOST)])

    def find_all(self, text: str, scope: Scope = EVERYTHING) -> Found:
        """Return every thing whose name is like a text. Raises InvalidParameter as `find` does."""
        numbers = list(self._like(_folded(text), scope, READ_FOR_ALL))
        return Found(
            self._candidates(self._ranked(text, numbers, LEAST)), complete=len(numbers) < READ_FOR_ALL
        )

    def completions(self, text: str) -> Iterator[str]:
        """Yield the IRIs of things with a name whose words begin with those of a text, short names first.

        One comes as often as it has such a name. Raises InvalidParameter as `find` does.
        """
        wanted = _folded(text)
        first = f" {wanted.partition(' ')[0]}"
        for iri, name in zip(self._things, self._folded, strict=True):
            if (first in f" {name}" or is_unspaced(wanted)) and begins_words(wanted, name):
                yield iri

    def suggest(self, text: str, scope: Scope = EVERYTHING) -> list[Candidate]:
        """Return what may have been meant where nothing is found: a thing for each word spelled nearly alike.

        Raises InvalidParameter as `find` does.
        """
        best: dict[str, tuple[float, Appellation]] = {}
        for word in dict.fromkeys(_folded(text).split()[:MOST_WORDS]):
            for term, score, _ in _spelled_like(word, self._words, MEANT_SCORE):
                named = self._within(self._of_word[term], scope)
                shortest = next((n for n in named if self._names[n].role is not Role.CODE), None)
                if shortest is not None:
                    best.setdefault(self._things[shortest], (round(score, 1), self._names[shortest]))
        return self._candidates(self._sorted(best)[:MEANT])

    def _ranked(self, text: str, numbers: Iterable[int], least: float) -> list[Ranked]:
        """Return the things that bear names with some numbers, each by the name that is most like a text."""
        best: dict[str, tuple[float, Appellation]] = {}
        wanted = _folded(text)
        for number in numbers:
            iri, name = self._things[number], self._names[number]
            score, known = likeness(wanted, self._folded[number], name.role), best.get(iri)
            if score >= least and (known is None or (score, -name.role) > (known[0], -known[1].role)):
                best[iri] = (score, name)
        return self._sorted(best)

    def _sorted(self, best: Mapping[str, tuple[float, Appellation]]) -> list[Ranked]:
        """Return things with the name that fits each best: the best first.

        Of those that fit alike things come before terms, a label before another name, what a source mentions
        before what none does, and the short names before the long.
        """

        def rank(item: Ranked) -> tuple[object, ...]:
            iri, (score, name) = item
            order = (-score, not kind_of(iri), name.role, iri in self._unmentioned)
            return (*order, len(name.text), iri)

        return sorted(best.items(), key=rank)

    def _candidates(self, ranked: Iterable[Ranked]) -> list[Candidate]:
        return [
            Candidate(iri, *self.label(iri), name, score, self.classes(iri), self.is_mentioned(iri))
            for iri, (score, name) in ranked
        ]

    def names(self, iri: str) -> list[Appellation]:
        """Return every name of a thing, labels first, codes last; none for an unknown thing."""
        names = (self._names[number] for number in self._of_thing.get(iri, ()))
        return sorted(names, key=lambda name: (name.role, name.language, name.text))

    def classes(self, iri: str) -> tuple[str, ...]:
        """Return the classes of a thing, the inferred ones too, the smallest first."""
        known = (self._classes[number] for number in self._of_thing.get(iri, ())[:1])
        return tuple(sorted(chain.from_iterable(known), key=lambda group: (self.size(group), group)))

    def is_mentioned(self, iri: str) -> bool:
        """Return whether a source mentions a thing, as far as is known."""
        return iri not in self._unmentioned

    def size(self, group: str) -> int:
        """Return how many things with a name are of a class."""
        return self._sizes[group]

    def label(self, iri: str) -> tuple[str, str]:
        """Return the name to show for a thing and its language; a thing without one shows its short IRI."""
        order = {language: rank for rank, language in enumerate((*LANGUAGES, ""))}
        spoken = (name for name in self.names(iri) if name.role is not Role.CODE)
        names = sorted(spoken, key=lambda name: (name.role, order.get(name.language, len(order))))
        return (names[0].text, names[0].language) if names else (short(iri), "")

    def _like(self, wanted: str, scope: Scope, most: int) -> Iterator[int]:
        """Yield names that may be like a folded text: those that share most words first, the short before."""
        seen: set[int] = set()
        read = 0
        for numbers in self._sharing(wanted):
            shortest = list(islice(self._within(sorted(numbers - seen), scope), most - read))
            yield from shortest
            seen |= numbers
            read += len(shortest)
            if read >= most:
                return

    def _within(self, numbers: Iterable[int], scope: Scope) -> Iterator[int]:
        allows = cache(scope.allows)
        allowed = (number for number in numbers if allows(self._classes[number]))
        return (number for number in allowed if scope.has(self._things[number]))

    def _sharing(self, wanted: str) -> Iterator[set[int]]:
        """Yield the names that share words with a folded text: all its words, then fewer, then any."""
        words = dict.fromkeys(wanted.split()[:MOST_WORDS])
        rarest = sorted(filter(None, map(self._holding, words)), key=len)
        if len(rarest) > 1:
            yield set.intersection(*rarest)
        if 2 < len(rarest) <= LEAVE_OUT:
            yield from (set.intersection(*others) for others in combinations(rarest, len(rarest) - 1))
        for size in (3, 2):
            if size < len(rarest):
                yield set.intersection(*rarest[:size])
        yield from rarest

    def _holding(self, word: str) -> set[int]:
        """Return the names that hold a word, its beginning of one, or another spelling of it."""
        return set().union(*(self._of_word[term] for term in self._spellings(word)))

    def _spellings(self, word: str) -> list[str]:
        """Return the words of all names that may be meant by one."""
        if is_unspaced(word):
            return [term for term in self._words if word in term or (len(term) > 1 and term in word)]
        if word.isdigit() or len(word) == 1:
            return [word] if word in self._of_word else []
        begins = self._words[bisect_left(self._words, word) : bisect_left(self._words, word + _LAST)]
        return [*begins, *(term for term, _, _ in _spelled_like(word, self._words, NEAR_SCORE))]


_NONE: frozenset[str] = frozenset()
_LAST = "\U0010ffff"
"""What sorts after every character."""


def _folded(text: str) -> str:
    """Return the folded text. Raises InvalidParameter for one that is longer than any name."""
    if len(text) > LONGEST:
        raise InvalidParameter(f"Names are looked for with {LONGEST} characters at most.", limit=LONGEST)
    return fold(text)


def _spelled_like(word: str, words: Sequence[str], least: float) -> list[tuple[str, float, int]]:
    """Return the few words that are spelled most like one that is long enough to be misspelled."""
    if len(word) < NEAR_LENGTH or word.isdigit() or is_unspaced(word):
        return []
    return process.extract(word, words, scorer=fuzz.ratio, score_cutoff=least, limit=NEAR)


def _numbers(pairs: Iterable[tuple[str, int]]) -> dict[str, tuple[int, ...]]:
    """Return the numbers that go with each key."""
    found: dict[str, list[int]] = defaultdict(list)
    for key, number in pairs:
        found[key].append(number)
    return {key: tuple(numbers) for key, numbers in found.items()}


def _classes(members: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Return the classes of each thing: few different sets, however many things, so that they share them."""
    larger = cache(lambda known, group: known | {group})
    found: dict[str, frozenset[str]] = {}
    for iri, group in members:
        found[iri] = larger(found.get(iri, _NONE), group)
    return found


def likeness(wanted: str, name: str, role: Role) -> float:
    """Return how well a folded text fits a folded name: a code as a whole, any other name by similarity."""
    if role is Role.CODE:
        return EXACT if wanted == name else 0.0
    return similarity(wanted, name)


def similarity(wanted: str, name: str) -> float:
    """Return how alike two folded names are: by spelling, by words in any order, or one inside the other.

    Letters that two texts share by chance make no word: names whose words differ are not alike.
    """
    if wanted == name:
        return EXACT
    inside = _inside(wanted, name)
    by_letters = max(fuzz.ratio(wanted, name), fuzz.token_sort_ratio(wanted, name) * REORDERED / 100)
    is_alike = by_letters > max(inside, LEAST) and _has_same_words(wanted, name)
    return round(min(by_letters if is_alike else inside, REORDERED), 1)


def _has_same_words(wanted: str, name: str) -> bool:
    """Return whether most of a text is words of a name, perhaps misspelled, or only its spaces differ."""
    words, known = wanted.split(), name.split()
    there = sum(len(w) for w in words if any(_spelled(w, k) for k in known))
    joined = "".join(words)
    return there >= SHARE * len(joined) or fuzz.ratio(joined, "".join(known)) >= JOINED


def _spelled(word: str, known: str) -> float:
    """Return how alike two words are, 0 for two that cannot be the same.

    Whichever letters are doubled, it is one word: Morroco is Morocco.
    """
    alike = fuzz.ratio(word, known)
    if OSA.normalized_similarity(word, known) * 100 >= SPELLED:
        return alike
    return alike if alike >= SPELLED and _single(word) == _single(known) else 0.0


def _single(word: str) -> str:
    return "".join(letter for letter, _ in groupby(word))


def _inside(wanted: str, name: str) -> float:
    """Return what a part of a name is worth, and, a little less, a name with more around it."""
    if found := _spelled_inside(wanted, name):
        return found * (60 + 30 * min(len(wanted) / len(name), 1)) / 100
    if _has_words(name, wanted):
        return 45 + 40 * len(name) / len(wanted)
    return 0.0


def _spelled_inside(part: str, whole: str) -> float:
    """Return how well each word of a part is spelled in the whole, 0 when one is not there at all."""
    if begins_words(part, whole):
        return EXACT
    words = whole.split()
    best = [max(_spelled(word, known) for known in words) for word in part.split()]
    return sum(best) / len(best) if all(best) else 0.0


def begins_words(part: str, whole: str) -> bool:
    """Return whether each word of a part begins a word of the whole, or stands in it where no spaces are."""
    words = whole.split()
    return all(
        any(word.startswith(p) or (is_unspaced(p) and p in word) for word in words) for p in part.split()
    )


def _has_words(part: str, whole: str) -> bool:
    words = set(whole.split())
    return all(p in words or (is_unspaced(p) and p in whole) for p in part.split())
