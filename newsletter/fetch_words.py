"""What goes into a request and comes out of an answer: addresses, headers, words for a person."""

from __future__ import annotations

import re
import zlib
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, unquote_to_bytes, urljoin, urlsplit

from newsletter.guard import Origin, StopError, in_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from urllib.parse import SplitResult

_PORTS = {"http": 80, "https": 443}
_MOST_OF_AN_ADDRESS = 8_000
_HOST_CHARS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-._")
_KEPT_IN_PATHS = "/%:@!$&'()*+,;=~[]|^"
_PIECE = 65_536
_MOST_CODINGS = 5
_GZIP_OR_ZLIB = 47
_RAW_DEFLATE = -15
_PLAIN = frozenset(("", "identity", "none", "binary", "utf-8", "utf8", "8bit"))
"""What servers write there for no coding at all."""
_PACKED = frozenset(("gzip", "x-gzip", "deflate"))
_LONGEST_FRESH = 30 * 86_400.0
_LONGEST_WAIT = 7 * 86_400.0
_MOST_OF_A_VALUE = 4_000
_JOINED = frozenset((b"cache-control", b"content-encoding"))
"""Lists, which may come in several lines (RFC 9110, section 5.3); else the first line holds."""

_FIT = re.compile(r"[ -~\x80-\xff]*")
_ADVICE = {
    401: "; it wants a password",
    403: "; it may refuse programs",
    404: "; it has moved or ended",
    410: "; it has ended",
    429: "; we asked too often",
}


@dataclass(frozen=True)
class Address:
    """An address as it goes over the wire: everything in ASCII."""

    scheme: str
    host: str
    port: int
    target: str
    credentials: str = field(default="", repr=False)

    @property
    def origin(self) -> Origin:
        """What tells one connection from another."""
        return self.scheme, self.host, self.port

    @property
    def place(self) -> str:
        """Host and port as the Host header has them (RFC 9110, section 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The same as text, without credentials and fragment."""
        return f"{self.scheme}://{self.place}{self.target}"


def redirected(base: str, location: str) -> str:
    """Where a redirect leads; one that would log us in somewhere is refused."""
    try:
        target = urljoin(base, location.encode("latin-1").decode("utf-8", "replace"))
        has_user = "@" in urlsplit(target).netloc
    except ValueError:
        words = "redirects to something that is not a web address"
        raise StopError(words, is_permanent=True) from None
    if has_user:
        words = "redirects to an address with a user name in it, which is not followed"
        raise StopError(words, is_permanent=True)
    return target


def address_of(url: str, *, is_first: bool = True) -> Address:
    """An address taken apart and put into ASCII (RFC 3986 and, for the host, IDNA)."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _no_address() from None
    if parts.scheme not in _PORTS and parts.scheme:
        words = f'begins with "{parts.scheme[:20]}:"; only http and https are read'
        raise StopError(words, is_permanent=True)
    if not parts.scheme or port == 0 or "\\" in parts.netloc or len(url) > _MOST_OF_AN_ADDRESS:
        raise _no_address()
    target = quote(parts.path or "/", safe=_KEPT_IN_PATHS, errors="replace")
    if parts.query:
        target += "?" + quote(parts.query, safe=_KEPT_IN_PATHS + "?", errors="replace")
    return Address(
        parts.scheme,
        _ascii_host(parts.hostname or ""),
        port or _PORTS[parts.scheme],
        target,
        _basic(parts) if is_first else "",
    )


def _no_address() -> StopError:
    return StopError("is not a web address (http:// or https://)", is_permanent=True)


def _ascii_host(host: str) -> str:
    """A host as DNS has it, without the dot at its end."""
    if ":" in host:
        return host  # urlsplit lets a colon stand only within the brackets of an IPv6 address
    if not host.isascii():
        import idna

        try:
            host = idna.encode(host, uts46=True).decode()
        except (idna.IDNAError, UnicodeError):
            raise _no_address() from None
    host = host.removesuffix(".")
    if not host or not _HOST_CHARS.issuperset(host):
        raise _no_address()
    return host


def _basic(parts: SplitResult) -> str:
    """The Authorization header for the credentials of an address (RFC 7617)."""
    if not parts.username and not parts.password:
        return ""
    pair = unquote_to_bytes(parts.username or "") + b":" + unquote_to_bytes(parts.password or "")
    return "Basic " + b64encode(pair).decode()


def headers_of(raw: Sequence[tuple[bytes, bytes]]) -> dict[bytes, str]:
    """Lower-case name -> value, of what a server sent (RFC 9110, section 5)."""
    found: dict[bytes, bytes] = {}
    for name, value in raw:
        key = name.lower()
        if key not in found:
            found[key] = value
        elif key in _JOINED and len(found[key]) < _MOST_OF_A_VALUE:
            found[key] += b"," + value
    return {key: value.decode("latin-1").strip() for key, value in found.items()}


def fit_value(value: str) -> str:
    """A header's value that can be kept and sent again; empty for one that cannot."""
    return value if len(value) <= _MOST_OF_A_VALUE and _FIT.fullmatch(value) else ""


def fresh_for(headers: Mapping[bytes, str], now: float) -> float:
    """Seconds that an answer stays fresh for a private cache (RFC 9111, section 4.2.1).

    0 where the server says nothing, forbids it or writes nonsense; never more than 30 days.
    `now` (seconds since 1970) stands in for a missing Date.
    """
    parts = [part.partition("=") for part in headers.get(b"cache-control", "").lower().split(",")]
    directives = [(name.strip(), value) for name, _, value in parts]
    if {"no-store", "no-cache"} & {name for name, _ in directives}:
        return 0.0
    ages = [_whole(value) for name, value in directives if name == "max-age"]
    if ages:
        left = min(ages) - max(0.0, _whole(headers.get(b"age", "")))
    else:
        expires = _moment(headers.get(b"expires", ""))
        left = 0.0 if expires is None else expires - _sent_at(headers, now)
    return min(max(left, 0.0), _LONGEST_FRESH)


def retry_after(headers: Mapping[bytes, str], now: float) -> float:
    """Seconds that a server asks us to wait (RFC 9110, section 10.2.3), 0 where it does not.

    Never more than 7 days. `now` (seconds since 1970) stands in for a missing Date.
    """
    value = headers.get(b"retry-after", "")
    moment = _moment(value)
    left = _whole(value) if moment is None else moment - _sent_at(headers, now)
    return min(max(left, 0.0), _LONGEST_WAIT)


def unpacked(chunks: Iterable[bytes], encoding: str, max_bytes: int) -> Iterator[bytes]:
    """A body without its Content-Encoding (RFC 9110, section 8.4), piece by piece.

    No layer gives more than `max_bytes`, nor more than one piece at a time.

    Raises:
        StopError: damaged, cut short, too much, or compressed in a way we did not offer.
    """
    codings = [part.strip().lower() for part in encoding.split(",")]
    codings = [coding for coding in codings if coding not in _PLAIN]
    if len(codings) > _MOST_CODINGS or not _PACKED.issuperset(codings):
        raise StopError("sent data compressed in a way that was not offered (gzip, deflate)")
    for coding in reversed(codings):
        chunks = _inflated(chunks, max_bytes, may_be_raw=coding == "deflate")
    return _bounded(chunks, max_bytes)


def _inflated(chunks: Iterable[bytes], max_bytes: int, *, may_be_raw: bool) -> Iterator[bytes]:
    """One layer undone. gzip may have several members; what follows the last is ignored."""
    unpack: zlib._Decompress | None = None
    head = b""
    try:
        for chunk in _bounded(chunks, max_bytes):
            head += chunk
            while head:
                if unpack is None or unpack.eof:
                    if len(head) < 2:  # noqa: PLR2004 - two bytes tell the format
                        break
                    if unpack is not None and not _is_gzip(head):
                        head = b""
                        break
                    is_raw = may_be_raw and not (_is_gzip(head) or _is_zlib(head))
                    unpack = zlib.decompressobj(_RAW_DEFLATE if is_raw else _GZIP_OR_ZLIB)
                yield unpack.decompress(head, _PIECE)
                head = unpack.unused_data if unpack.eof else unpack.unconsumed_tail
            if unpack and not unpack.eof:
                yield from _rest(unpack)
    except zlib.error as error:
        raise StopError("sent compressed data that is damaged") from error
    if (head and unpack is None) or (unpack and not unpack.eof):
        raise StopError("sent compressed data that is damaged: it ends too early")


def _rest(unpack: zlib._Decompress) -> Iterator[bytes]:
    """What zlib still holds of data that it has taken in whole."""
    while piece := unpack.decompress(b"", _PIECE):
        yield piece


def _bounded(chunks: Iterable[bytes], max_bytes: int) -> Iterator[bytes]:
    count = 0
    for chunk in chunks:
        count += len(chunk)
        if count > max_bytes:
            raise StopError(f"sent more than {in_bytes(max_bytes)}")
        yield chunk


def _is_gzip(head: bytes) -> bool:
    """RFC 1952, section 2.3.1."""
    return head[:2] == b"\x1f\x8b"


def _is_zlib(head: bytes) -> bool:
    """RFC 1950, section 2.2: the method is 8, and the first two bytes are a multiple of 31."""
    return head[0] & 15 == 8 and (head[0] << 8 | head[1]) % 31 == 0  # noqa: PLR2004


def status_words(status: int, wait: float) -> str:
    """What an unwelcome status means; `wait` is what the server asked for, in seconds."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    advice = _ADVICE.get(status, "")
    if wait:
        advice = f"; it asked us to come again in {_long_time(wait)}"
    return f"answered {status} {phrase}".rstrip() + advice


def failure_of(error: Exception) -> StopError:
    """What a failure of the connection or of the protocol means."""
    import httpcore2
    from h2.exceptions import H2Error

    if isinstance(error, httpcore2.ConnectError):
        return _connect_failure(str(error).lower())
    if isinstance(error, httpcore2.ProtocolError | H2Error):
        return StopError("sent an answer that is no proper HTTP, or broke it off")
    if isinstance(error, httpcore2.NetworkError | OSError):
        return StopError("broke off the connection")
    return StopError(f"could not be read ({type(error).__name__})")


def _without_password(rest: str) -> str:
    """What follows `https://`, without a user's name and password, however they are written.

    A password with an unescaped slash, question mark or hash in it ends the host too early: then
    what stands after the host's colon is no port.
    """
    host = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
    port = host.rpartition("]")[2].partition(":")[2]
    is_whole = bool(host) and (not port or port.isdigit())
    return rest if is_whole else rest.rpartition("@")[2]


def place_of(url: str) -> str:
    """Host and path for a message: no scheme, credentials, query or control characters."""
    rest = _without_password(url.split("://", 1)[-1]).split("?", 1)[0].split("#", 1)[0]
    host, slash, path = rest.partition("/")
    shown = host.rsplit("@", 1)[-1] + slash + unquote(path, errors="replace")
    shown = "".join(char if char.isprintable() else "?" for char in shown)
    return shown if len(shown) <= 120 else shown[:119] + "…"  # noqa: PLR2004 - one line


def _connect_failure(text: str) -> StopError:
    if "certificate" in text:
        words = "has a certificate that cannot be trusted; check it in a browser"
        return StopError(words, is_unreachable=True, is_permanent=True)
    if "ssl" in text or "tls" in text:
        return StopError("failed to set up an encrypted connection", is_unreachable=True)
    words = "refused the connection" if "refused" in text else "could not be reached"
    return StopError(words, is_unreachable=True)


def _whole(text: str) -> float:
    """A number of seconds; -1 for what is none. Long ones count as very long."""
    digits = text.strip().strip('"')
    if not (digits.isascii() and digits.isdecimal()):
        return -1.0
    return float(digits[:12]) if len(digits) <= 12 else 1e12  # noqa: PLR2004 - 30,000 years


def _sent_at(headers: Mapping[bytes, str], now: float) -> float:
    date = _moment(headers.get(b"date", ""))
    return now if date is None else date


def _moment(text: str) -> float | None:
    """Seconds since 1970 of an HTTP date in any of its three forms (RFC 9110, section 5.6.7)."""
    if not text or len(text) > 64:  # noqa: PLR2004 - the longest form has 33 characters
        return None
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _long_time(seconds: float) -> str:
    """A wait for a message, in the unit that a person would use."""
    for unit, name in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.0f} {name}"
    return f"{seconds:.0f} s"
