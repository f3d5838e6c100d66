"""Whether data is as it should be: shapes and check queries over named graphs, and the report.

`check` is the operation behind `diplograph check`, `validate_task` the one behind `/validate`, `validate` the
one that a build uses. pySHACL is used here and nowhere else.
"""

from diplograph.validation.change import changed
from diplograph.validation.context import check, in_context, validate
from diplograph.validation.footprint.following import judged_change
from diplograph.validation.footprint.kept import judged_of, leftovers, opened
from diplograph.validation.footprint.state import State
from diplograph.validation.report import Edit, Finding, Fix, Report, compared
from diplograph.validation.revision import since
from diplograph.validation.shapes import CheckQuery, Shapes, hygiene
from diplograph.validation.task import validate_task

__all__ = [
    "CheckQuery",
    "Edit",
    "Finding",
    "Fix",
    "Report",
    "Shapes",
    "State",
    "changed",
    "check",
    "compared",
    "hygiene",
    "in_context",
    "judged_change",
    "judged_of",
    "leftovers",
    "opened",
    "since",
    "validate",
    "validate_task",
]
