"""What a review is to find, case by case. Monday is 23 November 2026; times are Berlin's.

The office works Mon-Fri 08:00-18:00 with the holidays of Berlin, unless a case says so.
"""

from tests.review.cases import OFFICE, Case, did, hub, invitation, job, past, role

EVERY_DAY = (
    OFFICE
    + "[hours]\n"
    + "".join(
        f'{day} = "08:00-18:00"\n' for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    )
)


def hours(zone: str = "Europe/Berlin", **days: str) -> str:
    """A policy without holidays in which everybody works on these days."""
    lines = "".join(f'{day} = "{span}"\n' for day, span in days.items())
    return f'time_zone = "{zone}"\n[hours]\n{lines}'


def night_watch(**days: str) -> str:
    """The office, and usr_9 with hours of their own."""
    lines = "".join(f'{day} = "{span}"\n' for day, span in days.items())
    return f"{OFFICE}[actors.usr_9.hours]\n{lines}"


NEW_YORK = OFFICE + '[actors.usr_7]\ntime_zone = "America/New_York"\nholidays = "US"\n'
NIGHTS = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "22:00-06:00")
TRUSTED = (
    OFFICE
    + 'trusted_networks = ["203.0.113.0/24", "2001:db8:5::/48", "198.51.100.128/25",'
    + ' "::ffff:198.18.0.0/112"]\n'
)


def one(name: str, when: str, *expect: str, policy: str = OFFICE, who: str = "usr_1") -> Case:
    """A case of a single ordinary entry."""
    return Case(name, (did(1, when, who),), expect, policy)


OFF = "off-hours low 1"

WORKING_TIME = (
    one("the last microsecond before work", "2026-11-23 07:59:59.999999", f"{OFF}: Mon 07:59"),
    one("work begins", "2026-11-23 08:00"),
    one("the last microsecond of work", "2026-11-23 17:59:59.999999"),
    one("work has ended", "2026-11-23 18:00", f"{OFF}: Mon 18:00; outside working hours"),
    one(
        "a Saturday night, in the words of the product",
        "2026-11-21 03:12",
        f"{OFF}: Sat 03:12 Europe/Berlin, working hours Mon-Fri 08:00-18:00.",
    ),
    one("a Saturday at noon", "2026-11-21 12:00", f"{OFF}: Sat 12:00; a day off"),
    one("a Sunday at noon", "2026-11-22 12:00", f"{OFF}: Sun 12:00"),
    one("Monday begins at midnight, work does not", "2026-11-23 00:00", f"{OFF}: Mon 00:00"),
    one("Friday evening", "2026-11-27 23:59:59.999999", f"{OFF}: Fri 23:59"),
    one(
        "a Saturday on which the office works",
        "2026-11-21 12:00",
        policy=hours(sat="09:00-13:00"),
    ),
    one(
        "a weekday on which the office does not",
        "2026-11-23 12:00",
        f"{OFF}: Mon 12:00; working hours Sat 09:00-13:00; a day off",
        policy=hours(sat="09:00-13:00"),
    ),
    one(
        "nobody ever works",
        "2026-11-23 12:00",
        f"{OFF}: no working days",
        policy=OFFICE + "[hours]\n",
    ),
    one(
        "hours that differ by day are all named",
        "2026-11-27 15:00",
        f"{OFF}: Fri 15:00; working hours Mon-Thu 09:00-17:00, Fri 09:00-15:00",
        policy=hours(
            mon="09:00-17:00",
            tue="09:00-17:00",
            wed="09:00-17:00",
            thu="09:00-17:00",
            fri="09:00-15:00",
        ),
    ),
    one("a whole day of work", "2026-11-23 00:00", policy=hours(mon="00:00-24:00")),
    one(
        "a whole day ends", "2026-11-24 00:00", f"{OFF}: Tue 00:00", policy=hours(mon="00:00-24:00")
    ),
    one("work until midnight", "2026-11-23 23:59", policy=hours(mon="18:00-24:00")),
    one("a day in UTC", "2026-11-23T17:59:59Z", policy=hours("UTC", mon="08:00-18:00")),
    one("the same in Berlin", "2026-11-23T17:59:59Z", OFF, policy=hours(mon="08:00-18:00")),
    one(
        "a zone of half an hour",
        "2026-11-23T02:30:00Z",
        policy=hours("Asia/Kolkata", mon="08:00-18:00"),
    ),
    one(
        "just before it",
        "2026-11-23T02:29:59Z",
        f"{OFF}: Mon 07:59 Asia/Kolkata",
        policy=hours("Asia/Kolkata", mon="08:00-18:00"),
    ),
)

CLOCK_CHANGES = (
    # The clocks go forward on Sunday 29 March 2026, from 02:00 to 03:00.
    one("the day before spring: eight", "2026-03-28T07:00:00Z", policy=EVERY_DAY),
    one("the day before spring: too early", "2026-03-28T06:59:59Z", OFF, policy=EVERY_DAY),
    one("spring: eight is an hour earlier", "2026-03-29T06:00:00Z", policy=EVERY_DAY),
    one("spring: too early", "2026-03-29T05:59:59.999999Z", f"{OFF}: 07:59", policy=EVERY_DAY),
    one("spring: the last microsecond", "2026-03-29T15:59:59.999999Z", policy=EVERY_DAY),
    one("spring: after work", "2026-03-29T16:00:00Z", f"{OFF}: 18:00", policy=EVERY_DAY),
    # They go back on Sunday 25 October 2026, from 03:00 to 02:00.
    one("the day before autumn: eight", "2026-10-24T06:00:00Z", policy=EVERY_DAY),
    one(
        "autumn: eight by yesterday's clock",
        "2026-10-25T06:00:00Z",
        f"{OFF}: 07:00",
        policy=EVERY_DAY,
    ),
    one("autumn: too early", "2026-10-25T06:59:59.999999Z", f"{OFF}: 07:59", policy=EVERY_DAY),
    one("autumn: eight", "2026-10-25T07:00:00Z", policy=EVERY_DAY),
    one("autumn: the last microsecond", "2026-10-25T16:59:59.999999Z", policy=EVERY_DAY),
    one("autumn: after work", "2026-10-25T17:00:00Z", OFF, policy=EVERY_DAY),
    one("a short night", "2026-03-29T03:59:59.999999Z", policy=hours(sat="22:00-06:00")),
    one("a short night is over", "2026-03-29T04:00:00Z", OFF, policy=hours(sat="22:00-06:00")),
    one("a long night", "2026-10-25T04:59:59.999999Z", policy=hours(sat="22:00-06:00")),
    one("a long night is over", "2026-10-25T05:00:00Z", OFF, policy=hours(sat="22:00-06:00")),
    one(
        "02:15 for the first time, a shift until 02:30",
        "2026-10-25T00:15:00Z",
        policy=hours(sat="22:00-02:30"),
    ),
    one("02:15 for the second time", "2026-10-25T01:15:00Z", policy=hours(sat="22:00-02:30")),
    one("02:30 for the second time", "2026-10-25T01:30:00Z", OFF, policy=hours(sat="22:00-02:30")),
    one(
        "a shift from 02:30 on: too early",
        "2026-10-25T00:29:59Z",
        OFF,
        policy=hours(sun="02:30-10:00"),
    ),
    one("02:30 for the first time", "2026-10-25T00:30:00Z", policy=hours(sun="02:30-10:00")),
    one(
        "02:10 for the second time, at work since",
        "2026-10-25T01:10:00Z",
        policy=hours(sun="02:30-10:00"),
    ),
    one(
        "a start that is skipped: before",
        "2026-03-29T00:59:59Z",
        OFF,
        policy=hours(sun="02:30-10:00"),
    ),
    one(
        "a start that is skipped: at the change",
        "2026-03-29T01:00:00Z",
        policy=hours(sun="02:30-10:00"),
    ),
    one("an end that is skipped: before", "2026-03-29T00:59:59Z", policy=hours(sat="22:00-02:30")),
    one(
        "an end that is skipped: at the change",
        "2026-03-29T01:00:00Z",
        OFF,
        policy=hours(sat="22:00-02:30"),
    ),
    one(
        "New York, the day before spring",
        "2026-03-07T13:00:00Z",
        policy=hours("America/New_York", sat="08:00-18:00"),
    ),
    one(
        "New York, spring",
        "2026-03-08T12:00:00Z",
        policy=hours("America/New_York", sun="08:00-18:00"),
    ),
    one(
        "New York, spring, too early",
        "2026-03-08T11:59:59Z",
        f"{OFF}: 07:59 America/New_York",
        policy=hours("America/New_York", sun="08:00-18:00"),
    ),
    one(
        "New York has changed and Berlin has not",
        "2026-03-09T12:00:00Z",
        who="usr_7",
        policy=NEW_YORK,
    ),
    one(
        "New York, autumn",
        "2026-11-01T13:00:00Z",
        policy=hours("America/New_York", sun="08:00-18:00"),
    ),
    one(
        "New York, autumn, too early",
        "2026-11-01T12:59:59Z",
        OFF,
        policy=hours("America/New_York", sun="08:00-18:00"),
    ),
    one(
        "a zone whose clocks change by half an hour",
        "2026-10-03T21:00:00Z",
        policy=hours("Australia/Lord_Howe", sun="08:00-18:00"),
    ),
    one(
        "and the second before",
        "2026-10-03T20:59:59Z",
        OFF,
        policy=hours("Australia/Lord_Howe", sun="08:00-18:00"),
    ),
)

WED = night_watch(wed="22:00-06:00")

NIGHT_SHIFTS = (
    one(
        "before the night shift",
        "2026-11-25 21:59:59",
        f"{OFF}: Wed 21:59; Wed 22:00-06:00",
        policy=WED,
        who="usr_9",
    ),
    one("the night shift begins", "2026-11-25 22:00", policy=WED, who="usr_9"),
    one("midnight in the night shift", "2026-11-26 00:00", policy=WED, who="usr_9"),
    one("the last microsecond of the night", "2026-11-26 05:59:59.999999", policy=WED, who="usr_9"),
    one("the night is over", "2026-11-26 06:00", OFF, policy=WED, who="usr_9"),
    one(
        "the next evening is off", "2026-11-26 22:00", f"{OFF}: a day off", policy=WED, who="usr_9"
    ),
    one("the night before was off", "2026-11-25 02:00", OFF, policy=WED, who="usr_9"),
    one("the hours of the office are not theirs", "2026-11-23 10:00", OFF, policy=WED, who="usr_9"),
    one("and their hours are not the office's", "2026-11-25 23:00", OFF, policy=WED),
    one(
        "from Sunday to Monday",
        "2026-11-23 05:00",
        policy=night_watch(sun="22:00-06:00"),
        who="usr_9",
    ),
    one(
        "from Saturday to Sunday",
        "2026-11-22 05:00",
        policy=night_watch(sat="22:00-06:00"),
        who="usr_9",
    ),
    one("twenty-four hours", "2026-11-24 07:59:59", policy=hours(mon="08:00-08:00")),
    one("twenty-four hours are over", "2026-11-24 08:00", OFF, policy=hours(mon="08:00-08:00")),
    one("the year ends in a shift", "2027-01-01 03:00", policy=hours(thu="22:00-06:00")),
)

HOLIDAYS = (
    one(
        "Christmas",
        "2026-12-25 10:00",
        f"{OFF}: Fri 10:00 Europe/Berlin, public holiday (Christmas Day), working hours Mon-Fri 08:00-18:00.",
    ),
    one("no holidays at all", "2026-12-25 10:00", policy='time_zone = "Europe/Berlin"'),
    one("a holiday of Berlin only", "2027-03-08 10:00", f"{OFF}: Women's Day"),
    one(
        "which Germany does not have",
        "2027-03-08 10:00",
        policy='time_zone = "Europe/Berlin"\nholidays = "DE"',
    ),
    one(
        "a holiday of Brandenburg only",
        "2025-10-31 10:00",
        f"{OFF}: Reformation Day",
        policy='time_zone = "Europe/Berlin"\nholidays = "DE-BB"',
    ),
    one("which Berlin does not have", "2025-10-31 10:00"),
    one(
        "a holiday of Bavaria only",
        "2026-01-06 10:00",
        f"{OFF}: Epiphany",
        policy='time_zone = "Europe/Berlin"\nholidays = "DE-BY"',
    ),
    one("a holiday on a Saturday", "2026-10-03 10:00", f"{OFF}: public holiday (German Unity Day)"),
    one(
        "Thanksgiving in New York",
        "2026-11-26 10:00-05:00",
        f"{OFF}: Thanksgiving",
        who="usr_7",
        policy=NEW_YORK,
    ),
    one("Thanksgiving in Berlin", "2026-11-26 10:00", policy=NEW_YORK),
    one("Unity Day is none in New York", "2025-10-03 10:00-04:00", who="usr_7", policy=NEW_YORK),
    one(
        "a holiday observed on the Friday before",
        "2026-07-03 10:00-04:00",
        f"{OFF}: Independence Day (observed)",
        who="usr_7",
        policy=NEW_YORK,
    ),
    one(
        "somebody without holidays",
        "2026-12-25 10:00",
        policy=OFFICE + '[actors.usr_1]\nholidays = ""',
    ),
    one(
        "the day is that of the actor's zone",
        "2026-12-31T23:30:00Z",
        f"{OFF}: Fri 08:30 Asia/Tokyo, public holiday (New Year's Day)",
        policy='time_zone = "Asia/Tokyo"\nholidays = "JP"',
    ),
    one(
        "the night before a holiday goes on into it",
        "2026-01-01 03:00",
        policy=night_watch(**NIGHTS),
        who="usr_9",
    ),
    one(
        "the night that would begin on a holiday",
        "2026-01-01 23:00",
        f"{OFF}: New Year's Day",
        policy=night_watch(**NIGHTS),
        who="usr_9",
    ),
    one(
        "is off on the next morning too",
        "2026-01-02 03:00",
        f"{OFF}: Fri 03:00 Europe/Berlin, public holiday (New Year's Day)",
        policy=night_watch(**NIGHTS),
        who="usr_9",
    ),
    one(
        "and the night after is work again",
        "2026-01-02 23:00",
        policy=night_watch(**NIGHTS),
        who="usr_9",
    ),
    one(
        "the evening before a holiday",
        "2025-12-31 23:00",
        policy=night_watch(**NIGHTS),
        who="usr_9",
    ),
)

WHO = (
    Case("a job at night", (job(1, "2026-11-21 03:00"),), ()),
    Case("a job under the name of a member", (did(1, "2026-11-21 03:00", kind="system"),), ()),
    Case("a member who is called system", (did(1, "2026-11-21 03:00", "system"),), ()),
    one("another zone, at work", "2026-11-23T22:30:00Z", who="usr_7", policy=NEW_YORK),
    one(
        "another zone, too early",
        "2026-11-23 10:00",
        f"{OFF}: Mon 04:00 America/New_York",
        who="usr_7",
        policy=NEW_YORK,
    ),
    one("an exception is for one only", "2026-11-23 10:00", who="usr_77", policy=NEW_YORK),
    one(
        "an ID in other letters is another actor", "2026-11-23 10:00", who="USR_7", policy=NEW_YORK
    ),
    one("an exception that says nothing", "2026-11-23 10:00", policy=OFFICE + "[actors.usr_1]"),
)

EVENING = "2026-11-23 20:00"

SESSIONS = (
    Case("a gap of exactly an hour", (did(1, EVENING), did(2, "2026-11-23 21:00")), ("off-hours low 1+2: 2 entries; 20:00 to 21:00",)),
    Case("a microsecond more", (did(1, EVENING), did(2, "2026-11-23 21:00:00.000001")), ("off-hours low 1", "off-hours low 2")),
    Case("a chain of gaps", (did(1, EVENING), did(2, "2026-11-23 20:59"), did(3, "2026-11-23 21:58")), ("off-hours low 1+2+3",)),
    Case("the same microsecond, by id", (did(2, EVENING), did(1, EVENING)), ("off-hours low 1+2",)),
    Case("ids against the order of time", (did(2, EVENING), did(1, "2026-11-23 20:10")), ("off-hours low 2+1",)),
    Case("two people at a time", (did(1, EVENING), did(2, "2026-11-23 20:01", "usr_2"), did(3, "2026-11-23 20:02")), ("off-hours low 1+3", "off-hours low 2")),
    Case("work on both sides of an evening", (did(1, "2026-11-23 17:59"), did(2, "2026-11-23 18:01"), did(3, "2026-11-23 18:30")), ("off-hours low 2+3",)),
    Case("over midnight", (did(1, "2026-11-23 23:50"), did(2, "2026-11-24 00:40")), ("off-hours low 1+2: from Mon 23:50, 23 Nov 2026, to Tue 00:40",)),
    Case("usual work between two short mornings", (did(1, "2026-11-23 07:50"), did(2, "2026-11-23 08:10"), did(3, "2026-11-23 08:40")), ("off-hours low 1+3",), hours(mon="08:00-08:30")),
    Case("no gap is allowed", (did(1, EVENING), did(2, EVENING), did(3, "2026-11-23 20:00:00.000001")), ("off-hours low 1+2", "off-hours low 3"), OFFICE + "session_gap_minutes = 0"),
    Case("five minutes", (did(1, EVENING), did(2, "2026-11-23 20:05"), did(3, "2026-11-23 20:10:00.000001")), ("off-hours low 1+2", "off-hours low 3"), OFFICE + "session_gap_minutes = 5"),
    Case("a whole day", (did(1, EVENING), did(2, "2026-11-24 20:00"), did(3, "2026-11-25 20:00:00.000001")), ("off-hours low 1+2", "off-hours low 3"), OFFICE + "session_gap_minutes = 1440"),
    Case("across the hour that is skipped", (did(1, "2026-03-29T00:30:00Z"), did(2, "2026-03-29T01:30:00Z")), ("off-hours low 1+2: 01:30 to 03:30",)),
    Case("across the hour that is repeated", (did(1, "2026-10-25T00:30:00Z"), did(2, "2026-10-25T01:30:00.000001Z")), ("off-hours low 1", "off-hours low 2")),
    Case("from a weekend into a holiday", (did(1, "2026-05-24 23:30"), did(2, "2026-05-25 00:10")), ("off-hours low 1+2: Sun 23:30 Europe/Berlin, working; Mon 00:10 Europe/Berlin, public holiday",)),
    Case("on several objects", (did(1, EVENING), did(2, "2026-11-23 20:01", target="agt_2")), ("off-hours low 1+2",)),
)  # fmt: skip

DAY = ("2026-11-23T00:00:00+01:00", "2026-11-24T00:00:00+01:00")

PERIODS = (
    Case("begun an hour before the period", (did(1, "2026-11-22 23:00"), did(2, "2026-11-23 00:00")), (), OFFICE, *DAY),
    Case("and a microsecond before that", (did(1, "2026-11-22 22:59:59.999999"), did(2, "2026-11-23 00:00")), ("off-hours low 2",), OFFICE, *DAY),
    Case("goes on after the period", (did(1, "2026-11-23 23:30"), did(2, "2026-11-24 00:30"), did(3, "2026-11-24 01:30")), ("off-hours low 1+2+3",), OFFICE, *DAY),
    Case("begins with the end of the period", (did(1, "2026-11-24 00:00"),), (), OFFICE, *DAY),
    Case("begins with the period", (did(1, "2026-11-23 00:00"),), ("off-hours low 1",), OFFICE, *DAY),
    Case("is followed for days", tuple(did(n, f"2026-11-{21 + (n - 1) // 24} {(n - 1) % 24:02d}:00") for n in range(1, 49)), (f"off-hours low {'+'.join(map(str, range(1, 49)))}",), OFFICE, "2026-11-21T00:00:00+01:00", "2026-11-21T01:00:00+01:00"),
    Case("a long one that began before", tuple(did(n, f"2026-11-21 {n:02d}:00") for n in range(1, 20)), (), OFFICE, "2026-11-21T03:00:00+01:00", "2026-11-22T00:00:00+01:00"),
    Case("work before the period begins no session", (did(1, "2026-11-23 17:59:59"), did(2, "2026-11-23 18:00")), ("off-hours low 2",), OFFICE, "2026-11-23T18:00:00+01:00", "2026-11-24T00:00:00+01:00"),
    Case("an empty period", (did(1, EVENING),), (), OFFICE, DAY[0], DAY[0]),
    Case("a promotion outside of the period", (role(1, '{"role": "Member"}', '{"role": "Admin"}'),), (), OFFICE, "2026-11-24T00:00:00+01:00"),
    Case("a new network by what lies before the period", (*past(20), did(1, "2026-11-23 10:00", ip="198.51.100.1")), ("off-hours medium 1",), OFFICE, *DAY),
    Case("known by what lies before the period", (*past(20, ip="198.51.100.9"), did(1, "2026-11-23 10:00", ip="198.51.100.1")), (), OFFICE, *DAY),
    Case("the first use lies before the period", (*past(20), did(1, "2026-11-20 17:00", ip="198.51.100.1"), did(2, "2026-11-23 10:00", ip="198.51.100.2")), (), OFFICE, *DAY),
    Case("new and at night, begun before the period", (*past(20), did(1, "2026-11-22 23:30", ip="198.51.100.1"), did(2, "2026-11-23 00:10", ip="198.51.100.2")), (), OFFICE, *DAY),
)  # fmt: skip

TEN = "2026-11-23 10:00"
NEW = "off-hours medium 1"
ABROAD = "198.51.100.90"

NETWORKS = (
    Case("nineteen earlier entries", (*past(19), did(1, TEN, ip=ABROAD)), ()),
    Case("twenty earlier entries", (*past(20), did(1, TEN, ip=ABROAD)), (f"{NEW}: Mon 10:00, new network; From 198.51.100.90 (198.51.100.0/24): a network not used by this actor in the 90 days before.",)),
    Case("the twentieth in the same microsecond", (*past(19), did(1, TEN), did(2, TEN, ip=ABROAD)), ("off-hours medium 2",)),
    Case("the twentieth has a higher id", (*past(19), did(1, TEN, ip=ABROAD), did(2, TEN)), ()),
    Case("twenty long ago", (*past(20, last="2025-11-20 16:00"), did(1, TEN, ip=ABROAD)), (NEW,)),
    Case("twenty of somebody else", (*past(20, who="usr_2"), did(1, TEN, ip=ABROAD)), ()),
    Case("twenty without an address", (*past(20, ip=None), did(1, TEN, ip=ABROAD)), (NEW,)),
    Case("only the first of many is new", (*past(20), did(1, TEN, ip=ABROAD), did(2, "2026-11-23 10:01", ip=ABROAD), did(3, "2026-11-23 10:01", ip="198.51.100.7")), (NEW,)),
    Case("the same microsecond: the lower id is new", (*past(20), did(2, TEN, ip=ABROAD), did(1, TEN, ip="198.51.100.1")), (NEW,)),
    Case("used exactly 90 days before", (*past(20), did(1, "2026-08-25T09:00:00Z", ip=ABROAD), did(2, "2026-11-23T09:00:00Z", ip=ABROAD)), ()),
    Case("used a microsecond earlier", (*past(20), did(1, "2026-08-25T08:59:59.999999Z", ip=ABROAD), did(2, "2026-11-23T09:00:00Z", ip=ABROAD)), ("off-hours medium 2",)),
    Case("home again after half a year", (*past(20, last="2026-05-20 16:00"), did(1, TEN)), (NEW,)),
    Case("twice new within a year", (*past(20, last="2026-03-02 16:00"), did(1, "2026-03-03 10:00", ip=ABROAD), did(2, "2026-11-23 10:00", ip=ABROAD)), ("off-hours medium 1", "off-hours medium 2")),
    Case("known only to somebody else", (*past(20), did(2, "2026-11-20 10:00", "usr_2", ip=ABROAD), did(1, TEN, ip=ABROAD)), (NEW,)),
    Case("the last address of the /24", (*past(20), did(1, TEN, ip="192.0.2.255")), ()),
    Case("the first address of the next /24", (*past(20), did(1, TEN, ip="192.0.3.0")), (NEW,)),
    Case("the last address of the /24 before", (*past(20), did(1, TEN, ip="192.0.1.255")), (NEW,)),
    Case("a mapped IPv4 is that IPv4", (*past(20), did(1, TEN, ip="::ffff:192.0.2.77")), ()),
    Case("and the other way round", (*past(20, ip="::ffff:192.0.2.77"), did(1, TEN)), ()),
    Case("a mapped IPv4 that is new", (*past(20), did(1, TEN, ip="::ffff:198.51.100.1"), did(2, "2026-11-23 10:01", ip="198.51.100.2")), (f"{NEW}: ::ffff:198.51.100.1 (198.51.100.0/24)",)),
    Case("the last address of the /48", (*past(20, ip="2001:db8:1::1"), did(1, TEN, ip="2001:db8:1:ffff:ffff:ffff:ffff:ffff")), ()),
    Case("the first address of the next /48", (*past(20, ip="2001:db8:1::1"), did(1, TEN, ip="2001:db8:2::")), (f"{NEW}: 2001:db8:2:: (2001:db8:2::/48)",)),
    Case("the last address of the /48 before", (*past(20, ip="2001:db8:1::1"), did(1, TEN, ip="2001:db8:0:ffff:ffff:ffff:ffff:ffff")), (NEW,)),
    Case("IPv6 after IPv4", (*past(20), did(1, TEN, ip="2001:db8:1::1")), (NEW,)),
    Case("a longer network counts as its /24", (*past(20), did(1, TEN, ip="192.0.2.128/25")), ()),
    Case("a wider network stands for itself", (*past(20), did(1, TEN, ip="192.0.0.0/16"), did(2, "2026-11-23 10:01", ip="192.0.0.0/16")), (f"{NEW}: From 192.0.0.0/16: a network",)),
    Case("a trusted network", (*past(20), did(1, TEN, ip="203.0.113.9")), (), TRUSTED),
    Case("next to a trusted network", (*past(20), did(1, TEN, ip="203.0.114.0")), (NEW,), TRUSTED),
    Case("half of a /24 is trusted", (*past(20), did(1, TEN, ip="198.51.100.128")), (), TRUSTED),
    Case("and the other half is not", (*past(20), did(1, TEN, ip="198.51.100.127")), (NEW,), TRUSTED),
    Case("a trusted IPv6 network", (*past(20), did(1, TEN, ip="2001:db8:5:1::1")), (), TRUSTED),
    Case("a mapped address in a trusted network", (*past(20), did(1, TEN, ip="::ffff:203.0.113.9")), (), TRUSTED),
    Case("a trusted network of mapped addresses", (*past(20), did(1, TEN, ip="198.18.7.7")), (), TRUSTED),
    Case("trust is no leave for the night", (*past(20), did(1, EVENING, ip="203.0.113.9")), ("off-hours low 1",), TRUSTED),
    Case("no address", (*past(20), did(1, TEN, ip=None)), ()),
    Case("a job from a new network", (*past(20), did(1, TEN, ip=ABROAD, kind="system")), ()),
    Case("new, and at night", (*past(20), did(1, EVENING, ip=ABROAD)), ("off-hours high 1: Mon 20:00, outside working hours, new network",)),
    Case("at night, and then new", (*past(20), did(1, EVENING), did(2, "2026-11-23 20:30", ip=ABROAD)), ("off-hours high 1+2",)),
    Case("new at work, then into the evening", (*past(20), did(1, "2026-11-23 17:30", ip=ABROAD), did(2, "2026-11-23 18:10", ip=ABROAD)), ("off-hours high 1+2",)),
    Case("two new networks within the hour", (*past(20), did(1, TEN, ip=ABROAD), did(2, "2026-11-23 10:30", ip="2001:db8:9::1")), ("off-hours medium 1+2: networks not used by this actor",)),
    Case("two new networks over the day", (*past(20), did(1, TEN, ip=ABROAD), did(2, "2026-11-23 12:30", ip="2001:db8:9::1")), ("off-hours medium 1", "off-hours medium 2")),
)  # fmt: skip


def change(name: str, before: str | None, after: str | None, *expect: str) -> Case:
    """A change of somebody's role by somebody else."""
    return Case(name, (role(1, before, after),), expect)


def own(name: str, before: str | None, after: str | None, *expect: str) -> Case:
    """A change of one's own role."""
    return Case(name, (role(1, before, after, target="usr_1"),), expect)


MEMBER, ADMIN, SUPER = '{"role": "Member"}', '{"role": "Admin"}', '{"role": "Super Admin"}'
RISE = "role-promotion medium 1"
HIGH = "role-promotion high 1"
CRITICAL = "role-promotion critical 1"

ROLES = (
    change("Member to Admin", MEMBER, ADMIN, f"{RISE}: Name of usr_2: Member → Admin; Role rose from Member to Admin on Mon 23 Nov 2026, 10:00:00 +01:00, from 192.0.2.10."),
    change("Member to Super Admin", MEMBER, SUPER, f"{HIGH}: Member → Super Admin"),
    change("Admin to Super Admin", ADMIN, SUPER, f"{HIGH}: Admin → Super Admin"),
    change("Super Admin to Admin", SUPER, ADMIN),
    change("Admin to Member", ADMIN, MEMBER),
    change("Super Admin to Member", SUPER, MEMBER),
    change("Admin to Admin", ADMIN, ADMIN),
    change("Admin in other letters is no rise", ADMIN, '{"role": "ADMIN"}'),
    change("Member to Member", MEMBER, MEMBER),
    change("case does not matter", '{"role": "MEMBER"}', '{"role": "aDMIN"}', RISE),
    change("nor do spaces", MEMBER, '{"role": " Super  Admin "}', HIGH),
    change("nor underscores", MEMBER, '{"role": "super_admin"}', HIGH),
    change("nor hyphens", MEMBER, '{"role": "SUPER-ADMIN"}', HIGH),
    change("nor none of them", MEMBER, '{"role": "superadmin"}', HIGH),
    change("other fields do not disturb", '{"a": 1, "role": "Member"}', '{"role": "Admin", "b": [2]}', RISE),
    change("an escaped letter is that letter", MEMBER, '{"role": "\\u0041dmin"}', RISE),
    own("a promotion of oneself to Admin", MEMBER, ADMIN, f"{CRITICAL}: Name of usr_1 promoted themselves to Admin"),
    own("a promotion of oneself to Super Admin", ADMIN, SUPER, f"{CRITICAL}: The actor and the promoted member are the same person (usr_1). Role rose from Admin to Super Admin on Mon 23 Nov 2026, 10:00:00 +01:00"),
    own("one steps down", SUPER, MEMBER),
    own("one stays what one is", ADMIN, ADMIN),
    change("an unknown role", MEMBER, '{"role": "Billing admin"}', f'{RISE}: role not known ("Billing admin"); known are Member, Admin, Super Admin'),
    change("a look-alike letter", MEMBER, '{"role": "\u0410dmin"}', f"{RISE}: role not known"),
    change("a hidden letter", MEMBER, '{"role": "Ad\\u200bmin"}', f"{RISE}: role not known"),
    change("full-width letters", MEMBER, '{"role": "\uff21dmin"}', f"{RISE}: role not known"),
    change("a space that is none", MEMBER, '{"role": "Super\u00a0Admin"}', f"{RISE}: role not known"),
    change("an empty role", MEMBER, '{"role": ""}', f"{RISE}: role not known"),
    change("from an unknown role to Admin", '{"role": "Owner"}', ADMIN, f"{RISE}: role not known"),
    change("from an unknown role to Super Admin", '{"role": "Owner"}', SUPER, f"{HIGH}: role not known"),
    change("from an unknown role to Member", '{"role": "Owner"}', MEMBER, f"{RISE}: role not known"),
    change("nothing before", None, ADMIN, f"{RISE}: role not known (no role)"),
    change("nothing after", ADMIN, None, f"{RISE}: role not known (no role)"),
    change("nothing at all", None, None, f"{RISE}: role not known"),
    change("no role after", MEMBER, '{"name": "Kim"}', f"{RISE}: role not known (no role)"),
    change("a role that is null", MEMBER, '{"role": null}', f"{RISE}: role not known (no role)"),
    change("a role that is a number", MEMBER, '{"role": 2}', f"{RISE}: role not known (2)"),
    change("a role that is a list", MEMBER, '{"role": ["Admin"]}', f'{RISE}: role not known (["Admin"])'),
    change("a role within another", MEMBER, '{"member": {"role": "Admin"}}', f"{RISE}: role not known (no role)"),
    change("values that are a list", MEMBER, '[{"role": "Admin"}]', f"{RISE}: role not known"),
    change("values that are a text", MEMBER, '"Admin"', f"{RISE}: role not known"),
    change("the role twice, once Super Admin", MEMBER, '{"role": "Member", "role": "Super Admin"}', f'{HIGH}: role not known ("Member" and "Super Admin")'),
    change("the role twice, spelled otherwise", MEMBER, '{"role": "Admin", "role": "ADMIN"}', f"{RISE}: Member → Admin"),
    change("the role twice, once unknown", MEMBER, '{"role": "Admin", "role": "x"}', f"{RISE}: role not known"),
    change("another key by case", MEMBER, '{"Role": "Admin"}', f"{RISE}: role not known (no role)"),
    change("nested too deeply to read", MEMBER, '{"a": ' + "[" * 300 + "]" * 300 + ', "role": "Admin"}', f"{RISE}: nested too deeply"),
    own("an unknown role for oneself", MEMBER, '{"role": "Owner"}', f"{CRITICAL}: Name of usr_1 changed their own role: role not known"),
    own("from an unknown role of one's own to Admin", '{"role": "Owner"}', ADMIN, CRITICAL),
    own("from an unknown role of one's own to Member", '{"role": "Owner"}', MEMBER, RISE),
    Case("nobody is named", (role(1, MEMBER, ADMIN, target=None),), (f"{RISE}: Nobody named",)),
    Case("the system promotes", (role(1, MEMBER, ADMIN, who="system", kind="system", when="2026-11-21 03:00"),), (RISE,)),
    Case("the same in another action", (did(1, TEN, action="team.change_roles", target="usr_2", before=MEMBER, after=ADMIN),), ()),
    Case("an action in other letters", (did(1, TEN, action="Team.change_role", target="usr_2", before=MEMBER, after=ADMIN),), ()),
    Case("invited as Admin", (invitation(1, '{"email": "x@y.example", "role": "Admin"}'),), (f"{RISE}: Name of usr_2 invited as Admin; straight to Admin",)),
    Case("invited as Super Admin", (invitation(1, SUPER),), (HIGH,)),
    Case("invited as Member", (invitation(1, MEMBER),), ()),
    Case("invited as something else", (invitation(1, '{"role": "Guest"}'),), (f"{RISE}: role not known",)),
    Case("invited without a role", (invitation(1, '{"email": "x@y.example"}'),), (f"{RISE}: role not known",)),
    Case("invited without any values", (invitation(1, None),), (f"{RISE}: role not known",)),
    Case("an invitation to oneself", (invitation(1, ADMIN, target="usr_1"),), (CRITICAL,)),
    Case("a removal is none", (did(1, TEN, action="team.remove", target="usr_2", before=ADMIN),), ()),
    Case("at night", (role(1, MEMBER, ADMIN, when="2026-11-23 23:41:07"),), (f"{RISE}: Mon 23 Nov 2026, 23:41:07 +01:00, outside working hours (Mon-Fri 08:00-18:00)", "off-hours low 1")),
    Case("at night, from a new network, to oneself", (*past(20), did(1, "2026-11-23 23:41:07", action="team.change_role", target="usr_1", before=ADMIN, after=SUPER, ip=ABROAD)), (f"{CRITICAL}: outside working hours (Mon-Fri 08:00-18:00), from 198.51.100.90 (198.51.100.0/24), a network not used by this actor in the 90 days before", "off-hours high 1")),
    Case("on a holiday", (role(1, MEMBER, ADMIN, when="2026-12-25 10:00"),), (f"{RISE}: public holiday, Christmas Day", "off-hours low 1")),
    Case("in the actor's own zone", (role(1, MEMBER, ADMIN, who="usr_7", when="2026-11-23 16:00"),), (f"{RISE}: Mon 23 Nov 2026, 10:00:00 -05:00",), NEW_YORK),
)  # fmt: skip

LOST = "integration-disconnect high 1"
BACK = "integration-disconnect low 1"
AGENTS = '{"agent_ids": ["agt_1", "agt_2"]}'

DISCONNECTS = (
    Case("still disconnected", (hub(1, "disconnect", TEN),), (f"{LOST}: Name of int_1: still disconnected; No agent was assigned",)),
    Case("connected again after two hours", (hub(1, "disconnect", TEN), hub(2, "connect", "2026-11-23 12:00", who="usr_2")), (f"{BACK}: down for 2 h 00 min, connected again by Name of usr_2",)),
    Case("connected again before the day is over", (hub(1, "disconnect", TEN), hub(2, "connect", "2026-11-24 09:59:59")), (f"{BACK}: down for 23 h 59 min",)),
    Case("connected again after a day", (hub(1, "disconnect", TEN), hub(2, "connect", "2026-11-24 10:00")), ("integration-disconnect medium 1: down for 1 day 0 h 00 min",)),
    Case("connected again after a minute", (hub(1, "disconnect", TEN), hub(2, "connect", "2026-11-23 10:01:30")), (f"{BACK}: down for 1 min",)),
    Case("connected again at once", (hub(1, "disconnect", TEN), hub(2, "connect", TEN)), (f"{BACK}: down for less than a second",)),
    Case("the connect of the same microsecond came first", (hub(2, "disconnect", TEN), hub(1, "connect", TEN)), ("integration-disconnect high 2",)),
    Case("a connect before", (hub(1, "disconnect", TEN), hub(2, "connect", "2026-11-23 09:00")), (LOST,)),
    Case("another integration is connected", (hub(1, "disconnect", TEN), hub(2, "connect", "2026-11-23 12:00", target="int_2")), (LOST,)),
    Case("its ID in other letters", (hub(1, "disconnect", TEN), hub(2, "connect", "2026-11-23 12:00", target="INT_1")), (LOST,)),
    Case("the first of two connects counts", (hub(1, "disconnect", TEN), hub(3, "connect", "2026-11-23 12:00"), hub(2, "connect", "2026-11-23 11:00")), (f"{BACK}: down for 1 h 00 min",)),
    Case("an entry of an earlier time with a higher id", (hub(9, "disconnect", TEN), hub(1, "connect", "2026-11-23 11:00")), ("integration-disconnect low 9",)),
    Case("two disconnects, one connect", (hub(1, "disconnect", TEN), hub(2, "disconnect", "2026-11-23 11:00"), hub(3, "connect", "2026-11-23 12:00")), (f"{BACK}: 2 h 00 min", "integration-disconnect low 2: 1 h 00 min")),
    Case("broken, repaired, broken", (hub(1, "disconnect", TEN), hub(2, "connect", "2026-11-23 11:00"), hub(3, "disconnect", "2026-11-23 12:00")), (BACK, "integration-disconnect high 3")),
    Case("repaired after the period", (hub(1, "disconnect", "2026-11-23 17:00"), hub(2, "connect", "2026-11-24 09:00")), (f"{BACK}: 16 h 00 min",), OFFICE, *DAY),
    Case("broken before the period", (hub(1, "disconnect", "2026-11-20 17:00"), hub(2, "connect", "2026-11-23 09:00")), (), OFFICE, *DAY),
    Case("nobody says which", (hub(1, "disconnect", TEN, target=None), hub(2, "connect", "2026-11-23 11:00", target=None)), (f"{LOST}: An integration without a name",)),
    Case("the system disconnects at night", (job(1, "2026-11-21 03:00", action="integration.disconnect", target="int_1", after='{"status": "disconnected", "reason": "token expired"}'),), (f"{LOST}: by Name of system; (token expired)",)),
    Case("agents by the last assignment", (hub(1, "assign", "2026-11-20 10:00", after='{"agent_ids": ["agt_9"]}'), hub(2, "assign", "2026-11-20 11:00", before='{"agent_ids": ["agt_9"]}', after=AGENTS), hub(3, "disconnect", TEN)), ("integration-disconnect high 3: 2 agents; agt_1, agt_2; need repair",)),
    Case("a list that was emptied", (hub(1, "assign", "2026-11-20 10:00", after=AGENTS), hub(2, "assign", "2026-11-20 11:00", before=AGENTS, after='{"agent_ids": []}'), hub(3, "disconnect", TEN)), ("integration-disconnect high 3: No agent",)),
    Case("a list that was taken away", (hub(1, "assign", "2026-11-20 10:00", after=AGENTS), hub(2, "assign", "2026-11-20 11:00", before=AGENTS), hub(3, "disconnect", TEN)), ("integration-disconnect high 3: No agent",)),
    Case("agents one by one", (hub(1, "assign", "2026-11-20 10:00", after='{"agent_id": "agt_1"}'), hub(2, "assign", "2026-11-20 11:00", after='{"agent_id": "agt_2"}'), hub(3, "disconnect", TEN)), ("integration-disconnect high 3: agt_1, agt_2",)),
    Case("one of them taken away", (hub(1, "assign", "2026-11-20 10:00", after='{"agent_id": "agt_1"}'), hub(2, "assign", "2026-11-20 11:00", after='{"agent_id": "agt_2"}'), hub(4, "assign", "2026-11-20 12:00", before='{"agent_id": "agt_1"}', after='{"agent_id": null}'), hub(5, "disconnect", TEN)), ("integration-disconnect high 5: 1 agent, which needs repair: agt_2",)),
    Case("many one by one", (*(hub(n, "assign", f"2026-11-20 10:{n:02d}", after=f'{{"agent_id": "agt_{n}"}}') for n in range(1, 31)), hub(40, "disconnect", TEN)), ("integration-disconnect high 40: 30 agents; agt_20 and 10 more",)),
    Case("agents in the disconnect itself", (hub(1, "disconnect", TEN, before='{"agent_ids": ["agt_7"]}', after='{"agent_ids": []}'),), (f"{LOST}: agt_7",)),
    Case("the disconnect knows better", (hub(1, "assign", "2026-11-20 10:00", after=AGENTS), hub(2, "disconnect", TEN, before='{"agents": ["agt_7"]}')), ("integration-disconnect high 2: 1 agent; agt_7",)),
    Case("agents from the connect", (hub(1, "connect", "2026-11-20 10:00", after=AGENTS), hub(2, "disconnect", TEN)), ("integration-disconnect high 2: agt_1, agt_2",)),
    Case("assigned after the disconnect, which connects nothing", (hub(1, "disconnect", TEN), hub(2, "assign", "2026-11-23 11:00", after=AGENTS)), (f"{LOST}: No agent",)),
    Case("assigned in the same microsecond, before", (hub(1, "assign", TEN, after=AGENTS), hub(2, "disconnect", TEN)), ("integration-disconnect high 2: agt_1, agt_2",)),
    Case("assigned to another integration", (hub(1, "assign", "2026-11-20 10:00", target="int_2", after=AGENTS), hub(2, "disconnect", TEN)), ("integration-disconnect high 2: No agent",)),
    Case("values that are no JSON object", (hub(1, "assign", "2026-11-20 10:00", after='["agt_1"]'), hub(2, "disconnect", TEN, before="7")), ("integration-disconnect high 2: No agent",)),
    Case("agents that are no texts", (hub(1, "assign", "2026-11-20 10:00", after='{"agent_ids": [1, "agt_1", null]}'), hub(2, "disconnect", TEN)), ("integration-disconnect high 2: 1, agt_1, null",)),
    Case("the same agent twice", (hub(1, "assign", "2026-11-20 10:00", after='{"agent_ids": ["agt_1", "agt_1"]}'), hub(2, "disconnect", TEN)), ("integration-disconnect high 2: 1 agent",)),
    Case("agents that were assigned before it broke the last time", (hub(1, "assign", "2026-11-19 10:00", after=AGENTS), hub(2, "disconnect", "2026-11-20 10:00"), hub(3, "connect", "2026-11-20 11:00"), hub(4, "disconnect", TEN)), ("integration-disconnect low 2: agt_1, agt_2", "integration-disconnect high 4: agt_1, agt_2")),
    Case("at night", (hub(1, "disconnect", EVENING),), (f"{LOST}: Mon 23 Nov 2026, 20:00:00 +01:00", "off-hours low 1")),
)  # fmt: skip

ODD_TIMES = (
    one("infinity", "infinity", f"{OFF}: infinity; beyond the calendar"),
    one("minus infinity", "-infinity", f"{OFF}: -infinity"),
    one("4713 BC", "-004712-01-01T00:00:00Z", f"{OFF}: -004712-01-01"),
    one("the year 12000", "+012000-01-01T00:00:00Z", OFF),
    one("1969, at work", "1969-11-24T10:00:00Z"),
    one("1969, at night", "1969-11-24T01:00:00Z", f"{OFF}: Mon 02:00"),
    one("2200, at work", "2200-11-24T10:00:00Z"),
    one("2200, at night", "2200-11-24T01:00:00Z", OFF),
    Case("two at infinity", (did(2, "infinity"), did(1, "infinity")), ("off-hours low 1+2",)),
    Case("a new network long ago", (*past(20, last="1960-11-25 16:00"), did(1, "1960-11-28 10:00", ip=ABROAD)), (NEW,)),
    Case("a new network at the end of time", (*past(20), did(1, "infinity", ip=ABROAD)), ("off-hours high 1",)),
    Case("disconnected at infinity", (hub(1, "disconnect", TEN), hub(2, "connect", "infinity")), ("integration-disconnect medium 1: down for an unknown time", "off-hours low 2")),
    Case("a promotion at minus infinity", (role(1, MEMBER, ADMIN, when="-infinity"),), (f"{RISE}: on -infinity", "off-hours low 1")),
)  # fmt: skip

CASES = (
    *WORKING_TIME,
    *CLOCK_CHANGES,
    *NIGHT_SHIFTS,
    *HOLIDAYS,
    *WHO,
    *SESSIONS,
    *PERIODS,
    *NETWORKS,
    *ROLES,
    *DISCONNECTS,
    *ODD_TIMES,
)
