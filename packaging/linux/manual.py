"""Writes the man pages from the programs' own parsers: `manual.py FOLDER`."""

import argparse
import os
import sys
from pathlib import Path

from mylla_audit_desktop import __version__
from mylla_audit_desktop.__main__ import build_parser as build_window_parser
from mylla_audit_desktop.cli.main import build_parser

_TAILS = {
    "mylla-audit-desktop": r"""
.SH FILES
.TP
.I ~/.config/mylla-audit/
settings and saved connections, never a secret
.TP
.I ~/.local/share/mylla-audit/
the demo log and opened evidence
.SH SEE ALSO
.BR mylla-audit (1)
""",
    "mylla-audit": r"""
.SH EXIT STATUS
.TP
.B 0
done
.TP
.B 1
the answer is no
.TP
.B 2
the call is wrong
.TP
.B 3
the database cannot be reached or refuses
.TP
.B 130
cancelled
.SH ENVIRONMENT
.TP
.BR PGPASSWORD ", " PGPASSFILE
the password of the database
.TP
.B AUDIT_LOG_RETENTION_DAYS
for \fBretention enforce\fR: how long entries are kept
.SH SEE ALSO
.BR mylla-audit-desktop (1)
""",
}


def page(parser: argparse.ArgumentParser) -> str:
    """One man page in roff."""
    name = parser.prog
    commands = list(_commands(parser))
    parts = [
        f'.TH {name.upper()} 1 "" "Mylla Audit {__version__}" "User Commands"\n',
        f".SH NAME\n{name} \\- {_text(_summary(parser))}\n",
        f".SH SYNOPSIS\n.nf\n{_text(_usage(parser))}\n.fi\n",
        f".SH OPTIONS\n{_options(parser)}",
    ]
    if commands:
        parts.append(".SH COMMANDS\n")
        for command in commands:
            parts.append(f".SS {_text(command.prog.removeprefix(name + ' '))}\n")
            parts.append(f"{_text(command.description or '')}\n")
            parts.append(f".PP\n.nf\n{_text(_usage(command))}\n.fi\n{_options(command)}")
    return "".join([*parts, _TAILS[name].lstrip("\n")])


def _commands(parser: argparse.ArgumentParser) -> list[argparse.ArgumentParser]:
    """The commands without commands of their own, in order."""
    found: list[argparse.ArgumentParser] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                found += _commands(child) or [child]
    return found


def _summary(parser: argparse.ArgumentParser) -> str:
    words = (parser.description or "").rstrip(".")
    return words[:1].lower() + words[1:]


def _usage(parser: argparse.ArgumentParser) -> str:
    told = "usage: "
    # The lines after the first stand under its end.
    lines = parser.format_usage().rstrip().splitlines()
    return "\n".join(line[len(told) :] for line in lines)


def _options(parser: argparse.ArgumentParser) -> str:
    lines = []
    for action in parser._actions:
        if action.help == argparse.SUPPRESS or isinstance(action, argparse._SubParsersAction):
            continue
        formatter = parser._get_formatter()
        names = formatter._format_action_invocation(action)
        told = formatter._expand_help(action) if action.help else ""
        if not told and action.default not in (None, False, argparse.SUPPRESS, []):
            told = f"default: {action.default}"
        lines.append(f".TP\n.B {_text(names)}\n{_text(told) or '.'}\n")
    return "".join(lines)


def _text(text: str) -> str:
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join(
        f"\\&{line}" if line[:1] in {".", "'"} else line for line in escaped.split("\n")
    )


def main() -> None:
    """Write both pages."""
    os.environ["COLUMNS"] = "78"
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for parser in (build_window_parser(), build_parser()):
        (folder / f"{parser.prog}.1").write_text(page(parser), "utf-8")


if __name__ == "__main__":
    main()
