#!/usr/bin/env python3
"""The whole 44-day backtest (three fill models, journal, report) against zcat of the same files.

Runs both in turn, so that a machine whose speed drifts treats them alike, and prints medians and the
ratio pair by pair; then the same over 11, 22 and 44 days, whose days after the first (which pays for
the start) must cost in proportion.
"""

import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

MOST_TIMES_ZCAT, MOST_MIB, LINEAR_WITHIN = 5.0, 300.0, 0.15


def timed(command, **options):
    """Wall seconds of one run."""
    started = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **options)
    return time.monotonic() - started


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("v6", type=pathlib.Path, help="the release binary")
    parser.add_argument("data", type=pathlib.Path, help="the repository's data folder")
    parser.add_argument("--runs", type=int, default=9, help="pairs to run (default 9)")
    parser.add_argument("--seed", type=int, default=1, help="of the fills (default 1)")
    parser.add_argument("--json", type=pathlib.Path, help="also write the figures there")
    options = parser.parse_args()
    chains = options.data / "spx-eod-2019"
    days = sorted(chains.glob("SPX_*.csv.gz"))

    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "run"

        def backtest(count):
            first, last = (day.name[4:12] for day in (days[0], days[count - 1]))
            iso = lambda text: f"{text[:4]}-{text[4:6]}-{text[6:]}"
            return timed([options.v6, "backtest", "--chains", chains, "--from", iso(first), "--to",
                          iso(last), "--seed", str(options.seed), "--out", out])

        backtest(len(days)), timed(["zcat", *days])  # warm the page cache
        pairs = [(backtest(len(days)), timed(["zcat", *days])) for _ in range(options.runs)]
        summary = json.loads((out / "summary.json").read_text())
        parts = {count: [] for count in (1, 11, 22, 44)}
        for _ in range(options.runs):
            for count in parts:
                parts[count].append(backtest(count))
    ratio = statistics.median(run / zcat for run, zcat in pairs)
    whole = {count: statistics.median(times) for count, times in parts.items()}
    start = whole.pop(1)
    per_day = {count: (time - start) / (count - 1) for count, time in whole.items()}
    spread = max(per_day.values()) / min(per_day.values()) - 1
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024

    print(f"{os.cpu_count()} cores, {summary['quotes_read']:,} quotes, {options.runs} pairs, medians")
    print(f"backtest        {statistics.median(run for run, _ in pairs):8.3f} s")
    print(f"zcat            {statistics.median(zcat for _, zcat in pairs):8.3f} s")
    rows = [("backtest / zcat", ratio, MOST_TIMES_ZCAT, "x"), ("peak memory", peak, MOST_MIB, "MiB"),
            ("unlinearity", spread, LINEAR_WITHIN, "of the time a day after the first, over 11, 22 and 44 days")]
    for name, value, limit, unit in rows:
        print(f"{name:15} {value:8.3f} {unit} (limit {limit:g}) {'ok' if value <= limit else 'MISSED'}")
    print(f"the first day   {1000 * start:8.2f} ms")
    print("a day after it  " + ", ".join(f"{count} days {1000 * each:.2f} ms" for count, each in per_day.items()))
    print("phases          " + ", ".join(f"{name} {value:.3f}" for name, value in summary["timing"].items()))
    if options.json:
        options.json.write_text(json.dumps({
            name: {"value": value, "unit": unit, "limit": limit} for name, value, limit, unit in rows}))
    return int(any(value > limit for _, value, limit, _ in rows))


if __name__ == "__main__":
    sys.exit(main())
