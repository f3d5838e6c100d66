"""The units of a plan in groups that are judged anew together, since their findings bear the same names."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from diplograph.incremental.shape_reads import Reads, of_unit, reported
from diplograph.incremental.shape_walk import Terms, Walk
from diplograph.validation.prefilter import Unit
from diplograph.validation.shapes import Shapes


@dataclass(frozen=True)
class Together:
    """Units whose findings name the same shapes; `is_flat` where each has the focus node of its unit."""

    units: tuple[Unit, ...]
    reads: tuple[Reads, ...]
    shapes: frozenset[str]
    is_flat: bool

    def reached(self, walk: Walk) -> Terms | None:
        """Return the focus nodes that a change may matter to, None for all of them."""
        found = [walk.reached(reads) for reads in self.reads]
        known = [terms for terms in found if terms is not None]
        if len(known) < len(found):
            return None
        joint = frozenset[object]().union(*known)
        return joint if self.is_flat or not joint else None  # type: ignore[return-value]


@lru_cache(maxsize=4)
def together(shapes: Shapes) -> list[Together]:
    """Return the units of shapes in groups."""
    plan = shapes.plan
    found: list[Together] = []
    for unit in plan.units:
        names, is_flat = reported(plan.shapes, unit.shape)
        own = Together((unit,), (of_unit(plan, unit),), frozenset(map(str, names)), is_flat)
        meeting = [group for group in found if group.shapes & own.shapes]
        found = [group for group in found if group not in meeting]
        found.append(_joint([*meeting, own]))
    return found


def _joint(groups: Iterable[Together]) -> Together:
    parts = list(groups)
    return Together(
        tuple(unit for group in parts for unit in group.units),
        tuple(reads for group in parts for reads in group.reads),
        frozenset().union(*(group.shapes for group in parts)),
        all(group.is_flat for group in parts),
    )
