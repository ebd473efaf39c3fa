"""The values of a spreadsheet: read, written, appended, cleared (docs: .../rest/v4/spreadsheets.values)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planning_bot.sandbox import sheets_cells
from planning_bot.sandbox.sheets_api import Call, Json, route
from planning_bot.sandbox.sheets_errors import SheetsError, not_modelled
from planning_bot.sandbox.sheets_ranges import Block, column_name, spell

if TYPE_CHECKING:
    from planning_bot.sandbox.sheets_cells import Cell
    from planning_bot.sandbox.sheets_state import Tab

READ = ("majorDimension", "valueRenderOption", "dateTimeRenderOption")
ECHO = ("includeValuesInResponse", "responseValueRenderOption", "responseDateTimeRenderOption")
RANGE = r"/values/(?P<range>[^/]+)"
RENDERS, DATES = ("UNFORMATTED_VALUE", "FORMULA"), ("FORMATTED_STRING",)


@route("GET", RANGE, query=READ)
def get(call: Call) -> Json:
    """Return the values of a range."""
    return _read(call, call.range)


@route("GET", "/values:batchGet", query=("ranges", *READ))
def batch_get(call: Call) -> Json:
    """Return the values of several ranges."""
    found = [_read(call, text) for text in call.query.get("ranges", [])]
    return {"spreadsheetId": call.spreadsheet.key, "valueRanges": found}


@route("PUT", RANGE, query=("valueInputOption", *ECHO), body=("range", "majorDimension", "values"))
def update(call: Call) -> Json:
    """Write values into a range."""
    if call.body.get("range") not in {None, call.range}:
        raise SheetsError(400, f"Requested writing to {call.range}, but the body says {call.body['range']}")
    return _write(call, call.body, *call.spreadsheet.find(call.range))


@route("POST", "/values:batchUpdate", body=("valueInputOption", "data", *ECHO))
def batch_update(call: Call) -> Json:
    """Write values into several ranges: all of them or none."""
    parts = [(part, *call.spreadsheet.find(part["range"])) for part in _parts(call)]
    cells = [place for part in parts for place in _cells(call, *part)]
    answers = [_write(call, *part) for part in parts]
    return {
        "spreadsheetId": call.spreadsheet.key,
        "totalUpdatedRows": sum(answer.get("updatedRows", 0) for answer in answers),
        "totalUpdatedColumns": len({column for _, column in cells}),
        "totalUpdatedCells": sum(answer.get("updatedCells", 0) for answer in answers),
        "totalUpdatedSheets": len({tab.title for _, tab, _ in parts}),
        "responses": answers,
    }


@route(
    "POST",
    f"{RANGE}:append",
    query=("valueInputOption", "insertDataOption", *ECHO),
    body=("range", "majorDimension", "values"),
)
def append(call: Call) -> Json:
    """Write values below all that the tab holds; here, and only here, the grid grows."""
    if call.option("insertDataOption", "OVERWRITE", "INSERT_ROWS") != "OVERWRITE":
        raise not_modelled("insertDataOption INSERT_ROWS")
    tab, block = call.spreadsheet.find(call.range)
    first = tab.last_row() + 1
    tab.row_count = max(tab.row_count, first + len(call.body.get("values") or []) - 1)
    answer = {
        "spreadsheetId": call.spreadsheet.key,
        "updates": _write(call, call.body, tab, Block(first, block.left)),
    }
    if first > 1:
        answer["tableRange"] = spell(tab.title, Block(1, block.left, first - 1, tab.column_count))
    return answer


@route("POST", f"{RANGE}:clear")
def clear(call: Call) -> Json:
    """Empty a range."""
    return {"spreadsheetId": call.spreadsheet.key, "clearedRange": _clear(call, call.range)}


@route("POST", "/values:batchClear", body=("ranges",))
def batch_clear(call: Call) -> Json:
    """Empty several ranges."""
    return {
        "spreadsheetId": call.spreadsheet.key,
        "clearedRanges": [_clear(call, text) for text in call.body.get("ranges") or []],
    }


def _parts(call: Call) -> list[Json]:
    parts: list[Json] = call.body.get("data") or []
    for part in parts:
        if unknown := sorted(part.keys() - {"range", "majorDimension", "values"}):
            raise not_modelled(f"the key {unknown[0]} of a ValueRange")
    return parts


def _clear(call: Call, text: str) -> str:
    tab, block = call.spreadsheet.find(text)
    block = tab.on_grid(block)
    tab.clear(block)
    return spell(tab.title, block)


def _read(call: Call, text: str) -> Json:
    tab, block = call.spreadsheet.find(text)
    if call.option("majorDimension", "ROWS", "COLUMNS") == "COLUMNS":
        raise not_modelled("majorDimension COLUMNS")
    render = call.option("valueRenderOption", "FORMATTED_VALUE", *RENDERS)
    dates = call.option("dateTimeRenderOption", "SERIAL_NUMBER", *DATES)
    return _value_range(tab, tab.on_grid(block), render, dates)


def _value_range(tab: Tab, block: Block, render: str, dates: str) -> Json:
    values = tab.values(block, render, dates)
    answer: Json = {"range": spell(tab.title, block), "majorDimension": "ROWS"}
    return {**answer, "values": values} if values else answer


def _write(call: Call, part: Json, tab: Tab, block: Block) -> Json:
    """Write a part and tell of it as UpdateValuesResponse does."""
    cells = _cells(call, part, tab, block)
    for (row, column), cell in cells.items():
        tab.put(row, column, cell)
    answer: Json = {"spreadsheetId": call.spreadsheet.key, "updatedRange": spell(tab.title, tab.on_grid(block))}
    if not cells:
        return answer
    rows, columns = {row for row, _ in cells}, {column for _, column in cells}
    written = Block(block.top, block.left, max(rows), max(columns))
    answer |= {
        "updatedRange": spell(tab.title, written),
        "updatedRows": len(rows),
        "updatedColumns": len(columns),
        "updatedCells": len(cells),
    }
    if call.flag("includeValuesInResponse"):
        render = call.option("responseValueRenderOption", "FORMATTED_VALUE", *RENDERS)
        dates = call.option("responseDateTimeRenderOption", "SERIAL_NUMBER", *DATES)
        answer["updatedData"] = _value_range(tab, written, render, dates)
    return answer


def _cells(call: Call, part: Json, tab: Tab, block: Block) -> dict[tuple[int, int], Cell | None]:
    """Return what is to stand where; a null leaves its cell alone. Raises SheetsError where there is no room."""
    if part.get("majorDimension") not in {None, "ROWS"}:
        raise not_modelled(f"majorDimension {part['majorDimension']}")
    option = call.option("valueInputOption", "", "RAW", "USER_ENTERED")
    cells: dict[tuple[int, int], Cell | None] = {}
    for down, row in enumerate(part.get("values") or []):
        for across, value in enumerate(row):
            place = (block.top + down, block.left + across)
            _require_room(tab, block, *place)
            if value is not None:
                where = f"values[{down}][{across}]"
                enter = sheets_cells.raw if option == "RAW" else sheets_cells.typed
                cells[place] = enter(value, where)
    return cells


def _require_room(tab: Tab, block: Block, row: int, column: int) -> None:
    """Refuse what is written beyond the range that was named, or beyond the grid."""
    if not block.is_cell:
        named = f"Requested writing within range [{spell(tab.title, tab.on_grid(block))}]"
        if column > (block.right or column):
            raise SheetsError(400, f"{named}, but tried writing to column [{column_name(column)}]")
        if row > (block.bottom or row):
            raise SheetsError(400, f"{named}, but tried writing to row [{row}]")
    tab.require(row, column)
