#!/usr/bin/env python3
"""coverage.py SUMMARY: line coverage per folder from gcovr's JSON, against the floors below."""

import collections
import json
import sys

OVERALL = 85.0
# The folders where an untested line can lose money.
DECIDING = 95.0
FOLDERS = ["rules", "risk", "orders", "engine", "portfolio"]

lines = collections.defaultdict(lambda: [0, 0])
for file in json.load(open(sys.argv[1]))["files"]:
    for name in (file["filename"].split("/")[1], "overall"):
        lines[name][0] += file["line_covered"]
        lines[name][1] += file["line_total"]

low = []
for name in sorted(set(lines) | set(FOLDERS), key=lambda name: (name == "overall", name)):
    covered, total = lines[name]
    percent = 100.0 * covered / total if total else 0.0
    floor = OVERALL if name == "overall" else DECIDING if name in FOLDERS else 0.0
    if percent < floor:
        low.append(name)
    print(f"{name:<10} {percent:6.1f} %  {covered:>6} of {total:>6} lines"
          + (f"   floor {floor:.0f} %" if floor else ""))
if low:
    sys.exit("below the floor: " + ", ".join(low))
