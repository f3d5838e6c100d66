from .checking import changed as changed
from .checking import check as check
from .checking import validate_task as validate_task
from .kept import judged_of as judged_of
from .kept import leftovers as leftovers
from .kept import opened as opened
from .state import State as State
