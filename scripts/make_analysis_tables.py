#!/usr/bin/env python3
"""Writes the generated tables of Sources/TextAnalysis.

Lucene's word breaking follows one version of Unicode, its letters and cases those of the Java runtime. So both are asked, code
point by code point (Tests/Fixtures/analysis/LuceneTables.java), and this script makes Swift tables of the answers. The automata of
the standard and the classic tokeniser are compiled here from their rules (UAX #29 with UTS #51's emoji sequences), and then
compared with Lucene's, state by state: a difference stops the script.

    pip download pyserini==0.44 --no-deps        # Lucene 9 is in its fat jar
    java -cp anserini-*-fatjar.jar Tests/Fixtures/analysis/LuceneTables.java > tables.json
    python3 scripts/make_analysis_tables.py tables.json Sources/TextAnalysis/Unicode
"""
import json
import os
import sys

# ------------------------------------------------------------------ regular expressions over classes to automata


class Machine:
    """A nondeterministic automaton; expressions are tuples (first state, last state)."""

    def __init__(self):
        self.edges, self.empty = [], []

    def state(self):
        self.edges.append([])
        self.empty.append([])
        return len(self.edges) - 1

    def build(self, expression):
        kind = expression[0]
        first, last = self.state(), self.state()
        if kind == "set":
            self.edges[first].append((expression[1], last))
        elif kind == "seq":
            at = first
            for part in expression[1]:
                a, b = self.build(part)
                self.empty[at].append(a)
                at = b
            self.empty[at].append(last)
        elif kind == "or":
            for part in expression[1]:
                a, b = self.build(part)
                self.empty[first].append(a)
                self.empty[b].append(last)
        elif kind == "star":
            a, b = self.build(expression[1])
            self.empty[first] += [a, last]
            self.empty[b] += [a, last]
        return first, last

    def closure(self, states):
        seen, todo = set(states), list(states)
        while todo:
            for n in self.empty[todo.pop()]:
                if n not in seen:
                    seen.add(n)
                    todo.append(n)
        return frozenset(seen)


def S(*classes):
    return ("set", frozenset(classes))


def seq(*parts):
    return ("seq", parts)


def alt(*parts):
    return ("or", parts)


def star(part):
    return ("star", part)


def plus(part):
    return seq(part, star(part))


def optional(part):
    return alt(part, seq())


def automaton(rules, classes):
    """Rows of next states (0 is failure, 1 the start) and what each state accepts (0 nothing, else rule + 1); minimal."""
    machine, accepts = Machine(), {}
    start = machine.state()
    for number, rule in enumerate(rules):
        a, b = machine.build(rule)
        machine.empty[start].append(a)
        accepts[b] = number
    first = machine.closure([start])
    numbers, rows, kinds, todo = {first: 0}, [], [], [first]
    while todo:
        states = todo.pop(0)
        found = [accepts[s] for s in states if s in accepts]
        kinds.append(min(found) + 1 if found else 0)
        row = []
        for c in range(classes):
            target = machine.closure([t for s in states for chars, t in machine.edges[s] if c in chars])
            if not target:
                row.append(-1)
                continue
            if target not in numbers:
                numbers[target] = len(numbers)
                todo.append(target)
            row.append(numbers[target])
        rows.append(row)
    group = kinds[:]
    while True:
        keys = [(group[s], tuple(-1 if t < 0 else group[t] for t in rows[s])) for s in range(len(rows))]
        order = {k: i for i, k in enumerate(dict.fromkeys(keys))}
        new = [order[k] for k in keys]
        if len(order) == len(set(group)):
            break
        group = new
    ids = {g: i + 1 for i, g in enumerate(dict.fromkeys(new))}
    out = [[0] * classes] + [None] * len(ids)
    accepting = [0] * (len(ids) + 1)
    for s, row in enumerate(rows):
        out[ids[new[s]]] = [0 if t < 0 else ids[new[t]] for t in row]
        accepting[ids[new[s]]] = kinds[s]
    return out, accepting


# ------------------------------------------------------------------ the standard tokeniser's rules

(OTHER, DOUBLE_QUOTE, KEYCAP_BASE, SINGLE_QUOTE, MID_NUM, MID_NUM_LET, ASCII_DIGIT, MID_LETTER, A_LETTER, EXTEND_NUM_LET,
 PICTOGRAPH, EXTEND, HEBREW, NUMERIC, COMPLEX, COMPLEX_EXTEND, HANGUL, ZWJ, KEYCAP, LETTER_PICTOGRAPH, HAN, KATAKANA,
 HIRAGANA, TEXT_SELECTOR, EMOJI_SELECTOR, REGIONAL, MODIFIER, TAG, TAG_END) = range(29)


def standard_rules():
    plain = [EXTEND, COMPLEX_EXTEND, ZWJ, KEYCAP, MODIFIER, TAG, TAG_END]
    extend = star(S(*plain, TEXT_SELECTOR, EMOJI_SELECTOR))
    extend_without_selectors = star(S(*plain))

    def ex(*classes):
        return seq(S(*classes), extend)

    letters = [A_LETTER, LETTER_PICTOGRAPH, HEBREW, HANGUL]
    letter, hangul, hebrew = ex(*letters), ex(HANGUL), ex(HEBREW)
    numeric, katakana = ex(ASCII_DIGIT, NUMERIC), ex(KATAKANA)
    mid_letter = ex(MID_LETTER, MID_NUM_LET, SINGLE_QUOTE)
    mid_numeric = ex(MID_NUM, MID_NUM_LET, SINGLE_QUOTE)
    connector, complex_context = ex(EXTEND_NUM_LET), ex(COMPLEX, COMPLEX_EXTEND)

    # UTS #51 emoji_sequence.
    pictograph = seq(star(S(ZWJ)), S(PICTOGRAPH, LETTER_PICTOGRAPH), extend_without_selectors,
                     optional(S(EMOJI_SELECTOR)))
    modified = seq(S(MODIFIER), extend_without_selectors)
    element = alt(pictograph, modified)
    emoji = alt(
        seq(element, alt(star(seq(S(ZWJ), element)), seq(plus(S(TAG)), S(TAG_END)))),
        seq(S(KEYCAP_BASE, ASCII_DIGIT), extend_without_selectors, optional(S(EMOJI_SELECTOR)), S(KEYCAP),
            extend_without_selectors),
        seq(ex(REGIONAL), ex(REGIONAL)))
    # WB8, 11, 12, 13a, 13b
    number = seq(star(connector), numeric, star(seq(alt(star(connector), mid_numeric), numeric)), star(connector))
    # WB5 to 7c, 9, 10, 13 to 13b
    run = alt(
        seq(katakana, star(seq(star(connector), katakana))),
        plus(alt(
            seq(hebrew, alt(ex(SINGLE_QUOTE), seq(ex(DOUBLE_QUOTE), hebrew))),
            seq(numeric, star(seq(alt(star(connector), mid_numeric), numeric))),
            seq(letter, star(seq(alt(star(connector), mid_letter), letter))))))
    word = seq(star(connector), run, star(seq(plus(connector), run)), star(connector))
    # In the order of preference among equally long matches; `UnicodeWordScanner` has the types.
    return [emoji, number, plus(hangul), plus(katakana), word, plus(complex_context), ex(HAN), ex(HIRAGANA)]


STANDARD_ACTIONS = ["emoji", "number", "hangul", "katakana", "word", "southeast", "han", "hiragana"]

# ------------------------------------------------------------------ the classic tokeniser's rules

(C_OTHER, AMPERSAND, APOSTROPHE, COMMA_SLASH, HYPHEN, DOT, DIGIT, AT, LETTER, UNDERSCORE, THAI, CJ) = range(12)


def classic_rules():
    letter, digit = S(LETTER), S(DIGIT)
    word = plus(S(LETTER, THAI, DIGIT))
    alpha = plus(letter)
    joint = S(UNDERSCORE, HYPHEN, COMMA_SLASH, DOT)
    numbered = seq(star(S(LETTER, DIGIT)), digit, star(S(LETTER, DIGIT)))
    dot = S(DOT)
    number = alt(
        seq(word, joint, numbered), seq(numbered, joint, word),
        seq(word, plus(seq(joint, numbered, joint, word))), seq(numbered, plus(seq(joint, word, joint, numbered))),
        seq(word, joint, numbered, plus(seq(joint, word, joint, numbered))),
        seq(numbered, joint, word, plus(seq(joint, numbered, joint, word))))
    return [
        word,
        seq(alpha, plus(seq(S(APOSTROPHE), alpha))),
        seq(letter, dot, plus(seq(letter, dot))),
        seq(alpha, S(AMPERSAND, AT), alpha),
        seq(word, star(seq(S(DOT, HYPHEN, UNDERSCORE), word)), S(AT), word, plus(seq(S(DOT, HYPHEN), word))),
        seq(word, plus(seq(dot, word))),
        number,
        S(CJ),
        seq(word, dot, plus(seq(word, dot))),
    ]


# ------------------------------------------------------------------ comparison


def compare(name, rows, accepting, data, classes, same):
    """Walks our automaton and Lucene's in step; what they accept has to correspond one to one."""
    trans, rowmap = data[name + "ZZ_TRANS"], data[name + "ZZ_ROWMAP"]
    action, attribute = data[name + "ZZ_ACTION"], data[name + "ZZ_ATTRIBUTE"]
    start = data[name + "ZZ_LEXSTATE"][0]
    seen, todo, match = {(1, start)}, [(1, start)], {}
    while todo:
        ours, theirs = todo.pop()
        for c in range(classes):
            a = rows[ours][c] if ours else 0
            b = trans[rowmap[theirs] + c] if theirs >= 0 else -1
            kind = accepting[a] if a else 0
            other = action[b] if b >= 0 and attribute[b] & 1 else 0
            if kind == 0 and other in (0, same):
                pass
            elif match.setdefault(kind, other) != other or kind == 0:
                sys.exit(f"{name}: state {ours}/{theirs} class {c}: accepts {kind}, Lucene {other} ({match})")
            if (a or b >= 0) and (a, b) not in seen:
                # Behind [^], Lucene's rule for everything else, there is nothing.
                seen.add((a, b))
                todo.append((a, b))
    if len(set(match.values())) != len(match):
        sys.exit(f"{name}: {match}")
    return len(rows) - 1


# ------------------------------------------------------------------ output

def main():
    data = json.load(open(sys.argv[1], encoding="utf-8"))
    folder = sys.argv[2]
    lines = []

    def table(name, doc, rows):
        lines.append(f"    /// {doc}\n    static let {name}: StaticString = \"\"\"")
        text = " ".join(rows)
        while text:
            cut = len(text) if len(text) <= 118 else text.rindex(" ", 0, 118)
            lines.append("        " + text[:cut] + " \\")
            text = text[cut + 1:]
        lines.append("\n        \"\"\"\n")

    def runs(values, subtract=0):
        last, rows = 0, []
        for first, length, value in values:
            if value - subtract == 0:
                continue
            rows += [f"{first - last:x}", f"{length:x}", f"{value - subtract:x}"]
            last = first
        return rows

    def mapping(values):
        last, rows = 0, []
        for c, text in sorted((int(c), t) for c, t in values.items()):
            rows += [f"{c - last:x}", f"{len(text):x}"] + [f"{ord(x):x}" for x in text]
            last = c
        return rows

    def deltas(values):
        """Runs of simple mappings: gap, count, step between sources, difference (zigzag)."""
        pairs = sorted((int(c), ord(t)) for c, t in values.items())
        out, i = [], 0
        while i < len(pairs):
            best = (1, 1)
            for step in (1, 2):
                n = 1
                while (i + n < len(pairs) and pairs[i + n][0] == pairs[i][0] + n * step
                       and pairs[i + n][1] - pairs[i + n][0] == pairs[i][1] - pairs[i][0]):
                    n += 1
                if n > best[0]:
                    best = (n, step)
            out.append((pairs[i][0], best[0], best[1], pairs[i][1] - pairs[i][0]))
            i += best[0]
        last, rows = 0, []
        for first, count, step, delta in out:
            rows += [f"{first - last:x}", f"{count:x}", f"{step:x}", f"{delta * 2 if delta >= 0 else -delta * 2 - 1:x}"]
            last = first
        return rows

    rows, accepting = automaton(standard_rules(), 29)
    states = compare("standard", rows, accepting, data, 29, 1)
    print("standard automaton:", states, "states, equal to Lucene's", file=sys.stderr)
    table("wordBreakClasses", "Runs of equal classes of `UnicodeWordScanner`: gap to the run before, length, class.",
          runs(data["standardClasses"], 1))
    table("wordBreakStates", "Rows of 29 next states; row 0 is failure, row 1 the start.",
          [f"{t:x}" for row in rows for t in row])
    table("wordBreakAccepting", "What each state accepts: 0 nothing, else the number of the rule plus one.",
          [f"{k:x}" for k in accepting])
    rows, accepting = automaton(classic_rules(), 12)
    states = compare("classic", rows, accepting, data, 12, 1)
    print("classic automaton:", states, "states, equal to Lucene's", file=sys.stderr)
    table("classicClasses", "Runs of equal classes of the classic tokeniser: gap, length, class.",
          runs(data["classicClasses"], 1))
    table("classicStates", "Rows of 12 next states; row 0 is failure, row 1 the start.", [f"{t:x}" for row in rows for t in row])
    table("classicAccepting", "What each state accepts: 0 nothing, else the number of the rule plus one.",
          [f"{k:x}" for k in accepting])
    table("categories", "Runs of Java's general categories: gap, length, `Character.getType`.", runs(data["categories"]))
    table("whitespace", "Runs of Java's white space: gap, length, 1.", runs(data["whitespace"]))
    table("lowercase", "Simple lower-case mappings: gap, count, step, zigzag difference.", deltas(data["lower"]))
    table("uppercase", "Simple upper-case mappings: gap, count, step, zigzag difference.", deltas(data["upper"]))
    table("asciiFolding", "What ASCII folding makes of a scalar: gap, count, scalars.", mapping(data["asciiFolding"]))
    table("cjkWidth", "What CJK width folding makes of a scalar: gap, count, scalars.", mapping(data["cjkWidth"]))
    table("topLevelDomains", "The top-level domains that Lucene's URL rules know.", data["topLevelDomains"])
    header = ("// GENERATED by scripts/make_analysis_tables.py from Lucene " + data["lucene"] + " on Java " + data["java"]
              + ". Do not edit.\n// swift-format-ignore-file\n\n")
    with open(os.path.join(folder, "AnalysisTables.generated.swift"), "w", encoding="utf-8") as f:
        f.write(header + "/// Unicode data as Lucene and the Java runtime have it: numbers in hexadecimal, separated by spaces.\n"
                "enum AnalysisTables {\n" + "\n".join(lines).rstrip() + "\n}\n")
    with open(os.path.join(folder, "..", "Stemming", "StopWordLists.generated.swift"), "w", encoding="utf-8") as f:
        f.write(header + "/// The default stop words of Lucene's language analysers: most from Snowball, others by Jacques Savoy (both BSD).\n"
                "enum StopWordLists {\n    /// The words of a language, separated by tildes.\n"
                "    static let words: [String: String] = [\n")
        for language, words in data["stopWords"].items():
            assert not any("~" in w for w in words), language
            words = [w.replace("\\", "\\\\") for w in words]
            f.write(f"        \"{language}\": \"\"\"\n")
            text = "~".join(words)
            while text:
                cut = len(text) if len(text) <= 112 else text.rindex("~", 0, 112) + 1
                f.write("            " + text[:cut] + ("\\\n" if cut < len(text) else "\n"))
                text = text[cut:]
            f.write("            \"\"\",\n")
        f.write("    ]\n}\n")


main()
