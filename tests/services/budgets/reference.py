#!/usr/bin/env python3
"""Thirty days of payment traffic as OpenMetrics, and error budgets computed from that file alone.

`generate DIRECTORY --end UNIX [--days 30] [--seed 7]` writes the traffic, a file a day; `compute DIRECTORY --from UNIX
--to UNIX` prints, as JSON, what the program under test must show. The computation shares nothing with the program: it adds the counters'
own increments.
"""
import argparse
import json
import math
import os
import random
import sys

SCRAPE = 60          # seconds between scrapes
OFFSET = 17          # scrapes do not fall on whole minutes
OUTCOMES = ("success", "failed", "late", "declined")
WINDOWS = {"5m": 300, "30m": 1800, "1h": 3600, "6h": 21600, "3d": 259200}


def volume(second):
    """Payments a minute: a day with a trough at night, a weaker weekend."""
    hour = second / 3600 % 24
    day = second // 86400 % 7
    shape = 0.55 + 0.45 * math.sin((hour - 8) / 24 * 2 * math.pi)
    return 1200 * max(shape, 0.08) * (0.7 if day >= 5 else 1.0)


def failing(since_start, days):
    """Share of payments that fail: a floor, a deep outage of 25 minutes, a shallow one of 9 hours, an hour just now,
    and half an hour inside a gap, when nothing is scraped."""
    day = since_start / 86400
    if days * 0.8 + 0.05 <= day < days * 0.8 + 0.05 + 30 / 1440:
        return 0.9
    if days * 0.3 <= day < days * 0.3 + 25 / 1440:
        return 0.3
    if days * 0.6 <= day < days * 0.6 + 9 / 24:
        return 0.003
    if day >= days - 1 / 24:
        return 0.02
    return 0.0004


def poisson(rng, mean):
    """A Poisson count; a rounded normal one where the mean is large."""
    if mean > 30:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    count, chance, limit = 0, rng.random(), math.exp(-mean)
    while chance > limit:
        chance *= rng.random()
        count += 1
    return count


def gap(since_start, days):
    day = since_start / 86400
    return days * 0.45 <= day < days * 0.45 + 20 / 1440 or days * 0.8 <= day < days * 0.8 + 3 / 24


def generate(path, end, days, seed):
    rng = random.Random(seed)
    start = end - days * 86400
    scrapes = range(start + OFFSET, end, SCRAPE)
    resets = {int(len(scrapes) * share) for share in (0.17, 0.5, 0.71)}
    counters = {(path_, outcome, provider): 0
                for path_ in ("confirm", "history")
                for outcome in OUTCOMES for provider in ("acme", "globex")}
    fast = slow = 0
    rows = {key: [] for key in counters}
    histogram = []
    for index, second in enumerate(scrapes):
        if index in resets:
            counters = {key: 0 for key in counters}
            fast = slow = 0
        for (path_, outcome, provider) in counters:
            expected = volume(second) / 2 * (1 if path_ == "confirm" else 0.3)
            share = failing(second - start, days)
            part = {"success": 1 - share, "failed": share * 0.8, "late": share * 0.2, "declined": 0.06}[outcome]
            mean = expected * part
            counters[(path_, outcome, provider)] += poisson(rng, mean)
        quick = round(volume(second) * 0.998)
        fast += quick
        slow += round(volume(second)) - quick
        if gap(second - start, days):
            continue
        for key, value in counters.items():
            rows[key].append((second, value))
        histogram.append((second, fast, fast + slow))
    os.makedirs(path, exist_ok=True)
    for day in range(days):
        write_day(os.path.join(path, f"{day:03}.om"), rows, histogram, range(start + day * 86400, start + (day + 1) * 86400))


def write_day(path, rows, histogram, seconds):
    """One file a day: the loader reads a file again for each of its two-hour blocks."""
    with open(path, "w", encoding="utf-8") as out:
        out.write("# TYPE payments_requests counter\n")
        for (path_, outcome, provider), samples_ in rows.items():
            labels = f'path="{path_}",outcome="{outcome}",provider="{provider}"'
            out.writelines(f"payments_requests_total{{{labels}}} {value} {second}\n"
                           for second, value in samples_ if second in seconds)
        out.write("# TYPE payments_confirm_seconds histogram\n")
        today = [row for row in histogram if row[0] in seconds]
        for bound, column in (("0.8", 1), ("+Inf", 2)):
            out.writelines(f'payments_confirm_seconds_bucket{{le="{bound}"}} {row[column]} {row[0]}\n' for row in today)
        out.writelines(f"payments_confirm_seconds_count {row[2]} {row[0]}\n" for row in today)
        out.write("# EOF\n")


def samples(path):
    """Every series of the files, by name with labels."""
    series = {}
    for name in sorted(os.listdir(path)):
        with open(os.path.join(path, name), encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("#"):
                    continue
                name, value, second = line.rsplit(" ", 2)
                series.setdefault(name, []).append((float(second), float(value)))
    return series


def increase(points, begin, end):
    """What a counter grew by in (begin, end], over gaps too: after a reset the new value counts whole."""
    total = 0.0
    for (earlier, before), (later, after) in zip(points, points[1:]):
        if begin < later <= end:
            total += after - before if after >= before else after
    return total


def compute(path, begin, end, objective):
    series = samples(path)

    def events(outcomes, first, last):
        wanted = [points for name, points in series.items()
                  if name.startswith("payments_requests_total") and 'path="confirm"' in name
                  and any(f'outcome="{outcome}"' in name for outcome in outcomes)]
        return sum(increase(points, first, last) for points in wanted)

    def tally(first, last):
        good = events(("success",), first, last)
        return good, good + events(("failed", "late"), first, last)

    good, total = tally(begin, end)
    spent = (total - good) / ((1 - objective) * total)
    burns = {}
    for name, seconds in WINDOWS.items():
        part, all_ = tally(end - seconds, end)
        burns[name] = (1 - part / all_) / (1 - objective)
    within = increase(series['payments_confirm_seconds_bucket{le="0.8"}'], begin, end)
    count = increase(series["payments_confirm_seconds_count"], begin, end)
    left = 1 - spent
    return {"good": good, "total": total, "spent": spent, "left": left, "burn": burns,
            "exhausted_in": max(0.0, left) / burns["1h"] * (end - begin),
            "latency": {"good": within, "total": count}}


def selftest():
    points = [(0, 5), (60, 7), (120, 1), (1000, 9), (1060, 10)]
    assert increase(points, 0, 60) == 2, "two in the first minute"
    assert increase(points, 0, 120) == 3, "after a reset the new value counts whole"
    assert increase(points, 0, 1060) == 4, "what grew over a gap is not known"
    print("ok")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    make = commands.add_parser("generate")
    make.add_argument("directory")
    make.add_argument("--end", type=int, required=True)
    make.add_argument("--days", type=int, default=30)
    make.add_argument("--seed", type=int, default=7)
    count = commands.add_parser("compute")
    count.add_argument("directory")
    count.add_argument("--from", dest="begin", type=int, required=True)
    count.add_argument("--to", type=int, required=True)
    count.add_argument("--objective", type=float, default=0.999)
    commands.add_parser("selftest")
    given = parser.parse_args()
    if given.command == "generate":
        generate(given.directory, given.end, given.days, given.seed)
    elif given.command == "compute":
        json.dump(compute(given.directory, given.begin, given.to, given.objective), sys.stdout)
    else:
        selftest()


if __name__ == "__main__":
    main()
