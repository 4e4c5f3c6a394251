"""The protocol's bytes by hand, for what no public client does."""

import socket
import struct

OPENING = b"API\0"


def frame(payload):
    return struct.pack(">I", len(payload)) + payload


def message(*fields):
    return frame(b"".join(str(field).encode() + b"\0" for field in fields))


class Link:
    """A connection; reads wait at most `seconds`."""

    def __init__(self, port, seconds=20):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=seconds)
        self.bytes = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, *fields):
        self.socket.sendall(message(*fields))

    def read(self):
        """The next message as its fields; None at the end."""
        while True:
            if len(self.bytes) >= 4:
                end = 4 + struct.unpack(">I", self.bytes[:4])[0]
                if len(self.bytes) >= end:
                    payload, self.bytes = self.bytes[4:end], self.bytes[end:]
                    return payload.decode().split("\0")[:-1]
            try:
                more = self.socket.recv(1 << 16)
            except ConnectionResetError:
                return None
            if not more:
                return None
            self.bytes += more

    def until(self, message_id):
        """Everything up to the first message of this id, that included."""
        read = []
        while True:
            fields = self.read()
            if fields is None:
                raise EOFError(f"the link ended before message {message_id}: {read[-3:]}")
            read.append(fields)
            if fields[0] == str(message_id):
                return read

    def greet(self, client_id):
        self.socket.sendall(OPENING + frame(b"v157..178"))
        hello = self.read()
        self.send(71, 2, client_id, "")
        return hello

    def start(self, client_id):
        self.greet(client_id)
        self.until(9)
        for _ in range(3):
            self.read()
        return self

    def ended(self):
        """Whether nothing but the end comes."""
        return self.read() is None


def limit_order(order_id, con_id, action, quantity, price, ref):
    """placeOrder of one contract, 114 fields, as protocol reference 3.3 numbers them."""
    head = [3, order_id, con_id, "", "", "", 0.0, "", "", "SMART", "", "", "", "", "", ""]
    order = [action, quantity, "LMT", price, "", "GTC", "", "DU1234567", "", 0, ref, 1]
    flags = [0] * 7
    tail = (
        "|0.0|||||||0||-1|0|||0|||0|0||0||||||0|||||0||||||||"
        "|||0|||0|0|||0||0|0|0|0|||||||0|||||||||0|0|0||||0||"
    ).split("|")
    return head + order + flags + tail
