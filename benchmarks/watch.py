"""What fifty pages that follow a study cost its training: the seconds of its epochs with them and without.

One study trains in as many slots as there are processors, so that whoever else computes takes time from it.
Rounds of two phases: in one, 50 clients read the stream of `paribus watch`; in the other its server is
suspended. The order changes from round to round. Epochs during which a phase began are left out. Also printed
are the shares of a processor that the server and the clients take from a machine with nothing to spare. Pages
on other machines take only the server's.

    python benchmarks/watch.py [--rounds 6] [--epochs 8] [--clients 50]
"""

import argparse
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from socket import SHUT_RDWR
from urllib.parse import urlsplit

import psutil

from paribus.store import open_ledger, read_epoch_means, read_signs, read_study_record

STUDY = """
[study]
title = "Watched"
control = "a"
seeds = 8
[run]
data = { name = "streetnumbers", train = 1500, test = 100 }
net = "lenet5"
batch_size = 64
epochs = 1000
[arms]
a = {}
b = { optimizer = { name = "adam", lr = 1e-4 } }
"""

Seen = dict[tuple[str, int], float]  # (run, epoch) -> its seconds


class Clients:
    """Pages: each reads its stream and forgets it."""

    def __init__(self, port: int, count: int) -> None:
        self._connections = [HTTPConnection("127.0.0.1", port, timeout=60) for _ in range(count)]
        self.read_bytes = 0
        self._threads = [
            threading.Thread(target=self._read, args=(connection,), daemon=True)
            for connection in self._connections
        ]
        for connection, thread in zip(self._connections, self._threads, strict=True):
            connection.connect()
            thread.start()

    def _read(self, connection: HTTPConnection) -> None:
        try:
            connection.request("GET", "/events")
            with connection.getresponse() as reply:
                while piece := reply.read1(1 << 16):
                    self.read_bytes += len(piece)
        except (OSError, HTTPException):
            return
        finally:
            connection.close()

    def leave(self) -> None:
        for connection in self._connections:
            connection.sock.shutdown(SHUT_RDWR)  # its thread closes it
        for thread in self._threads:
            thread.join()


def start(folder: Path, *words: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-u", "-m", "paribus", *words]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@contextmanager
def at_work(folder: Path) -> Iterator[tuple[psutil.Process, int]]:
    """(the page's server, its port) beside training, until the block ends."""
    training, server = (
        start(folder, "run", "--slots", str(os.cpu_count())),
        start(folder, "watch", "--port", "0"),
    )
    try:
        assert server.stdout is not None
        found = next(filter(None, (re.search(r"http://\S+", line) for line in server.stdout)))
        yield psutil.Process(server.pid), urlsplit(found[0]).port or 0
    finally:
        server.send_signal(signal.SIGCONT)
        for process in (server, training):  # stopped cleanly, workers and all, before their folder goes
            process.send_signal(signal.SIGINT)
            process.wait()


def look(store: Path) -> Seen:
    """Every epoch that is done."""
    try:
        with open_ledger(store, create=False) as ledger:
            study = read_study_record(ledger, "study")
            begun = read_signs(ledger, study.cell_runs) if study else {}
            return {
                (name, record.epoch): record.seconds
                for name, sign in begun.items()
                if sign.claim
                for record in read_epoch_means(ledger, name)
            }
    except Exception:  # noqa: BLE001  it is being made
        return {}


def wait_for_epochs(store: Path, count: int) -> list[float]:
    """Seconds of the next `count` epochs, without each run's first, which had begun before."""
    before = look(store)
    fresh: Seen = {}
    while len(fresh) < count:
        time.sleep(0.5)
        new = {key: seconds for key, seconds in look(store).items() if key not in before}
        first = {name: min(epoch for other, epoch in new if other == name) for name, _ in new}
        fresh = {key: seconds for key, seconds in new.items() if key[1] > first[key[0]]}
    return list(fresh.values())


def processor_seconds(*processes: psutil.Process) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--epochs", type=int, default=8, help="of all runs together, in each phase")
    parser.add_argument("--clients", type=int, default=50)
    asked = parser.parse_args()
    ratios, shares, readers, rates = [], [], [], []  # a round
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "study.toml").write_text(STUDY)
        with at_work(folder) as (server, port):
            wait_for_epochs(folder / ".paribus", 2)
            for number in range(asked.rounds):
                spent: dict[bool, float] = {}
                for watched in ((True, False), (False, True))[number % 2]:
                    if not watched:
                        server.suspend()
                        spent[False] = statistics.mean(wait_for_epochs(folder / ".paribus", asked.epochs))
                        server.resume()
                        continue
                    clients = Clients(port, asked.clients)
                    time.sleep(1.0)
                    started = processor_seconds(server), time.process_time(), time.monotonic()
                    spent[True] = statistics.mean(wait_for_epochs(folder / ".paribus", asked.epochs))
                    wall = time.monotonic() - started[2]
                    shares.append((processor_seconds(server) - started[0]) / wall)
                    readers.append((time.process_time() - started[1]) / wall)
                    rates.append(clients.read_bytes / wall)
                    clients.leave()
                ratios.append(spent[True] / spent[False])
                print(f"round {number + 1}: {ratios[-1]:.3f}, server {100 * shares[-1]:.2f} %", flush=True)
    ratio, share = statistics.median(ratios), statistics.median(shares)
    spread = f"{min(ratios):.3f} to {max(ratios):.3f}"
    print(
        f"{asked.clients} pages, {os.cpu_count()} slots, {asked.rounds} rounds of 2 x {asked.epochs} epochs"
    )
    print(f"seconds an epoch, with pages against without  {ratio:6.3f}   {spread}, goal 1.03")
    print(f"the server's share of one processor           {share:6.3f}")
    print(f"the readers' own share of one processor       {statistics.median(readers):6.3f}")
    print(f"kB a second, to all pages together            {statistics.median(rates) / 1000:6.1f}")
    print(json.dumps({"ratio": round(ratio, 3), "share": round(share, 4)}))


if __name__ == "__main__":
    main()
