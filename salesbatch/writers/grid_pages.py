"""Draws the free sheets of a workbook: cells where a page wants them, and charts of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Protocol

from salesbatch.writers import grid_looks as looks
from salesbatch.writers.grid_parts import GridPage, PageCell, PageChart, clean_text
from salesbatch.writers.grid_rows import money_format


class Drawing(Protocol):
    """What a page needs of the workbook in the making."""

    book: Any

    def look(self, properties: Mapping[str, Any]) -> Any:
        """The format with these properties."""

    def url(self, target: str, text: str) -> Any:
        """A link with its text."""


def draw_page(drawing: Drawing, page: Any, name: str, content: GridPage) -> None:
    """Draw a page on its worksheet, which has the name `name`."""
    page.hide_gridlines(2)
    page.set_default_row(18)
    for position, width in enumerate(content.widths):
        page.set_column(position, position, width)
    for row, height in content.row_heights.items():
        page.set_row(row, height)
    for cell in content.cells:
        _draw_cell(drawing, page, cell)
    for chart in content.charts:
        page.insert_chart(
            chart.row,
            chart.column,
            _make_chart(drawing.book, name, chart),
            {"x_offset": chart.x_offset, "object_position": 2, "description": chart.title},
        )


def _draw_cell(drawing: Drawing, page: Any, cell: PageCell) -> None:
    properties = dict(looks.PAGE[cell.style])
    value = cell.value
    if cell.style in ("money", "money_total"):
        properties["num_format"] = money_format(cell.digits)
        value = int(str(value)) / 10**cell.digits
    look = drawing.look(properties)
    if cell.span > 1:
        page.merge_range(cell.row, cell.column, cell.row, cell.column + cell.span - 1, "", look)
    if cell.target:
        page.write_url(cell.row, cell.column, drawing.url(cell.target, str(value)), look)
    elif value is None or value == "":
        page.write_blank(cell.row, cell.column, None, look)
    elif isinstance(value, (int, float)):
        page.write_number(cell.row, cell.column, value, look)
    elif isinstance(value, dt.date):
        page.write_datetime(cell.row, cell.column, value, look)
    else:
        page.write_string(cell.row, cell.column, clean_text(str(value)), look)


def _make_chart(book: Any, name: str, chart: PageChart) -> Any:
    drawn = book.add_chart({"type": chart.kind})
    turned = chart.kind == "bar"
    series: dict[str, Any] = {
        "name": chart.names[0] if chart.names else chart.title,
        "categories": [name, *chart.categories],
        "values": [name, *chart.values],
        "gap": 60,
    }
    points = [{"fill": {"color": color}, "border": {"none": True}} for color in chart.colors]
    if len(points) > 1:
        series["points"] = points
    elif points:
        series.update(points[0])
    if turned:  # Figures at the bars say more than an axis; room is kept for them.
        drawn.set_plotarea({"layout": {"x": 0.34, "y": 0.16, "width": 0.52, "height": 0.7}})
        series["data_labels"] = {"value": True, "num_format": "#,##0", "font": looks.CHART_FONT}
    drawn.add_series({**series, "overlap": 100} if chart.part else series)
    if chart.part:
        drawn.add_series(
            {
                "name": chart.names[1],
                "categories": series["categories"],
                "values": [name, *chart.part],
                "fill": {"color": looks.AMBER},
                "border": {"none": True},
            }
        )
    drawn.set_title({"name": chart.title, "name_font": looks.CHART_TITLE, "overlay": False})
    drawn.set_chartarea({"border": {"color": looks.LINE}, "fill": {"color": "#FFFFFF"}})
    drawn.set_size({"width": chart.width, "height": chart.height})
    _set_axes(drawn, turned=turned)
    drawn.set_legend({"position": "bottom", "font": looks.CHART_FONT} if chart.part else {"none": True})
    return drawn


def _set_axes(drawn: Any, *, turned: bool) -> None:
    names: dict[str, Any] = {
        "num_font": looks.CHART_FONT,
        "line": {"color": looks.LINE},
        "label_position": "low",
    }
    values: dict[str, Any] = {
        "num_format": "#,##0",
        "num_font": looks.CHART_FONT,
        "line": {"none": True},
        "major_gridlines": {"visible": True, "line": {"color": looks.LINE, "width": 0.5}},
    }
    if turned:
        names["reverse"] = True  # The first category on top, as in the cells.
        values.update(major_gridlines={"visible": False}, visible=False)
    # XlsxWriter counts x as the axis that lies, also in a bar chart, where that one has the values.
    drawn.set_x_axis(values if turned else names)
    drawn.set_y_axis(names if turned else values)
