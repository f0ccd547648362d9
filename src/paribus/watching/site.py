"""The page's server: answers, and reads the ledger once for everybody who looks."""

import asyncio
import socket

import uvicorn

from paribus.serving.listening import make_server
from paribus.watching.app import Watched, build_app
from paribus.watching.board import Board
from paribus.watching.composing import Composer, keep_composing
from paribus.watching.watcher import Watcher


def serve_page(watched: Watched, listening: socket.socket, host: str) -> None:
    """Until it is interrupted; streams that are open then end at once."""
    asyncio.run(_serve(watched, listening, host))


async def _serve(watched: Watched, listening: socket.socket, host: str) -> None:
    board, watcher = Board(), Watcher(watched.store, watched.name)
    server = make_server(build_app(watched, board, host))
    composing = asyncio.create_task(_compose(server, Composer(watcher), board))
    try:
        await server.serve(sockets=[listening])
        await composing
    finally:
        watcher.close()


async def _compose(server: uvicorn.Server, composer: Composer, board: Board) -> None:
    """A reader that fails takes the server with it: a page that stands still would lie."""
    try:
        await keep_composing(composer, board, lambda: server.should_exit)
    finally:
        server.should_exit = True
