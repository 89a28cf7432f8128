"""The report says what is so, and nothing that the log says becomes more than text."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from mylla_audit_desktop.evidence.report import MOST_ENTRIES, render_report
from mylla_audit_desktop.evidence.whole_file import write_whole
from mylla_audit_desktop.log.access import Reviewer, Role
from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.printing.fonts import load_fonts
from mylla_audit_desktop.printing.paper import html_to_pdf
from mylla_audit_desktop.review.decision import NewSignOff, SignedFinding, SignOff, Verdict
from mylla_audit_desktop.review.finding import Rule
from tests.reports import ANA, END, START, Page, entry, finding, pdf_text, report

# All that the template itself uses.
TAGS = {
    "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "table", "thead", "tr",
    "th", "td", "b", "br", "span", "bdi",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "charset", "http-equiv", "content", "class", "width", "cellspacing", "cellpadding",
    "align", "colspan", "media",
}  # fmt: skip
HOSTILE = (
    "<b>bold</b>",
    "<img src=x>",
    "x&lt;b&gt;",
    "<!--part-->",
    "{{ 7*7 }}{% raw %}",
    "</td></tr></table>",
    "<script>alert(1)</script>",
    "a\u202eb\u2066c",
    "e\x1b[31m\x07",
    "two\nlines\x85and\u2028more",
)


def visible(text: str) -> str:
    hidden = {"\u202e", "\u2066", "\x1b", "\x07", "\n", "\x85", "\u2028"}
    return "".join(f"\\u{ord(one):04x}" if one in hidden else one for one in text)


def hostile_report(text: str) -> str:
    value = f'{{"field {"x"}": {__import__("json").dumps(text)}}}'
    one = entry(
        1,
        actor_name=text,
        actor_id=f"i{text}",
        action=f"a{text}",
        target_id=f"t{text}",
        target_name=f"n{text}",
        target_type=f"k{text}",
        before=value,
        after=None,
    )
    two = entry(2, before=None, after=value, ip_address=f"p{text}")
    raw = entry(3, before=f"broken {text}", after="{")
    found = finding(one, two, raw, note=f"note {text}")
    made = replace(found.decisions[0], reviewer=Reviewer(text, text, None, is_verified=False))
    return render_report(report(replace(found, decisions=(made,)), entries=(one, two, raw)))


@pytest.mark.parametrize("text", HOSTILE)
def test_what_the_log_says_is_text_in_html(text: str) -> None:
    page = Page(hostile_report(text))
    assert page.tags <= TAGS
    assert page.attributes <= ATTRIBUTES
    shown = visible(text)
    for prefix in ("i", "a", "t", "n", "k", "p", "broken ", "made n"):
        assert f"{prefix}{shown}" in page.text, prefix
    assert not set(page.text) & {"\u202e", "\u2066", "\x1b", "\x07", "\x85", "\u2028"}


@pytest.mark.parametrize("text", HOSTILE)
def test_what_the_log_says_is_text_on_paper(text: str, qapp: QApplication, tmp_path: Path) -> None:
    load_fonts()
    said = pdf_text(html_to_pdf(hostile_report(text)), tmp_path)
    # Lines break where there is room; what matters is every character in its order.
    squeezed = "".join(said.split())
    for prefix in ("i", "a", "t", "n", "k", "p"):
        assert f"{prefix}{visible(text)}".replace(" ", "")[:9] in squeezed, prefix
    assert "".join(visible(text).split()) in squeezed
    assert not set(said) & {"\u202e", "\u2066", "\x1b", "\x07", "\x85", "\u2028"}


def test_a_report_needs_nothing_from_outside() -> None:
    one = entry(1)
    html = render_report(report(finding(one, note="fine"), entries=(one,)))
    for word in ("src=", "href=", "url(", "@import", "http://", "https://", "<script"):
        assert word not in html
    assert "default-src 'none'" in html


def test_open_findings_stand_first_then_late_ones_then_the_rest() -> None:
    entries = tuple(entry(number) for number in range(1, 5))
    decided, late, still_open, other = (
        finding(entries[0], note="done"),
        finding(entries[1], note="done later"),
        finding(entries[2]),
        finding(entries[3], rule=Rule.OFF_HOURS, note="done too"),
    )
    made = report(decided, late, still_open, other, entries=entries)
    review = replace(made.review, since_sign_off=(late, still_open), sign_offs=(sign_off(),))
    html = render_report(replace(made, review=review))
    text = Page(html).text
    places = [
        text.index(words)
        for words in (
            "Open findings (1)",
            still_open.finding.finding_id,
            "Found or decided since the sign-off (1)",
            late.finding.finding_id,
            "Decided findings (2)",
            decided.finding.finding_id,
            other.finding.finding_id,
        )
    ]
    assert places == sorted(places)
    page = Page(html)
    assert page.row("Role promotion") == ["Role promotion", "3", "1", "2", "0", "0"]
    assert page.row("All rules") == ["All rules", "4", "1", "3", "0", "0"]


def sign_off(**values: Any) -> SignOff:
    content = NewSignOff(
        START, END, "Europe/Berlin", 0, 10_526, "ab" * 32,
        (SignedFinding("role-promotion-1", Verdict.EXPECTED, 1),),
    )  # fmt: skip
    return SignOff(1, replace(content, **values), ANA, "ana", END)


def test_signatures_say_who_when_what_and_whether_it_still_fits() -> None:
    made = report()
    ben = Reviewer("usr_5", "Ben Okafor", Role.SUPER_ADMIN, is_verified=True)
    second = replace(
        sign_off(countersigns=1, population_hash="cd" * 32), id=2, reviewer=ben, login="ben"
    )
    review = replace(made.review, sign_offs=(sign_off(), second))
    text = Page(render_report(replace(made, review=review))).text
    assert "Signed by Ana Weber (usr_3), Admin, login ana, countersigned by Ben Okafor" in text
    assert sign_off().content.findings_hash in text
    assert "the same as in this report" in text
    assert "NOT the same as in this report" in text
    assert "confirms sign-off 1" in text


def test_a_decision_has_its_time_in_both_zones() -> None:
    one = entry(1)
    text = Page(render_report(report(finding(one, note="fine"), entries=(one,)))).text
    assert "Wed 1 Jul 2026, 08:00:00 +02:00" in text
    assert "2026-07-01 06:00:00 UTC" in text


def test_of_many_entries_all_are_named_and_the_first_are_quoted() -> None:
    entries = tuple(entry(number) for number in range(100, 100 + MOST_ENTRIES + 3))
    page = Page(render_report(report(finding(*entries), entries=entries)))
    rows = [row for row in page.rows if len(row) == 4 and row[1] == "Luis Ortega (usr_7)"]
    assert len(rows) == MOST_ENTRIES
    assert "and 3 more: 112, 113, 114" in page.text


def test_an_entry_that_is_gone_is_said_to_be() -> None:
    text = Page(render_report(report(finding(entry(7))))).text
    assert "7: the log does not hold this entry any more" in text


def test_odd_times_and_long_texts_are_told() -> None:
    one = replace(
        entry(1, before="[" * 5000, after='"' + "x" * 3000 + '"'), occurred_at=Instant.LATEST
    )
    found = finding(one, note="line one\n\tline two")
    late = replace(found.decisions[0], decided_at=Instant.EARLIEST)
    text = Page(render_report(report(replace(found, decisions=(late,)), entries=(one,)))).text
    assert "infinity" in text
    assert "too long for a report" in text
    assert "line two" in text


def test_no_finding_is_a_report_too() -> None:
    text = Page(render_report(report())).text
    assert "Open findings (0)" in text
    assert "None." in text
    assert "Nobody has signed this period." in text


def test_no_claim_is_made_for_a_framework() -> None:
    html = render_report(report())
    assert "NIST SP 800-53 AU-6" in html
    for claim in ("compliant", "HIPAA-ready", "certified"):
        assert claim not in html


def test_a_file_is_written_whole_and_never_over_another(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    write_whole(b"one", file, may_replace=False)
    with pytest.raises(InputError, match="was left as it is"):
        write_whole(b"two", file, may_replace=False)
    assert file.read_bytes() == b"one"
    write_whole(b"three", file, may_replace=True)
    assert file.read_bytes() == b"three"
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"]
