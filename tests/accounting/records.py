"""Keys, forms, ids and the words of every record, and a report that needs no network."""

import collections

import forms
from case import check


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


def twice(rows, key):
    for value, count in collections.Counter(row[key] for row in rows).items():
        if count > 1:
            yield f"{key} {value} occurs {count} times"


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


@check
def the_report_needs_no_network(case):
    page = (case.run.folder / "report.html").read_text()
    for outside in ('src="http', 'href="http', "url(http", "@import", "fetch(", "XMLHttpRequest"):
        if outside in page:
            yield f"report.html reaches out: {outside}"
