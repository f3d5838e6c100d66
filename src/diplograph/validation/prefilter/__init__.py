"""Pre-filter: the focus nodes that may break a shape, found by queries on the whole of the data.

What is found is judged by pySHACL, whose word counts; what is not found conforms.
"""

from diplograph.validation.prefilter.plan import Plan, Unit

__all__ = ["Plan", "Unit"]
