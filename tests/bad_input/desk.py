"""Runs bad calls and judges their answers; and the edits that spoil a file."""

import re

from e2e_kit import Outputs, chain_copy, chain_file, read_chain, reference_copy, standing, write_chain

DONE, BAD_ANSWER, USAGE, CONFIG, DATA = 0, 1, 2, 3, 4
DAYS = ["2019-04-25", "2019-04-26", "2019-04-29"]
SPOILT = DAYS[1]
ROW = 100  # the line of the chain file, counted from 0, that is spoilt; messages count from 1
AT = r"SPX_20190426\.csv\.gz:101: "


class Desk:
    """Runs bad calls, each in a folder of its own, and keeps what is wrong with the answers."""

    def __init__(self, v6, folder):
        self.v6, self.folder = v6, folder
        self.calls, self.wrong = 0, []
        self.chain = read_chain(chain_file(v6.chains, SPOILT))
        self.chains = chain_copy(v6.chains, folder / "chains", DAYS)

    def place(self):
        self.calls += 1
        place = self.folder / f"call{self.calls}"
        place.mkdir()
        return place

    def judge(self, what, done, code, message, out=None):
        error = done.stderr.strip()
        if done.returncode != code:
            self.wrong.append(f"{what}: exit {done.returncode}, expected {code}: {error[:300]}")
        elif code not in (DONE, BAD_ANSWER) and not re.fullmatch(
            f"v6: [^\\n]*{message}[^\\n]*", error
        ):
            self.wrong.append(f"{what}: expected one line like '{message}', got: {error[:300]}")
        elif done.stdout and code not in (DONE, BAD_ANSWER):
            self.wrong.append(f"{what}: a failed call printed results: {done.stdout[:100]}")
        if code != DONE and out and standing(out):
            self.wrong.append(f"{what}: {', '.join(standing(out))} stand in --out")

    def call(self, what, code, message, *arguments, **popen):
        self.calls += 1
        self.judge(what, self.v6(*arguments, **popen), code, message)

    def backtest(self, what, code, message, *more, out=None, popen=None, **folders):
        out = out or self.place() / "out"
        folders = {"chains": self.chains, "start": DAYS[0], "end": DAYS[-1]} | folders
        arguments = self.v6.backtest_arguments(out, *more, **folders)
        self.judge(what, self.v6(*arguments, **(popen or {})), code, message, out)
        return Outputs(out)

    def spoilt_chain(self, what, code, message, edit, **folders):
        """A backtest over three days of which the second is edited."""
        chains = chain_copy(self.v6.chains, self.place() / "chains", DAYS)
        write_chain(chain_file(chains, SPOILT), edit(list(self.chain)))
        return self.backtest(what, code, message, chains=chains, **folders)

    def spoilt_bytes(self, what, message, edit):
        chains = chain_copy(self.v6.chains, self.place() / "chains", DAYS)
        path = chain_file(chains, SPOILT)
        data = path.read_bytes()
        path.unlink()
        path.write_bytes(edit(data))
        self.backtest(what, DATA, message, chains=chains)

    def spoilt_reference(self, what, message, **edits):
        reference = reference_copy(self.v6.reference, self.place() / "reference", **edits)
        self.backtest(what, DATA, message, reference=reference)


def field(name, value):
    """Edit: one field of the spoilt row."""

    def edit(lines):
        fields = lines[ROW].split(",")
        fields[lines[0].split(",").index(name)] = value
        return [*lines[:ROW], ",".join(fields), *lines[ROW + 1 :]]

    return edit


def without_column(name):
    def edit(lines):
        gone = lines[0].split(",").index(name)
        return [",".join(f for i, f in enumerate(l.split(",")) if i != gone) for l in lines]

    return edit


def row(number, text):
    """Edit: one line of a file."""
    return lambda lines: [*lines[: number - 1], text, *lines[number:]]


def until(day):
    """Edit: the rows of a table before a day."""
    return lambda lines: [l for l in lines if not l[:1].isdigit() or l < day]
