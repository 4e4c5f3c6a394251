#!/usr/bin/env python3
"""Mutants: the bot with one safeguard taken out, each of which a scenario must catch.

  mutants.py ROOT [NAME...]    builds each mutant of mutants/list.toml in ROOT/build/mutants (a copy
                               of the tree, so that nothing here changes) and plays its scenarios;
                               only those NAMEs, where any are given

A mutant that passes its scenarios is a survivor: the check is worth nothing. So is one whose text
is not in the file any more. Takes long: `./dev soak`, not `./dev test`.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import time
import tomllib


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, **options)


class Workshop:
    def __init__(self, root):
        self.root = root
        self.tree = root / "build" / "mutants" / "tree"
        # As a tree of its own is laid out, so that ccache knows what it has compiled before.
        self.build = self.tree / "build" / "release"

    def prepare(self):
        """Copies what git knows, touching only what differs, so that ninja builds little."""
        files = run("git", "ls-files", cwd=self.root, check=True).stdout.splitlines()
        for name in files:
            source, copy = self.root / name, self.tree / name
            if not source.is_file() or name.startswith("data/"):
                continue
            copy.parent.mkdir(parents=True, exist_ok=True)
            if not copy.exists() or copy.read_bytes() != source.read_bytes():
                shutil.copyfile(source, copy)
                shutil.copymode(source, copy)
        data = self.tree / "data"
        if not data.exists():
            data.symlink_to(self.root / "data")
        if not (self.build / "build.ninja").exists():
            configured = run("cmake", "--preset", "release", cwd=self.tree)
            if configured.returncode:
                sys.exit(configured.stderr)

    def make(self):
        jobs = os.environ.get("V6_JOBS", str(os.cpu_count()))
        return run("ninja", "-C", self.build, "-j", jobs, "play_scenario")

    def play(self, scenario):
        file = self.root / "scenarios" / f"{scenario}.toml"
        return run(self.build / "play_scenario", file, timeout=600)


def mutate(tree, edits):
    """Applies the edits; returns what puts them back, or says which is out of date."""
    before = {}
    for edit in edits:
        path = tree / edit["file"]
        text = path.read_text()
        before.setdefault(path, text)
        if text.count(edit["was"]) != 1:
            restore(before)
            return None, f"{edit['file']} has it {text.count(edit['was'])} times: {edit['was']!r}"
        path.write_text(text.replace(edit["was"], edit["is"]))
    return before, None


def restore(before):
    for path, text in before.items():
        path.write_text(text)


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    wanted = set(sys.argv[2:])
    listed = tomllib.loads((root / "tests/incidents/mutants/list.toml").read_text())["mutant"]
    mutants = [m for m in listed if not wanted or m["name"] in wanted]
    workshop = Workshop(root)
    workshop.prepare()
    made = workshop.make()
    if made.returncode:
        sys.exit(made.stdout[-4000:])
    survivors = []
    for scenario in sorted({s for m in mutants for s in m["scenarios"]}):
        played = workshop.play(scenario)
        if played.returncode:
            sys.exit(f"{scenario} fails without any mutant:\n{played.stdout}{played.stderr}")
    for mutant in mutants:
        began = time.monotonic()
        before, fault = mutate(workshop.tree, mutant["edits"])
        if fault is None:
            made = workshop.make()
            if made.returncode:
                fault = "does not compile: " + made.stdout[-1500:]
            else:
                caught = [s for s in mutant["scenarios"] if workshop.play(s).returncode]
                if not caught:
                    fault = "survives " + ", ".join(mutant["scenarios"])
            restore(before)
        took = time.monotonic() - began
        print(f"{'caught  ' if fault is None else 'SURVIVES'} {mutant['name']} ({took:.0f} s)"
              + (f": {fault}" if fault else ""), flush=True)
        if fault:
            survivors.append(mutant["name"])
    workshop.make()
    print(f"{len(mutants) - len(survivors)} of {len(mutants)} mutants caught")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
