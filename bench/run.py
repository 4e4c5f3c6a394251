#!/usr/bin/env python3
"""Runs the benchmarks of one build and lays their figures beside the goals.

run.py BUILD ROOT [NAME...] [--runs N] [--seed N] [--quick]. Everything, three times over, unless
told otherwise; only then the tables of docs/PERFORMANCE.md are written anew. Exits 1 when a floor
is missed in more than one run of three, or a result is not accurate.
"""

import argparse
import json
import os
import pathlib
import platform
import re
import subprocess
import sys

from table import Run, rows_of, tables, write_into

TIMED = ["implied_volatility", "greeks", "american", "refresh", "condors", "wire_decode"]
COUNTED = ["allocations", "instructions", "price_csv", "backtest", "wire_load"]


def die(text):
    sys.exit(f"bench: {text}")


def pinned():
    """One processor for the whole of a program, the second if there is one: interrupts like the first."""
    allowed = sorted(os.sched_getaffinity(0))
    return ["taskset", "-c", str(allowed[min(1, len(allowed) - 1)])]


def machine():
    text = pathlib.Path("/proc/cpuinfo").read_text()
    model = re.search(r"^model name\s*:\s*(.*)$", text, re.M)
    return (f"{model[1].strip() if model else platform.machine()}, {os.cpu_count()} processors, "
            f"{' '.join(platform.uname()[i] for i in (0, 2))}, one processor used")


def timed(program, build, seed, repetitions, out):
    """Runs a Google Benchmark program once; its JSON lands in `out`. None when it died."""
    command = [*pinned(), build / f"bench_{program}", "--seed", str(seed),
               f"--benchmark_repetitions={repetitions}", "--benchmark_enable_random_interleaving=true",
               "--benchmark_report_aggregates_only=true", f"--benchmark_out={out}",
               "--benchmark_out_format=json"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 1) or not out.is_file():
        print(f"   ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return None
    run = Run(json.loads(out.read_text()))
    for key, value in run.context.items():
        if key.startswith("accuracy/") or key == "slowest point":
            print(f"   {key.removeprefix('accuracy/')}: {value}")
    for name, nanoseconds in run.times.items():
        print(f"   {name:32} {nanoseconds:12.2f} ns")
    return run


def mark(met, aimed=False):
    return "MISSED" if not met else "target" if aimed else "floor"


def counted(program, build, root, options, folder):
    """Rows of the second table, and whether every limit held."""
    if program == "allocations":
        done = subprocess.run([build / "bench_allocations"], capture_output=True, text=True)
        figure = re.search(r"(\d+) allocations in (\d+) ticks", done.stdout) or die(done.stdout + done.stderr)
        print(f"   {done.stdout.strip()}")
        return [["PERF-14", f"allocations in {int(figure[2]):,} ticks after warm-up", figure[1], "0", "0",
                 mark(figure[1] == "0", True)]]
    if program == "price_csv":
        command = [*pinned(), build / "bench_price_csv", "200000", str(options.seed), "3" if options.quick else "9"]
        done = subprocess.run(command, capture_output=True, text=True)
        print("   " + done.stdout.strip().replace("\n", "\n   "))
        found = re.findall(r"^(.+?) +\d+ ns a row.* speed ([\d.]+) of that \(floor ([\d.]+)\)", done.stdout, re.M)
        return [["", f"a table by `v6 price`, {what}: speed of reading and writing it alone", f"{ratio} of it",
                 floor, "", "ok" if float(ratio) >= float(floor) else "MISSED"]
                for what, ratio, floor in found or die(done.stdout + done.stderr)]
    out = folder / f"{program}.json"
    if program == "instructions":
        command = [build / "bench_instructions", "--json", out]
    elif program == "wire_load":
        command = [build / "bench_wire_load", root / "data", out]
        command += ["1"] if options.quick else []
    else:
        command = [build / "v6", root / "data", "--json", out, "--seed", str(options.seed)]
        command += ["--runs", "2"] if options.quick else []
    if program != "wire_load":
        command = [sys.executable, "-B", root / "bench" / f"{program}.py", *command]
    done = subprocess.run(command)
    if done.returncode not in (0, 1) or not out.is_file():
        die(f"{program} ended with {done.returncode}")
    figures = json.loads(out.read_text())
    if program == "instructions":
        names = {"iv": "implied volatility", "greeks": "price and five Greeks"}
        return [["PERF-15", f"instructions, {names[what]}, {f['path']}", f"{f['instructions']:.1f}",
                 f"{f['limit']}", f"{f['target']}",
                 mark(f["instructions"] <= f["limit"], f["instructions"] <= f["target"])]
                for what, f in figures.items()]
    return [["", name, f"{f['value']:.2f} {f['unit']}".strip(), f"{f['limit']:g}" if f["limit"] else "",
             "", "" if not f["limit"] else "ok" if f["value"] <= f["limit"] else "MISSED"]
            for name, f in figures.items()]


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("root", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(TIMED + COUNTED))
    parser.add_argument("--runs", type=int, default=3, help="of each program (default 3)")
    parser.add_argument("--seed", type=int, default=1, help="of the first run's inputs; each next one's is one more (default 1)")
    parser.add_argument("--quick", action="store_true", help="one run of three repetitions: an impression")
    options = parser.parse_intermixed_args()
    for name in options.names:
        if name not in TIMED + COUNTED:
            die(f"no benchmark '{name}'; there are {', '.join(TIMED + COUNTED)}")
    if options.runs < 1 or options.seed < 0:
        die("--runs wants 1 or more, --seed 0 or more")
    wanted = options.names or TIMED + COUNTED
    count, repetitions = (1, 3) if options.quick else (options.runs, 15)
    folder = options.build / "bench-results"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.json"):
        old.unlink()

    runs = {name: [] for name in TIMED if name in wanted}
    # Each program once, then each once more: a slow quarter of an hour hits one run, not one goal.
    for turn in range(count):
        for name in runs:
            print(f"\n== {name}, run {turn + 1} of {count}, seed {options.seed + turn}", flush=True)
            runs[name].append(timed(name, options.build, options.seed + turn, repetitions,
                                    folder / f"{name}.{turn + 1}.json"))
    died = [name for name in runs if None in runs[name]]
    runs = {name: those for name, those in runs.items() if name not in died}
    counts = []
    for name in COUNTED:
        if name in wanted:
            print(f"\n== {name}", flush=True)
            counts += counted(name, options.build, options.root, options, folder)

    rows = rows_of(runs)
    text = tables(rows, runs, counts, machine())
    print("\n" + text)
    if not options.names and count >= 3 and not died:
        page = options.root / "docs/PERFORMANCE.md"
        write_into(page, text)
        print(f"\nwritten into {page}")
    bad = died + [f"{row.goal.id} {row.goal.path}" for row in rows if row.failed]
    bad += [f"{row[0]} {row[1]}".strip() for row in counts if row[-1] == "MISSED"]
    if bad:
        die("missed: " + ", ".join(bad))


if __name__ == "__main__":
    main()
