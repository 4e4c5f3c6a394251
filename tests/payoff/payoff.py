#!/usr/bin/env python3
"""`v6 payoff` against a second opinion: prices from the file in exact decimals, everything else by
the textbook in tests/payoff/textbook.py; and what it says to calls that make no sense.
"""

import csv
import datetime
import gzip
import json
import math
import pathlib
import re
import sys
import tempfile
import xml.etree.ElementTree
from decimal import Decimal

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from bad_calls import bad_calls
from e2e_kit import V6, chain_file, finish
from textbook import Leg, Smile, drift, realised, undiscounted

CONDOR = (
    "+1 SPXW 2019-06-21 2700 P",
    "-1 SPXW 2019-06-21 2750 P",
    "-1 SPXW 2019-06-21 3025 C",
    "+1 SPXW 2019-06-21 3075 C",
)
STRUCTURES = {
    "iron_condor": CONDOR,
    "put_credit_spread": ("-3 SPXW 2019-06-21 2800 P", "+3 SPXW 2019-06-21 2750 P"),
    "call_debit_spread": ("+1 SPXW 2019-06-21 2900 C", "-1 SPXW 2019-06-21 2950 C"),
    "long_put": ("2 SPXW 2019-06-21 2850 P",),
    # A broken-wing butterfly is no shape of ours, but is bounded.
    "custom": (
        "+1 SPXW 2019-06-21 2900 P",
        "-2 SPXW 2019-06-21 2850 P",
        "+1 SPXW 2019-06-21 2775 P",
    ),
    "undefined_risk": ("-1 SPXW 2019-06-21 2800 P", "-1 SPXW 2019-06-21 3050 C"),
}


class Desk:
    def __init__(self, v6, folder):
        self.v6, self.folder, self.wrong, self.checks = v6, folder, [], 0

    def call(self, legs, *more, day="2019-05-06", env=(), chains=None):
        words = [word for leg in legs for word in ("--leg", leg)]
        return self.v6(
            *("payoff", "--chains", chains or self.v6.chains, "--date", day),
            *("--reference", self.v6.reference, *words, *more),
            env=env,
        )

    def document(self, legs, *more, **where):
        done = self.call(legs, "--json", *more, **where)
        if done.returncode != 0:
            sys.exit(f"payoff {legs} {more} ended with {done.returncode}: {done.stderr}")
        return json.loads(done.stdout)

    def expect(self, what, holds, seen=""):
        self.checks += 1
        if not holds:
            self.wrong.append(f"{what}: {seen}")

    def near(self, what, seen, wanted, within):
        self.expect(what, abs(seen - wanted) <= within, f"{seen}, expected {wanted} +-{within}")


def file_rows(v6, day, root, expiry):
    """Right, strike, bid, ask of one expiry, as the file has them."""
    month, dom, year = expiry[5:7], expiry[8:], expiry[:4]
    with gzip.open(chain_file(v6.chains, day), "rt", newline="") as file:
        return [
            (row["type"], Decimal(row["strike"]), Decimal(row["bid"]), Decimal(row["ask"]))
            for row in csv.DictReader(file)
            if row["optionroot"].startswith(root + "1")
            and row["expiration"] == f"{month}/{dom}/{year}"
        ]


def closes_before(v6, day, spot):
    with open(v6.reference / "datasets-s-and-p-500/fred_sp500.csv", newline="") as file:
        rows = [
            float(row["SP500"])
            for row in csv.DictReader(file)
            if row["observation_date"] < day and row["SP500"]
        ]
    return rows + [spot]


def commission(mid):
    return (
        Decimal("0.65")
        if mid >= Decimal("0.10")
        else Decimal("0.50" if mid >= Decimal("0.05") else "0.25")
    )


def prices(desk, name, seen, quotes):
    """Prices, fees and the outcomes at expiry, in exact decimals."""
    units = math.gcd(*(leg["quantity"] for leg in seen["legs"]))
    mid = natural = Decimal(0)
    fees = Decimal(0)
    for leg, (bid, ask) in zip(seen["legs"], quotes):
        ratio = Decimal(leg["quantity"]) / units
        middle = (bid + ask) / 2
        mid -= ratio * middle
        natural -= ratio * (ask if ratio > 0 else bid)
        count = abs(leg["quantity"])
        passed = Decimal("0.45") if middle >= 1 else Decimal("0.37")
        fees += count * (commission(middle) + passed + Decimal("0.05"))
    commissions = sum(
        abs(leg["quantity"]) * commission((bid + ask) / 2)
        for leg, (bid, ask) in zip(seen["legs"], quotes)
    )
    fees += max(Decimal(0), 1 - commissions)
    expected = mid - Decimal("0.35") * (mid - natural)
    price = {key: Decimal(value) for key, value in seen["price"].items() if key != "basis"}
    desk.expect(f"{name} kind", seen["kind"] == name, seen["kind"])
    desk.expect(f"{name} units", seen["units"] == units, seen["units"])
    desk.expect(f"{name} mid", price["mid"] == mid, (price, mid))
    desk.expect(f"{name} natural", price["natural"] == natural, (price, natural))
    desk.expect(f"{name} expected", abs(price["expected"] - expected) <= Decimal("0.00005"), price)
    desk.expect(f"{name} value", price["value"] == price["expected"], price)
    desk.expect(f"{name} fees", Decimal(seen["fees"]) == fees, (seen["fees"], fees))

    def profit(level):
        paid = sum(
            leg["quantity"] * Decimal(str(Leg(leg, seen["spot"]).pays(float(level))))
            for leg in seen["legs"]
        )
        return 100 * (units * price["value"] + paid)

    strikes = sorted({Decimal(leg["contract"]["strike"]) for leg in seen["legs"]})
    calls = sum(leg["quantity"] for leg in seen["legs"] if leg["contract"]["right"] == "call")
    corners = [profit(level) for level in [Decimal(0), *strikes]]
    worst = "unlimited" if calls < 0 else fees - min(corners)
    best = "unlimited" if calls > 0 else max(corners) - fees
    for what, wanted in (("worst_case", worst), ("best_case", best)):
        text = seen[what]
        held = text == wanted if wanted == "unlimited" else Decimal(text) == wanted
        desk.expect(f"{name} {what}", held, (text, wanted))
    desk.expect(f"{name} defined", seen["defined_risk"] == (name != "undefined_risk"))
    for level in seen["break_evens"]:
        desk.near(f"{name} break-even {level}", float(profit(Decimal(repr(level)))), 0, 1e-6)
    for level, value in seen["payoff"]["points"]:
        desk.near(f"{name} payoff at {level}", value, float(profit(Decimal(repr(level)))), 1e-6)
    desk.near(f"{name} slope", seen["payoff"]["slope_above"], 100 * calls, 1e-9)
    # Every tenth point: inside the earning stretches and nowhere else.
    for level in range(0, 60000, 7):
        value = profit(Decimal(level) / 10)
        inside = any(a <= level / 10 < (b or math.inf) for a, b in seen["earns"])
        if abs(value) > Decimal("0.01") and inside != (value > 0):
            desk.wrong.append(f"{name}: earns {seen['earns']}, but {value} at {level / 10}")
            break


def chances(desk, name, seen, smile, closes):
    legs = [Leg(leg, seen["spot"]) for leg in seen["legs"]]
    spot, first = seen["spot"], legs[0]
    level = max(0.05, 0.5 * realised(closes, 20) + 0.5 * realised(closes, 252))
    desk.near(f"{name} forecast level", seen["forecast"]["volatility"], level, 1e-12)
    desk.near(f"{name} drift", seen["forecast"]["drift"], drift(closes), 0)
    scale = level / smile(first.forward)
    measures = {
        "risk_neutral": (first.forward, smile),
        "forecast": (
            first.forward * math.exp(drift(closes) * first.years),
            lambda strike: scale * smile(strike),
        ),
    }
    concession = 0.35 * (float(seen["price"]["mid"]) - float(seen["price"]["natural"]))
    for measure, (forward, volatility) in measures.items():

        def below(at):
            put = lambda strike: undiscounted(
                "put", forward, strike, volatility(strike), first.years
            )
            step = 0.005 * spot
            return min(1.0, max(0.0, (put(at + step) - put(at - step)) / (2 * step)))

        chance = sum((below(b) if b else 1) - (below(a) if a else 0) for a, b in seen["earns"])
        found = seen[measure]
        desk.near(f"{name} {measure} chance", found["probability_of_profit"], chance, 1e-6)
        payoff = sum(
            leg.quantity
            * undiscounted(leg.right, forward, leg.strike, volatility(leg.strike), leg.years)
            for leg in legs
        )
        value = 100 * (
            seen["units"] * (float(seen["price"]["mid"]) - 2 * concession) + payoff
        ) - 2 * float(seen["fees"])
        desk.near(f"{name} {measure} value", found["expected_value"], value, 1e-4)
        for leg, document in zip(legs, seen["legs"]):
            if leg.quantity < 0:
                touch = leg.touched(volatility(leg.strike), forward)
                desk.near(f"{name} touch {leg.strike}", document["touch"][measure], touch, 1e-7)
            else:
                desk.expect(f"{name} touch of a long", document["touch"] is None)


def greeks_and_values(desk, name, seen, smile=None):
    legs = [Leg(leg, seen["spot"]) for leg in seen["legs"]]
    spot, price = seen["spot"], seen["units"] * float(seen["price"]["value"])

    def worth(*market, **more):
        return 100 * sum(leg.quantity * leg.value(*market, **more) for leg in legs)

    step = 1.0
    now = worth(spot)
    bumped = {
        "delta": (worth(spot + step) - worth(spot - step)) / (2 * step),
        "gamma": (worth(spot + step) - 2 * now + worth(spot - step)) / step**2,
        "theta": (worth(spot, 0.01 / 365) - worth(spot, -0.01 / 365)) / 0.02,
    }
    up = 100 * sum(g.quantity * g.value(spot, 0, 1 + 1e-4 / g.iv) for g in legs)
    down = 100 * sum(g.quantity * g.value(spot, 0, 1 - 1e-4 / g.iv) for g in legs)
    bumped["vega"] = (up - down) / 0.02
    bumped["rho"] = (worth(spot, rate=1e-4) - worth(spot, rate=-1e-4)) / 0.02
    for greek, wanted in bumped.items():
        desk.near(f"{name} {greek}", seen["greeks"][greek], wanted, 1e-3 + 1e-3 * abs(wanted))
    desk.near(
        f"{name} dollar delta", seen["greeks"]["dollar_delta"], seen["greeks"]["delta"] * spot, 1e-6
    )
    gamma = seen["greeks"]["gamma"] * spot * spot / 100
    desk.near(f"{name} dollar gamma", seen["greeks"]["dollar_gamma"], gamma, 1e-6)
    dates = seen["values"]["dates"]
    passed = [(n - ordinal(dates[0])) / 365 for n in map(ordinal, dates)]
    passed[-1] = min(leg.years for leg in legs)
    for row in seen["values"]["rows"]:
        for years, profit in zip(passed, row["profit"]):
            wanted = 100 * price + worth(row["level"], years)
            desk.near(f"{name} value at {row['level']} in {years}", profit, wanted, 1e-5)
    stress = seen["stress"]
    for days, planes in zip(stress["days"], stress["change"]):
        for volatility, cells in zip(stress["volatility_moves"], planes):
            for move, change in zip(stress["spot_moves"], cells):
                wanted = worth(spot * (1 + move), days / 365, 1 + volatility) - now
                desk.near(f"{name} stress {move} {volatility} {days}", change, wanted, 1e-5)
    if smile:
        for leg in legs:
            desk.near(f"{name} iv {leg.strike}", leg.iv, smile(leg.strike), 1e-8)


def ordinal(text):
    return datetime.date.fromisoformat(text).toordinal()


def structures(desk):
    day, expiry = "2019-05-06", "2019-06-21"
    rows = file_rows(desk.v6, day, "SPXW", expiry)
    quotes = {(right, strike): (bid, ask) for right, strike, bid, ask in rows}
    smile = None
    for name, legs in STRUCTURES.items():
        seen = desk.document(legs)
        first = Leg(seen["legs"][0], seen["spot"])
        if smile is None:
            plain = [(r, float(k), float(b), float(a)) for r, k, b, a in rows]
            smile = Smile(plain, first.forward, first.discount, first.years)
        keys = [(l["contract"]["right"], Decimal(l["contract"]["strike"])) for l in seen["legs"]]
        prices(desk, name, seen, [quotes[key] for key in keys])
        chances(desk, name, seen, smile, closes_before(desk.v6, day, seen["spot"]))
        greeks_and_values(desk, name, seen, smile)
    calendar = desk.document(("-1 SPXW 2019-05-31 2925 C", "+1 SPXW 2019-06-21 2925 C"))
    desk.expect("calendar", calendar["kind"] == "calendar" and not calendar["one_expiry"])
    greeks_and_values(desk, "calendar", calendar)
    loss = -min(row["profit"][-1] for row in calendar["values"]["rows"])
    desk.expect(
        "calendar worst case", float(calendar["worst_case"]) >= loss, calendar["worst_case"]
    )


def choices(desk):
    given = desk.document(CONDOR, "--credit", "12.34")
    desk.expect("given price", given["price"]["value"] == "12.34", given["price"])
    desk.near("given break-even", given["break_evens"][0], 2750 - 12.34, 1e-9)
    debit = desk.document(STRUCTURES["call_debit_spread"], "--credit", "-20")
    desk.near("given debit", debit["break_evens"][0], 2920, 1e-9)
    for basis in ("mid", "natural"):
        seen = desk.document(CONDOR, "--price", basis)["price"]
        desk.expect(f"--price {basis}", seen["value"] == seen[basis], seen)
    fees = desk.document(CONDOR, "--set", "fees.clearing=1")["fees"]
    desk.expect(
        "--set reaches the fees", Decimal(fees) == Decimal("4.60") + 4 * Decimal("0.98"), fees
    )
    again = desk.call(CONDOR, "--json").stdout
    desk.expect("the same call, the same document", again == desk.call(CONDOR, "--json").stdout)


def pictures(desk):
    target = desk.folder / "condor.svg"
    done = desk.call(CONDOR, "--svg", target, "--stress")
    text = done.stdout
    for wanted in (
        "iron condor",
        "worst case",
        "2739.38",
        "3035.62",
        "chance of profit",
        "\u25b2",
        "IV +100 %",
    ):
        desk.expect("text", wanted in text, f"no {wanted}")
    desk.expect("no colour with NO_COLOR", "\x1b" not in text)
    svg = target.read_text()
    xml.etree.ElementTree.fromstring(svg)
    for wanted in (
        "2739.38",
        "3035.62",
        "short 2750 P",
        "short 3025 C",
        "spot 2920.72",
        "expected move",
    ):
        desk.expect("picture", wanted in svg, f"no {wanted}")
    outside = re.sub(r'xmlns="[^"]*"', "", svg)
    desk.expect(
        "picture is self-contained", not re.search(r"https?:|href|@import|url\((?!#)", outside)
    )
    printed = desk.call(CONDOR, "--svg", "-").stdout
    desk.expect("--svg - prints the picture alone", printed == svg)
    naked = desk.call(STRUCTURES["undefined_risk"]).stdout
    desk.expect(
        "undefined risk is named", "undefined risk" in naked and "unlimited" in naked, naked
    )
    for name, legs in STRUCTURES.items():
        xml.etree.ElementTree.fromstring(desk.call(legs, "--svg", "-").stdout)
    early = desk.document(("-1 SPXW 2019-05-08 2900 P",), day="2019-05-06")
    desk.expect(
        "two days out", early["values"]["dates"] == ["2019-05-06", "2019-05-07", "2019-05-08"]
    )
    last = desk.document(("-1 SPXW 2019-05-06 2900 P",), day="2019-05-06")
    desk.expect(
        "the last quarter of an hour", last["values"]["dates"] == ["2019-05-06"] * 2, last["values"]
    )


def main():
    with tempfile.TemporaryDirectory() as name:
        desk = Desk(V6(*sys.argv[1:3]), pathlib.Path(name))
        for table in (structures, choices, pictures, bad_calls):
            table(desk)
        finish(desk.wrong, f"{desk.checks} figures and calls agree")


main()
