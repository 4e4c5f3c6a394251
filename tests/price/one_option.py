"""One option: European against the textbook, American against a tree, rates against the file."""

import math
import re

from desk import black_scholes

DESK = {"price": 1, "delta": 1, "gamma": 1, "vega": 100, "theta": 365, "rho": 100}


def one_option(desk):
    market = {"spot": 600, "rate": 0.04, "yield": 0.012}
    for kind, strike, years, vol in [
        ("C", 590, 0.25, 0.18),
        ("P", 590, 0.25, 0.18),
        ("C", 660, 0.03, 0.35),
        ("P", 420, 1.5, 0.6),
    ]:
        wanted = black_scholes(kind, 600, strike, 0.04, 0.012, years, vol)
        given = {"type": kind, "strike": strike, "years": years, **market}
        for units, scale in (("desk", DESK), ("unit", dict.fromkeys(DESK, 1))):
            seen = desk.option(vol=vol, units=units, **given)
            for name, value in wanted.items():
                exact = value / scale[name]
                desk.close(f"{given} {units} {name}", seen.get(name), exact, 1e-11 * (1 + abs(value)))
            desk.expect(f"{given} iv and premium", (seen.get("iv"), seen.get("premium")) == (None, 0), seen)
        seen = desk.option(price=repr(wanted["price"]), **given)
        desk.close(f"{given} iv", seen.get("iv"), vol, 1e-11)
    # Years from dates, and a price that wins for the volatility while vol is for the Greeks.
    dated = {"as_of": "2025-12-01", "expiry": "2026-01-16", "type": "put", "strike": 590}
    seen = desk.option(**dated, vol=0.18, price=12, **market)
    wanted = black_scholes("P", 600, 590, 0.04, 0.012, 46 / 365, 0.18)
    desk.close("years", seen.get("years"), 46 / 365, 0)
    desk.close("delta at vol", seen.get("delta"), wanted["delta"], 1e-12)
    again = black_scholes("P", 600, 590, 0.04, 0.012, 46 / 365, seen.get("iv", 1))
    desk.close("iv of price", again["price"], 12, 1e-9)
    # By a forward: the price of the spot it belongs to, and Greeks per dollar of forward.
    forward = 600 * math.exp(0.028 * 46 / 365)
    discount = math.exp(-0.04 * 46 / 365)
    seen = desk.option(**dated, vol=0.18, forward=repr(forward), discount=repr(discount), units="unit")
    desk.close("price by forward", seen.get("price"), wanted["price"], 1e-11)
    desk.close("delta by forward", seen.get("delta"), wanted["delta"] * 600 / forward, 1e-12)
    desk.close("rho by forward", seen.get("rho"), -46 / 365 * wanted["price"], 1e-11)
    seen = desk.option(**dated, vol=0.18, forward=repr(forward), rate=0.04)
    desk.close("price by forward and rate", seen.get("price"), wanted["price"], 1e-11)
    page = desk.run(*"--type C --strike 100 --years 1 --vol 0.2 --spot 100 --rate 0".split()).stdout
    desk.expect("the page for people", re.search(r"^price +7\.965567$", page, re.M), page)


def tree(kind, spot, strike, rate, dividend_yield, years, vol, steps=2000):
    """American price by Cox, Ross and Rubinstein's tree: within a cent here."""
    sign = 1 if kind == "C" else -1
    dt = years / steps
    up = math.exp(vol * math.sqrt(dt))
    grow, discount = math.exp((rate - dividend_yield) * dt), math.exp(-rate * dt)
    chance = (grow - 1 / up) / (up - 1 / up)
    spots = [spot * up ** (2 * i - steps) for i in range(steps + 1)]
    values = [max(0, sign * (s - strike)) for s in spots]
    for step in range(steps - 1, -1, -1):
        for i in range(step + 1):
            held = discount * (chance * values[i + 1] + (1 - chance) * values[i])
            values[i] = max(held, sign * (spot * up ** (2 * i - step) - strike))
    return values[0]


def american(desk):
    for kind, strike, years, rate, dividend_yield in [
        ("put", 590, 46 / 365, 0.04, 0.0),
        ("put", 660, 1.0, 0.08, 0.012),
        ("call", 560, 1.0, 0.03, 0.08),
    ]:
        given = {"type": kind, "strike": strike, "years": years, "spot": 600, "rate": rate}
        given |= {"yield": dividend_yield}
        seen = desk.option(style="american", vol=0.18, **given)
        letter = kind[0].upper()
        wanted = tree(letter, 600, strike, rate, dividend_yield, years, 0.18, steps=500)
        plain = black_scholes(letter, 600, strike, rate, dividend_yield, years, 0.18)["price"]
        desk.close(f"American {given}", seen.get("price"), wanted, 0.03)
        desk.close(f"premium of {given}", seen.get("premium"), seen.get("price", 0) - plain, 2e-3)
        desk.expect(f"boundary of {given}", seen.get("boundary"), seen)
        back = desk.option(style="american", price=repr(seen.get("price")), **given)
        desk.close(f"American iv {given}", back.get("iv"), 0.18, 1e-4)
        desk.expect("usual method of one option", seen.get("method") == "reference", seen)
        fast = desk.option(style="american", vol=0.18, method="fast", **given)
        desk.close(f"fast {given}", fast.get("price"), seen.get("price", 0), 0.005)
    # A dividend makes a put dearer and may make a call worth exercising just before it.
    plain = {"style": "american", "as_of": "2025-12-01", "expiry": "2026-01-16", "spot": 600}
    plain |= {"strike": 590, "vol": 0.18, "rate": 0.04, "type": "put"}
    without = desk.option(**plain)
    paid = desk.option(**plain, dividend=["2025-12-19:1.90", "2026-01-09:1.00"])
    late = desk.option(**plain, dividend="2026-02-19:5")
    desk.close("a dividend after expiry", late.get("price"), without.get("price", 0), 0.006)
    # Paying 2.90 is nearly a spot 2.90 lower (by what that is worth today).
    lower = desk.option(**(plain | {"spot": 600 - 1.9 * math.exp(-0.04 * 18 / 365) - math.exp(-0.04 * 39 / 365)}))
    desk.close("two dividends", paid.get("price"), lower.get("price", 0), 0.1)
    desk.expect("two dividends cost", paid.get("price", 0) > without.get("price", 9), paid)


def rates(desk):
    """The rate that is not given: of the shipped curve, its day named."""
    lines = (desk.v6.reference / "us-treasury-fred/treasury_cmt_2005_2026.csv").read_text().split()
    curve = dict(line.split(",", 1) for line in lines)
    percent = float(curve["2019-05-01"].split(",")[1])  # three months
    given = {"type": "C", "strike": 100, "spot": 100, "vol": 0.2, "years": 0.25}
    seen = desk.option(as_of="2019-05-01", **given)
    desk.close("rate of the curve", seen.get("rate"), 2 * math.log1p(percent / 200), 1e-12)
    desk.expect("its day", seen.get("rate_curve") == "2019-05-01", seen)
    desk.expect("over a weekend", desk.option(as_of="2019-05-05", **given).get("rate_curve") == "2019-05-03")
    last = lines[-1].split(",")[0]
    page = desk.run(*(f"--{k}={v}" for k, v in ({"as-of": "2030-01-02"} | given).items())).stdout
    desk.expect("the last known curve", f"Treasury curve of {last}, the last known" in page, page)
    desk.expect("today", desk.option(**given).get("as_of", "") > "2026", "no --as-of")
