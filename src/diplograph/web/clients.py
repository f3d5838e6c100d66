"""Who asks: the address that limits are counted for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

from flask import Flask, request

from diplograph.engine.admission import CLIENT
from diplograph.settings import Settings

NETWORK_OF_A_SITE = 64
"""Bits that a site does not choose for itself in IPv6."""


def install(app: Flask, settings: Settings) -> None:
    """Let the engine know, for every request, whose work it does."""

    @app.before_request
    def note() -> None:
        hops = request.environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
        address = last_untrusted(request.remote_addr or "", hops, settings.trusted_proxies)
        CLIENT.set(client(address, limit_loopback=settings.limit_loopback))


def last_untrusted(peer: str, hops: Sequence[str], trusted: int) -> str:
    """The address that the outermost of so many trusted proxies saw; without proxies the peer's.

    Each proxy adds the address that it was asked from at the end, so what stands before was not seen by
    any of them. With fewer entries than proxies the first counts.
    """
    named = [hop.strip() for hop in hops if hop.strip()]
    if not trusted or not named:
        return peer
    return named[-trusted] if trusted <= len(named) else named[0]


@lru_cache(maxsize=1024)
def client(address: str, *, limit_loopback: bool) -> str | None:
    """The name of a client's account, None for one without limits; a network of IPv6 is one client."""
    found = _parsed(address)
    if found is None:
        return address[:64]
    if found.is_loopback and not limit_loopback:
        return None
    if isinstance(found, IPv6Address):
        return str(IPv6Address(int(found) >> NETWORK_OF_A_SITE << NETWORK_OF_A_SITE))
    return str(found)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    """The address without the port that some proxies add, an IPv4 address in IPv6 as itself."""
    if address.startswith("["):
        address = address[1:].partition("]")[0]
    elif address.count(":") == 1:
        address = address.partition(":")[0]
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
