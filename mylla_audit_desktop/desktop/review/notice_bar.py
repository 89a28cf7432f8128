"""A sentence across the page about what somebody else did, or what failed."""

from PySide6.QtWidgets import QFrame, QHBoxLayout

from mylla_audit_desktop.desktop.widgets import button, plain_label, set_tone
from mylla_audit_desktop.log.visible import visible_text


class NoticeBar(QFrame):
    """Stays until it is closed or another sentence comes."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.setAccessibleName("Review notice")
        self.sentence = plain_label("")
        self.sentence.setWordWrap(True)
        self.close_button = button("Close", "link")
        self.close_button.setAccessibleName("Close notice")
        self.close_button.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 5, 10, 5)
        row.addWidget(self.sentence, 1)
        row.addWidget(self.close_button)
        self.hide()

    def say(self, text: str, *, is_error: bool = False) -> None:
        """Show a sentence."""
        self.sentence.setText(visible_text(text))
        self.setAccessibleDescription(self.sentence.text())
        set_tone(self.sentence, "tone", "error" if is_error else "strong")
        self.show()
