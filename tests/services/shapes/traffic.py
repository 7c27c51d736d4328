#!/usr/bin/env python3
"""Thirty days of payment traffic in known shapes: what Prometheus would have scraped, and the truth.

Three parts that share nothing but the raw events:
  Traffic   the events: (second, pair, outcome, milliseconds) and the duplicate captures, a function of shape and seed only
  Scraper   counters, restarts, gaps -> OpenMetrics text          (generate)
  Truth     sums over the events of a window                      (truth; never looks at a counter)

All times inside Traffic are seconds relative to `end` (negative: before). An event of second s happened in [s, s+1):
the window [from, to) and the scrape at time t both see it when s < to, s < t.
"""
import argparse
import bisect
import json
import math
import os
import random
import statistics
import subprocess
import sys

MIN, HOUR, DAY, WEEK = 60, 3600, 86400, 604800
WINDOW = 30 * DAY
LEAD = 6 * HOUR                      # data begin this long before the thirty days
OFFSET = 7                           # scrapes at t % scrape == OFFSET
OBJECTIVE = 0.999
OUTCOMES = ("success", "failed", "timeout", "declined")
SUCCESS, FAILED, TIMEOUT, DECLINED = range(4)
# (provider, method, region, share). card at north is the only thing in common of provider=north and method=card, and
# no other pair of labels (card+us, say) describes it: south's cards are in `us` too.
PAIRS = (("acme", "card", "eu", .30), ("acme", "wallet", "eu", .15), ("north", "card", "us", .20),
         ("north", "transfer", "us", .12), ("south", "card", "us", .13), ("south", "wallet", "eu", .10))
PROVIDERS = ("acme", "north", "south")
NORTH_CARD = 2
BUCKETS = ((100, "0.1"), (250, "0.25"), (500, "0.5"), (800, "0.8"), (1000, "1"), (2500, "2.5"), (None, "+Inf"))
BOUND_MS = 800
TIMEOUT_MS = 3000
# payments a minute at each full local hour of a weekday, linear between; weekends 0.6 of it
PROFILE = (9, 7, 6, 5, 6, 9, 16, 28, 42, 52, 56, 58, 60, 57, 55, 56, 57, 60, 58, 50, 40, 30, 20, 13)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

GAP1 = (-10 * DAY + 19 * HOUR, -10 * DAY + 19 * HOUR + 50 * MIN)    # day 20 of 30: Tuesday 10:00-10:50 local
FAULT1 = (GAP1[0] + 10 * MIN, GAP1[0] + 40 * MIN)
GAP2 = (-6 * DAY + 2 * HOUR, -6 * DAY + 2 * HOUR + 4 * MIN)         # day 24 of 30: Friday 17:00-17:04 local
FAULT2 = (GAP2[0] + 30, GAP2[1] - 30)
GAP_RESTART = FAULT1[0] + 22 * MIN                                  # variant: more than two thirds of the fault are lost
RESETS = (-27 * DAY + 4321, -23 * DAY + 11, -23 * DAY + 11 + 240,   # four minutes apart
          -19 * DAY + 50000, -16 * DAY + 33333, -13 * DAY - 7100, -13 * DAY - 7100 + 150,    # two and a half minutes
          -9 * DAY + 61234, -5 * DAY + 8000, -5 * HOUR - 1000, -5 * HOUR - 1000 + 90,        # ninety seconds, today
          -35 * MIN - 20)

SHAPES = ("healthy", "slow-decline", "outage", "payday", "duplicates", "gap-over-outage", "gap-with-restart", "resets",
          "silence", "silence-absent")
# technical failures outside the fault, as a share of success + failed + timeout
BASE = {"healthy": .00047, "slow-decline": .0003, "outage": .0001, "payday": .00047, "duplicates": .0001,
        "gap-over-outage": .0004, "gap-with-restart": .0004, "resets": .00047, "silence": .00047,
        "silence-absent": .00047}


def anchor_of(local, end):
    """Seconds since local Monday 00:00 at `end`."""
    if local == "utc":
        return (end + 3 * DAY) % WEEK
    day, _, clock = local.partition("-")
    hour, _, minute = clock.partition(":")
    return WEEKDAYS.index(day) * DAY + int(hour) * HOUR + int(minute or 0) * MIN


def latency_table():
    """Quantile table, ten thousand steps, milliseconds: log-normal, median 180 ms, P95 423, P99 603, 0.2 % over 0.8 s."""
    inv = statistics.NormalDist().inv_cdf
    return [max(5, round(180 * math.exp(.52 * inv((i + .5) / 10000)))) for i in range(10000)]


class Traffic:
    """The raw events of one shape. Every hour has its own generator, so any hour can be had without the others."""

    def __init__(self, shape, end, seed=18, local="thu-15:00", future=1800):
        if shape not in SHAPES:
            raise SystemExit("no such shape: %s (have: %s)" % (shape, " ".join(SHAPES)))
        self.shape, self.seed, self.future = shape, seed, future
        self.anchor = anchor_of(local, end)
        self.midnight = -(self.anchor % DAY)                        # local midnight of the day of `end`
        self.latency = latency_table()
        self.pick = [i for i, p in enumerate(PAIRS) for _ in range(round(p[3] * 100))]
        assert len(self.pick) == 100
        edges = {"outage": (-40 * MIN, -15 * MIN), "payday": (self.midnight, self.midnight + DAY),
                 "silence": (-45 * MIN, -20 * MIN), "silence-absent": (-45 * MIN, -20 * MIN),
                 "slow-decline": (-6 * HOUR,)}
        self.edges = edges.get(shape, FAULT1 + FAULT2 if shape.startswith("gap") else ())
        self.day_factor = {}

    def restarts(self):
        return {"resets": RESETS, "gap-with-restart": (GAP_RESTART,), "silence-absent": (-45 * MIN,)}.get(self.shape, ())

    def gaps(self):
        return (GAP1, GAP2) if self.shape.startswith("gap") else ()

    def normal(self, rel):
        """Payments a minute the season alone would give (no fault, no payday)."""
        local = self.anchor + rel
        day = local // DAY
        if day not in self.day_factor:
            self.day_factor[day] = .95 + .1 * random.Random("%s/day/%d" % (self.seed, day)).random()
        hour, part = divmod(local % DAY / HOUR, 1)
        level = PROFILE[int(hour)] * (1 - part) + PROFILE[(int(hour) + 1) % 24] * part
        return level * self.day_factor[day] * (.6 if day % 7 >= 5 else 1)

    def state(self, rel):
        """(volume factor, silent providers, [(failed, timeout) share of the technical total per pair], declined share)"""
        shape, base, factor, silent, declined = self.shape, BASE[self.shape], 1, (), .03
        bad = [(base * .6, base * .4)] * len(PAIRS)
        if shape == "slow-decline":
            through = min(1, max(0, (rel + 6 * HOUR) / (6 * HOUR)))
            bad[NORTH_CARD] = (.0006 + .099 * through, .0004)       # 99.9 % -> 90 %; what is added fails at once
        elif shape == "outage" and -40 * MIN <= rel < -15 * MIN:
            bad = [(.4, .2)] * len(PAIRS)
        elif shape == "payday" and self.midnight <= rel < self.midnight + DAY:
            factor, declined = 6, .06
        elif shape.startswith("gap") and (FAULT1[0] <= rel < FAULT1[1] or FAULT2[0] <= rel < FAULT2[1]):
            bad = [(.8, .2)] * len(PAIRS)
        elif shape.startswith("silence"):
            if rel >= -45 * MIN:
                silent = ("south",)
            if rel >= -20 * MIN:
                factor = 0
        return factor, silent, bad, declined

    def hour(self, k):
        """Events of the hour [k, k+1) * 3600 relative to end, in order of time: [(second, pair, outcome, ms)]."""
        draw = random.Random("%s/events/%d" % (self.seed, k)).random
        log, pick, latency, events = math.log, self.pick, self.latency, []
        start = k * HOUR
        cuts = sorted({start + m * MIN for m in range(61)} | {e for e in self.edges if start < e < start + HOUR})
        for a, b in zip(cuts, cuts[1:]):
            factor, silent, bad, declined = self.state((a + b) // 2)
            rate = self.normal((a + b) / 2) * factor / 60
            if rate <= 0:
                continue
            tech = 1 - declined
            limits = [(f * tech, (f + t) * tech, (f + t) * tech + declined) for f, t in bad]
            t = a
            while True:                                             # a Poisson process: exponential waiting times
                t -= log(1 - draw()) / rate
                if t >= b:
                    break
                pair, u, ms = pick[int(draw() * 100)], draw(), latency[int(draw() * 10000)]
                if silent and PAIRS[pair][0] in silent:
                    continue
                failed, timeout, decl = limits[pair]
                if u >= decl:
                    outcome = 0
                elif u < failed:
                    outcome = 1
                elif u < timeout:
                    outcome, ms = 2, TIMEOUT_MS
                else:
                    outcome = 3
                events.append((math.floor(t), pair, outcome, ms))
        return events

    def duplicates(self, k):
        """Seconds of the duplicate captures of one hour: one at -3 h + 20 s, then one in four minutes on average."""
        if self.shape != "duplicates" or k < -3:
            return []
        draw = random.Random("%s/duplicates/%d" % (self.seed, k)).random
        out, t = ([-3 * HOUR + 20] if k == -3 else []), k * HOUR + (20 if k == -3 else 0)
        while True:
            t -= math.log(1 - draw()) * 240
            if t >= (k + 1) * HOUR:
                return out
            out.append(math.floor(t))


# ---------------------------------------------------------------------------------------------------------------------
# What a Prometheus would have seen

def scrape_times(traffic, end, scrape):
    """All scrapes (absolute), those lost in a gap left out."""
    first = end - WINDOW - LEAD
    first += (OFFSET - first) % scrape
    gaps = [(end + a, end + b) for a, b in traffic.gaps()]
    return [t for t in range(first, end + traffic.future + 1, scrape) if not any(a <= t < b for a, b in gaps)]


def generate(traffic, directory, end, scrape, histogram, load, keep):
    os.makedirs(directory, exist_ok=True)
    prefixes, south = [], set()
    for provider, method, region, _ in PAIRS:
        for outcome in OUTCOMES:
            if provider == "south":
                south.add(len(prefixes))
            prefixes.append('payments_requests_total{path="confirm",outcome="%s",provider="%s",method="%s",region="%s"} '
                            % (outcome, provider, method, region))
    dup_at = len(prefixes)
    prefixes.append('duplicate_captures_total{path="confirm"} ')
    hist_at = len(prefixes)
    width = len(BUCKETS) + 2
    if histogram:
        for provider in PROVIDERS:
            if provider == "south":
                south.update(range(len(prefixes), len(prefixes) + width))
            prefixes += ['payments_confirm_seconds_bucket{path="confirm",provider="%s",le="%s"} ' % (provider, le)
                         for _, le in BUCKETS]
            prefixes += ['payments_confirm_seconds_%s{path="confirm",provider="%s"} ' % (w, provider)
                         for w in ("count", "sum")]
    bounds = [b for b, _ in BUCKETS[:-1]]
    hist_of = [hist_at + width * PROVIDERS.index(p[0]) for p in PAIRS]
    sums_at = {hist_at + width * i + width - 1 for i in range(len(PROVIDERS))} if histogram else set()
    up = 'up{job="payments"} 1'
    values, lines, dirty, present = [], [], set(), []

    def restart(gone=()):
        nonlocal values, present
        values, present = [0] * len(prefixes), [i for i in range(len(prefixes)) if i not in gone]
        lines[:] = [p + "0" for p in prefixes]
        dirty.clear()

    def feed():
        """All changes of the counters in order: (second, kind, ...); a restart comes before the events of its second."""
        for k in range(-(WINDOW + LEAD) // HOUR, -(-traffic.future // HOUR)):
            marks = [(r, -1, 0, 0) for r in traffic.restarts() if k * HOUR <= r < (k + 1) * HOUR]
            marks += [(s, -2, 0, 0) for s in traffic.duplicates(k)]
            events = traffic.hour(k)
            yield from sorted(marks + events, key=lambda e: (e[0], e[1] != -1)) if marks else events

    restart()
    changes = feed()
    event = next(changes, None)
    day, out, files, size, samples = None, None, [], 0, 0

    def close():
        nonlocal out
        if out is None:
            return
        out.write("# EOF\n")
        out.close()
        out = None
        if load:
            subprocess.run(["promtool", "tsdb", "create-blocks-from", "--quiet", "openmetrics", "--max-block-duration=24h", files[-1], load],
                           check=True, stdout=subprocess.DEVNULL)
            if not keep:
                os.remove(files[-1])

    for t in scrape_times(traffic, end, scrape):
        rel = t - end
        while event is not None and (event[0] < rel or event[0] == rel and event[1] == -1):
            second, pair, outcome, ms = event
            if pair >= 0:
                i = pair * 4 + outcome
                values[i] += 1
                dirty.add(i)
                if histogram:
                    h = hist_of[pair]
                    for i in range(h + bisect.bisect_left(bounds, ms), h + width - 1):      # buckets from its own up, count
                        values[i] += 1
                        dirty.add(i)
                    values[h + width - 1] += ms
                    dirty.add(h + width - 1)
            elif pair == -2:
                values[dup_at] += 1
                dirty.add(dup_at)
            else:
                restart(south if traffic.shape == "silence-absent" else ())
            event = next(changes, None)
        for i in dirty:
            lines[i] = prefixes[i] + ("%.3f" % (values[i] / 1000) if i in sums_at else str(values[i]))
        dirty.clear()
        if t // DAY != day:
            close()
            day = t // DAY
            files.append(os.path.join(directory, "%s-day%02d.om" % (traffic.shape, len(files))))
            out = open(files[-1], "w", buffering=1 << 20)
            out.write("# TYPE payments_requests counter\n# TYPE duplicate_captures counter\n"
                      "# TYPE payments_confirm_seconds histogram\n# TYPE up gauge\n")
        tail = " %d\n" % t
        shown = lines if len(present) == len(lines) else [lines[i] for i in present]
        text = tail.join(shown) + tail + up + tail
        out.write(text)
        size += len(text)
        samples += len(shown) + 1
    close()
    return {"shape": traffic.shape, "files": len(files), "directory": directory, "megabytes": round(size / 1e6, 1),
            "samples": samples, "series": len(prefixes) + 1, "loaded_into": load}


# ---------------------------------------------------------------------------------------------------------------------
# The truth: sums over raw events

SPAN = TIMEOUT_MS + 1


class Tally:
    """Counts of the events inside some ranges, by pair, outcome and millisecond."""

    def __init__(self, *ranges):
        self.ranges = [(a, b) for a, b in ranges if b > a]
        self.cells = [0] * (len(PAIRS) * 4 * SPAN)
        self.duplicates = 0

    def hours(self):
        return {k for a, b in self.ranges for k in range(a // HOUR, (b - 1) // HOUR + 1)}

    def add(self, k, events, duplicates):
        start, stop, cells = k * HOUR, (k + 1) * HOUR, self.cells
        near = [(a, b) for a, b in self.ranges if a < stop and b > start]
        if not near:
            return
        self.duplicates += sum(any(a <= s < b for a, b in near) for s in duplicates)
        if not any(a <= start and b >= stop for a, b in near):
            events = [e for e in events if any(a <= e[0] < b for a, b in near)]
        for _, pair, outcome, ms in events:
            cells[(pair * 4 + outcome) * SPAN + ms] += 1

    def count(self, pairs=None):
        n = [0] * 4
        for p in range(len(PAIRS)) if pairs is None else pairs:
            for o in range(4):
                at = (p * 4 + o) * SPAN
                n[o] += sum(self.cells[at:at + SPAN])
        return n

    def describe(self, pairs=None, latency=True):
        n = self.count(pairs)
        good, failed, timeout, declined = n
        total = good + failed + timeout
        out = {"good": good, "failed": failed, "timeout": timeout, "declined": declined, "total": total,
               "requests": total + declined, "bad": failed + timeout,
               "success": good / total if total else None,
               "decline_share": declined / (total + declined) if total + declined else None}
        if latency:
            pairs = range(len(PAIRS)) if pairs is None else pairs
            columns = [self.cells[(p * 4 + o) * SPAN:(p * 4 + o + 1) * SPAN] for p in pairs for o in range(4)]
            ms = [sum(c) for c in zip(*columns)]
            fast = sum(sum(self.cells[(p * 4) * SPAN:(p * 4) * SPAN + BOUND_MS + 1]) for p in pairs)
            requests = total + declined
            out["within_0.8s"] = sum(ms[:BOUND_MS + 1]) / requests if requests else None
            out["good_within_0.8s"] = fast / total if total else None       # M4: a late confirmation counts as failed
            for name, q in (("p50", .5), ("p95", .95), ("p99", .99)):
                out[name] = None
                if requests:
                    rest = math.ceil(q * requests)
                    for value, c in enumerate(ms):
                        rest -= c
                        if rest <= 0:
                            out[name] = value / 1000
                            break
        return out


def budget(d):
    """Spent share of the budget of the window; None without payments."""
    allowed = (1 - OBJECTIVE) * d["total"]
    return {"spent": d["bad"] / allowed if allowed else None, "spent_low": d["failed"] / allowed if allowed else None}


def pairs_by(index):
    out = {}
    for i, p in enumerate(PAIRS):
        out.setdefault(p[index], []).append(i)
    return out


def truth(traffic, end, scrape, windows):
    first = -(WINDOW + LEAD)
    scrapes = [t - end for t in scrape_times(traffic, end, scrape)]
    holes = [(a, b) for a, b in zip(scrapes, scrapes[1:]) if b - a > scrape]
    lost = []                                   # counted by a process nobody scraped again before it ended
    for r in traffic.restarts():
        before = scrapes[bisect.bisect_left(scrapes, r) - 1]
        if lost and before < lost[-1][1]:
            lost[-1] = (lost[-1][0], r)
        else:
            lost.append((before, r))

    def clip(ranges, a, b):
        return [(max(a, x), min(b, y)) for x, y in ranges if max(a, x) < min(b, y)]

    def without(ranges, holes_):
        for x, y in holes_:
            ranges = [r for a, b in ranges for r in ((a, min(b, x)), (max(a, y), b)) if r[0] < r[1]]
        return ranges

    jobs, tallies = [], []
    for frm, to in windows:
        a, b = frm - end, to - end
        if not first <= a < b <= traffic.future:
            raise SystemExit("window %d..%d is outside the data (%d..%d)" % (frm, to, end + first, end + traffic.future))
        job = {"a": a, "b": b, "main": Tally((a, b))}
        for name, length in (("5m", 5 * MIN), ("1h", HOUR), ("6h", 6 * HOUR)):
            job[name] = Tally((max(first, b - length), b))
        at = bisect.bisect_right(scrapes, a) - 1, bisect.bisect_right(scrapes, b) - 1
        job["scrapes"] = (scrapes[at[0]] if at[0] >= 0 else first, scrapes[at[1]] if at[1] >= 0 else first)
        job["aligned"] = Tally(job["scrapes"])
        job["lost_ranges"] = clip(lost, a, b)
        job["hole_ranges"] = clip(holes, a, b)
        job["lost"] = Tally(*job["lost_ranges"])
        job["hole"] = Tally(*without(job["hole_ranges"], lost))
        for week in range(1, 5):
            c = b - week * WEEK
            if c - 30 * MIN >= first:
                job["week%d_5m" % week] = Tally((c - 5 * MIN, c))
                job["week%d_1h" % week] = Tally((c - 30 * MIN, c + 30 * MIN))
        jobs.append(job)
        tallies += [v for v in job.values() if isinstance(v, Tally)]
    for k in sorted(set().union(*(t.hours() for t in tallies))):
        events, duplicates = traffic.hour(k), traffic.duplicates(k)
        for t in tallies:
            t.add(k, events, duplicates)

    answers = []
    for job in jobs:
        a, b, main = job["a"], job["b"], job["main"]
        out = {"shape": traffic.shape, "end": end, "from": end + a, "to": end + b, "seed": traffic.seed,
               "objective": OBJECTIVE}
        out.update(main.describe())
        out.update(budget(out))
        out["duplicates"] = main.duplicates
        for name in ("5m", "1h", "6h"):
            d = job[name].describe()
            d["burn"] = d["bad"] / d["total"] / (1 - OBJECTIVE) if d["total"] else None
            d["duplicates"] = job[name].duplicates
            for label, index in (("provider", 0), ("method", 1)):
                d["by_" + label] = {v: job[name].describe(p) for v, p in pairs_by(index).items()}
            d["by_pair"] = {"%s/%s" % (p[0], p[1]): job[name].describe([i], latency=False) for i, p in enumerate(PAIRS)}
            out["last_" + name] = d
        out["burn"] = {n: out["last_" + n]["burn"] for n in ("5m", "1h", "6h")}
        for label, index in (("provider", 0), ("method", 1), ("region", 2)):
            out["by_" + label] = {v: main.describe(p) for v, p in pairs_by(index).items()}
        out["by_pair"] = {"%s/%s" % (p[0], p[1]): main.describe([i]) for i, p in enumerate(PAIRS)}

        def volume(tally, minutes):
            d = {"all": sum(tally.count()) / minutes}
            for label, index in (("provider", 0), ("method", 1), ("region", 2)):
                d["by_" + label] = {v: sum(tally.count(p)) / minutes for v, p in pairs_by(index).items()}
            return d
        weeks = []
        for week in range(1, 5):
            if "week%d_5m" % week in job:
                weeks.append({"weeks_before": week, "same_5m": volume(job["week%d_5m" % week], 5),
                              "hour_around": volume(job["week%d_1h" % week], 60)})
        out["volume_per_minute"] = {"last_5m": volume(job["5m"], 5), "earlier_weeks": weeks,
                                    "season_at_to": traffic.normal(b)}
        seen = job["aligned"].describe(latency=False)
        seen.update(budget(seen), **{"from": end + job["scrapes"][0], "to": end + job["scrapes"][1],
                                     "duplicates": job["aligned"].duplicates})
        out["at_scrapes"] = seen
        hidden, hole = job["lost"].describe(latency=False), job["hole"].describe(latency=False)
        hidden["ranges"] = [(end + x, end + y) for x, y in job["lost_ranges"]]
        hole["ranges"] = [(end + x, end + y) for x, y in job["hole_ranges"]]
        out["unknowable"], out["timing_unknown"] = hidden, hole
        total, known = out["total"] - hidden["total"], out["bad"] - hidden["bad"]
        allowed = 1 - OBJECTIVE
        out["spent_knowable"] = {
            "at_least": known / (allowed * out["total"]) if out["total"] else None,
            "of_what_is_known": known / (allowed * total) if total else None,
            "at_most_if_all_unknowable_failed": (known + hidden["total"]) / (allowed * out["total"]) if out["total"] else None,
            "if_gaps_are_ignored": (known - hole["bad"]) / (allowed * (total - hole["total"])) if total > hole["total"] else None}
        answers.append(out)
    return answers


# ---------------------------------------------------------------------------------------------------------------------

def main():
    parser = argparse.ArgumentParser(description="shapes of payment traffic and their truth")
    sub = parser.add_subparsers(dest="command", required=True)
    sub.add_parser("list", help="the shapes and what is expected of each")
    for name in ("generate", "truth"):
        p = sub.add_parser(name)
        p.add_argument("shape")
        if name == "generate":
            p.add_argument("dir")
            p.add_argument("--no-histogram", action="store_true", help="26 series instead of 53")
            p.add_argument("--load", metavar="TSDB", help="load each day's file with promtool as soon as it is written")
            p.add_argument("--discard", action="store_true", help="with --load: remove each file once loaded")
        else:
            p.add_argument("--from", dest="frm", type=int, action="append", help="default: --to minus 30 days")
            p.add_argument("--to", type=int, action="append", help="default: end; --from and --to may be repeated")
        p.add_argument("--end", type=int, required=True)
        p.add_argument("--scrape", type=int, default=60)
        p.add_argument("--future", type=int, default=1800)
        p.add_argument("--seed", default="18")
        p.add_argument("--local", default="thu-15:00", help="local weekday and time at --end, or `utc`")
    args = parser.parse_args()
    if args.command == "list":
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "expected.json")) as f:
            sys.stdout.write(f.read())
        return
    if args.scrape <= OFFSET or args.future < 0:
        raise SystemExit("--scrape must be more than %d, --future not negative" % OFFSET)
    traffic = Traffic(args.shape, args.end, args.seed, args.local, args.future)
    if args.command == "generate":
        print(json.dumps(generate(traffic, args.dir, args.end, args.scrape, not args.no_histogram, args.load,
                                  not args.discard)))
        return
    tos = args.to or [args.end]
    froms = args.frm or [t - WINDOW for t in tos]
    if len(froms) != len(tos):
        raise SystemExit("as many --from as --to")
    answers = truth(traffic, args.end, args.scrape, list(zip(froms, tos)))
    print(json.dumps(answers[0] if len(answers) == 1 else answers, indent=1))


if __name__ == "__main__":
    main()
