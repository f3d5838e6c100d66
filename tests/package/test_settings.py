"""Where things live, and which settings hold."""

import dataclasses
from pathlib import Path

import pytest

from diplograph.errors import InvalidParameter
from diplograph.settings import Settings


def test_the_knowledge_base_given_wins_over_the_environment(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()

    settings = Settings.resolve(tmp_path / "a", {"DIPLOGRAPH_KB": str(tmp_path / "b")})

    assert settings.kb == tmp_path / "a"


def test_the_environment_names_the_knowledge_base(tmp_path):
    assert Settings.resolve(environ={"DIPLOGRAPH_KB": str(tmp_path)}).kb == tmp_path


def test_a_missing_knowledge_base_is_refused_by_name(tmp_path):
    with pytest.raises(InvalidParameter, match="nowhere"):
        Settings.resolve(tmp_path / "nowhere", {})


def test_state_lives_in_the_knowledge_base(tmp_path):
    settings = Settings.resolve(tmp_path, {})

    assert settings.state == tmp_path / ".diplograph"
    assert not settings.read_only


def test_state_of_an_unwritable_knowledge_base_lives_in_the_cache(tmp_path, monkeypatch):
    monkeypatch.setattr("diplograph.settings.os.access", lambda *_: False)

    settings = Settings.resolve(tmp_path, {})

    assert settings.read_only
    assert tmp_path not in settings.state.parents


def test_overrides_count_unless_they_are_none(tmp_path):
    settings = Settings.resolve(tmp_path, {}, port=9000, timeout=None)

    assert (settings.port, settings.timeout) == (9000, 10.0)


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"host": "::1", "port": 81}, "http://[::1]:81"),
        ({"base_url": "https://example.org/kg/"}, "https://example.org/kg"),
    ],
)
def test_the_public_url_comes_from_settings_alone(tmp_path, given, url):
    assert Settings.resolve(tmp_path, {}, **given).public_url == url


def test_sources_are_named_by_the_environment(tmp_path):
    assert Settings.resolve(tmp_path, {"DIPLOGRAPH_SOURCES": "/texts"}).sources == Path("/texts")
    assert Settings.resolve(tmp_path, {}).sources is None


def test_the_project_is_at_home_where_the_environment_says(tmp_path):
    named = {"DIPLOGRAPH_PROJECT_URL": "https://example.org/diplograph"}
    assert Settings.resolve(tmp_path, named).project_url == "https://example.org/diplograph"
    assert Settings.resolve(tmp_path, {}).project_url is None


def test_settings_do_not_change(tmp_path):
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings.resolve(tmp_path, {}).port = 1
