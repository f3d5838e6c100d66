"""Reconciliation: which thing of the graph is meant by a name in somebody's table.

Queries and results are those of the Reconciliation Service API 0.2.
"""

from diplograph.reconciliation.asked import MAX_BATCH, Query, read_batch
from diplograph.reconciliation.entities import EXCLUDED, described, types
from diplograph.reconciliation.matching import Match, reconcile

__all__ = ["EXCLUDED", "MAX_BATCH", "Match", "Query", "described", "read_batch", "reconcile", "types"]
