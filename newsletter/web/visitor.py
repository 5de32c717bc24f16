"""Who presses a button, as far as it is our business: a network address, and what of it is kept.

The address is the peer's. `X-Forwarded-For` is read only where the peer is one of
`web.trusted_proxies`, from its right end, since each proxy adds the address it saw and whatever
stands further left is the visitor's own invention.
"""

from __future__ import annotations

from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from subscribers.values import Act

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

    from django.http import HttpRequest

    from subscribers.values import How

    _Address = IPv4Address | IPv6Address

_PART = {4: 24, 6: 48}
"""How many bits of an address `signup.network: part` keeps, by version."""
_LONGEST_TRAIL = 2000


def network_of(request: HttpRequest) -> str:
    """The visitor's full network address; empty where the server knows none (a Unix socket)."""
    peer = _read(request.META.get("REMOTE_ADDR", ""))
    if peer is None:
        return ""
    return str(_forwarded(request) or peer if _is_trusted(peer) else peer)


def kept_network(network: str, how_much: str) -> str:
    """What may be kept of a network address: `full`, `part` (as a network), `none`."""
    if not network or how_much == "none":
        return ""
    if how_much == "full":
        return network
    return str(ip_network(f"{network}/{_PART[ip_address(network).version]}", strict=False))


def act_of(request: HttpRequest, how: How, page: str, wording: str = "") -> Act:
    """The circumstances of a visitor's press, with as much of the network as may be kept."""
    config = settings.CONFIG
    network = kept_network(network_of(request), config.signup.network)
    return Act(how, timezone.now().astimezone(config.zone), page, wording, network)


def _forwarded(request: HttpRequest) -> _Address | None:
    """The rightmost hop that is no proxy of ours; None where the trail is broken or only ours."""
    trail = request.META.get("HTTP_X_FORWARDED_FOR", "")[-_LONGEST_TRAIL:]
    for hop in reversed(trail.split(",")):
        address = _read(hop)
        if address is None or not _is_trusted(address):
            return address
    return None


def _read(text: str) -> _Address | None:
    """An address as proxies write it: bare, in brackets, with a port; IPv4 in IPv6 as IPv4."""
    bare = text.strip().strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_trusted(address: _Address) -> bool:
    return any(address in one for one in _networks(settings.CONFIG.web.trusted_proxies))


@cache
def _networks(written: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(one) for one in written)
