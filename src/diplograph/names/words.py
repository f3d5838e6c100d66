"""The words of all names: how a word that somebody typed is spelled there, and which words tell most."""

from collections.abc import Iterator, Mapping

from rapidfuzz import fuzz, process

from diplograph.names.folding import is_unspaced

MOST = 16
"""How many words of a text are looked for; all of them count when names are compared."""
NEAR = 8
NEAR_LENGTH = 4
NEAR_SCORE = 74
UNSPACED = 32
_LEAVE_OUT = 6
"""Up to how many words a text has where each is left out once."""


def plans(text: str, vocabulary: Mapping[str, int]) -> Iterator[str]:
    """Yield full-text queries for a folded text, from all its words to the one that tells most.

    `vocabulary` has the number of names for each word.
    """
    meant = {word: _spellings(word, vocabulary) for word in dict.fromkeys(text.split()[:MOST])}
    known = {word: spellings for word, spellings in meant.items() if spellings}
    rarest = sorted(known, key=lambda word: sum(vocabulary.get(term, 1) for term in known[word]))
    if not known:
        return
    yield _query(known, rarest)
    if 2 < len(rarest) <= _LEAVE_OUT:
        for word in reversed(rarest):
            yield _query(known, [other for other in rarest if other != word])
    for size in (3, 2, 1):
        if size < len(rarest):
            yield _query(known, rarest[:size])


def _query(known: Mapping[str, list[str]], words: list[str]) -> str:
    return " AND ".join(f"({' OR '.join(_quoted(word, known[word]))})" for word in words)


def _quoted(word: str, spellings: list[str]) -> list[str]:
    """Write the spellings as the full-text index takes them, and a word as a beginning too."""
    begins = [f'"{word}"*'] if not word.isdigit() and (len(word) > 1 or is_unspaced(word)) else []
    return [*begins, *(f'"{term}"' for term in spellings)]


def _spellings(word: str, vocabulary: Mapping[str, int]) -> list[str]:
    """Return a word with those of the vocabulary that are spelled much like it."""
    if is_unspaced(word):
        near = [term for term in vocabulary if word in term or (len(term) > 1 and term in word)]
        return [word, *near[:UNSPACED]]
    if len(word) < NEAR_LENGTH or word.isdigit():
        return [word]
    found = process.extract(word, vocabulary.keys(), scorer=fuzz.ratio, score_cutoff=NEAR_SCORE, limit=NEAR)
    return [word, *(term for term, _, _ in found)]
