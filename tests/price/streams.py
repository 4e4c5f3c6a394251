"""Files, pipes and long tables: nothing half-written stands, memory does not grow."""

import os
import pathlib
import re
import resource
import subprocess
import threading

from desk import DATA, DONE, READER_GONE, USAGE

HEADER = b"type,strike,spot,rate,yield,years,vol\n"
ROW = b"P,590,600,0.04,0.012,0.126,0.18\n"
SOAK = bool(os.environ.get("V6_SOAK"))
ROWS = 10_000_000 if SOAK else 300_000
MOST_KIB = 64 * 1024


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def files(desk):
    folder = desk.folder / "files"
    folder.mkdir()
    source, target = folder / "in.csv", folder / "out.csv"
    source.write_bytes(HEADER + ROW)
    done = desk.run("--input", source, "--output", target)
    desk.expect("a file", done.returncode == DONE and not done.stdout, done)
    priced = target.read_bytes()
    desk.expect("a file", priced.startswith(HEADER[:-1] + b",price,") and priced.count(b"\n") == 2)
    for what, words in [
        ("the input as output", ["--input", source, "--output", source]),
        ("the same by another name", ["--input", source, "--output", folder / "../files/in.csv"]),
    ]:
        desk.refused(what, USAGE, "--output: .*in.csv is also the input", *words)
    with source.open("ab") as both:
        done = desk.run("--input", source, stdout=both)
        desk.expect("output redirected into the input", done.returncode == USAGE, done.stderr)
    desk.expect("the input", source.read_bytes() == HEADER + ROW, "was touched")
    desk.refused("no input", DATA, "/nowhere.csv: cannot be read: No such file", "--input", "/nowhere.csv")
    desk.refused("a folder", DATA, "cannot be read: Is a directory", "--input", folder)
    desk.refused("no folder", DATA, "cannot be written to: No such file",
                 "--input", source, "--output", "/nowhere/out.csv")  # fmt: skip
    link = folder / "link.csv"
    link.symlink_to(target)
    desk.run("--input", source, "--output", link)
    desk.expect("a link", link.is_symlink() and target.read_bytes() == priced, names(folder))

    # A failure halfway leaves what stood there before, and nothing beside it.
    source.write_bytes(HEADER + ROW * 30_000 + b"x" * 100_000)
    desk.refused("a row without an end", DATA, "in.csv:30002: a row of more than 65536 bytes",
                 "--input", source, "--output", target)  # fmt: skip
    source.write_bytes(HEADER + ROW * 30_000)
    small = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    desk.refused("a full disk", DATA, "out.csv: cannot be written to: File too large",
                 "--input", source, "--output", target, preexec_fn=small)  # fmt: skip
    with open("/dev/full", "wb") as full:
        done = desk.run("--input", source, stdout=full)
    desk.expect("standard output to a full disk", done.returncode == DATA and
                "standard output: cannot be written to: No space left" in done.stderr, done)  # fmt: skip
    desk.expect("after failures", target.read_bytes() == priced, "the output changed")
    desk.expect("after failures", names(folder) == ["in.csv", "link.csv", "out.csv"], names(folder))
    ended_by_signal(desk, folder, target, priced)


def ended_by_signal(desk, folder, target, priced):
    command = desk.v6.command("price", "--input=-", f"--output={target}")
    with subprocess.Popen(command, env=desk.v6.environment(), stdin=subprocess.PIPE) as run:
        run.stdin.write(HEADER + ROW * 30_000)
        run.stdin.flush()
        while len(names(folder)) < 4 and run.poll() is None:
            pass
        run.terminate()
        run.wait()
        desk.expect("SIGTERM", run.returncode == -15, run.returncode)
    desk.expect("SIGTERM", target.read_bytes() == priced and len(names(folder)) == 3, names(folder))


def pipes(desk):
    command = desk.v6.command("price", "--input=-")
    options = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    # A program that asks and waits for each answer gets it.
    with subprocess.Popen(command, env=desk.v6.environment(), **options) as run:
        for asked, answered in ((HEADER, b",status\n"), (ROW, b",ok\n"), (ROW, b",ok\n")):
            run.stdin.write(asked)
            run.stdin.flush()
            seen = run.stdout.readline()
            desk.expect("a conversation", seen.endswith(answered), seen)
        run.stdin.close()
        desk.expect("a conversation", run.wait() == DONE, run.stderr.read())
    # `| head`: whoever read the output has seen enough.
    table = desk.folder / "long.csv"
    table.write_bytes(HEADER + ROW * 50_000)
    command = desk.v6.command("price", "--input", table)
    with subprocess.Popen(command, env=desk.v6.environment(), **options) as run:
        run.stdout.readline()
        run.stdout.close()
        error = run.stderr.read()
        desk.expect("a closed pipe", run.wait() == READER_GONE, f"{run.returncode} {error}")
        desk.expect("a closed pipe", error == b"v6: standard output: closed by its reader before the end\n", error)


def resident_kib(pid):
    """The most so far; that of wait4 counts the process that started it, too."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(peak[1]) if peak else 0


def streaming(desk):
    """Millions of rows through pipes, in memory that does not grow with them."""
    command = desk.v6.command("price", "--input=-")
    with subprocess.Popen(command, env=desk.v6.environment(), stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:  # fmt: skip
        def feed():
            run.stdin.write(HEADER)
            for _ in range(ROWS // 1000):
                run.stdin.write(ROW * 1000)
            run.stdin.close()

        feeder = threading.Thread(target=feed)
        feeder.start()
        lines = 0
        most = 0
        while block := run.stdout.read(1 << 20):
            lines += block.count(b"\n")
            most = max(most, resident_kib(run.pid))
        feeder.join()
        run.wait()
        error = run.stderr.read().decode()
    desk.calls += 1
    desk.expect("many rows", run.returncode == DONE and lines == ROWS + 1, f"{lines} {error}")
    desk.expect("many rows: summary", f"{ROWS} rows; " in error, error)
    if not desk.sanitized:
        desk.expect("many rows: memory", 0 < most < MOST_KIB, f"{most} KiB")
