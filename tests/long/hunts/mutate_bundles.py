#!/usr/bin/env python3
"""python3 mutate_bundles.py OUTDIR FIRST COUNT SEED BUNDLE...

Writes COUNT mutations of the bundle directories as OUTDIR/<number>, from number FIRST on, the same for the same SEED,
and prints one line for each: the path to verify, a tab, how (`none` or `signers`), a tab, and what the forger knew:
`blind` (the list of sums is as it was) or `forged` (it is made good again). All bundles are of one incident; an
incident's directory may be among them, and is written under its own name.
"""
import hashlib, os, random, re, sys
sys.dont_write_bytecode = True
from mutate import close, damage, forge, forgeries, rehash

FIELDS = re.compile(rb'\{"prev":"[0-9a-f]{64}","v":1,"seq":([0-9]+),(.*),"hash":"[0-9a-f]{64}"\}', re.S)
NAMES = ["a", "extra.txt", "Incident.txt", "journal.2.jsonl", "disclosures.2.jsonl", "lock", "blobs", "journal", "SHA256SUMS.txt",
         "signatures/extra.txt", "signatures/extra.sig", "signatures/checkpoint-1.sig", "signatures/checkpoint-999.txt", "x/y", "x/y/z",
         "signatures/a/b.sig", "n" * 200, "n" * 201, "s/" + "n" * 198, "s/" + "n" * 199, "a b", "a\x1b[31mb", "a\u202eb", "\u00e4", "-", "...", "a\\b"]


def sums(files):
    names = sorted(name for name in files if name != "SHA256SUMS")
    return b"".join(hashlib.sha256(files[name]).hexdigest().encode() + b"  " + name.encode() + b"\n" for name in names)


def renumbered(files, lines):
    """Makes numbers, prev and hash good again, and takes the signatures along."""
    prev, made, moved = b"0" * 64, [], {}
    for seq, line in enumerate(lines, 1):
        match = FIELDS.fullmatch(line)
        if not match:
            made.append(line)
            continue
        moved[match[1].decode()] = str(seq)
        line = close(b'{"prev":"' + prev + b'","v":1,"seq":%d,' % seq + match[2])
        prev = line[-66:-2]
        made.append(line)
    for name in [name for name in files if name.startswith("signatures/")]:
        match = re.fullmatch(r"(signatures/[a-z]+-)([0-9]+)(\..*)", name)
        bytes_ = files.pop(name)
        if match and match[2] in moved:
            files[match[1] + moved[match[2]] + match[3]] = bytes_
        elif not match:
            files[name] = bytes_
    return made


def change_ends(rng, data):
    return rng.choice((
        lambda: data.replace(b"\n", b"\r\n"), lambda: data.replace(b"\n", b"\r"), lambda: data[:-1] if data[-1:] == b"\n" else data + b"\n",
        lambda: data + b"\n", lambda: data.replace(b"\n", b"\n\n"), lambda: b"\xef\xbb\xbf" + data, lambda: data + b" ", lambda: b"\n" + data,
        lambda: data.replace(b"\n", b" \n"), lambda: data.rstrip(b"\n") + b"\r\n", lambda: data.replace(b"  ", b" *"), lambda: data + b"\x00"))()


def change_journal(rng, files):
    lines = files["journal.jsonl"].split(b"\n")[:-1]
    i, j, kind = rng.randrange(len(lines)), rng.randrange(len(lines)), rng.randrange(16)
    signs = re.compile(rb'"type":"(checkpointed|approved|approval-requested)"')
    if kind == 0:
        files["journal.jsonl"] = damage(rng, lines)
        return
    if kind == 1:
        files["journal.jsonl"] = forge(rng, lines, rng.choice(EDITS), rng.random() < 0.7)
        return
    if kind == 2:                                            # every checkpoint away, and good again
        lines = [line for line in lines if b'"type":"checkpointed"' not in line]
    elif kind == 3:                                          # everything away that says that it was signed
        lines = [re.sub(rb',?"key":"SHA256:[^"]*"', b"", line) for line in lines if not signs.search(line)]
    elif kind == 4:
        del lines[i:i + 1]
    elif kind == 5:
        lines = lines[:max(1, i)]                             # the tail
    elif kind == 6:                                          # the tail behind a signature
        ends = [n for n, line in enumerate(lines, 1) if b'"type":"checkpointed"' in line]
        lines = lines[:rng.choice(ends or [len(lines)])]
    elif kind == 7:
        lines[i] = lines[i].replace(b'"by":"', b'"by":"x', 1)
    elif kind == 8:
        lines[i] = re.sub(rb'"type":"[a-z-]+"', b'"type":"' + rng.choice((b"sealed", b"noted", b"checkpointed", b"checkpoint-failed", b"erased", b"opened")) + b'"', lines[i], count=1)
    elif kind == 9:
        lines.insert(i, lines[j])
    elif kind == 10:
        lines[i], lines[j] = lines[j], lines[i]
    else:                                                    # members of what is signed
        marks = [n for n, line in enumerate(lines) if signs.search(line) or b'"type":"erased"' in line or b'"type":"actor"' in line]
        i = rng.choice(marks or [i])
        old, new = rng.choice((
            (rb'"reason":"[^"]*"', b'"reason":""'), (rb'"reason":"[^"]*"', b'"reason":"quarterly"'), (rb'"reason":"[^"]*",?', b""), (rb'"reason":"[^"]*"', b'"reason":1'),
            (rb'"upto":[0-9]+', b'"upto":%d' % rng.randrange(len(lines) + 3)), (rb'"upto":([0-9]+)', rb'"upto":"\1"'), (rb'"upto":[0-9]+', b'"upto":18446744073709551616'),
            (rb'"at":"[^"]*"', b'"at":"2026-02-30T00:00:00.000000Z"'), (rb'"at":"([^"]*)\.[0-9]+Z"', rb'"at":"\1Z"'), (rb'"key":"SHA256:."?', b'"key":"SHA256:x'),
            (rb'"key":"[^"]*",?', b""), (rb'"key":"[^"]*"', b'"key":null'), (rb'"signature":"[0-9a-f]', b'"signature":"e'), (rb',?"signature":"[^"]*"', b""), (rb'"signature":"[^"]*"', b'"signature":null'),
            (rb'"head":"[0-9a-f]{2}', b'"head":"00'), (rb'"digest":"[0-9a-f]{2}', b'"digest":"00'), (rb'"request":"', b'"request":"x'), (rb'"incident":"[^"]*"', b'"incident":"INC-20261122-beef"'),
            (rb'"commitment":"[0-9a-f]{2}', b'"commitment":"00'), (rb'"field":"', b'"field":"x'), (rb'"data":\{', b'"data":{"more":[{"a":"}"}],'), (rb'"actor":"', b'"actor":"x')))
        lines[i] = re.sub(old, new, lines[i], count=1)
    if rng.random() < 0.8:
        lines = renumbered(files, lines) if rng.random() < 0.8 else (rehash(lines, 1) or lines)
    files["journal.jsonl"] = b"".join(line + b"\n" for line in lines)


def change_texts(rng, files):
    lines = files.get("disclosures.jsonl", b"").split(b"\n")[:-1]
    if lines:
        i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
        rng.choice((lambda: lines.pop(i), lambda: lines.insert(j, lines[i]), lambda: lines.insert(i, b""), lambda: lines.insert(i, b'["' + b"0" * 32 + b'","text","x"]'),
                    lambda: lines.reverse(), lambda: lines.clear(), lambda: lines.__setitem__(i, lines[i].replace(b'","', b'","x', 1)),
                    lambda: lines.__setitem__(i, lines[i] + b" "), lambda: lines.__setitem__(i, b"x" * rng.choice((65536, 262143, 262144, 262145, 600000)))))()
    files["disclosures.jsonl"] = b"".join(line + b"\n" for line in lines)


def change(rng, files, others):
    kind, name = rng.randrange(14), rng.choice(sorted(files) or ["a"])
    signs = sorted(name for name in files if name.startswith("signatures/"))
    if kind == 0:
        files.pop(rng.choice([name, name, "incident.txt", "SHA256SUMS"] + signs), None)
    elif kind == 1:
        files[rng.choice(NAMES + [name + ".bak", name.upper(), "signatures/" + name.split("/")[-1], name.split("/")[-1]])] = files.pop(name, b"")
    elif kind == 2:
        files[rng.choice(NAMES)] = rng.choice((b"", b"x", files.get(name, b"")))
    elif kind == 3:
        files[rng.choice([name + "2", "2" + name.split("/")[-1], re.sub("-[0-9]+", "-%d" % rng.randrange(1, 30), name)])] = files.get(name, b"")
    elif kind == 4:
        target = rng.choice(["SHA256SUMS", "incident.txt", "journal.jsonl", "disclosures.jsonl", name] + signs)
        if files.get(target):
            files[target] = change_ends(rng, files[target])
    elif kind == 5 and files.get(name):
        data = bytearray(files[name])
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        files[name] = bytes(data)
    elif kind == 6 and signs:
        a, b = rng.choice(signs), rng.choice(signs)
        files[a], files[b] = files[b], files[a]
    elif kind == 7:
        other = rng.choice(others)
        same = rng.choice(sorted(other))
        files[same] = other[same]
    elif kind == 8:
        files["incident.txt"] = rng.choice((b"", b"x\n", b"INC-20261122-beef\n", b"ledger\n", b"INC-" + b"a" * 28 + b"\n", b"INC-" + b"a" * 29 + b"\n", files.get("incident.txt", b"") + b"\n"))
    elif kind == 9:
        change_texts(rng, files)
    elif kind == 10 and not signs and any(name.startswith("blobs/") for name in files):
        blob = rng.choice(sorted(name for name in files if name.startswith("blobs/")))
        rng.choice((lambda: files.pop(blob), lambda: files.update({blob: b"bogus"}), lambda: files.update({"blobs/" + "ab" * 32: files[blob]}),
                    lambda: files.update({"blobs/" + "ab" * 32: b"bogus"}), lambda: files.update({blob + ".new-12": b"bogus"}), lambda: files.update({"blobs/x": b"x"}),
                    lambda: files.update({"blobs/" + hashlib.sha256(b"bogus").hexdigest(): b"bogus"})))()
    elif kind == 10 and signs:
        files[rng.choice(signs)] = rng.choice((b"", b"bogus", b"-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n", b"x" * 16384, b"x" * 16385))
    elif "journal.jsonl" in files and files["journal.jsonl"].count(b"\n"):
        change_journal(rng, files)


def header(name, size, kind=b"0", magic=b"ustar\x0000", prefix=b"", size_field=None):
    block = bytearray(512)
    block[:len(name[:100])] = name[:100]
    block[100:108], block[108:116], block[116:124] = b"0000600\0", b"0000000\0", b"0000000\0"
    block[124:136] = size_field or b"%011o\0" % size
    block[136:148], block[148:156], block[156:157], block[257:265] = b"00000000000\0", b" " * 8, kind, magic
    block[345:345 + len(prefix[:155])] = prefix[:155]
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def archive(rng, files):
    """An archive, about half of the time one that is odd."""
    odd, out, names = rng.randrange(-12, 17), [], sorted(files)
    at = rng.choice(names) if names else None
    for name in names:
        raw, data, pad = name.encode("utf-8", "surrogateescape"), files[name], b"\0" * (-len(files[name]) % 512)
        kind, magic, prefix, field = b"0", b"ustar\x0000", b"", None
        if len(raw) > 100 and raw.count(b"/") == 1:
            prefix, raw = raw.split(b"/")
        if name == at:
            if odd == 0:
                pad = pad[:-1] + b"x" if pad else pad
            elif odd == 1:
                attributes = rng.choice((b"12 mtime=1.\n", b"13 path=evil\n", b"13 size=1234\n", b"11 mtime=1.\n", b"x"))
                out.append(header(b"pax", len(attributes), b"x") + attributes.ljust(512, b"\0"))
            elif odd == 2:
                out.append(header(b"././@LongLink", len(raw) + 1, b"L") + raw.ljust(512, b"\0"))
            elif odd == 3:
                kind = rng.choice((b"1", b"2", b"3", b"6", b"7", b"\0", b"g", b"S", b"9"))
            elif odd == 4:
                out.append(header(raw, len(data)) + data + pad)
            elif odd == 5:
                out.append(header(rng.choice((b"signatures/", b"signatures", b"signatures/x/", b"x/", b"../", b"/", b"./", raw)), 0, b"5") * rng.choice((1, 2)))
            elif odd == 6 and "/" in name and len(raw) < 100:
                prefix, raw = raw.split(b"/")
            elif odd == 7:
                field = b"\x80" + len(data).to_bytes(11, "big")
            elif odd == 8:
                magic = rng.choice((b"ustar  \0", b"\0" * 8, b"ustar\x0001", b"ustar\0  "))
            elif odd == 9:
                raw = rng.choice((raw + b"\0x", b"./" + raw, raw + b"/", b"n" * 100))
            elif odd == 10:
                field = rng.choice((b"%011o " % len(data), b"%12o" % len(data), b"%o\0" % len(data), b"-1".ljust(12, b"\0"), b"7" * 11 + b"\0", b"\0" * 12))[:12].ljust(12, b"\0")
        block = header(raw, len(data), kind, magic, prefix, field)
        if name == at and odd == 11:
            flipped = bytearray(block)
            flipped[rng.randrange(512)] ^= 1 << rng.randrange(8)
            block = bytes(flipped)
        out.append(block + data + pad)
    end = {12: b"", 13: b"\0" * 512, 14: b"\0" * 1024 + b"x", 15: b"\0" * 1300, 16: b"\0" * 512 + header(b"late", 0)}.get(odd, b"\0" * rng.choice((1024, 10240)))
    return b"".join(out) + end


def write_directory(rng, path, files):
    os.makedirs(path)
    for name in sorted(files):
        place = os.path.join(path, name).encode("utf-8", "surrogateescape")
        try:
            os.makedirs(os.path.dirname(place), exist_ok=True)
            with open(place, "wb") as file:
                file.write(files[name])
        except OSError:
            pass                                              # a file and a directory of one name
    odd, at = rng.randrange(40), rng.choice(sorted(files) or ["a"])
    place = os.path.join(path, at)
    if odd == 0 and os.path.isfile(place) and len(at) < 200:
        os.rename(place, path + ".aside")
        os.symlink(path + ".aside", place)
    elif odd == 1:
        inner = os.path.join(path, rng.choice(("signatures/x", "x", "signatures/checkpoint-9.sig", "blobs")))
        if not os.path.lexists(inner) and not os.path.isfile(os.path.dirname(inner)):
            os.makedirs(inner)
    elif odd == 2:
        os.symlink("/nowhere", os.path.join(path, "link"))
    elif odd == 3:
        os.mkfifo(os.path.join(path, "pipe"))
    elif odd in (4, 5) and os.path.isfile(os.path.join(path, "journal.jsonl")):
        return os.path.join(path, "journal.jsonl")
    elif odd == 6 and os.path.isfile(os.path.join(path, "journal.jsonl")):
        os.symlink(os.path.join(path, "journal.jsonl"), path + ".link")
        return path + ".link"
    elif odd == 7:
        named = os.path.join(path + ".named", "INC-20261122-0001")
        os.makedirs(os.path.dirname(named))
        os.rename(path, named)
        return named
    return path


def main():
    if len(sys.argv) < 6:
        sys.exit(__doc__)
    out, first, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    bundles = []
    for root in sys.argv[5:]:
        files = {}
        for folder, _, names in os.walk(root):
            for name in names:
                path = os.path.join(folder, name)
                with open(path, "rb") as file:
                    files[os.path.relpath(path, root)] = file.read()
        bundles.append((os.path.basename(root), files))
    for n in range(first, first + count):
        rng = random.Random("%d/%d" % (seed, n))
        own, files = rng.choice(bundles)
        files, incident = dict(files), "incident.txt" not in files
        before = files.get("SHA256SUMS")
        for _ in range(rng.choice((0, 1, 1, 1, 1, 2, 2, 3)) if n else 0):
            change(rng, files, [files for _, files in bundles])
        forged = rng.random() < 0.6 or incident
        if forged and "SHA256SUMS" in files and files["SHA256SUMS"] == before:
            files["SHA256SUMS"] = sums(files)
        path = os.path.join(out, "%05d" % n)
        if incident:
            path = write_directory(rng, os.path.join(path, own), files)
        elif rng.random() < 0.4:
            path += rng.choice((".tar", ".tar", ".TAR", ".bin", ""))
            with open(path, "wb") as file:
                file.write(archive(rng, files))
        else:
            path = write_directory(rng, path, files)
        print("%s\t%s\t%s" % (path, "none" if rng.random() < 0.4 else "signers", "forged" if forged else "blind"))


EDITS = forgeries()
if __name__ == "__main__":
    main()
