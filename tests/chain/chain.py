#!/usr/bin/env python3
"""`v6 chain`: own volatilities reprice their quotes, differences add up, text and picture hold."""

import json
import math
import pathlib
import sys
import tempfile
import xml.etree.ElementTree as xml

from e2e_kit import V6, finish

DAY, EXPIRY = "2019-05-06", "2019-06-21"
SPY_HEAD = (
    "underlying,underlying_last,exchange,optionroot,type,expiration,quotedate,strike,last,net,bid,"
    "ask,volume,openinterest,impliedvol,delta,gamma"
)


def below(x):
    return 0.5 * math.erfc(-x / math.sqrt(2))


def black(right, forward, strike, volatility, years, discount):
    """Price and spot-free delta of Black 1976."""
    deviation = volatility * math.sqrt(years)
    d1 = math.log(forward / strike) / deviation + deviation / 2
    sign = 1 if right == "call" else -1
    return discount * sign * (
        forward * below(sign * d1) - strike * below(sign * (d1 - deviation))
    )


def sides(chain):
    for row in chain["strikes"]:
        for right in ("call", "put"):
            if row[right]:
                yield float(row["strike"]), right, row[right]


def reprices(chain):
    """Each volatility gives back its own quote; where there is none, there is a reason."""
    checked = 0
    for strike, right, side in sides(chain):
        bid, ask = float(side["bid"]), float(side["ask"])
        for name, key, price in [("bid", "iv_bid", bid), ("mid", "iv", (bid + ask) / 2), ("ask", "iv_ask", ask)]:
            where = f"{strike} {right} {name}"
            if side[key] is None:
                if not side["no_iv"][name]:
                    yield f"{where}: neither volatility nor reason"
                continue
            checked += 1
            if side["no_iv"][name]:
                yield f"{where}: a volatility and a reason against it"
            back = black(right, chain["forward"], strike, side[key], chain["years"], chain["discount"])
            if abs(back - price) > 1e-9 * chain["forward"]:
                yield f"{where}: {side[key]} makes {back}, quoted is {price}"
        if (side["iv"] is None) != (side["delta"] is None):
            yield f"{strike} {right}: a mid volatility without Greeks, or Greeks without one"
    if checked < 1000:
        yield f"only {checked} volatilities to check"


def differs_by(chain):
    for strike, right, side in sides(chain):
        for own, file, off in [
            ("iv", "file_iv", "iv_difference"),
            ("delta", "file_delta", "delta_difference"),
            ("gamma", "file_gamma", "gamma_difference"),
        ]:
            known = None not in (side[own], side[file])
            if known != (side[off] is not None):
                yield f"{strike} {right}: {off} is {side[off]}"
            elif known and abs(side[own] - side[file] - side[off]) > 1e-12:
                yield f"{strike} {right}: {off} is {side[off]}, not {side[own] - side[file]}"
    offs = sorted(
        abs(side["iv_difference"])
        for _, _, side in sides(chain)
        if side["out_of_the_money"] and side["iv_difference"] is not None
    )
    told = chain["own_less_file"]
    if told["contracts"] != len(offs) or told["median_iv"] != offs[len(offs) // 2]:
        yield f"own_less_file is {told}, of {len(offs)} the median is {offs[len(offs) // 2]}"


def carried(chain):
    found = chain["forward_comparison"]
    if abs(found["carried"] - float(chain["spot"]) * math.exp(chain["rate"] * chain["years"])) > 1e-6:
        yield f"carried forward {found['carried']}"
    if abs(found["parity"] - found["carried"] - found["difference"]) > 1e-9:
        yield f"difference {found['difference']}"
    if not 0.01 < found["implied_dividend_yield"] < 0.03:
        yield f"implied dividend yield {found['implied_dividend_yield']}"
    if chain["yields_of"] != "2019-05-03":  # Friday's: a Monday's own are published after its close
        yield f"yields of {chain['yields_of']}"


def texts(v6, arguments):
    plain = v6(*arguments).stdout
    wide = [line for line in plain.splitlines() if len(line) > 120]
    if wide:
        yield f"{len(wide)} lines wider than 120: {wide[0]}"
    for words in ("by parity", "carried at", "implied dividend yield", "own less file", "no IV"):
        if words not in plain:
            yield f'the table does not say "{words}"'
    every = v6(*arguments, "--all").stdout
    for words in ("theta", "vega", "rho", "gamma", "price below intrinsic value"):
        if words not in every:
            yield f'--all does not say "{words}"'


def pictures(v6, arguments, folder):
    file = folder / "smile.svg"
    done = v6(*arguments, "--svg", file)
    if done.returncode != 0 or not done.stdout:
        yield f"--svg ended with {done.returncode}: {done.stderr}"
    root = xml.fromstring(file.read_text())
    if root.tag != "{http://www.w3.org/2000/svg}svg":
        yield f"--svg wrote {root.tag}"
    if v6(*arguments, "--svg", "-").stdout != file.read_text():
        yield "--svg - does not write the picture to standard output"
    lost = v6(*arguments, "--svg", folder / "nowhere/smile.svg")
    if lost.returncode != 4 or "nowhere/smile.svg" not in lost.stderr:
        yield f"a folder that is none ended with {lost.returncode}: {lost.stderr}"


def refusals(v6, arguments):
    for words, code, message in [
        (["--expiry", "2019-06-22"], 2, "--expiry 2019-06-22: SPXW has none on 2019-05-06"),
        (["--expiry", "soon"], 2, "accepted is a date as 2019-05-01"),
    ]:
        done = v6(*arguments[:-2], *words)
        if done.returncode != code or message not in done.stderr:
            yield f"{words} ended with {done.returncode}: {done.stderr}"


def spy_chain(folder, day, expiry, spot):
    """A few quotes of SPY around the money, an eighth of a dollar apart from one another."""
    year, month, date = day.split("-")
    end = expiry.split("-")
    lines = [SPY_HEAD]
    for right, off in (("call", 1), ("call", 5), ("put", -1), ("put", -5)):
        strike = round(spot) + off
        name = f"SPY{end[0][2:]}{end[1]}{end[2]}{right[0].upper()}{strike * 1000:08d}"
        price = 6.0 - abs(off) * 0.5
        lines.append(
            f"SPY,{spot},CBOE,{name},{right},{end[1]}/{end[2]}/{end[0]},{month}/{date}/{year},"
            f"{strike}.0,0.0,0.0,{price - 0.02:.2f},{price + 0.02:.2f},10,100,0.15,0.4,0.01"
        )
    (folder / f"SPY_{year}{month}{date}.csv").write_text("\n".join(lines) + "\n")


def funds(v6, folder):
    """American exercise, with dividends paid or, beyond the list, projected."""
    spy_chain(folder, "2019-05-06", "2019-06-21", 292.82)
    spy_chain(folder, "2021-11-15", "2021-12-17", 467.43)
    for day, expiry, dividend in [
        ("2019-05-06", "2019-06-21", {"ex_date": "2019-06-21", "amount": 1.4316, "kind": "paid"}),
        ("2021-11-15", "2021-12-17", {"ex_date": "2021-12-17", "amount": 1.58, "kind": "projected"}),
    ]:
        words = ["chain", "--chains", folder, "--underlying", "SPY", "--root", "SPY", "--date", day]
        words += ["--expiry", expiry, "--reference", v6.reference]
        done = v6(*words, "--json")
        if done.returncode != 0:
            yield f"SPY on {day} ended with {done.returncode}: {done.stderr}"
            continue
        chain = json.loads(done.stdout)
        if chain["exercise"] != "american" or chain["dividends"] != [dividend]:
            yield f"SPY on {day}: {chain['exercise']}, {chain['dividends']}"
        carried = float(chain["spot"]) * math.exp(chain["rate"] * chain["years"]) - dividend["amount"]
        if abs(chain["forward"] - carried) > 0.001:
            yield f"SPY on {day}: forward {chain['forward']}, by hand {carried}"
        for strike, right, side in sides(chain):
            if side["iv"] is None or not side["iv_bid"] < side["iv"] < side["iv_ask"]:
                yield f"SPY on {day}, {strike} {right}: {side}"
        text = v6(*words).stdout
        if f"{dividend['ex_date']} {dividend['amount']:.4f} {dividend['kind']}" not in text:
            yield f"SPY on {day}: the text does not name its dividend"


def main():
    v6 = V6(*sys.argv[1:3])
    arguments = ["chain", "--chains", v6.chains, "--reference", v6.reference, "--date", DAY]
    arguments += ["--expiry", EXPIRY]
    chain = json.loads(v6(*arguments, "--json").stdout)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        wrong = [*reprices(chain), *differs_by(chain), *carried(chain), *texts(v6, arguments)]
        wrong += [*pictures(v6, arguments, folder), *refusals(v6, arguments), *funds(v6, folder)]
    finish(wrong, f"{sum(1 for _ in sides(chain))} contracts reprice and add up")


main()
