#!/usr/bin/env python3
"""Writes Sources/Tokenizers/Unicode/UnicodeTables.generated.swift.

The character classes and the normalisation data have to be those of the Rust crates that Hugging Face `tokenizers` is
built from, and these follow different versions of Unicode (Rust's standard library a new one, `unicode_categories` one
from 2016). So the library itself is asked, code point by code point; Python's `unicodedata` only proposes candidates
(one-step decompositions, combining classes), which are confirmed by the library's own NFC and NFD.

    pip install tokenizers==0.23.3
    python3 scripts/make_unicode_tables.py Sources/Tokenizers/Unicode/UnicodeTables.generated.swift
"""
import sys
import unicodedata

import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, models
from tokenizers import normalizers as N
from tokenizers import pre_tokenizers as P

POINTS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
SYLLABLES = range(0xAC00, 0xAC00 + 11172)

nfd, nfc, nfkd = N.NFD().normalize_str, N.NFC().normalize_str, N.NFKD().normalize_str
lower, strip, marks = N.Lowercase().normalize_str, N.Strip().normalize_str, N.StripAccents().normalize_str
clean = N.BertNormalizer(True, False, False, False).normalize_str
chinese = N.BertNormalizer(False, True, False, False).normalize_str
accents = N.BertNormalizer(False, False, True, False).normalize_str


def pieces(pre, text):
    return [p for p, _ in pre.pre_tokenize_str(text)]


def flags():
    """One bit for each class; the order is that of `ScalarProperties` in Swift."""
    bert, punct, digits = P.BertPreTokenizer(), P.Punctuation("isolated"), P.Digits(individual_digits=True)
    words, level = P.Whitespace(), P.ByteLevel(add_prefix_space=False)
    letter, number = P.Split(Regex(r"\p{L}"), "removed"), P.Split(Regex(r"\p{N}"), "removed")
    tok = Tokenizer(models.WordLevel({"[U]": 0, "[X]": 1}, unk_token="[U]"))
    tok.add_tokens([AddedToken("[X]", single_word=True, normalized=False)])
    spaces = Tokenizer(models.WordLevel({"[U]": 0, "[X]": 1}, unk_token="[U]"))
    spaces.add_tokens([AddedToken("[X]", lstrip=True, normalized=False)])
    out = []
    for c in POINTS:
        s = chr(c)
        t = "a" + s + "a"
        f = 0
        white = strip(s + "a") == "a"
        f |= white << 0
        f |= (clean(t) == "aa") << 1
        b = pieces(bert, t)
        f |= (len(b) == 3) << 2
        assert (b == ["a", "a"]) == white, hex(c)
        f |= (chinese(t) != t) << 3
        f |= (accents(s) == "" and nfd(s) == s) << 4
        f |= (marks("a" + s) == "a") << 5
        f |= (len(pieces(digits, t)) == 3) << 6
        w = pieces(words, t)
        f |= (len(w) == 1) << 7
        assert (w == ["a", "a"]) == white, hex(c)
        f |= (1 not in tok.encode(s + "[X]").ids) << 8
        assert (spaces.encode("b" + s + "[X]").offsets[-1][0] == 1) == white, hex(c)
        is_letter, is_number = (pieces(p, "." + s + ".") == [".", "."] for p in (letter, number))
        f |= is_letter << 9
        f |= is_number << 10
        if c > 0x7F:
            n = len(pieces(level, t))
            assert (n == 1) == is_letter, hex(c)
            assert (len(pieces(level, "1" + s + "1")) == 1) == is_number, hex(c)
            assert (len(pieces(level, ". " + s)) == 2 and len(pieces(level, "  " + s)) == 1) == white, hex(c)
        assert (len(pieces(punct, t)) == 3) == (len(b) == 3), hex(c)
        if any(unicodedata.combining(x) and accents(x) != "" for x in nfd(s)):
            f |= 1 << 11
        out.append((c, f))
    return out


def runs(values):
    """(first, length, value) for stretches of equal non-zero values."""
    out = []
    for c, v in values:
        if v == 0:
            continue
        if out and out[-1][0] + out[-1][1] == c and out[-1][2] == v:
            out[-1][1] += 1
        else:
            out.append([c, 1, v])
    return out


def combining_class(c):
    """The combining class, if the library reorders this code point as the class says."""
    s, k = chr(c), unicodedata.combining(chr(c))
    if k == 0 or nfd(s) != s:
        return 0
    # U+0316 has class 220, U+0301 class 230, U+0334 class 1.
    moves = nfd("a" + s + "\u0334") != "a" + s + "\u0334" if k > 1 else nfd("a\u0301" + s) != "a\u0301" + s
    return k if moves else 0


def main():
    lines = []

    def table(name, doc, rows):
        lines.append(f"    /// {doc}\n    static let {name}: StaticString = \"\"\"")
        text = " ".join(rows)
        while text:
            cut = len(text) if len(text) <= 110 else text.rindex(" ", 0, 110)
            lines.append("        " + text[:cut] + (" \\" if cut < len(text) else " \\"))
            text = text[cut + 1:]
        lines.append("\n        \"\"\"\n")

    def rundump(values):
        last, rows = 0, []
        for first, length, value in runs(values):
            rows += [f"{first - last:x}", f"{length:x}", f"{value:x}"]
            last = first
        return rows

    def mapdump(mapping):
        last, rows = 0, []
        for c, text in sorted(mapping.items()):
            rows += [f"{c - last:x}", f"{len(text):x}"] + [f"{ord(x):x}" for x in text]
            last = c
        return rows

    table("properties", "Runs of equal classes: gap to the run before, length, bits of `ScalarProperties`.",
          rundump(flags()))
    table("combiningClasses", "Runs of equal canonical combining classes: gap, length, class.",
          rundump([(c, combining_class(c)) for c in POINTS]))
    canonical = {c: nfd(chr(c)) for c in POINTS if c not in SYLLABLES and nfd(chr(c)) != chr(c)}
    table("canonicalDecompositions", "Full canonical decompositions without Hangul: gap, count, scalars.",
          mapdump(canonical))
    compatible = {c: nfkd(chr(c)) for c in POINTS
                  if c not in SYLLABLES and nfkd(chr(c)) != chr(c) and nfkd(chr(c)) != nfd(chr(c))}
    table("compatibilityDecompositions", "Full compatibility decompositions that are not the canonical ones.",
          mapdump(compatible))
    pairs = []
    for c in canonical:
        step = unicodedata.decomposition(chr(c)).split()
        if c == 0x11938:
            step = ["11935", "11930"]
        if len(step) == 2 and not step[0].startswith("<"):
            a, b = int(step[0], 16), int(step[1], 16)
            if nfc(chr(a) + chr(b)) == chr(c):
                pairs.append((a, b, c))
    table("compositions", "Primary composites: first scalar, second scalar, composite.",
          [f"{x:x}" for pair in sorted(pairs) for x in pair])
    table("lowercase", "Lower-case mappings: gap, count, scalars.",
          mapdump({c: lower(chr(c)) for c in POINTS if lower(chr(c)) != chr(c)}))
    body = "\n".join(lines).rstrip() + "\n"
    with open(sys.argv[1], "w") as f:
        f.write("// GENERATED by scripts/make_unicode_tables.py from tokenizers " + tokenizers.__version__
                + ". Do not edit.\n// swift-format-ignore-file\n\n"
                "/// Unicode data as Hugging Face `tokenizers` has it: numbers in hexadecimal, separated by spaces.\n"
                "enum UnicodeTables {\n" + body + "}\n")


main()
