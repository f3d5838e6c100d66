"""The OWL 2 RL closure of a dataset: rules run on a store to a fixed point, and what contradicts it."""

from diplograph.closure.clashes import Clash, clashes
from diplograph.closure.fixpoint import Closure, close, saturate
from diplograph.closure.rules import Rule, compile_rules, disjoint_classes

__all__ = [
    "Clash",
    "Closure",
    "Rule",
    "clashes",
    "close",
    "compile_rules",
    "disjoint_classes",
    "saturate",
]
