#!/usr/bin/env python3
"""Makes lines.gz, a gzip file of two members: one long line and an empty one, then 70,000 short ones. No packages needed."""
import gzip
import pathlib

with open(pathlib.Path(__file__).resolve().parent / "lines.gz", "wb") as file:
    file.write(gzip.compress(b"x" * 200_000 + b"\n\n", mtime=0))
    file.write(gzip.compress("".join(f"{i}\n" for i in range(70_000)).encode(), 9, mtime=0))
