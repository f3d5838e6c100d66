"""Names as they are compared: without case, accents and punctuation."""

import re
import unicodedata

_WORD = re.compile(r"\w+")
_UNDECOMPOSED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "_": " "})
"""Letters that Unicode does not take apart into a base and a mark."""
_VOICED = "\u3099\u309a"
"""The marks that make another sound of a kana; they are no accents."""
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def fold(text: str) -> str:
    """Return the words of a name in one spelling, a space between each two; empty for no word at all."""
    apart = unicodedata.normalize("NFKD", text).casefold().translate(_UNDECOMPOSED)
    bare = "".join(c for c in apart if c in _VOICED or not unicodedata.combining(c))
    return " ".join(_WORD.findall(unicodedata.normalize("NFC", bare)))


def is_unspaced(word: str) -> bool:
    """Whether a word is written in a script that puts no spaces, so that a part of it may be a name."""
    return _UNSPACED.search(word) is not None
