from .checking import changed as changed
from .checking import check as check
from .checking import validate_task as validate_task
from .state import judged_of as judged_of
from .state import leftovers as leftovers
