"""What the client programs share: problems are collected, one line each, and printed at the end."""

import os
import sys
import traceback

problems = []


class GiveUp(Exception):
    """Nothing that follows would make sense."""


def expect(condition, text):
    if not condition:
        problems.append(text)
    return condition


def demand(condition, text):
    if not expect(condition, text):
        raise GiveUp


def run(first, again):
    """PROGRAM PORT first|again. Ends the process with its threads, whatever they wait for."""
    try:
        {"first": first, "again": again}[sys.argv[2]](int(sys.argv[1]))
    except GiveUp:
        pass
    except BaseException:
        problems.append(traceback.format_exc())
    print("\n".join(problems), end="", flush=True)
    sys.stderr.flush()
    os._exit(1 if problems else 0)
