"""Reasoning: the OWL 2 RL closure of a dataset, HermiT, and the rules of the knowledge base."""

from diplograph.reasoning.closure import Clash, Closure, clashes, close, saturate
from diplograph.reasoning.owl_rl import Rule, compile_rules, disjoint_classes

__all__ = ["Clash", "Closure", "Rule", "clashes", "close", "compile_rules", "disjoint_classes", "saturate"]
