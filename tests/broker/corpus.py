"""Addresses that a thief would like to have called: more than three hundred, each of its own kind or place."""

from ipaddress import IPv4Address, IPv6Address, ip_network

# Networks of version 4 that are nobody's public ones; their first, a middle and their last address are tried.
NETWORKS_4 = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32",
)  # fmt: skip
NETWORKS_6 = (
    "::/128", "::1/128", "::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32",
    "2001:2::/48", "2001:10::/28", "2001:20::/28", "2001:db8::/32", "2002::/16", "3fff::/20", "3ffe::/16", "4000::/3",
    "5f00::/16", "fc00::/7", "fd00::/8", "fe80::/10", "fec0::/10", "ff00::/8", "ff02::/16", "ff0e::/16",
)  # fmt: skip
# Places that answer with keys of the machine, its neighbours, its services.
NAMED = (
    "169.254.169.254", "169.254.170.2", "169.254.169.253", "100.100.100.200", "192.0.0.192", "fd00:ec2::254",
    "fd20:ce::254", "127.0.0.53", "127.1.1.1", "10.96.0.1", "10.0.0.2", "172.17.0.1", "172.31.255.254", "192.168.0.1",
    "192.168.1.1", "192.168.65.2", "192.168.99.100", "fe80::1", "fe80::1%eth0", "fe80::a9fe:a9fe",
    "::ffff:169.254.169.254",
)  # fmt: skip
# Written in ways that some parsers take for an address and others for a name.
WRITTEN = (
    "", " ", "0", "1", "127.1", "127.0.1", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "2130706433", "017700000001",
    "127.0.0.1.", "127.0.0.1:80", "127.0.0.1/8", "[::1]", "[::]", "::1%lo", "①②⑦.⓪.⓪.①", "127。0。0。1", "localhost",
    "LOCALHOST", "localhost.localdomain", "0.0.0.0.0", "256.256.256.256", "1.2.3", "1.2.3.4.5", "-1", "1e3", "0x",
    "::g", "12345::", ":::", "::ffff:127.1", "127.0.0.01", "127.00.0.1", "8.8.8.8\n", "8.8.8.8 ", " 8.8.8.8",
    "8.8.8.8\0", "٨.٨.٨.٨",
)  # fmt: skip


def inner() -> list[str]:
    """Addresses of version 4 that are wrapped into version 6 in every way there is."""
    wrapped = []
    for text in (
        "127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "192.168.1.1",
        "172.16.0.1",
        "100.64.0.1",
        "0.0.0.0",
        "8.8.8.8",
    ):
        number = int(IPv4Address(text))
        wrapped += [
            str(IPv6Address(value))
            for value in (
                number,
                0xFFFF << 32 | number,
                0x64FF9B << 96 | number,
                0x64FF9B0001 << 80 | number,
                0x2002 << 112 | number << 80,
                0x2002 << 112 | number << 80 | 1,
                0x20010000 << 96 | (number ^ 0xFFFFFFFF),
                0xFFFF << 48 | number,
                0xFE80 << 112 | 0x5EFE << 32 | number,
                0x20010DB8 << 96 | number,
            )
        ]
    return wrapped


def corpus() -> list[str]:
    """All of them, each once."""
    found: list[str] = [*NAMED, *WRITTEN, *inner()]
    for text in (*NETWORKS_4, *NETWORKS_6):
        network = ip_network(text)
        first, last = int(network.network_address), int(network.broadcast_address)
        make = IPv4Address if network.version == 4 else IPv6Address
        found += [str(make(first + (last - first) * part // 6)) for part in range(7)]
    return list(dict.fromkeys(found))


PUBLIC = (
    "8.8.8.8", "1.1.1.1", "104.16.0.1", "13.110.0.1", "172.32.0.1", "192.0.66.1", "198.20.0.1", "223.255.255.254",
    "2606:4700::1111", "2001:4860:4860::8888", "2a00:1450:4001::1",
)  # fmt: skip
