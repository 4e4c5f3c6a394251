"""Runs `v6 price` and keeps what is wrong with its answers."""

import csv
import io
import json
import math
import re
import subprocess

DONE, USAGE, DATA, READER_GONE = 0, 2, 4, 141


class Desk:
    def __init__(self, v6, folder):
        self.v6, self.folder = v6, folder
        self.calls, self.wrong = 0, []
        self.sanitized = b"__asan_init" in v6.binary.read_bytes()

    def expect(self, what, condition, seen=""):
        if not condition:
            self.wrong.append(f"{what}: {str(seen)[:300]}")

    def close(self, what, seen, wanted, tolerance):
        good = isinstance(seen, (int, float)) and abs(seen - wanted) <= tolerance
        self.expect(what, good, f"{seen!r}, expected {wanted!r} within {tolerance}")

    def run(self, *arguments, **options):
        self.calls += 1
        usual = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "timeout": 300}
        command = self.v6.command("price", *arguments)
        return subprocess.run(command, env=self.v6.environment(), **(usual | options))

    def option(self, **given):
        """One option, its values as JSON; `dividend` is a list, underscores are dashes."""
        words = [
            f"--{name.replace('_', '-')}={one}"
            for name, value in given.items()
            for one in (value if isinstance(value, list) else [value])
        ]
        done = self.run("--json", *words)
        if done.returncode != DONE:
            self.wrong.append(f"{given}: exit {done.returncode}: {done.stderr.strip()}")
            return {}
        return json.loads(done.stdout)

    def refused(self, what, code, message, *arguments, **options):
        """A call that must print nothing but one line that says why."""
        done = self.run(*arguments, **options)
        self.expect(what, done.returncode == code, f"exit {done.returncode}: {done.stderr}")
        line = re.fullmatch(f"v6: [^\\n]*{message}[^\\n]*", done.stderr.strip())
        self.expect(what, line, f"expected one line like '{message}', got {done.stderr!r}")
        self.expect(what, not done.stdout, f"printed {done.stdout!r}")

    def table(self, text, *arguments, code=DONE):
        """A table through standard input and output; its rows as dictionaries."""
        done = self.run("--input", "-", *arguments, input=text)
        self.expect("a table", done.returncode == code, f"exit {done.returncode}: {done.stderr}")
        return list(csv.DictReader(io.StringIO(done.stdout, newline="")))


def below(x):
    """Standard normal distribution."""
    return 0.5 * math.erfc(-x / math.sqrt(2))


def black_scholes(kind, spot, strike, rate, dividend_yield, years, vol):
    """Price and Greeks of the textbook (Merton 1973), per 1.00 and per year."""
    sign = 1 if kind == "C" else -1
    deviation = vol * math.sqrt(years)
    d1 = (math.log(spot / strike) + (rate - dividend_yield) * years) / deviation + deviation / 2
    d2 = d1 - deviation
    share = math.exp(-dividend_yield * years)
    bond = strike * math.exp(-rate * years)
    density = math.exp(-d1 * d1 / 2) / math.sqrt(2 * math.pi)
    vega = spot * share * density * math.sqrt(years)
    return {
        "price": sign * (spot * share * below(sign * d1) - bond * below(sign * d2)),
        "delta": sign * share * below(sign * d1),
        "gamma": share * density / (spot * deviation),
        "vega": vega,
        "theta": -vega * vol / (2 * years)
        - sign * rate * bond * below(sign * d2)
        + sign * dividend_yield * spot * share * below(sign * d1),
        "rho": sign * years * bond * below(sign * d2),
    }
