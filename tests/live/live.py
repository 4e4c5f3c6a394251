#!/usr/bin/env python3
"""`v6 run` against `v6 gateway`, two processes and a socket: exit codes, one process a state folder,
views, words, kill latch, and lives that end well and badly.

# covers: I-01, I-20, I-28, F-01, F-13, F-95
"""

import contextlib
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

from e2e_kit import V6, finish

v6 = V6(*sys.argv[1:3])
problems = []
SPEED = 20
PATIENCE = 60  # seconds, generous: the machine may be busy
VIEWS = ("status", "positions", "orders", "decisions", "greeks", "chain", "alerts")


def expect(condition, text):
    if not condition:
        problems.append(text)


def last_line(text):
    return (text.strip().splitlines() or [""])[-1]


@contextlib.contextmanager
def gateway(folder):
    command = v6.command(
        *("gateway", "--chains", v6.chains, "--reference", v6.reference, "--port", 0),
        *("--port-file", folder / "port", "--start", "2019-05-07T10:20", "--speed", SPEED),
        *("--state", folder / "gateway"),
    )
    process = subprocess.Popen(
        command, env=v6.environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        process.stdout.readline()
        yield int((folder / "port").read_text())
    finally:
        process.send_signal(signal.SIGTERM)
        expect(process.wait(timeout=5) == 0, "the gateway does not end on SIGTERM")


def run_arguments(port, state, *more):
    return (
        *("run", "--gateway", f"127.0.0.1:{port}", "--state", state),
        *("--reference", v6.reference, "--set", 'underlyings=["SPX"]', *more),
    )


@contextlib.contextmanager
def bot(port, state, *more):
    """A bot that has compared its books with the gateway's; killed at the end if it still lives."""
    command = v6.command(*run_arguments(port, state, "--clock", f"scaled:{SPEED}", *more))
    process = subprocess.Popen(
        command, env=v6.environment(), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    try:
        wait_for(state, lambda status: status["link"] == "ready", "a bot that is ready")
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def look(view, state):
    done = v6(view, "--state", state, "--json")
    return json.loads(done.stdout) if done.returncode == 0 else None


def wait_for(state, fits, what):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        status = look("status", state)
        if status is not None and fits(status):
            return status
    sys.exit(f"{what}: not within {PATIENCE} s; last status {status}")


def check_usage(folder):
    cases = [
        (("--mode", "live"), 5, "arming"),
        (("--mode", "papr"), 2, "dry_run and paper"),
        (("--clock", "fast"), 2, "scaled:X"),
        (("--connect-timeout", "1"), 6, "not ready within 1 s"),
        (("--set", "underlyings=[\"NOPE\"]"), 3, "underlyings"),
    ]
    for more, code, text in cases:
        done = v6(*run_arguments(1, folder / "usage", *more))
        expect(done.returncode == code, f"run {more}: {done.returncode}, not {code}: {done.stderr}")
        expect(text in done.stderr, f"run {more} does not say {text!r}: {done.stderr}")
        (folder / "usage/starts").unlink(missing_ok=True)
    done = v6("run", "--gateway", "nowhere", "--state", folder / "usage")
    expect(done.returncode == 2 and "HOST:PORT" in done.stderr, f"--gateway nowhere: {done.stderr}")
    done = v6("status", "--state", folder / "nobody")
    expect(done.returncode == 6 and "no bot answers" in done.stderr, f"status: {done.stderr}")


def check_account(folder, port):
    done = v6(*run_arguments(port, folder / "account", "--mode", "paper", "--account", "DU7654321"))
    expect(done.returncode == 5, f"a wrong account ends with {done.returncode}: {done.stderr}")
    expect("DU7654321" in done.stderr, f"a wrong account is not named: {done.stderr}")


def check_life(folder, port):
    state = folder / "bot"
    with bot(port, state, "--mode", "paper") as process:
        twin = v6(*run_arguments(port, state))
        expect(twin.returncode == 5 and "lives in this state folder" in twin.stderr, twin.stderr)
        for view in VIEWS:
            expect(look(view, state) is not None, f"{view} --json gives nothing")
            expect(v6(view, "--state", state).returncode == 0, f"{view} fails")
        expect(oct((state / "control.sock").stat().st_mode)[-3:] == "600", "control.sock is not 0600")

        expect(v6("flatten", "--state", state, "--preview").returncode == 0, "flatten --preview")
        expect(look("status", state)["latches"] == [], "a preview must do nothing")
        expect(v6("stop-entries", "--state", state).returncode == 2, "a reason is required")
        done = v6("stop-entries", "--state", state, "--reason", "lunch")
        expect(done.returncode == 0, f"stop-entries: {done.stderr}")
        expect("lunch" in str(look("status", state)["latches"]), "stop-entries is not latched")
        v6("resume", "--state", state, "--reason", "back")
        expect(look("status", state)["latches"] == [], "resume does not lift it")

        (state / "halt").touch()
        wait_for(state, lambda status: status["latches"], "the halt file's latch")
        (state / "halt").unlink()
        v6("resume", "--state", state, "--reason", "looked at")
        process.send_signal(signal.SIGUSR1)
        wait_for(state, lambda status: status["latches"], "the signal's latch")

        process.send_signal(signal.SIGTERM)
        expect(process.wait(timeout=5) == 0, f"SIGTERM: {process.stderr.read()}")
    journal = state / "journal/000001.db"
    for word in ("verify", "replay"):
        done = v6(word, journal)
        expect(done.returncode == 0, f"{word} {journal.name}: {done.stdout}{done.stderr}")


def check_sudden_death(folder, port):
    """The latch of the life before holds in the next one; the third life's journal replays."""
    state = folder / "bot"
    with bot(port, state, "--mode", "paper") as process:
        expect(look("status", state)["latches"], "a restart must not lift a latch")
        process.kill()
        process.wait()
    with bot(port, state, "--mode", "paper") as process:
        process.send_signal(signal.SIGTERM)
        expect(process.wait(timeout=5) == 0, "the life after a sudden death does not end well")
    done = v6("replay", state / "journal/000003.db")
    expect(done.returncode == 0, f"the third life does not replay: {done.stdout}{done.stderr}")


def check_dry_run(folder, port):
    state = folder / "dry"
    with bot(port, state) as process:
        expect(look("status", state)["mode"] == "dry_run", "dry_run is not the default")
        expect(look("orders", state) == [], "dry_run has orders")
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=5)


with tempfile.TemporaryDirectory() as name:
    place = pathlib.Path(name)
    check_usage(place)
    with gateway(place) as port:
        check_account(place, port)
        check_life(place, port)
        check_sudden_death(place, port)
        check_dry_run(place, port)
finish(problems, "the live bot starts, stops, refuses and wakes up as it should")
