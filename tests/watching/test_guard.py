import asyncio

import httpx
import pytest
from starlette.responses import PlainTextResponse

from paribus.watching.guard import Guard


def ask(method="GET", path="/", *, listening="127.0.0.1", **headers):
    """The status that a request gets which names `host` and more."""
    guard = Guard(PlainTextResponse("in"), listening, "secret", frozenset({"/open"}))

    async def main():
        transport = httpx.ASGITransport(guard)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8001") as client:
            written = {name.replace("_", "-"): value for name, value in headers.items()}
            return (await client.request(method, path, headers=written)).status_code

    return asyncio.run(main())


@pytest.mark.parametrize("host", ["127.0.0.1:8001", "localhost:9000", "[::1]:8001", "127.0.0.1"])
def test_this_machine_may_look_under_its_own_names(host):
    assert ask(host=host) == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example:8001", "127.0.0.1.evil.example", "192.168.1.7:8001", "localhost.evil.example", "", "["],
)
def test_a_name_that_somebody_lets_point_here_is_refused(host):
    assert ask(host=host) == 421


GOOD = {"host": "127.0.0.1:8001", "origin": "http://127.0.0.1:8001", "x_paribus_token": "secret"}


def test_the_page_itself_may_ask_for_something():
    assert ask("POST", **GOOD) == 200


@pytest.mark.parametrize(
    "change",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "https://127.0.0.1:8001"},
        {"origin": "http://127.0.0.1:9999"},
        {"x_paribus_token": "guess"},
        {"x_paribus_token": ""},
    ],
    ids=str,
)
def test_nobody_else_may(change):
    assert ask("POST", **(GOOD | change)) == 403


@pytest.mark.parametrize("missing", ["origin", "x_paribus_token"])
def test_nor_may_who_does_not_say_where_it_comes_from_or_does_not_know_the_token(missing):
    assert ask("POST", **{name: value for name, value in GOOD.items() if name != missing}) == 403


@pytest.mark.parametrize("listening", ["0.0.0.0", "192.168.1.7", "box.lan", "::"])
def test_beyond_this_machine_every_request_shows_the_token(listening):
    number = {"host": "192.168.1.7:8001", "listening": listening}
    assert ask(path="/", **number) == 403
    assert ask(path="/?token=guess", **number) == 403
    assert ask(path="/?token=secret", **number) == 200
    assert ask(path="/open", **number) == 200  # the same for everybody
    assert ask("POST", "/?token=secret", **(GOOD | {"listening": listening})) == 200
    assert ask("POST", "/", **(GOOD | {"listening": listening})) == 403


def test_beyond_this_machine_names_are_this_machines_own():
    assert ask(path="/?token=secret", host="box.lan:8001", listening="box.lan") == 200
    assert ask(path="/?token=secret", host="evil.example:8001", listening="box.lan") == 421
