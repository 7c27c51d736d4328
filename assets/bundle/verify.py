#!/usr/bin/env python3
"""Verifies a warroom journal or export bundle. Python 3.8+, standard library only.

  python3 verify.py [PATH] [--json] [--allowed-signers FILE] [--head SEQ/HEX]

PATH is a bundle directory (default: where this script is), a bundle .tar or a journal file.
Nothing is written or unpacked, except each signature to a temporary file for ssh-keygen.
Exit status: 0 intact, 1 not intact, 2 wrong usage.
"""
import argparse, calendar, datetime, hashlib, io, json, os, re, shutil, stat, subprocess, sys
import tarfile, tempfile, time

MAX_LINE, MAX_DEPTH, MAX_N, MAX_BACK = 65536, 32, 2**64 - 1, 10000
ZEROS = "0" * 64

# The forms of the specification. Everything is matched on bytes: what is hashed is what is read.
H, S, N = rb"[0-9a-f]{64}", rb"[a-z0-9._-]{1,64}", rb"(?:0|[1-9][0-9]{0,19})"
U = rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
T = (rb"(?:19[7-9][0-9]|[2-9][0-9]{3})-(?:0[1-9]|1[0-2])-[0-3][0-9]"
     rb"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z")
KEY = rb'"(SHA256:[A-Za-z0-9+/]{43})"'
PAIR = rb'"(' + S + rb')":"(' + H + rb')"'
BEGIN = re.compile(rb'\{"prev":"(' + H + rb')","v":(' + N + rb'),"seq":(' + N + rb'),"id":"')
MIDDLE = re.compile(U + rb'","rec":"(' + T + rb')","mono":"[0-9a-f]{8}:(' + N + rb')","by":"' + S
                    + rb'","type":"(' + S + rb')",(?:"occ":"(' + T + rb')",)?"data":(?=\{)')
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
NAME, SUM = re.compile(PART + "(?:/" + PART + ")?"), re.compile(rb"([0-9a-f]{64})  (.+)")


class Bad(Exception):
    """Why something is not as the specification says."""


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
    day(middle[4] or middle[1])
    pos, e["data"] = scan(line, middle.end(), True)
    sd = SD.fullmatch(line, pos)
    if not sd:
        raise Bad("sd is not in its form, or something stands beside it")
    e["sd"] = [(k.decode(), h.decode()) for k, h in re.findall(PAIR, sd[1])]
    if len(dict(e["sd"])) != len(e["sd"]):
        raise Bad("the same key twice in sd")
    e["rec"], e["type"] = middle[1], middle[3].decode()
    return e


def chain(journal):
    """Checks a journal, given as bytes or as its lines. `entries` and `head` are those up to the
    first finding. The other members are collected from every good line, for the checks below."""
    if not isinstance(journal, (bytes, bytearray)):
        journal = b"".join(journal)
    found, commitments, special, hashes = [], [], [], {}
    result = {"entries": 0, "head": ZEROS, "findings": found, "unknown_format": 0,
              "commitments": commitments, "special": special, "hashes": hashes}
    before, sealed, late = {"hash": ZEROS, "seq": 0}, False, False

    def finding(kind, what):
        found.append({"kind": kind, "line": line_number, "what": what})

    for line_number, line in enumerate(io.BytesIO(journal), 1):
        if not line.endswith(b"\n"):
            finding("torn", "the last line has no newline: it was never acknowledged")
            break
        try:
            e = entry(line)
        except Bad as why:
            finding("altered", str(why))
            before = None  # its hash and number are not known: the next line stands as it is
            continue
        if before and (e["prev"], e["seq"]) != (before["hash"], before["seq"] + 1):
            finding("removed", "does not follow the line before: something is missing, repeated or moved")
        if sealed and not late and e["type"] not in ("", "sealed", "checkpointed", "checkpoint-failed"):
            late = True
            finding("removed", "stands after the entry that seals the journal")
        sealed = sealed or e["type"] == "sealed"
        if not found:
            result["entries"], result["head"] = line_number, e["hash"]
        before = e
        hashes.setdefault(e["seq"], e["hash"])
        commitments.extend((e["seq"], field, digest) for field, digest in e["sd"])
        result["unknown_format"] += e["v"] > 1
        if e["type"] in ("checkpointed", "approved", "approval-requested", "erased"):
            e["line"] = line_number
            special.append(e)
    if not journal:
        line_number = 1
        finding("removed", "there is no line at all")
    result["intact"] = not found
    return result


def texts(result, disclosures):
    """Counts of commitments without text, of erased ones, and of texts without commitment."""
    committed = {(field, digest) for _, field, digest in result["commitments"]}
    shown, named, stray = set(), set(), 0
    for line in io.BytesIO(disclosures):
        line = line[:-1] if line.endswith(b"\n") else line
        match = DISCLOSURE.fullmatch(line)
        utf8 = line.decode("utf-8", "ignore").encode() == line
        text = match and utf8 and (match[1].decode(), sha(line))
        if text and text in committed:
            shown.add(text)
        else:
            stray += 1
    for e in result["special"]:
        if e["type"] == "erased":  # names an entry and a field, or the commitment itself
            named.add((e["data"].get("entry"), e["data"].get("field")))
            named.update(e["data"].values())
    missing = [c for c in result["commitments"] if c[1:] not in shown]
    erased = sum((b"%d" % seq, b'"%s"' % field.encode()) in named or b'"%s"' % digest.encode() in named
                 for seq, field, digest in missing)
    return len(missing) - erased, erased, stray, len(result["commitments"]) - len(missing)


def read_directory(path, bad):
    files = {}
    todo = [""]
    while todo:
        folder = todo.pop()
        for name in sorted(os.listdir(os.path.join(path, folder))):
            name = folder + "/" + name if folder else name
            mode = os.lstat(os.path.join(path, name)).st_mode
            if not NAME.fullmatch(name) or not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                bad("refused: %s (a link, a special file or a bad name)" % ascii(name))
            elif stat.S_ISDIR(mode):
                todo.append(name)
            else:
                with open(os.path.join(path, name), "rb") as file:
                    files[name] = file.read()
    return files


def read_tar(path, bad):
    files, names, end = {}, set(), 0
    try:
        with tarfile.open(path, "r:") as tar:  # "r:": never compressed, so it cannot grow
            for member in tar:
                plain = member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and not member.issparse()
                if not NAME.fullmatch(member.name) or not (plain or member.isdir()) or member.name in names:
                    bad("refused: %s (a link, a special file, twice, or a bad name)" % ascii(member.name))
                elif plain:
                    files[member.name] = tar.extractfile(member).read()
                names.add(member.name)
                end = member.offset_data + (0 if member.isdir() else member.size)
            if tar.pax_headers:
                bad("the archive has global headers")
        with open(path, "rb") as file:  # another program could find files where tarfile stopped
            file.seek(end)
            if file.read().strip(b"\0"):
                bad("the archive has bytes behind its last file")
    except Exception as why:  # tarfile raises many kinds on hostile archives
        bad("the archive cannot be read: %s" % ascii(str(why)))
    return files


def check_sums(files, bad):
    listed = {}
    for line in files.get("SHA256SUMS", b"").split(b"\n")[:-1]:
        match = SUM.fullmatch(line)
        name = match and match[2].decode("ascii", "replace")
        if not match or name in listed or name == "SHA256SUMS":
            bad("SHA256SUMS has a line that is not in its form: %s" % ascii(line[:200]))
        else:
            listed[name] = match[1].decode()
    for name in sorted(set(files) | set(listed)):
        if name not in files:
            bad("%s is in SHA256SUMS and not in the bundle" % ascii(name))
        elif name not in listed and name != "SHA256SUMS":
            bad("%s is not in SHA256SUMS" % name)
        elif name in listed and listed[name] != sha(files[name]):
            bad("%s is not the file of SHA256SUMS" % name)


def want(data, name, form):
    match = re.fullmatch(form, data.get(name, b""))
    if not match:
        raise Bad("the entry has no '%s' in its form" % name)
    return match[1]


def run(keygen, command, text, *options):
    try:
        done = subprocess.run([keygen, "-Y", command, *options], input=text, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode == 0, re.sub(r"[^ -~\n]", "", done.stdout.decode("ascii", "replace")).strip()
    except (OSError, subprocess.SubprocessError) as why:
        return False, ascii(str(why))


def check_signature(files, name, text, data, when, keygen, trusted):
    """The key that signed `text`, and its trusted name if there is one; None if not checked."""
    key, digest = want(data, "key", KEY).decode(), want(data, "signature", b'"(' + H + b')"').decode()
    sig = files.get(name + ".sig")
    if files.get(name + ".txt") != text:
        raise Bad("%s.txt is missing or is not the text that the entry gives" % name)
    if sig is None or sha(sig) != digest:
        raise Bad("%s.sig is missing or is not the signature of the entry" % name)
    if not keygen:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "sig")
        with open(path, "wb") as file:
            file.write(sig)
        good, said = run(keygen, "check-novalidate", text, "-n", "warroom", "-s", path)
        if not good:
            raise Bad("the signature is not valid: %s" % said[:200])
        if re.findall(r" key (SHA256:\S+)$", said, re.M) != [key]:
            raise Bad("the signature is of another key than the entry says: %s" % said[:200])
        if not trusted:
            return key, ""
        stamp = re.sub(rb"[-T:]|\..*", b"", when).decode()
        local = time.localtime(calendar.timegm(time.strptime(stamp, "%Y%m%d%H%M%S")))
        # ssh-keygen before 9.1 knows no Z: there the same second is given in local time.
        for at in stamp + "Z", time.strftime("%Y%m%d%H%M%S", local):
            options = ["-f", trusted, "-s", path, "-O", "verify-time=" + at]
            good, said = run(keygen, "find-principals", text, *options)
            for who in said.split("\n") if good else []:
                ok, said = run(keygen, "verify", text, *options, "-n", "warroom", "-I", who)
                if ok:
                    return key, who
            if "verify-time" not in said:
                break
        raise Bad("%s is not among the trusted signers at that time: %s" % (key, said[:200]))


def check_entries(result, files, keygen, trusted, bad):
    """Checkpoints and approvals. Gives (first line, last line, key, name, what) of each valid
    signature. Without files (a journal alone) only the heads in checkpoints are checked."""
    covered, used, digests = [], set(), {}
    incident = re.fullmatch(rb"([!-~]+)\n?", (files or {}).get("incident.txt", b""))
    if files is not None and not incident:
        bad("bundle", 0, "incident.txt is missing or not one line")
    incident = incident[1] if incident else b"?"
    for e in result["special"]:
        data, upto, quoted = e["data"], 0, b'"(' + H + b')"'
        try:
            if e["type"] == "checkpointed":
                upto, head = number(want(data, "upto", b"(" + N + b")")), want(data, "head", quoted)
                when = want(data, "at", b'"(' + T + b')"')
                day(when)
                want(data, "reason", b'"(' + S + b')"')
                name, what = "signatures/checkpoint-%d" % e["seq"], "lines 1 to %d" % upto
                text = b"warroom/1 %s %d %s %s" % (incident, upto, head, when)
                used.update((name + ".txt", name + ".sig"))
                if not 0 < e["seq"] - upto <= MAX_BACK:
                    raise Bad("the checkpoint is not at most 10,000 lines behind the line it covers")
                if result["hashes"].get(upto) != head.decode():
                    raise Bad("the head in the checkpoint is not the hash of line %d" % upto)
            elif e["type"] == "approved":
                want(data, "request", b'"(' + S + b')"')
                digest, when = want(data, "digest", quoted), e["rec"]
                name, what = "signatures/approval-%d" % e["seq"], "approval, line %d" % e["seq"]
                text = b"warroom-approval/1 %s %s" % (incident, digest)
                if digests.get(data["request"]) != digest:
                    raise Bad("the digest is not that of the approval-requested entry before")
                if "key" not in data and "signature" not in data:
                    continue  # self-declared: recorded, but nobody signed
                used.update((name + ".txt", name + ".sig"))
            elif e["type"] == "approval-requested":
                digest, when = want(data, "digest", quoted), e["rec"]
                digests.setdefault(want(data, "request", b'("' + S + b'")'), digest)
                name, what = "signatures/request-%d" % e["seq"], "request, line %d" % e["seq"]
                text = b"warroom-request/1 %s %s" % (incident, digest)
                if "signature" not in data:
                    continue  # self-declared, as above
                used.update((name + ".txt", name + ".sig"))
            else:
                continue
            if files is not None:
                by = check_signature(files, name, text, data, when, keygen, trusted)
                # Lines behind a break in the chain are not covered, whatever was signed.
                if by and upto <= result["entries"]:
                    covered.append((upto,) + by + (what,))
        except Bad as why:
            bad("signature", e["line"], str(why))
    for name in sorted(files or ()):
        # A signed text without its entry shows that the journal once had more than it has now.
        if name.startswith("signatures/") and name not in used:
            bad("signature", 0, "%s belongs to no entry of the journal" % name)
    return covered


def words(path, report, covered, shown, files, keygen, last_is_checkpoint):
    n, upto = report["entries"], report["signed_upto"]
    say = ["%s: %s" % (ascii(path)[1:-1], "intact" if report["intact"] else "NOT INTACT"),
           "entries     %d verified from the beginning" % n,
           "head        %d/%s  (%s)" % (n, report["head"][:12], report["head"]),
           "texts       %d disclosed, %d withheld, %d erased" % (shown, report["withheld"], report["erased"])]
    if report["stray"]:
        say.append("STRAY       %d texts that nothing in the journal commits to: they prove nothing" % report["stray"])
    if report["unknown_format"]:
        say.append("newer       %d entries of a newer format: chained, content not checked" % report["unknown_format"])
    best = {(key, who, what if not end else ""): (end, what) for end, key, who, what in sorted(covered)}
    for (key, who, _), (end, what) in best.items():
        say.append("signed      %s: by %s, %s" % (what, key, "trusted as " + who if who else
                   "a key the bundle itself names: compare it by another road"))
    if files is None:
        say.append("signatures  NOT CHECKED: a journal file alone has none")
    elif not keygen:
        say.append("signatures  NOT CHECKED: there is no ssh-keygen here")
    if not upto:
        say.append("UNSIGNED    no signature that was checked and is valid covers any line of this journal")
    elif upto == n - 1 and any(c[0] == upto for c in covered) and last_is_checkpoint:
        say.append("covered     all lines; line %d is the last signature itself" % n)
    elif upto < n:
        say.append("unsigned    lines %d to %d: no signature covers them" % (upto + 1, n))
    for f in report["findings"]:
        say.append("FINDING     %-9s %s%s" % (f["kind"], "line %d: " % f["line"] if f["line"] else "", f["what"]))
    return "\n".join(say)


def main():
    parser = argparse.ArgumentParser(description="Verifies a warroom journal or bundle.", allow_abbrev=False)
    parser.add_argument("path", nargs="?", default=os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--allowed-signers", metavar="FILE", help="keys that you trust, from another road")
    parser.add_argument("--head", metavar="SEQ/HEX", help="a head that you got by another road")
    args = parser.parse_args()
    witness = re.fullmatch(r"([1-9][0-9]{0,19})/([0-9a-f]{12,64})", (args.head or "").lower())
    if args.head is not None and not witness:
        parser.error("--head is a number, a slash and 12 to 64 hex digits")
    is_dir = os.path.isdir(args.path)
    bundle = is_dir or args.path.endswith(".tar")
    for path in [args.path] * (not is_dir) + [args.allowed_signers] * (args.allowed_signers is not None):
        if not os.path.isfile(path):
            parser.error("no such file: %s" % ascii(path))
    if args.allowed_signers and not bundle:
        parser.error("--allowed-signers needs a bundle: a journal file has no signatures")
    keygen, files = shutil.which("ssh-keygen"), None
    findings, covered, shown, last_is_checkpoint = [], [], 0, False
    report = {"intact": False, "entries": 0, "head": ZEROS, "withheld": 0, "erased": 0, "stray": 0,
              "unknown_format": 0, "signed_upto": 0, "findings": findings}

    def bad(kind, line, what):
        findings.append({"kind": kind, "line": line, "what": " ".join(what.split())})

    try:
        if bundle:
            def bad_bundle(what):
                bad("bundle", 0, what)
            files = (read_directory if is_dir else read_tar)(args.path, bad_bundle)
            for name in "journal.jsonl", "SHA256SUMS":
                if name not in files:
                    bad_bundle("%s is missing" % name)
            check_sums(files, bad_bundle)
            journal = files.get("journal.jsonl", b"")
        else:
            with open(args.path, "rb") as file:
                journal = file.read()
        result = chain(journal)
        findings.extend(result["findings"])
        report.update((k, result[k]) for k in ("entries", "head", "unknown_format"))
        disclosures = (files or {}).get("disclosures.jsonl", b"")
        report["withheld"], report["erased"], report["stray"], shown = texts(result, disclosures)
        covered = check_entries(result, files, keygen, args.allowed_signers, bad)
        special = result["special"]
        last_is_checkpoint = bool(special) and special[-1]["type"] == "checkpointed" and special[-1]["seq"] == result["entries"]
        report["signed_upto"] = max([c[0] for c in covered], default=0)
        if args.allowed_signers and not keygen:
            bad("signature", 0, "trusted signers were given, but there is no ssh-keygen to ask")
        if witness and not result["hashes"].get(int(witness[1]), "").startswith(witness[2]):
            bad("removed", int(witness[1]), "the journal does not have the head %s that you were given" % witness[0])
    except Exception as why:  # whatever it was: nothing was proved, so it is not intact
        bad("bundle", 0, "could not be verified: %s" % ascii(why))
    report["intact"] = not findings
    try:
        print(json.dumps(report) if args.json else words(args.path, report, covered, shown, files, keygen, last_is_checkpoint), flush=True)
    except BrokenPipeError:  # the reader went away; the exit status still tells
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return 0 if report["intact"] else 1


if __name__ == "__main__":
    sys.exit(main())
