"""What is shown before any log is open: three ways to begin, and what is saved already."""

from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from mylla_audit_desktop.connections.profile import ConnectionProfile, Kind
from mylla_audit_desktop.connections.store import ConnectionStore
from mylla_audit_desktop.desktop.connections.opener import DEMO, Source, saved
from mylla_audit_desktop.desktop.theme import Theme
from mylla_audit_desktop.desktop.widgets import plain_label
from mylla_audit_desktop.desktop.widgets.choice_row import ChoiceRow
from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.visible import visible_text

_WIDTH = 520
_CONNECT = "A log on a PostgreSQL server or in an SQLite file."
_EVIDENCE = "An exported CSV, or NDJSON, read into a log of its own."
_TRY = "50,000 made-up entries to look around in."
_WAYS = (
    ("Add a connection", "database", _CONNECT),
    ("Open an evidence file", "folder-open", _EVIDENCE),
    ("Try the demo", "scroll-text", _TRY),
)


class WelcomePage(QWidget):
    """Wires its buttons to what they ask for."""

    chosen = Signal(object)
    add_requested = Signal()
    evidence_requested = Signal()

    def __init__(self, store: ConnectionStore, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName("Welcome")
        self._store, self._theme = store, theme
        self.ways: list[QPushButton] = []
        # Only there after an opening was cancelled.
        self.again: ChoiceRow | None = None
        self._saved = QVBoxLayout()
        self._saved.setSpacing(8)
        self.problem: QLabel = plain_label("", "error")
        self.problem.setWordWrap(True)
        self.problem.setAccessibleName("Notice")
        calls = (
            self.add_requested.emit,
            self.evidence_requested.emit,
            lambda: self.chosen.emit(DEMO),
        )
        column = QFrame()
        column.setFixedWidth(_WIDTH)
        inner = QVBoxLayout(column)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        title = plain_label("Welcome to Mylla Audit", "page")
        lead = plain_label(
            "Review who did what, when and from where. Begin with one of these.", "muted"
        )
        inner.addWidget(title)
        inner.addWidget(lead)
        inner.addSpacing(8)
        inner.addWidget(self.problem)
        inner.addLayout(self._saved)
        for (name, icon, words), call in zip(_WAYS, calls, strict=True):
            row = ChoiceRow(name, words, icon, theme)
            row.clicked.connect(call)
            self.ways.append(row)
            inner.addWidget(row)
        page = QWidget()
        middle = QVBoxLayout(page)
        middle.addStretch(2)
        middle.addWidget(column, alignment=Qt.AlignmentFlag.AlignHCenter)
        middle.addStretch(3)
        area = QScrollArea(widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        self.refresh()

    def refresh(self) -> None:
        """Show what is saved now; nothing is offered again."""
        self.again = None
        self.setFocusProxy(self.ways[0])
        while (item := self._saved.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        profiles: tuple[ConnectionProfile, ...] = ()
        problem = ""
        try:
            profiles = self._store.read()
        except InputError as error:
            problem = error.sentence
        self.problem.setText(visible_text(problem))
        self.problem.setVisible(bool(problem))
        # The column does not ask it how high it gets when it wraps.
        self.problem.setMinimumHeight(self.problem.heightForWidth(_WIDTH) if problem else 0)
        for profile in profiles:
            row = self._row(visible_text(profile.name), _place(profile), saved(profile.name))
            self._saved.addWidget(row)
        self._order_tabs()

    def offer_again(self, source: Source) -> None:
        """Above all others what was just given up, which may be saved nowhere."""
        words = f"Opening {visible_text(source.name) or 'the log'} was cancelled."
        self.again = self._row("Try again", words, source, "refresh-cw")
        self._saved.insertWidget(0, self.again)
        self.setFocusProxy(self.again)
        self._order_tabs()

    def _order_tabs(self) -> None:
        """Tab goes as one reads."""
        items = [self._saved.itemAt(place) for place in range(self._saved.count())]
        rows = [row for item in items if item is not None and (row := item.widget()) is not None]
        for before, after in pairwise([*rows, *self.ways]):
            QWidget.setTabOrder(before, after)

    def _row(self, title: str, words: str, source: Source, icon: str = "arrow-right") -> ChoiceRow:
        row = ChoiceRow(title, words, icon, self._theme)
        row.clicked.connect(lambda: self.chosen.emit(source))
        return row


def _place(profile: ConnectionProfile) -> str:
    if profile.kind is Kind.SQLITE:
        return visible_text(profile.database)
    hosts = ", ".join(map(str, profile.hosts))
    return visible_text(f"{profile.database} on {hosts or 'this computer'}")
