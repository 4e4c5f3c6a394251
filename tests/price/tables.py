"""Tables: the input as it stands, the results as shortest decimals, a status for each row."""

import random

from desk import DATA, black_scholes

NAMES = ("price", "delta", "gamma", "vega", "theta", "rho")


def tables(desk):
    dice = random.Random(7)
    rows = [
        (kind, dice.choice(["", "european"]), round(dice.uniform(70, 130), 2), 100.0,
         round(dice.uniform(-0.01, 0.08), 4), round(dice.uniform(0, 0.04), 4),
         round(dice.uniform(0.01, 2), 3), round(dice.uniform(0.05, 0.9), 3))
        for kind in "CP" * 200
    ]  # fmt: skip
    header = "vol,note,type,style,strike,yield,rate,years,spot"
    text = header + "\n" + "".join(
        f'{vol},"a, ""{i}""",{kind},{style},{strike},{q},{rate},{years},{spot}\n'
        for i, (kind, style, strike, spot, rate, q, years, vol) in enumerate(rows)
    )
    done = desk.run("--input=-", "--units=unit", input=text)
    lines = done.stdout.splitlines()
    results = "price,delta,gamma,vega,theta,rho,iv,premium,status"
    desk.expect("header", lines[:1] == [f"{header},{results}"], lines[:1])
    desk.expect("rows", len(lines) == len(rows) + 1, len(lines))
    for before, after, row in zip(text.splitlines()[1:], lines[1:], rows):
        kind, _, strike, spot, rate, q, years, vol = row
        desk.expect("the input stands", after.startswith(before + ","), after)
        values = after[len(before) + 1 :].split(",")
        wanted = black_scholes(kind, spot, strike, rate, q, years, vol)
        for name, value in zip(NAMES, values):
            desk.close(f"{before} {name}", float(value), wanted[name], 1e-11 * (1 + abs(wanted[name])))
            desk.expect("shortest decimals", float(repr(float(value))) == float(value), value)
            desk.expect("shortest decimals", len(value) <= len(repr(float(value))), value)
        desk.expect("the rest", values[6:] == ["", "0", "ok"], values)
    desk.expect("its summary", "v6: standard input: 400 rows; " in done.stderr, done.stderr)
    mixed_rows(desk)
    parity(desk)


def mixed_rows(desk):
    """Bad rows say why and are counted; blank lines, CRLF and a missing last newline stay."""
    text = (
        "\ufefftype,style,strike,spot,rate,yield,expiry,vol,price\r\n"
        "C,,100,100,0.04,0,2026-06-01,0.2,\r\n"
        "\r\n"
        "C,,-100,100,0.04,0,2026-06-01,0.2,\r\n"
        "P,,100,100,0.04,0,2025-11-30,0.2,\r\n"
        "C,,50,100,0.04,0,2026-06-01,,40\r\n"
        "C,,100,100,0.04,0,2026-06-01\r\n"
        "C,,nan,100,0.04,0,2026-06-01,0.2,"
    )
    done = desk.run("--input=-", "--as-of=2025-12-01", input=text.encode(), text=False)
    lines = done.stdout.decode().split("\r\n")
    desk.expect("mixed rows", done.returncode == DATA, done.stderr)
    desk.expect("mixed rows: statuses", [line.rsplit(",", 1)[-1] for line in lines] ==
                ["status", "ok", "", "bad_strike", "expired", "below_intrinsic", "ragged_row",
                 "bad_strike", ""], lines)  # fmt: skip
    for before, after in zip(text.split("\r\n"), lines):
        desk.expect("mixed rows: the input stands", after.startswith(before), after)
        if after and not after.endswith((",ok", "status")):
            blanks = after[len(before) :].rsplit(",", 1)[0]
            desk.expect("mixed rows: no results", not blanks.strip(","), after)
    desk.expect(
        "mixed rows: summary",
        "5 of 6 rows failed: ragged_row 1 (first on line 7), bad_strike 2 (first on line 4), "
        "expired 1 (first on line 5), below_intrinsic 1 (first on line 6); " in done.stderr.decode(),
        done.stderr,
    )


def parity(desk):
    """Call less put is the discounted distance of forward and strike, whatever the volatility."""
    header = "type,strike,forward,discount,years,vol\n"
    strikes = range(50, 151, 10)
    for call, put, strike in zip(
        desk.table(header + "".join(f"call,{k},100,0.97,0.5,0.3\n" for k in strikes)),
        desk.table(header + "".join(f"put,{k},100,0.97,0.5,0.3\n" for k in strikes)),
        strikes,
    ):
        gap = float(call["price"]) - float(put["price"])
        desk.close(f"parity at {strike}", gap, 0.97 * (100 - strike), 1e-12)
        desk.close(f"delta parity at {strike}", float(call["delta"]) - float(put["delta"]), 0.97, 1e-14)
