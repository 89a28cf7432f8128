"""What the charts share: a table view that paints its cells, so that it is one for a reader.

A chart that is a table has everything a screen reader and the keyboard want: cells with
words, headers, arrows, selection.
"""

from itertools import pairwise

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from mylla_audit_desktop.desktop.activity.figures import FigureModel


class ChartView(QTableView):
    """A table of figures without lines and scroll bars, its columns filling the width."""

    def __init__(self, model: FigureModel, name: str) -> None:
        super().__init__()
        self.figures = model
        self.setModel(model)
        self.setObjectName("chart")
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAutoScroll(False)
        self.setCornerButtonEnabled(False)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setMinimumSectionSize(1)
            header.setHighlightSections(False)
            header.setSectionsClickable(False)

    def activate(self) -> None:
        """Enter was pressed."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space act; the arrows move as in every table."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.activate()
            return
        super().keyPressEvent(event)

    def fill_width(self) -> None:
        """Share the width among the columns, to the last pixel."""
        count = self.figures.columnCount()
        width = self.viewport().width()
        edges = [width * place // count for place in range(count + 1)] if count else [0]
        for column, (left, right) in enumerate(pairwise(edges)):
            self.setColumnWidth(column, right - left)

    def minimumSizeHint(self) -> QSize:
        """The page decides."""
        return QSize(200, 40)
