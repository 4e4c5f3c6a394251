#!/usr/bin/env python3
"""Writes dividends.csv.gz: American and European options with cash dividends by QuantLib 1.44.

    python3 make_dividends.py dividends.csv.gz

FdBlackScholesVanillaEngine, CashDividendModel::Spot, Douglas scheme. QuantLib counts days: one of
its days stands for an hour here, with rates divided by 24 and the volatility by its root, so that
ex-dates may lie hours after now or before expiry. The price is that of 2,000 nodes and steps, plus
what is left of the error in space (its square law, from 1,000 nodes) and in time (linear for early
exercise, quadratic without, from twice the steps). `error` is the size of those corrections.
"""

import concurrent.futures
import csv
import gzip
import io
import random
import sys

import QuantLib as ql

HOURS = 365 * 24
TODAY = ql.Date(1, 1, 2000)
COLUMNS = ("type,spot,strike,vol,hours,rate,yield,dividends,"
           "price,delta,gamma,european,european_delta,error").split(",")


def engine_values(case, early, nodes, steps):
    count = ql.Actual365Fixed()
    curve = lambda rate: ql.YieldTermStructureHandle(ql.FlatForward(TODAY, rate / 24, count))
    vol = ql.BlackConstantVol(TODAY, ql.NullCalendar(), case["vol"] / 24 ** 0.5, count)
    process = ql.BlackScholesMertonProcess(
        ql.QuoteHandle(ql.SimpleQuote(case["spot"])), curve(case["yield"]), curve(case["rate"]),
        ql.BlackVolTermStructureHandle(vol))
    right = ql.Option.Call if case["type"] == "C" else ql.Option.Put
    expiry = TODAY + case["hours"]
    exercise = ql.AmericanExercise(TODAY, expiry) if early else ql.EuropeanExercise(expiry)
    option = ql.VanillaOption(ql.PlainVanillaPayoff(right, case["strike"]), exercise)
    schedule = ql.DividendVector([TODAY + hour for hour, _ in case["dividends"]],
                                 [amount for _, amount in case["dividends"]])
    option.setPricingEngine(ql.FdBlackScholesVanillaEngine(
        process, schedule, steps, nodes, 0, ql.FdmSchemeDesc.Douglas(), False, -1.0,
        ql.FdBlackScholesVanillaEngine.Spot))
    return option.NPV(), option.delta(), option.gamma()


def extrapolated(case, early):
    steps, order = (2000, 2) if early else (600, 4 / 3)
    fine = engine_values(case, early, 2000, steps)
    coarse = engine_values(case, early, 1000, steps)
    slow = engine_values(case, early, 1000, 2 * steps)
    space = [(f - c) / 3 for f, c in zip(fine, coarse)]
    time = [(s - c) * order for s, c in zip(slow, coarse)]
    return [f + s + t for f, s, t in zip(fine, space, time)], abs(space[0]) + abs(time[0])


def random_case(dice, number):
    days = dice.uniform(1, 60) if number % 3 == 0 else dice.uniform(1, 400)
    hours = max(int(days * 24), 24)
    dividends = []
    for _ in range(1 + number // 2 % 2):
        where = dice.random()
        hour = (dice.randint(1, min(48, hours - 1)) if where < 0.15 else
                max(hours - dice.randint(1, 48), 1) if where < 0.30 else
                dice.randint(1, hours - 1))
        most = 0.01 if dice.random() < 0.5 else 0.05
        dividends.append((hour, round(600 * dice.uniform(0.001, most), 2)))
    return {
        "type": "CP"[number % 2], "spot": 600.0,
        "strike": round(600 / dice.uniform(0.7, 1.3), 1),
        "vol": round(dice.uniform(0.05, 0.9 if number % 4 == 0 else 0.4), 3),
        "hours": hours, "rate": round(dice.uniform(0, 0.08), 4),
        "yield": round(dice.uniform(0, 0.04), 4), "dividends": sorted(dividends)}


def special_cases():
    base = {"spot": 600.0, "vol": 0.2, "rate": 0.04, "yield": 0.013}
    quarterly = [(h, 1.9) for h in (600, 2800, 5000, 7200)]
    eight = [(h, 1.0 + 0.25 * i) for i, h in enumerate(range(500, 8500, 1000))]
    for kind in "CP":
        for strike in (540.0, 600.0, 660.0):
            one = base | {"type": kind, "strike": strike}
            yield one | {"hours": 8760, "dividends": quarterly}
            yield one | {"hours": 8760, "dividends": eight}
            yield one | {"hours": 2400, "rate": -0.01, "dividends": [(1200, 2.0)]}
            yield one | {"hours": 2400, "dividends": []}
            yield one | {"hours": 2400, "dividends": [(1200, 150.0)]}
            yield one | {"hours": 2400, "dividends": [(2400, 6.0)]}
            yield one | {"hours": 2400, "dividends": [(0, 6.0)]}
    for strike in (300.0, 1200.0):
        for kind in "CP":
            yield base | {"type": kind, "strike": strike, "hours": 2400, "dividends": [(1200, 3.0)]}


def row_of(case):
    ql.Settings.instance().evaluationDate = TODAY
    (price, delta, gamma), error = extrapolated(case, early=True)
    (european, european_delta, _), error_without = extrapolated(case, early=False)
    dividends = ";".join(f"{hour}:{amount}" for hour, amount in case["dividends"])
    return [case["type"], case["spot"], case["strike"], case["vol"], case["hours"], case["rate"],
            case["yield"], dividends, f"{price:.6f}", f"{delta:.7f}", f"{gamma:.9f}",
            f"{european:.6f}", f"{european_delta:.7f}", f"{max(error, error_without):.6f}"]


def main():
    dice = random.Random(20251126)
    cases = [random_case(dice, number) for number in range(560)] + list(special_cases())
    # QuantLib pays only the first of two dividends at one time.
    cases = [case for case in cases
             if len({hour for hour, _ in case["dividends"]}) == len(case["dividends"])]
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    with concurrent.futures.ProcessPoolExecutor() as pool:
        for number, row in enumerate(pool.map(row_of, cases)):
            rows.writerow(row)
            print(number, flush=True)
    with open(sys.argv[1], "wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
        packed.write(text.getvalue().encode())


if __name__ == "__main__":
    main()
