"""Writes the reference files of this directory with Python's own JSON and float parsers; nothing has to be installed.

    python3 make_json.py [DIRECTORY]

numbers.txt     one number a line: its text, the bits of the nearest double, the bits of the nearest float (ties to even),
                worked out with exact fractions.
documents.jsonl one document a line, without fractions: as compact as Python writes it, so that writing it again must give
                the same bytes; escapes.jsonl holds the same documents with everything escaped that can be.
"""

import json
import os
import random
import struct
import sys
from fractions import Fraction

OUT = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
random.seed(7)


def double_bits(text):
    return struct.unpack("<Q", struct.pack("<d", float(text)))[0]


def float_of(bits):
    return struct.unpack("<f", struct.pack("<I", bits))[0]


def nearest_float_bits(text):
    """By bisection over the positive floats, whose bits are in the order of their values."""
    # Zero may have an exponent that no fraction could hold.
    exact = Fraction(0) if text.startswith("0e") else abs(Fraction(text))
    low, high = 0, 0x7F800000
    while high - low > 1:
        middle = (low + high) // 2
        if Fraction(float_of(middle)) <= exact:
            low = middle
        else:
            high = middle
    above = Fraction(float_of(high)) if high < 0x7F800000 else Fraction(2) ** 128
    below = Fraction(float_of(low))
    up = above - exact < exact - below or (above - exact == exact - below and low % 2 == 1)
    return (high if up else low) | (0x80000000 if text.startswith("-") else 0)


def exact_text(value):
    """The whole decimal expansion of a fraction whose denominator is a power of two."""
    sign = "-" if value < 0 else ""
    value = abs(value)
    places = value.denominator.bit_length() - 1
    digits = str(value.numerator * 5**places).rjust(places + 1, "0")
    return sign + (digits[:-places] + "." + digits[-places:] if places else digits)


def nearly_halfway():
    """At most 19 digits whose first 62 to 64 bits say "halfway, round to even: down" and whose further bits say "up"."""
    found = 0
    while found < 60:
        number, power = random.randrange(10**16, 10**19), random.randrange(1, 28)
        normal = number << (64 - number.bit_length())
        factor = 5**power << (64 - (5**power).bit_length())
        for sign, (kept, rest) in (("-", divmod(normal << 63, factor)), ("", divmod(normal * factor, 1 << 64))):
            below = kept.bit_length() - 53
            if rest and kept & ((1 << below) - 1) == 1 << (below - 1) and kept >> below & 1 == 0:
                found += 1
                yield f"{number}e{sign}{power}"


def texts():
    for text in [
        "0", "-0", "0.0", "-0.0", "1", "-1", "9007199254740993", "9007199254740992.5", "9223372036854775807",
        "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615",
        "18446744073709551616", "10000000000000000000000000000", "1e22", "1e23", "8.5e22", "123456789012345678e-18",
        "5e-324", "2.4703282292062327e-324", "2.4703282292062328e-324", "2.2250738585072011e-308", "1.7976931348623157e308",
        "1e-400", "-1e-400", "0e999999999999999999", "0.000e-999", "0." + "0" * 400 + "1e401", "1" + "0" * 300 + "e-300",
        "16777217", "16777217.000000001", "1.1754943508222875e-38", "1.4012984643248171e-45", "7.0064923216240853e-46",
        "3.4028234663852886e38", "1.00000005960464477539062499", "1.000000059604644775390625", "1.00000005960464477539062501",
    ]:
        yield text
    for digits in list(range(1, 25)) * 25:
        number = str(random.randrange(10 ** (digits - 1), 10**digits))
        sign = random.choice(["", "-"])
        yield sign + number
        point = random.randrange(0, digits)
        yield sign + (number[:point] or "0").lstrip("0").rjust(1, "0") + "." + number[point:]
        yield sign + number[0] + "." + (number[1:] or "0") + random.choice("eE") + random.choice(["", "+", "-"]) + str(random.randrange(0, 38))
        yield sign + number + "e-" + str(random.randrange(0, 320))
    for _ in range(300):
        bits = random.randrange(0, 0x7FE << 52)
        value = struct.unpack("<d", struct.pack("<Q", bits))[0]
        yield repr(value)
        yield repr(-float_of(random.randrange(0, 0x7F000000)))
    # Exactly between two doubles, and a hair to each side.
    for _ in range(100):
        bits = random.randrange(0x3F0 << 52, 0x440 << 52)
        low, high = (Fraction(struct.unpack("<d", struct.pack("<Q", b))[0]) for b in (bits, bits + 1))
        middle = exact_text((low + high) / 2)
        yield middle
        yield middle + ("001" if "." in middle else ".001")
    yield from nearly_halfway()
    # The same for floats, within what a double holds exactly and beyond.
    for _ in range(200):
        bits = random.randrange(0x30000000, 0x50000000)
        middle = exact_text((Fraction(float_of(bits)) + Fraction(float_of(bits + 1))) / 2)
        yield middle
        middle += "" if "." in middle else "."
        yield middle + "0" * random.randrange(0, 12) + "1"


def value(depth):
    kind = random.randrange(8 if depth < 5 else 6)
    if kind == 0:
        return random.choice([None, True, False])
    if kind <= 2:
        return random.choice([1, -1]) * random.randrange(0, 10 ** random.randrange(1, 19))
    if kind <= 5:
        alphabet = random.choice(["abc \"\\/", "\x00\x01\b\f\n\r\t\x1f\x7f", "éßж中\u2028\uffff", "😀𝄞\U0010ffff"])
        return "".join(random.choice(alphabet) for _ in range(random.randrange(0, 20)))
    if kind == 6:
        return [value(depth + 1) for _ in range(random.randrange(0, 5))]
    return {f"{random.choice('aéж😀')}{number}": value(depth + 1) for number in range(random.randrange(0, 14))}


def escaped(text):
    """Every character of every string as an escape."""
    out, inside, position = [], False, 0
    for character in text:
        if character == '"':
            inside = not inside
            out.append(character)
        elif inside:
            code = character.encode("utf-16-be")
            out.extend(f"\\u{int.from_bytes(code[i : i + 2], 'big'):04X}" for i in range(0, len(code), 2))
        else:
            out.append(f" {character}\t" if character in "[]{},:" else character)
    return "".join(out)


with open(f"{OUT}/numbers.txt", "w") as file:
    for text in texts():
        file.write(f"{text} {double_bits(text):016x} {nearest_float_bits(text):08x}\n")
# An escaped quotation mark would confuse `escaped`, which is why its documents have none.
with open(f"{OUT}/documents.jsonl", "w", newline="") as plain, open(f"{OUT}/escapes.jsonl", "w", newline="") as full:
    for _ in range(120):
        text = json.dumps({"v": [value(2) for _ in range(12)]}, ensure_ascii=False, separators=(",", ":"))
        plain.write(text + "\n")
        full.write((escaped(text) if "\\" not in text else text) + "\n")
