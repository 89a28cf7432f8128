"""The status bar: which log is on show and how it is reached, who reviews, when, in which zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QStatusBar

from mylla_audit_desktop.desktop.formats import format_day, format_zone
from mylla_audit_desktop.desktop.open_log import OpenLog
from mylla_audit_desktop.desktop.widgets import (
    button,
    explain,
    plain_action,
    plain_label,
    plain_tooltip,
    say_aloud,
    set_tone,
    show_words,
)
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.visible import visible_text


class StatusBar(QStatusBar):
    """`connections` is the menu under the connection, filled by the switcher."""

    zone_requested = Signal()
    cancel_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        # Its last text ends where everything on a page does.
        self.setContentsMargins(0, 0, 8, 0)
        self.dot = plain_label("●", "faint")
        self.dot.setIndent(0)
        self._is_lost = False
        self.mark = plain_label("")
        self.mark.setObjectName("mark")
        self.mark.setAccessibleName("Label")
        self.mark.hide()
        self.connection = button("No database", "flat")
        self.connection.setAccessibleName("Connection")
        self.connection.setAccessibleDescription(self.connection.text())
        self.connections = QMenu("Connections", self)
        self.connection.setMenu(self.connections)
        self.reviewer = plain_label("")
        self.reviewer.setAccessibleName("Reviewer")
        self.snapshot = plain_label("")
        self.snapshot.setAccessibleName("Snapshot")
        self.zone = button("", "flat")
        self.zone.clicked.connect(self.zone_requested)
        self.opening = plain_label("")
        self.opening.setAccessibleName("Opening")
        self.cancel = button("Cancel", "flat")
        self.cancel.setAccessibleName("Cancel opening")
        self.cancel.clicked.connect(self.cancel_requested)
        for widget in (self.dot, self.mark, self.connection, self.reviewer):
            self.addWidget(widget)
        for widget in (self.opening, self.cancel):
            self.addWidget(widget)
            widget.hide()
        self.addPermanentWidget(self.snapshot)
        self.addPermanentWidget(self.zone)

    def show_connection(self, log: OpenLog) -> None:
        """Where the log is, how the way there is secured, and how the connection is marked."""
        show_words(self.mark, visible_text(log.label))
        self.mark.setVisible(bool(log.label))
        set_tone(self.mark, "colour", log.colour.value or "none")
        self._show_way(log)

    def show_loss(self, log: OpenLog) -> None:
        """Whether the log was lost on the way since, or is there again."""
        if log.database.is_lost != self._is_lost:
            self._show_way(log)
            say_aloud(self.connection, self.connection.accessibleDescription())

    def _show_way(self, log: OpenLog) -> None:
        state, self._is_lost = log.database.state, log.database.is_lost
        where, name = visible_text(str(log.database.label)), visible_text(log.name)
        way = [*([state.security] if state.security else []), "read only"]
        parts = [name, *(["cannot be reached"] if self._is_lost else way)]
        self.connection.setText(plain_action(" · ".join(parts)))
        self.connection.setToolTip(plain_tooltip(where))
        self.connection.setAccessibleDescription(f"{' · '.join(parts)}, {where}")
        sign, tone = ("▲", "note") if state.is_weak else ("●", "good")
        if self._is_lost:
            sign, tone = "✗", "error"
        self.dot.setText(sign)
        set_tone(self.dot, "tone", tone)

    def show_opening(self, words: str) -> None:
        """What is being opened while another log is on show, and how to stop that; "" for none."""
        show_words(self.opening, visible_text(words))
        if words and self.opening.isHidden():
            # How far it is goes on without a word.
            say_aloud(self.opening, visible_text(words))
        for widget in (self.opening, self.cancel):
            widget.setVisible(bool(words))

    def show_reviewer(self, title: str) -> None:
        """Who reviews, and in which role."""
        show_words(self.reviewer, visible_text(title))

    def show_snapshot(self, taken_at: Instant, zone: ZoneInfo) -> None:
        """When the entries on show were read."""
        moment = taken_at.to_datetime(zone)
        if moment is not None:
            taken = f"Snapshot {format_day(taken_at, zone)} {moment:%H:%M}"
            show_words(self.snapshot, taken)

    def show_zone(self, zone: ZoneInfo, doubt: str) -> None:
        """The zone of all times and days. doubt: why it is a guess; "" where it is none."""
        text = format_zone(zone, datetime.now(UTC).astimezone(zone).utcoffset())
        self.zone.setText(f"▲ {text}" if doubt else text)
        self.zone.setAccessibleName(", ".join(filter(None, (f"Time zone {text}", doubt))))
        tip = "Choose the time zone in which times and days are shown"
        explain(self.zone, f"{doubt}. {tip}" if doubt else tip)
