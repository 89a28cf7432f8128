"""A document that is printed: its parts on pages, with a foot on each.

HTML says with a comment `<!--part-->` where a page may begin; a part stays on one page
unless it is longer than one, then it breaks between the rows of its tables, whose headers
repeat. `<!--part-with-next-->` begins a part that stays with the one that follows.
"""

import html as html_text
import re
from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSizeF, Qt, QUrl
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QPageLayout,
    QPageSize,
    QPainter,
    QPalette,
    QPdfWriter,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
)

from mylla_audit_desktop import __version__
from mylla_audit_desktop.printing.fonts import without_ligatures

# A style's pixel is 1/96 of an inch, as in a browser.
_RESOLUTION = 96
_MARGINS = QMarginsF(16, 14, 16, 12)
_FOOT = 26
# A part that is longer than a page begins where at least so much room is left.
_LEAST = 160
_PART = re.compile(r"<!--part(-with-next)?-->")
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
# Directions are kept apart by escapes already; without the tags there is a third less to lay out.
_ONLY_FOR_BROWSERS = re.compile(r"</?bdi>")
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


class _Document(QTextDocument):
    """A document that fetches nothing, whatever it says."""

    def loadResource(self, _kind: int, _name: QUrl | str) -> object:
        """No picture and no style sheet."""
        return None


@dataclass(frozen=True, slots=True)
class _Placed:
    """A stretch of a part: from `top`, as high as `height`, on a page at `y`."""

    document: QTextDocument
    top: float
    height: float
    page: int
    y: float


class Paper:
    """Lays out HTML on A4 and writes it as PDF.

    It works in steps of a few milliseconds, `steps`, so that a thread can give way between
    them. A QGuiApplication must be there.
    """

    def __init__(self, html: str) -> None:
        self._html = html
        self._buffer = QBuffer()
        self._buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        self._writer = QPdfWriter(self._buffer)
        self._writer.setResolution(_RESOLUTION)
        self._writer.setPageLayout(
            QPageLayout(
                QPageSize(QPageSize.PageSizeId.A4),
                QPageLayout.Orientation.Portrait,
                _MARGINS,
                QPageLayout.Unit.Millimeter,
            )
        )
        title = _TITLE.search(html)
        self._title = html_text.unescape(title[1]) if title else ""
        self._writer.setTitle(self._title)
        self._writer.setCreator(f"Mylla Audit Desktop {__version__}")
        self._room = QSizeF(self._writer.width(), self._writer.height() - _FOOT)
        self._placed: list[_Placed] = []
        self._page, self._y = 0, 0.0

    @property
    def page_count(self) -> int:
        """How many pages there are, once all steps are done."""
        return self._page + 1

    def steps(self) -> Iterator[None]:
        """Do the work, a little with each step."""
        yield from self._lay_out()
        yield from self._paint()
        self._buffer.close()

    def data(self) -> bytes:
        """The PDF, once all steps are done."""
        return bytes(self._buffer.data().data())

    # -- layout ----------------------------------------------------------------

    def _lay_out(self) -> Iterator[None]:
        style = _STYLE.search(self._html)
        sheet = style[1] if style else ""
        first, *rest = _PART.split(self._html)
        del first  # the head
        kept: list[QTextDocument] = []
        for stays, text in zip(rest[::2], rest[1::2], strict=True):
            document = self._document(text, sheet)
            kept.append(document)
            if stays:
                continue
            self._place(kept)
            kept = []
            yield
        self._place(kept)

    def _document(self, text: str, sheet: str) -> QTextDocument:
        document = _Document()
        document.setDocumentMargin(0)
        document.setUseDesignMetrics(True)
        font = QFont("Inter")
        font.setPixelSize(12)
        document.setDefaultFont(without_ligatures(font))
        document.setDefaultStyleSheet(sheet)
        document.documentLayout().setPaintDevice(self._writer)
        document.setTextWidth(self._room.width())
        document.setHtml(_ONLY_FOR_BROWSERS.sub("", text))
        return document

    def _place(self, documents: list[QTextDocument]) -> None:
        heights = [document.size().height() for document in documents]
        total = sum(heights)
        is_long = total > self._room.height()
        if self._y and self._y + (_LEAST if is_long else total) > self._room.height():
            self._new_page()
        for document, height in zip(documents, heights, strict=True):
            if self._y + height <= self._room.height():
                self._placed.append(_Placed(document, 0, height, self._page, self._y))
                self._y += height
            else:
                self._place_over_pages(document)

    def _place_over_pages(self, document: QTextDocument) -> None:
        """A part that is longer than the page has room for, from here on."""
        if self._y and self._room.height() - self._y < _LEAST:
            self._new_page()
        if self._y:
            _begin_at(document, self._y)
        document.setPageSize(self._room)
        pages = document.pageCount()
        height = self._room.height()
        for number in range(pages):
            if number:
                self._new_page()
            self._placed.append(_Placed(document, number * height, height, self._page, 0))
        layout = document.documentLayout()
        bottom = layout.blockBoundingRect(document.lastBlock()).bottom()
        self._y = max(bottom - (pages - 1) * height, 1.0)

    def _new_page(self) -> None:
        self._page += 1
        self._y = 0.0

    # -- painting --------------------------------------------------------------

    def _paint(self) -> Iterator[None]:
        painter = QPainter(self._writer)
        page = 0
        self._paint_foot(painter, page)
        for placed in self._placed:
            while page < placed.page:
                self._writer.newPage()
                page += 1
                self._paint_foot(painter, page)
            context = QAbstractTextDocumentLayout.PaintContext()
            # Black on white, whatever colours the window has.
            palette = QPalette(QColor("#111111"))
            palette.setColor(QPalette.ColorRole.Text, QColor("#111111"))
            context.palette = palette
            context.clip = QRectF(0, placed.top, self._room.width(), placed.height)
            painter.save()
            painter.translate(0, placed.y - placed.top)
            # The layout draws one line too many above the clip.
            painter.setClipRect(context.clip)
            placed.document.documentLayout().draw(painter, context)
            painter.restore()
            yield
        painter.end()

    def _paint_foot(self, painter: QPainter, page: int) -> None:
        painter.save()
        font = QFont("Inter")
        font.setPixelSize(10)
        painter.setFont(font)
        painter.setPen(QColor("#444444"))
        top = self._room.height() + 8
        painter.drawLine(0, int(top), int(self._room.width()), int(top))
        room = QRectF(0, top + 2, self._room.width(), _FOOT - 10)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, middle | Qt.AlignmentFlag.AlignLeft, self._title)
        number = f"Page {page + 1} of {self.page_count}"
        painter.drawText(room, middle | Qt.AlignmentFlag.AlignRight, number)
        painter.restore()


def _begin_at(document: QTextDocument, y: float) -> None:
    """Leave so much room on the first page of a document."""
    cursor = QTextCursor(document)
    cursor.insertBlock()
    cursor.movePosition(QTextCursor.MoveOperation.Start)
    room = QTextBlockFormat()
    room.setLineHeight(y, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
    cursor.setBlockFormat(room)


def html_to_pdf(html: str) -> bytes:
    """The PDF of an HTML text whose parts are marked. A QGuiApplication must be there."""
    paper = Paper(html)
    for _step in paper.steps():
        pass
    return paper.data()
