"""One run and the market it saw, and the list of checks that hold it to the contract.

A check takes a Case and yields what is wrong. Everything is Decimal, so equal means equal.
"""

import collections
import dataclasses
import functools
from decimal import Decimal

from e2e_kit import Outputs
from market import Market, contract_of, mid, natural

ZERO = Decimal(0)
SIGN = {"buy": 1, "sell": -1}
CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


@dataclasses.dataclass
class Case:
    """One run, the market it saw, and how it was asked to trade."""

    run: Outputs
    market: Market
    fill: str
    first: str
    last: str
    cash: Decimal = Decimal(500000)

    @functools.cached_property
    def days(self):
        return [day for day in self.market.days if self.first <= day <= self.last]

    @functools.cached_property
    def orders(self):
        return {order["intent"]: order for order in self.run.orders}

    @functools.cached_property
    def structures(self):
        return {structure["id"]: structure for structure in self.run.structures}

    @functools.cached_property
    def fills_of(self):
        """The fills of each structure and of each intent, in file order."""
        found = collections.defaultdict(list)
        for fill in self.run.fills:
            found[fill["structure"]].append(fill)
            if fill["intent"]:
                found[fill["intent"]].append(fill)
        return found

    @functools.cached_property
    def changes(self):
        """[(fill, signed change of the position, cash without fees)], settlements included."""
        held, changes = collections.Counter(), []
        for fill in self.run.fills:
            key = fill["structure"], contract_of(fill["contract"])
            sign = SIGN.get(fill["side"]) or (-1 if held[key] > 0 else 1)
            held[key] += sign * fill["quantity"]
            money = -sign * fill["quantity"] * Decimal(fill["price"]) * key[1].multiplier
            changes.append((fill, sign * fill["quantity"], money))
        return changes

    def positions(self, until):
        """{structure: {contract: quantity}} of what is held after everything up to a time."""
        held = collections.defaultdict(collections.Counter)
        for fill, quantity, _ in self.changes:
            if fill["at"] <= until:
                held[fill["structure"]][contract_of(fill["contract"])] += quantity
        open_legs = {s: {c: n for c, n in legs.items() if n} for s, legs in held.items()}
        return {structure: legs for structure, legs in open_legs.items() if legs}

    def cash_at(self, until):
        return self.cash + sum(
            (
                money - Decimal(fill["fees"])
                for fill, _, money in self.changes
                if fill["at"] <= until
            ),
            ZERO,
        )

    def value(self, legs, day):
        return sum(
            (n * c.multiplier * self.market.mark(c, day) for c, n in legs.items()), start=ZERO
        )

    def net(self, fills, quantity):
        """Signed price per unit of one order's fills: credit positive."""
        total = sum(-SIGN[f["side"]] * f["quantity"] * Decimal(f["price"]) for f in fills)
        return total / quantity

    def quoted(self, legs, day):
        """(mid, natural) of a structure per unit, signed as credits, from the chain's quotes."""
        middle = worst = ZERO
        for leg in legs:
            quote = self.market.quote(contract_of(leg["contract"]), day)
            sign = -SIGN[leg["side"]] * leg["ratio"]
            middle += sign * mid(quote)
            worst += sign * natural(quote, leg["side"])
        return middle, worst


def problems(case):
    for one in CHECKS:
        for problem in one(case):
            yield f"{one.__name__}: {problem}"
