"""Small parts that several pages use; every text in them is plain text."""

import html
import re
from unicodedata import bidirectional

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QMessageBox,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from mylla_audit_desktop.desktop.theme import mono_font
from mylla_audit_desktop.log.visible import visible_lines, visible_name, visible_text

# As many letters of a word as always have room.
_LONG_WORD = re.compile(r"\S{40}(?=\S{4})")


def plain_label(text: str = "", tone: str = "", *, is_selectable: bool = False) -> QLabel:
    """A label that never guesses markup; `tone` is a look of the style sheet."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(visible_lines(text))
    if tone:
        label.setProperty("tone", tone)
    if is_selectable:
        label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        label.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
    return label


def field_label(text: str, field: QWidget, tone: str = "muted") -> QLabel:
    """The words beside a field or above a table, which has the same name or one of its own.

    To a screen reader they end in a colon: who looks for a name finds the field, not its words.
    """
    label = plain_label("", tone)
    label.setBuddy(field)
    label_field(label, text)
    return label


# A field, a choice or a button, as the style sheet has them.
_CONTROL_HEIGHT = 30


def form_label(text: str, field: QWidget) -> QLabel:
    """The `field_label` in a form, on the line of the field's text; of words, on the first one."""
    label = field_label(text, field)
    if isinstance(field, QLabel):
        label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    else:
        # A form would give it a height of its own guess, and the name stand higher than the text.
        label.setFixedHeight(_CONTROL_HEIGHT)
    return label


def label_field(label: QLabel, text: str) -> None:
    """Change the words of a `field_label`."""
    label.setText(visible_lines(text))
    label.setAccessibleName(f"{visible_text(text)}:")


def separator() -> QFrame:
    """A thin line across, such as below the head of a page."""
    line = QFrame()
    line.setObjectName("line")
    line.setFixedHeight(1)
    return line


def breakable(text: str) -> str:
    """The same for the eye, with places where a word longer than a line may be broken.

    A sentence that begins with a name of a script that runs to the left is read from the left too.
    """
    strong = next((kind for kind in map(bidirectional, text) if kind in {"L", "R", "AL"}), "L")
    start = "" if strong == "L" else "\u200e"
    return start + _LONG_WORD.sub("\\g<0>\u200b", text)


def plain_tooltip(text: str) -> str:
    """A tooltip that shows exactly this text: Qt takes `<b>` in one for markup."""
    return f"<qt>{html.escape(breakable(visible_lines(text)))}</qt>" if text else ""


def show_words(label: QLabel, text: str) -> None:
    """Show a text in a label that has a name: a screen reader says the name in its place."""
    label.setText(text)
    label.setAccessibleDescription(text)


def tell(label: QLabel, text: str) -> None:
    """Show what came of something, and have it said aloud; "" for nothing."""
    is_new = text != label.text()
    show_words(label, text)
    if text and is_new:
        say_aloud(label, text)


def explain(widget: QWidget, text: str) -> None:
    """The same text as the tooltip and as what a screen reader says of the widget.

    Without words of its own a screen reader gets the tooltip with its markup.
    """
    widget.setToolTip(plain_tooltip(text))
    widget.setAccessibleDescription(visible_lines(text))


def plain_action(text: str) -> str:
    """A menu text in which `&` is no mnemonic."""
    return visible_text(text).replace("&", "&&")


class _Button(QPushButton):
    """One that is filled shows the focus inside: around it no colour is apart from its own."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """As the style sheet says, and the focus."""
        super().paintEvent(event)
        if not self.hasFocus() or self.property("kind") not in {"primary", "grave"}:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(self.foregroundRole()), 2))
        painter.drawRoundedRect(self.rect().adjusted(4, 4, -4, -4), 3, 3)
        painter.end()


def button(text: str, kind: str = "") -> QPushButton:
    """A button; `kind` is primary, flat, link or banner."""
    made = _Button(text)
    # Enter presses it as Space does, on pages too, where Qt has it only in dialogs.
    made.setAutoDefault(True)
    made.setAccessibleName(text.rstrip("…").replace("&", ""))
    if kind:
        made.setProperty("kind", kind)
    return made


def flush_row(link: QPushButton) -> QHBoxLayout:
    """A row in which a link's text begins where texts above and below do.

    Its focus stands around the text, so whoever holds the row leaves `LINK_INSET` at its left.
    """
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(0)
    row.addSpacing(-LINK_INSET)
    row.addWidget(link)
    row.addStretch(1)
    return row


def permit(one: QPushButton, why_not: str, tip: str = "") -> None:
    """Enable a button, or have it say in a sentence why it cannot be pressed."""
    one.setEnabled(not why_not)
    explain(one, why_not or tip)


def set_tone(widget: QWidget, name: str, value: object) -> None:
    """Change a property that the style sheet looks at, and have it looked at again."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def mark_wrong(field: QWidget, sentence: str) -> None:
    """Mark a field with what is wrong with it; "" for nothing."""
    set_tone(field, "isWrong", "true" if sentence else "false")
    field.setAccessibleDescription(visible_text(sentence))


# Around everything in a dialog, as around everything on a page.
DIALOG_MARGIN = 16
# Border and padding of a link in the style sheet.
LINK_INSET = 5


def dialog_column(dialog: QDialog, heading: str = "") -> QVBoxLayout:
    """The column in which everything of a dialog stands, below its heading if it has one."""
    column = QVBoxLayout(dialog)
    column.setContentsMargins(DIALOG_MARGIN, DIALOG_MARGIN, DIALOG_MARGIN, DIALOG_MARGIN)
    column.setSpacing(12)
    if heading:
        column.addWidget(plain_label(heading, "title"))
    return column


def field_form(*rows: tuple[str, QWidget | QLayout]) -> QFormLayout:
    """Fields below each other, each behind its name."""
    form = QFormLayout()
    form.setContentsMargins(0, 0, 0, 0)
    form.setHorizontalSpacing(12)
    form.setVerticalSpacing(8)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    for name, field in rows:
        if name:
            form.addRow(form_label(name, _first_widget(field)), field)
        else:
            # A label without a text would keep the place of a field that is hidden.
            form.addRow("", field)
    return form


def _first_widget(field: QWidget | QLayout) -> QWidget:
    """The field itself, where others stand behind it."""
    if isinstance(field, QWidget):
        return field
    item = field.itemAt(0)
    widget = None if item is None else item.widget()
    assert widget is not None  # noqa: S101 - a row begins with its field
    return widget


def fit(dialog: QDialog, width: int) -> None:
    """As high as its texts are now, where Qt would guess the height of those that wrap."""
    layout = dialog.layout()
    if layout is not None:
        layout.activate()
        dialog.setFixedSize(width, layout.totalHeightForWidth(width))


def say_aloud(widget: QWidget, text: str) -> None:
    """Have a screen reader say it of a widget."""
    # Loaded when there is something to say: it takes 6 ms of the time to the first rows.
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


def plain_message(parent: QWidget | None, text: str, more: str = "") -> QMessageBox:
    """A message box whose texts are plain text."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowTitle("Mylla Audit")
    # One text: the label of the informative text has a format of its own and would guess.
    box.setText(visible_lines(f"{text}\n\n{more}".strip()))
    layout = box.layout()
    if layout is not None:
        # At the left Qt has a margin of its own, in the place of the icon.
        layout.setContentsMargins(1, DIALOG_MARGIN, DIALOG_MARGIN, DIALOG_MARGIN)
    return box


class CutLabel(QLabel):
    """A line of plain text that ends in … where there is no room; copied, it is whole."""

    def __init__(self, tone: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        if tone:
            self.setProperty("tone", tone)

    def paintEvent(self, event: QPaintEvent) -> None:
        """As any label while all of it is seen, or some of it is selected."""
        text, room = self.text(), self.contentsRect()
        metrics = self.fontMetrics()
        if self.hasSelectedText() or metrics.horizontalAdvance(text) <= room.width():
            super().paintEvent(event)
            return
        cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, cut)
        painter.end()


_NAME_AND_ID = 2
# A line of facts, as high as a link in it.
FACT_HEIGHT = 20


class NameAndId(QWidget):
    """A name for people and, fainter and in monospace, the ID for machines.

    Where both have no room on one line, the ID stands below the name.
    """

    def __init__(self) -> None:
        super().__init__()
        self._name, self._identity = CutLabel(), CutLabel("muted")
        self._identity.setFont(mono_font())
        self._extra: QWidget | None = None
        self._is_below = False
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(6)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(3, 1)
        self._grid.setRowMinimumHeight(0, FACT_HEIGHT)
        self._grid.addWidget(self._name, 0, 0)
        self._grid.addWidget(self._identity, 0, 1)
        for label in (self._name, self._identity):
            label.setMinimumWidth(10)

    def add(self, widget: QWidget) -> None:
        """Put something behind the ID, or behind the name where the ID is below it."""
        self._extra = widget
        self._grid.addWidget(widget, 0, 2)

    def say(self, name: str | None, identity: str | None, kind: str | None = None) -> None:
        """Show them; without a name the ID stands alone, and neither is said in words."""
        nothing = "" if identity is not None else "none"
        self._name.setText(nothing if name is None else visible_name(name))
        self._name.setVisible(bool(self._name.text()))
        self._identity.setText(visible_name(identity) if identity != name else "")
        self._identity.setVisible(bool(self._identity.text()))
        text = "  ".join(one for one in (self._name.text(), self._identity.text()) if one)
        self.setToolTip(plain_tooltip(f"{text} ({kind})" if kind else text))
        self.setAccessibleDescription(text)
        self._arrange()

    def text(self) -> str:
        """Both, as one text."""
        return self.accessibleDescription()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """On one line or on two."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        texts = [one for one in (self._name, self._identity) if one.text()]
        shown = [*texts, self._extra] if self._extra is not None else texts
        gaps = self._grid.horizontalSpacing() * (len(shown) - 1)
        needed = sum(one.sizeHint().width() for one in shown) + gaps
        is_below = len(texts) == _NAME_AND_ID and needed > self.width()
        if is_below != self._is_below:
            self._is_below = is_below
            self._grid.removeWidget(self._identity)
            if is_below:
                self._grid.addWidget(self._identity, 1, 0, 1, 4)
            else:
                self._grid.addWidget(self._identity, 0, 1)


_NOTICE_WIDTH, _LEAST_NOTICE_WIDTH = 460, 200


class EmptyState(QWidget):
    """What is shown in the place of a table: what is the case, and what to do next."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Notice")
        self._title = plain_label("", "title")
        self._sentence = plain_label("", "muted")
        self._sentence.setWordWrap(True)
        self.action = button("", "")
        self.other = button("", "link")
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addStretch(2)
        for widget in (self._title, self._sentence, self.action, self.other):
            if widget is self.action:
                layout.addSpacing(4)
            layout.addWidget(widget, alignment=Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.other.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.action.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def say(self, title: str, sentence: str, action: str = "", other: str = "") -> None:
        """Set the texts; without `action` there is no button, without `other` no second one."""
        self._title.setText(visible_text(title))
        self._sentence.setText(visible_text(sentence))
        self._fit()
        self.setAccessibleDescription(f"{visible_text(title)}. {visible_text(sentence)}")
        for widget, text in ((self.action, action), (self.other, other)):
            widget.setText(text)
            widget.setAccessibleName(text)
            widget.setVisible(bool(text))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow place the sentence takes more lines."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        width = max(min(_NOTICE_WIDTH, self.width() - 2 * DIALOG_MARGIN), _LEAST_NOTICE_WIDTH)
        # A layout that centres a label gives it two lines, whatever it says; and a label asked
        # for its height never says less than the least that it may have.
        self._sentence.setMinimumHeight(0)
        self._sentence.ensurePolished()
        self._sentence.setFixedSize(width, max(self._sentence.heightForWidth(width), 0))

    def sentences(self) -> str:
        """What is shown, as one text."""
        return f"{self._title.text()} {self._sentence.text()}"
