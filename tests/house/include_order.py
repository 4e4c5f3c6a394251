#!/usr/bin/env python3
"""Each #include of ours obeys the folder order of docs/ARCHITECTURE.md."""

#

import pathlib
import re
import sys

from source import cpp_files, expect, finish, folder_table, planted

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)


def problems(root):
    order = folder_table(root)
    for path in cpp_files(root, "src"):
        folder = path.parts[1]
        if folder not in order:
            yield f"{path}: folder {folder} is not in docs/ARCHITECTURE.md"
            continue
        ours = INCLUDE.findall((root / path).read_text())
        for name in ours:
            target = name.split("/")[0]
            if not (root / "src" / name).is_file():
                yield f'{path}: "{name}" is no file under src/; name it from there'
            elif target not in order or order.index(target) > order.index(folder):
                yield f'{path}: {folder} may not include "{name}"'
        # Then every header with a source of its own is known to compile alone.
        header = path.with_suffix(".hpp")
        if path.suffix == ".cpp" and (root / header).is_file():
            if ours[:1] != [header.relative_to("src").as_posix()]:
                yield f"{path}: includes its own header first"


def self_check():
    table = "| Folder | What it holds |\n|---|---|\n| `low` | a |\n| `high` | b |\n"
    files = {
        "docs/ARCHITECTURE.md": table,
        "src/high/a.hpp": "#pragma once\n",
        "src/high/b.cpp": '#include "high/a.hpp"\n#include "low/c.hpp"\n',
        "src/low/c.hpp": "#pragma once\n",
    }
    with planted(files) as root:
        expect(list(problems(root)))
    bad = {
        "src/high/a.cpp": '#include "low/c.hpp"\n',
        "src/low/d.cpp": '#include "high/a.hpp"\n#include "c.hpp"\n',
        "src/lost/e.cpp": "",
    }
    with planted(files | bad) as root:
        expect(
            list(problems(root)),
            "src/high/a.cpp: includes its own header first",
            "folder lost is not in",
            'low may not include "high/a.hpp"',
            '"c.hpp" is no file under src/',
        )


self_check()
tree = pathlib.Path(sys.argv[1])
finish(list(problems(tree)), f"{len(cpp_files(tree, 'src'))} files obey the folder order")
