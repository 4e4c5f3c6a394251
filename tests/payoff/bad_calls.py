"""Calls of `v6 payoff` that make no sense: the exit code and the line that says why."""

import re

from e2e_kit import chain_copy, chain_file, read_chain, write_chain

USAGE, CONFIG, DATA = 2, 3, 4
LEG = "-1 SPXW 2019-06-21 2750 P"


def bad_calls(desk):
    def judge(what, done, code, message):
        lines = done.stderr.strip().splitlines()
        desk.expect(what, done.returncode == code, f"exit {done.returncode}: {done.stderr}")
        desk.expect(what, len(lines) == 1 and re.search(message, lines[0]), done.stderr)
        desk.expect(what, not done.stdout, done.stdout[:200])

    for leg, message in [
        ("", r'leg "": accepted is CONTRACTS ROOT EXPIRY STRIKE'),
        ("-1 SPXW 2019-06-21 2750", "accepted is CONTRACTS ROOT EXPIRY STRIKE"),
        ("0 SPXW 2019-06-21 2750 P", r'contracts "0": accepted is a whole number .*not 0'),
        ("1.5 SPXW 2019-06-21 2750 P", r'contracts "1.5"'),
        ("nan SPXW 2019-06-21 2750 P", r'contracts "nan"'),
        ("two SPXW 2019-06-21 2750 P", r'contracts "two"'),
        ("100000 SPXW 2019-06-21 2750 P", r'contracts "100000".*-1000 to 1000'),
        ("-1 SPQ 2019-06-21 2750 P", r'root "SPQ": accepted are SPY, .*SPXW'),
        ("-1 SPXW 2019-06-31 2750 P", r'expiry "2019-06-31": accepted is a date'),
        ("-1 SPXW 2019-06-21 -2750 P", r'strike "-2750": accepted are dollars above 0'),
        ("-1 SPXW 2019-06-21 NaN P", r'strike "NaN"'),
        ("-1 SPXW 2019-06-21 2750 X", r'right "X": accepted are C, P, call, put'),
        ("-1 SPXW 2019-05-03 2750 P", "expiry 2019-05-03 lies before --date 2019-05-06"),
        (
            "-1 SPXW 2019-06-22 2750 P",
            "no such expiry; the nearest listed are 2019-06-14, 2019-06-21, 2019-06-28, 2019-07-05",
        ),
        (
            "-1 SPXW 2019-06-21 2751 P",
            r"no usable quote on 2019-05-06: the nearest strikes .* 2745.00, 2750.00, 2755.00, ",
        ),
        ("-1 XSP 2019-06-21 275 P", r"no file XSP_"),
    ]:
        code = DATA if "XSP" in leg else USAGE
        judge(f"leg {leg!r}", desk.call([leg]), code, message)
    judge("a contract twice", desk.call([LEG, LEG]), USAGE, "a second leg of this contract")
    mixed = [LEG, "+1 SPY 2019-06-21 275 P"]
    judge("two underlyings", desk.call(mixed), USAGE, "on SPY, but the first leg is on SPX")
    many = [f"-1 SPXW 2019-06-21 {2000 + 5 * i} P" for i in range(21)]
    judge("too many legs", desk.call(many), USAGE, "--leg: 21 given; accepted are up to 20")
    judge("no leg", desk.call([]), USAGE, "--leg is required")
    for day, code, message in [
        ("2019-05-32", USAGE, '--date "2019-05-32": accepted is a date'),
        (
            "2019-05-10",
            DATA,
            "no file SPX_YYYYMMDD.* from 2019-05-10 to 2019-05-10; the folder holds",
        ),
        ("2019-05-11", DATA, "no file SPX_YYYYMMDD"),
    ]:
        judge(f"date {day}", desk.call([LEG], day=day), code, message)
    nowhere = desk.folder / "nowhere"
    judge("no folder", desk.call([LEG], chains=nowhere), DATA, "nowhere: cannot read this folder")
    for words, message in [
        (("--credit", "much"), '--credit "much": accepted are dollars a share'),
        (("--credit", "nan"), '--credit "nan"'),
        (("--credit", "1e5"), '--credit "1e5"'),
        (("--price", "best"), '--price "best": accepted are expected, mid, natural'),
        (("--price", "given"), '--price "given": accepted are expected, mid, natural'),
        (("--price", "mid", "--credit", "1"), "excludes"),
        (("--sgv", "x"), "--sgv"),
    ]:
        judge(" ".join(words), desk.call([LEG], *words), USAGE, message)
    judge("a bad setting", desk.call([LEG], "--set", "fees.clearing=x"), CONFIG, r"fees\.clearing")
    judge(
        "a picture that cannot be written",
        desk.call([LEG], "--svg", desk.folder / "no/such/place.svg"),
        DATA,
        r"cannot write .*place.svg: No such file",
    )
    # The expiry is listed, but has too few quotes to say anything of it.
    thin = chain_copy(desk.v6.chains, desk.folder / "thin", [])
    day = "2019-05-06"
    lines = read_chain(chain_file(desk.v6.chains, day))
    keep = [line for line in lines if "SPXW190621" not in line or "P02750000" in line]
    write_chain(chain_file(thin, day), keep)
    judge("too few quotes", desk.call([LEG], chains=thin), DATA, "has settled, or has too few")
