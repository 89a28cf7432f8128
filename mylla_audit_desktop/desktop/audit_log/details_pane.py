"""The details of one entry: who, what, when, from where, and what changed."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from mylla_audit_desktop.desktop.audit_log.changes_model import (
    FieldChange,
    prepare_field,
    side_text,
)
from mylla_audit_desktop.desktop.audit_log.changes_table import ChangesTable
from mylla_audit_desktop.desktop.formats import format_count, format_moment
from mylla_audit_desktop.desktop.theme import Theme, mono_font
from mylla_audit_desktop.desktop.widgets import (
    FACT_HEIGHT,
    CutLabel,
    NameAndId,
    button,
    explain,
    field_label,
    permit,
    plain_label,
    plain_tooltip,
)
from mylla_audit_desktop.desktop.widgets.clipboard import copy_text
from mylla_audit_desktop.log.catalog import ActionCatalog
from mylla_audit_desktop.log.diff import SIGNS, Kind, diff_entry
from mylla_audit_desktop.log.entry import AuditEntry
from mylla_audit_desktop.log.visible import visible_lines, visible_name, visible_text

_RAW_LONGEST = 20_000
_MOST_FIELDS = 60
# From this width on there is room for two columns, in pixels.
_WIDE = 640
_HINT = "Select an entry to see what it changed."


@dataclass(frozen=True, slots=True)
class EntryDetails:
    """An entry with its diff, made on a pool thread."""

    entry: AuditEntry
    fields: tuple[FieldChange, ...]
    omitted: int


def describe_entry(entry: AuditEntry) -> EntryDetails:
    """Compare an entry's before and after; pure."""
    diff = diff_entry(entry.before, entry.after)
    return EntryDetails(entry, tuple(map(prepare_field, diff.fields)), diff.omitted)


class DetailsPane(QFrame):
    """Shows one `EntryDetails`; knows neither the table nor the database."""

    trace_target = Signal(str)

    def __init__(self, catalog: ActionCatalog, theme: Theme, zone: ZoneInfo) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAccessibleName("Entry details")
        self._catalog = catalog
        self._zone = zone
        self._details: EntryDetails | None = None
        self.title, self.code = CutLabel("title"), CutLabel("muted")
        self.code.setFont(mono_font())
        self.when, self.source = plain_label(is_selectable=True), CutLabel()
        self.source.setFont(mono_font())
        self.actor, self.target = NameAndId(), NameAndId()
        self.trace = button("trace", "link")
        self.trace.setAccessibleName("Trace target")
        self.trace.setToolTip("Show everything that touched this target, all time")
        self.trace.clicked.connect(self._trace)
        self.section = plain_label("", "section")
        self.table = ChangesTable(theme)
        self.raw = _RawJson(readOnly=True)
        self.raw.setAccessibleName("Raw JSON")
        self.raw.setFont(mono_font())
        # Wrapping a megabyte in one line takes half a minute.
        self.raw.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.show_unchanged = button("Unchanged fields")
        self.show_raw = button("Raw JSON")
        self.copy = button("Copy")
        for toggle in (self.show_unchanged, self.show_raw):
            toggle.setCheckable(True)
            toggle.toggled.connect(self._fill_changes)
        self.show_unchanged.setToolTip("Also the fields that are the same before and after (U)")
        self.show_raw.setToolTip("Before and after as they are stored (R)")
        self.copy.setToolTip("Copy the selected value, or all changes (Ctrl+C)")
        self.copy.clicked.connect(self.copy_changes)
        self._views = QStackedWidget()
        self._views.addWidget(self.table)
        self._views.addWidget(self.raw)
        self._stack = QStackedWidget()
        self._empty = plain_label(_HINT, "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._content())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def _content(self) -> QWidget:
        page = QWidget()
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(2)
        grid.setColumnMinimumWidth(0, 64)
        grid.setColumnStretch(1, 1)
        self.target.add(self.trace)
        rows: tuple[tuple[str, QWidget], ...] = (
            ("When", self.when),
            ("Actor", self.actor),
            ("Target", self.target),
            ("From", self.source),
        )
        for row, (name, widget) in enumerate(rows):
            caption = field_label(name, widget)
            # A moment, and a name with a long ID, may take two lines.
            caption.setFixedHeight(FACT_HEIGHT)
            grid.addWidget(caption, row, 0, alignment=Qt.AlignmentFlag.AlignTop)
            grid.addWidget(widget, row, 1)
            widget.setAccessibleName(name)
        self.source.setFixedHeight(FACT_HEIGHT)
        self.when.setWordWrap(True)
        self.when.setContentsMargins(0, 2, 0, 2)
        self.when.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for one in (self.show_unchanged, self.show_raw, self.copy):
            buttons.addWidget(one)
        buttons.addStretch(1)
        facts, changes = QVBoxLayout(), QVBoxLayout()
        for layout in (facts, changes):
            layout.setSpacing(6)
        facts.addWidget(self.title)
        facts.addWidget(self.code)
        facts.addLayout(grid)
        facts.addStretch(1)
        changes.addWidget(self.section)
        changes.addWidget(self._views, 1)
        changes.addLayout(buttons)
        self._parts = QBoxLayout(QBoxLayout.Direction.TopToBottom, page)
        self._parts.setContentsMargins(16, 12, 16, 12)
        self._parts.setSpacing(12)
        self._parts.addLayout(facts)
        self._parts.addLayout(changes, 1)
        return page

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What changed below who and when, or beside it where the pane is wide and low."""
        super().resizeEvent(event)
        is_wide = event.size().width() >= _WIDE
        way = QBoxLayout.Direction
        self._parts.setDirection(way.LeftToRight if is_wide else way.TopToBottom)
        self._parts.setStretch(0, 2 if is_wide else 0)
        self._parts.setStretch(1, 3 if is_wide else 1)

    # -- content ---------------------------------------------------------------

    def show_details(self, details: EntryDetails | None, hint: str = _HINT) -> None:
        """Show an entry; for None the hint, which asks to select one."""
        self._empty.setText(hint)
        is_other = (
            details is None or self._details is None or (details.entry.id != self._details.entry.id)
        )
        self._details = details
        self._stack.setCurrentIndex(0 if details is None else 1)
        if details is None:
            self.setAccessibleDescription("")
            return
        entry = details.entry
        self.title.setText(visible_text(self._catalog.label_of(entry.action)))
        self.code.setText(visible_name(entry.action))
        for heading in (self.title, self.code):
            explain(heading, heading.text())
        self.when.setText(format_moment(entry.occurred_at, self._zone))
        self.when.setToolTip(plain_tooltip(entry.occurred_at.isoformat(self._zone)))
        self.actor.say(entry.actor_name or None, entry.actor_id)
        self.target.say(entry.target_name, entry.target_id, entry.target_type)
        self.trace.setVisible(entry.target_id is not None)
        self.source.setText(visible_name(entry.ip_address) or "not recorded")
        self.source.setToolTip(plain_tooltip(self.source.text()))
        for label in (self.when, self.source):
            label.setAccessibleDescription(label.text())
        self._fill_changes()
        if is_other:
            self.table.scrollToTop()

    def set_zone(self, zone: ZoneInfo) -> None:
        """Show the time in another zone."""
        self._zone = zone
        self.show_details(self._details)

    def shown_entry(self) -> AuditEntry | None:
        """The entry on show."""
        return None if self._details is None else self._details.entry

    def _fill_changes(self) -> None:
        details = self._details
        if details is None:
            return
        changed = tuple(f for f in details.fields if f.diff.kind is not Kind.UNCHANGED)
        unchanged = len(details.fields) - len(changed)
        same = tuple(f for f in details.fields if f.diff.kind is Kind.UNCHANGED)
        # What changed comes first, so that the rest never crowds it out.
        shown = changed + same if self.show_unchanged.isChecked() else changed
        hidden = len(shown) - _MOST_FIELDS + details.omitted
        self.table.show_fields(shown[:_MOST_FIELDS])
        permit(
            self.show_unchanged,
            "" if unchanged else "No field of this entry stayed as it was.",
            "Show the fields that stayed as they were too",
        )
        entry = details.entry
        text = f"Changes · {format_count(len(changed) + details.omitted, 'field', 'fields')}"
        if entry.before is None and entry.after is None:
            text = "No changes were recorded"
        elif entry.before is None:
            text += " · nothing before (NULL)"
        elif entry.after is None:
            text += " · nothing after (NULL)"
        if hidden > 0:
            text += f" · the first {_MOST_FIELDS} are shown"
        self.section.setText(text)
        self.setAccessibleDescription(f"{self.title.text()}. {self.when.text()}. {text}")
        is_raw = self.show_raw.isChecked()
        self._views.setCurrentIndex(1 if is_raw else 0)
        if is_raw:
            sides = (("before", entry.before), ("after", entry.after))
            self.raw.setPlainText("\n\n".join(f"{name}\n{_raw(text)}" for name, text in sides))

    # -- keyboard and clipboard ------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """R shows the raw JSON, U the unchanged fields, Ctrl+C copies."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_changes()
        elif event.key() == Qt.Key.Key_R and not event.modifiers():
            self.show_raw.toggle()
        elif event.key() == Qt.Key.Key_U and not event.modifiers():
            self.show_unchanged.click()
        else:
            super().keyPressEvent(event)

    def focus_changes(self) -> None:
        """Go to the changes as they are shown, as a table or as raw JSON."""
        (self.raw if self.show_raw.isChecked() else self.table).setFocus()

    def copy_changes(self) -> None:
        """The selected value as it is stored, or all changes as text."""
        if self.show_raw.isChecked():
            # Qt parts the lines of a selection by U+2029; one of the log is shown as an escape.
            selected = self.raw.textCursor().selectedText().replace("\u2029", "\n")
            copy_text(selected or self.raw.toPlainText())
        elif not self.table.copy_selected():
            copy_text(self.as_text())

    def as_text(self) -> str:
        """The entry and its changes as lines of text."""
        if self._details is None:
            return ""
        lines = [
            f"{self.title.text()} ({self.code.text()})",
            f"When: {self.when.text()}",
            f"Actor: {self.actor.text()}",
            f"Target: {self.target.text()}",
            f"From: {self.source.text()}",
        ]
        for field in self._details.fields:
            if field.diff.kind is not Kind.UNCHANGED:
                before, after = side_text(field.diff.before), side_text(field.diff.after)
                line = f"{SIGNS[field.diff.kind]} {field.diff.path}: {before} → {after}"
                lines.append(visible_lines(line))
        return "\n".join(lines)

    def _trace(self) -> None:
        entry = self.shown_entry()
        if entry is not None and entry.target_id is not None:
            self.trace_target.emit(entry.target_id)


class _RawJson(QPlainTextEdit):
    """Leaves Ctrl+C to the pane, which copies all where nothing is selected."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As in any text, but for Ctrl+C."""
        if event.matches(QKeySequence.StandardKey.Copy):
            event.ignore()
        else:
            super().keyPressEvent(event)


def _raw(text: str | None) -> str:
    if text is None:
        return "NULL"
    shown = visible_lines(text[:_RAW_LONGEST])
    if len(text) > _RAW_LONGEST:
        shown += f"\n… shown in part: {len(text):,} characters; the export holds all"
    return shown
