"""Made-up reports, and what is read from their files."""

import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mylla_audit_desktop.database.connection import DatabaseLabel
from mylla_audit_desktop.evidence.report import ReviewReport
from mylla_audit_desktop.log.access import Reviewer, Role
from mylla_audit_desktop.log.entry import AuditEntry
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.review.decision import Decision, ReviewedFinding, Verdict
from mylla_audit_desktop.review.finding import Finding, Rule, Severity, finding_id, pack_ids
from mylla_audit_desktop.review.period import Population, Review
from mylla_audit_desktop.review.policy import Policy, PolicyVersion

START = Instant.parse("2026-07-01T00:00:00Z")
END = Instant.parse("2026-10-01T00:00:00Z")
HOUR = 3_600_000_000
ANA = Reviewer("usr_3", "Ana Weber", Role.ADMIN, is_verified=True)


def entry(entry_id: int, **values: Any) -> AuditEntry:
    given: dict[str, Any] = {
        "actor_type": "member",
        "actor_id": "usr_7",
        "actor_name": "Luis Ortega",
        "action": "team.change_role",
        "target_type": "member",
        "target_id": "usr_9",
        "target_name": "Kim Sato",
        "before": '{"role": "Member"}',
        "after": '{"role": "Admin"}',
        "ip_address": "198.51.100.7",
    }
    when = Instant(START.microseconds + entry_id * HOUR)
    return AuditEntry(entry_id, when, **(given | values))


def finding(
    *entries: AuditEntry, rule: Rule = Rule.ROLE_PROMOTION, note: str = ""
) -> ReviewedFinding:
    """A finding of these entries; decided where there is a note."""
    first, ids = entries[0], tuple(one.id for one in entries)
    name = finding_id(rule, ids)
    found = Finding(
        name,
        rule,
        list(Severity)[first.id % 4],
        f"{first.actor_name} made {first.target_name} Admin",
        f"{first.actor_name} ({first.actor_id}) changed a role: Member to Admin.",
        first.actor_id,
        first.actor_name,
        first.target_id,
        first.target_name,
        first.occurred_at,
        pack_ids(ids),
    )
    if not note:
        return ReviewedFinding(found, ())
    at = Instant(first.occurred_at.microseconds + 5 * HOUR)
    made = Decision(first.id, name, rule, ids, 1, Verdict.EXPECTED, note, 0, ANA, "ana", at)
    return ReviewedFinding(found, (made,))


def report(*findings: ReviewedFinding, entries: tuple[AuditEntry, ...] = ()) -> ReviewReport:
    """The report of a quarter with these findings, whose entries the log still holds."""
    policy = PolicyVersion(0, Policy(), "", "", "")
    return ReviewReport(
        Review(START, END, ZoneInfo("Europe/Berlin"), policy, findings),
        Population(10_526, "ab" * 32),
        (policy,),
        {one.id: one for one in entries},
        DatabaseLabel("postgresql", "audit.example", 5432, "audit"),
        "the log's own database",
        ANA,
        END,
    )


class Page(HTMLParser):
    """What a browser makes of HTML: the names of tags and attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.rows: list[list[str]] = []
        self._cell: list[str] | None = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _value in attrs}
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self._cell = []
        if tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"} and self._cell is not None:
            self.rows[-1].append("".join(self._cell).strip())
            self._cell = None

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._cell is not None:
            self._cell.append(data)

    def row(self, first: str) -> list[str]:
        """The row whose first cell says so."""
        return next(row for row in self.rows if row and row[0] == first)


def pdf_text(data: bytes, folder: Path, *, page: int | None = None) -> str:
    """What can be selected and copied from a PDF."""
    file = folder / "read.pdf"
    file.write_bytes(data)
    pages = [] if page is None else ["-f", str(page), "-l", str(page)]
    done = subprocess.run(
        ["pdftotext", "-raw", *pages, str(file), "-"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout


def pdf_pages(data: bytes, folder: Path) -> int:
    file = folder / "count.pdf"
    file.write_bytes(data)
    done = subprocess.run(["pdfinfo", str(file)], capture_output=True, text=True, check=True)
    return int(next(line.split()[1] for line in done.stdout.splitlines() if "Pages:" in line))
