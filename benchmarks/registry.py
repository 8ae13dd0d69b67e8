"""How long it takes to list tags from a registry on loopback, beside fetching the same pages and no more.

Run: python benchmarks/registry.py [NUMBER OF TAGS]. Prints the best of five runs and its ratio to that floor: for
100,000 tags of one repository (the goal is below 8), and for 200 repositories with 1,000 tags each (below 3). The
registry is a process of its own.
"""

from __future__ import annotations

import http.client
import http.server
import json
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from fluxmark.image import parse
from fluxmark.registry import Request, list_all, list_tags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PAGE = 1000
REPOSITORIES = 200


def best_of_five(work: Callable[[], object]) -> float:
    """Return the shortest time of five runs, in seconds."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def serve(count: int) -> None:
    """Be a registry with `count` tags in `app` and 1,000 in any other repository.

    Its pages are made beforehand.
    """
    tags = [f"main-{number:07x}-{1_700_000_000 + number}" for number in range(count)]
    pages = [json.dumps({"name": "app", "tags": tags[at : at + PAGE]}).encode() for at in range(0, count, PAGE)]

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # or each page waits 40 ms for an acknowledgement

        def handle(self) -> None:
            if self.request.recv(1, socket.MSG_PEEK) != b"\x16":  # TLS is refused at once, as registries do
                super().handle()

        def do_GET(self) -> None:
            number = int(parse_qs(urlsplit(self.path).query).get("last", ["0"])[0])
            body = b"{}" if self.path == "/v2/" else pages[number]
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            if self.path.startswith("/v2/app/") and number + 1 < len(pages):
                self.send_header("Link", f'</v2/app/tags/list?n={PAGE}&last={number + 1}>; rel="next"')
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


def floor(port: int, targets: Iterable[str]) -> None:
    """Fetch pages over one connection, and read their JSON."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for target in targets:
        connection.request("GET", target)
        json.loads(connection.getresponse().read())
    connection.close()


def main() -> None:
    """Measure and print."""
    if sys.argv[1:2] == ["serve"]:
        serve(int(sys.argv[2]))
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    command = [sys.executable, __file__, "serve", str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            measure(int(server.stdout.readline()), count)
        finally:
            server.kill()


def measure(port: int, count: int) -> None:
    """Measure one repository with many tags, and many repositories."""
    one = Request(parse(f"127.0.0.1:{port}/app"), insecure=True)
    assert len(list_tags(one)) == count
    pages = [f"/v2/app/tags/list?n={PAGE}&last={number}" for number in range(-(-count // PAGE))]
    show(f"{count:,} tags", best_of_five(lambda: list_tags(one)), best_of_five(lambda: floor(port, pages)))

    many = [Request(parse(f"127.0.0.1:{port}/app{number}"), insecure=True) for number in range(REPOSITORIES)]
    assert all(len(listing.tags) == min(count, PAGE) for listing in list_all(many))
    pages = [f"/v2/app{number}/tags/list?n={PAGE}" for number in range(REPOSITORIES)]
    what = f"{REPOSITORIES} repositories with {min(count, PAGE):,} tags"
    show(what, best_of_five(lambda: list_all(many)), best_of_five(lambda: floor(port, pages)))


def show(what: str, taken: float, least: float) -> None:
    """Print one row."""
    print(f"{what}: {taken:.3f} s, {taken / least:.1f} times the floor of {least:.3f} s")


if __name__ == "__main__":
    main()
