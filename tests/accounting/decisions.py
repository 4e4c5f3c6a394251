"""Every snapshot decides, says why, and prices what it chose from the chain."""

import collections
from decimal import Decimal

import forms
from books import payoff_worst
from case import SIGN, check
from market import contract_of


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
