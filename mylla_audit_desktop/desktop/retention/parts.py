"""Parts of the retention page: the notice, one of the three values, the table of runs."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
)

from mylla_audit_desktop.desktop.retention.words import ValueWords, run_cells
from mylla_audit_desktop.desktop.theme import Theme, mono_font
from mylla_audit_desktop.desktop.widgets import field_label, plain_label, set_tone
from mylla_audit_desktop.log.retention import RetentionRun
from mylla_audit_desktop.log.visible import visible_text

_ICON = 16
_HEADINGS = ("Started", "Period", "Deleted what is older than", "Entries", "Outcome", "Login")
_WIDTHS = (230, 230, 230, 90, 110)


class Notice(QFrame):
    """A sentence a line: what is wrong, or that nothing is."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._is_good = True
        self.setObjectName("retentionNotice")
        self.setAccessibleName("Retention warnings")
        self._icon = QLabel()
        self._icon.setFixedSize(_ICON, 18)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(4)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(10)
        row.addWidget(self._icon, alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(self._lines, 1)
        theme.changed.connect(self._draw_icon)

    def say(self, sentences: Sequence[str], *, is_good: bool) -> None:
        """Show these."""
        self._is_good = is_good
        set_tone(self, "isGood", "true" if is_good else "false")
        while self._lines.count():
            item = self._lines.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                # At once: one that waits for its deletion would still be seen and found.
                widget.setParent(None)
                widget.deleteLater()
        for sentence in sentences:
            label = plain_label(sentence, is_selectable=True)
            label.setWordWrap(True)
            self._lines.addWidget(label)
        self.setAccessibleDescription(visible_text(" ".join(sentences)))
        self._draw_icon()

    def _draw_icon(self) -> None:
        name, color = (
            ("circle-check-big", "added") if self._is_good else ("triangle-alert", "changed")
        )
        self._icon.setPixmap(self._theme.icon(name, color).pixmap(_ICON, _ICON))


class ValuePanel(QFrame):
    """One of the three values that must agree: the days, whether they do, and whence."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName("retentionValue")
        self.figure = plain_label("…", "figure", is_selectable=True)
        self.figure.setAccessibleName(name)
        self.mark = plain_label("", "good")
        self.mark.setObjectName("retentionMark")
        self.detail = plain_label("", "muted", is_selectable=True)
        self.detail.setWordWrap(True)
        self.detail.setAlignment(Qt.AlignmentFlag.AlignTop)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.figure)
        head.addWidget(self.mark, alignment=Qt.AlignmentFlag.AlignBottom)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(6)
        column.addWidget(field_label(name, self.figure, "section"))
        column.addLayout(head)
        column.addWidget(self.detail, 1)

    def say(self, words: ValueWords) -> None:
        """Show them."""
        self.figure.setText(visible_text(words.figure))
        self.mark.setText({True: "✓ agrees", False: "≠ differs", None: ""}[words.agrees])
        set_tone(self.mark, "tone", "good" if words.agrees else "changed")
        self.detail.setText("\n".join(map(visible_text, words.detail.split("\n"))))
        detail = words.detail.replace("\n", ", ")
        self.figure.setAccessibleDescription(
            visible_text(" ".join(filter(None, (words.figure, self.mark.text()[2:], detail))))
        )

    def say_nothing(self) -> None:
        """Nothing is known yet."""
        self.say(ValueWords("…", "", None))


class RunTable(QTableWidget):
    """The newest runs of the purge, most recent first."""

    def __init__(self) -> None:
        super().__init__(0, len(_HEADINGS))
        self.setObjectName("runs")
        self.setAccessibleName("Runs of the daily job")
        self.setHorizontalHeaderLabels(_HEADINGS)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(26)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        for index, width in enumerate(_WIDTHS):
            header.resizeSection(index, width)

    def show_runs(self, runs: Sequence[RetentionRun], zone: ZoneInfo) -> None:
        """Show these."""
        self.setRowCount(len(runs))
        for row, run in enumerate(runs):
            for column, text in enumerate(run_cells(run, zone)):
                item = QTableWidgetItem(visible_text(text))
                if column in {0, 2, 3}:
                    item.setFont(mono_font())
                self.setItem(row, column, item)
