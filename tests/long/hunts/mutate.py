#!/usr/bin/env python3
"""python3 mutate.py JOURNAL OUTDIR COUNT SEED

Writes COUNT mutations of a valid journal as OUTDIR/00000.jsonl ..., the same for the same SEED.
Even numbers: damage without knowledge (bits, bytes, lines, ends). Odd numbers: forgeries, where a
line is edited and its hash made good again; in about half of the cases with the whole chain behind it.
The forgeries are taken in turn: a COUNT of 2 * len(forgeries()), now 1,070, has each of them once.
"""
import hashlib, os, random, re, sys

ZEROS = b"0" * 64
LINE = re.compile(
    rb'\{"prev":(".{64}"),"v":(1),"seq":([0-9]+),"id":("[^"]*"),"rec":("[^"]*"),"mono":("[^"]*"),"by":("[^"]*"),'
    rb'"type":("[^"]*"),(?:"occ":("[^"]*"),)?"data":(\{.*\}),"sd":(\{[^{}]*\}),"hash":"[0-9a-f]{64}"\}', re.S)
NAMES = ("prev", "v", "seq", "id", "rec", "mono", "by", "type", "occ", "data", "sd")
SAMPLE = (b'{"prev":"' + ZEROS + b'","v":1,"seq":1,"id":"018f0000-0000-7000-8000-000000000001",'
          b'"rec":"2026-11-22T01:02:03.456789Z","mono":"0a1b2c3d:1","by":"u.1","type":"noted","data":{},"sd":{}')
H1, H2, MAX = b"a1" * 32, b"0f" * 32, 2**64 - 1


def close(body):
    return body + b',"hash":"' + hashlib.sha256(body).hexdigest().encode() + b'"}'


def body_of(parts):
    return b'{' + b','.join(b'"' + k.encode() + b'":' + v for k, v in parts)


def q(text):
    return b'"' + (text if isinstance(text, bytes) else text.encode()) + b'"'


def nest(kind, depth):
    """data with exactly `depth` objects and arrays inside each other, itself included."""
    if kind == "objects":
        return b'{"a":' * (depth - 1) + b'{}' + b'}' * (depth - 1)
    if kind == "arrays":
        return b'{"a":' + b'[' * (depth - 1) + b']' * (depth - 1) + b'}'
    mixed = b'1'
    for level in range(depth - 1):
        mixed = b'[' + mixed + b']' if level % 2 else b'{"k":' + mixed + b'}'
    return b'{"a":' + mixed + b',"b":[0]}'


# Values put in place of one member. The comments say which of them the specification allows.
REPLACE = {
    "v": [b"0", b"2", b"3", b"9", b"10", b"%d" % MAX,                    # 0 altered, the rest newer
          b"%d" % (MAX + 1), b"9" * 20, b"9" * 200, b"01", b"02", b"-1", b"1.0", b"2.0", b"1e0", b'"1"', b"null", b"", b"+1"],
    "seq": [b"%d" % MAX, b"0",                                           # the form holds: removed
            b"%d" % (MAX + 1), b"9" * 20, b"1" * 10000, b"01", b"00", b"-1", b"-0", b"1.0", b"1e0", b'"1"', b"null", b""],
    "id": [q("ffffffff-ffff-ffff-ffff-ffffffffffff"), q("00000000-0000-0000-0000-000000000000"),   # good
           q("018F0000-0000-7000-8000-000000000001"), q("018f00000-000-7000-8000-000000000001"),
           q("018f000000007000800000000000000001"), q("018f0000-0000-7000-8000-00000000001"), q(""), b"1", b"null"],
    "rec": [q(t) for t in (
        "1970-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z", "2024-02-29T00:00:00.000000Z",   # good
        "2000-02-29T12:00:00.000000Z", "2026-11-22T01:02:59.456789Z", "2026-04-30T00:00:00.000000Z",   # good
        "1969-12-31T23:59:59.999999Z", "0000-01-01T00:00:00.000000Z", "10000-01-01T00:00:00.000000Z",
        "2023-02-29T00:00:00.000000Z", "2024-02-30T00:00:00.000000Z", "2100-02-29T00:00:00.000000Z",
        "1900-02-29T00:00:00.000000Z", "2026-04-31T00:00:00.000000Z", "2026-00-10T00:00:00.000000Z",
        "2026-13-10T00:00:00.000000Z", "2026-01-00T00:00:00.000000Z", "2026-01-32T00:00:00.000000Z",
        "2026-11-22T01:02:60.000000Z", "2026-11-22T01:02:61.000000Z", "2026-11-22T01:60:00.000000Z",
        "2026-11-22T24:00:00.000000Z", "2026-11-22T01:02:03.45678Z", "2026-11-22T01:02:03.4567890Z",
        "2026-11-22T01:02:03Z", "2026-11-22T01:02:03.456789", "2026-11-22T01:02:03.456789z",
        "2026-11-22t01:02:03.456789Z", "2026-11-22 01:02:03.456789Z", "2026-11-22T01:02:03,456789Z",
        "2026-11-22T01:02:03.456789+00:00", "2026-1-22T01:02:03.456789Z", "+026-11-22T01:02:03.456789Z",
        "2026-11-22T01:02:03.45678\u0669Z", "\u0662026-11-22T01:02:03.456789Z", "", "\\u0032026-11-22T01:02:03.456789Z")] + [b"null"],
    "mono": [q(t) for t in (
        "00000000:0", "ffffffff:%d" % MAX,                               # good
        "ffffffff:%d" % (MAX + 1), "0a1b2c3d:01", "0a1b2c3d:", "0a1b2c3d:-1", "0A1B2C3D:1", "0a1b2c3:1", "0a1b2c3d4:1",
        "0a1b2c3d", "0a1b2c3d;1", "0a1b2c3g:1", "0a1b2c3d:1 ", "0a1b2c3d:" + "7" * 10000)] + [b"1"],
    "by": [q(t) for t in (
        "a", "a" * 64, ".", "..", "-", "_", "0", "a.b_c-9",               # good
        "", "a" * 65, "A", "a b", "a/b", "\u00e4", "a\\u0062", "\\u0061", "a\n", "a\x7f", "a\x00", "a\"")] + [b"null", b"1"],
    "type": [q(t) for t in ("noted", "x" * 64, "no.such-type_9", "checkpointed",                # good
                            "", "x" * 65, "Noted", "noted ", "not\\u0065d", "\u043eted")] + [b"null", b"true"],
    "occ": [q("1970-01-01T00:00:00.000000Z"), q("9999-12-31T23:59:59.999999Z"),                  # good
            q("2023-02-29T00:00:00.000000Z"), q("1969-12-31T23:59:59.999999Z"), q("2026-11-22T01:02:60.000000Z"),
            q("2026-11-22"), q(""), b"null", b"0"],
    "sd": [b'{}', b'{"text":"' + H1 + b'"}', b'{"a":"' + H1 + b'","b":"' + H1 + b'"}',             # good
           b'{"' + b"k" * 64 + b'":"' + H1 + b'"}',                                              # good
           b'{"' + b"k" * 65 + b'":"' + H1 + b'"}', b'{"":"' + H1 + b'"}', b'{"Text":"' + H1 + b'"}',
           b'{"a":"' + H1 + b'","a":"' + H1 + b'"}', b'{"a":"' + H1 + b'","b":"' + H1 + b'","a":"' + H2 + b'"}',
           b'{"a":"' + H1[1:] + b'"}', b'{"a":"' + H1 + b'0"}', b'{"a":"' + H1.upper() + b'"}', b'{"a":"\\u0061' + H1[1:] + b'"}',
           b'{"\\u0061":"' + H1 + b'"}', b'{"a":1}', b'{"a":null}', b'{"a":{}}', b'{"a":["' + H1 + b'"]}', b'{"a":"' + H1 + b'",}',
           b'{,}', b'{ }', b'{"a": "' + H1 + b'"}', b'{"a":"' + H1 + b'" }', b'[]', b'null', b'""', b'', b'{"a":"x"}',
           b'{"a":"' + H1 + b'"},"sd":{}', b'{"a":"' + H1 + b'"}}', b'{{}}'],
    "prev": [q(ZEROS), q(H1), q(H1.upper()), q(H1[1:]), q(H1 + b"0"), q(b"g" + H1[1:]), q(b""), b"null"],  # two in form
}
DATA_GOOD = [
    b'{}', b'{"a":[]}', b'{"a":{}}', b'{"a":0}', b'{"a":-0}', b'{"a":-0.0}', b'{"a":1E+5}', b'{"a":1e-5}', b'{"a":1e999}',
    b'{"a":-1E400}', b'{"a":0.10}', b'{"a":0e0}', b'{"a":' + b"9" * 10000 + b'}', b'{"a":1e' + b"9" * 5000 + b'}',
    b'{"a":0.' + b"0" * 9000 + b'1}', b'{"a":18446744073709551615,"b":18446744073709551616,"c":-9223372036854775809}',
    b'{"a":true,"b":false,"c":null}', b'{"a":[1,"x",{"b":[null]},[],{}]}',
    b'{"a":"\\u0000"}', b'{"a":"\\u001f\\u007f\\u0080"}', b'{"a":"\\ud83d\\ude00"}', b'{"a":"\\uD83D\\uDE00x\\uDBFF\\uDFFF"}',
    b'{"a":"\\ud800\\udc00"}', b'{"a":"\\ud7ff\\ue000\\uffff\\ufffe"}', b'{"a":"\\/\\\\\\"\\b\\f\\n\\r\\t/"}', b'{"a":"\\\\ud800"}',
    b'{"a":"\x7f"}', '{"a":"\u00e4\u20ac\U0001f600\U0010ffff\ufdd0\ufffe"}'.encode(), '{"a":"\ufeff\u2028\u2029\u0085\u00a0"}'.encode(),
    b'{"a":""}', b'{"a":" \\u0020 "}', b'{"a":"{[,:]}"}', b'{"a":"x\\",\\"hash\\":\\"y"}', b'{"a":"\\\\"}',
    b'{"a":",\\"sd\\":{}"}', b'{"' + b"k" * 64 + b'":1}', b'{".":1,"..":2,"-":3,"_":4,"0":5}', b'{"a":{"a":{"a":1}},"b":{"a":1}}',
    b'{"a":[{"x":1},{"x":1}]}', b'{"hash":"' + H1 + b'"}', b'{"a":"x","b":"x"}', b'{"a":[' + b"0," * 20000 + b'0]}',
    b'{"a":"' + b"x" * 60000 + b'"}', b'{"a":"' + b"\\u0041" * 10000 + b'"}', b'{"a":"' + b"\\\\" * 20000 + b'"}',
    nest("objects", 31), nest("objects", 32), nest("arrays", 32), nest("mixed", 32), b'{"a":[' + b"[]," * 2000 + b'{}]}',
]
DATA_BAD = [
    b'', b'[]', b'null', b'1', b'"x"', b'true', b'[{}]', b'{}{}', b'{},{}', b'{', b'}', b'{}}', b'{"a"}', b'{"a":}', b'{:1}', b'{,}',
    b'{"a":1,}', b'{,"a":1}', b'{"a":1,,"b":2}', b'{"a":1 "b":2}', b'{"a":1"b":2}', b'{"a":[1,]}', b'{"a":[,1]}', b'{"a":[1 2]}', b'{"a":[1,,2]}',
    b'{"a":[}', b'{"a":]}', b'{"a":[}]}', b'{"a":{]}', b'{"a":[1}', b'{"a":{"b":1]}', b'{"a":[1:2]}', b'{"a":1:2}', b'{a:1}', b"{'a':1}", b'{1:1}',
    b'{null:1}', b'{"a":1;"b":2}', b'{"a":1}//', b'{"a":1/**/}', b'{"a":01}', b'{"a":00}', b'{"a":-01}', b'{"a":1.}', b'{"a":1.e5}', b'{"a":.5}',
    b'{"a":-}', b'{"a":-.5}', b'{"a":+1}', b'{"a":1e}', b'{"a":1e+}', b'{"a":1e5.5}', b'{"a":1E++5}', b'{"a":0x10}', b'{"a":1_000}', b'{"a":1f}',
    b'{"a":--1}', b'{"a":NaN}', b'{"a":Infinity}', b'{"a":-Infinity}', b'{"a":nan}', b'{"a":True}', b'{"a":None}', b'{"a":nul}', b'{"a":nulll}',
    b'{"a":truefalse}', b'{"a":undefined}', '{"a":\u0661}'.encode(), '{"a":1\u0661}'.encode(), '{"a":\uff11}'.encode(),
    b'{"a":"\\ud83d"}', b'{"a":"\\ude00"}', b'{"a":"\\ude00\\ud83d"}', b'{"a":"\\ud83dx\\ude00"}', b'{"a":"\\ud83d\\u0041"}', b'{"a":"\\ud83d\\ud83d\\ude00"}',
    b'{"a":"\\ud83d\\n"}', b'{"a":"\\uDFFF"}', b'{"a":"\\uD800"}', b'{"a":"\\ud83d\\ude0"}', b'{"a":"\\u00e"}', b'{"a":"\\u00eg"}', b'{"a":"\\u"}', b'{"a":"\\U0041"}',
    b'{"a":"\\u{41}"}', b'{"a":"\\u+041"}', b'{"a":"\\u 041"}', b'{"a":"\\x41"}', b'{"a":"\\0"}', b'{"a":"\\a"}', b'{"a":"\\v"}', b'{"a":"\\\'"}', b'{"a":"\\"}', b'{"a":"\\ "}',
    b'{"a":"x}', b'{"a":x"}', b'{"a":"x""y"}', b'{"a":\'x\'}', b'{"a":"\x00"}', b'{"a":"\x01"}', b'{"a":"\x1f"}', b'{"a":"\t"}', b'{"a":"\r"}', b'{"a":"\x0b"}', b'{"a":"\\\t"}',
    b'{"a":"\x80"}', b'{"a":"\xff"}', b'{"a":"\xc0\xaf"}', b'{"a":"\xc1\x81"}', b'{"a":"\xe0\x80\xaf"}', b'{"a":"\xf0\x80\x80\xaf"}', b'{"a":"\xed\xa0\x80"}',
    b'{"a":"\xed\xa0\xbd\xed\xb8\x80"}', b'{"a":"\xf4\x90\x80\x80"}', b'{"a":"\xf8\x88\x80\x80\x80"}', b'{"a":"\xe2\x82"}', b'{"a":"\xc3"}', b'{"a":"\xed\xbf\xbf"}',
    b'{ }', b' {}', b'{} ', b'{"a": 1}', b'{"a" :1}', b'{ "a":1}', b'{"a":1 }', b'{"a":1, "b":2}', b'{"a":[ ]}', b'{"a":[1, 2]}', b'{"a":\t1}', b'{"a":1\r}',
    '{"a":\u00a01}'.encode(), '{"a":\ufeff1}'.encode(), b'{\x00"a":1}',
    b'{"a":1,"a":1}', b'{"a":1,"b":2,"a":3}', b'{"x":{"a":1,"a":2}}', b'{"x":[{"a":1,"b":{},"a":2}]}', b'{"x":[[{"y":{"a":[],"a":{}}}]]}',
    b'{"\\u0061":1}', b'{"a":1,"\\u0061":2}', b'{"x":{"\\u0061":1}}', b'{"a\\/b":1}', b'{"":1}', b'{"A":1}', b'{"a b":1}', b'{"x":{"A":1}}', b'{"x":[{"a/b":1}]}', '{"\u00e4":1}'.encode(),
    b'{"' + b"k" * 65 + b'":1}', b'{"x":[{"' + b"k" * 65 + b'":1}]}', b'{"a\n":1}', b'{"a":1e9e9}', b'{"a":1.2.3}',
    nest("objects", 33), nest("arrays", 33), nest("mixed", 33), nest("objects", 40), nest("arrays", 5000), b'{"a":' * 5000 + b'1' + b'}' * 5000, b'{"a":' + b'[' * 30000,
    b'{"a":' + b'{"a":' * 10000,
]


def with_length(parts, length, unit=b"x"):
    """The line filled up to exactly `length` bytes with its newline."""
    parts = [(k, b'{"a":""}' if k == "data" else v) for k, v in parts]
    space = length - len(close(body_of(parts))) - 1
    fill = unit * (space // len(unit)) + b"y" * (space % len(unit))
    return body_of([(k, b'{"a":"' + fill + b'"}' if k == "data" else v) for k, v in parts])


def newer(rest, v=b"2"):
    """A line of a newer format: what stands behind "id":" is `rest`."""
    return lambda parts: body_of([(k, v if k == "v" else x) for k, x in parts[:3]]) + b',"id":"' + rest


def resize(length, unit=b"x"):
    return lambda parts: with_length(parts, length, unit)


def put(name, value):
    def edit(parts):
        names = [k for k, _ in parts]
        if name in names:
            return body_of([(k, value if k == name else v) for k, v in parts])
        at = names.index("data")  # occ, where there is none
        return body_of(parts[:at] + [(name, value)] + parts[at:])
    return edit


def whole(edit):
    """An edit of the finished line rather than of its body."""
    def make(parts):
        return edit, body_of(parts)
    return make


def forgeries():
    """All edits, each a function of the members of a line; gives the body that is then hashed,
    or (function, body): the function makes the whole line of the body."""
    all_ = [put(name, value) for name in NAMES if name in REPLACE for value in REPLACE[name]]
    all_ += [put("data", value) for value in DATA_GOOD + DATA_BAD]
    for i in range(len(NAMES) - 1):  # each member away, doubled, exchanged with the next, renamed; occ is free to go
        all_ += [lambda p, i=i: body_of(p[:i % len(p)] + p[i % len(p) + 1:]),
                 lambda p, i=i: body_of(p[:i % len(p)] + [p[i % len(p)]] + p[i % len(p):]),
                 lambda p, i=i: body_of(p[:i] + p[i + 1:i + 2] + p[i:i + 1] + p[i + 2:]),
                 lambda p, i=i: body_of([(k.upper(), v) if j == i else (k, v) for j, (k, v) in enumerate(p)]),
                 lambda p, i=i: body_of([("\\u%04x" % ord(k[0]) + k[1:], v) if j == i else (k, v) for j, (k, v) in enumerate(p)]),
                 lambda p, i=i: body_of(p[:i] + [("x", b"1")] + p[i:])]
    all_ += [lambda p: body_of([x for x in p if x[0] != "occ"]),                                   # good
             lambda p: body_of(p + [("x", b"1")]), lambda p: body_of(p + [("hash", q(H1))]),
             lambda p: body_of(p).replace(b'":', b'": ', 1), lambda p: body_of(p).replace(b',"', b', "', 1),
             lambda p: body_of(p) + b' ', lambda p: b' ' + body_of(p), lambda p: b'\xef\xbb\xbf' + body_of(p), lambda p: b'[' + body_of(p),
             lambda p: body_of(p).replace(b'{', b'{ ', 1), lambda p: body_of(p)[1:], lambda p: b'', lambda p: b'{', lambda p: b'\x00' + body_of(p)]
    all_ += [resize(65536), resize(65535), resize(65536, "\u20ac".encode()), resize(65537), resize(65538), resize(65537, "\u20ac".encode()), resize(200000)]
    sha = lambda b: hashlib.sha256(b).hexdigest().encode()
    for e in (lambda b: b + b',"hash":"' + sha(b).upper() + b'"}', lambda b: b + b',"hash":"' + sha(b)[:-1] + b'"}',
              lambda b: b + b',"hash":"' + sha(b) + b'"} ', lambda b: b + b',"hash":"' + sha(b) + b'" }', lambda b: b + b',"hash": "' + sha(b) + b'"}',
              lambda b: b + b', "hash":"' + sha(b) + b'"}', lambda b: b + b',"hash":"' + sha(b) + b'"}}', lambda b: b + b',"hash":"' + sha(b) + b'","x":1}',
              lambda b: b + b',"hash":"' + sha(b + b',"hash":"') + b'"}', lambda b: b + b',"hash":"' + sha(b + b'\n') + b'"}', lambda b: b + b',"hash":"' + sha(b + b'}') + b'"}',
              lambda b: b + b',"hash":"' + ZEROS + b'"}', lambda b: b + b'}', lambda b: b + b',"Hash":"' + sha(b) + b'"}', lambda b: close(b) + b'\r', lambda b: close(b) + b'\x00',
              lambda b: close(b)[:-1], lambda b: close(b) + close(b), lambda b: close(close(b)[:-1]), lambda b: b"\n" + close(b), lambda b: close(b) + b"\n"):
        all_.append(whole(e))
    # Of a newer format: the first row is good.
    all_ += [newer(r) for r in (b'"', b'x"', b'U","new":[1,{"A b":null,"A b":1}]', b'\\u0041"', b'x","\\u0061":1,"":2', b'x","data":{"a":1,"a":2},"sd":7',
                                b'x","a":' + b'[' * 31 + b']' * 31, b'x","a":1e999,"b":-0,"c":' + b"8" * 5000, b'x","hash":"y"')]
    all_ += [newer(r) for r in (b'', b'x', b'x" ', b'x","a": 1', b'x","a":' + b'[' * 32 + b']' * 32, b'x","a":' + b'[' * 9000, b'x","a":01', b'x","a":NaN', b'x","a":"\\ud800"',
                                b'x","\\udc00":1', b'x","a":"\t"', b'x","a":"\xff"', b'x","a":"\r"', b'x","a"', b'x"}', b'x"},{"b":1', b'x",', b'x","a":[1,]', b'x","a":"\\q"', b'x",a:1')]
    all_ += [newer(b'x","a":1', v) for v in (b"0", b"2", b"%d" % MAX, b"%d" % (MAX + 1), b"02", b"2.5", b"2e1", b'"2"', b"-2")]
    all_ += [lambda p: newer(b'x","a":"' + b'z' * (65536 - len(close(newer(b'x","a":"')(p))) - 2) + b'"')(p),        # 65,536: good
             lambda p: newer(b'x","a":"' + b'z' * (65537 - len(close(newer(b'x","a":"')(p))) - 2) + b'"')(p),
             lambda p: body_of([("v", b"2")] + p[:1] + p[2:]), lambda p: body_of([(k, b"2" if k == "v" else b"01" if k == "seq" else v) for k, v in p]),
             lambda p: body_of([(k, b"2" if k == "v" else v) for k, v in p if k != "seq"]), lambda p: body_of([(k, b"2" if k == "v" else v) for k, v in p if k != "id"]),
             lambda p: body_of([(k, b"2" if k == "v" else q(H1.upper()) if k == "prev" else v) for k, v in p])]
    return all_


def rehash(lines, start):
    """Makes prev and hash of the lines from `start` on follow; lines of another form stay."""
    for i in range(start, len(lines)):
        prev = re.search(rb',"hash":"([0-9a-f]{64})"\}\Z', lines[i - 1])
        body = re.match(rb'(\{"prev":")[0-9a-f]{64}(".*),"hash":"[0-9a-f]{64}"\}\Z', lines[i], re.S)
        if prev and body:
            lines[i] = close(body[1] + prev[1] + body[2])


def forge(rng, lines, edit, rest):
    at = rng.randrange(len(lines))
    match = next((m for m in (LINE.fullmatch(lines[(at + k) % len(lines)]) for k in range(len(lines))) if m), None) \
        or LINE.fullmatch(close(SAMPLE))
    if match.string in lines:
        at = lines.index(match.string)
    parts = [(k, v) for k, v in zip(NAMES, match.groups()) if v is not None]
    made = edit(parts)
    lines[at] = made[0](made[1]) if isinstance(made, tuple) else close(made)
    if rest:
        rehash(lines, at + 1)
    return b"".join(line + b"\n" for line in lines)


def damage(rng, lines):
    data = bytearray(b"".join(line + b"\n" for line in lines))
    at, i, j = rng.randrange(len(data)), rng.randrange(len(lines)), rng.randrange(len(lines))
    kind = rng.randrange(23)
    if kind < 3:
        for _ in range(rng.choice((1, 1, 1, 2, 5))):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif kind == 3:
        data.insert(at, rng.randrange(256))
    elif kind == 4:
        del data[at]
    elif kind == 5:
        del data[at:at + rng.randrange(1, 300)]
    elif kind == 6:
        data = data[:at]                                        # mostly torn
    elif kind == 7:
        data = data[:at] + b"\n"
    elif kind == 8:
        data = data[:len(data) - rng.choice((1, 1, 2, 3, 76, 77))]
    elif kind == 9:
        data += rng.choice((b"\n", b"\n\n", b" ", b"x", b"\x00" * 512, b"\r\n", b"{}", b"{}\n", b"x" * 70000, bytes(lines[-1]), lines[-1] + b"\n", b"\xff\n"))
    elif kind == 10:
        data = bytearray(rng.choice((b"", b"\n", b"\n\n", b"x", b"\x00\n", b"{}\n", lines[0], lines[-1] + b"\n", b"\xef\xbb\xbf")))
    elif kind == 11:
        data[at:at] = rng.choice((b"\x00", b"\r", b"\n", b"\xef\xbb\xbf", b" ", b"\t", b"\xc3\xa4", b"\\", b"\""))
    elif kind == 12:
        data = bytearray(rng.choice((b"\xef\xbb\xbf", b"\n", b"\r\n", b"\x00", b" "))) + data
    elif kind == 13:
        data = data.replace(b"\n", b"\r\n")
    elif kind == 14:
        n = rng.randrange(1, 5000)
        data[at:at + n] = b"\x00" * len(data[at:at + n])        # a page that was never written
    else:
        if kind == 15:
            del lines[i:i + rng.choice((1, 1, 2, 3))]
        elif kind == 16:
            lines[i], lines[j] = lines[j], lines[i]
        elif kind == 17:
            lines.insert(i, lines[i])
        elif kind == 18:
            lines.insert(j, lines.pop(i))
        elif kind == 19:
            lines.insert(i, rng.choice((b"", b"", b" ", b"\r", b"#", lines[j][::-1])))
        elif kind == 20:
            lines[i] += rng.choice((b"\r", b" ", b"\x00", b","))
        elif kind == 21:                                        # a line away or twice, and the chain made good again
            lines[i:i + 1] = [] if rng.random() < 0.5 else [lines[i]] * 2
            rehash(lines, max(1, i))
        else:
            lines[i], lines[j] = lines[j][:len(lines[j]) // 2] + lines[i][len(lines[i]) // 2:], lines[j]
        data = b"".join(line + b"\n" for line in lines)
        if rng.random() < 0.15:
            data = data[:-1]
    return bytes(data)


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    journal, out, count, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    with open(journal, "rb") as file:
        all_lines = file.read().split(b"\n")[:-1] or [close(SAMPLE)]
    os.makedirs(out, exist_ok=True)
    rng = random.Random(seed)
    edits = forgeries()
    for n in range(count):
        # Of a long journal only a beginning, which is a valid journal as well.
        lines = all_lines[:rng.randrange(1, 201)] if len(all_lines) > 200 else list(all_lines)
        if n % 2:
            if not (n // 2) % len(edits):
                rng.shuffle(edits)
            data = forge(rng, lines, edits[(n // 2) % len(edits)], rng.random() < 0.5)
            if rng.random() < 0.05:                             # and damage on top
                data = damage(rng, data.split(b"\n")[:-1])
        else:
            data = damage(rng, lines)
        with open(os.path.join(out, "%05d.jsonl" % n), "wb") as file:
            file.write(data)


if __name__ == "__main__":
    main()
