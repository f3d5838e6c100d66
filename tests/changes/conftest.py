"""A knowledge base with its release, copied for each test that changes it."""

import subprocess
from pathlib import Path

import pytest

from diplograph.settings import Settings


@pytest.fixture
def settings(ready: Settings, tmp_path: Path) -> Settings:
    """A copy of what the module has `ready`."""
    subprocess.run(["cp", "-a", str(ready.kb), str(tmp_path)], check=True)
    return Settings.resolve(tmp_path / "kb")
