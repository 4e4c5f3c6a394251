"""The pinned public clients, fetched once into build/clients: a venv each, an npm folder."""

import contextlib
import fcntl
import hashlib
import pathlib
import shutil
import subprocess
import sys

LOCKS = pathlib.Path(__file__).parent / "locks"


def run(*command, cwd=None):
    done = subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")


@contextlib.contextmanager
def alone(folder):
    """One at a time, whoever asks: ctest runs several tests at once."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fetched(root, name, locks, fetch):
    """A folder made by fetch(folder), anew whenever its lock files change."""
    place = pathlib.Path(root) / "build/clients"
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in locks)).hexdigest()[:16]
    folder = place / f"{name}-{digest}"
    with alone(place):
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            fetch(folder)
            (folder / "complete").touch()
    return folder


def python(root, name):
    """The interpreter of a venv with locks/NAME.txt installed."""
    lock = LOCKS / f"{name}.txt"

    def fetch(folder):
        run("/usr/bin/python3", "-m", "venv", folder)
        run(folder / "bin/pip", "install", "--quiet", "--no-deps", "-r", lock)

    return fetched(root, name, [lock], fetch) / "bin/python"


def node_modules(root):
    """A folder with @stoqey/ib installed."""
    locks = [LOCKS / "stoqey/package.json", LOCKS / "stoqey/package-lock.json"]

    def fetch(folder):
        folder.mkdir(parents=True)
        for lock in locks:
            shutil.copy(lock, folder)
        run("npm", "ci", "--silent", "--no-audit", "--no-fund", cwd=folder)

    return fetched(root, "stoqey", locks, fetch)
