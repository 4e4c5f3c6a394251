#!/usr/bin/env python3
"""Writes data/golden/tws-requests/requests.txt: what ib_async sends for the calls that our client makes too.

A small server in this file speaks just enough of the protocol to take ib_async through its connection, and records
every message. Needs the packages of requirements.txt:

    python3 -m venv .venv && .venv/bin/pip install -r tests/ibkr/requirements.txt
    .venv/bin/python tests/ibkr/make_fixtures.py

Each line is a name, a tab and the payload, NUL written as '~'; `opening` is the raw opening without its length word.
"""

import asyncio
import struct
from pathlib import Path

from ib_async import IB, ComboLeg, Contract, ExecutionFilter, Index, LimitOrder, Option

OUT = Path(__file__).resolve().parents[2] / "data" / "golden" / "tws-requests" / "requests.txt"
VERSION = 178
ACCOUNT = "DU1234567"
CLIENT = 7


def frame(*fields):
    payload = "".join(f"{field}\0" for field in fields).encode()
    return struct.pack(">I", len(payload)) + payload


class Recorder:
    """The gateway's side: answers the handshake, records the rest."""

    def __init__(self):
        self.opening = b""
        self.messages = []
        self.changed = asyncio.Event()

    async def serve(self, reader, writer):
        assert await reader.readexactly(4) == b"API\0"
        (length,) = struct.unpack(">I", await reader.readexactly(4))
        self.opening = b"API\0" + await reader.readexactly(length)
        writer.write(frame(VERSION, "20190507 09:30:00 US/Eastern"))
        while True:
            try:
                (length,) = struct.unpack(">I", await reader.readexactly(4))
                payload = await reader.readexactly(length)
            except (asyncio.IncompleteReadError, asyncio.CancelledError):
                return
            self.messages.append(payload)
            self.changed.set()
            if payload.startswith(b"71\0"):
                writer.write(frame(15, 1, ACCOUNT) + frame(9, 1, 1))

    async def next(self):
        while not self.messages:
            self.changed.clear()
            await asyncio.wait_for(self.changed.wait(), 5)
        return self.messages.pop(0)


def combo():
    legs = [(700000001, "BUY"), (700000002, "SELL"), (700000003, "SELL"), (700000004, "BUY")]
    return Contract(
        symbol="SPX",
        secType="BAG",
        exchange="SMART",
        currency="USD",
        comboLegs=[ComboLeg(conId=con_id, ratio=1, action=action, exchange="SMART") for con_id, action in legs],
    )


def order(limit, **more):
    return LimitOrder(
        "BUY", 2, limit, tif="DAY", account=ACCOUNT, orderRef="AAAQEAYEAUDAOCAJAAAAAAAAAE", openClose="", **more
    )


def option():
    return Option("SPX", "20190621", 2750.0, "P", "SMART", multiplier="100", currency="USD", tradingClass="SPXW",
                  conId=700000001)


def calls(client):
    series = Option("SPX", "20190621", 0.0, "", "SMART", multiplier="100", currency="USD", tradingClass="SPXW")
    single = LimitOrder("SELL", 1, 12.5, tif="DAY", account=ACCOUNT, orderRef="AAAQEAYEAUDAOCAJAAAAAAAAAE",
                        openClose="")
    spx = Index("SPX", "CBOE", "USD", conId=416904)
    return {
        "current_time": lambda: client.reqCurrentTime(),
        "contract_details_index": lambda: client.reqContractDetails(1000000000, Index("SPX", "CBOE", "USD")),
        "contract_details_series": lambda: client.reqContractDetails(1000000001, series),
        "option_parameters": lambda: client.reqSecDefOptParams(1000000002, "SPX", "", "IND", 416904),
        "market_rule": lambda: client.reqMarketRule(110),
        "market_data_type": lambda: client.reqMarketDataType(1),
        "market_data_index": lambda: client.reqMktData(1000000003, spx, "", False, False, []),
        "market_data_option": lambda: client.reqMktData(1000000004, option(), "101", False, False, []),
        "cancel_market_data": lambda: client.cancelMktData(1000000004),
        "history": lambda: client.reqHistoricalData(
            1000000005, spx, "", "2 Y", "1 day", "TRADES", True, 1, False, []
        ),
        "combo_order": lambda: client.placeOrder(42, combo(), order(-1.25)),
        "combo_modify": lambda: client.placeOrder(42, combo(), order(-1.2)),
        "combo_whatif": lambda: client.placeOrder(43, combo(), order(-1.25, whatIf=True)),
        "single_order": lambda: client.placeOrder(44, option(), single),
        "cancel_order": lambda: client.cancelOrder(42, ""),
        "global_cancel": lambda: client.reqGlobalCancel(),
        "open_orders": lambda: client.reqOpenOrders(),
        "all_open_orders": lambda: client.reqAllOpenOrders(),
        "completed_orders": lambda: client.reqCompletedOrders(True),
        "executions": lambda: client.reqExecutions(1000000006, ExecutionFilter()),
        "positions": lambda: client.reqPositions(),
        "cancel_positions": lambda: client.cancelPositions(),
        "account_summary": lambda: client.reqAccountSummary(
            1000000007, "All", "NetLiquidation,TotalCashValue,InitMarginReq,MaintMarginReq,ExcessLiquidity"
        ),
        "cancel_account_summary": lambda: client.cancelAccountSummary(1000000007),
        "account_updates": lambda: client.reqAccountUpdates(True, ACCOUNT),
    }


async def main():
    recorder = Recorder()
    server = await asyncio.start_server(recorder.serve, "127.0.0.1", 0)
    ib = IB()
    await ib.client.connectAsync("127.0.0.1", server.sockets[0].getsockname()[1], CLIENT)
    lines = [("opening", recorder.opening), ("start_api", await recorder.next())]
    for name, call in calls(ib.client).items():
        call()
        lines.append((name, await recorder.next()))
    assert not recorder.messages, recorder.messages
    text = "".join(f"{name}\t{payload.decode().replace(chr(0), '~')}\n" for name, payload in lines)
    OUT.write_text(text)
    ib.client.disconnect()
    server.close()


asyncio.run(main())
