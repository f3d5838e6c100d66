"""A knowledge base of one's own, which tables are imported into."""

from importlib.metadata import version

import pytest

from diplograph.cli import init
from diplograph.namespaces import in_space
from diplograph.sources import KnowledgeBase, Marker
from table_layouts import BASE


@pytest.fixture(scope="session")
def base(tmp_path_factory):
    """The knowledge base, which no test changes."""
    folder = tmp_path_factory.mktemp("tables")
    with in_space(BASE):
        init.write(folder, Marker(base=BASE, extends=version("diplograph")))
    return KnowledgeBase(folder)
