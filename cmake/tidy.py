#!/usr/bin/env python3
"""tidy.py BUILD JOBS [product]: clang-tidy over our sources, and each header compiled alone; with
"product" only what the program is made of, no tests and benchmarks.

A file that passed is not looked at again until its text, a header of ours it includes, its
command, .clang-tidy or the tool changes: BUILD/stamps holds one empty file per such state.
"""

import concurrent.futures
import hashlib
import json
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path.cwd()
BUILD = (ROOT / sys.argv[1]).resolve()
STAMPS = BUILD / "stamps"
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)
# GoogleTest's macros are slow to check and not ours to style: tests are searched for bugs only.
TESTS_SKIP = (
    "--checks=-cppcoreguidelines-*,-google-*,-misc-*,-modernize-*,-performance-*,-readability-*,"
    "-bugprone-implicit-widening-of-multiplication-result"
)


def run(command):
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def includes(path, seen):
    """The file and every header of ours it reaches."""
    if path in seen or not path.is_file():
        return seen
    seen.add(path)
    for name in INCLUDE.findall(path.read_text()):
        includes(path.parent / name, seen)
        includes(ROOT / "src" / name, seen)
    return seen


class Job:
    def __init__(self, entry, common):
        self.path = pathlib.Path(entry["file"])
        self.of_test = self.path.stem.endswith("_test") or self.path.is_relative_to(ROOT / "tests")
        flags = [word for word in shlex.split(entry["command"]) if not word.endswith("ccache")]
        self.alone = self.path.name.startswith("alone_")
        if self.alone:
            self.command = flags[: flags.index("-o")] + ["-fsyntax-only", str(self.path)]
        else:
            # The compiler's own warnings are the build's business, not this tool's.
            self.command = ["clang-tidy-19", "--quiet", "--extra-arg=-Wno-error", "-p", str(BUILD)]
            self.command.append(str(self.path))
            if self.of_test:
                self.command.append(TESTS_SKIP)
        digest = hashlib.sha256(repr((common, self.command, flags)).encode())
        for file in sorted(includes(self.path, set())):
            digest.update(f"\0{file}\0".encode() + file.read_bytes())
        self.stamp = STAMPS / digest.hexdigest()

    def problems(self):
        code, output = run(self.command)
        if code == 0:
            self.stamp.touch()
            return []
        # One entry per diagnostic with the lines that explain it; a header's come up many times.
        blocks = re.split(r"^(?=/\S+:\d+:\d+: (?:error|warning):)", output, flags=re.M)
        return [block for block in blocks if ": error:" in block] or [output]


def main():
    STAMPS.mkdir(exist_ok=True)
    common = ((ROOT / ".clang-tidy").read_text(), run(["clang-tidy-19", "--version"]))
    entries = json.loads((BUILD / "compile_commands.json").read_text())
    places = [ROOT / place for place in ("src", "apps", "tests", "bench")]
    jobs = [
        Job(entry, common)
        for entry in entries
        if any(pathlib.Path(entry["file"]).is_relative_to(place) for place in places)
        or pathlib.Path(entry["file"]).name.startswith("alone_")
    ]
    stamps = {job.stamp for job in jobs}
    if "product" in sys.argv[3:]:
        jobs = [job for job in jobs if not job.of_test and not job.path.is_relative_to(ROOT / "bench")]
    # Stamps of states that are gone only cost space.
    for stamp in set(STAMPS.iterdir()) - stamps:
        stamp.unlink()
    todo = [job for job in jobs if not job.stamp.exists()]
    print(f"{len(jobs)} sources and headers, {len(todo)} new or changed", flush=True)
    seen = set()
    with concurrent.futures.ThreadPoolExecutor(int(sys.argv[2])) as pool:
        for problems in pool.map(Job.problems, todo):
            for problem in problems:
                first = problem.splitlines()[0]
                if first not in seen:
                    seen.add(first)
                    print(problem, flush=True)
    if seen:
        sys.exit(f"{len(seen)} problem(s)")
    print("clean")


main()
