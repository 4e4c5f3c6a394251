#!/usr/bin/env python3
"""Bad calls: each ends with its documented exit code and one line that says what to do about it,
and leaves no file that could be taken for a result.
"""

import sys
import tempfile
from pathlib import Path

from calls import arguments, configuration, reference
from chains import chain_contents, chain_files
from desk import DONE, Desk
from e2e_kit import V6, finish
from journals import journals
from storage import killed, storage

TABLES = (
    chain_contents,
    chain_files,
    arguments,
    reference,
    configuration,
    storage,
    killed,
    journals,
)


def main():
    v6 = V6(*sys.argv[1:3])
    with tempfile.TemporaryDirectory() as name:
        desk = Desk(v6, Path(name))
        desk.backtest("three good days", DONE, "")
        for table in TABLES:
            table(desk)
        finish(desk.wrong, f"{desk.calls} bad calls: told why, left nothing behind")


main()
