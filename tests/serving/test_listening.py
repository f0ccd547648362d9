import socket

import pytest

from paribus.errors import ParibusError
from paribus.serving.listening import address_of, is_loopback, listen


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_this_machine_alone_is_known(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "example.org", "localhost.example.org", ""])
def test_anything_else_is_the_world(host):
    assert not is_loopback(host)


def test_by_default_only_this_machine_is_listened_to_on_a_free_port():
    with listen() as listening:
        host, port = listening.getsockname()
        assert host == "127.0.0.1"
        assert port > 0
        assert address_of(listening) == f"http://127.0.0.1:{port}/"


def test_an_address_of_version_6_is_written_in_brackets():
    try:
        listening = listen("::1")
    except ParibusError:
        pytest.skip("this machine has no IPv6")
    with listening:
        assert address_of(listening) == f"http://[::1]:{listening.getsockname()[1]}/"


def test_an_answer_does_not_wait_for_the_callers_acknowledgement():
    with (
        listen() as listening,
        socket.create_connection(listening.getsockname()),
        listening.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("203.0.113.1", "Cannot assign requested address"),
        ("no such host", "no address is known for 'no such host'"),
    ],
)
def test_where_nobody_can_listen_is_one_line(host, told):
    with pytest.raises(ParibusError) as caught:
        listen(host)
    assert str(caught.value) == (
        f"{host}:0: cannot be listened on: {told}; name another --port (0 is any free one) or --host"
    )
