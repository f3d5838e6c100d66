"""Search: things found by their names, and reconciliation: which thing a name in a table means.

Queries and results of reconciliation are those of the Reconciliation Service API 0.2.
"""

from diplograph.search.index import Candidate
from diplograph.search.loading import Names
from diplograph.search.reconcile_requests import MAX_BATCH, Query, read_batch
from diplograph.search.reconciliation import EXCLUDED, Match, described, reconcile, types
from diplograph.search.table import Appellation, Role

__all__ = [
    "EXCLUDED",
    "MAX_BATCH",
    "Appellation",
    "Candidate",
    "Match",
    "Names",
    "Query",
    "Role",
    "described",
    "read_batch",
    "reconcile",
    "types",
]
