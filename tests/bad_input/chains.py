"""Chain files that are not what they should be: their rows, and the files themselves."""

import shutil

from desk import AT, DATA, DAYS, DONE, ROW, SPOILT, field, row, without_column
from e2e_kit import chain_copy, chain_file, standing


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
