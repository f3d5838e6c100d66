"""A seeded generator of knowledge bases with the shape of the curated one, at any size."""

from benchmarks.generator.knowledge_base import Generated, write
from benchmarks.generator.plan import MOST_SOURCES, Plan

__all__ = ["MOST_SOURCES", "Generated", "Plan", "write"]
