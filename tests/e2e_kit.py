"""What the end-to-end tests share: running `v6`, reading what it wrote, and a copy of the data.

Every test is `SCRIPT V6 ROOT`; it prints one line when all is well, else every problem it found.
By hand: PYTHONPATH=tests python3 -B tests/accounting/accounting.py build/release/v6 .
"""

import csv
import functools
import gzip
import json
import os
import pathlib
import shutil
import subprocess
import sys
from decimal import Decimal

RECORDS = ("decisions.jsonl", "orders.jsonl", "fills.jsonl", "structures.jsonl", "equity.csv")
PROMISED = ("summary.json", *RECORDS, "journal.db", "report.html")
FIRST, LAST = "2019-04-25", "2019-07-03"
RULES = (
    "catastrophe assignment_risk time_exit stop_loss single_leg_exit trailing_stop vix_exit "
    "take_profit delta_risk gamma_risk iv_crush dte_roll portfolio_limits"
).split()
NO_EXITS = [f"--set=exits.{rule}.enabled=false" for rule in RULES]


class V6:
    """The program under test, away from the settings and the locale of whoever runs the test."""

    def __init__(self, binary, root):
        self.binary = pathlib.Path(binary).resolve()
        self.root = pathlib.Path(root).resolve()
        self.chains = self.root / "data/spx-eod-2019"
        self.reference = self.root / "data/reference"

    def command(self, *arguments):
        return [str(word) for word in (self.binary, *arguments)]

    def environment(self, **changes):
        kept = {k: v for k, v in os.environ.items() if not k.startswith("XDG_")}
        return kept | {"HOME": "/nonexistent", "LC_ALL": "C", "NO_COLOR": "1"} | changes

    def __call__(self, *arguments, env=(), **popen):
        return subprocess.run(
            self.command(*arguments),
            env=self.environment(**dict(env)),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=300,
            **popen,
        )

    def backtest_arguments(self, out, *more, chains=None, reference=None, start=FIRST, end=LAST):
        return [
            *("backtest", "--chains", chains or self.chains, "--underlying", "SPX"),
            *("--root", "SPXW", "--reference", reference or self.reference),
            *("--from", start, "--to", end, "--out", out, *more),
        ]

    def backtest(self, out, *more, env=(), cwd=None, **folders):
        """A backtest that must succeed; the folder it wrote."""
        done = self(*self.backtest_arguments(out, *more, **folders), env=env, cwd=cwd)
        if done.returncode != 0:
            sys.exit(f"backtest {more} ended with {done.returncode}: {done.stderr.strip()}")
        return Outputs(out)


class Outputs:
    """The files of one run, each read once. Numbers with a point become Decimal, never float."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def lines(self, name):
        return (self.folder / name).read_text().splitlines()

    def _objects(self, name):
        return [json.loads(line, parse_float=Decimal) for line in self.lines(name)]

    @functools.cached_property
    def summary(self):
        return json.loads((self.folder / "summary.json").read_text(), parse_float=Decimal)

    decisions = functools.cached_property(lambda self: self._objects("decisions.jsonl"))
    orders = functools.cached_property(lambda self: self._objects("orders.jsonl"))
    fills = functools.cached_property(lambda self: self._objects("fills.jsonl"))
    structures = functools.cached_property(lambda self: self._objects("structures.jsonl"))
    equity = functools.cached_property(lambda self: list(csv.DictReader(self.lines("equity.csv"))))


def standing(folder):
    """Files of the promised set that stand in a folder; there may be no folder."""
    return [name for name in PROMISED if (pathlib.Path(folder) / name).exists()]


def chain_file(folder, day):
    return pathlib.Path(folder) / f"SPX_{day.replace('-', '')}.csv.gz"


def chain_days(folder):
    names = sorted(path.name for path in pathlib.Path(folder).glob("SPX_*.csv.gz"))
    return [f"{name[4:8]}-{name[8:10]}-{name[10:12]}" for name in names]


def read_chain(path):
    """The lines of a chain file, the heading first."""
    with gzip.open(path, "rt", newline="") as file:
        return file.read().splitlines()


def write_chain(path, lines):
    path.unlink(missing_ok=True)
    with gzip.open(path, "wt", newline="", compresslevel=1) as file:
        file.write("\n".join(lines) + "\n")


def chain_copy(source, target, days):
    """A folder with some days of another; write_chain replaces one without touching the other."""
    target = pathlib.Path(target)
    target.mkdir(parents=True, exist_ok=True)
    for day in days:
        chain_file(target, day).symlink_to(chain_file(source, day))
    return target


def reference_copy(source, target, **edits):
    """A reference folder of its own; edits are {file stem: function of its lines}."""
    shutil.copytree(source, target)
    for path in pathlib.Path(target).rglob("*"):
        if path.stem in edits:
            path.write_text("\n".join(edits[path.stem](path.read_text().splitlines())) + "\n")
    return target


def finish(problems, summary):
    for problem in problems:
        print(problem)
    if problems:
        sys.exit(f"{len(problems)} problem(s)")
    print(summary)
