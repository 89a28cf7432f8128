"""The list of keyboard shortcuts (F1)."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QWidget,
)

from mylla_audit_desktop.desktop.theme import mono_font
from mylla_audit_desktop.desktop.widgets import dialog_column, plain_label, set_tone
from mylla_audit_desktop.desktop.widgets.scrolling import Scrolling, fit_screen

# The list has two columns on a screen of this width.
_TWO_COLUMNS = 1200
# Between the frame of the focus and the lines within it.
_INSIDE = 6

SHORTCUTS = (
    ("Ctrl+L", "Go to the filters"),
    ("Ctrl+F", "Find a target: go to its field"),
    ("Ctrl+Shift+X", "Clear the filters"),
    ("Ctrl+T", "Go to the entries"),
    ("Ctrl+D", "Go to the changes of the selected entry"),
    ("Ctrl+G", "Show everything that touched the selected entry's target"),
    ("Home, End", "First and last entry of the whole result"),
    ("Page up, Page down", "A screen up and down"),
    ("Shift+Up, Shift+Down, Ctrl+A", "Select several entries"),
    ("Letters", "Next entry that begins so, in the column with the focus"),
    ("Menu, F10", "What can be done with the entry, or with the value"),
    ("Ctrl+1 … Ctrl+5", "Sort by a column; again turns it round"),
    ("Ctrl+C", "Copy the selected entries, or the selected value"),
    ("R", "In the details: raw JSON"),
    ("U", "In the details: unchanged fields"),
    ("Enter", "In the changes: unfold a long text"),
    ("F5", "Refresh"),
    ("Ctrl+E", "Export CSV"),
)

# On every page.
WINDOW_SHORTCUTS = (
    ("Alt+1 … Alt+4", "Go to a page"),
    ("Ctrl+,", "Settings"),
    ("F1", "This list"),
    ("Ctrl+W, Ctrl+Q", "Close the window"),
)

# On the review page, the first ones while the findings have the focus.
REVIEW_SHORTCUTS = (
    ("E", "Expected; then the next open finding"),
    ("F", "Needs follow-up"),
    ("X", "Escalate"),
    ("R", "Reopen"),
    ("U", "Take back your last decision"),
    ("Shift+Up, Shift+Down, Ctrl+A", "Select several, to decide at once"),
    ("Ctrl+Enter", "In the note: give the verdict that asked for it"),
    ("Escape", "In the note: back to the findings"),
    ("Ctrl+J", "Next open finding"),
    ("Ctrl+L", "Go to the checklist"),
    ("Ctrl+T", "Go to the findings"),
    ("Ctrl+D", "Go to the note"),
    ("Ctrl+P", "Choose the period"),
    ("Ctrl+G", "Open the finding's entries on the audit log page"),
    ("Ctrl+1 … Ctrl+5", "Sort by a column; again turns it round"),
    ("F5", "Read the findings anew"),
    ("Ctrl+E", "Save the report"),
    ("Ctrl+Shift+S", "Sign off the period"),
)

ACTIVITY_SHORTCUTS = (
    ("Arrow keys", "Next hour, bar or value"),
    ("Enter", "Show the entries of the hour or the value"),
    ("Shift+Left, Shift+Right", "In the bars: select several; Enter takes them as period"),
    ("Escape", "In the bars: let go of them"),
    ("Ctrl+Shift+X", "Clear the filters"),
    ("F5", "Refresh"),
)


def show_shortcuts(parent: QWidget | None) -> None:
    """Show the list until it is closed."""
    dialog = shortcut_dialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()


def shortcut_dialog(parent: QWidget | None) -> QDialog:
    """The list as a dialog."""
    dialog = QDialog(parent)
    dialog.setWindowTitle("Keyboard shortcuts")
    dialog.setAccessibleName("Keyboard shortcuts")
    content = QWidget()
    columns = QHBoxLayout(content)
    columns.setContentsMargins(0, 0, 0, 0)
    columns.setSpacing(24)
    left = (("Audit log", SHORTCUTS), ("Every page", WINDOW_SHORTCUTS))
    right = (("Review", REVIEW_SHORTCUTS), ("Activity", ACTIVITY_SHORTCUTS))
    is_wide = dialog.screen().availableGeometry().width() >= _TWO_COLUMNS
    for groups in (left, right) if is_wide else (left + right,):
        columns.addLayout(_column(groups), 1)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    layout = dialog_column(dialog, "Keyboard shortcuts")
    area = Scrolling(content)
    area.setAccessibleName("List of keyboard shortcuts")
    layout.addWidget(area, 1)
    layout.addWidget(buttons)
    fit_screen(dialog, dialog.sizeHint())
    if dialog.height() < dialog.sizeHint().height():
        # Without a mouse, the keys scroll; the frame of the focus stands around the lines.
        columns.setContentsMargins(_INSIDE, _INSIDE, _INSIDE, _INSIDE)
        set_tone(area, "scrolls", "true")
        area.setFrameShape(QFrame.Shape.StyledPanel)
        area.updateGeometry()
        fit_screen(dialog, dialog.sizeHint())
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        area.setFocus()
    return dialog


def _column(groups: Sequence[tuple[str, Sequence[tuple[str, str]]]]) -> QGridLayout:
    """Groups of keys below each other, their meanings in one line."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(4)
    row = 0
    for title, shortcuts in groups:
        grid.addWidget(plain_label(title, "section"), row, 0, 1, 2)
        row += 1
        for keys, meaning in shortcuts:
            label = plain_label(keys)
            label.setFont(mono_font())
            grid.addWidget(label, row, 0)
            grid.addWidget(plain_label(meaning), row, 1)
            row += 1
        grid.setRowMinimumHeight(row, 8)
        row += 1
    grid.setRowStretch(row, 1)
    grid.setColumnStretch(1, 1)
    return grid
