from .change import changed as changed
from .check import check as check
from .kept import judged_of as judged_of
from .kept import leftovers as leftovers
from .kept import opened as opened
from .state import State as State
from .task import validate_task as validate_task
