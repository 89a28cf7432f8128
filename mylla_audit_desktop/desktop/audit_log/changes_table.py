"""The diff of one entry as a table Field, Before, After.

The delegate paints what was removed struck through and what was added in bold, never by
colour alone. Texts are laid out with character formats, never as markup.
"""

from PySide6.QtCore import (
    QLine,
    QModelIndex,
    QPoint,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QAction,
    QColor,
    QContextMenuEvent,
    QFont,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPen,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextOption,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from mylla_audit_desktop.desktop.audit_log.changes_model import (
    HEADINGS,
    ChangesModel,
    FieldChange,
    Index,
    cut,
    side_text,
)
from mylla_audit_desktop.desktop.theme import Theme, mono_font, text_font
from mylla_audit_desktop.desktop.widgets.clipboard import copy_text
from mylla_audit_desktop.desktop.widgets.thin_lines import draw_thin_lines
from mylla_audit_desktop.log.diff import SIGNS, FieldDiff, Kind, Missing, Side
from mylla_audit_desktop.log.json_text import JsonNumber, Unreadable
from mylla_audit_desktop.log.text_diff import Change, folded_parts
from mylla_audit_desktop.log.visible import visible_lines, visible_text

# Of all stretches of a text that is shown once.
_LONGEST_INLINE = 20_000
_FIELD_WIDTH = 112
_MARGIN = 8


class ChangesTable(QTableView):
    """Shows a `ChangesModel`; Enter or a double click unfolds a long text.

    is_framed: whether a frame stands around it, which is also the line below the last row.
    rows_fitted: the rows have the height that their texts need in the columns' width.
    """

    rows_fitted = Signal()

    def __init__(self, theme: Theme, *, is_framed: bool = False) -> None:
        super().__init__()
        self.setAccessibleName("Changes")
        self.is_framed = is_framed
        if is_framed:
            self.setObjectName("framed")
        self.changes = ChangesModel(self)
        self.setModel(self.changes)
        self._delegate = ChangeDelegate(theme, self)
        self.setItemDelegate(self._delegate)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().setVisible(False)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(0, _FIELD_WIDTH)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        # While columns are told of their width, not all of them have it yet.
        self._fit_timer = QTimer(self, singleShot=True, interval=0)
        self._fit_timer.timeout.connect(self._fit_rows)
        header.sectionResized.connect(lambda *_: self._fit_timer.start())
        self.activated.connect(self._toggle_fold)
        self._copies = [
            self._copy_action(f"Copy {HEADINGS[side].lower()}", side) for side in (1, 2)
        ]
        self.selectionModel().currentChanged.connect(self._allow_copies)
        self.changes.modelReset.connect(self._allow_copies)
        self._allow_copies()

    def copy_selected(self) -> bool:
        """Copy the selected value, or both where one cell shows them as one text.

        Whether there is one.
        """
        if not self.selectionModel().hasSelection():
            return False
        copy_text(self._selected_value())
        return True

    def _selected_value(self) -> str:
        index = self.currentIndex()
        row, column = index.row(), index.column()
        if column == 1 and self.changes.fields[row].is_inline:
            before, after = (self.changes.value(row, side) for side in (1, 2))
            return f"Before:\n{before}\n\nAfter:\n{after}"
        return self.changes.value(row, column)

    def _copy_action(self, text: str, side: int) -> QAction:
        action = QAction(text, self)
        action.triggered.connect(
            lambda: copy_text(self.changes.value(self.currentIndex().row(), side))
        )
        self.addAction(action)
        return action

    def _allow_copies(self) -> None:
        row = self.currentIndex().row()
        for side, action in enumerate(self._copies, 1):
            action.setEnabled(row >= 0 and self.changes.is_set(row, side))

    def show_fields(self, fields: tuple[FieldChange, ...]) -> None:
        """Show these fields, folded."""
        self._delegate.forget()
        self.clearSpans()
        self.changes.set_fields(fields)
        for row, field in enumerate(fields):
            if field.is_inline:
                self.setSpan(row, 1, 1, 2)
        self._fit_rows()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies what is selected, whole; F10 opens the menu.

        Letters are the pane's: to look for a field by its first ones would swallow them.
        """
        if event.matches(QKeySequence.StandardKey.Copy):
            event.setAccepted(self.copy_selected())
        elif event.key() == Qt.Key.Key_F10:
            self._show_menu_of_current()
        elif event.text().isalpha():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu at the mouse, or by the menu key at the value with the focus."""
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            self._show_menu_of_current()
        else:
            self._show_menu(event.globalPos())

    def _show_menu_of_current(self) -> None:
        offered = [action for action in self._copies if action.isEnabled()]
        if offered:
            self.scrollTo(self.currentIndex())
            center = self.visualRect(self.currentIndex()).center()
            # By keyboard something in it is chosen, which a screen reader says.
            self._show_menu(self.viewport().mapToGlobal(center)).setActiveAction(offered[0])

    def _show_menu(self, place: QPoint) -> QMenu:
        menu = QMenu(self)
        menu.addActions(self._copies)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)
        return menu

    def _toggle_fold(self, index: QModelIndex) -> None:
        self._delegate.toggle_fold(index.row())
        self._fit_rows()

    def _fit_rows(self) -> None:
        self._delegate.forget_layouts()
        for row in range(self.changes.rowCount()):
            self.setRowHeight(row, self._delegate.height_of(row))
        self.rows_fitted.emit()


class ChangeDelegate(QStyledItemDelegate):
    """Lays out and paints the cells."""

    def __init__(self, theme: Theme, table: ChangesTable) -> None:
        super().__init__(table)
        self._theme = theme
        self._table = table
        self._documents: dict[tuple[int, int], QTextDocument] = {}
        self._unfolded: set[int] = set()
        theme.changed.connect(self.forget_layouts)

    def forget(self) -> None:
        """The fields are others now."""
        self._unfolded.clear()
        self.forget_layouts()

    def forget_layouts(self) -> None:
        """Widths or colours are others now."""
        self._documents.clear()

    def toggle_fold(self, row: int) -> None:
        """Show a long text whole, or folded again."""
        self._unfolded ^= {row}

    def height_of(self, row: int) -> int:
        """The height that the row's tallest cell needs."""
        columns = (0, 1) if self._table.changes.fields[row].is_inline else (0, 1, 2)
        return max(int(self._document(row, column).size().height()) for column in columns)

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """As laid out."""
        return self._document(index.row(), index.column()).size().toSize()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The cell's document, a line below, and the focus."""
        painter.save()
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        color = self._theme.color("selection" if is_selected else "panel")
        painter.fillRect(option.rect, color)
        if not (self._table.is_framed and index.row() == len(self._table.changes.fields) - 1):
            # Into the next cell, whose ground may begin half a pixel further on.
            below = option.rect.bottom()
            line = QLine(option.rect.left(), below, option.rect.right() + 1, below)
            draw_thin_lines(painter, self._theme.color("line"), [line])
        if bool(option.state & QStyle.StateFlag.State_HasFocus):
            painter.setPen(QPen(self._theme.color("accent"), 2))
            painter.drawRect(option.rect.adjusted(1, 1, -1, -1))
        painter.setClipRect(option.rect)
        painter.translate(option.rect.topLeft())
        context = QAbstractTextDocumentLayout.PaintContext()
        context.palette.setColor(context.palette.ColorRole.Text, self._theme.color("text"))
        self._document(index.row(), index.column()).documentLayout().draw(painter, context)
        painter.restore()

    def _document(self, row: int, column: int) -> QTextDocument:
        found = self._documents.get((row, column))
        if found is None:
            field = self._table.changes.fields[row]
            width = self._table.columnWidth(column)
            if column == 1 and field.is_inline:
                width += self._table.columnWidth(2)
            found = self._documents[row, column] = self._lay_out(field, row, column, width)
        return found

    def _lay_out(self, field: FieldChange, row: int, column: int, width: int) -> QTextDocument:
        document = QTextDocument(self)
        document.setDocumentMargin(_MARGIN)
        document.setDefaultFont(text_font(13))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        document.setDefaultTextOption(option)
        document.setUndoRedoEnabled(False)
        document.setTextWidth(max(width, 40))
        cursor = QTextCursor(document)
        if column == 0:
            self._write_field(cursor, field.diff)
        elif field.is_inline:
            self._write_stretches(cursor, field, row, {Change.REMOVED, Change.ADDED})
        elif field.stretches:
            kept = Change.REMOVED if column == 1 else Change.ADDED
            self._write_stretches(cursor, field, row, {kept})
        else:
            side = field.diff.before if column == 1 else field.diff.after
            self._write_side(cursor, side, field.diff.kind, is_before=column == 1)
        return document

    def _write_field(self, cursor: QTextCursor, diff: FieldDiff) -> None:
        path = visible_text(diff.path) or "(whole value)"
        # Invisible places where a long path may break, for the eye only.
        for mark in "._":
            path = path.replace(mark, f"{mark}\u200b")
        cursor.insertText(path, self._format("text", mono_font()))
        tone = {Kind.ADDED: "added", Kind.REMOVED: "removed", Kind.UNCHANGED: "muted"}
        name = tone.get(diff.kind, "changed")
        style = self._format(name, text_font(11, is_bold=True))
        if name != "muted":
            style.setBackground(self._theme.color(f"{name}_tint"))
        cursor.insertBlock()
        cursor.insertText(f"{SIGNS[diff.kind]} {diff.kind.value}", style)
        if diff.note:
            cursor.insertBlock()
            cursor.insertText(diff.note, self._format("muted", text_font(11)))

    def _write_side(self, cursor: QTextCursor, side: Side, kind: Kind, *, is_before: bool) -> None:
        text = visible_lines(cut(side_text(side)))
        if side is Missing.MISSING:
            cursor.insertText(text, self._format("muted", text_font(13)))
            return
        font = text_font(13) if isinstance(side, str) else mono_font()
        if side is None or isinstance(side, JsonNumber | bool | Unreadable):
            font = mono_font()
        style = self._format("text", font)
        if kind is Kind.CHANGED:
            style = self._changed(Change.REMOVED if is_before else Change.ADDED, font)
        cursor.insertText(text, style)

    def _write_stretches(
        self, cursor: QTextCursor, field: FieldChange, row: int, shown: set[Change]
    ) -> None:
        font = text_font(13)
        written = 0
        previous = Change.SAME
        for number, stretch in enumerate(field.stretches):
            if stretch.change is not Change.SAME and stretch.change not in shown:
                continue
            style = self._format("text", font)
            if stretch.change is not Change.SAME:
                style = self._changed(stretch.change, font)
            if previous is Change.REMOVED and stretch.change is Change.ADDED:
                # A gap for the eye; it is no part of either text.
                cursor.insertText("\u2009", self._format("text", font))
            previous = stretch.change
            head, folded, tail = folded_parts(field.stretches, number)
            if folded and row not in self._unfolded:
                cursor.insertText(visible_lines(head), style)
                note = f" … {folded:,} characters unchanged … "
                cursor.insertText(note, self._format("muted", text_font(11)))
                cursor.insertText(visible_lines(tail), style)
                written += len(head) + len(tail)
            else:
                cursor.insertText(visible_lines(cut(stretch.text)), style)
                written += len(stretch.text)
            if written > _LONGEST_INLINE:
                cursor.insertText(" … shown in part", self._format("muted", text_font(11)))
                return

    def _changed(self, change: Change, font: QFont) -> QTextCharFormat:
        name = "removed" if change is Change.REMOVED else "added"
        style = self._format(name, font)
        style.setBackground(self._theme.color(f"{name}_tint"))
        if change is Change.REMOVED:
            style.setFontStrikeOut(True)
        else:
            style.setFontWeight(QFont.Weight.DemiBold)
        return style

    def _format(self, color: str, font: QFont) -> QTextCharFormat:
        style = QTextCharFormat()
        style.setFont(font)
        style.setForeground(QColor(self._theme.color(color)))
        return style
