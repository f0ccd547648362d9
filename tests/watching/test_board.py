import asyncio
import json

from paribus.watching.board import Board, write_message


def read(stream):
    """Messages as (kind, content)."""
    pieces = [piece.split("\n") for piece in stream.decode().strip().split("\n\n") if "data" in piece]
    return [(kind.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for kind, data in pieces]


def follow_while(act):
    """What each of three followers got while `act(board, tick)` went on."""

    async def watch(board, got):
        async for piece in board.follow():
            got += read(piece)

    async def main():
        board, got = Board(), [[], [], []]
        watching = [asyncio.create_task(watch(board, one)) for one in got]
        await act(board, lambda: asyncio.sleep(0.01))
        board.close()
        await asyncio.wait_for(asyncio.gather(*watching), 5)
        assert board.followers == 0
        return got

    return asyncio.run(main())


def post(board, kind, content):
    board.post([(kind, write_message(kind, content))])


def test_everybody_gets_every_message_that_says_something_new():
    async def act(board, tick):
        for content in (1, 1, 2):
            await tick()
            post(board, "state", content)

    assert follow_while(act) == [[("state", 1), ("state", 2)]] * 3


def test_who_comes_late_gets_the_latest_of_each_kind():
    async def act(board, tick):
        for number in range(5):
            post(board, "state", number)
        post(board, "study", "t")
        await tick()

    assert follow_while(act) == [[("state", 4), ("study", "t")]] * 3


def test_a_message_is_one_line_whatever_is_in_it():
    message = write_message("state", {"title": "a\nb\r\ndata: x\n\nevent: y\u2028"})
    assert message.count(b"\n") == 3
    assert read(message) == [("state", {"title": "a\nb\r\ndata: x\n\nevent: y\u2028"})]
