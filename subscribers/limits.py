"""What a sign-up counts against: its mailbox, its domain, its network. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_interface, ip_network

_PREFIX = {4: 24, 6: 48}  # bits: what one customer or one office usually has
_DOTLESS = frozenset({"gmail.com", "googlemail.com"})  # support.google.com/mail/answer/7436150
_LARGE = frozenset(
    {
        *("gmail.com", "googlemail.com", "icloud.com", "me.com", "mac.com", "msn.com", "aol.com"),
        *("proton.me", "protonmail.com", "pm.me", "fastmail.com", "zoho.com", "mail.com"),
        *("qq.com", "foxmail.com", "163.com", "126.com", "yeah.net", "sina.com", "sohu.com"),
        *("web.de", "t-online.de", "freenet.de", "posteo.de", "mailbox.org", "bluewin.ch"),
        *("orange.fr", "free.fr", "laposte.net", "libero.it", "comcast.net", "btinternet.com"),
        *("mail.ru", "yandex.ru", "yandex.com", "naver.com", "daum.net", "hanmail.net"),
        *("docomo.ne.jp", "ezweb.ne.jp", "softbank.ne.jp", "rediffmail.com", "uol.com.br"),
    }
)
_LARGE_IN_MANY_COUNTRIES = re.compile(
    r"(yahoo|ymail|hotmail|live|outlook|gmx)\.(com?\.)?[a-z]{2,3}"
)


@dataclass(frozen=True)
class Budgets:
    """How many sign-ups are looked at, by whom they are for, where they come from, and in all."""

    per_address_day: int = 1
    per_address_month: int = 3
    per_domain_hour: int = 20
    per_large_domain_hour: int = 200
    per_network_hour: int = 10
    per_hour: int = 300

    def of_domain(self, domain: str) -> int:
        """How many an hour for the addresses of one domain."""
        return self.per_large_domain_hour if is_large(domain) else self.per_domain_hour


def mailbox_of(normal: str) -> str:
    """The mailbox that a normal address most likely leads to, whatever alias it is written with.

    Only for counting: some providers take `ann+news` and `ann` for two people.
    """
    local, _, domain = normal.lower().rpartition("@")
    plain = local.partition("+")[0] or local
    return f"{plain.replace('.', '') if domain in _DOTLESS else plain}@{domain}"


def domain_of(normal: str) -> str:
    """What stands after the @."""
    return normal.rpartition("@")[2].lower()


def is_large(domain: str) -> bool:
    """True for providers whose domain many strangers share."""
    return domain in _LARGE or _LARGE_IN_MANY_COUNTRIES.fullmatch(domain) is not None


def neighbourhood_of(network: str) -> str:
    """The /24 or /48 that a network address lies in; any other text stands for itself."""
    try:
        found = ip_interface(network)
    except ValueError:
        return network
    mapped = found.ip.ipv4_mapped if isinstance(found.ip, IPv6Address) else None
    if mapped:
        return str(ip_network(f"{mapped}/{_PREFIX[4]}", strict=False))
    prefix = min(_PREFIX[found.version], found.network.prefixlen)
    return str(ip_network(f"{str(found.ip).partition('%')[0]}/{prefix}", strict=False))
