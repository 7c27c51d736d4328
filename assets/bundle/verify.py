#!/usr/bin/env python3
"""Verifies a warroom journal or export bundle. Python 3.8+, standard library only.

  python3 verify.py [PATH] [--json] [--allowed-signers FILE] [--require-signed] [--head SEQ/HEX]

PATH is a bundle (a directory, by default where this script is, or an archive), an incident's directory
or a journal file. Files are read as streams: memory does not grow with the journal, only with the number
of texts that are withheld. Nothing is written or unpacked, except each signature to a temporary file for
ssh-keygen.
Exit status: 0 intact, 1 not intact, 2 wrong usage.
"""
import argparse, base64, calendar, collections, datetime, hashlib, io, json, os, re, shutil, stat
import subprocess, sys, tempfile, time

MAX_LINE, MAX_TEXT, MAX_DEPTH, MAX_N, MAX_BACK = 65536, 262144, 32, 2**64 - 1, 10000
MAX_FILES, MAX_NAME, MAX_SIGNATURE, MAX_SPECIAL, MAX_PRINCIPALS, MAX_FINDINGS = 20000, 200, 16384, 10000, 20, 50
ZEROS = "0" * 64

# The forms of the specification. Everything is matched on bytes, as it is hashed.
H, S, N = rb"[0-9a-f]{64}", rb"[a-z0-9._-]{1,64}", rb"(?:0|[1-9][0-9]{0,19})"
U = rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
T = (rb"(?:19[7-9][0-9]|[2-9][0-9]{3})-(?:0[1-9]|1[0-2])-[0-3][0-9]"
     rb"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z")
QUOTED_H, QUOTED_S = b'"(' + H + b')"', b'"(' + S + b')"'
ID = rb"(?:INC|DRILL)-[A-Za-z0-9-]+"
JOURNAL_NAME = r"(?:ledger|(?=.{1,32}\n?\Z)(?:INC|DRILL)-[A-Za-z0-9-]+)"
KEY = rb'"(SHA256:[A-Za-z0-9+/]{43})"'
PAIR = rb'"(' + S + rb')":"(' + H + rb')"'
BEGIN = re.compile(rb'\{"prev":"(' + H + rb')","v":(' + N + rb'),"seq":(' + N + rb'),"id":"')
MIDDLE = re.compile(U + rb'","rec":"(' + T + rb')","mono":"[0-9a-f]{8}:(' + N + rb')","by":"(' + S
                    + rb')","type":"(' + S + rb')",(?:"occ":"(' + T + rb')",)?"data":(?=\{)')
SD = re.compile(rb',"sd":\{((?:' + PAIR + rb'(?:,' + PAIR + rb')*)?)\},"hash":"' + H + rb'"\}')
END = re.compile(rb',"hash":"(' + H + rb')"\}')
# JSON strings and numbers. A \u escape of a high surrogate is only good with a low one behind it.
STRING = (rb'"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u(?:[0-9a-cefA-CEF][0-9a-fA-F]{3}|'
          rb'[dD][0-7][0-9a-fA-F]{2}|[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}))'
          rb'[^"\\\x00-\x1f]*)*"')
SCALAR = re.compile(STRING + rb'|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null')
MEMBER, ANY_MEMBER = re.compile(rb'"(' + S + rb')":'), re.compile(STRING + rb':')
DISCLOSURE = re.compile(rb'\["[0-9a-f]{32}","(' + S + rb')",' + STRING + rb'\]')
PART = r"(?!\.\.?(?:/|\Z))[A-Za-z0-9._-]+"
NAME, SUM = re.compile(PART + "(?:/" + PART + ")?"), re.compile(rb"([0-9a-f]{64})  ([!-~]+)\n")
ARMOR = re.compile(rb"-----BEGIN SSH SIGNATURE-----\n((?:[A-Za-z0-9+/=]{1,76}\n)+)-----END SSH SIGNATURE-----\n")
# Names that only a bundle has.
PARTS = {"allowed_signers", "chart.svg", "incident.txt", "postmortem.md", "record.json", "record.md", "sha256sums",
         "signatures", "verify.py", "verify.txt"}


class Bad(Exception):
    """A violation of the specification."""


def sha(data):
    return hashlib.sha256(data).hexdigest()


def number(raw):
    # The form allows 20 digits at most, so int() is cheap; the largest is that of 64 bits.
    if int(raw) > MAX_N:
        raise Bad("a number is larger than 64 bits")
    return int(raw)


def day(raw):
    try:
        datetime.date(int(raw[:4]), int(raw[5:7]), int(raw[8:10]))
    except ValueError:
        raise Bad("a day that does not exist")


def scan(text, pos, named):
    """The end of the JSON object at pos, and its own members as raw bytes. Not json.loads: that
    accepts white space, NaN, lone surrogates and doubled keys, and recurses. `named`: keys have
    the form S and occur once. The stack has the keys of each open object, None for an array."""
    stack, members, key, start, want = [], {}, None, 0, "value"
    while True:
        char = text[pos:pos + 1]
        if want == "value" and char in (b"{", b"["):
            if len(stack) == MAX_DEPTH:
                raise Bad("nested deeper than 32")
            stack.append(set() if char == b"{" else None)
            pos += 1
            empty = text[pos:pos + 1] == (b"}" if char == b"{" else b"]")
            want = "next" if empty else "member" if char == b"{" else "value"
        elif want == "value":
            match = SCALAR.match(text, pos)
            if not match:
                raise Bad("not JSON, or white space in it")
            pos, want = match.end(), "next"
        elif want == "member":
            match = (MEMBER if named else ANY_MEMBER).match(text, pos)
            if not match:
                raise Bad("a key that is not in its form")
            if named:
                if match[1] in stack[-1]:
                    raise Bad("the same key twice in one object")
                stack[-1].add(match[1])
            pos, want = match.end(), "value"
            if named and len(stack) == 1:
                key, start = match[1].decode(), pos
        else:  # a value has ended, or an empty object or array is about to be closed
            if len(stack) == 1 and key:
                members[key] = text[start:pos]
            pos += 1
            if char == b",":
                want = "value" if stack[-1] is None else "member"
            elif char == (b"]" if stack[-1] is None else b"}"):
                stack.pop()
                if not stack:
                    return pos, members
            else:
                raise Bad("not JSON, or white space in it")


def entry(line):
    """A line with its newline, in parts; Bad if it is altered. NUL and CR need no check of
    their own: no form has them, and JSON strings have no bytes below 0x20."""
    if len(line) > MAX_LINE:
        raise Bad("longer than 65,536 bytes")
    line = line[:-1]
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        raise Bad("not valid UTF-8")
    begin, end = BEGIN.match(line), END.fullmatch(line[-75:])
    if not begin or not end:
        raise Bad("not in the form of a line")
    if sha(line[:-75]) != end[1].decode():
        raise Bad("its bytes do not give its hash")
    e = {"prev": begin[1].decode(), "v": number(begin[2]), "seq": number(begin[3]),
         "hash": end[1].decode(), "type": "", "data": {}, "sd": []}
    if e["v"] == 0:
        raise Bad("v is 0")
    if e["v"] > 1:  # a newer format: we know its beginning and its end, and that it is JSON
        if scan(line, 0, False)[0] != len(line):
            raise Bad("something stands behind the object")
        return e
    middle = MIDDLE.match(line, begin.end())
    if not middle:
        raise Bad("not in the form of a line")
    number(middle[2])
    day(middle[1])
    day(middle[5] or middle[1])
    pos, e["data"] = scan(line, middle.end(), True)
    sd = SD.fullmatch(line, pos)
    if not sd:
        raise Bad("sd is not in its form, or something stands beside it")
    e["sd"] = [(k, h.decode()) for k, h in re.findall(PAIR, sd[1])]
    if len(dict(e["sd"])) != len(e["sd"]):
        raise Bad("the same key twice in sd")
    e["rec"], e["by"], e["type"] = middle[1], middle[3], middle[4].decode()
    return e


def lines(stretches, limit):
    """The lines of stretches of files, (path, first byte, length), one after the other as one stream, with their
    newlines. A line that is too long is kept only up to the limit."""
    rest = b""
    for path, at, length in stretches:
        with open(path, "rb") as file:
            file.seek(at)
            while length:
                piece = file.read(min(length, 1 << 18))
                if not piece:
                    break
                length -= len(piece)
                whole_lines = (rest + piece).split(b"\n")
                rest = whole_lines.pop()[:limit + 1]
                for line in whole_lines:
                    yield line + b"\n"
    if rest:
        yield rest


def member(data, name, form):
    match = re.fullmatch(form, data.get(name, b""))
    if not match:
        raise Bad("the entry has no '%s' in its form" % name)
    return match[1]


def signed(data):
    return member(data, "key", KEY).decode(), member(data, "signature", QUOTED_H).decode()


def claim(e):
    """The members of an entry that a signature depends on, as bytes; Bad if one is not in its form."""
    data, c = e["data"], {"signed": None}
    if e["type"] == "checkpointed":
        c.update(upto=number(member(data, "upto", b"(" + N + b")")), head=member(data, "head", QUOTED_H),
                 at=member(data, "at", b'"(' + T + b')"'), reason=member(data, "reason", QUOTED_S))
        day(c["at"])
        c["signed"] = signed(data)
    else:
        if e["type"] == "approval-requested":
            c["incident"] = member(data, "incident", b'"(' + ID + b')"')
        c.update(request=member(data, "request", QUOTED_S), digest=member(data, "digest", QUOTED_H))
        if "signature" in data or ("key" in data and e["type"] == "approved"):
            c["signed"] = signed(data)
    return c


class Walk:
    """Reads the chain and its texts once, and keeps what the later checks need."""

    def __init__(self, head, report):
        self.report, self.witness, self.met = report, head, False
        self.special, self.recent = [], collections.deque(maxlen=MAX_BACK)
        self.signing, self.keyed, self.occasions, self.erased = False, set(), set(), set()
        self.sealed_at, self.late, self.open, self.texts, self.odd = 0, False, {}, 0, 0

    def finding(self, kind, line, what):
        add(self.report, kind, line, what)

    def run(self, chain, texts):
        report, before, count, clean = self.report, {"hash": ZEROS, "seq": 0}, 0, True
        for count, line in enumerate(lines(chain, MAX_LINE), 1):
            if not line.endswith(b"\n"):
                self.finding("torn", count, "the last line has no newline: it was never acknowledged")
                break
            try:
                e = entry(line)
            except Bad as why:
                self.finding("altered", count, str(why))
                before, clean = None, False  # its hash and number are not known: the next line stands as it is
                continue
            if before and (e["prev"], e["seq"]) != (before["hash"], before["seq"] + 1):
                clean = False
                self.finding("removed", count, "does not follow the line before: something is missing, repeated or moved")
            if self.sealed_at and not self.late and e["type"] not in ("", "sealed", "checkpointed", "checkpoint-failed"):
                self.late, clean = True, False
                self.finding("removed", count, "stands after the entry that seals the journal")
            if e["type"] == "sealed" and not self.sealed_at:
                self.sealed_at = count
            if clean:
                report["entries"], report["head"] = count, e["hash"]
            before = e
            self.look(e, count)
            self.recent.append((e["seq"], e["hash"]))
            if self.witness and e["seq"] == self.witness[0]:
                self.met = True
                if not e["hash"].startswith(self.witness[1]):
                    self.finding("removed", e["seq"], "entry %d is not the one of the head that you were given" % e["seq"])
            # Texts are read at the pace of their commitments, so that few must be kept.
            for field, digest in e["sd"]:
                self.count(field, digest, 1)
                self.text(next(texts, None))
        for line in texts:
            self.text(line)
        if not count:
            self.finding("removed", 1, "there is no entry in it")
        if self.witness and not self.met:
            self.finding("removed", count + 1, "entry %d of the head that you were given is not here" % self.witness[0])
        missing = sum(n for n in self.open.values() if n > 0)
        loose = -sum(n for n in self.open.values() if n < 0)
        report["erased"] = sum(max(0, self.open.get(mark, 0)) for mark in self.erased)
        report.update(withheld=missing - report["erased"], stray=loose + self.odd, disclosed=self.texts - loose,
                      sealed=0 < self.sealed_at <= report["entries"])

    def look(self, e, count):
        data, kind = e["data"], e["type"]
        self.report["unknown_format"] += e["v"] > 1
        if kind in ("checkpointed", "checkpoint-failed") or kind in ("approved", "approval-requested") and "signature" in data:
            self.signing = True
        if kind == "actor" and data.get("key", b"null") != b"null" and re.fullmatch(QUOTED_S, data.get("actor", b"")):
            self.limited(self.keyed, data["actor"])
        if kind in ("opened", "handed-over", "sealed") or kind == "status-changed" and data.get("status") == b'"closed"':
            self.limited(self.occasions, b'"%s"' % e["by"])
        if kind == "erased":
            field, digest = re.fullmatch(QUOTED_S, data.get("field", b"")), re.fullmatch(QUOTED_H, data.get("commitment", b""))
            if field and digest:
                self.erased.add(field[1] + bytes.fromhex(digest[1].decode()))
        if kind in ("checkpointed", "approved", "approval-requested"):
            if len(self.special) == MAX_SPECIAL:
                return self.finding("signature", count, "more signatures than are looked at")
            c = {"line": count, "seq": e["seq"], "type": kind, "rec": e["rec"], "bad": ""}
            try:
                c.update(claim(e))
            except Bad as why:
                c["bad"] = str(why)
            if "upto" in c and 0 < e["seq"] - c["upto"] <= MAX_BACK:
                c["hash"] = next((h for seq, h in reversed(self.recent) if seq == c["upto"]), None)
            self.special.append(c)

    def limited(self, names, name):
        if len(names) < MAX_SPECIAL:
            names.add(name)
        else:
            self.signing = True

    def count(self, field, digest, one):
        mark = field + bytes.fromhex(digest)
        n = self.open.pop(mark, 0) + one
        if n:
            self.open[mark] = n

    def text(self, line):
        if line is None:
            return
        line = line[:-1] if line.endswith(b"\n") else line
        match = len(line) <= MAX_TEXT and DISCLOSURE.fullmatch(line)
        if match and line.decode("utf-8", "ignore").encode() == line:
            self.texts += 1
            self.count(match[1], sha(line), -1)
        else:
            self.odd += 1


class Place:
    """What a path is: "bundle", "incident" (an incident's directory) or "journal" (a file alone). It is never decided
    by what is missing: a directory with any part of a bundle, or without the name of an incident, is a bundle, and a
    file in one of them stands for all of it."""

    def __init__(self, path, bad):
        self.files, self.name, self.within, real = {}, None, None, os.path.realpath(path)
        mode = os.stat(real).st_mode
        if stat.S_ISDIR(mode):
            self.kind = self.directory(real) or "bundle"
            self.within = real
        elif not stat.S_ISREG(mode):
            raise Bad("it is not a plain file")
        elif self.is_archive(path, real):
            self.kind = "bundle"
        else:
            above, last = os.path.split(real)
            self.kind = self.directory(above) or "journal"
            self.within = above if self.kind != "journal" else None
            own = r"journal\.jsonl" if self.kind == "bundle" else r"journal(\.[1-9][0-9]{0,8})?\.jsonl"
            if self.within and not re.fullmatch(own, last):
                bad("bundle", 0, "%s is not the journal of the directory that it stands in" % last)
        if self.kind == "bundle":
            self.bundle(self.within or real, bad)
        elif self.kind == "incident":
            self.incident(self.within, bad)
        else:
            self.chain, self.texts = [(real, 0, os.path.getsize(real))], []

    @staticmethod
    def directory(path):
        names = os.listdir(path)
        if any(name.lower() in PARTS or name.lower().endswith(".sig") for name in names):
            return "bundle"
        return "incident" if re.fullmatch(JOURNAL_NAME, os.path.basename(path)) else None

    @staticmethod
    def is_archive(path, real):
        with open(real, "rb") as file:
            block = file.read(512)
        header = len(block) == 512 and (block[257:262] == b"ustar" or octal(block[148:156]) == check_sum(block))
        return header or any(p.lower().endswith(".tar") for p in (path, real))

    def bundle(self, path, bad):
        def wrong(what):
            bad("bundle", 0, what)
        (read_directory if self.within else read_archive)(path, self.files, wrong)
        for name in "journal.jsonl", "incident.txt", "SHA256SUMS":
            if name not in self.files:
                wrong("%s is missing" % name)
        check_sums(self, wrong)
        name = re.fullmatch("(" + JOURNAL_NAME + ")\n", (self.small("incident.txt", 100) or b"").decode("ascii", "replace"))
        self.name = name and name[1]
        if not name:
            wrong("incident.txt is not the id of an incident on one line")
        self.chain = [self.files[n] for n in ("journal.jsonl",) if n in self.files]
        self.texts = [self.files[n] for n in ("disclosures.jsonl",) if n in self.files]

    def incident(self, path, bad):
        self.name = os.path.basename(path)
        self.chain, self.texts, last = [], [], 0
        for k in range(1, 1000000):
            name = os.path.join(path, "journal.jsonl" if k == 1 else "journal.%d.jsonl" % k)
            if k > 1 and not os.path.lexists(name):
                break
            self.chain.append(whole(name))
            last = k
            if k > 1:  # its first line says how much of the file before belongs to the chain
                says = continuation(name)
                before, at, length = self.chain[-2]
                if says is None:
                    bad("removed", 0, "journal.%d.jsonl does not begin as a continuation" % k)
                    continue
                if says[0] != k or says[1] > length:
                    bad("removed", 0, "journal.%d.jsonl says that it is file %d after %d bytes" % ((k,) + says))
                self.chain[-2] = (before, at, min(length, says[1]))
        for name in os.listdir(path):
            match = re.fullmatch(r"journal\.\+?([0-9]+)\.jsonl", name)
            if match and int(match[1]) < 2**32 and not 2 <= int(match[1]) <= last:
                bad("removed", 0, "%s continues no file that is here" % name)
        for k in range(1, 1000000):
            name = os.path.join(path, "disclosures.jsonl" if k == 1 else "disclosures.%d.jsonl" % k)
            if os.path.lexists(name):
                self.texts.append(whole(name))
            elif k > 1:
                break

    def small(self, name, limit=MAX_SIGNATURE):
        """The bytes of a file of a bundle; None where it is missing or too long."""
        path, at, length = self.files.get(name, (None, 0, 0))
        if not path or length > limit:
            return None
        with open(path, "rb") as file:
            file.seek(at)
            return file.read(length)

    def signature(self, name, digest):
        if self.kind == "incident":
            sig = self.blob(digest)
        else:
            sig = self.small("signatures/%s.sig" % name)
        return sig if sig is not None and sha(sig) == digest else None

    def blob(self, name):
        path = os.path.join(self.within, "blobs", name)
        if not os.path.lexists(path) or not stat.S_ISREG(os.lstat(path).st_mode):
            return None
        with open(path, "rb") as file:
            sig = file.read(MAX_SIGNATURE)
        return sig if sha(sig) == name else None

    def kept(self, bad):
        """The digests of the signatures in an incident's directory; any other file is a finding."""
        blobs, good = os.path.join(self.within or "", "blobs"), set()
        if self.kind != "incident" or not os.path.lexists(blobs):
            return good
        if not stat.S_ISDIR(os.lstat(blobs).st_mode):
            bad("signature", 0, "blobs is not a directory")
            return good
        for name in sorted(os.listdir(blobs)):
            if re.fullmatch(r"[0-9a-f]{64}\.new-[0-9]+", name):
                continue  # the rest of an interrupted creation
            sig = self.blob(name) if re.fullmatch(r"[0-9a-f]{64}", name) else None
            if sig and signing_key(sig):
                good.add(name)
            else:
                bad("signature", 0, "blobs/%s is not a signature under its digest" % name)
        return good


def whole(path):
    status = os.lstat(path)
    if not stat.S_ISREG(status.st_mode):
        raise Bad("%s is not a plain file" % path)
    return path, 0, status.st_size


def continuation(path):
    with open(path, "rb") as file:
        line = file.readline(MAX_LINE)
    try:
        e = entry(line if line.endswith(b"\n") else line + b"\n")
        said = [number(member(e["data"], name, b"(" + N + b")")) for name in ("file", "length")]
    except Bad:
        return None
    return tuple(said) if e["type"] == "continued" and said[0] < 2**32 else None


def is_name(name):
    return len(name) <= MAX_NAME and NAME.fullmatch(name)


def read_directory(path, files, bad):
    for folder in [""] + sorted(os.listdir(path)):
        inside = os.path.join(path, folder)
        if folder and (not is_name(folder) or not stat.S_ISDIR(os.lstat(inside).st_mode)):
            continue  # a file, which is looked at with its neighbours, or a bad name, likewise
        for name in sorted(os.listdir(inside)):
            name = folder + "/" + name if folder else name
            status = os.lstat(os.path.join(path, name))
            plain = stat.S_ISREG(status.st_mode) and len(files) < MAX_FILES
            if not is_name(name) or not (plain or (stat.S_ISDIR(status.st_mode) and not folder)):
                bad("refused: %s (a link, a special file, too deep, or a bad name)" % name)
            elif plain:
                files[name] = (os.path.join(path, name), 0, status.st_size)


def octal(field):
    digits = field.lstrip(b" ").rstrip(b"\0 ")
    return int(digits, 8) if re.fullmatch(b"[0-7]+", digits) else None


def check_sum(block):
    return sum(block) - sum(block[148:156]) + 8 * 32


def field(raw):
    name = raw.split(b"\0")[0]
    if raw[len(name):].strip(b"\0"):
        raise Bad("the archive has bytes behind a name")
    return name.decode("utf-8", "replace")


def read_archive(path, files, bad):
    """Archives, read strictly: the form that the specification allows and no other. Libraries do not agree on
    malformed ones."""
    names = set()
    with open(path, "rb") as file:
        length = os.fstat(file.fileno()).st_size

        def zeros(at, end):
            file.seek(at)
            while at < end:
                piece = file.read(min(end - at, 65536))
                if not piece or piece.strip(b"\0"):
                    return False
                at += len(piece)
            return True

        try:
            at = 0
            while True:
                file.seek(at)
                block = file.read(512)
                if len(block) < 512:
                    raise Bad("the archive ends without its end: two blocks of zeros")
                if not block.strip(b"\0"):
                    break
                at = read_header(file, block, at, length, names, path, files, zeros, bad)
            if length - at < 1024 or (length - at) % 512:
                raise Bad("the archive ends without its end: two blocks of zeros")
            if not zeros(at, length):
                raise Bad("the archive has bytes behind its last file")
            for name in files:
                if name.split("/")[0] != name and name.split("/")[0] in files:
                    raise Bad("%s is a file and a directory" % name.split("/")[0])
        except Bad as why:
            bad(str(why))


def read_header(file, block, at, length, names, path, files, zeros, bad):
    posix, size = block[257:265] == b"ustar\x0000", octal(block[124:136])
    if not (posix or block[257:265] == b"ustar  \0") or octal(block[148:156]) != check_sum(block) or size is None:
        raise Bad("byte %d of the archive is not a header in the form of ustar" % at)
    name, prefix, kind = field(block[:100]), field(block[345:500]) if posix else "", block[156:157]
    name = prefix + "/" + name if prefix else name
    start, end = at + 512, at + 512 + size
    if end > length:
        raise Bad("%s is cut off" % name)
    after = -(-end // 512) * 512
    if not zeros(end, after):
        bad("bytes stand behind %s, inside its last block" % name)
    bare = name[:-1] if kind == b"5" and name.endswith("/") else name
    if kind == b"x":
        file.seek(start)
        if size > 65536 or not harmless(file.read(size)):
            raise Bad("the archive has attributes that may change names or sizes")
    elif not is_name(bare) or kind not in (b"0", b"\0", b"5") or kind == b"5" and (size or "/" in bare):
        bad("refused: %s (a link, a special file, too deep, or a bad name)" % name)
    elif bare in names:
        bad("%s stands twice" % name)
    else:
        names.add(bare)
        if len(files) == MAX_FILES:
            raise Bad("there are more files in it than a bundle has")
        if kind != b"5":
            files[name] = (path, start, size)
    return after


def harmless(attributes):
    while attributes:
        length = re.match(rb"([1-9][0-9]{0,5}) ", attributes)
        record = length and attributes[:int(length[1])]
        if not record or len(record) < int(length[1]) or not re.fullmatch(
                rb"[0-9]+ (?:atime|comment|ctime|gid|gname|mtime|uid|uname)=.*\n", record, re.S):
            return False
        attributes = attributes[len(record):]
    return True


def check_sums(place, bad):
    sums = place.small("SHA256SUMS", 4 << 20)
    if sums is None:
        if "SHA256SUMS" in place.files:
            bad("SHA256SUMS does not read as text of at most 4 MiB")
        return
    listed = {}
    for line in io.BytesIO(sums):
        match = SUM.fullmatch(line)
        name = match[2].decode() if match else ""
        if not match or not is_name(name) or name in listed or name == "SHA256SUMS":
            bad("SHA256SUMS has a line that is not in its form, or twice: %s" % line[:200].decode("ascii", "replace"))
        else:
            listed[name] = match[1].decode()
    for name in sorted(set(place.files) | set(listed)):
        if name not in place.files:
            bad("%s is listed in SHA256SUMS and not there" % name)
        elif name not in listed and name != "SHA256SUMS":
            bad("%s is not listed in SHA256SUMS" % name)
        elif name in listed and listed[name] != file_sum(place.files[name]):
            bad("%s is not the file of SHA256SUMS" % name)


def file_sum(where):
    path, at, length = where
    total = hashlib.sha256()
    with open(path, "rb") as file:
        file.seek(at)
        while length:
            piece = file.read(min(length, 1 << 18))
            if not piece:
                break
            total.update(piece)
            length -= len(piece)
    return total.hexdigest()


def signing_key(sig):
    """The fingerprint of the key of an armored signature in its one form and in our namespace; None where it is none."""
    armor = ARMOR.fullmatch(sig)
    if not armor:
        return None
    body = armor[1].replace(b"\n", b"")
    try:
        raw = base64.b64decode(body, validate=True)
    except ValueError:
        return None
    if base64.b64encode(raw) != body or raw[:10] != b"SSHSIG\0\0\0\1":
        return None
    parts, pos = [], 10
    for _ in range(5):  # key, namespace, reserved, hash, signature
        length = int.from_bytes(raw[pos:pos + 4], "big")
        if pos + 4 + length > len(raw):
            return None
        parts.append(raw[pos + 4:pos + 4 + length])
        pos += 4 + length
    if pos != len(raw) or parts[1] != b"warroom" or parts[2]:
        return None
    return "SHA256:" + base64.b64encode(hashlib.sha256(parts[0]).digest()).decode().rstrip("=")


def run(keygen, command, text, *options):
    try:
        done = subprocess.run([keygen, "-Y", command, *options], input=text, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode == 0, done.stdout.decode("utf-8", "replace")
    except (OSError, subprocess.SubprocessError) as why:
        return False, str(why)


def ask_keygen(keygen, text, sig, when, trusted):
    """Whether a signature is of a text, and the first of its trusted names that holds at that time."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "sig")
        with open(path, "wb") as file:
            file.write(sig)
        if not run(keygen, "check-novalidate", text, "-n", "warroom", "-s", path)[0]:
            raise Bad("its signature does not hold")
        if not trusted:
            return ""
        stamp = re.sub(rb"[-T:]|\..*", b"", when).decode()
        local = time.localtime(calendar.timegm(time.strptime(stamp, "%Y%m%d%H%M%S")))
        # ssh-keygen before 9.1 knows no Z: there the same second is given in local time.
        for at in stamp + "Z", time.strftime("%Y%m%d%H%M%S", local):
            options = ["-f", trusted, "-s", path, "-O", "verify-time=" + at]
            good, said = run(keygen, "find-principals", b"", *options)
            for who in said.splitlines()[:MAX_PRINCIPALS] if good else []:
                if run(keygen, "verify", text, *options, "-n", "warroom", "-I", who)[0]:
                    return who
            if "verify-time" not in said:
                break
        raise Bad("the key is not among the accepted signers at that time")


class Signatures:
    """Each checkpoint, request and approval against its text, its file and the chain; and whether there are those
    that there must be."""

    def __init__(self, place, walk, keygen, trusted, report):
        self.place, self.walk, self.keygen, self.trusted, self.report = place, walk, keygen, trusted, report
        self.requests, self.names, self.digests, self.covered = {}, set(), set(), []

    def check(self, require):
        place, report = self.place, self.report
        if self.trusted and place.within and os.path.realpath(self.trusted).startswith(place.within + os.sep):
            add(report, "signature", 0, "the list of accepted signers is a part of what is verified: take it from elsewhere")
        kept = place.kept(lambda *finding: add(report, *finding))
        for c in self.walk.special:
            try:
                self.one(c)
            except Bad as why:
                add(report, "signature", c["line"], str(why))
        for name in sorted(place.files):
            # A signed text without its entry shows that the journal once had more than it has now.
            if name.startswith("signatures/") and not (name[-4:] in (".txt", ".sig") and name[11:-4] in self.names):
                add(report, "signature", 0, "%s belongs to no entry of the journal" % name)
        report["signed_upto"] = max([upto for upto, *_ in self.covered], default=0)
        self.required(require, len(kept - self.digests))

    def one(self, c):
        kind, at = c["type"], c.get("at", c["rec"])
        if c["bad"]:
            raise Bad(c["bad"])
        name = {"checkpointed": "checkpoint", "approved": "approval", "approval-requested": "request"}[kind] + "-%d" % c["seq"]
        if c["signed"]:
            self.names.add(name)
            self.digests.add(c["signed"][1])
        incident, upto = (self.place.name or "").encode(), 0
        if kind == "checkpointed":
            upto, what = c["upto"], "lines 1 to %d" % c["upto"]
            if c.get("hash") != c["head"].decode():
                raise Bad("it does not sign the hash of a line %d within reach before it" % upto)
            text = b"warroom/1 %s %d %s %s" % (incident, upto, c["head"], at)
        else:
            what = "%s %s" % (name.split("-")[0], c["request"].decode())
            if kind == "approval-requested":
                self.requests.setdefault(c["request"], c)
                asked, form = c, b"warroom-request/1"
            else:
                asked, form = self.requests.get(c["request"]), b"warroom-approval/1"
                if not asked:
                    raise Bad("no request %s stands before it" % c["request"].decode())
                if asked["digest"] != c["digest"]:
                    raise Bad("it approves something else than what was asked for")
            if not c["signed"]:
                return  # self-declared: recorded, but nobody signed
            if self.place.name and self.place.name != "ledger" and asked["incident"] != incident:
                raise Bad("it is about another incident")
            text = b"%s %s %s" % (form, asked["incident"], c["digest"])
        if self.place.kind == "journal":
            return  # nothing beside it to check
        key, digest = c["signed"]
        if self.place.kind == "bundle" and self.place.small("signatures/%s.txt" % name) != text:
            raise Bad("signatures/%s.txt is missing or is not the text that was signed" % name)
        sig = self.place.signature(name, digest)
        if sig is None:
            raise Bad("its signature's file is not here")
        by = signing_key(sig)
        if not by:
            raise Bad("its signature does not hold")
        if not self.keygen:
            return
        who = ask_keygen(self.keygen, text, sig, at, self.trusted if by == key else None)
        if by != key:
            raise Bad("it was signed with %s and names %s" % (by, key))
        # Lines after a break in the chain are not covered, even if signed.
        if c["line"] <= self.report["entries"]:
            self.covered.append((upto, key, who, what))

    def required(self, require, orphans):
        walk, report, kind = self.walk, self.report, self.place.kind
        # A copy is signed when it is made; between two occasions a directory need not be.
        keyed = walk.keyed if kind == "bundle" else walk.keyed & walk.occasions
        why = ("it was asked for" if require else "accepted signers are named" if self.trusted else
               "an entry says that the journal was signed" if walk.signing else
               "a person with a key did what is signed with it" if keyed else
               "a signature without its entry shows that the journal was signed" if orphans else "")
        report["signed_required"] = bool(why)
        if why and kind == "journal":
            what = "there are no signatures beside a journal file alone: verify its directory or bundle"
        elif why and not report["signed_upto"]:
            what = "no signature that holds covers any entry"
        elif why and kind == "bundle" and report["signed_upto"] + 1 != report["entries"]:
            what = "the last entry is not a signature that covers all entries before it: the copy was cut, or not signed"
        else:
            return
        add(report, "signature", 0, "%s (required: %s)" % (what, why))


def words(path, report, covered, keygen):
    n, upto = report["entries"], report["signed_upto"]
    say = ["%s: %s%s" % (path, "intact" if report["intact"] else "NOT INTACT", ", sealed" if report["sealed"] else ""),
           "entries     %d verified from the beginning" % n,
           "head        %d/%s  (%s)" % (n, report["head"][:12], report["head"]),
           "texts       %d disclosed, %d withheld, %d erased" % (report["disclosed"], report["withheld"], report["erased"])]
    if report["stray"]:
        say.append("STRAY       %d texts that nothing in the journal commits to: they prove nothing" % report["stray"])
    if report["unknown_format"]:
        say.append("newer       %d entries of a newer format: chained, content not checked" % report["unknown_format"])
    best = {(key, who, what if not end else ""): (end, what) for end, key, who, what in sorted(covered)}
    for (key, who, _), (end, what) in best.items():
        say.append("signed      %s: by %s, %s" % (what, key, "trusted as " + who if who else
                   "a key that the journal names: compare it with one received out of band"))
    if report["kind"] == "journal":
        say.append("signatures  NOT CHECKED: a journal file alone has none")
    elif not keygen:
        say.append("signatures  NOT CHECKED: ssh-keygen is not installed")
    if not upto:
        say.append("UNSIGNED    no signature that was checked and is valid covers any line of this journal")
    elif upto == n - 1:
        say.append("covered     all lines; line %d is the last signature itself" % n)
    elif upto < n:
        say.append("unsigned    lines %d to %d: no signature covers them" % (upto + 1, n))
    for f in report["findings"]:
        say.append("FINDING     %-9s %s%s" % (f["kind"], "line %d: " % f["line"] if f["line"] else "", f["what"]))
    if report["more"]:
        say.append("            and %d more" % report["more"])
    return "\n".join(map(plain, say))


def plain(text):
    """Without control characters: these names and texts come from others."""
    return re.sub(r"[^ -~]", lambda c: ascii(c[0])[1:-1], text)


def add(report, kind, line, what):
    if len(report["findings"]) < MAX_FINDINGS:
        report["findings"].append({"kind": kind, "line": line, "what": plain(" ".join(what.split()))[:400]})
    else:
        report["more"] += 1


def verify(path, trusted=None, head=None, require=False, keygen=None):
    """The report on a path, and its valid signatures: (last line, key, name, what) of each."""
    report = {"kind": "bundle", "intact": False, "entries": 0, "head": ZEROS, "disclosed": 0, "withheld": 0, "erased": 0,
              "stray": 0, "unknown_format": 0, "sealed": False, "signed_upto": 0, "signed_required": bool(trusted or require),
              "findings": [], "more": 0}
    covered = []
    try:
        place = Place(path, lambda *finding: add(report, *finding))
        report["kind"] = place.kind
        walk = Walk(head, report)
        walk.run(place.chain, lines(place.texts, MAX_TEXT))
        if place.kind == "bundle" and report["stray"]:  # in a directory a crash between two writes leaves them
            add(report, "bundle", 0, "%d texts belong to no entry: they were added or altered" % report["stray"])
        signatures = Signatures(place, walk, keygen, trusted, report)
        signatures.check(require)
        covered = signatures.covered
    except Exception as why:  # any error: not proved intact, so not intact
        add(report, "bundle", 0, "could not be verified: %s" % why)
    report["intact"] = not report["findings"]
    return report, covered


class Parser(argparse.ArgumentParser):
    def error(self, message):
        super().error(plain(message))


def main():
    parser = Parser(prog="verify.py", description="Verifies a warroom journal or bundle.", allow_abbrev=False)
    parser.add_argument("path", nargs="?", default=os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--allowed-signers", metavar="FILE", help="keys that you trust, received out of band")
    parser.add_argument("--require-signed", action="store_true", help="a journal without a valid signature is a finding")
    parser.add_argument("--head", metavar="SEQ/HEX", help="a head received out of band")
    args = parser.parse_args()
    head = re.fullmatch(r"([1-9][0-9]{0,19})/([0-9a-f]{12,64})", (args.head or "").lower())
    if args.head is not None and not head:
        parser.error("--head is a number, a slash and 12 to 64 hex digits")
    if not os.path.exists(args.path):
        parser.error("no such file: %s" % args.path)
    if args.allowed_signers is not None and not os.path.isfile(args.allowed_signers):
        parser.error("no such file: %s" % args.allowed_signers)
    keygen = shutil.which("ssh-keygen")
    report, covered = verify(args.path, args.allowed_signers, head and (int(head[1]), head[2]), args.require_signed, keygen)
    try:
        print(json.dumps(report) if args.json else words(args.path, report, covered, keygen), flush=True)
    except BrokenPipeError:  # the reader has closed the pipe; the exit status is still right
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return 0 if report["intact"] else 1


if __name__ == "__main__":
    sys.exit(main())
