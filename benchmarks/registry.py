"""How long it takes to list 100,000 tags from a registry on loopback, beside fetching the same pages and no more.

Run: python benchmarks/registry.py [NUMBER OF TAGS]. Prints the best of three runs, its ratio to that floor (the
goal is below 8), and how long eight repositories take at once.
"""

from __future__ import annotations

import http.client
import http.server
import json
import sys
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from fluxmark.image import parse
from fluxmark.registry import Request, list_all, list_tags

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = 1000


def best_of_three(work: Callable[[], object]) -> float:
    """Return the shortest time of three runs, in seconds."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def serve(count: int) -> http.server.ThreadingHTTPServer:
    """Start a registry with `count` tags, whose pages are made beforehand."""
    tags = [f"main-{number:07x}-{1_700_000_000 + number}" for number in range(count)]
    pages = [json.dumps({"name": "app", "tags": tags[at : at + PAGE]}).encode() for at in range(0, count, PAGE)]

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # or each page waits 40 ms for an acknowledgement

        def do_GET(self) -> None:
            number = int(parse_qs(urlsplit(self.path).query).get("last", ["0"])[0])
            self.send_response(200)
            self.send_header("Content-Length", str(len(pages[number])))
            if number + 1 < len(pages):
                self.send_header("Link", f'</v2/app/tags/list?n={PAGE}&last={number + 1}>; rel="next"')
            self.end_headers()
            self.wfile.write(pages[number])

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def floor(port: int, pages: int) -> None:
    """Fetch all pages over one connection, and read their JSON."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for number in range(pages):
        connection.request("GET", f"/v2/app/tags/list?n={PAGE}&last={number}")
        json.loads(connection.getresponse().read())
    connection.close()


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    server = serve(count)
    request = Request(parse(f"127.0.0.1:{server.server_port}/app"), insecure=True)
    assert len(list_tags(request)) == count
    least = best_of_three(lambda: floor(server.server_port, -(-count // PAGE)))
    taken = best_of_three(lambda: list_tags(request))
    eight = best_of_three(lambda: list_all([request] * 8))
    server.shutdown()
    server.server_close()
    print(f"{count:,} tags: {taken:.3f} s, {taken / least:.1f} times the floor of {least:.3f} s")
    print(f"8 x {count:,} tags at once: {eight:.3f} s")


if __name__ == "__main__":
    main()
