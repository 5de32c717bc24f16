"""A lean feed server on loopback, in a process of its own: feeds of 30 long items.

`python -m bench.feed_server N` prints one line of JSON, the addresses of N feeds spread over
many loopback hosts, and serves them until its standard input closes. It answers conditional
requests with 304, and keeps connections.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys

ITEMS = 30
HOSTS = 50
VARIANTS = 8
MARK = b"@FEED@"
_WORDS = (  # noqa: SIM905 - a list of words reads better as words
    "rare earth magnet neodymium dysprosium export China licence mine refinery the of and to in for"
    " a is was on that supply separation plant oxide price tonne contract production output company"
    " said year quarter government policy ministry"
).split()


def feed(variant: int) -> bytes:
    """A feed of `ITEMS` items with 4 to 10 kB of content each; `MARK` stands for its number."""
    chance = random.Random(variant)
    items = "".join(_item(chance, number) for number in range(ITEMS))
    head = (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        "<title>Feed @FEED@</title><link>https://feed@FEED@.example/</link>"
    )
    return f"{head}{items}</channel></rss>".encode()


def _item(chance: random.Random, number: int) -> str:
    size = chance.randint(4_000, 10_000)
    paragraphs: list[str] = []
    while sum(map(len, paragraphs)) < size:
        words = " ".join(chance.choices(_WORDS, k=60))
        paragraphs.append(
            f'<p>{words} <a href="/x/{number}?a=1&amp;b=2">more</a> <strong>bold</strong>.'
            f' <img src="/i/{number}.png" alt="x"/></p>'
        )
    title = " ".join(chance.choices(_WORDS, k=8))
    return (
        f"<item><title>{title} @FEED@ {number}</title>"
        f"<link>https://feed@FEED@.example/{number}</link>"
        f'<guid isPermaLink="false">@FEED@-{number}</guid>'
        f"<pubDate>Tue, 24 Nov 2026 06:{number:02d}:00 +0000</pubDate>"
        f"<description>{words}</description>"
        f"<content:encoded><![CDATA[{''.join(paragraphs)}]]></content:encoded></item>"
    )


async def _answer(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, variants: list[bytes]
) -> None:
    try:
        while request := await reader.readuntil(b"\r\n\r\n"):
            number = request.split(b" ", 2)[1].removeprefix(b"/")
            if b"if-none-match:" in request.lower():
                writer.write(b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n')
            else:
                body = variants[int(number) % len(variants)].replace(MARK, number)
                writer.write(
                    b'HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nETag: "1"\r\n'
                    b"Content-Length: %d\r\n\r\n" % len(body)
                )
                writer.write(body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def _serve(count: int) -> None:
    variants = [feed(variant) for variant in range(VARIANTS)]
    servers = [
        await asyncio.start_server(
            lambda reader, writer: _answer(reader, writer, variants), f"127.0.0.{place}", 0
        )
        for place in range(1, min(HOSTS, count) + 1)
    ]
    places = [server.sockets[0].getsockname() for server in servers]
    urls = []
    for number in range(count):
        host, port = places[number % len(places)]
        urls.append(f"http://{host}:{port}/{number}")
    print(json.dumps(urls), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    for server in servers:
        server.close()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
