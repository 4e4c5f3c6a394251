#!/usr/bin/env python3
"""The folder table of docs/ARCHITECTURE.md, the tree of src/ and the build name the same folders."""

import pathlib
import re
import sys

from source import expect, finish, folder_table, planted


def problems(root):
    table = folder_table(root)
    tree = sorted(path.name for path in (root / "src").iterdir() if path.is_dir())
    build = re.search(r"set\(V6_FOLDERS([^)]*)\)", (root / "CMakeLists.txt").read_text())
    for folder in tree:
        if folder not in table:
            yield f"src/{folder} is not in docs/ARCHITECTURE.md"
        elif not (root / "src" / folder / "CMakeLists.txt").is_file():
            yield f"src/{folder} has no CMakeLists.txt"
    for folder in table:
        if folder not in tree:
            yield f"docs/ARCHITECTURE.md names {folder}, which is not in src/"
    if not build or build.group(1).split() != table:
        yield "V6_FOLDERS in CMakeLists.txt and the table differ in names or order"


def self_check():
    table = "| Folder | What it holds |\n|---|---|\n| `low` | a |\n| `high` | b |\n"
    files = {
        "docs/ARCHITECTURE.md": table,
        "CMakeLists.txt": "set(V6_FOLDERS low\n    high)\n",
        "src/low/CMakeLists.txt": "",
        "src/high/CMakeLists.txt": "",
    }
    with planted(files) as root:
        expect(list(problems(root)))
    with planted(files | {"src/lost/a.cpp": ""}) as root:
        expect(list(problems(root)), "src/lost is not in docs")
    with planted(files | {"docs/ARCHITECTURE.md": table + "| `gone` | c |\n"}) as root:
        expect(list(problems(root)), "names gone", "V6_FOLDERS")


self_check()
tree = pathlib.Path(sys.argv[1])
finish(list(problems(tree)), f"{len(folder_table(tree))} folders agree")
