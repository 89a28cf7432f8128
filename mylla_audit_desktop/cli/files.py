"""`mylla-audit export`, `verify` and `import`: evidence out, checked, and in again."""

import sys
from argparse import Namespace
from contextlib import closing
from pathlib import Path

from mylla_audit_desktop.cli.arguments import open_asked, read_filters
from mylla_audit_desktop.cli.new_database import creating_database
from mylla_audit_desktop.cli.progress import Progress
from mylla_audit_desktop.database.cancellation import Cancellation
from mylla_audit_desktop.log.csv_format import Profile
from mylla_audit_desktop.log.instant import Instant
from mylla_audit_desktop.log.visible import visible_text


def run_export(arguments: Namespace, cancellation: Cancellation) -> int:
    """Write the CSV and its manifest."""
    from mylla_audit_desktop.evidence.export import ExportRequest, export_csv

    asked = read_filters(arguments)
    request = ExportRequest(
        query=asked.query,
        filters_as_given=asked.filters.as_given(),
        zone=asked.zone,
        profile=Profile(arguments.profile),
        output=Path(arguments.output),
        may_replace=arguments.force,
        created_at=Instant.now(),
    )
    with closing(open_asked(arguments)) as database, Progress("Exporting") as progress:
        result = export_csv(database, request, cancellation, progress)
    word = "entry" if result.row_count == 1 else "entries"
    print(f"{result.row_count:,} {word} in {visible_text(str(result.output))}")
    print(f"Manifest {visible_text(str(result.manifest))}")
    print(f"SHA-256 {result.sha256}")
    if result.export_id:
        print(f"Recorded as {result.export_id}")
    if result.note:
        print(f"mylla-audit: {visible_text(result.note)}", file=sys.stderr)
    return 0


def run_verify(arguments: Namespace, cancellation: Cancellation) -> int:
    """Say whether a CSV is what its manifest describes."""
    from mylla_audit_desktop.evidence.verify import verify_file

    cancellation.raise_if_cancelled()
    report = verify_file(Path(arguments.file))
    manifest = report.manifest
    if report.is_intact:
        word = "entry" if manifest.row_count == 1 else "entries"
        print(
            f"Complete and unaltered: {manifest.row_count:,} {word}, SHA-256 {manifest.sha256}\n"
            f"Exported {visible_text(manifest.created_at)} by {visible_text(manifest.exported_by)}"
        )
        return 0
    print("Not what was exported:")
    for difference in report.differences:
        print(f"- {visible_text(difference)}")
    return 1


def run_import(arguments: Namespace, cancellation: Cancellation) -> int:
    """Add the entries of a file, all or nothing."""
    from mylla_audit_desktop.database.setup import upgrade_schema
    from mylla_audit_desktop.evidence.import_file import import_file, parse_file

    path = Path(arguments.file)
    # Looked at before anything is created: a file that is wrong leaves no database.
    next(parse_file(path, is_for_sqlite=True), None)
    with creating_database(arguments) as database:
        upgrade_schema(database)
        with Progress("Importing") as progress:
            count = import_file(database, path, cancellation, progress)
    print(f"{count:,} {'entry' if count == 1 else 'entries'} imported")
    return 0
