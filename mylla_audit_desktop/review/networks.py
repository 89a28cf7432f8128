"""Networks: what counts as the same place, and when an actor is at a new one."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_interface,
    ip_network,
)

from mylla_audit_desktop.log.instant import Instant

# A network is new only to an actor with this many entries before.
FEWEST_EARLIER_ENTRIES = 20
LOOK_BACK_DAYS = 90
LOOK_BACK = LOOK_BACK_DAYS * 86_400_000_000  # microseconds

_IPV4_LENGTH = 24
_IPV6_LENGTH = 48
# `::ffff:0.0.0.0/96` holds the IPv4 addresses.
_MAPPED_LENGTH = 96

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class NetworkHistory:
    """What the actor did before an entry, in the order of time and id.

    earlier_entries: how many entries; counting may stop at FEWEST_EARLIER_ENTRIES.
    last_used: the latest entry from the same network; None where there is none, or none
    in the 90 days before.
    """

    earlier_entries: int
    last_used: Instant | None


@lru_cache(maxsize=65_536)
def network_of(address: str | None) -> str | None:
    """The network that an address counts for, as text; None where there is no address.

    IPv4 by /24, IPv6 by /48, a mapped IPv4 as that IPv4. What is no single address but a
    wider network, or cannot be read (`010.0.0.1`), stands for itself.
    """
    if not address:
        return None
    plain = _plain_address(address)
    if plain is None:
        return address
    if isinstance(plain, IPv4Address):
        return str(IPv4Network((int(plain), _IPV4_LENGTH), strict=False))
    return str(IPv6Network((int(plain), _IPV6_LENGTH), strict=False))


def is_readable(address: str) -> bool:
    """Whether a text is an address or a network."""
    try:
        ip_interface(address)
    except ValueError:
        return False
    return True


def read_networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """The trusted networks of a policy; a mapped IPv4 network counts as that IPv4 one."""
    return tuple(_unmapped(ip_network(text, strict=False)) for text in texts)


def is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    """Whether an address lies in one of the networks."""
    plain = _plain_address(address)
    return plain is not None and any(plain in network for network in trusted)


def is_new_network(
    address: str | None, at: Instant, history: NetworkHistory, trusted: Sequence[Network]
) -> bool:
    """Whether an entry comes from a network that the actor had not used in the 90 days before.

    Exactly 90 days before still counts as used. Never from a trusted network, and never
    before the actor has 20 earlier entries.
    """
    if not address or history.earlier_entries < FEWEST_EARLIER_ENTRIES:
        return False
    if is_trusted(address, trusted):
        return False
    last = history.last_used
    return last is None or last.microseconds < at.microseconds - LOOK_BACK


def _plain_address(text: str) -> IPv4Address | IPv6Address | None:
    """The address of a text, if it is one or is no wider than the network it counts for."""
    try:
        interface = ip_interface(text)
    except ValueError:
        return None
    address, length = interface.ip, interface.network.prefixlen
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        if mapped is not None:
            return mapped if length >= _MAPPED_LENGTH + _IPV4_LENGTH else None
        # Without the zone index, which says nothing of the place.
        return IPv6Address(int(address)) if length >= _IPV6_LENGTH else None
    return address if length >= _IPV4_LENGTH else None


def _unmapped(network: Network) -> Network:
    if isinstance(network, IPv6Network) and network.prefixlen >= _MAPPED_LENGTH:
        mapped = network.network_address.ipv4_mapped
        if mapped is not None:
            return IPv4Network((int(mapped), network.prefixlen - _MAPPED_LENGTH))
    return network
