"""The runs of a study as TensorBoard's event files: one folder a run, `ARM/seed-0`.

Written by hand, for the format is small and its own package is not: records of length, checksum, message,
checksum, the message in protobuf's wire format. Validation and training only, never a test score.
"""

import re
import struct
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from paribus.report.saving import write_bytes
from paribus.store import EpochRecord, Ledger, RunRecord, StudyRecord, read_epochs, read_runs

_VERSION = b"brain.Event:2"
_POLYNOMIAL = 0x82F63B78  # of CRC-32C, its bits reversed
_MASK_ADDED = 0xA282EAD8
_LETTERS = 80  # of a folder's name


def write_events(ledger: Ledger, study: StudyRecord, folder: Path) -> list[Path]:
    """One file for each run that has an epoch; the same run always has the same file."""
    runs = read_runs(ledger, study.cell_runs)
    names = _name_folders(study.arms)
    written = []
    for arm, cells in study.cells.items():
        for seed, fingerprint in cells.items():
            run, epochs = runs[fingerprint], read_epochs(ledger, fingerprint)
            if epochs:
                place = folder / names[arm] / f"seed-{seed}"
                path = place / f"events.out.tfevents.{int(run.started or 0):010d}.{fingerprint[:12]}"
                write_bytes(path, encode_events(run, epochs))
                written.append(path)
    return written


def encode_events(run: RunRecord, epochs: Iterable[EpochRecord]) -> bytes:
    """A step of training is an event, the end of an epoch another."""
    began = run.started or 0.0
    messages = [_double(1, began) + _bytes(3, _VERSION)]
    messages += [
        _double(1, when) + _integer(2, step) + _bytes(5, _encode_values(values))
        for when, step, values in _list_events(began, epochs)
    ]
    return _frame(messages)


def _list_events(
    began: float, epochs: Iterable[EpochRecord]
) -> Iterator[tuple[float, int, Mapping[str, float]]]:
    """(seconds since 1970, steps so far, value by tag)."""
    step = 0
    for record in epochs:
        count = len(record.step_losses)
        for k in range(count):
            values = {"train/loss": record.step_losses[k], "train/accuracy": record.step_accuracies[k]}
            yield began + record.seconds * (k + 1) / count, step + k + 1, values
        step += count
        began += record.seconds
        yield (
            began,
            step or record.epoch,
            {
                "validation/loss": record.validation_loss,
                "validation/accuracy": record.validation_accuracy,
                "epoch/train_loss": record.train_loss,
                "epoch/train_accuracy": record.train_accuracy,
                "epoch/learning_rate": record.learning_rate,
                "epoch/number": record.epoch,
            },
        )


def _encode_values(values: Mapping[str, float]) -> bytes:
    return b"".join(
        _bytes(1, _bytes(1, tag.encode()) + b"\x15" + struct.pack("<f", value))  # field 2, four bytes
        for tag, value in values.items()
    )


def _double(field: int, value: float) -> bytes:
    return bytes([field << 3 | 1]) + struct.pack("<d", value)


def _integer(field: int, value: int) -> bytes:
    return bytes([field << 3]) + _varint(value)


def _bytes(field: int, content: bytes) -> bytes:
    return bytes([field << 3 | 2]) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first; the top bit says that more follow."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _frame(messages: list[bytes]) -> bytes:
    lengths = [struct.pack("<Q", len(message)) for message in messages]
    heads, bodies = _masked_sums(lengths), _masked_sums(messages)
    parts = zip(lengths, heads, messages, bodies, strict=True)
    return b"".join(part for record in parts for part in record)


def _masked_sums(texts: list[bytes]) -> list[bytes]:
    """TensorFlow's masked CRC-32C of each; those of one length are summed together, byte by byte."""
    sums = np.zeros(len(texts), np.uint32)
    lengths = np.array([len(text) for text in texts])
    for length in np.unique(lengths):
        alike = np.flatnonzero(lengths == length)
        rows = np.frombuffer(b"".join(texts[k] for k in alike), np.uint8).reshape(len(alike), length)
        sums[alike] = crc32c(rows)
    masked = ((sums >> 15 | sums << 17) + np.uint32(_MASK_ADDED)).astype("<u4")
    return [each.tobytes() for each in masked]


def crc32c(rows: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Of each row of bytes `[rows, length]`."""
    found = np.full(len(rows), 0xFFFFFFFF, np.uint32)
    for column in rows.T:
        found = _TABLE[(found ^ column) & 0xFF] ^ found >> 8
    return found ^ np.uint32(0xFFFFFFFF)


def _make_table() -> NDArray[np.uint32]:
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, table >> 1 ^ np.uint32(_POLYNOMIAL), table >> 1).astype(np.uint32)
    return table


_TABLE = _make_table()


def _name_folders(arms: Iterable[str]) -> dict[str, str]:
    """Arms as names of folders; two that come to the same are told apart by a number."""
    names: dict[str, str] = {}
    for arm in arms:
        plain = re.sub(r"[^\w.,=+-]+", "_", arm).strip("._")[:_LETTERS] or "arm"
        taken = {name.lower() for name in names.values()}
        again = (f"{plain}_{k}" for k in range(2, len(taken) + 3))
        names[arm] = plain if plain.lower() not in taken else next(n for n in again if n.lower() not in taken)
    return names
