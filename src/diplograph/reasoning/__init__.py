"""Reasoning: the OWL 2 RL closure of a dataset, HermiT, and the rules of the knowledge base."""

from diplograph.reasoning.closure import Clash, clashes, saturate
from diplograph.reasoning.owl_rl import Rule, compile_rules, disjoint_classes

__all__ = ["Clash", "Rule", "clashes", "compile_rules", "disjoint_classes", "saturate"]
