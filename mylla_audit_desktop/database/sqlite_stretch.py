"""The SQL of an export from SQLite: rows, and stretches of entries put together.

A stretch comes as three texts: times, short columns, details (before and after). Signs stand
for those of the CSV until Python has looked at them. An entry has a known number of each, so
one more comes from the log itself; what SQLite cannot be sure of becomes a NUL.
"""

from typing import Any

import sqlalchemy as sa

from mylla_audit_desktop.database.csv_stamps import Stamps
from mylla_audit_desktop.database.instants import by_span
from mylla_audit_desktop.database.relation import EntryRelation, Expression
from mylla_audit_desktop.log.csv_format import Profile
from mylla_audit_desktop.log.entry import TEXT_COLUMNS
from mylla_audit_desktop.log.instant import format_offset
from mylla_audit_desktop.log.query import LogQuery
from mylla_audit_desktop.log.zones import OffsetSpan

STRETCH = 250
SHORT_COLUMNS = tuple(name for name in TEXT_COLUMNS if name not in {"before", "after"})

# COMMA ends a short text or a time, EMPTY one that is empty but not NULL, LINE_FEED an entry.
COMMA, EMPTY, LINE_FEED = b"\x1f", b"\x1c", b"\x1d"
# DETAILS stands where the details go, behind each entry, and between the details of two.
# Before and after have two signs each: QUOTE where they are quoted, NOTHING where not.
DETAILS, QUOTE, NOTHING = b"\x1e", b"\x02", b"\x03"


class StretchSql:
    """The statements of one export, for the driver.

    Those of a stretch take its first key: `:moment` and `:number`, its time and id.
    """

    def __init__(
        self,
        relation: EntryRelation,
        query: LogQuery,
        highest_id: int | None,
        stamps: Stamps,
        profile: Profile,
    ) -> None:
        order = relation.order(query.sort)
        # Plus 0, so that SQLite goes by time and not by id.
        limits = [] if highest_id is None else [relation.id + 0 <= highest_id]
        when = _as_stored(relation.occurred_at)
        stamp = _stamp(relation, stamps.spans)
        texts = [relation.plain_text(name) for name in TEXT_COLUMNS]
        rows = sa.select(stamp, *texts, sa.cast(relation.id, sa.Text)).order_by(*order)
        self.all_rows = _sql(rows.where(*relation.filters(query), *limits))

        key = sa.select(when, relation.id).order_by(*order).limit(1)
        self.first_key = _sql(key.where(*relation.filters(query), *limits))
        # From a key on only the far end of the period is a limit.
        is_ascending = query.sort.ascending
        rest = LogQuery(end=query.end) if is_ascending else LogQuery(start=query.start)
        limits += relation.filters(rest)
        limits.append(_from_key(when, relation.id, is_ascending=is_ascending))
        further = key.where(*limits).offset(STRETCH)
        self.further_key = _sql(further)
        self.stretch_rows = _sql(rows.where(*limits).limit(STRETCH))
        *first, last = (_short(relation, name, profile) for name in SHORT_COLUMNS)
        end = _literal(LINE_FEED + DETAILS)
        columns = (
            when if stamps.are_whole_hours else stamp.concat(_literal(COMMA)),
            _joined(*first, _literal(DETAILS + COMMA), last, relation.id, end),
            _joined(_detail(relation, "before"), _literal(b","), _detail(relation, "after")),
        )
        # The LIMIT keeps SQLite from dropping the order.
        stretch = (
            sa.select(*(column.label(f"text_{number}") for number, column in enumerate(columns)))
            .where(*limits)
            .order_by(*order)
            .limit(STRETCH)
            .subquery()
        )
        nothing, between = _literal(b""), _literal(DETAILS)
        self.stretch = _sql(
            sa.select(
                # The key of the next stretch, if there is one.
                further.with_only_columns(when).scalar_subquery(),
                further.with_only_columns(relation.id).scalar_subquery(),
                sa.func.group_concat(stretch.c.text_0, nothing),
                sa.func.group_concat(stretch.c.text_1, nothing),
                sa.func.group_concat(stretch.c.text_2, between),
                sa.func.count(),
            )
        )


def _from_key(when: Expression, id_: Expression, *, is_ascending: bool) -> Expression:
    time, number = (
        sa.literal_column(":moment", sa.Text),
        sa.literal_column(":number", sa.BigInteger),
    )
    if is_ascending:
        # Entries of the same moment stand most recent first either way.
        return sa.and_(when >= time, sa.or_(when > time, id_ <= number))
    return sa.tuple_(when, id_) <= sa.tuple_(time, number)


def _stamp(relation: EntryRelation, spans: tuple[OffsetSpan, ...]) -> Expression:
    when = _as_stored(relation.occurred_at)

    def local(span: OffsetSpan) -> Expression:
        moment = sa.func.strftime(
            sa.literal_column("'%Y-%m-%dT%H:%M:%S'"),
            sa.func.substr(when, 1, 19),
            sa.literal_column(f"'{span.offset.total_seconds():+.0f} seconds'"),
            type_=sa.Text,
        )
        offset = sa.literal_column(f"'{format_offset(span.offset)}'", sa.Text)
        return moment.concat(sa.func.substr(when, 20, 7)).concat(offset)

    is_utc = all(not span.offset for span in spans)
    return when if is_utc else by_span(spans, relation.occurred_at, local)


def _short(relation: EntryRelation, name: str, profile: Profile) -> Expression:
    """A text with its sign, guarded where the profile asks for it, not quoted yet."""
    text, comma = relation.plain_text(name), _literal(COMMA)
    ended = text.concat(comma)
    # Most begin like this, and none of these needs a guard; a comparison costs the least.
    first, last = ("0", ":") if name == "ip_address" else ("A", "{")
    cases = [
        (_is_between(text, first, last), ended),
        (text.is_(None), comma),
        (text == _literal(""), _literal(EMPTY)),
        # A BLOB, which stands after all texts and is none.
        (text >= sa.literal_column("x''"), sa.func.char(0)),
    ]
    if profile is Profile.SPREADSHEET:
        is_guarded = sa.or_(
            text.op("GLOB", is_comparison=True)(_literal("[=+@\t\r'-]*")),
            # By its bytes: GLOB reads broken UTF-8 in its own way.
            _is_between(text, "＝", "＞"),
        )
        cases.append((is_guarded, _literal("'").concat(ended)))
    return sa.case(*cases, else_=ended)


def _detail(relation: EntryRelation, name: str) -> Expression:
    """Before or after with its two signs: an object with a member is quoted, never guarded."""
    text, quote, nothing = relation.plain_text(name), _literal(QUOTE), _literal(NOTHING)
    quoted = _joined(quote, text, quote)
    return sa.case(
        (_is_between(text, '{"', "{#"), quoted),
        (text.is_(None), _literal(NOTHING * 2)),
        (text == _literal("{}"), _joined(nothing, text, nothing)),
        (_is_between(text, "{\n", "{\v"), quoted),
        else_=sa.func.char(0),
    )


def _is_between(text: Expression, first: str, after: str) -> Expression:
    return sa.and_(text >= _literal(first), text < _literal(after))


def _joined(*texts: Expression) -> Expression:
    whole, *rest = texts
    for text in rest:
        whole = whole.concat(text)
    return whole


def _literal(text: str | bytes) -> Expression:
    return sa.literal(text.decode() if isinstance(text, bytes) else text, sa.Text)


def _as_stored(when: Expression) -> Expression:
    return sa.type_coerce(when, sa.Text)


def _sql(statement: sa.Select[Any]) -> str:
    dialect = sa.make_url("sqlite://").get_dialect()()
    return str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
