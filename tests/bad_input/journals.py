"""Journals that are cut, changed, of another version, or none."""

import contextlib
import shutil
import sqlite3
import sys

from desk import BAD_ANSWER, DATA, DONE, USAGE


def changed(journal, place, *statements):
    """A copy of a journal with SQL done to it."""
    copy = place / "journal.db"
    shutil.copy(journal, copy)
    with contextlib.closing(sqlite3.connect(copy)) as database:
        database.create_function("flip", 1, lambda data: bytes([data[0] ^ 0x10]) + data[1:])
        for statement in statements:
            if database.execute(statement).rowcount == 0:
                sys.exit(f"self-check: {statement} changes nothing")
        database.commit()
    return copy


def rows_of(journal):
    """What a journal's tables say; None where SQLite itself cannot tell."""
    with contextlib.closing(sqlite3.connect(journal)) as database:
        try:
            return list(database.iterdump())
        except sqlite3.DatabaseError:
            return None


# covers: I-32
def journals(desk):
    journal = desk.backtest("a whole journal", DONE, "").folder / "journal.db"
    data = journal.read_bytes()
    middle = "(SELECT max(seq) / 2 FROM records)"

    def as_bytes(edited):
        copy = desk.place() / "journal.db"
        copy.write_bytes(edited)
        return copy

    def as_rows(*statements):
        return changed(journal, desk.place(), *statements)

    damaged = {
        "cut to nothing": as_bytes(b""),
        "cut to one byte": as_bytes(data[:1]),
        "cut in the middle": as_bytes(data[: len(data) // 2]),
        "cut by one byte": as_bytes(data[:-1]),
        "of another program": as_bytes(b"SQLite format 3\0" + bytes(5000)),
        "with a byte changed": as_rows(
            f"UPDATE records SET bytes = flip(bytes) WHERE seq = {middle}"
        ),
        "with a time changed": as_rows(f"UPDATE records SET at = at + 1 WHERE seq = {middle}"),
        "with a hash changed": as_rows(
            f"UPDATE records SET hash = flip(hash) WHERE seq = {middle}"
        ),
        "without a record": as_rows(f"DELETE FROM records WHERE seq = {middle}"),
        "without its end": as_rows(f"DELETE FROM records WHERE seq > {middle}"),
        "with another seal": as_rows("UPDATE seal SET records = records - 1"),
        "of another format": as_rows(
            "UPDATE header SET value = CAST('999' AS BLOB) WHERE key = 'format'"
        ),
        "without a header": as_rows("DELETE FROM header WHERE key = 'format'"),
    }
    for at in range(len(data) // 16, len(data), len(data) // 16):
        copy = as_bytes(data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :])
        if rows_of(copy) != rows_of(journal):  # else the byte belongs to no row
            damaged[f"with a bit of byte {at} flipped"] = copy
    for what, copy in damaged.items():
        desk.calls += 2
        verify, replay = desk.v6("verify", copy), desk.v6("replay", copy)
        told = f"{verify.stdout}{verify.stderr}{replay.stdout}{replay.stderr}".replace("\n", " ")[
            :300
        ]
        if verify.returncode not in (BAD_ANSWER, DATA):
            desk.wrong.append(f"a journal {what}: verify ends with {verify.returncode}: {told}")
        if replay.returncode not in (BAD_ANSWER, DATA):
            desk.wrong.append(f"a journal {what}: replay ends with {replay.returncode}: {told}")
    for command in ("verify", "replay"):
        desk.call(
            f"{command} of no file", DATA, "/nowhere.db: no such file", command, "/nowhere.db"
        )
        desk.call(f"{command} of a folder", DATA, "not a file", command, journal.parent)
    for unknown, message in [
        ("D-9999", "D-9999: not in this journal; it has .*decisions"),
        ("S-0000", 'ID "S-0000": accepted are'),
        ("X-0001", "accepted are D-, O-, I-, S- and F-numbers"),
        ("D-", 'ID "D-": accepted are D-, O-, I-, S- and F-numbers, as D-0012'),
        ("", 'ID "": accepted are'),
    ]:
        desk.call(f"explain {unknown!r}", USAGE, message, "explain", unknown, "--journal", journal)
    desk.call(
        "decisions of an unknown outcome",
        USAGE,
        "accepted are",
        "decisions",
        "--journal",
        journal,
        "--outcome",
        "bliss",
    )
    desk.call(
        "replay from no session",
        DATA,
        "no checkpoint of 2019-01-01",
        "replay",
        journal,
        "--from",
        "2019-01-01",
    )
    desk.call("verify of a whole journal", DONE, "", "verify", journal)
