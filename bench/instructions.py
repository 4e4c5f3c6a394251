#!/usr/bin/env python3
"""Instructions an option on the AVX2 path, counted by callgrind: a figure no busy machine moves.

instructions.py PROGRAM [--json FILE]: runs PROGRAM under valgrind, which counts within its passes
only, since what Highway does at start depends on the clock. Exits 1 above a limit.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

PASSES = 10
# Of performance goal PERF-15: the most allowed, and the aim.
LIMITS = {"iv": (100, 68), "greeks": (70, 45)}


def counted(program, what, folder):
    """(instructions an option, path taken)."""
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--toggle-collect=counted_passes",
         f"--callgrind-out-file={folder}/out", program, what, str(PASSES)],
        capture_output=True, text=True)
    total = re.search(r"Collected : (\d+)", done.stderr)
    options = re.match(r"(\d+) options on ([\w-]+)", done.stdout)
    if done.returncode or not total or not options:
        sys.exit(f"instructions: {program} {what} {PASSES} under valgrind ended with {done.returncode}:\n"
                 f"{done.stdout}{done.stderr[-2000:]}")
    return int(total[1]) / int(options[1]), options[2]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path, help="bench_instructions, optimised")
    parser.add_argument("--json", type=pathlib.Path, help="also write the figures there")
    options = parser.parse_args()
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        for what, (limit, target) in LIMITS.items():
            figure, path = counted(options.program, what, folder)
            figures[what] = {"instructions": figure, "limit": limit, "target": target, "path": path}
            print(f"PERF-15 {what:7} {figure:7.1f} instructions an option on {path} "
                  f"(limit {limit}, target {target}) {'ok' if figure <= limit else 'MISSED'}")
    if options.json:
        options.json.write_text(json.dumps(figures))
    return int(any(each["instructions"] > each["limit"] for each in figures.values()))


if __name__ == "__main__":
    sys.exit(main())
