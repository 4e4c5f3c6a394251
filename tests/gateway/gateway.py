"""`v6 gateway` as a process: its flags, its port, its end, and what garbage does to it."""

import contextlib
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

from e2e_kit import V6, finish
from wire import OPENING, Link, frame, limit_order

v6 = V6(*sys.argv[1:3])
problems = []


def expect(condition, text):
    if not condition:
        problems.append(text)


def arguments(*more):
    return ["gateway", "--chains", v6.chains, "--reference", v6.reference, *more]


@contextlib.contextmanager
def running(folder, *more):
    port_file = pathlib.Path(folder) / "port"
    port_file.unlink(missing_ok=True)
    process = subprocess.Popen(
        v6.command(*arguments("--port", 0, "--port-file", port_file, "--quiet", *more)),
        env=v6.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    try:
        if not process.stdout.readline():
            sys.exit(f"gateway {more} ended with {process.wait()}: {process.stderr.read()}")
        process.port = int(port_file.read_text())
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


def end(process, how):
    process.send_signal(how)
    try:
        return process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        return "no end within 5 s"


def check_flags():
    cases = {
        ("--port", 70000): (2, "--port 70000: accepted are 0"),
        ("--port", "http"): (2, "--port"),
        ("--speed", 0): (2, "--speed 0: accepted are numbers above 0"),
        ("--session", "thawed"): (2, '--session "thawed": accepted are frozen'),
        ("--start", "yesterday"): (2, '--start "yesterday": accepted is a time in New York'),
        ("--start", "2019-05-07T25:00"): (2, "--start"),
        ("--account", "U1234567"): (2, "accepted are paper accounts"),
        ("--cash", "-5"): (2, "--cash"),
        ("--lines", 0): (2, "--lines 0"),
        ("--listen", "nowhere"): (2, '--listen "nowhere": accepted is an IP address'),
        ("--underlying", "spx"): (2, "--underlying"),
        ("--seed", "x"): (2, "--seed"),
        ("--bogus", 1): (2, "--bogus"),
        ("--start", "1999-01-04"): (2, "from 2007 to 2199"),
        ("--start", "2999-05-07T09:20"): (2, "from 2007 to 2199"),
        ("--start", "2018-01-02"): (4, "2018-01-02"),
        ("--scenario", "/nonexistent.toml"): (3, "/nonexistent.toml"),
    }
    for flags, (code, text) in cases.items():
        done = v6(*arguments(*flags))
        expect(done.returncode == code and text in done.stderr and done.stderr.count("\n") == 1,
               f"{flags}: {done.returncode}, {done.stderr!r}")
    done = v6("gateway")
    expect(done.returncode == 2 and "--chains" in done.stderr, f"no chains: {done.stderr!r}")
    shown = v6("gateway", "--help").stdout
    for word in ("ib_async", "connect('127.0.0.1', 4002", "--chains", "--session frozen"):
        expect(word in shown, f"--help does not show {word}")


def check_scenarios(folder):
    path = pathlib.Path(folder) / "scenario.toml"
    bad = {
        "[account]\nid = 5\n": "scenario.toml:2",
        "[account]\nkind = \"live\"\n": "account.kind",
        "[fills]\nmax_per_evnt = 1\n": "scenario.toml:2",
        "nonsense = 1\n": "scenario.toml:1",
    }
    for text, where in bad.items():
        path.write_text(text)
        done = v6(*arguments("--scenario", path))
        expect(done.returncode in (2, 3) and where in done.stderr, f"{text!r}: {done.stderr!r}")
    path.write_text('[account]\nid = "DU7"\ncash = 1000\n[fills]\nmax_per_event = 1\ninterval_ms = 10\n')
    with running(folder, "--session", "frozen", "--scenario", path) as process:
        with Link(process.port).start(1) as link:
            link.send(62, 1, 9, "All", "TotalCashValue")
            expect(link.read() == ["63", "1", "9", "DU7", "TotalCashValue", "1000.00", "USD"],
                   "the scenario's account")


def check_serving(folder):
    """Garbage and abuse end the links they come over; the rest goes on."""
    with running(folder, "--session", "frozen") as process:
        port = process.port
        done = v6(*arguments("--port", port))
        expect(done.returncode == 6 and "in use" in done.stderr and "--port 0" in done.stderr,
               f"port in use: {done.returncode}, {done.stderr!r}")
        with Link(port).start(1) as steady:
            for bytes_ in (b"GET / HTTP/1.1\r\n\r\n", b"\0" * 64, b"\xff" * 4096,
                           OPENING + b"\xff\xff\xff\xff", OPENING + frame(b"v100..157"),
                           OPENING + frame(b"v213..225")):
                with Link(port) as link:
                    link.socket.sendall(bytes_)
                    expect(link.ended(), f"an answer to {bytes_[:20]!r}")
            with Link(port).start(2) as link:
                link.socket.sendall(b"\x7f\xff\xff\xff")
                expect(link.ended(), "a length of two gigabytes was taken")
            with Link(port) as link:
                link.greet(1)
                refused = link.read()
                expect(refused[:4] == ["4", "2", "-1", "326"] and link.ended(), f"{refused}")
            with Link(port).start(3) as link:
                link.socket.sendall(b"".join(frame(b"49\x001\x00") for _ in range(400)))
                answers = []
                while (fields := link.read()) is not None:
                    answers.append(fields)
                expect(any(a[:4] == ["4", "2", "-1", "100"] for a in answers), "no error 100")
            # A pause within a frame is legal.
            steady.socket.sendall(frame(b"49\x001\x00")[:6])
            with Link(port).start(4) as link:
                link.send(49, 1)
                expect(link.read()[0] == "49", "another client")
            steady.socket.sendall(frame(b"49\x001\x00")[6:])
            expect(steady.read() == ["49", "1", "1556221500"], "the frozen time")  # 2019-04-25 15:45

            with contextlib.ExitStack() as stack:
                links = [stack.enter_context(Link(port)) for _ in range(31)]
                for i, link in enumerate(links):
                    link.start(100 + i)
                with Link(port) as late:
                    expect(late.ended(), "a 33rd connection was served")
                expect(end(process, signal.SIGTERM) == 0, "SIGTERM with 32 clients connected")
                expect(all(link.ended() for link in links), "links outlive the gateway")


def check_moving_market(folder):
    """At speed the clock runs, ticks come, and SIGINT ends it as well."""
    flags = ("--start", "2019-05-07T10:00", "--speed", 60)
    with running(folder, *flags) as process, Link(process.port).start(1) as link:
        link.send(1, 11, 5, 0, "SPX", "IND", "", 0.0, "", "", "CBOE", "", "USD", "", "", 0, "", 0, 0, "")
        began = time.monotonic()
        levels = set()
        while len(levels) < 5 and time.monotonic() - began < 20:
            fields = link.until(1)[-1]
            if fields[3] == "4":
                levels.add(fields[4])
        expect(len(levels) == 5, f"the index moved {levels}")
        expect(end(process, signal.SIGINT) == 0, "SIGINT")


def check_sudden_death(folder):
    """What a client has heard of survives SIGKILL, and executions never repeat an id."""
    state = ("--session", "frozen", "--state", pathlib.Path(folder) / "state")
    query = [9, 8, 3, 0, "SPX", "OPT", "20190621", 2800, "P", "", "SMART", "", "USD", "", "SPXW"]
    executions = set()
    for round_ in (1, 2, 3):
        with running(folder, *state) as process, Link(process.port) as link:
            link.greet(7)
            next_id = int(link.until(9)[-1][2])
            expect(next_id == 2 * round_ - 1, f"next id of round {round_}: {next_id}")
            link.send(7, 3, 1, 0, "", "", "", "", "", "")
            told = {m[14] for m in link.until(55) if m[0] == "11"}
            expect(told == executions, f"round {round_}: {told} of {executions}")
            link.send(*query, 0, "", "", "")
            con_id = next(m for m in link.until(52) if m[0] == "10")[12]
            link.send(*limit_order(next_id, con_id, "BUY", 1, 0.05, f"rests-{round_}"))
            link.send(*limit_order(next_id + 1, con_id, "BUY", 1, 500, f"fills-{round_}"))
            executions.add(link.until(59)[-1][2])
            link.send(5, 1)
            refs = [m[23] for m in link.until(53) if m[0] == "5"]
            expect(refs == [f"rests-{n}" for n in range(1, round_ + 1)], f"open: {refs}")
            process.kill()
            process.wait()
    expect(len(executions) == 3, f"executions: {executions}")


with tempfile.TemporaryDirectory() as place:
    check_flags()
    check_scenarios(place)
    check_serving(place)
    check_moving_market(place)
    check_sudden_death(place)
finish(problems, "gateway: flags, links, abuse and its end as promised")
