"""What the client programs share: problems are collected, one line each, and printed."""

import atexit
import sys

problems = []


def expect(condition, text):
    if not condition:
        problems.append(text)
    return condition


def demand(condition, text):
    """Without this nothing that follows makes sense."""
    if not expect(condition, text):
        sys.exit(1)


atexit.register(lambda: print("\n".join(problems)) if problems else None)
