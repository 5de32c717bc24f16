"""A program of the operator's: JSON on its standard input, JSON on its standard output.

It is started without a shell. What it is, a local model or a paid service, is the operator's.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from typing import TYPE_CHECKING, Any

from newsletter.errors import TemporaryError

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_ANSWER = 20_000_000
"""Bytes of an answer that are read."""


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


def _json(answer: bytes) -> Any:  # noqa: ANN401 - whatever the program said
    if len(answer) > MAX_ANSWER:
        return None
    try:
        return json.loads(answer)
    except (ValueError, RecursionError):
        return None
