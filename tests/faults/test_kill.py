"""kill -9 while changes are taken in: nothing acknowledged is lost, nothing half-written is served."""

import random
import time
from pathlib import Path

import pytest

from faults.conftest import Victim

pytestmark = pytest.mark.slow
RANDOM_KILLS = 120
CLEAN_EVERY = 20


@pytest.mark.timeout(900)
def test_killed_at_every_single_step_of_a_change(victim: Victim, tmp_path: Path) -> None:
    step = 1
    while victim.strike_at(step) != 0:
        victim.check()
        if step % CLEAN_EVERY == 0:
            assert victim.matches_a_clean_build(tmp_path / "clean")
        step += 1

    victim.check()
    assert step > 50
    assert victim.leftovers == []
    assert victim.matches_a_clean_build(tmp_path / "clean")


@pytest.mark.timeout(900)
def test_killed_at_random_moments(victim: Victim, tmp_path: Path) -> None:
    chance = random.Random(20221004)
    victim.strike_at(0)
    began = time.monotonic()
    victim.strike_at(0)
    longest = 2 * (time.monotonic() - began)  # until the blow: as long as two changes take on this machine
    before = dict(victim.acknowledged)
    while victim.kills < RANDOM_KILLS:
        assert victim.strike(chance.uniform(0, longest)) == -9
        victim.check()
        if victim.kills % CLEAN_EVERY == 0:
            assert victim.matches_a_clean_build(tmp_path / "clean")

    assert victim.acknowledged != before
