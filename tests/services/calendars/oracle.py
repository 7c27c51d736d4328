"""Who is on call by calendars, as recurring_ical_events has it. Reads a JSON list of {zone, calendar, moments} from
standard input and writes, for each, a list of names for each moment. Not shipped: the library is LGPL."""

import datetime
import json
import sys
import zoneinfo

import icalendar
import recurring_ical_events

SECOND = datetime.timedelta(seconds=1)


def instant(value, zone):
    """A date is the first moment of its day; a time without a zone is the schedule's."""
    if not isinstance(value, datetime.datetime):
        value = datetime.datetime.combine(value, datetime.time())
    if value.tzinfo is None:
        value = value.replace(tzinfo=zone)
    return value.astimezone(datetime.timezone.utc)


def names(events, moment, zone):
    found = set()
    for event in events:
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        begin, end = instant(event.start, zone), instant(event.end, zone)
        if begin <= moment < end:
            found.add(str(event["SUMMARY"]))
    return sorted(found)


def answers(case):
    zone = zoneinfo.ZoneInfo(case["zone"])
    calendar = recurring_ical_events.of(icalendar.Calendar.from_ical(case["calendar"]))
    rows = []
    for text in case["moments"]:
        moment = datetime.datetime.fromisoformat(text)
        day = datetime.timedelta(days=2)
        rows.append(names(calendar.between(moment - day, moment + day), moment, zone))
    return rows


json.dump([answers(case) for case in json.load(sys.stdin)], sys.stdout)
