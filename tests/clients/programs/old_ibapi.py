"""The socket ends before anything was answered; the old client notices and gives up."""

import socket

from checks import expect, run
from ibapi.client import EClient
from ibapi.wrapper import EWrapper


class App(EWrapper, EClient):
    def __init__(self):
        EClient.__init__(self, self)
        self.codes = []

    def error(self, reqId, errorCode, errorString):
        self.codes.append(errorCode)


def first(port):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as raw:
        raw.sendall(b"API\0\0\0\0\tv100..157")
        expect(raw.recv(100) == b"", "an answer to versions out of the window")
    app = App()
    app.connect("127.0.0.1", port, 3)
    expect(not app.isConnected(), "the old client believes to be connected")


run(first, first)
