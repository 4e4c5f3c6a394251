#!/usr/bin/env python3
"""Clock, dice, threads, files and the rest of the world stay in the folders that own them."""

import pathlib
import re
import sys

from source import code_only, cpp_files, expect, finish, is_test, planted

# What: (pattern, folders that own it, may tests use it?). The folders that decide
# (model calendar analytics portfolio rules strategy risk orders engine) own none of it.
WORLD = {
    "the clock": (
        r"\bnow\s*\(\s*\)|_clock\s*::\s*now\b|\bclock_gettime\b|\bgettimeofday\b"
        r"|\b(std::|::)time\s*\(|\btime\s*\(\s*(nullptr|NULL|0)\s*\)|\blocaltime|\bgmtime",
        {"ports", "sim", "runtime", "cli", "apps", "bench"},
        False,
    ),
    "sleeping": (
        r"\bsleep_(for|until)\b|\b(u|nano)?sleep\s*\(|\bwait_(for|until)\s*\(",
        {"runtime", "cli", "apps"},
        False,
    ),
    "dice": (
        r"\brandom_device\b|\bs?rand\s*\(|\bd?rand48\b|\bgetrandom\b|\brandombytes_|\barc4random",
        {"runtime", "cli", "apps"},
        False,
    ),
    "random engines": (
        r"\b(mt19937|minstd_rand|default_random_engine|ranlux|knuth_b)",
        {"sim", "runtime", "cli", "apps", "bench"},
        True,
    ),
    "the environment": (
        r"\b(secure_)?getenv\b|\bsetenv\b|\bputenv\b|\benviron\b",
        {"config", "runtime", "cli", "apps"},
        True,
    ),
    "threads": (
        r"\bstd::(j?thread|async|mutex|shared_mutex|recursive_mutex|condition_variable|atomic)\b"
        r"|\bthread_local\b|\bpthread_",
        {"runtime", "cli", "apps", "bench"},
        True,
    ),
    "files": (
        r"\b(fopen|fdopen|freopen|mmap|ftruncate|fsync|fdatasync)\s*\(|\bsqlite3_\w+\s*\("
        r"|\bstd::w?[io]?fstream\b|\bstd::filesystem\b|(?<!\w)::(open|openat|read|write)\s*\(",
        {"base", "sim", "config", "report", "runtime", "cli", "apps", "bench"},
        True,
    ),
    "the terminal": (
        r"\bstd::w?(cout|cerr|clog|cin)\b|\b(f|v|vf)?printf\s*\(|\bfmt::print\b|\bput(s|char)\s*\(",
        {"runtime", "cli", "apps", "bench"},
        True,
    ),
    "sockets": (r"\b(socket|connect|bind|listen|accept)\s*\(\s*[A-Z\w]*fd|\bAF_INET", {"runtime"}, True),
    # Their last bit changes with the version of the C library; analytics/scalar_math.hpp does not.
    "the C library's transcendentals": (
        r"\bstd::(exp2?|expm1|log(1p|2|10)?|pow|cbrt|hypot|erfc?|[lt]gamma|a?(sin|cos|tan)h?|atan2)\s*\(",
        {"bench"},
        True,
    ),
    "a shell": (r"\b(std::|::)?system\s*\(|\bpopen\s*\(|\bexec[lv]p?e?\s*\(", set(), True),
    "assert instead of V6_CHECK": (r"\bassert\s*\(|<cassert>|<assert\.h>", set(), False),
}

# A test that cannot fail, or that does not run, is worse than none.
IDLE_TESTS = {
    "a skipped test": r"\bGTEST_SKIP\b|\bDISABLED_\w|\bskipTest\b|@unittest\.skip",
    "an assertion that cannot fail": (
        r"\b(EXPECT|ASSERT)_TRUE\(\s*true\s*\)|\b(EXPECT|ASSERT)_FALSE\(\s*false\s*\)"
        r"|\b(EXPECT|ASSERT)_EQ\(\s*(\w+)\s*,\s*\4\s*\)|\bSUCCEED\(\)|\bassert\(\s*true\s*\)"
        r"|\bassert True\b|\bassertTrue\(True\)|\bRC_ASSERT\(\s*true\s*\)|\bRC_SUCCEED"
    ),
}

# (file, what): why this one file may.
ALLOWED = {}


def owner(path):
    return path.parts[1] if path.parts[0] == "src" else path.parts[0]


def problems(root, allowed):
    used = set()
    for path in cpp_files(root):
        code = code_only((root / path).read_text())
        found = {}
        for what, (pattern, owners, in_tests) in WORLD.items():
            if is_test(path) and not in_tests or not is_test(path) and owner(path) not in owners:
                found |= {what: match for match in re.finditer(pattern, code)}
        if is_test(path):
            for what, pattern in IDLE_TESTS.items():
                found |= {what: match for match in re.finditer(pattern, code)}
        for what, match in found.items():
            if (path.as_posix(), what) in allowed:
                used.add((path.as_posix(), what))
                continue
            line = code.count("\n", 0, match.start()) + 1
            yield f"{path}:{line}: {what} ({match.group().strip()}) does not belong here"
    for path, what in sorted(set(allowed) - used):
        yield f"{path}: allowed {what} but does not use it; drop the entry"


def self_check():
    clean = {
        "src/risk/gate.cpp": '// now() is in the event\nconst char* kText = "std::thread";\n'
        "int big = 10'000; char c = 'x'; bool f(Instant now) { return at(now); }\n",
        "src/runtime/clock.cpp": "auto t = std::chrono::system_clock::now();\n",
        "src/risk/gate_test.cpp": 'std::ifstream in{V6_DATA "/x"}; TEST(A, B) { EXPECT_EQ(a, b); }',
    }
    with planted(clean) as root:
        expect(list(problems(root, {})))
        expect(list(problems(root, {("src/risk/gate.cpp", "files"): "why"})), "drop the entry")
    faults = {
        "std::chrono::steady_clock::now();": "the clock",
        "int x = std::time(nullptr);": "the clock",
        "std::this_thread::sleep_for(1s);": "sleeping",
        "usleep(3);": "sleeping",
        "std::random_device dice;": "dice",
        "int x = rand();": "dice",
        "std::mt19937_64 engine;": "random engines",
        'auto home = std::getenv("HOME");': "the environment",
        "std::thread t;": "threads",
        "std::ofstream out;": "files",
        'auto* f = fopen("a", "w");': "files",
        'std::cout << "x";': "the terminal",
        'std::system("rm");': "a shell",
        "assert(x > 0);": "assert instead",
        "double y = std::log1p(x);": "the C library's",
    }
    for line, what in faults.items():
        with planted({"src/risk/gate.cpp": "int y;\n" + line}) as root:
            expect(list(problems(root, {})), f"src/risk/gate.cpp:2: {what}")
            expect(list(problems(root, {("src/risk/gate.cpp", what): "why"}))
                   if what in WORLD else [])
    idle = {
        "EXPECT_TRUE(true);": "cannot fail",
        "EXPECT_EQ(1, 1);": "cannot fail",
        "SUCCEED();": "cannot fail",
        "GTEST_SKIP();": "skipped",
        "TEST(A, DISABLED_b) {}": "skipped",
        "std::this_thread::sleep_for(1s);": "sleeping",
        "std::chrono::system_clock::now();": "the clock",
    }
    for line, what in idle.items():
        with planted({"tests/x/x_test.cpp": line}) as root:
            expect(list(problems(root, {})), what)


self_check()
tree = pathlib.Path(sys.argv[1])
finish(list(problems(tree, ALLOWED)), f"{len(cpp_files(tree))} files keep to their folders")
