"""A program of the operator's: JSON on its standard input, JSON on its standard output.

It is started without a shell and without the newsletter's secrets. What it is, a local model or a
paid service, is the operator's.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from typing import TYPE_CHECKING, Any

from newsletter.errors import TemporaryError

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_ANSWER = 20_000_000
"""Bytes of an answer that are read."""

_NEEDED = frozenset(
    (
        *("PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ", "TMPDIR"),
        *("LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV", "SSL_CERT_FILE", "SSL_CERT_DIR"),
        *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    )
)
_NEEDED_BEGINNINGS = ("LC_", "XDG_", "CUDA_")
"""What the program gets of the environment. All else may be a secret: the configuration fills in
any variable where it says `${NAME}`."""


def ask(command: Sequence[str], question: object, *, timeout: float, setting: str) -> Any:  # noqa: ANN401
    """What the program answers, as JSON; None where that is no JSON or too long.

    `timeout` is in seconds; `setting` is the key in the configuration, for messages.

    Raises:
        TemporaryError: it cannot be started, took too long or ended with a code other than 0.
    """
    what, name = setting.partition(".")[0], command[0]
    with tempfile.TemporaryFile() as output:
        try:
            subprocess.run(  # noqa: S603 - the operator's own program, without a shell
                list(command),
                input=json.dumps(question, ensure_ascii=False).encode("utf-8", "replace"),
                stdout=output,
                stderr=subprocess.DEVNULL,
                timeout=timeout,
                check=True,
                env=plain_environment(),
            )
        except subprocess.TimeoutExpired:
            raise TemporaryError(f"{what}: {name} took longer than {timeout:g} s") from None
        except subprocess.CalledProcessError as error:
            raise TemporaryError(f"{what}: {name} ended with code {error.returncode}") from None
        except OSError as error:
            raise TemporaryError(
                f"{what}: {name} cannot be started: {error.strerror}; see `{setting}`"
            ) from None
        output.seek(0)
        return _json(output.read(MAX_ANSWER + 1))


def plain_environment() -> dict[str, str]:
    """What a program needs of the environment to start, without the newsletter's secrets."""
    return {
        name: value
        for name, value in os.environ.items()
        if name.upper() in _NEEDED or name.startswith(_NEEDED_BEGINNINGS)
    }


def _json(answer: bytes) -> Any:  # noqa: ANN401 - whatever the program said
    if len(answer) > MAX_ANSWER:
        return None
    try:
        return json.loads(answer)
    except (ValueError, RecursionError):
        return None
