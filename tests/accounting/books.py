"""Fills, settlements, fees, cash, marks and structures, kept again and compared to the cent."""

import collections
from datetime import date
from decimal import Decimal

from case import SIGN, ZERO, check
from market import contract_of, intrinsic, mid, natural, valid


# covers: I-05
@check
def fills_are_what_their_orders_asked(case):
    for order in case.run.orders:
        intent, fills = order["intent"], case.fills_of[order["intent"]]
        wanted = {
            (contract_of(leg["contract"]), leg["side"]): leg["ratio"] * order["filled"]
            for leg in order["legs"]
            if order["filled"]
        }
        found = collections.Counter()
        for fill in fills:
            found[contract_of(fill["contract"]), fill["side"]] += fill["quantity"]
        if found != wanted:
            yield f"order {intent}: filled {order['filled']} units, but its fills say {dict(found)}"
        if not 0 <= order["filled"] <= order["quantity"]:
            yield f"order {intent}: filled {order['filled']} of {order['quantity']}"
        if (order["status"] == "filled") != (order["filled"] == order["quantity"]):
            yield f"order {intent}: {order['status']} with {order['filled']} filled"
        limits = [Decimal(limit) for limit in order["limit"]]
        if limits != sorted(limits, reverse=True) or len(set(limits)) != len(limits):
            yield f"order {intent}: its walk does not concede step by step: {order['limit']}"
        if fills and found == wanted and case.net(fills, order["filled"]) < limits[-1]:
            yield f"order {intent}: filled at {case.net(fills, order['filled'])}, below its limit"


@check
def fill_prices_lie_between_mid_and_natural(case):
    for order in case.run.orders:
        fills = case.fills_of[order["intent"]]
        if not fills:
            continue
        day = order["at"][:10]
        for fill in fills:
            quote = case.market.quote(contract_of(fill["contract"]), day)
            if not valid(quote):
                yield f"fill {fill['id']}: traded without a valid quote"
                continue
            price, ends = Decimal(fill["price"]), (mid(quote), natural(quote, fill["side"]))
            if not min(ends) <= price <= max(ends):
                yield f"fill {fill['id']}: {price} is not between mid and natural {ends}"
        middle, worst = case.quoted(order["legs"], day)
        net = case.net(fills, order["filled"])
        share = (middle - net) / (middle - worst) if middle != worst else ZERO
        model = "natural" if order["urgency"] == "immediate" and case.fill == "walk" else case.fill
        exact = {"natural": worst, "mid": middle}.get(model, net)
        opening = order["purpose"] in ("open", "roll_open")
        if net != exact:
            yield f"order {order['intent']}: net {net}, but {model} is {exact}"
        if not 0 <= share <= (Decimal("0.6") if opening and model == "walk" else 1):
            yield f"order {order['intent']}: gives away {share:.3f} of {middle} to {worst}"
        for (
            fill
        ) in fills:  # one draw for the order: every leg gives the same share of its half-width
            quote = case.market.quote(contract_of(fill["contract"]), day)
            half = (quote.ask - quote.bid) / 2
            fair = mid(quote) + SIGN[fill["side"]] * share * half
            if abs(Decimal(fill["price"]) - fair) > Decimal("0.0005"):
                yield f"fill {fill['id']}: {fill['price']}, but its share of the net is {fair:.4f}"


@check
def settlements_pay_intrinsic_at_the_official_close(case):
    for fill in case.run.fills:
        if fill["side"] != "settle":
            continue
        contract = contract_of(fill["contract"])
        fair = intrinsic(contract, case.market.closes[contract.expiry])
        wanted = (fair, ZERO, None, case.market.close_time[contract.expiry])
        found = (Decimal(fill["price"]), Decimal(fill["fees"]), fill["intent"], fill["at"])
        if found != wanted or fill["quantity"] <= 0:
            yield f"fill {fill['id']}: settles {found}, expected {wanted}"
    end = case.days[-1]
    for day in [*case.days, end + "T24"]:
        for structure, legs in case.positions(day).items():
            for contract in legs:
                if case.market.close_time[contract.expiry] < day:
                    yield f"{structure} still holds {contract} on {day}"


# covers: I-37
@check
def every_snapshot_balances_to_the_cent(case):
    if [row["at"] for row in case.run.equity] != [case.market.snapshot(day) for day in case.days]:
        yield "equity.csv has not one row for each snapshot"
    for row in case.run.equity:
        at, day = row["at"], row["at"][:10]
        held = case.positions(at)
        cash = case.cash_at(at)
        value = sum((case.value(legs, day) for legs in held.values()), ZERO)
        for name, wanted in (
            ("cash", cash),
            ("positions_value", value),
            ("net_liquidation", cash + value),
            ("open_structures", len(held)),
            ("worst_case", book_worst_case(case, held, at)),
        ):
            if Decimal(row[name]) != wanted:
                yield f"{at}: {name} is {row[name]}, expected {wanted}"
        units = [(c, n * c.multiplier) for legs in held.values() for c, n in legs.items()]
        if all(valid(case.market.quote(contract, day)) for contract, _ in units):
            delta = sum(n * case.market.quote(contract, day).delta for contract, n in units)
            size = sum(abs(n) for _, n in units)
            if abs(Decimal(row["delta"]) - delta) > Decimal("0.05") * size:
                yield f"{at}: delta {row['delta']}, but the chain's own deltas make {delta}"


def payoff_worst(legs, money):
    """The largest loss at one expiry: piecewise linear, so at a strike, zero or the far end."""
    ends = [ZERO, *(c.strike for c in legs), max(c.strike for c in legs) * 100]
    return -min(
        money + sum(n * c.multiplier * intrinsic(c, level) for c, n in legs.items())
        for level in ends
    )


#
def book_worst_case(case, held, at):
    """Loss at expiry of all that is held, expiry by expiry, all fees so far against it."""
    expiries, fees = collections.defaultdict(list), ZERO
    for structure, legs in held.items():
        opening = collections.defaultdict(list)
        for fill, quantity, money in case.changes:
            if fill["structure"] == structure and fill["at"] <= at:
                fees += Decimal(fill["fees"])
                opening[contract_of(fill["contract"])].append((quantity, money))
        for contract, left in legs.items():
            quantity, money = opening[contract][0]
            expiries[contract.expiry].append((contract, left, money * left / quantity))
    worst = fees
    for positions in expiries.values():
        legs = collections.Counter()
        for contract, left, _ in positions:
            legs[contract] += left
        worst += payoff_worst(legs, sum(money for _, _, money in positions))
    return worst


@check
def structures_tell_their_own_story(case):
    traded = {fill["structure"] for fill in case.run.fills}
    for missing in traded - case.structures.keys():
        yield f"structure {missing} traded and is not told"
    still_open = case.positions("9999")
    for told in case.run.structures:
        found = {
            name: told[name] for name in ("opened_at", "closed_at", "dte_at_entry", "quantity")
        }
        for name in (
            "entry_price",
            "width",
            "worst_case",
            "fees",
            "realised_pnl",
            "unrealised_pnl",
        ):
            found[name] = Decimal(told[name])
        found["spot_at_entry"] = Decimal(told["spot_at_entry"])
        found["slippage"] = Decimal(told["slippage"])
        wanted = story(case, told, still_open.get(told["id"], {}))
        for name, value in wanted.items():
            if found[name] != value:
                yield f"structure {told['id']}: {name} is {found[name]}, expected {value}"
        settled = any(fill["side"] == "settle" for fill in case.fills_of[told["id"]])
        if (told["closed_at"] is None) != (told["exit_rule"] is None):
            yield f"structure {told['id']}: closed {told['closed_at']} by {told['exit_rule']}"
        if settled != (told["exit_rule"] == "settled"):
            yield f"structure {told['id']}: exit_rule {told['exit_rule']}, settled: {settled}"
        yield from legs_at_entry(case, told)


def story(case, told, open_legs):
    """What the fills of one structure say about it."""
    fills = [change for change in case.changes if change[0]["structure"] == told["id"]]
    opened_at = fills[0][0]["at"]
    opening = [change for change in fills if change[0]["at"] == opened_at]
    ratio = {contract_of(leg["contract"]): leg["ratio"] for leg in told["legs"]}
    quantity = abs(opening[0][1]) // ratio[contract_of(opening[0][0]["contract"])]
    day = opened_at[:10]
    end = case.days[-1]
    entry = {contract_of(fill["contract"]): Decimal(fill["price"]) for fill, _, _ in opening}
    money = sum(cash for _, _, cash in opening)
    strikes = collections.defaultdict(list)
    for contract in entry:
        strikes[contract.right].append(contract.strike)
    fees = sum(Decimal(fill["fees"]) for fill, _, _ in fills)
    unrealised = sum(
        n * c.multiplier * (case.market.mark(c, end) - entry[c]) for c, n in open_legs.items()
    )
    slippage = ZERO
    for fill, _, _ in fills:
        if fill["side"] != "settle":
            contract = contract_of(fill["contract"])
            quote = case.market.quote(contract, fill["at"][:10])
            gap = SIGN[fill["side"]] * (Decimal(fill["price"]) - mid(quote))
            slippage += gap * fill["quantity"] * contract.multiplier
    expiry = told["legs"][0]["contract"]["expiry"]
    legs = {contract_of(fill["contract"]): n for fill, n, _ in opening}
    return {
        "opened_at": opened_at,
        "closed_at": None if open_legs else fills[-1][0]["at"],
        "quantity": quantity,
        "entry_price": money / quantity / 100,
        "width": max(max(side) - min(side) for side in strikes.values()),
        "worst_case": payoff_worst(legs, money) + sum(Decimal(f["fees"]) for f, _, _ in opening),
        "dte_at_entry": (date.fromisoformat(expiry) - date.fromisoformat(day)).days,
        "spot_at_entry": case.market.spot[day],
        "fees": fees,
        "realised_pnl": sum(cash for _, _, cash in fills)
        + case.value(open_legs, end)
        - fees
        - unrealised,
        "unrealised_pnl": unrealised,
        "slippage": slippage,
    }


def legs_at_entry(case, told):
    """Entry quotes are the chain's; own IV and delta differ from its at most by gate `greeks`."""
    day = told["opened_at"][:10]
    for leg in told["legs"]:
        quote = case.market.quote(contract_of(leg["contract"]), day)
        found = tuple(Decimal(leg[name]) for name in ("bid", "ask", "mid", "open_interest"))
        wanted = (quote.bid, quote.ask, mid(quote), quote.open_interest)
        if found != wanted:
            yield f"structure {told['id']}: a leg was entered at {found}, the chain says {wanted}"
        if told["adopted"]:
            continue
        if abs(leg["iv"] - quote.iv) > Decimal("0.03") or abs(leg["delta"] - quote.delta) > Decimal(
            "0.05"
        ):
            yield f"structure {told['id']}: IV {leg['iv']}, delta {leg['delta']}, chain {quote}"


def commission(price):
    if price >= Decimal("0.10"):
        return Decimal("0.65")
    return Decimal("0.50") if price >= Decimal("0.05") else Decimal("0.25")


@check
def fees_follow_the_schedule(case):
    """SPX: an index option, on which no levy on sales falls."""
    for order in case.run.orders:
        fills = case.fills_of[order["intent"]]
        if not fills:
            continue
        commissions = passed_on = ZERO
        for fill in fills:
            price = Decimal(fill["price"])
            exchange = Decimal("0.45") if price >= 1 else Decimal("0.37")
            commissions += fill["quantity"] * commission(price)
            passed_on += fill["quantity"] * (exchange + Decimal("0.02") + Decimal("0.03"))
        found = sum(Decimal(fill["fees"]) for fill in fills)
        wanted = max(commissions, Decimal(1)) + passed_on
        if found != wanted:
            yield f"order {order['intent']}: fees {found}, the schedule says {wanted}"
        for fill in fills:
            if Decimal(fill["fees"]) <= 0:
                yield f"fill {fill['id']}: a trade without a fee"
