import struct

import numpy as np
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from paribus.report.tensorboard import _name_folders, crc32c, encode_events
from tests.functional.commands import SMALL, paribus, write_study

from .example import _make_run, make_history

DOUBLE, FLOAT, INT64, MESSAGE, STRING = 1, 2, 3, 11, 9


@pytest.fixture(scope="module")
def event_type():
    """TensorFlow's messages, as its documents have them, read by Google's own library."""
    file = descriptor_pb2.FileDescriptorProto(name="event.proto", package="t", syntax="proto3")
    fields = {
        "Event": [
            ("wall_time", 1, DOUBLE, 1),
            ("step", 2, INT64, 1),
            ("file_version", 3, STRING, 1),
            ("summary", 5, MESSAGE, 1),
        ],
        "Summary": [("value", 1, MESSAGE, 3)],
        "Value": [("tag", 1, STRING, 1), ("simple_value", 2, FLOAT, 1)],
    }
    inner = {"summary": ".t.Summary", "value": ".t.Value"}
    for name, of_message in fields.items():
        message = file.message_type.add(name=name)
        for field, number, kind, label in of_message:
            message.field.add(name=field, number=number, type=kind, label=label, type_name=inner.get(field))
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("t.Event"))


def slow_crc(text):
    """Bit by bit, as the standard has it."""
    found = 0xFFFFFFFF
    for byte in text:
        found ^= byte
        for _ in range(8):
            found = found >> 1 ^ (0x82F63B78 if found & 1 else 0)
    return found ^ 0xFFFFFFFF


def masked(text):
    found = slow_crc(text)
    return ((found >> 15 | found << 17) + 0xA282EAD8) & 0xFFFFFFFF


def read(content, event_type):
    """Every record, with both of its checksums checked."""
    events = []
    while content:
        (length,), (head,) = struct.unpack("<Q", content[:8]), struct.unpack("<I", content[8:12])
        assert head == masked(content[:8])
        body = content[12 : 12 + length]
        assert struct.unpack("<I", content[12 + length : 16 + length]) == (masked(body),)
        events.append(event_type.FromString(body))
        content = content[16 + length :]
    return events


def test_the_checksum_is_crc_32c():
    assert crc32c(np.frombuffer(b"123456789", np.uint8)[None])[0] == 0xE3069283


def test_what_was_written_is_read_back(event_type):
    epochs = make_history(0.9, 3, 200, np.random.default_rng(0))
    run = _make_run("a", 0, "finished", 0.9)
    first, *events = read(encode_events(run, epochs), event_type)
    assert first.file_version == "brain.Event:2"
    values = {}
    for event in events:
        for value in event.summary.value:
            values.setdefault(value.tag, []).append((event.step, value.simple_value))
    losses = np.concatenate([record.step_losses for record in epochs])
    assert [step for step, _ in values["train/loss"]] == list(range(1, 601))
    assert np.array_equal(np.float32([value for _, value in values["train/loss"]]), losses)
    assert values["validation/accuracy"] == [
        (200 * record.epoch, np.float32(record.validation_accuracy)) for record in epochs
    ]
    times = [event.wall_time for event in events]
    assert times == sorted(times)
    assert times[-1] == pytest.approx(sum(record.seconds for record in epochs))


def test_a_diverged_run_ends_in_no_number(event_type):
    epochs = make_history(0.9, 3, 20, np.random.default_rng(0), "diverged")
    events = read(encode_events(_make_run("a", 0, "diverged", 0.9), epochs), event_type)
    assert any(np.isnan(value.simple_value) for event in events for value in event.summary.value)


def test_arms_that_would_share_a_folder_do_not():
    names = _name_folders(["a/b", "a b", "A_B", "../..", "optimizer.lr=0.1,net=[64]"])
    assert names == {
        "a/b": "a_b",
        "a b": "a_b_2",
        "A_B": "A_B_3",
        "../..": "arm",
        "optimizer.lr=0.1,net=[64]": "optimizer.lr=0.1,net=_64",
    }


def test_the_verb_writes_every_run_of_a_study_once(tmp_path, event_type):
    write_study(tmp_path, SMALL)
    paribus(tmp_path, "run")
    for _ in range(2):
        told = paribus(tmp_path, "runs", "study.toml", "--tensorboard", "logs").stdout
        assert told == "4 runs in logs; look: tensorboard --logdir logs\n"
    files = sorted((tmp_path / "logs").rglob("events.out.tfevents.*"))
    assert [str(file.parent.relative_to(tmp_path / "logs")) for file in files] == [
        f"optimizer.lr={rate}/seed-{seed}" for rate in (0.001, 0.01) for seed in (0, 1)
    ]
    for file in files:
        assert len(read(file.read_bytes(), event_type)) > 3
    assert "expected a STUDY too" in paribus(tmp_path, "runs", "--tensorboard", "logs", code=2).stderr
