"""A seeded generator of knowledge bases with the shape of the curated one, at any size."""

from benchmarks.generator.knowledge_base import Generated, write
from benchmarks.generator.plan import Plan

__all__ = ["Generated", "Plan", "write"]
