"""The three steps of an upload: an address for the file, its content, and where it is shown (docs: files)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.sandbox.connection import Response
from planning_bot.sandbox.slack_api import UPLOAD, Call, SlackError, method
from planning_bot.sandbox.slack_state import File, Message

if TYPE_CHECKING:
    from planning_bot.sandbox.slack_state import Json, Workspace


@method("files.getUploadURLExternal", "filename", "length", "alt_txt")
def get_upload_url(call: Call) -> Json:
    """Give an address for a file of that many bytes; nobody sees anything of it yet."""
    call.require("files:write")
    length = call.text("length")
    if not call.text("filename") or not length.isdigit() or length == "0":
        raise SlackError("invalid_arguments")
    file = File(f"F{len(call.slack.files) + 1:010d}", call.text("filename"), int(length), call.text("alt_txt"))
    call.slack.files[file.id] = file
    return {"upload_url": f"{call.url}{UPLOAD}{file.id}", "file_id": file.id}


@method("files.completeUploadExternal", "files", "channel_id", "thread_ts", "initial_comment")
def complete_upload(call: Call) -> Json:
    """Show the files that have arrived, in a channel or in a thread; without a channel they stay private."""
    call.require("files:write")
    files = [_uploaded(call, one) for one in call.args.get("files") or []]
    if not files:
        raise SlackError("invalid_arguments")
    shown: list[Json] = [{"id": file.id, "title": file.title} for file in files]
    if call.text("channel_id"):
        channel = call.own_channel(name="channel_id")
        if channel.is_archived:
            raise SlackError("is_archived")
        thread = call.text("thread_ts")
        named = [{**told, "name": file.name, "alt_txt": file.alt_txt} for told, file in zip(shown, files, strict=True)]
        text = call.text("initial_comment")
        message = Message(call.slack.next_ts(), call.token.user, text, call.token.bot, files=named, thread_ts=thread)
        channel.messages.append(message)
    for file in files:
        file.is_complete, file.channel, file.thread_ts = True, call.text("channel_id"), call.text("thread_ts")
    return {"files": shown}


def receive(slack: Workspace, verb: str, path: str, body: bytes) -> Response:
    """Take the content of a file."""
    file = slack.files.get(path.removeprefix(UPLOAD))
    if file is None or verb != "POST":
        return Response(404, {"Content-Type": "text/plain"}, b"not found")
    if len(body) != file.length:
        return Response(400, {"Content-Type": "text/plain"}, b"the length is another")
    file.content = body
    return Response(200, {"Content-Type": "text/plain"}, f"OK - {len(body)}".encode())


def _uploaded(call: Call, named: Json) -> File:
    file = call.slack.files.get(str(named.get("id")))
    if file is None or file.content is None or file.is_complete:
        raise SlackError("file_not_found")
    file.title = str(named.get("title") or file.name)
    return file
