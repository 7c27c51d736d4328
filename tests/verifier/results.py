#!/usr/bin/env python3
"""python3 results.py OUTDIR: one line for each OUTDIR/*.jsonl, as verify.py's chain() sees it:
NAME<TAB>intact, or kind@line of every finding in order<TAB>entries<TAB>head"""
import os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../assets/bundle"))
from verify import chain

if len(sys.argv) != 2 or not os.path.isdir(sys.argv[1]):
    sys.exit(__doc__)
for name in sorted(os.listdir(sys.argv[1])):
    if name.endswith(".jsonl"):
        with open(os.path.join(sys.argv[1], name), "rb") as file:
            result = chain(file.read())
        kinds = " ".join("%s@%d" % (f["kind"], f["line"]) for f in result["findings"])
        print("%s\t%s\t%d\t%s" % (name, kinds or "intact", result["entries"], result["head"]))
