#!/usr/bin/env python3
"""docs/STRATEGY.md ends with every setting as the program knows it; `--write` writes that table."""

import json
import pathlib
import subprocess
import sys

MARK = "<!-- settings:"


def table(v6):
    shown = subprocess.run([v6, "config", "show", "--json"], check=True, capture_output=True, text=True,
                           env={"HOME": "/nonexistent"}).stdout
    lines = ["| Setting | Default | Accepted | Meaning |", "|---|---|---|---|"]
    for setting in json.loads(shown):
        cells = (f"`{setting['key']}`", f"`{setting['value']}`", setting["accepted"], setting["meaning"])
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def main():
    v6, page = sys.argv[1], pathlib.Path(sys.argv[2])
    text = page.read_text()
    head = text[: text.index("\n", text.index(MARK)) + 1]
    wanted = f"{head}\n{table(v6)}"
    if "--write" in sys.argv:
        page.write_text(wanted)
        return 0
    if text == wanted:
        print("the table of settings is the program's")
        return 0
    ours, theirs = text.splitlines(), wanted.splitlines()
    for line in sorted(set(theirs) - set(ours)):
        print(f"missing or stale in {page.name}: {line}")
    print("run ./dev docs")
    return 1


if __name__ == "__main__":
    sys.exit(main())
