#!/usr/bin/env python3
"""The evidence ledger: which test proves which safety id.

A test names the ids it proves in a comment just above it: `// covers: I-13, A-30` in C++,
`# covers:` in Python and TOML. A line that ends with a comma goes on in the next comment line.

  evidence.py ROOT            the check: every required id has a test (this is what ctest runs)
  evidence.py ROOT --ledger   the whole ledger, id by id
  evidence.py ROOT --summary  the ids covered, on one line
"""

import pathlib
import re
import sys
import tomllib

from source import expect, finish, planted

REQUIRED = """
    I-01 I-02 I-03 I-04 I-05 I-06 I-07 I-08 I-09 I-10 I-11 I-12 I-13 I-14 I-15 I-16 I-17 I-18 I-19
    I-20 I-21 I-23 I-24 I-25 I-28 I-29 I-32 I-36 I-37 I-39
    A-19 A-20 A-21 A-22 A-23 A-24 A-25 A-29 A-30 A-31 A-32 A-35 A-36 A-41
""".split()

COVERS = re.compile(r"^\s*(?://+|#) covers:((?:.*,\n\s*(?://+|#))*.*)$", re.M)
TEST = re.compile(
    r"^[ \t]*(?:TEST|TEST_F|TEST_P|TYPED_TEST|RC_GTEST_PROP)\(\s*(\w+)\s*,\s*(\w+)"
    r"|^[ \t]*def (test_\w+)",
    re.M,
)
BETWEEN = re.compile(r"\s+|(//|#|@)[^\n]*|template <[^\n]*")


def test_files(root):
    for path in sorted([*root.glob("src/**/*_test.cpp"), *root.glob("tests/**/*")]):
        if path.suffix in (".cpp", ".hpp", ".py", ".toml"):
            yield path.relative_to(root)


def ledger(root):
    """({id: [test, ...]}, [problem, ...]) over the whole tree."""
    proofs, problems = {}, []
    for path in test_files(root):
        text = (root / path).read_text()
        tests = list(TEST.finditer(text))
        for match in COVERS.finditer(text):
            # The test the comment stands above, else the one it stands in, else the file.
            test = TEST.search(text, match.end())
            if not test or BETWEEN.sub("", text[match.end() : test.start()]):
                test = ([t for t in tests if t.start() < match.start()] or [None])[-1]
            name = " " + ".".join(filter(None, test.groups())) if test else ""
            for word in re.sub(r"\n\s*(//+|#)", " ", match.group(1)).replace(",", " ").split():
                if re.fullmatch(r"[A-Z]-\d{2,3}", word):
                    proofs.setdefault(word, []).append(f"{path}{name}")
                else:
                    line = text.count("\n", 0, match.start()) + 1
                    problems.append(f"{path}:{line}: '{word}' is no id")
    for path in sorted(root.glob("scenarios/*.toml")):
        for word in tomllib.loads(path.read_text()).get("covers", []):
            proofs.setdefault(word, []).append(f"{path.relative_to(root)}")
    return dict(sorted(proofs.items())), problems


def self_check():
    files = {
        "src/risk/gate_test.cpp": "// covers: I-13, A-30\n// It closes early.\nTEST(Gate, Hours) {\n"
        "  // covers: I-14,\n  //         I-15\n}\n// covers: I-01\nTEST(Gate, Kill) {}\n",
        "tests/web/a.py": "# covers: A-01\n",
    }
    with planted(files) as root:
        proofs, bad = ledger(root)
        expect(bad)
        gate = "src/risk/gate_test.cpp Gate."
        expect(
            [f"{key} {value}" for key, tests in proofs.items() for value in tests],
            "A-01 tests/web/a.py",
            f"A-30 {gate}Hours",
            f"I-01 {gate}Kill",
            f"I-13 {gate}Hours",
            f"I-14 {gate}Hours",
            f"I-15 {gate}Hours",
        )
        expect(missing(proofs, ["I-01", "I-02"]), "I-02 has no test")
    with planted({"src/risk/a_test.cpp": "// covers: I-1\n"}) as root:
        expect(ledger(root)[1], "'I-1' is no id")


def missing(proofs, required):
    return [f"{wanted} has no test" for wanted in required if wanted not in proofs]


self_check()
found, faults = ledger(pathlib.Path(sys.argv[1]))
if "--ledger" in sys.argv:
    for key, tests in found.items():
        print(f"{key}  " + "\n      ".join(dict.fromkeys(tests)))
elif "--summary" in sys.argv:
    print(f"ids covered: {len(found)} ({' '.join(found)})")
else:
    finish(faults + missing(found, REQUIRED), f"{len(found)} ids covered")
