"""`mylla-audit review report`."""

from argparse import Namespace
from datetime import UTC, datetime

from mylla_audit_desktop.cli.arguments import read_period
from mylla_audit_desktop.cli.progress import Progress
from mylla_audit_desktop.cli.review_opening import opened_store
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.log.errors import InputError
from mylla_audit_desktop.log.period import resolve_period
from mylla_audit_desktop.log.visible import visible_text
from mylla_audit_desktop.user_path import user_path


def run(arguments: Namespace, cancellation: Cancellation) -> int:
    """Write the report of a period."""
    from mylla_audit_desktop.evidence.atomic_file import check_target
    from mylla_audit_desktop.evidence.report import read_report, render_report
    from mylla_audit_desktop.evidence.whole_file import write_whole

    output = user_path(arguments.output).absolute()
    is_pdf = output.suffix.lower() == ".pdf"
    if not is_pdf and output.suffix.lower() not in {".html", ".htm"}:
        raise InputError(
            f"{arguments.output} ends in neither .pdf nor .html.",
            "The end of the name says which of the two is written.",
            field="output",
        )
    # Now, and not after the last entry was read.
    check_target(output, may_replace=arguments.force)
    choice, zone = read_period(arguments)
    now = datetime.now(UTC)
    period = resolve_period(choice, now, zone)
    with (
        opened_store(arguments, cancellation) as (database, store),
        Progress("Reading the entries") as progress,
    ):
        report = read_report(
            database,
            store,
            period.start,
            period.end,
            zone,
            now,
            cancellation,
            progress=progress,
        )
    html = render_report(report)
    cancellation.raise_if_cancelled()
    if is_pdf:
        # Loaded when needed: Qt takes its time.
        from mylla_audit_desktop.printing.without_window import print_without_window

        data = print_without_window(html)
    else:
        data = html.encode()
    cancellation.raise_if_cancelled()
    write_whole(data, output, may_replace=arguments.force)
    review = report.review
    findings = "1 finding" if len(review.findings) == 1 else f"{len(review.findings):,} findings"
    print(
        f"{visible_text(str(output))}: {findings}, {len(review.open_findings):,} open, "
        f"{report.population.count:,} entries, {len(review.sign_offs)} signatures"
    )
    return 0
