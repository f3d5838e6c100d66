"""One report, seven renderings: for people, for programs, for the services that run checks."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from diplograph import media
from diplograph.validation.renderings.github import command, to_github
from diplograph.validation.renderings.html import to_html
from diplograph.validation.renderings.junit import to_junit
from diplograph.validation.renderings.sarif import to_sarif
from diplograph.validation.renderings.text import to_text
from diplograph.validation.renderings.turtle import to_turtle
from diplograph.validation.report import Report

__all__ = ["BY_MEDIA", "RENDERINGS", "command", "to_text", "to_turtle"]

Written = Callable[[Report], str]
RENDERINGS: Mapping[str, Written] = MappingProxyType(
    {
        "text": to_text,
        "json": Report.to_json,
        "github": to_github,
        "sarif": to_sarif,
        "junit": to_junit,
        "html": to_html,
        "turtle": to_turtle,
    }
)
"""What writes a report, by the name of the format."""
BY_MEDIA: Mapping[str, Written] = MappingProxyType(
    {
        media.JSON: Report.to_json,
        media.TEXT: to_text,
        media.TURTLE: to_turtle,
        media.HTML: to_html,
        media.SARIF: to_sarif,
    }
)
"""What writes a report, by media type."""
