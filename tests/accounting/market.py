"""What the input files say, read without a line of the program: quotes, closes, sessions."""

import collections
import csv
import functools
import gzip
from decimal import Decimal

from e2e_kit import chain_days, chain_file, read_chain

Contract = collections.namedtuple("Contract", "root expiry strike right multiplier")
Quote = collections.namedtuple("Quote", "bid ask open_interest iv delta")


def contract_of(record):
    strike = Decimal(record["strike"])
    return Contract(record["root"], record["expiry"], strike, record["right"], record["multiplier"])


def valid(quote):
    """A zero bid is a quote, marked at half its ask."""
    return quote is not None and quote.ask > 0 and 0 <= quote.bid <= quote.ask


def mid(quote):
    return (quote.bid + quote.ask) / 2


def natural(quote, side):
    return quote.ask if side == "buy" else quote.bid


def intrinsic(contract, level):
    gap = level - contract.strike if contract.right == "call" else contract.strike - level
    return max(gap, Decimal(0))


class Market:
    """A chain folder, of which only some contracts' quotes are kept, with the reference data."""

    def __init__(self, folder, reference, contracts):
        self.days = chain_days(folder)
        self.rows, self.refused = {}, {}
        self.spot, self._quotes = {}, collections.defaultdict(dict)
        symbols = {self.symbol(contract): contract for contract in contracts}
        for day in self.days:
            self._read(day, read_chain(chain_file(folder, day)), symbols)
        self.closes = dict(
            (day, Decimal(close))
            for day, close in self._rows(reference / "datasets-s-and-p-500/fred_sp500.csv")
            if close
        )
        with gzip.open(reference / "exchange_calendars/xnys_sessions_1990_2023.csv.gz", "rt") as f:
            self.close_time = {
                row["close"][:10]: row["close"][:19].replace(" ", "T") + "Z"
                for row in csv.DictReader(f)
            }

    @staticmethod
    def _rows(path):
        with path.open() as file:
            yield from list(csv.reader(file))[1:]

    @staticmethod
    def symbol(contract):
        day = contract.expiry.replace("-", "")[2:]
        return f"{contract.root}{day}{contract.right[0].upper()}{int(contract.strike * 1000):08d}"

    def _read(self, day, lines, symbols):
        column = {name: index for index, name in enumerate(lines[0].split(","))}
        symbol, bid, ask = column["optionroot"], column["bid"], column["ask"]
        rows = [line.split(",") for line in lines[1:]]
        self.rows[day] = len(rows)
        quotes = [(float(row[bid]), float(row[ask])) for row in rows]
        self.refused[day] = {
            "no_quote": sum(b == 0 == a for b, a in quotes),
            "crossed": sum(b > a for b, a in quotes),
        }
        self.spot[day] = Decimal(rows[0][column["underlying_last"]])
        for row in rows:
            if contract := symbols.get(row[symbol]):
                kept = ("bid", "ask", "openinterest", "impliedvol", "delta")
                self._quotes[contract][day] = Quote(*(Decimal(row[column[k]]) for k in kept))

    def quote(self, contract, day):
        return self._quotes[contract].get(day)

    @functools.cache
    def mark(self, contract, day):
        """The mid of the last valid quote up to the day; never zero for want of one."""
        past = [d for d in self.days if d <= day and valid(self._quotes[contract].get(d))]
        return mid(self._quotes[contract][past[-1]]) if past else None

    def snapshot(self, day):
        """15 minutes before the session's close, in UTC."""
        close = self.close_time[day]
        return f"{close[:10]}T{int(close[11:13]) - 1:02d}:45:00Z"
