#!/usr/bin/env python3
"""Bad calls: each ends with its documented exit code and one line that says what to do about it,
and leaves no file that could be taken for a result.
"""

import contextlib
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from e2e_kit import V6, Outputs, chain_copy, chain_file
from e2e_kit import finish, read_chain, reference_copy, standing, write_chain

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


def chain_contents(desk):
    dollars = "accepted: dollars up to 200000 with at most four decimals"
    for what, message, edit in [
        (
            "a missing column",
            r'gz:1: column "bid" is missing; accepted: underlying,.*,gamma',
            without_column("bid"),
        ),
        (
            "an extra column",
            r'gz:1: column "mood" is unknown; accepted: underlying,',
            lambda ls: [ls[0] + ",mood", *(l + ",1" for l in ls[1:])],
        ),
        (
            "a renamed column",
            r'gz:1: column "ask" is missing, column "offer" is unknown',
            lambda ls: [ls[0].replace("ask", "offer"), *ls[1:]],
        ),
        ("a short row", AT + "the row has 1 fields; accepted: 17", row(ROW + 1, "SPX")),
        ("a blank line", AT + "the row has 1 fields", row(ROW + 1, "")),
        ("text for a number", AT + f'bid "high" is not a number; {dollars}', field("bid", "high")),
        ("an empty number", AT + 'ask "" is not a number', field("ask", "")),
        ("NaN", AT + f'bid "NaN" is not a finite number; {dollars}', field("bid", "NaN")),
        ("infinity", AT + 'ask "inf" is not a finite number', field("ask", "inf")),
        (
            "NaN for a volatility",
            AT + 'impliedvol "nan" is not a finite number; accepted: 0',
            field("impliedvol", "nan"),
        ),
        ("an absurd price", AT + 'ask "1e300" .*accepted', field("ask", "1e300")),
        (
            "an absurd delta",
            AT + 'delta "7" is out of range; accepted: -1 to 1',
            field("delta", "7"),
        ),
        (
            "a negative open interest",
            AT + 'openinterest "-5" .*accepted: a whole number from 0',
            field("openinterest", "-5"),
        ),
        (
            "a negative strike",
            AT + 'strike "-5" is no strike; accepted: dollars from',
            field("strike", "-5"),
        ),
        (
            "a strike unlike its symbol",
            AT + r'optionroot "SPXW190426C02595000" .*accepted: SPXW190426C01805000',
            field("strike", "1805.0"),
        ),
        (
            "an expiry unlike its symbol",
            AT + r"optionroot .*accepted: SPXW190503C02595000",
            field("expiration", "05/03/2019"),
        ),
        ("no type of option", AT + 'type "calll" .*accepted: call, put', field("type", "calll")),
        (
            "no date",
            AT + 'expiration "13/45/2019" is no date; accepted: MM/DD/YYYY',
            field("expiration", "13/45/2019"),
        ),
        (
            "a row of another day",
            AT + 'quotedate "04/29/2019" .*accepted: 04/26/2019',
            field("quotedate", "04/29/2019"),
        ),
        (
            "a row of another underlying",
            AT + 'underlying "SPY" .*accepted: SPX',
            field("underlying", "SPY"),
        ),
        (
            "a second spot",
            AT + 'underlying_last "2000.0" .*accepted: 2939.88',
            field("underlying_last", "2000.0"),
        ),
        (
            "a duplicate contract",
            r"gz:102: contract SPXW 2019-04-26 2595 C was on line 101 already",
            lambda ls: [*ls[: ROW + 1], *ls[ROW:]],
        ),
        ("a heading alone", r"SPX_20190426\.csv\.gz: no rows below the header", lambda ls: ls[:1]),
    ]:
        desk.spoilt_chain(what, DATA, message, edit)
    for what, edit, counted in [  # the market's faults, not the file's: counted and shown
        ("a negative quote", field("bid", "-1.0"), "negative"),
        ("a crossed quote", field("bid", "99999.0"), "crossed"),
        ("a quote of nothing", lambda ls: field("ask", "0.0")(field("bid", "0.0")(ls)), "no_quote"),
    ]:
        run = desk.spoilt_chain(what, DONE, "", edit)
        if standing(run.folder) and run.summary["quotes_refused"] != {counted: 1}:
            desk.wrong.append(f"{what}: refused quotes are {run.summary['quotes_refused']}")


def chain_files(desk):
    v6 = desk.v6
    other = chain_file(v6.chains, DAYS[2]).read_bytes()
    damaged = r"SPX_20190426\.csv\.gz: the gzip data is cut off or damaged"
    desk.spoilt_bytes(
        "a file of another day",
        'gz:2: quotedate "04/29/2019" .*accepted: 04/26/2019',
        lambda _: other,
    )
    desk.spoilt_bytes("a truncated file", damaged, lambda data: data[: len(data) // 2])
    desk.spoilt_bytes("a file without its last byte", damaged, lambda data: data[:-1])
    desk.spoilt_bytes(
        "a wrong checksum", damaged, lambda data: data[:-6] + bytes([data[-6] ^ 1]) + data[-5:]
    )
    desk.spoilt_bytes("no gzip", damaged, lambda _: b"hello")
    for day in ("2019-05-27", "2019-07-04"):  # holidays on which somebody copied the quotes
        chains = chain_copy(v6.chains, desk.place() / "chains", DAYS)
        shutil.copy(chain_file(v6.chains / "defects", day), chains)
        message = (
            f"{chain_file('', day)}: {day} is no trading session .market holiday.*remove the file"
        )
        desk.backtest(f"quotes of {day}", DATA, message, chains=chains, end="2019-07-05")
    chains = chain_copy(v6.chains, desk.place() / "chains", DAYS)
    (chains / "SPX_20191399.csv.gz").write_bytes(b"")
    desk.backtest(
        "a file of no date", DATA, "SPX_20191399.*is no date; accepted: YYYYMMDD", chains=chains
    )
    empty = desk.place()
    desk.backtest("an empty folder", DATA, f"{empty}: no file SPX_YYYYMMDD", chains=empty)
    desk.backtest("no folder", DATA, "/nowhere: cannot read this folder", chains="/nowhere")
    desk.backtest(
        "a file for a folder", DATA, "Not a directory", chains=chain_file(v6.chains, SPOILT)
    )
    desk.backtest(
        "no file in range",
        DATA,
        "no file .* from 2019-08-01 to 2019-08-05; the folder holds 3 of 2019-04-25 to 2019-04-29",
        start="2019-08-01",
        end="2019-08-05",
    )


def arguments(desk):
    for bad in ("2019-13-01", "2019-02-30", "20190425", "2019-4-5", "yesterday", ""):
        desk.backtest(
            f"--from {bad!r}", USAGE, f'--from "{bad}": accepted is a date as 2019-05-01', start=bad
        )
    desk.backtest("--to without sense", USAGE, '--to "never": accepted is a date', end="never")
    desk.backtest(
        "--from after --to",
        USAGE,
        "--from 2019-04-29 lies after --to 2019-04-25: swap",
        start=DAYS[2],
        end=DAYS[0],
    )
    for option, bad, message in [
        ("--underlying", "XYZ", "no such instrument; known are SPY on SPY, .*SPXW on SPX"),
        ("--underlying", "spx", "accepted are one to six capital letters"),
        ("--underlying", "SPY", "--underlying SPY --root SPXW: no such instrument"),
        ("--root", "SPXQ", "--underlying SPX --root SPXQ: no such instrument; known are"),
        ("--fill", "best", '--fill "best": accepted are natural, walk, mid'),
        ("--seed", "-1", '--seed "-1": accepted is a whole number from 0'),
        ("--seed", "1.5", '--seed "1.5": accepted is a whole number'),
        ("--seed", "18446744073709551616", "--seed .*: accepted is a whole number"),
        ("--cash", "0", '--cash "0": accepted are dollars above 0'),
        ("--cash", "-5", '--cash "-5": accepted are dollars above 0'),
        ("--cash", "nan", '--cash "nan": accepted are dollars above 0'),
    ]:
        given = {
            "--underlying": "SPX",
            "--root": "SPXW",
            "--fill": "walk",
            "--seed": "1",
            "--cash": "500000",
        } | {option: bad}
        words = [word for pair in given.items() for word in pair]
        out = desk.place() / "out"
        plain = [
            "backtest",
            "--chains",
            desk.chains,
            "--from",
            DAYS[0],
            "--to",
            DAYS[2],
            "--out",
            out,
        ]
        desk.judge(f"{option} {bad}", desk.v6(*plain, *words), USAGE, message, out)
    for what, message, *words in [
        ("nothing", "A subcommand is required; see v6 --help"),
        ("an unknown command", '"trade": no such command', "trade"),
        ("an unknown option", '"--loud": no such command or option', "--loud"),
        ("a missing option", "--chains is required", "backtest"),
        ("an option without value", "--journal", "explain", "D-0001", "--journal"),
        ("no journal", "--journal is required", "explain", "D-0001"),
        ("no file to replay", "journal is required", "replay"),
        (
            "a calendar that runs backwards",
            "--from 2019-06-30 lies after --to 2019-06-01",
            "calendar",
            "--from",
            "2019-06-30",
            "--to",
            "2019-06-01",
        ),
    ]:
        desk.call(what, USAGE, message, *words)
    desk.backtest("an unknown option", USAGE, "--loud", "--loud")
    for words in (
        ["--version"],
        ["--help"],
        *(
            [c, "--help"]
            for c in "backtest replay verify explain decisions chain calendar config".split()
        ),
    ):
        desk.call(" ".join(words), DONE, "", *words)


# covers: I-39
def reference(desk):
    closes = "datasets-s-and-p-500/fred_sp500.csv"
    desk.spoilt_reference(
        "closes that end early",
        "closes has no value for 2019-04-29; it covers 2016-02-12 to 2019-04-26;",
        fred_sp500=until("2019-04-29"),
    )
    desk.spoilt_reference(
        "VIX that ends early",
        "VIX.* has no value for 2019-04-24; it covers 1990-01-02 to 2019-04-18; .*--reference",
        **{"vix-daily": until("2019-04-20")},
    )
    desk.spoilt_reference(
        "yields that end early",
        "treasury yields have no value .* up to 2019-04-24; they cover 2005-01-03 to",
        treasury_cmt_2005_2026=until("2019-01-20"),
    )
    desk.spoilt_reference(
        "holidays that end early",
        "the calendar does not cover 2019-04-25; it reaches to 2018-12-31",
        us_equity_holidays_2013_2028=until("2019-01-01"),
    )
    for what, message, edits in [
        (
            "a close of text",
            f'{closes}:101: SP500 = "high": accepted is a number above 0',
            {"fred_sp500": row(101, "2016-07-01,high")},
        ),
        (
            "a close of NaN",
            f'{closes}:101: SP500 = "nan": accepted is a number above 0',
            {"fred_sp500": row(101, "2016-07-01,nan")},
        ),
        (
            "a negative close",
            f'{closes}:101: SP500 = "-5": accepted is a number above 0',
            {"fred_sp500": row(101, "2016-07-01,-5")},
        ),
        (
            "a close of no date",
            f'{closes}:101: observation_date = "2016-99-99": accepted is a date',
            {"fred_sp500": row(101, "2016-99-99,5")},
        ),
        (
            "a close out of order",
            f'{closes}:101: observation_date = "2016-02-12": accepted is a date after',
            {"fred_sp500": row(101, "2016-02-12,5")},
        ),
        (
            "closes without their column",
            f'{closes}:1: no column "SP500"; needed are observation_date, SP500',
            {"fred_sp500": row(1, "observation_date,DJIA")},
        ),
        (
            "a VIX of text",
            r'vix-daily.csv:2: CLOSE = "x": accepted is a number above 0',
            {"vix-daily": row(2, "1990-01-02,1,1,1,x")},
        ),
        (
            "a yield of 500 %",
            r'2005_2026.csv:2: DGS6MO = "500": accepted is percent a year from -5 to 30',
            {"treasury_cmt_2005_2026": row(2, "2005-01-03,1,2,500,3,4")},
        ),
        (
            "an unknown event",
            r'us_macro_events_2015_2026.csv:2: event = "XXX": accepted is FOMC, CPI or NFP',
            {"us_macro_events_2015_2026": row(2, "2015-01-09,XXX,08:30,none,2")},
        ),
        (
            "an hour that is none",
            r'us_macro_events_2015_2026.csv:2: time_et = "25:30": accepted is a New York time',
            {"us_macro_events_2015_2026": row(2, "2015-01-09,CPI,25:30,none,2")},
        ),
        (
            "an unknown holiday",
            r'us_equity_holidays_2013_2028.csv:2: kind = "shut": accepted is closed or early_close',
            {"us_equity_holidays_2013_2028": row(2, "2013-01-01,shut,")},
        ),
    ]:
        desk.spoilt_reference(what, message, **edits)
    desk.backtest(
        "no reference folder",
        DATA,
        f"/nowhere/.*cannot be read; is the reference folder complete",
        reference="/nowhere",
    )
    incomplete = reference_copy(desk.v6.reference, desk.place() / "reference")
    (incomplete / "datasets-finance-vix/vix-daily.csv").unlink()
    desk.backtest("no VIX file", DATA, "vix-daily.csv: cannot be read", reference=incomplete)
    short = reference_copy(
        desk.v6.reference, desk.place() / "reference", us_macro_events_2015_2026=until("2019-04-01")
    )
    run = desk.backtest("events that end early", DONE, "", reference=short)
    if standing(run.folder) and (run.fills or run.summary["entries"]):
        desk.wrong.append("events that end early: traded on a date that no event list covers")


def configuration(desk):
    for setting, message in [
        (
            "risk.max_order_siz=1",
            r"risk\.max_order_siz: unknown setting; did you mean risk\.max_order_size\?",
        ),
        (
            "risk.max_order_size=9",
            r"risk\.max_order_size = 9: accepted a whole number, 1 to 5 .contracts.",
        ),
        (
            "risk.max_order_size=many",
            r'risk\.max_order_size = "many": accepted a whole number, 1 to 5',
        ),
        ("risk.book_worst_case=nan", r"risk\.book_worst_case = nan: accepted 1e-06 to 0\.2"),
        ("nonsense", r"--set nonsense: write --set section\.key=value"),
    ]:
        desk.backtest(f"--set {setting}", CONFIG, message, f"--set={setting}")
    for what, text, message in [
        (
            "an unknown key",
            "[risk]\nmax_order_siz = 1\n",
            r"v6\.toml:2: risk\.max_order_siz: unknown .*did you mean risk\.max_order_size\?",
        ),
        (
            "a value out of range",
            "[risk]\nmax_order_size = 9\n",
            r"v6\.toml:2: risk\.max_order_size = 9: accepted a whole number, 1 to 5",
        ),
        (
            "a value of another type",
            '[risk]\nmax_order_size = "1"\n',
            r'v6\.toml:2: risk\.max_order_size = "1": accepted a whole number',
        ),
        ("no TOML", "[risk\n", r"v6\.toml:1:6: not TOML"),
    ]:
        settings = desk.place() / "v6.toml"
        settings.write_text(text)
        desk.backtest(what, CONFIG, message, "--config", settings)
        desk.call(
            f"config check of {what}", CONFIG, message, "config", "check", "--config", settings
        )
    desk.backtest(
        "no settings file", CONFIG, "/nowhere.toml: cannot be read", "--config", "/nowhere.toml"
    )
    desk.backtest("a folder of settings", CONFIG, "cannot be read", "--config", desk.place())
    home = desk.place()
    (home / "v6").mkdir()
    (home / "v6/v6.toml").write_text("[risk]\nmax_order_size = 9\n")
    desk.backtest(
        "a bad default file",
        CONFIG,
        r"v6/v6\.toml:2: ",
        popen={"env": {"XDG_CONFIG_HOME": str(home)}},
    )


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


def changed(journal, place, *statements):
    """A copy of a journal with SQL done to it."""
    copy = place / "journal.db"
    shutil.copy(journal, copy)
    with contextlib.closing(sqlite3.connect(copy)) as database:
        database.create_function("flip", 1, lambda data: bytes([data[0] ^ 0x10]) + data[1:])
        for statement in statements:
            if database.execute(statement).rowcount == 0:
                sys.exit(f"self-check: {statement} changes nothing")
        database.commit()
    return copy


def rows_of(journal):
    """What a journal's tables say; None where SQLite itself cannot tell."""
    with contextlib.closing(sqlite3.connect(journal)) as database:
        try:
            return list(database.iterdump())
        except sqlite3.DatabaseError:
            return None


# covers: I-32
def journals(desk):
    journal = desk.backtest("a whole journal", DONE, "").folder / "journal.db"
    data = journal.read_bytes()
    middle = "(SELECT max(seq) / 2 FROM records)"

    def as_bytes(edited):
        copy = desk.place() / "journal.db"
        copy.write_bytes(edited)
        return copy

    def as_rows(*statements):
        return changed(journal, desk.place(), *statements)

    damaged = {
        "cut to nothing": as_bytes(b""),
        "cut to one byte": as_bytes(data[:1]),
        "cut in the middle": as_bytes(data[: len(data) // 2]),
        "cut by one byte": as_bytes(data[:-1]),
        "of another program": as_bytes(b"SQLite format 3\0" + bytes(5000)),
        "with a byte changed": as_rows(
            f"UPDATE records SET bytes = flip(bytes) WHERE seq = {middle}"
        ),
        "with a time changed": as_rows(f"UPDATE records SET at = at + 1 WHERE seq = {middle}"),
        "with a hash changed": as_rows(
            f"UPDATE records SET hash = flip(hash) WHERE seq = {middle}"
        ),
        "without a record": as_rows(f"DELETE FROM records WHERE seq = {middle}"),
        "without its end": as_rows(f"DELETE FROM records WHERE seq > {middle}"),
        "with another seal": as_rows("UPDATE seal SET records = records - 1"),
        "of another format": as_rows(
            "UPDATE header SET value = CAST('999' AS BLOB) WHERE key = 'format'"
        ),
        "without a header": as_rows("DELETE FROM header WHERE key = 'format'"),
    }
    for at in range(len(data) // 16, len(data), len(data) // 16):
        copy = as_bytes(data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :])
        if rows_of(copy) != rows_of(journal):  # else the byte belongs to no row
            damaged[f"with a bit of byte {at} flipped"] = copy
    for what, copy in damaged.items():
        desk.calls += 2
        verify, replay = desk.v6("verify", copy), desk.v6("replay", copy)
        told = f"{verify.stdout}{verify.stderr}{replay.stdout}{replay.stderr}".replace("\n", " ")[
            :300
        ]
        if verify.returncode not in (BAD_ANSWER, DATA):
            desk.wrong.append(f"a journal {what}: verify ends with {verify.returncode}: {told}")
        if replay.returncode not in (BAD_ANSWER, DATA):
            desk.wrong.append(f"a journal {what}: replay ends with {replay.returncode}: {told}")
    for command in ("verify", "replay"):
        desk.call(
            f"{command} of no file", DATA, "/nowhere.db: no such file", command, "/nowhere.db"
        )
        desk.call(f"{command} of a folder", DATA, "not a file", command, journal.parent)
    for unknown, message in [
        ("D-9999", "D-9999: not in this journal; it has .*decisions"),
        ("S-0000", 'ID "S-0000": accepted are'),
        ("X-0001", "accepted are D-, O-, I-, S- and F-numbers"),
        ("D-", 'ID "D-": accepted are D-, O-, I-, S- and F-numbers, as D-0012'),
        ("", 'ID "": accepted are'),
    ]:
        desk.call(f"explain {unknown!r}", USAGE, message, "explain", unknown, "--journal", journal)
    desk.call(
        "decisions of an unknown outcome",
        USAGE,
        "accepted are",
        "decisions",
        "--journal",
        journal,
        "--outcome",
        "bliss",
    )
    desk.call(
        "replay from no session",
        DATA,
        "no checkpoint of 2019-01-01",
        "replay",
        journal,
        "--from",
        "2019-01-01",
    )
    desk.call("verify of a whole journal", DONE, "", "verify", journal)


def main():
    v6 = V6(*sys.argv[1:3])
    with tempfile.TemporaryDirectory() as name:
        desk = Desk(v6, Path(name))
        desk.backtest("three good days", DONE, "")
        for table in (
            chain_contents,
            chain_files,
            arguments,
            reference,
            configuration,
            storage,
            killed,
            journals,
        ):
            table(desk)
        finish(desk.wrong, f"{desk.calls} bad calls: told why, left nothing behind")


main()
