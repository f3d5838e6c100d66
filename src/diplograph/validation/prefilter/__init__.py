"""Which focus nodes may break a shape, found by queries on the whole of the data at once.

What is found is judged by pySHACL, whose word counts; what is not found conforms.
"""

from diplograph.validation.prefilter.plan import Plan, Unit

__all__ = ["Plan", "Unit"]
