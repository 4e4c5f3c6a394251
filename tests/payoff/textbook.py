"""Black's formula, smiles, forecasts and touches from plain numbers: nothing of the program."""

import bisect
import math
from statistics import NormalDist, stdev

N = NormalDist().cdf


def undiscounted(right, forward, strike, volatility, years):
    if years <= 0 or volatility <= 0:
        return max(forward - strike if right == "call" else strike - forward, 0.0)
    deviation = volatility * math.sqrt(years)
    d1 = math.log(forward / strike) / deviation + deviation / 2
    call = forward * N(d1) - strike * N(d1 - deviation)
    return call if right == "call" else call - forward + strike


def volatility_of(right, price, forward, strike, years):
    """By bisection, of an undiscounted price; none where there is no time value."""
    if price <= undiscounted(right, forward, strike, 0, years) + 1e-9:
        return None
    low, high = 1e-4, 5.0
    for _ in range(80):
        middle = (low + high) / 2
        if undiscounted(right, forward, strike, middle, years) < price:
            low = middle
        else:
            high = middle
    return low


class Leg:
    """One leg of the program's document, repriced by the textbook."""

    def __init__(self, leg, spot):
        self.right = leg["contract"]["right"]
        self.strike = float(leg["contract"]["strike"])
        self.quantity = leg["quantity"]
        self.iv, self.years = leg["iv"], leg["years"]
        self.forward, self.discount, self.spot = leg["forward"], leg["discount"], spot
        self.rate = -math.log(self.discount) / self.years
        self.carry = math.log(self.forward / spot) / self.years

    def pays(self, level):
        return max(level - self.strike if self.right == "call" else self.strike - level, 0.0)

    def value(self, level, passed=0.0, volatility=1.0, rate=0.0):
        left = self.years - passed
        if left <= 1e-12:
            return self.pays(level)
        forward = level * math.exp((self.carry + rate) * left)
        return math.exp(-(self.rate + rate) * left) * undiscounted(
            self.right, forward, self.strike, self.iv * volatility, left
        )

    def touched(self, volatility, forward):
        sign = 1 if self.right == "call" else -1
        distance = sign * math.log(self.strike / self.spot)
        if distance <= 0:
            return 1.0
        deviation = volatility * math.sqrt(self.years)
        mean = sign * math.log(forward / self.spot) - sign * deviation**2 / 2
        back = math.exp(2 * mean * distance / deviation**2) * N(-(mean + distance) / deviation)
        return N((mean - distance) / deviation) + back


class Smile:
    """Volatility by strike from the out-of-the-money mids, linear between, flat outside."""

    def __init__(self, rows, forward, discount, years):
        points = {}
        for right, strike, bid, ask in rows:
            if bid <= 0 or (strike < forward) != (right == "put"):
                continue
            price = (bid + ask) / 2 / discount
            volatility = volatility_of(right, price, forward, strike, years)
            if volatility:
                points[strike] = volatility
        self.strikes = sorted(points)
        self.points = points

    def __call__(self, strike):
        at = bisect.bisect_left(self.strikes, strike)
        if at == 0:
            return self.points[self.strikes[0]]
        if at == len(self.strikes):
            return self.points[self.strikes[-1]]
        low, high = self.strikes[at - 1], self.strikes[at]
        share = (strike - low) / (high - low)
        return self.points[low] + share * (self.points[high] - self.points[low])


def realised(closes, days):
    returns = [math.log(b / a) for a, b in zip(closes[-days - 1 : -1], closes[-days:])]
    return stdev(returns) * math.sqrt(252)


def drift(closes):
    spot, twenty, fifty = closes[-1], sum(closes[-20:]) / 20, sum(closes[-50:]) / 50
    month = spot / closes[-21] - 1
    if spot > twenty > fifty and month > 0:
        return 0.02
    return -0.02 if spot < twenty < fifty and month < 0 else 0.0
