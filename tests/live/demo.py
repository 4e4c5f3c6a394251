#!/usr/bin/env python3
"""`v6 demo`: a day over a loopback socket ends with the files of a backtest, and its journal proves
itself.
"""

import json
import pathlib
import sys
import tempfile

from e2e_kit import PROMISED, V6, finish

v6 = V6(*sys.argv[1:3])
problems = []


def expect(condition, text):
    if not condition:
        problems.append(text)


def demo(out, *more):
    return v6(
        *("demo", "--days", 1, "--from", "2019-04-25", "--chains", v6.chains),
        *("--reference", v6.reference, "--out", out, "--json", *more),
    )


with tempfile.TemporaryDirectory() as name:
    out = pathlib.Path(name) / "out"
    done = demo(out)
    expect(done.returncode == 0, f"demo ends with {done.returncode}: {done.stderr[-2000:]}")
    for file in PROMISED:
        expect((out / file).is_file(), f"demo does not write {file}")
    summary = json.loads(done.stdout)
    expect(summary["entries"] >= 1, f"nothing was opened: {summary['entries']} entries")
    expect("opened" in done.stderr, "piped, it must tell what happens in lines")
    expect("\x1b" not in done.stderr, "piped, it must not draw")
    replayed = v6("replay", out / "journal.db")
    expect(replayed.returncode == 0, f"its journal does not replay: {replayed.stdout}")
    again = demo(pathlib.Path(name) / "again")
    digest = json.loads(again.stdout)["decisions_digest"]
    expect(digest == summary["decisions_digest"], "one seed must give one day")
    bad = v6("demo", "--chains", v6.chains, "--reference", v6.reference, "--from", "2030-01-02")
    expect(bad.returncode == 4 and len(bad.stderr.splitlines()) == 1, f"--from 2030: {bad.stderr}")
finish(problems, "the demo trades a day over a socket and proves it")
