"""How alike two folded names are, from 0 to 100."""

from rapidfuzz import fuzz

from diplograph.names.folding import is_unspaced

EXACT = 100.0
REORDERED = 97.0
"""The same words in another order, as family and given name often are."""
SPELLED = 80.0
"""From how alike on two words may be the same, misspelled."""
LEAST = 60.0
"""Below this two names have nothing to do with each other."""


def similarity(wanted: str, name: str) -> float:
    """Return how alike two folded names are: by spelling, by words in any order, or one inside the other."""
    if wanted == name:
        return EXACT
    by_words = fuzz.token_sort_ratio(wanted, name) * REORDERED / 100
    return round(min(max(fuzz.ratio(wanted, name), by_words, _inside(wanted, name)), REORDERED), 1)


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
    best = [max(fuzz.ratio(word, known) for known in words) for word in part.split()]
    return sum(best) / len(best) if min(best) >= SPELLED else 0.0


def begins_words(part: str, whole: str) -> bool:
    """Return whether each word of a part begins a word of the whole, or stands in it where no spaces are."""
    words = whole.split()
    return all(
        any(word.startswith(p) or (is_unspaced(p) and p in word) for word in words) for p in part.split()
    )


def _has_words(part: str, whole: str) -> bool:
    words = set(whole.split())
    return all(p in words or (is_unspaced(p) and p in whole) for p in part.split())
