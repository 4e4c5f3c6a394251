"""Arguments, reference data and configuration that cannot be run."""

from desk import CONFIG, DATA, DAYS, DONE, USAGE, row, until
from e2e_kit import reference_copy, standing


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
        ("no file to replay", "needs a journal", "replay"),
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
            for c in "backtest replay verify explain decisions chain calendar config price".split()
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
        "/nowhere/.*cannot be read; is the reference folder complete",
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
