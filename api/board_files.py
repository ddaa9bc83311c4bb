"""/api/board/<board>/<file>: log, roster and review of an event day as files, by an address that never runs out."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from api.ask import open_desk
from api.replies import answers, missing, read_language
from data.board import boards
from data.board.files import FILES, board_file


@answers
def board_files(request: Request) -> Response:
    """Answer with one file of a board as a download."""
    desk = open_desk(request)
    board_id, name = str(request.path_params["board_id"]), str(request.path_params["name"])
    if name not in FILES or board_id not in set(boards(desk)["board_id"]):
        raise missing(f"{board_id}/{name}")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(f'{board_id}-{name}', safe='')}",
               "Cache-Control": "no-store"}  # fmt: skip
    content = board_file(desk, board_id, name, language=read_language(request))
    return Response(content, media_type=FILES[name], headers=headers)
