"""`paribus watch` beside real studies in processes of their own, followed as a page follows it."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time

import psutil
import pytest

from paribus import Study
from paribus.store import append_epochs, claim_run, open_ledger, read_states
from tests.contracts.ledger_contract import epoch

from . import interruptions as rough
from .commands import paribus, write_study
from .watching import Follower, epochs_in, states_in, watch

pytestmark = pytest.mark.timeout(900)  # beside busy neighbours; alone, seconds each


@pytest.fixture
def registered(tmp_path):
    """A small study of which the ledger knows, and of which nothing has run."""
    study = Study.load(write_study(tmp_path))
    with open_ledger(study.store) as ledger:
        study.register(ledger)
    return study


def told(latest):
    """What happened, as text."""
    return " | ".join(event["said"] for event in latest["happened"])


def test_a_page_opened_before_the_study_follows_it_to_its_end(tmp_path):
    write_study(tmp_path)
    with watch(tmp_path) as server:
        follower = Follower(server)
        follower.wait_for(lambda latest: latest["state"]["pace"] == "absent")
        paribus(tmp_path, "run")
        follower.wait_for(lambda latest: latest["state"]["pace"] == "complete")
        state = follower.wait_for(lambda latest: latest["charts"] and latest["state"])
        follower.close()
    assert states_in(follower.latest) == ["finished"] * 4
    runs = json.loads(paribus(tmp_path, "status", "--json").stdout)["runs"]
    shown = [run["score"] for arm in state["arms"] for run in arm["runs"]]
    assert shown == [round(run["score"], 5) for run in runs]


def test_a_new_epoch_is_there_within_two_seconds(registered, tmp_path):
    """The quickest of five: a test beside busy neighbours may be slow, the page may not."""
    name = registered.plan.runs[0].fingerprint
    waited = []
    with watch(tmp_path) as server, open_ledger(registered.store) as ledger:
        follower = Follower(server)
        follower.wait_for(lambda latest: latest["state"]["arms"])
        claim = claim_run(ledger, name, {})
        for number in range(1, 6):
            append_epochs(ledger, claim, [epoch(number)])
            written = time.monotonic()
            follower.wait_for(lambda latest, number=number: epochs_in(latest) == number)
            waited.append(time.monotonic() - written)
        follower.close()
    assert min(waited) < 2


def test_fifty_pages_get_the_same_epoch_and_end_with_the_server(registered, tmp_path):
    with watch(tmp_path) as server, open_ledger(registered.store) as ledger:
        followers = [Follower(server) for _ in range(50)]
        for follower in followers:
            follower.wait_for(lambda latest: latest["state"]["arms"])
        claim = claim_run(ledger, registered.plan.runs[0].fingerprint, {})
        append_epochs(ledger, claim, [epoch(1)])
        for follower in followers:
            follower.wait_for(lambda latest: epochs_in(latest) == 1 and latest["charts"])
        charts = {json.dumps(follower.latest["charts"]) for follower in followers}
        server.process.send_signal(signal.SIGINT)
        assert all(follower.ended.wait(60) for follower in followers)
        assert server.process.wait(60) == 0
    assert len(charts) == 1


def test_a_server_started_anew_answers_where_the_old_one_did(registered, tmp_path):
    with watch(tmp_path) as server:
        port = server.port
        first = Follower(server)
        before = first.wait_for(lambda latest: latest["study"] and latest["server"])
        server.process.kill()
        assert first.ended.wait(60)
    with watch(tmp_path, port=port) as server:
        second = Follower(server)
        second.wait_for(lambda latest: latest["state"]["arms"])
        second.close()
    assert second.latest["server"] != before


def test_only_the_page_itself_may_stop_a_study(registered, tmp_path):
    with watch(tmp_path) as server:
        origin = f"http://127.0.0.1:{server.port}"
        assert server.post("/stop")[0] == 403
        assert server.post("/stop", origin=origin)[0] == 403
        assert (
            server.post("/stop", origin="http://evil.example", **{"x-paribus-token": server.token()})[0]
            == 403
        )
        assert server.get("/", host="evil.example")[0] == 421
        assert server.get("/stop")[0] == 405
        status, told = server.stop_study()
    assert (status, json.loads(told)) == (409, {"error": "nothing is running that could be stopped"})


def test_beyond_this_machine_the_address_has_a_token(registered, tmp_path):
    with watch(tmp_path, "--host", "0.0.0.0") as server:
        query = server.address.partition("?")[2]
        assert query.startswith("token=")
        assert server.get("/")[0] == server.get("/events")[0] == 403
        assert server.get(f"/?{query}")[0] == server.get("/page.js")[0] == 200


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """What the study leaves when nothing disturbs it."""
    study = rough.write_study(tmp_path_factory.mktemp("calm"))
    rough.finish(rough.start(study, 1))
    return rough.remains(study.parent / ".paribus")


@pytest.mark.slow
@pytest.mark.parametrize("executor", ["local", "inline"])
def test_a_study_stopped_from_the_page_goes_on_and_ends_with_the_same_bits(executor, expected, tmp_path):
    study = rough.write_study(tmp_path)
    with watch(tmp_path) as server:
        follower = Follower(server)
        process = rough.start(study, 2, "--executor", executor)
        follower.wait_for(epochs_in)
        assert server.stop_study() == (202, '{"asked":1}')
        printed, _ = process.communicate(timeout=240)
        follower.wait_for(lambda latest: latest["state"]["pace"] == "resting")
        follower.close()
    assert process.returncode == 130
    assert "Stopping: the runs under way are being saved." in printed
    assert "the same command goes on from here" in printed
    assert "was asked to stop" in told(follower.latest)
    with open_ledger(tmp_path / ".paribus") as ledger:
        left = read_states(ledger, expected)
    assert set(left.values()) <= {"planned", "stopped", "finished"}
    assert set(left.values()) != {"finished"}  # else nothing was there to be stopped
    paribus(tmp_path, "run")
    assert rough.remains(tmp_path / ".paribus") == expected


@pytest.mark.slow
def test_a_killed_worker_and_a_killed_command_are_said(tmp_path):
    study = rough.write_study(tmp_path)
    with watch(tmp_path) as server:
        follower = Follower(server)
        process = rough.start(study, 1)
        follower.wait_for(epochs_in)
        [worker] = psutil.Process(process.pid).children()
        worker.kill()
        follower.wait_for(
            lambda latest: (
                f"process {worker.pid} is gone" in told(latest) or "its process is gone" in told(latest)
            )
        )
        follower.wait_for(lambda latest: "running" in states_in(latest))  # tried again
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        follower.wait_for(lambda latest: latest["state"]["pace"] == "gone")
        follower.close()
    assert "is gone without a word" in told(follower.latest)


@pytest.mark.slow
def test_no_message_ever_has_a_test_score(tmp_path):
    """The test set was opened by an earlier revision; its scores are marked, to be searched for."""
    write_study(tmp_path)
    paribus(tmp_path, "run")
    paribus(tmp_path, "test", "--yes")
    with sqlite3.connect(tmp_path / ".paribus" / "ledger.sqlite") as connection:
        marked = connection.execute("UPDATE test_scores SET accuracy = 0.7654321, loss = 0.7654321").rowcount
    connection.close()
    assert marked == 4
    with watch(tmp_path) as server:
        follower = Follower(server)
        follower.wait_for(lambda latest: latest["state"]["pace"] == "complete" and latest["charts"])
        paribus(tmp_path, "run", "--seeds", "3")
        follower.wait_for(
            lambda latest: len(states_in(latest)) == 6 and latest["state"]["pace"] == "complete"
        )
        follower.close()
    assert follower.latest["state"]["looks"] == 1
    assert "76543" not in follower.text
    assert "76.54" not in follower.text
    assert len(follower.text) > 10_000


def test_without_the_packages_that_answer_it_says_which_extra(tmp_path):
    write_study(tmp_path)
    program = (
        "import sys; sys.modules['uvicorn'] = None; sys.argv = ['paribus', 'watch']\n"
        "from paribus.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "pip install 'paribus[watch]'" in done.stderr
