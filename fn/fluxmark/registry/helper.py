"""Credential helpers: the programs that docker's configuration names.

Protocol: https://github.com/docker/docker-credential-helpers (the server's name on standard input, JSON on
standard output). What a helper prints when it fails is not passed on: nobody knows what it holds.
"""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Final

from fluxmark.registry import go_json
from fluxmark.registry.login import Login

if TYPE_CHECKING:
    import subprocess

TIMEOUT: Final = 30
"""Seconds: a helper may ask a cloud for a token, but nobody answers a question here."""

MAX_OUTPUT: Final = 1 << 20
"""Bytes that a helper may print."""

_ALPHANUMERIC: Final = frozenset(string.ascii_letters + string.digits + "_")


def ask(name: str, server: str) -> tuple[Login | None, str]:
    """Ask `docker-credential-<name>` for the login of a server; also return why there is none, '' if it has
    none.
    """
    program = f"docker-credential-{name}"
    if not _is_program(name):
        return None, f"docker's configuration names a credential helper {name!r}, which is not a program's name"
    try:
        status, output = _run([program, "get"], server.encode())
    except FileNotFoundError:
        return None, f"{program}, which docker's configuration names, is not installed"
    except OSError as error:
        return None, f"{program} failed: {error.strerror}"
    if len(output) > MAX_OUTPUT:
        return None, f"{program} printed more than {MAX_OUTPUT >> 20} MiB"
    if status is None:
        return None, f"{program} did not answer within {TIMEOUT} s"
    if status:
        missing = b"credentials not found" in output
        return None, "" if missing else f"{program} failed with exit status {status}"
    login = _login(output)
    return login, "" if login else f"{program} answered with something that is not a login"


def _is_program(name: str) -> bool:
    return bool(name) and name[0] in _ALPHANUMERIC and _ALPHANUMERIC.union("_.-").issuperset(name)


def _run(command: list[str], question: bytes) -> tuple[int | None, bytes]:
    """Run a helper; return its exit status, None if it was stopped, and no more output than it may print."""
    import subprocess
    import threading
    from contextlib import suppress

    stopped = threading.Event()
    with subprocess.Popen(  # noqa: S603  the program is the user's choice, without a shell
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # so that what it starts ends with it
    ) as process:

        def stop() -> None:
            stopped.set()
            _kill(process)

        assert process.stdin is not None
        assert process.stdout is not None
        timer = threading.Timer(TIMEOUT, stop)
        timer.start()
        try:
            with suppress(BrokenPipeError):  # it may need no name
                process.stdin.write(question)
                process.stdin.close()
            output = process.stdout.read(MAX_OUTPUT + 1)
            if len(output) > MAX_OUTPUT:
                stop()
            status = process.wait()
        except BaseException:
            stop()
            raise
        finally:
            timer.cancel()
    return None if stopped.is_set() else status, output


def _kill(process: subprocess.Popen[bytes]) -> None:
    import os
    import signal
    from contextlib import suppress

    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _login(output: bytes) -> Login | None:
    try:
        answer = go_json.whole(output)
        if not isinstance(answer, go_json.Object):
            return None
        username, secret = answer.text("Username", "Username"), answer.text("Secret", "Secret")
    except go_json.GoJSONError:
        return None
    if not secret:
        return None
    return Login(identity_token=secret) if username == "<token>" else Login(username, secret)
