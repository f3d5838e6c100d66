"""Tokens: shown once, kept as a hash, known again, ended at once."""

import json
from pathlib import Path

import pytest

from diplograph.changes.tokens import Tokens
from diplograph.errors import InvalidParameter, UnknownResource


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    return Tokens(tmp_path / "state")


def test_a_token_names_its_holder_and_no_other_text_does(tokens: Tokens) -> None:
    first, second = tokens.create("Ada"), tokens.create("Bo")

    assert (tokens.holder(first.encode()), tokens.holder(second.encode())) == ("Ada", "Bo")
    for wrong in (b"", b"x", first[:-1].encode(), first.upper().encode(), "é".encode(), b"\xff\x00"):
        assert tokens.holder(wrong) is None


def test_the_file_does_not_tell_the_token_and_only_its_owner_reads_it(tokens: Tokens) -> None:
    secret = tokens.create("Ada")
    path = tokens.state / "tokens.json"

    assert secret not in path.read_text(encoding="utf-8")
    assert secret[3:] not in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tokens.state.iterdir() if p.name.startswith(".")] == []


def test_two_tokens_never_share_a_salt(tokens: Tokens) -> None:
    tokens.create("Ada")
    tokens.create("Bo")

    entries = json.loads((tokens.state / "tokens.json").read_text(encoding="utf-8"))

    assert len({entry["salt"] for entry in entries} | {entry["hash"] for entry in entries}) == 4


def test_a_revoked_token_ends_at_once_and_the_name_is_free_again(tokens: Tokens) -> None:
    secret = tokens.create("Ada")
    reader = Tokens(tokens.state)
    assert reader.holder(secret.encode()) == "Ada"

    tokens.revoke("Ada")

    assert reader.holder(secret.encode()) is None
    assert reader.holder(tokens.create("Ada").encode()) == "Ada"


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\x00", "x" * 201, "a\u202eb"])
def test_a_name_that_a_log_could_not_show_is_refused(tokens: Tokens, name: str) -> None:
    with pytest.raises(InvalidParameter):
        tokens.create(name)


def test_a_second_token_for_a_name_and_the_end_of_an_unknown_one_are_refused(tokens: Tokens) -> None:
    tokens.create("Ada")

    with pytest.raises(InvalidParameter, match="already"):
        tokens.create("Ada")
    with pytest.raises(UnknownResource, match="Bo has no token"):
        tokens.revoke("Bo")
