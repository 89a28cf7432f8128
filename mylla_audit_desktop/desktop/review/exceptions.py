"""What differs for single team members: a table of them, and the fields of the chosen one."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QCompleter,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mylla_audit_desktop.desktop.review.policy_draft import NO_HOLIDAYS, ActorDraft, WeekDraft
from mylla_audit_desktop.desktop.review.week_grid import WeekGrid, is_off
from mylla_audit_desktop.desktop.theme import Theme
from mylla_audit_desktop.desktop.widgets import (
    button,
    field_form,
    form_label,
    mark_wrong,
    permit,
    plain_tooltip,
)
from mylla_audit_desktop.log.visible import visible_text
from mylla_audit_desktop.log.zones import all_zone_names
from mylla_audit_desktop.review.policy_words import describe_hours

_COLUMNS = ("Team member", "Time zone", "Holidays", "Hours")
# The form, and in a narrow window the least that the week takes, so that the hours in the table
# beside it are still read.
_FORM_WIDTH, _NARROW_FORM_WIDTH, _TABLE_WIDTH = 340, 284, 560


class Exceptions(QWidget):
    """`changed` tells that something was typed, added or removed."""

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._actors: list[ActorDraft] = []
        self._names: dict[str, str] = {}
        self._is_filling = False
        self.table = QTableWidget(0, len(_COLUMNS))
        self.table.setObjectName("exceptions")
        self.table.setAccessibleName("Exceptions")
        self.table.setHorizontalHeaderLabels(list(_COLUMNS))
        self.table.verticalHeader().setVisible(False)
        self.table.verticalHeader().setDefaultSectionSize(26)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(len(_COLUMNS) - 1, QHeaderView.ResizeMode.Stretch)
        self.table.setWordWrap(False)
        self.add = button("Add exception")
        self.remove = button("Remove exception", "flat")
        self.member, self.zone, self.holidays = QLineEdit(), QLineEdit(), QLineEdit()
        self.member.setPlaceholderText("ID, e.g. usr_7")
        self.zone.setPlaceholderText("As for everybody")
        self.holidays.setPlaceholderText(f"As for everybody; {NO_HOLIDAYS} for no holidays")
        self.zone.setCompleter(QCompleter(all_zone_names(), self))
        self.own_hours = QCheckBox("Own working hours")
        self.own_hours.setAccessibleName("Own working hours")
        self.week = WeekGrid(theme, "Exception ")
        self._fields = QWidget()
        self._lay_out()
        self._connect()
        self._show_actor()

    def _lay_out(self) -> None:
        form = field_form()
        self._fields.setLayout(form)
        for name, label, field in (
            ("Exception team member", "Team member", self.member),
            ("Exception time zone", "Time zone", self.zone),
            ("Exception holidays", "Holidays", self.holidays),
        ):
            field.setAccessibleName(name)
            form.addRow(form_label(label, field), field)
        form.addRow(self.own_hours)
        form.addRow(self.week)
        buttons = QHBoxLayout()
        buttons.addWidget(self.add)
        buttons.addWidget(self.remove)
        buttons.addStretch(1)
        left = QVBoxLayout()
        left.addWidget(self.table, 1)
        left.addLayout(buttons)
        right = QVBoxLayout()
        right.addWidget(self._fields)
        right.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 12, 0, 0)
        row.setSpacing(20)
        row.addLayout(left, 1)
        row.addLayout(right)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the hours in the table are still read."""
        super().resizeEvent(event)
        room = event.size().width() - _TABLE_WIDTH
        self._fields.setFixedWidth(max(_NARROW_FORM_WIDTH, min(room, _FORM_WIDTH)))

    def _connect(self) -> None:
        self.table.currentCellChanged.connect(lambda *_: self._show_actor())
        self.add.clicked.connect(self._add)
        self.remove.clicked.connect(self._remove)
        for field in (self.member, self.zone, self.holidays):
            field.textEdited.connect(lambda _text: self._take())
        self.own_hours.toggled.connect(self._take_own_hours)
        self.week.changed.connect(self._take)

    # -- content ---------------------------------------------------------------

    def actors(self) -> tuple[ActorDraft, ...]:
        """The exceptions as they stand."""
        return tuple(self._actors)

    def show_actors(self, actors: tuple[ActorDraft, ...]) -> None:
        """Show these."""
        self._actors = list(actors)
        self._fill(0 if actors else -1)

    def name(self, names: dict[str, str]) -> None:
        """These are the names of the log's actors, by ID."""
        self._names = names
        for place in range(len(self._actors)):
            self._fill_row(place)
        self.member.setCompleter(QCompleter(sorted(names), self))

    def mark(self, key: str, sentence: str) -> None:
        """Mark the field of a key such as `actors.usr_9.hours.wed`, and go to its row."""
        place, rest = self._find(key)
        if place is not None and place != self.table.currentRow():
            self.table.setCurrentCell(place, 0)
        fields = {"time_zone": self.zone, "holidays": self.holidays, "": self.member}
        for name, field in fields.items():
            mark_wrong(field, sentence if place is not None and name == rest else "")
        is_day = place is not None and rest.startswith("hours.")
        self.week.mark(rest.removeprefix("hours.") if is_day else "", sentence)

    def _find(self, key: str) -> tuple[int | None, str]:
        if key.startswith("actors["):
            return int(key[len("actors[") : -1]), ""
        for place, actor in enumerate(self._actors):
            for name in (actor.actor_id, f'"{actor.actor_id}"'):
                if key.startswith(f"actors.{name}."):
                    return place, key.removeprefix(f"actors.{name}.")
        return None, ""

    def _fill(self, row: int) -> None:
        self._is_filling = True
        self.table.setRowCount(len(self._actors))
        for place in range(len(self._actors)):
            self._fill_row(place)
        self._is_filling = False
        self.table.setCurrentCell(row, 0)
        self._show_actor()

    def _fill_row(self, place: int) -> None:
        actor = self._actors[place]
        name = self._names.get(actor.actor_id, "")
        who = f"{name} ({actor.actor_id})" if name else actor.actor_id
        week = "" if actor.week is None else _words(actor.week)
        for column, text in enumerate((who, actor.time_zone, actor.holidays, week)):
            item = QTableWidgetItem(visible_text(text))
            # Hours that differ by day rarely fit.
            item.setToolTip(plain_tooltip(text))
            self.table.setItem(place, column, item)

    def _show_actor(self) -> None:
        if self._is_filling:
            return
        row = self.table.currentRow()
        actor = self._actors[row] if 0 <= row < len(self._actors) else None
        self._fields.setEnabled(actor is not None)
        permit(self.remove, "" if actor else "Choose a team member in the table.")
        shown = actor or ActorDraft("")
        self._is_filling = True
        self.member.setText(shown.actor_id)
        self.zone.setText(shown.time_zone)
        self.holidays.setText(shown.holidays)
        self.own_hours.setChecked(shown.week is not None)
        self.week.show_week(shown.week)
        self._is_filling = False
        self.week.setEnabled(shown.week is not None)

    # -- changes ---------------------------------------------------------------

    def _take(self) -> None:
        row = self.table.currentRow()
        if self._is_filling or not 0 <= row < len(self._actors):
            return
        self._actors[row] = ActorDraft(
            self.member.text().strip(),
            self.zone.text(),
            self.holidays.text(),
            self.week.week() if self.own_hours.isChecked() else None,
        )
        self._fill_row(row)
        self.changed.emit()

    def _take_own_hours(self, is_own: bool) -> None:
        self.week.setEnabled(is_own)
        self._take()

    def _add(self) -> None:
        self._actors.append(ActorDraft(""))
        self._fill(len(self._actors) - 1)
        self.member.setFocus()
        self.changed.emit()

    def _remove(self) -> None:
        row = self.table.currentRow()
        if 0 <= row < len(self._actors):
            del self._actors[row]
            self._fill(min(row, len(self._actors) - 1))
            self.changed.emit()


def _words(week: WeekDraft) -> str:
    """Days with the same hours together, such as `Wed-Fri 22:00-06:00`."""
    return describe_hours(
        tuple(
            None if is_off((start, end)) else f"{start.strip()}-{end.strip()}"
            for start, end in week
        )
    )
