"""Search: things found by their names, and reconciliation: which thing a name in a table means.

Queries and results of reconciliation are those of the Reconciliation Service API 0.2.
"""

from diplograph.search.data_extension import LIMIT_SETTING, extended, proposed, read_extension
from diplograph.search.index import Appellation, Candidate, NameIndex, Role, Scope
from diplograph.search.loading import Names
from diplograph.search.reconcile_requests import MAX_BATCH, Query, read_batch
from diplograph.search.reconciliation import EXCLUDED, Match, described, reconcile, types

__all__ = [
    "EXCLUDED",
    "LIMIT_SETTING",
    "MAX_BATCH",
    "Appellation",
    "Candidate",
    "Match",
    "NameIndex",
    "Names",
    "Query",
    "Role",
    "Scope",
    "described",
    "extended",
    "proposed",
    "read_batch",
    "read_extension",
    "reconcile",
    "types",
]
