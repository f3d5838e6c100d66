"""Prefixes and kinds."""

import pytest

from diplograph.namespaces import ID, KIND_PREFIXES, KINDS, PREFIXES


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_thing_has_a_prefix_of_its_own(kind):
    assert PREFIXES[KIND_PREFIXES[kind]] == f"{ID}{kind}/"


def test_no_namespace_has_two_prefixes():
    assert len(set(PREFIXES.values())) == len(PREFIXES)


def test_every_namespace_ends_where_a_local_name_begins():
    assert all(namespace.endswith(("/", "#")) for namespace in PREFIXES.values())
