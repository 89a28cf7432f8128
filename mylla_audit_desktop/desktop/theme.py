"""Colours, type and icons: light, dark, high contrast, and following the desktop."""

from dataclasses import dataclass, fields
from enum import Enum
from string import Template

from PySide6.QtCore import QByteArray, QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QGuiApplication,
    QIcon,
    QPainter,
    QPalette,
    QPixmap,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QLineEdit, QStyleFactory

from mylla_audit_desktop.printing.fonts import load_fonts, without_ligatures
from mylla_audit_desktop.resources import resource_path


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours by what they are used for, as `#rrggbb`.

    disabled: what cannot be pressed now. placeholder: what a field says while it is empty.
    track: what a progress bar has still before it.
    disabled_edge: the border of what cannot be pressed, in the words of the style sheet.
    """

    window: str
    panel: str
    alternate: str
    line: str
    strong_line: str
    text: str
    muted: str
    faint: str
    disabled: str
    placeholder: str
    accent: str
    on_accent: str
    tint: str
    track: str
    selection: str
    added: str
    added_tint: str
    removed: str
    removed_tint: str
    changed: str
    changed_tint: str
    critical: str
    high: str
    medium: str
    low: str
    disabled_edge: str = "solid"


LIGHT = Tokens(
    window="#f5f6f8",
    panel="#ffffff",
    alternate="#fafbfc",
    line="#e1e4ea",
    strong_line="#cdd2db",
    text="#1b2130",
    muted="#5c6577",
    faint="#8a93a5",
    disabled="#828b9d",
    placeholder="#5c6577",
    accent="#2f5fd0",
    on_accent="#ffffff",
    tint="#e8effc",
    track="#e1e4ea",
    selection="#dce7fb",
    added="#0b6b3a",
    added_tint="#e3f5ea",
    removed="#a3201d",
    removed_tint="#fdeaea",
    changed="#8a5a00",
    changed_tint="#fdf3dc",
    critical="#a3201d",
    # A shade darker than drawn, so that they can be read on a selected row too.
    high="#ad4408",
    medium="#7c6200",
    low="#5c6577",
)
DARK = Tokens(
    window="#14171d",
    panel="#1b1f27",
    alternate="#1f242d",
    line="#2c323d",
    strong_line="#3a4250",
    text="#e6e9ef",
    muted="#a3acbc",
    faint="#778196",
    disabled="#778196",
    placeholder="#a3acbc",
    accent="#7ea6ff",
    on_accent="#14171d",
    tint="#22304d",
    track="#2c323d",
    selection="#283a5e",
    added="#6fdc9b",
    added_tint="#173527",
    removed="#ff9a94",
    removed_tint="#3d1f20",
    changed="#f0c46a",
    changed_tint="#3a2f17",
    critical="#ff9a94",
    high="#ffb37a",
    medium="#f0d26a",
    low="#a3acbc",
)

# Every line can be seen, every text stands at 7:1 or more (WCAG AAA).
CONTRAST = Tokens(
    window="#000000",
    panel="#000000",
    alternate="#101010",
    line="#9a9a9a",
    strong_line="#ffffff",
    text="#ffffff",
    muted="#f0f0f0",
    faint="#d0d0d0",
    # Not text that somebody typed, and no button to press: seen at a glance, still above 7:1.
    disabled="#a0a0a0",
    placeholder="#b8b8b8",
    accent="#ffd84a",
    on_accent="#000000",
    tint="#2b2400",
    # Unlike a line, so that nobody takes it for a bar that is full.
    track="#5e5e5e",
    selection="#003a8c",
    added="#7cffb2",
    added_tint="#003318",
    removed="#ffb8b2",
    removed_tint="#4a0a08",
    changed="#ffe08a",
    changed_tint="#3a2f00",
    critical="#ffb8b2",
    high="#ffc59a",
    medium="#ffe08a",
    low="#f0f0f0",
    disabled_edge="dashed",
)


class ThemeChoice(Enum):
    """What the user chose; values stand in the settings file."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


THEME_WORDS = {
    ThemeChoice.SYSTEM: "As the desktop",
    ThemeChoice.LIGHT: "Light",
    ThemeChoice.DARK: "Dark",
    ThemeChoice.CONTRAST: "High contrast",
}
_OF_CHOICE = {
    ThemeChoice.LIGHT: LIGHT,
    ThemeChoice.DARK: DARK,
    ThemeChoice.CONTRAST: CONTRAST,
}


class Application(QApplication):
    """Keeps its font where the desktop tells its look, as GNOME does after the start."""

    def event(self, event: QEvent) -> bool:
        """By then Qt has given labels, buttons, menus and others the desktop's font."""
        is_done = super().event(event)
        if event.type() is QEvent.Type.ThemeChange:
            self.setFont(self.font())
            # What the style sheet gave another size keeps the family that it had by then.
            self.setStyleSheet(self.styleSheet())
        return is_done


class Theme(QObject):
    """The palette in force; `changed` tells widgets to draw their icons anew."""

    changed = Signal()

    def __init__(self, application: QApplication, choice: ThemeChoice) -> None:
        super().__init__(application)
        self._application = application
        self._choice = choice
        self.tokens = LIGHT
        # Icons by name and colour, as the palette in force draws them.
        self._icons: dict[tuple[str, str], QIcon] = {}
        load_fonts()
        application.setStyle(QStyleFactory.create("Fusion"))
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow)
        self.apply(choice)
        # After the first style sheet, with which Qt asks the desktop for its fonts.
        application.setFont(text_font())

    @property
    def choice(self) -> ThemeChoice:
        """What was chosen."""
        return self._choice

    def apply(self, choice: ThemeChoice) -> None:
        """Put a choice in force."""
        self._choice = choice
        is_dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        self.tokens = _OF_CHOICE.get(choice, DARK if is_dark else LIGHT)
        self._icons.clear()
        self._application.setPalette(palette_of(self.tokens))
        self._application.setStyleSheet(style_sheet(self.tokens))
        for widget in self._application.allWidgets():
            if isinstance(widget, QLineEdit) and widget.isClearButtonEnabled():
                # Qt would keep the cross as the theme before had drawn it.
                widget.setClearButtonEnabled(False)
                widget.setClearButtonEnabled(True)
        self.changed.emit()

    def color(self, name: str) -> QColor:
        """A token as a colour."""
        return QColor(getattr(self.tokens, name))

    def icon(self, name: str, color: str = "muted") -> QIcon:
        """A Lucide icon in a token's colour, sharp at 1 to 3 times the size."""
        drawn = self._icons.get((name, color))
        if drawn is None:
            drawn = self._icons[name, color] = self._draw(name, color)
        return drawn

    def _draw(self, name: str, color: str) -> QIcon:
        svg = resource_path("icons", f"{name}.svg").read_text("utf-8")
        # QtSvg paints currentColor black.
        drawn = svg.replace("currentColor", getattr(self.tokens, color))
        renderer = QSvgRenderer(QByteArray(drawn.encode()))
        icon = QIcon()
        for size in (16, 20, 24, 32, 48, 64):
            pixmap = QPixmap(QSize(size, size))
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            renderer.render(painter, QRectF(0, 0, size, size))
            painter.end()
            icon.addPixmap(pixmap)
            # Where it is selected Qt would mix in the colour of the selection.
            icon.addPixmap(pixmap, QIcon.Mode.Selected)
        return icon

    def _follow(self) -> None:
        if self._choice is ThemeChoice.SYSTEM:
            self.apply(self._choice)


def text_font(pixels: int = 13, *, is_bold: bool = False) -> QFont:
    """Inter, by pixel size."""
    font = QFont("Inter")
    font.setPixelSize(pixels)
    if is_bold:
        font.setWeight(QFont.Weight.DemiBold)
    return without_ligatures(font)


def mono_font(pixels: int = 12) -> QFont:
    """JetBrains Mono for actions, IDs, times and addresses."""
    font = QFont("JetBrains Mono")
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPixelSize(pixels)
    return without_ligatures(font)


def palette_of(tokens: Tokens) -> QPalette:
    """Every role: those left out would stay those of the desktop."""
    role = QPalette.ColorRole
    colors = {
        role.Window: tokens.window,
        role.WindowText: tokens.text,
        role.Base: tokens.panel,
        role.AlternateBase: tokens.alternate,
        role.ToolTipBase: tokens.panel,
        role.ToolTipText: tokens.text,
        role.PlaceholderText: tokens.placeholder,
        role.Text: tokens.text,
        role.Button: tokens.panel,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.removed,
        role.Light: tokens.panel,
        role.Midlight: tokens.alternate,
        role.Mid: tokens.line,
        role.Dark: tokens.strong_line,
        role.Shadow: tokens.strong_line,
        role.Highlight: tokens.selection,
        role.HighlightedText: tokens.text,
        role.Accent: tokens.accent,
        role.Link: tokens.accent,
        role.LinkVisited: tokens.accent,
    }
    palette = QPalette()
    for key, color in colors.items():
        palette.setColor(key, QColor(color))
    for key in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, key, QColor(tokens.disabled))
    return palette


def style_sheet(tokens: Tokens) -> str:
    """The one style sheet, filled with the tokens."""
    template = Template(resource_path("styles", "application.qss").read_text("utf-8"))
    colors = {field.name: getattr(tokens, field.name) for field in fields(tokens)}
    shade = "-contrast" if tokens is CONTRAST else ""
    arrows = {
        f"chevron_{way}": resource_path("icons", f"chevron-{way}{shade}.svg").as_posix()
        for way in ("up", "down", "right")
    }
    # In the accent's own contrast colour, which is white or nearly black.
    ground = "light" if tokens.on_accent == "#ffffff" else "dark"
    checked = resource_path("icons", f"checked-{ground}.svg").as_posix()
    # A menu's ground is the panel, and its mark has the colour of its text.
    opposite = "dark" if ground == "light" else "light"
    menu_checked = resource_path("icons", f"checked-{opposite}.svg").as_posix()
    cross = resource_path("icons", f"cross{shade}.svg").as_posix()
    return template.substitute(
        colors, checked=checked, menu_checked=menu_checked, cross=cross, **arrows
    )
