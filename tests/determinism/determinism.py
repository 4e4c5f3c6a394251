#!/usr/bin/env python3
"""The same inputs and seed make the same files, wherever and however the program runs."""

import json
import os
import re
import sys
import tempfile
from pathlib import Path

from e2e_kit import PROMISED, RECORDS, V6, Outputs, finish

TIMING = re.compile(r'"timing":\s*\{[^}]*\}')
SURROUNDINGS = {  # changes that no output may show
    "again": {},
    "in Tokyo": {"env": {"TZ": "Asia/Tokyo"}},
    "in German": {"env": {"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"}},
    "on one processor": {
        "preexec_fn": lambda: os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
    },
}


def without_timing(run, name):
    """The bytes of a file; of the measured times nothing but that they stand there."""
    data = (run.folder / name).read_bytes()
    return TIMING.sub("", data.decode()) if name in ("summary.json", "report.html") else data


# covers: I-29
def the_same_everywhere(v6, folder):
    """Runs from a folder of their own with the same command line, so that every byte counts."""
    runs = {}
    for name, surroundings in SURROUNDINGS.items():
        home = folder / name.replace(" ", "_")
        home.mkdir()
        done = v6(*v6.backtest_arguments("out"), cwd=home, **surroundings)
        if done.returncode != 0:
            sys.exit(f"backtest {name} ended with {done.returncode}: {done.stderr}")
        runs[name] = Outputs(home / "out")
    first = runs["again"]
    for name, run in runs.items():
        for file in PROMISED:
            if without_timing(run, file) != without_timing(first, file):
                yield f"run {name}: {file} differs"


def settings_by_any_road(v6, folder, base):
    """Settings from the command line in any order, or from a file, decide the same."""
    sets = ["--set=risk.max_order_size=2", "--set=exits.vix_exit.rise=4"]
    settings = folder / "v6.toml"
    settings.write_text("[risk]\nmax_order_size = 2\n[exits.vix_exit]\nrise = 4\n")
    runs = [
        v6.backtest(folder / "in_order", *sets),
        v6.backtest(folder / "reversed", *reversed(sets)),
        v6.backtest(folder / "from_file", "--config", settings),
    ]
    for run in runs[1:]:
        for name in RECORDS:
            if run.lines(name) != runs[0].lines(name):
                yield f"{run.folder.name}: {name} differs"
        if run.summary["decisions_digest"] != runs[0].summary["decisions_digest"]:
            yield f"{run.folder.name}: decisions_digest differs"
    if runs[0].summary["decisions_digest"] == base.summary["decisions_digest"]:
        yield "other settings decide the same, so this shows nothing"


def seeds_differ_from_the_first_other_fill_on(v6, folder, base):
    """The seed moves fills only; up to the first that it moves, all records are the same."""
    other = v6.backtest(folder / "seed_2", "--seed=2")
    fills = zip(base.fills, other.fills)
    at = next((min(a["at"], b["at"]) for a, b in fills if a != b), None)
    if at is None:
        yield "another seed fills the same, so this shows nothing"
        return
    for name in RECORDS:

        def before(run):
            for line in run.lines(name):
                record = {"at": line[:20]} if name == "equity.csv" else json.loads(line)
                ends = record.get("at") or record["closed_at"] or "9999"
                if ends < at:
                    yield line

        if list(before(base)) != list(before(other)):
            yield f"another seed changes {name} before the first other fill at {at}"
    for model in ("natural", "mid"):
        one, two = (
            v6.backtest(folder / f"{model}_{seed}", f"--fill={model}", f"--seed={seed}")
            for seed in (1, 2)
        )
        for name in RECORDS:
            if one.lines(name) != two.lines(name):
                yield f"{model} rolls no dice, but {name} differs between seeds"


def replays_are_identical(v6, base):
    journal, wanted = base.folder / "journal.db", base.summary["journal_digest"]
    for start in (None, "2019-04-25", "2019-05-17", "2019-06-03", "2019-07-03"):  # 05-17 is missing
        done = v6("replay", journal, "--json", *(["--from", start] if start else []))
        told = json.loads(done.stdout) if done.returncode == 0 else {}
        if not told.get("identical") or told["digest"] != wanted or not told["events"]:
            yield f"replay from {start}: exit {done.returncode}, {done.stdout}{done.stderr}"
    done = v6("verify", journal, "--json")
    told = json.loads(done.stdout) if done.returncode == 0 else {}
    if not told.get("intact") or told["digest"] != wanted:
        yield f"verify: exit {done.returncode}, {done.stdout}{done.stderr}"


def paths_are_identical(v6, base):
    """A journal of the quickest instructions replays the same on every other kind."""
    refusal = v6("--path=none", "replay", base.folder / "journal.db").stderr
    usable = refusal.split("this machine has ")[-1].split()
    if "portable" not in [word.strip(",") for word in usable]:
        yield f"--path names no usable path: {refusal}"
    for path in usable:
        done = v6(f"--path={path.strip(',')}", "replay", base.folder / "journal.db", "--json")
        told = json.loads(done.stdout) if done.returncode == 0 else {}
        if not told.get("identical") or told["digest"] != base.summary["journal_digest"]:
            yield f"replay on {path}: exit {done.returncode}, {done.stdout}{done.stderr}"


def main():
    v6 = V6(*sys.argv[1:3])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        base = v6.backtest(folder / "base")
        wrong = [
            *the_same_everywhere(v6, folder),
            *settings_by_any_road(v6, folder, base),
            *seeds_differ_from_the_first_other_fill_on(v6, folder, base),
            *replays_are_identical(v6, base),
            *paths_are_identical(v6, base),
        ]
        finish(
            wrong,
            f"{len(SURROUNDINGS)} surroundings, 3 seeds' worth of fills, 5 replays: identical",
        )


main()
