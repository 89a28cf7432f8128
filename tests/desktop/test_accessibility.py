"""What a screen reader and a keyboard find in the window: names, roles, order, cells, focus."""

import re
from collections.abc import Callable
from operator import ne

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleEvent,
    QAccessibleInterface,
    QAction,
    QGuiApplication,
    QImage,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from mylla_audit_desktop.desktop.review.policy_dialog import PolicyDialog
from mylla_audit_desktop.desktop.shortcuts import (
    ACTIVITY_SHORTCUTS,
    REVIEW_SHORTCUTS,
    SHORTCUTS,
    WINDOW_SHORTCUTS,
)
from mylla_audit_desktop.desktop.theme import ThemeChoice
from mylla_audit_desktop.desktop.window import MainWindow
from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.filters import LogFilters
from mylla_audit_desktop.log.period import PeriodChoice, Preset
from tests.desktop.dialogs import DIALOGS
from tests.desktop.reviewing import PATIENCE, Office, Start, opened

Role = QAccessible.Role
BUTTON, FIELD, TEXT, TABLE = Role.Button, Role.EditableText, Role.StaticText, Role.Table
# By page: what `interfaces.md` of the design promises.
NAMES = {
    "Audit log": {
        "Date range": Role.ButtonMenu,
        **dict.fromkeys(("From", "To", "Actor", "Action", "Target"), FIELD),
        **dict.fromkeys(("Clear filters", "Export CSV", "Refresh"), BUTTON),
        "Audit log entries": TABLE,
        "Result summary": TEXT,
        "Changes": TABLE,
        "Entry details": Role.Border,
    },
    "Review": {
        "Checklist": Role.List,
        "Findings": TABLE,
        "Finding details": Role.Border,
        "Decision note": FIELD,
        **dict.fromkeys(("Expected", "Needs follow-up", "Escalate", "Reopen"), BUTTON),
        **dict.fromkeys(("Sign off period", "Save report"), BUTTON),
    },
    "Activity": {"Activity by hour": TABLE, "Entries over time": TABLE},
    "Retention": {
        **dict.fromkeys(("Retention days", "Documented standard", "Last enforced"), TEXT),
        "Change retention": BUTTON,
    },
}
CONNECTION = {
    **dict.fromkeys(("Connection name", "Host", "Port", "Database", "User", "Password"), FIELD),
    **dict.fromkeys(("Database type", "TLS mode"), Role.ButtonMenu),
    "Root certificate": FIELD,
    **dict.fromkeys(("Test connection", "Connect", "Remove"), BUTTON),
}
FRAME = ["Settings", "Connection", "Time zone Europe/Berlin (UTC+01:00)"]
FILTERS = ["Date range", "From", "To", "Actor", "Action", "Target", "Clear filters", "Refresh"]
# By page: what Tab reaches, from the top left to the bottom right, then the frame below.
ORDER = {
    "Audit log": [*FILTERS, "Export CSV", "Audit log entries", "Trace target", "Changes",
                  "Raw JSON", "Copy"],
    "Review": ["Review period", "From", "To", "Save report", "Checklist", "Edit policy", "Status",
               "Severity", "Actor", "Findings", "Open in audit log", "Changes",
               "Usual hours of Olga, in UTC", "Decision note", "Expected", "Needs follow-up",
               "Escalate"],
    "Activity": [*FILTERS, "Show as table", "Activity by hour", "Entries over time", "Top actors",
                 "Top actions", "Top targets"],
    "Retention": ["Read again", "Change retention"],
}  # fmt: skip


@pytest.fixture
def window(qtbot: QtBot, start: Start, small: Office) -> MainWindow:
    """The window over the usual log, all of it on show."""
    page = opened(qtbot, start, small)
    window = page.window()
    assert isinstance(window, MainWindow)
    window.notice.hide()
    everything = PeriodChoice(Preset.ALL_TIME)
    # Of those every entry tells what it changed.
    window.audit_log.bar.set_filters(LogFilters(everything, actions=("agent.update",)))
    window.activity.bar.set_filters(LogFilters(everything))
    qtbot.wait_until(lambda: window.audit_log.model.is_exact, timeout=PATIENCE)
    return window


def turn_to(qtbot: QtBot, window: MainWindow, name: str) -> QWidget:
    """A page of the window, once it shows what it is about."""
    pages = {"Audit log": window.audit_log, "Review": window.review}
    pages |= {"Activity": window.activity, "Retention": window.retention}
    page = pages[name]
    window.show_page(page)
    is_there: dict[str, Callable[[], bool]] = {
        "Audit log": lambda: window.audit_log.details.table.model().rowCount() > 0,
        "Review": lambda: window.review.details.changes.isVisible(),
        "Activity": lambda: window.activity.charts.isVisible(),
        "Retention": lambda: window.retention.state is not None,
    }
    qtbot.wait_until(is_there[name], timeout=PATIENCE)
    return page


def visible(inside: QWidget) -> list[QWidget]:
    return [one for one in inside.findChildren(QWidget) if one.isVisibleTo(inside)]


def named(inside: QWidget) -> set[tuple[str, Role]]:
    """Names and roles, as the accessibility bus tells them."""
    found = set()
    for one in visible(inside):
        interface = QAccessible.queryAccessibleInterface(one)
        if one.accessibleName():
            found.add((interface.text(QAccessible.Text.Name), interface.role()))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_page_names_its_widgets_as_agreed(qtbot: QtBot, window: MainWindow, name: str) -> None:
    assert set(NAMES[name].items()) - named(turn_to(qtbot, window, name)) == set()
    listed = [window.pages.item(row).text() for row in range(window.pages.count())]
    assert (window.pages.accessibleName(), listed) == ("Pages", list(NAMES))


def test_the_dialogs_name_their_widgets_as_agreed(qtbot: QtBot, start: Start) -> None:
    session = start(None)
    assert session.window.status.connection.accessibleDescription() == "No database"
    dialog = session.add_connection()
    # There is nothing to remove before it is saved.
    assert set(CONNECTION.items()) - named(dialog) == {("Remove", BUTTON)}
    assert dialog.remove.accessibleName() == "Remove"
    dialog.close()


def test_the_export_names_its_widgets_as_agreed(window: MainWindow) -> None:
    dialog = window.audit_log.exporting.dialog()
    assert dialog is not None
    dialog.open()
    assert dialog.accessibleName() == "Export"
    assert {("Export", BUTTON), ("Cancel", BUTTON)} <= named(dialog)
    assert "Export progress" in {one.accessibleName() for one in dialog.findChildren(QWidget)}
    dialog.close()


def first_of_each_name(root: QAccessibleInterface) -> dict[str, Role | None]:
    """Names, each with the role of what has it first, from the top down; of what is shown.

    No role, where it is a label that says nothing but its name.
    """
    found: dict[str, Role | None] = {}
    rest = [root]
    while rest:
        one = rest.pop()
        if one is None or one.state().invisible:
            continue
        is_silent = one.role() == TEXT and not one.text(QAccessible.Text.Description)
        found.setdefault(one.text(QAccessible.Text.Name), None if is_silent else one.role())
        # Tables have many cells.
        if one.role() != TABLE:
            rest += [one.child(number) for number in reversed(range(one.childCount()))]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_who_looks_for_a_name_alone_finds_what_it_belongs_to(
    qtbot: QtBot, window: MainWindow, name: str
) -> None:
    turn_to(qtbot, window, name)
    agreed = {**NAMES[name], "Pages": Role.List, **dict.fromkeys(NAMES, Role.ListItem)}
    if name == "Activity":
        agreed |= {one: NAMES["Audit log"][one] for one in FILTERS}
    first = first_of_each_name(QAccessible.queryAccessibleInterface(window))
    assert {one: first.get(one) for one in agreed} == agreed


def test_who_looks_for_a_name_alone_in_a_dialog_finds_what_it_belongs_to(
    qtbot: QtBot, start: Start, window: MainWindow
) -> None:
    dialog = window.audit_log.exporting.dialog()
    assert dialog is not None
    dialog.open()
    first = first_of_each_name(QAccessible.queryAccessibleInterface(dialog))
    agreed = {"Export": Role.Dialog, "File": FIELD, "For": Role.ButtonMenu, "Cancel": BUTTON}
    assert {one: first.get(one) for one in agreed} == agreed
    dialog.close()
    connection = start(None).add_connection()
    first = first_of_each_name(QAccessible.queryAccessibleInterface(connection))
    agreed = {one: role for one, role in CONNECTION.items() if one != "Remove"}
    assert {one: first.get(one) for one in agreed} == agreed
    connection.close()


def test_the_words_beside_a_field_are_its_label(window: MainWindow) -> None:
    bar = window.audit_log.bar
    for field in (bar.period, bar.start, bar.end, bar.actor, bar.action, bar.target):
        interface = QAccessible.queryAccessibleInterface(field)
        (label,) = (
            other for other, kind in interface.relations() if kind == QAccessible.RelationFlag.Label
        )
        assert label.text(QAccessible.Text.Name) == f"{field.accessibleName()}:"


@pytest.mark.parametrize("name", ORDER)
def test_tab_goes_as_one_reads(qtbot: QtBot, window: MainWindow, name: str) -> None:
    turn_to(qtbot, window, name)
    window.pages.setFocus()
    met: list[str] = []
    while not met or window.focusWidget() is not window.pages:
        assert len(met) < 40, met
        met.append(focused().accessibleName())
        QTest.keyClick(QGuiApplication.focusWindow(), Qt.Key.Key_Tab)
    assert met == ["Pages", *ORDER[name], *FRAME]


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


@pytest.mark.parametrize(
    ("page", "table", "headers", "cell"),
    [
        ("Audit log", "Audit log entries", "Timestamp Actor Action Target Changes", "Olga"),
        ("Audit log", "Changes", "Field Before After", "greeting"),
        ("Review", "Findings", "Severity Finding By When Status", "high"),
        ("Activity", "Activity by hour", "", "entr"),
    ],
)
def test_a_table_is_read_by_cell_with_its_headers(
    qtbot: QtBot, window: MainWindow, page: str, table: str, headers: str, cell: str
) -> None:
    shown = turn_to(qtbot, window, page)
    widget = next(one for one in visible(shown) if one.accessibleName() == table)
    interface = QAccessible.queryAccessibleInterface(widget)
    said: dict[Role, list[str]] = {}
    # By rows, headers included.
    for number in range(min(interface.childCount(), 200)):
        one = interface.child(number)
        said.setdefault(one.role(), []).append(one.text(QAccessible.Text.Name))
    assert said[Role.ColumnHeader][: len(headers.split())] == headers.split()
    assert all(said[Role.ColumnHeader])
    assert any(cell in text for text in said[Role.Cell]), said[Role.Cell]


@pytest.mark.parametrize("name", NAMES)
def test_what_cannot_be_pressed_says_why(qtbot: QtBot, window: MainWindow, name: str) -> None:
    page = turn_to(qtbot, window, name)
    silent = [
        one.accessibleName()
        for one in visible(page)
        if isinstance(one, QPushButton) and not one.isEnabled() and not one.toolTip()
    ]
    assert silent == []


@pytest.mark.parametrize("theme", [ThemeChoice.LIGHT, ThemeChoice.DARK, ThemeChoice.CONTRAST])
def test_the_focus_is_seen(qtbot: QtBot, window: MainWindow, theme: ThemeChoice) -> None:
    window.theme.apply(theme)
    unseen = []
    for name in ORDER:
        page = turn_to(qtbot, window, name)
        stops = [
            one
            for one in [*visible(page), window.pages]
            if one.isEnabled() and one.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        for one in stops:
            elsewhere = window.status.zone
            elsewhere.setFocus()
            before = one.grab().toImage()
            one.setFocus(Qt.FocusReason.TabFocusReason)
            # More than a text cursor.
            if changed_pixels(before, one.grab().toImage()) < 60:
                unseen.append(f"{name}: {one.accessibleName()}")
    assert unseen == []


@pytest.mark.parametrize("theme", [ThemeChoice.LIGHT, ThemeChoice.DARK, ThemeChoice.CONTRAST])
def test_the_focus_is_drawn_once(window: MainWindow, theme: ThemeChoice) -> None:
    window.theme.apply(theme)
    page = window.audit_log
    window.show_page(page)
    for one in (page.bar.period, page.bar.refresh, page.details.copy, window.status.zone):
        inside = one.rect().adjusted(4, 4, -4, -4)
        page.table.setFocus()
        before = one.grab(inside).toImage()
        # As Tab does it: what is reached by a click shows less.
        QTest.keyClick(window, Qt.Key.Key_Tab)
        one.setFocus(Qt.FocusReason.TabFocusReason)
        # An arrow moves with the edge of its button.
        assert changed_pixels(before, one.grab(inside).toImage()) < 60, one.accessibleName()


@pytest.mark.parametrize("name", DIALOGS)
def test_the_focus_is_seen_in_a_dialog(qtbot: QtBot, window: MainWindow, name: str) -> None:
    if name == "Change retention":
        turn_to(qtbot, window, "Retention")
    DIALOGS[name](window)
    (dialog,) = (one for one in window.findChildren(QDialog) if one.isVisible())
    if isinstance(dialog, PolicyDialog):
        qtbot.wait_until(
            lambda: "This policy gives" in dialog.check.effect.text(), timeout=PATIENCE
        )
    qtbot.wait_until(dialog.isActiveWindow)
    unseen = []
    for theme in (ThemeChoice.LIGHT, ThemeChoice.DARK, ThemeChoice.CONTRAST):
        window.theme.apply(theme)
        stops = [
            one
            for one in dialog.findChildren(QWidget)
            if one.isVisible() and one.isEnabled() and one.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        for one in stops:
            one.clearFocus()
            before = one.grab().toImage()
            one.setFocus(Qt.FocusReason.TabFocusReason)
            if changed_pixels(before, one.grab().toImage()) < 60:
                unseen.append(f"{theme.value}: {type(one).__name__} {one.accessibleName()}")
    assert unseen == []
    dialog.close()


def changed_pixels(before: QImage, after: QImage) -> int:
    """How many points differ."""
    assert before.size() == after.size()
    images = [one.convertToFormat(QImage.Format.Format_RGB32) for one in (before, after)]
    return sum(map(ne, *(memoryview(one.constBits()).cast("I") for one in images)))


def test_f1_lists_every_shortcut(window: MainWindow) -> None:
    listed = {
        part
        for keys, _meaning in (
            *WINDOW_SHORTCUTS,
            *SHORTCUTS,
            *REVIEW_SHORTCUTS,
            *ACTIVITY_SHORTCUTS,
        )
        for part in expand(keys)
    }
    actions = [one for one in window.findChildren(QAction) if not one.shortcut().isEmpty()]
    used = {one.shortcut().toString() for one in actions}
    assert used - listed == set()
    assert len(used) > 10


def expand(keys: str) -> list[str]:
    """`Ctrl+1 … Ctrl+5` one by one."""
    found = re.fullmatch(r"(\S+\+)(\d) … \S+(\d)", keys)
    if found is None:
        return keys.split(", ")
    return [f"{found[1]}{number}" for number in range(int(found[2]), int(found[3]) + 1)]


def test_results_and_errors_are_announced(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    page = window.audit_log
    window.show_page(page)

    def listen(event: QAccessibleEvent) -> None:
        if isinstance(event, QAccessibleAnnouncementEvent):
            said.append(event.message())

    monkeypatch.setattr(QAccessible, "updateAccessibility", listen)
    page.bar.target.setText("nobody has this")
    qtbot.wait_until(lambda: any("No entries match" in one for one in said), timeout=PATIENCE)
    assert any(one.startswith("0 entries ·") for one in said)
    page.bar.period.set_preset(Preset.CUSTOM)
    page.bar.start.setText("2026-13-01")
    QTest.keyClick(page.bar.start, Qt.Key.Key_Return)
    assert "there is no day 2026-13-01" in page.bar.start.accessibleDescription()
    assert any("there is no day 2026-13-01" in one for one in said)


def test_a_bound_that_a_screen_reader_writes_counts_as_typed(
    qtbot: QtBot, window: MainWindow
) -> None:
    page = window.audit_log
    window.show_page(page)
    interface = QAccessible.queryAccessibleInterface(page.bar.start)
    interface.setText(QAccessible.Text.Value, "2026-11-01")
    qtbot.wait_until(lambda: page.filters.period.start == "2026-11-01", timeout=PATIENCE)
    assert page.bar.period.preset is Preset.CUSTOM


@pytest.mark.parametrize("name", NAMES)
def test_no_words_of_a_screen_reader_are_markup(
    qtbot: QtBot, window: MainWindow, name: str
) -> None:
    page = window.audit_log
    page.bar.show_error(InputError("The action 'a & <b>' is none."))
    qtbot.wait_until(lambda: bool(page.bar.message.text()), timeout=PATIENCE)
    turn_to(qtbot, window, name)
    for widget in window.findChildren(QWidget):
        interface = QAccessible.queryAccessibleInterface(widget)
        said = interface.text(QAccessible.Text.Description)
        assert not said.startswith("<"), (type(widget).__name__, said)
    said = QAccessible.queryAccessibleInterface(page.bar.message).text(QAccessible.Text.Description)
    assert said == "The action 'a & <b>' is none."


def silent_labels(inside: QWidget) -> list[tuple[list[str], str]]:
    """Labels whose text is neither in their name nor in their description."""
    silent = []
    for label in inside.findChildren(QLabel):
        interface = QAccessible.queryAccessibleInterface(label)
        said = [
            interface.text(part) for part in (QAccessible.Text.Name, QAccessible.Text.Description)
        ]
        if label.isVisible() and not any(label.text() in words for words in said):
            silent.append((said, label.text()))
    return silent


@pytest.mark.parametrize("name", NAMES)
def test_what_a_named_label_shows_is_heard(qtbot: QtBot, window: MainWindow, name: str) -> None:
    turn_to(qtbot, window, name)
    assert silent_labels(window) == []
    assert {"Reviewer", "Snapshot"} <= {one.accessibleName() for one in visible(window.status)}


@pytest.mark.parametrize("name", DIALOGS)
def test_what_a_named_label_shows_in_a_dialog_is_heard(
    qtbot: QtBot, window: MainWindow, name: str
) -> None:
    if name == "Change retention":
        turn_to(qtbot, window, "Retention")
    DIALOGS[name](window)
    (dialog,) = (one for one in window.findChildren(QDialog) if one.isVisible())
    assert silent_labels(dialog) == []
    dialog.close()


def select_by_the_bus(widget: QWidget, number: int) -> None:
    """Select a part of a list or table, counted with its headers, as a screen reader does."""
    QAccessible.queryAccessibleInterface(widget).child(number).actionInterface().doAction("Toggle")


def test_a_page_is_turned_to_by_selecting_its_name(qtbot: QtBot, window: MainWindow) -> None:
    for number, name in ((1, "Review"), (2, "Activity"), (3, "Retention"), (0, "Audit log")):
        for _twice in range(2):
            select_by_the_bus(window.pages, number)
            qtbot.wait_until(lambda: window.pages.selectedItems() == [window.pages.currentItem()])
            assert window.pages.currentRow() == number
        assert turn_to(qtbot, window, name).isVisible()


def test_an_entry_is_shown_by_selecting_it(qtbot: QtBot, window: MainWindow) -> None:
    page = window.audit_log
    turn_to(qtbot, window, "Audit log")
    before = page.details.accessibleDescription()
    # A row of headers, and in each row its own header, which is hidden.
    select_by_the_bus(page.table, 4 * (page.model.columnCount() + 1) + 1)
    qtbot.wait_until(lambda: page.details.accessibleDescription() != before, timeout=PATIENCE)
    assert page.table.currentIndex().row() == 3
