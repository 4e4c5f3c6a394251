#!/usr/bin/env python3
"""`v6 price`: its values against other people's formulas, its tables byte for byte, and what it
answers to bad input, closed pipes, full disks and millions of rows.
"""

import sys
import tempfile
from pathlib import Path

from desk import Desk
from e2e_kit import V6, finish
from one_option import american, one_option, rates
from refusals import refusals
from streams import files, pipes, streaming
from tables import tables

CHECKS = (one_option, american, rates, tables, refusals, files, pipes, streaming)


def main():
    v6 = V6(*sys.argv[1:3])
    with tempfile.TemporaryDirectory() as name:
        desk = Desk(v6, Path(name))
        for check in CHECKS:
            check(desk)
        finish(desk.wrong, f"{desk.calls} calls of v6 price answered as they should")


main()
