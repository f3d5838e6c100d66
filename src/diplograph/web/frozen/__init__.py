"""A release as a static site: `diplograph freeze DIR`."""

from diplograph.web.frozen.site import freeze

__all__ = ["freeze"]
