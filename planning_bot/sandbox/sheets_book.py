"""A spreadsheet as a whole: its tabs, and the one change to them that is known (docs: .../rest/v4/spreadsheets)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.sandbox.sheets_api import Call, Json, route
from planning_bot.sandbox.sheets_errors import SheetsError, not_modelled

if TYPE_CHECKING:
    from planning_bot.sandbox.sheets_state import Tab

_FIELDS = {  # the parts that an answer can be cut down to (docs: sheets/api/guides/field-masks)
    "spreadsheetId",
    "properties.title",
    "sheets.properties",
    "sheets.properties.title",
    "spreadsheetUrl",
}


@route("GET", "", query=("includeGridData", "fields"))
def get(call: Call) -> Json:
    """Return the spreadsheet's tabs, without their cells."""
    if call.flag("includeGridData"):
        raise not_modelled("includeGridData=true")
    key = call.spreadsheet.key
    answer = {
        "spreadsheetId": key,
        "properties": {
            "title": call.spreadsheet.title,
            "locale": "en_US",
            "autoRecalc": "ON_CHANGE",
            "timeZone": "Etc/GMT",
            "defaultFormat": {},
            "spreadsheetTheme": {},
        },
        "sheets": [{"properties": _properties(tab, index)} for index, tab in enumerate(call.spreadsheet.tabs)],
        "spreadsheetUrl": f"https://docs.google.com/spreadsheets/d/{key}/edit",
    }
    mask = ",".join(call.query.get("fields", []))
    return _masked(answer, mask.split(",")) if mask else answer


@route("POST", ":batchUpdate", body=("requests",))
def batch_update(call: Call) -> Json:
    """Add tabs: all of them or none."""
    titles: list[Json] = []
    for request in call.body.get("requests") or []:
        if set(request) != {"addSheet"}:
            raise not_modelled(f"the request {', '.join(request)} of batchUpdate")
        titles.append(_asked(request["addSheet"].get("properties") or {}, len(titles), call))
    return {
        "spreadsheetId": call.spreadsheet.key,
        "replies": [{"addSheet": {"properties": _added(call, asked)}} for asked in titles],
    }


def _asked(properties: Json, number: int, call: Call) -> Json:
    if unknown := sorted(properties.keys() - {"title", "sheetType", "gridProperties"}):
        raise not_modelled(f"the key {unknown[0]} of addSheet")
    title = properties.get("title", "")
    if call.spreadsheet.tab(title):
        already = f'A sheet with the name "{title}" already exists. Please enter another name.'
        raise SheetsError(400, f"Invalid requests[{number}].addSheet: {already}")
    return properties


def _added(call: Call, asked: Json) -> Json:
    size = asked.get("gridProperties") or {}
    tab = call.spreadsheet.add(asked["title"], size.get("rowCount", 1000), size.get("columnCount", 26))
    return _properties(tab, len(call.spreadsheet.tabs) - 1)


def _properties(tab: Tab, index: int) -> Json:
    return {
        "sheetId": tab.sheet_id,
        "title": tab.title,
        "index": index,
        "sheetType": "GRID",
        "gridProperties": {"rowCount": tab.row_count, "columnCount": tab.column_count},
    }


def _masked(answer: Json, fields: list[str]) -> Json:
    if unknown := sorted(set(fields) - _FIELDS):
        raise not_modelled(f"the field {unknown[0]}")
    cut: Json = {name: answer[name] for name in ("spreadsheetId", "spreadsheetUrl") if name in fields}
    if "properties.title" in fields:
        cut["properties"] = {"title": answer["properties"]["title"]}
    if "sheets.properties" in fields:
        cut["sheets"] = answer["sheets"]
    elif "sheets.properties.title" in fields:
        cut["sheets"] = [{"properties": {"title": sheet["properties"]["title"]}} for sheet in answer["sheets"]]
    return cut
