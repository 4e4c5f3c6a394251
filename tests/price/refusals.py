"""Calls and tables that cannot be priced: nothing is written, one line says why."""

from desk import DATA, USAGE

ONE = {
    "type": "put",
    "strike": "590",
    "spot": "600",
    "rate": "0.04",
    "vol": "0.18",
    "as-of": "2025-12-01",
    "expiry": "2026-01-16",
}


def words(**changes):
    given = ONE | {name.replace("_", "-"): value for name, value in changes.items()}
    return [f"--{name}={value}" for name, value in given.items() if value is not None]


def refusals(desk):
    for message, changes in [
        ('--type "x": accepted are C, P, call, put', {"type": "x"}),
        ('--type "": accepted are', {"type": None}),
        ('--style "bermudan": accepted are european, american', {"style": "bermudan"}),
        ('--strike "-5": accepted is a number above 0', {"strike": "-5"}),
        ('--strike "": accepted is', {"strike": None}),
        ('--strike "nan": accepted is', {"strike": "nan"}),
        ('--strike "59O": accepted is', {"strike": "59O"}),
        ('--spot "0": accepted is a number above 0', {"spot": "0"}),
        ('--vol "-0.1": accepted is a number from 0 on', {"vol": "-0.1"}),
        ('--rate "4%": accepted is a fraction a year', {"rate": "4%"}),
        ("neither --spot nor --forward; one of them", {"spot": None}),
        ("both --spot and --forward; one of them", {"forward": "600"}),
        ("neither --years nor --expiry; one of them", {"expiry": None}),
        ("both --years and --expiry", {"years": "1"}),
        ("neither --vol nor --price", {"vol": None}),
        ("--expiry 2025-11-30 lies before --as-of 2025-12-01", {"expiry": "2025-11-30"}),
        ('--expiry "soon": accepted is a date', {"expiry": "soon"}),
        ('--as-of "2025-02-30": accepted is a date', {"as_of": "2025-02-30"}),
        ("--discount goes with --forward", {"discount": "0.9"}),
        ("--dividend needs --style american", {"dividend": "2025-12-19:1"}),
        ('--dividend "2025-12-01:1": accepted is an ex-date after', {"style": "american", "dividend": "2025-12-01:1"}),
        ('--dividend "2025-12-19": accepted is', {"style": "american", "dividend": "2025-12-19"}),
        ("--style american needs --spot", {"style": "american", "spot": None, "forward": "600"}),
        ('--units "lots": accepted are desk, unit', {"units": "lots"}),
        ('--method "slow": accepted are fast, reference', {"method": "slow"}),
        ("--output goes with --input", {"output": "x.csv"}),
    ]:  # fmt: skip
        desk.refused(str(changes), USAGE, f"(?:{message})", *words(**changes))
    desk.refused(
        "dividends out of order", USAGE, "--dividend 2025-12-10:1 does not lie after the one before",
        *words(style="american"), "--dividend=2025-12-19:1", "--dividend=2025-12-10:1",
    )  # fmt: skip
    desk.refused("below intrinsic", DATA, "--price 1: no value: price below intrinsic value",
                 *words(strike="700", vol=None, price="1"))  # fmt: skip
    desk.refused("a strike for a table", USAGE, "--strike is of no use with --input",
                 "--input=-", "--strike=1", input="")  # fmt: skip
    headers(desk)


def headers(desk):
    good = "type strike spot rate yield years vol".split()
    for message, columns in [
        *((f'no column "{name}"', [c for c in good if c != name]) for name in good[:5]),
        ('neither of the columns "years" and "expiry"', good[:5] + ["vol"]),
        ('columns "years" and "expiry"; accepted is one', good + ["expiry"]),
        ('neither of the columns "vol" and "price"', good[:6]),
        ('columns of "spot, rate, yield" and "forward, discount"', good + ["forward", "discount"]),
        ('neither of "spot, rate, yield" and "forward', ["type", "strike", "years", "vol"]),
        ('column "vol" stands twice', good + ["vol"]),
        ('column "status" has the name of a result', good + ["status"]),
    ]:
        out = desk.folder / "refused.csv"
        table = ",".join(columns) + "\n" + ",".join("1" for _ in columns) + "\n"
        desk.refused(message, DATA, f"standard input:1: {message}", "--input=-", input=table)
        desk.refused(message, DATA, message, "--input=-", f"--output={out}", input=table)
        desk.expect(message, not out.exists(), "left an output")
    desk.refused("nothing", DATA, "standard input: empty; its first line", "--input=-", input="")
    desk.refused("no CSV", DATA, "standard input:1: a row of more than 65536 bytes",
                 "--input=-", input="x" * 100_000)  # fmt: skip
