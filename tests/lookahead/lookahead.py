#!/usr/bin/env python3
"""No look-ahead: another future leaves every record up to a day as it was, byte for byte.

The future of a day is what the chains say after it and what the reference data says from it on
(its own closing values are not yet known at its snapshot). Scheduled events, holidays and session
hours stay: they are announced beforehand.
"""

import json
import sys
import tempfile
from pathlib import Path

from e2e_kit import LAST, NO_EXITS, V6, chain_copy, chain_days, chain_file
from e2e_kit import finish, read_chain, reference_copy, write_chain

FACTOR = 1.05
AHEAD = 6  # sessions of another future: enough for every exit rule to see it
LATER = (
    "closed_at",
    "exit_rule",
    "realised_pnl",
    "unrealised_pnl",
    "fees",
    "slippage",
    "rolled_to",
)
CUTS = [  # early, middle, late; with the default exits and with structures held to settlement
    ("2019-05-01", ()),
    ("2019-05-31", ()),
    ("2019-06-07", NO_EXITS),  # two structures settle on this day
    ("2019-06-25", ()),
]


def scaled_chain(lines):
    """The chain with every bid, ask and underlying_last times FACTOR."""
    columns = lines[0].split(",")
    priced = [columns.index(name) for name in ("underlying_last", "bid", "ask")]
    yield lines[0]
    for line in lines[1:]:
        fields = line.split(",")
        for column in priced:
            fields[column] = str(round(float(fields[column]) * FACTOR, 2))
        yield ",".join(fields)


def scaled_rows(first):
    """Every figure of a CSV table dated `first` or later times FACTOR."""

    def edit(lines):
        for line in lines:
            day, *figures = line.split(",")
            if day >= first and day[:1].isdigit():
                figures = [str(round(float(f) * FACTOR, 4)) if f else "" for f in figures]
            yield ",".join([day, *figures])

    return edit


def scaled_reference(v6, folder, first):
    tables = ("fred_sp500", "vix-daily", "treasury_cmt_2005_2026")
    return reference_copy(v6.reference, folder, **{name: scaled_rows(first) for name in tables})


def known(run, until):
    """[(what, text)] of all a run says up to a time, in file order."""
    told = []
    for name in ("decisions.jsonl", "orders.jsonl", "fills.jsonl"):
        told += [(name, line) for line in run.lines(name) if json.loads(line)["at"] <= until]
    told += [("equity.csv", line) for line in run.lines("equity.csv")[1:] if line[:20] <= until]
    for line in run.lines("structures.jsonl"):
        structure = json.loads(line)
        if (structure["closed_at"] or "9999") <= until:
            told.append(("structures.jsonl", line))
        elif structure["opened_at"] <= until:  # how it began; how it ends is of the future
            began = {key: value for key, value in structure.items() if key not in LATER}
            told.append(("structures.jsonl, at entry", json.dumps(began)))
    return told


def differences(base, other, until):
    before, after = known(base, until), known(other, until)
    for (what, text), (_, instead) in zip(before, after):
        if text != instead:
            at = next((i for i, (a, b) in enumerate(zip(text, instead)) if a != b), 0)
            near = slice(max(0, at - 60), at + 60)
            yield f"{what}: ...{text[near]}... became ...{instead[near]}..."
            return
    if len(before) != len(after):
        yield f"{len(before)} records became {len(after)}"


def futures(v6, folder, day, settings):
    """(another future, its run, the time up to which nothing may change)."""
    days = chain_days(v6.chains)
    past = [d for d in days if d <= day]
    ahead = [d for d in days if d > day][:AHEAD]
    end = ahead[-1]
    night, snapshot = f"{day}T23:59:59Z", f"{day}T19:45:00Z"

    scaled = chain_copy(v6.chains, folder / "scaled", past + ahead)
    for later in ahead:
        write_chain(chain_file(scaled, later), scaled_chain(read_chain(chain_file(scaled, later))))
    ended = chain_copy(v6.chains, folder / "ended", past)
    today = scaled_reference(v6, folder / "reference_from_today", day)
    tomorrow = scaled_reference(v6, folder / "reference_from_tomorrow", ahead[0])

    def run(name, **what):
        return v6.backtest(folder / f"out_{name}", *settings, **what)

    yield "later prices", run("scaled", chains=scaled, end=end), night
    yield "no later days", run("ended", chains=ended, end=LAST), night
    yield "an earlier --to", run("to", end=day), night
    yield "later references", run("tomorrow", reference=tomorrow, end=end), night
    yield "today's close", run("today", reference=today, end=end), snapshot


def compared(v6, folder, base, day, settings):
    folder.mkdir()
    count = len(known(base, f"{day}T23:59:59Z"))
    if count < 10:
        yield f"{day}: only {count} records to compare"
    for name, run, until in futures(v6, folder, day, settings):
        for difference in differences(base, run, until):
            yield f"{day}, {name}: {difference}"
        if not any(differences(base, run, "9999")):
            yield f"{day}, {name}: nothing changed at all, so this shows nothing"


def self_check(v6, folder, base, day):
    """Other prices on the day itself must be seen by the comparison."""
    chains = chain_copy(
        v6.chains, folder / "same_day", [d for d in chain_days(v6.chains) if d <= day]
    )
    write_chain(chain_file(chains, day), scaled_chain(read_chain(chain_file(chains, day))))
    run = v6.backtest(folder / "out_same_day", chains=chains, end=day)
    if not any(differences(base, run, f"{day}T19:45:00Z")):
        yield "self-check: other prices on the day itself are not seen"


def main():
    v6 = V6(*sys.argv[1:3])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bases = {
            settings: v6.backtest(folder / f"base_{len(settings)}", *settings)
            for settings in {tuple(settings) for _, settings in CUTS}
        }
        wrong = list(self_check(v6, folder, bases[()], CUTS[0][0]))
        for day, settings in CUTS:
            base = bases[tuple(settings)]
            wrong += compared(v6, folder / f"cut_{day}", base, day, settings)
        finish(wrong, f"{len(CUTS)} days, 5 other futures each: the past stays as it was")


main()
