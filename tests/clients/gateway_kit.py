"""A gateway to test against, and the run of one client's program on it."""

import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

from e2e_kit import V6, finish

PROGRAMS = pathlib.Path(__file__).parent / "programs"
DEADLINE = 120  # seconds for one program, generous: the machine may be busy


@contextlib.contextmanager
def gateway(v6, state):
    """`v6 gateway`, frozen at the snapshot of 2019-05-07; yields its port and ends it with SIGTERM."""
    port_file = pathlib.Path(state) / "port"
    command = v6.command(
        *("gateway", "--chains", v6.chains, "--reference", v6.reference, "--port", 0),
        *("--port-file", port_file, "--session", "frozen", "--start", "2019-05-07T09:20"),
        *("--state", state),
    )
    with open(pathlib.Path(state) / "log", "a") as log:
        process = subprocess.Popen(
            command, env=v6.environment(), stdout=subprocess.PIPE, stderr=log, text=True
        )
        try:
            # It prints once it accepts connections.
            if not process.stdout.readline():
                sys.exit(f"gateway ended with {process.wait()}: {log_of(state)}")
            yield int(port_file.read_text())
        finally:
            process.send_signal(signal.SIGTERM)
            code = process.wait(timeout=5)
    if code != 0:
        sys.exit(f"gateway ended with {code} on SIGTERM: {log_of(state)}")


def log_of(state):
    return (pathlib.Path(state) / "log").read_text()[-4000:]


def run_program(interpreter, program, port, step, cwd=None, env=None):
    """Its standard output, one problem per line; empty when all is well."""
    command = [str(interpreter), str(PROGRAMS / program), str(port), step]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=DEADLINE, cwd=cwd,
            env=dict(os.environ, **(env or {})),
        )
    except subprocess.TimeoutExpired as slow:
        return [f"{program} {step}: no end in {DEADLINE} s", f"{slow.stdout!r} {slow.stderr!r}"]
    problems = done.stdout.splitlines()
    if done.returncode != 0 or problems:
        problems += [f"{program} {step} ended with {done.returncode}", *done.stderr.splitlines()[-15:]]
    return problems


def day_in_two_sessions(interpreter, program, **how):
    """`first` trades on a new gateway; `again` finds everything on one restarted from its state."""
    v6 = V6(*sys.argv[1:3])
    problems = []
    with tempfile.TemporaryDirectory() as state:
        for step in ("first", "again"):
            with gateway(v6, state) as port:
                found = run_program(interpreter, program, port, step, **how)
            if found:
                problems += found + log_of(state).splitlines()[-20:]
                break
    finish(problems, f"{program}: traded, reconnected and found everything")
