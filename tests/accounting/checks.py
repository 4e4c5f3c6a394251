"""The books of a run, kept again from the data and product.md alone, and compared to the cent.

A check takes a Case and yields what is wrong. Everything is Decimal, so equal means equal.
"""

import collections
import dataclasses
import functools
from datetime import date
from decimal import Decimal

import forms
from e2e_kit import Outputs
from market import Market, contract_of, intrinsic, mid, natural, valid

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


@check
def every_promised_key_has_the_promised_form(case):
    lines = case.run.lines("equity.csv")
    if not lines[0].startswith(forms.EQUITY_HEADING):
        yield f"equity.csv starts with {lines[0]}"
    yield from forms.faults(case.run.summary, forms.SUMMARY, "summary.json")
    for decision in case.run.decisions:
        form = forms.ENTRY if decision["kind"] == "entry" else forms.EXIT
        yield from forms.faults(decision, form, f"decisions.jsonl {decision['id']}")
    for name, rows, form in (
        ("orders.jsonl", case.run.orders, forms.ORDER),
        ("fills.jsonl", case.run.fills, forms.FILL),
        ("structures.jsonl", case.run.structures, forms.STRUCTURE),
        ("equity.csv", case.run.equity, forms.EQUITY),
    ):
        for number, row in enumerate(rows, start=1):
            yield from forms.faults(row, form, f"{name}:{number}")


# covers: I-05, I-24
@check
def ids_are_unique_and_references_resolve(case):
    run = case.run
    for name, key in (("decisions", "id"), ("orders", "intent"), ("orders", "order_id")):
        yield from twice(getattr(run, name), key)
    yield from twice(run.fills, "id")
    yield from twice(run.structures, "id")
    decisions = {decision["id"]: decision for decision in run.decisions}
    for order in run.orders:
        decision = decisions.get(order["decision"])
        if decision is None or decision["intent"] != order["intent"] or not order["strategy"]:
            yield f"order {order['intent']}: decision {order['decision']} does not own it"
        if order["filled"] and order["structure"] not in case.structures:
            yield f"order {order['intent']}: no structure {order['structure']}"
    for fill in run.fills:
        structure = case.structures.get(fill["structure"])
        if structure is None or not fill["strategy"]:
            yield f"fill {fill['id']}: structure {fill['structure']} is not told"
            continue
        if fill["side"] == "settle":
            wanted = structure["decision"]
        elif structure["adopted"] and fill["intent"] is None:
            wanted = None
        else:
            order = case.orders.get(fill["intent"], {})
            wanted = order.get("decision")
            if order.get("structure") != fill["structure"] or wanted is None:
                yield f"fill {fill['id']}: intent {fill['intent']} is not of {fill['structure']}"
        if fill["decision"] != wanted:
            yield f"fill {fill['id']}: decision {fill['decision']}, expected {wanted}"
    for decision in run.decisions:
        if decision["intent"] is not None and decision["intent"] not in case.orders:
            yield f"decision {decision['id']}: no intent {decision['intent']}"
        if decision["structure"] is not None and decision["structure"] not in case.structures:
            yield f"decision {decision['id']}: no structure {decision['structure']}"
    for one in run.structures:
        for here, back in (("rolled_from", "rolled_to"), ("rolled_to", "rolled_from")):
            if one[here] and case.structures.get(one[here], {}).get(back) != one["id"]:
                yield f"structure {one['id']}: {here} {one[here]} does not point back"


def twice(rows, key):
    for value, count in collections.Counter(row[key] for row in rows).items():
        if count > 1:
            yield f"{key} {value} occurs {count} times"


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


# covers: I-24
@check
def every_snapshot_decides_once_and_says_why(case):
    entries = collections.Counter(
        (d["at"], d["underlying"]) for d in case.run.decisions if d["kind"] == "entry"
    )
    wanted = {(case.market.snapshot(day), "SPX"): 1 for day in case.days}
    for key in sorted(entries.keys() | wanted.keys()):
        if entries[key] != wanted.get(key, 0):
            yield f"{key[0]}: {entries[key]} entry decisions for {key[1]}"
    for decision in case.run.decisions:
        if decision["kind"] != "entry":
            continue
        refused = [gate["gate"] for gate in decision["waterfall"] if gate["verdict"] == "refuse"]
        traded = decision["outcome"] == "opened"
        if traded == bool(refused):
            yield f"decision {decision['id']}: {decision['outcome']}, refused by {refused}"
        if decision["outcome"] not in ("opened", "refused", "no_candidate"):
            yield f"decision {decision['id']}: an entry cannot be {decision['outcome']}"
        if traded and decision["structure"] not in case.structures:
            yield f"decision {decision['id']}: opened {decision['structure']}, which is not told"
    opened = [d["structure"] for d in case.run.decisions if d["outcome"] == "opened"]
    bought = [s["id"] for s in case.run.structures if not s["adopted"] and not s["rolled_from"]]
    if sorted(opened) != sorted(bought):
        yield f"decisions opened {opened}, structures.jsonl tells {bought}"


@check
def every_open_structure_is_judged_at_each_later_snapshot(case):
    judged = collections.Counter(
        (d["at"], d["structure"]) for d in case.run.decisions if d["kind"] == "exit"
    )
    wanted = {}
    for before, day in zip(case.days, case.days[1:]):
        at = case.market.snapshot(day)
        earlier = {s for s, legs in case.positions(before + "T24").items()}
        gone = {
            s
            for s in earlier
            if case.structures[s]["closed_at"] and case.structures[s]["closed_at"] < at
        }
        wanted |= {(at, structure): 1 for structure in earlier - gone}
    for key in sorted(judged.keys() | wanted.keys()):
        if judged[key] != wanted.get(key, 0):
            yield f"{key[0]}: {judged[key]} exit decisions for {key[1]}"
    for decision in case.run.decisions:
        if decision["kind"] != "exit":
            continue
        rules = [step["rule"] for step in decision["waterfall"] if "rule" in step]
        fired = [step["rule"] for step in decision["waterfall"] if step["verdict"] == "fire"]
        if rules != forms.RULES.pattern.split("|"):
            yield f"decision {decision['id']}: not every rule in its order: {rules}"
        if decision["outcome"] == "hold" and (fired or decision["rule"] or decision["intent"]):
            yield f"decision {decision['id']}: held although {fired} fired"
        if decision["outcome"] != "hold" and decision["rule"] != next(iter(fired), None):
            yield f"decision {decision['id']}: by {decision['rule']}, but {fired} fired"
    for told in case.run.structures:
        last = [d for d in case.run.decisions if d["structure"] == told["id"]][-1:]
        if told["exit_rule"] not in (None, "settled", last[0]["rule"] if last else None):
            yield f"structure {told['id']}: {told['exit_rule']}, not {last[0]['rule']}"


@check
def distances_have_the_sign_of_their_verdicts(case):
    for decision in case.run.decisions:
        for step in decision["waterfall"]:
            distance, verdict = step["distance"], step["verdict"]
            if distance is None:
                continue
            if distance < 0 if verdict in ("pass", "hold") else distance > 0:
                yield f"decision {decision['id']}: {verdict} by {distance}: {step['detail']}"


@check
def the_chosen_candidate_is_priced_from_the_chain(case):
    for decision in case.run.decisions:
        chosen = decision["chosen"]
        if not chosen:
            continue
        middle, worst = case.quoted(chosen["legs"], decision["at"][:10])
        expected = middle - Decimal("0.35") * (middle - worst)
        legs = {
            contract_of(leg["contract"]): SIGN[leg["side"]] * leg["ratio"] for leg in chosen["legs"]
        }
        told = Decimal(
            chosen["expected_price"]
        )  # in ten-thousandths; the worst case follows from it
        wanted = {
            "mid": middle,
            "natural": worst,
            "expected_price": told if abs(told - expected) < Decimal("0.0001") else expected,
            "worst_case": payoff_worst(legs, told * 100) + Decimal(chosen["fees"]),
        }
        for name, value in wanted.items():
            if Decimal(chosen[name]) != value:
                yield f"decision {decision['id']}: {name} is {chosen[name]}, expected {value}"
        score = chosen["score"]
        weights = dict(edge=35, price=20, chance=15, liquidity=15, carry=10, fit=5)
        if any(not 0 <= score[name] <= 1 for name in weights):
            yield f"decision {decision['id']}: a score component outside 0..1: {score}"
        total = sum(weight * score[name] for name, weight in weights.items())
        if abs(total - score["total"]) > Decimal("1e-9"):
            yield f"decision {decision['id']}: total score {score['total']}, its parts make {total}"
        if decision["outcome"] == "opened" and (
            score["total"] < 50 or chosen["expected_value"] <= 0
        ):
            yield f"decision {decision['id']}: opened at score {score['total']}"


# covers: I-37
@check
def the_summary_adds_up(case):
    summary, run = case.run.summary, case.run
    open_value = sum((case.value(l, case.days[-1]) for l in case.positions("9999").values()), ZERO)
    final = case.cash_at("9999") + open_value
    closed = [Decimal(s["realised_pnl"]) for s in run.structures if s["closed_at"]]
    wins = sum(pnl for pnl in closed if pnl > 0)
    losses = -sum(pnl for pnl in closed if pnl < 0)

    def total(rows, name):
        return sum((Decimal(row[name]) for row in rows), ZERO)

    sessions = [d for d in case.market.close_time if case.first <= d <= case.last]
    exits = [d["rule"] for d in run.decisions if d["kind"] == "exit" and d["outcome"] != "hold"]
    exits += ["settled" for s in run.structures if s["exit_rule"] == "settled"]
    wanted = {
        "from": case.first,
        "to": case.last,
        "sessions": len(case.days),
        "sessions_missing": [day for day in sessions if day not in case.days],
        "quotes_read": sum(case.market.rows[day] for day in case.days),
        "quotes_refused": refused(case),
        "entries": sum(d["outcome"] == "opened" for d in run.decisions),
        "structures": len(run.structures),
        "exits": dict(collections.Counter(exits)),
    }
    for name, value in wanted.items():
        if summary[name] != value:
            yield f"summary.json: {name} is {summary[name]}, expected {value}"
    for name, value in {
        "realised_pnl": total(run.structures, "realised_pnl"),
        "unrealised_pnl": total(run.structures, "unrealised_pnl"),
        "fees": total(run.fills, "fees"),
        "slippage_vs_mid": total(run.structures, "slippage"),
        "final_net_liquidation": final,
    }.items():
        if Decimal(summary[name]) != value:
            yield f"summary.json: {name} is {summary[name]}, expected {value}"
    told = Decimal(summary["realised_pnl"]) + Decimal(summary["unrealised_pnl"])
    if told != final - case.cash:
        yield f"profit of the structures {told}, of the account {final - case.cash}"
    peak, worst, fraction = case.cash, ZERO, ZERO
    for row in run.equity:
        value = Decimal(row["net_liquidation"])
        peak = max(peak, value)
        worst, fraction = max(worst, peak - value), max(fraction, (peak - value) / peak)
    for name, value in {
        "max_drawdown_dollars": worst,
        "max_drawdown": fraction,
        "win_rate": Decimal(sum(pnl > 0 for pnl in closed)) / len(closed) if closed else None,
        "profit_factor": wins / losses if losses else None,
    }.items():
        found = summary[name]
        if (found is None) != (value is None) or (
            value is not None and abs(Decimal(found) - value) > Decimal("1e-12")
        ):
            yield f"summary.json: {name} is {found}, expected {value}"
    own = summary["fill_models"][case.fill]
    for name, value in own.items():
        if summary[name] != value:
            yield f"summary.json: fill_models.{case.fill}.{name} is {value}, not {summary[name]}"


def refused(case):
    counts = collections.Counter()
    for day in case.days:
        counts.update(case.market.refused[day])
    return {reason: count for reason, count in counts.items() if count}


@check
def the_report_needs_no_network(case):
    page = (case.run.folder / "report.html").read_text()
    for outside in ('src="http', 'href="http', "url(http", "@import", "fetch(", "XMLHttpRequest"):
        if outside in page:
            yield f"report.html reaches out: {outside}"


def problems(case):
    for one in CHECKS:
        for problem in one(case):
            yield f"{one.__name__}: {problem}"
