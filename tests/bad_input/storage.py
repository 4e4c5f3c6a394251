"""Disks that are full, files that may not grow, runs that are killed."""

import contextlib
import resource
import signal
import subprocess
import time

from desk import DATA, DONE
from e2e_kit import standing


@contextlib.contextmanager
def small_disk(folder):
    """A disk of 1 MiB where this user may mount one; else None."""
    folder.mkdir()
    mounted = (
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1m", "v6-test", folder], capture_output=True
        ).returncode
        == 0
    )
    try:
        yield folder if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", folder], check=True)


def small_files(most):
    return {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))}


def storage(desk):
    file = desk.place() / "file"
    file.write_text("kept")
    desk.backtest(
        "--out below a file", DATA, "cannot create .*/file/out: Not a directory", out=file / "out"
    )
    desk.backtest("--out is a file", DATA, "cannot create .*/file", out=file)
    if file.read_text() != "kept":
        desk.wrong.append("--out is a file: the file was written over")
    for most in (
        0,
        300_000,
        600_000,
    ):  # before the journal stands, in its middle, in its later part
        desk.backtest(
            f"files of at most {most} bytes",
            DATA,
            "journal.db: cannot be written: .*",
            popen=small_files(most),
        )
    with small_disk(desk.place() / "disk") as disk:
        if disk:
            full = {"chains": desk.v6.chains, "end": "2019-06-28", "out": disk / "out"}
            desk.backtest(
                "a full disk", DATA, "cannot be written: the disk is full; free some space", **full
            )

    out = desk.backtest("a first run", DONE, "").folder
    before = {name: (out / name).read_bytes() for name in standing(out)}
    done = desk.v6(*desk.v6.backtest_arguments(out, chains="/nowhere"))
    after = {name: (out / name).read_bytes() for name in standing(out)}
    if done.returncode != DATA or before != after or len(after) != 8:
        desk.wrong.append("a run that fails touched the results of an earlier one")


def killed(desk):
    """kill -9 in the midst of writing: nothing stands, and the next run is not in its way."""
    for signal_sent in (signal.SIGKILL, signal.SIGTERM):
        out = desk.place() / "out"
        command = desk.v6.command(*desk.v6.backtest_arguments(out))
        run = subprocess.Popen(command, env=desk.v6.environment(), stdout=subprocess.DEVNULL)
        while run.poll() is None and not any(out.glob("**/journal.db*")):
            time.sleep(0.001)
        run.send_signal(signal_sent)
        if run.wait() != -signal_sent:
            desk.wrong.append(f"{signal_sent.name} came too late to show anything")
        if standing(out):
            desk.wrong.append(f"{signal_sent.name}: {', '.join(standing(out))} stand in --out")
        run = desk.backtest(f"a run after {signal_sent.name}", DONE, "", out=out)
        if len(standing(run.folder)) != 8 or sorted(p.name for p in out.iterdir()) != sorted(
            standing(out)
        ):
            desk.wrong.append(
                f"a run after {signal_sent.name} left {sorted(p.name for p in out.iterdir())}"
            )
