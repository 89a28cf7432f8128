"""A tiny writer of MaxMind DB 2.0 files (https://maxmind.github.io/MaxMind-DB/), for tests."""

from ipaddress import IPv4Network, ip_network

_POINTERS = 24


def mmdb_bytes(countries: dict[str, object], built: int) -> bytes:
    """A file of IPv4 networks (CIDR) and their records; built: seconds since 1970."""
    nodes: list[list[int | None]] = [[None, None]]
    data = b""
    leaves: list[tuple[int, int, int]] = []
    for text, record in countries.items():
        network = ip_network(text)
        assert isinstance(network, IPv4Network)
        place = 0
        bits = f"{int(network.network_address):032b}"[: network.prefixlen]
        for bit in bits[:-1]:
            following = nodes[place][int(bit)]
            if following is None:
                nodes.append([None, None])
                following = nodes[place][int(bit)] = len(nodes) - 1
            place = following
        leaves.append((place, int(bits[-1]), len(data)))
        data += _encoded(record)
    count = len(nodes)
    for place, side, offset in leaves:
        nodes[place][side] = count + 16 + offset
    tree = b"".join(
        (count if value is None else value).to_bytes(3, "big") for node in nodes for value in node
    )
    about = {
        "binary_format_major_version": 2,
        "binary_format_minor_version": 0,
        "build_epoch": built,
        "database_type": "Test-Country",
        "description": {},
        "ip_version": 4,
        "languages": [],
        "node_count": count,
        "record_size": _POINTERS,
    }
    return tree + b"\0" * 16 + data + b"\xab\xcd\xefMaxMind.com" + _encoded(about)


def _encoded(value: object) -> bytes:
    if isinstance(value, str):
        raw = value.encode()
        return bytes([2 << 5 | len(raw)]) + raw
    if isinstance(value, dict):
        inner = b"".join(_encoded(key) + _encoded(item) for key, item in value.items())
        return bytes([7 << 5 | len(value)]) + inner
    if isinstance(value, list):
        return bytes([len(value), 11 - 7]) + b"".join(map(_encoded, value))
    assert isinstance(value, int)
    raw = value.to_bytes(4, "big")
    return bytes([6 << 5 | 4]) + raw
