"""The `covey` command, which talks to the chain: this package has no key and sends nothing itself."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from typing import Any, Dict, List, Sequence

from .errors import CoveyError


def run_covey(arguments: Sequence[str]) -> Dict[str, Any]:
    """Runs `covey ARGUMENTS --json` and gives its result; what it says under way goes to stderr.

    The environment variable COVEY_COMMAND names another command, such as `npx covey`.
    """
    command = [*shlex.split(os.environ.get("COVEY_COMMAND", "covey")), *arguments, "--json"]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=sys.stderr, check=False)
    except FileNotFoundError as cause:
        raise CoveyError("NO_COMMAND", f"{command[0]} is not installed", "the command covey (nodes/README.md says how), or COVEY_COMMAND") from cause
    lines = [line for line in done.stdout.decode("utf-8").splitlines() if line.startswith("{")]
    result: Dict[str, Any] = json.loads(lines[-1]) if lines else {}
    if done.returncode == 0 and result:
        return result
    error = result.get("error", {})
    code = error.get("code", "COMMAND_FAILED")
    message = error.get("message", f"covey ended with exit code {done.returncode}")
    raise CoveyError(code, message, error.get("expected"), error.get("got"))


def options_of(options: Dict[str, object]) -> List[str]:
    """Keyword arguments as options: `key_file="node.key"` is `--key-file node.key`, `wait=True` is `--wait`."""
    arguments: List[str] = []
    for name, value in options.items():
        if value is None or value is False:
            continue
        arguments.append(f"--{name.replace('_', '-')}")
        if value is not True:
            arguments.append(str(value))
    return arguments
