"""The notebook in the documentation says what the graph answers now."""

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

pytestmark = pytest.mark.slow
RELEASE = re.compile(r"\b[0-9a-f]{16}\b")


def outputs(notebook: Any) -> list[list[str]]:
    """What each cell of code printed or showed, as text, the name of the release aside."""
    cells = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
    return [[RELEASE.sub("RELEASE", _text(output)) for output in shown] for shown in cells]


def _text(output: Any) -> str:
    return str(output.get("text") or output["data"]["text/plain"])


@pytest.mark.filterwarnings("ignore::DeprecationWarning:jupyter_client", "ignore::ResourceWarning")
def test_notebook_shows_what_running_it_again_gives(root: Path, built: object) -> None:
    kept = nbformat.read(root / "docs" / "two-articles.ipynb", as_version=4)
    again = NotebookClient(nbformat.from_dict(kept), timeout=120, kernel_name="python3").execute()

    assert outputs(again) == outputs(nbformat.read(root / "docs" / "two-articles.ipynb", as_version=4)), (
        "run: jupyter execute --inplace docs/two-articles.ipynb"
    )
    assert sum(map(len, outputs(kept))) >= 6
