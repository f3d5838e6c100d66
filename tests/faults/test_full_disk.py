"""A disk that is full, wherever it strikes: the change is refused, nothing has changed, and all goes on."""

import pytest

from diplograph import release as releases
from faults.conftest import Victim

pytestmark = pytest.mark.slow
LIMITS = [0, 100, 700, 2_000, 5_000, 12_000, 30_000, 70_000]
"""Bytes past which no file grows: what is written first fails first, and the last are enough for most."""


def test_a_full_disk_refuses_the_change_and_changes_nothing(victim: Victim) -> None:
    victim.strike_at(0)
    before = {path: path.read_bytes() for path in (victim.settings.kb / "data").iterdir()}
    current = releases.current(victim.settings)
    refused = 0
    for limit in LIMITS:
        found = victim.fill_up(limit)
        if not found:
            break
        refused += 1
        assert found == ["No space"]
        assert {path: path.read_bytes() for path in (victim.settings.kb / "data").iterdir()} == before
        assert releases.current(victim.settings) == current
        victim.check()

    assert refused > 3
    assert victim.strike_at(0) == 0
    victim.check()
    assert victim.leftovers == []
