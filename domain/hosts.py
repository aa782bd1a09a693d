"""Hosts of addresses, by their name or number alone; nobody is asked."""

from ipaddress import IPv4Address, IPv6Address, ip_address

THIS_MACHINE = "localhost"


def number_of(host: str) -> IPv4Address | IPv6Address | None:
    """The address that ``host`` is; None where it is a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine, which nobody else can reach by it."""
    return host == THIS_MACHINE or is_loopback_number(host)


def is_loopback_number(host: str) -> bool:
    """Whether ``host`` is an address of this machine: what a caller says of itself is not believed by a name."""
    number = number_of(host)
    return number is not None and number.is_loopback
