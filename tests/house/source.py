"""What the house checks share: the source tree, its text without comments, the folder table."""

import contextlib
import pathlib
import re
import sys
import tempfile

_TOKEN = re.compile(
    r"""\b\d[\w'.]*|//[^\n]*|/\*.*?\*/"""
    r"""|R"(?P<tag>[^()\s]*)\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'""",
    re.S,
)


def cpp_files(root, *places):
    """Every C++ file under the given folders, as paths relative to root, sorted."""
    return sorted(
        path.relative_to(root)
        for place in places or ("src", "apps", "tests", "bench")
        for path in (root / place).rglob("*")
        if path.suffix in (".hpp", ".cpp")
    )


def is_test(path):
    return path.parts[0] == "tests" or path.stem.endswith(("_test", "_test_kit"))


def code_only(text):
    """The text with comments and literals blanked; every line keeps its number."""

    def blank(match):
        token = match.group()
        if token[0].isdigit():
            return token
        return ('""' if token[0] in "\"R" else " ") + "\n" * token.count("\n")

    return _TOKEN.sub(blank, text)


def folder_table(root):
    """The folders of docs/ARCHITECTURE.md, in the order in which they may include each other."""
    page = (root / "docs/ARCHITECTURE.md").read_text()
    rows = re.search(r"^\| Folder \|.*\n\|[-|]+\n((?:\|.*\n)+)", page, re.M)
    return re.findall(r"^\| `(\w+)` \|", rows.group(1), re.M) if rows else []


@contextlib.contextmanager
def planted(files):
    """A temporary tree with the given files, to prove that a check fails on it."""
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        yield root


def expect(problems, *wanted):
    """Stops the run unless the planted faults, and nothing else, were reported in order."""
    if len(problems) != len(wanted) or not all(w in p for w, p in zip(wanted, problems)):
        sys.exit(f"self-check: expected {wanted}, found {problems}")


def finish(problems, summary):
    for problem in problems:
        print(problem)
    if problems:
        sys.exit(f"{len(problems)} problem(s)")
    print(summary)
