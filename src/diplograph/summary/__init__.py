"""Summary: what all sources together come to on each act and each pair of acts, with every account kept.

It is computed from the named graphs into dgg:summary, by functions on values that need no query.
"""

from diplograph.summary.acts import SUMMARY
from diplograph.summary.graph import (
    acts_change,
    add_acts,
    add_pairs,
    known_stages,
    pairs_change,
    stages,
    touched,
    withdrawn,
)

__all__ = [
    "SUMMARY",
    "acts_change",
    "add_acts",
    "add_pairs",
    "known_stages",
    "pairs_change",
    "stages",
    "touched",
    "withdrawn",
]
