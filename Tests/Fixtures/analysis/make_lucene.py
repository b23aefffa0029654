#!/usr/bin/env python3
"""Writes lucene.json: what Lucene's analysers, tokenisers and filters make of texts that are hard to cut.

    pip download pyserini==0.44 --no-deps        # Lucene 9 is in its fat jar; Java 17 runs it
    python3 make_lucene.py anserini-*-fatjar.jar

A case has a definition as OpenSearch's index settings have it ("analysis", then "analyzer" names what is used), the indices of its texts,
and for each text the tokens: lines "text TAB start TAB end TAB position increment TAB position length TAB type", the last line being the
final offset and position increment.
"""
import json
import os
import random
import subprocess
import sys
import tempfile

ENGLISH = [
    "The quick brown fox's dogs JUMPED over 2 lazy-dogs; it's O'Reilly's, isn't it? Running ponies and caresses.",
    "a b's THE and of to Wi-Fi PowerShot 500-42 foo_bar __init__ x_1 3.14 1,000.50 a.b.c U.S.A. e.g. 10:30 12:a a:b",
    "C++ C# .NET node.js @user #tag user@example.com http://example.com/a?b=c&d=e#f 192.168.0.1 AT&T R&D rock'n'roll",
    "généralement l'avion d'été naïve Ångström œuvre straße GROSSE ﬁancé ＦＵＬＬｗｉｄｔｈ ½ x² №5 ﬀ",
    "", " ", "\t\n", "...", "a", "'", "'s", "s's's", "_", "__a__", "1_000 a_1_b", "don''t", "a'", "'a", "a.'b", "3.a a.3 3..4 a..b",
]
SCRIPTS = [
    "Привет мир, ёлка и Москва-река 2024г.", "Γειά σου Κόσμε ΣΊΣΥΦΟΣ άνθρωπος", "שלום עולם צה\"ל ג'ירפה ד\"ר", "مرحبا بالعالم ١٢٣ كتاب‌ها",
    "नमस्ते दुनिया हिन्दी १२३", "สวัสดีชาวโลก ภาษาไทย 123", "你好世界 我是中国人。𠀀𠀁中", "こんにちは世界 カタカナ ﾊﾝｶｸ ｶﾞｷﾞ ー ひらがな", "안녕하세요 세계 한국abc ㄱㄴㄷ",
    "မြန်မာစာ ភាសាខ្មែរ ພາສາລາວ", "İstanbul IĞDIR ılık ŞİŞLİ ǅ ǆ ẞ", "Հայերեն ქართული Ⴀ Ꭰ ᏸ", "ɐ𝒳𝒴 𝐀𝟏𝟐 𝄞 𐐀𐐨 𞤀",
    "カナ_カナ a_カ 1_カ 한_글 中_国", "ﬁ ﬂ Ⅷ ① ㍿ ª º µ ʰ ٪ ٫٬ 1٫5",
]
EMOJI = [
    "👍 👍🏽 👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪🇫🇷🇩 ☺️ ☺ ❤️ 1️⃣ #️⃣ *⃣ 9⃣ ©️ ™ ℹ️ Ⓜ️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 👨🏿‍🚀 🤷🏼‍♀️ a👍b 1👍2 ‍👍 🏽",
    "🇩 🇩🇪🇫 e\u0301 a\u0308b \u0301a a\u200db 1\u200d2 a\u00adb \u200f\u202e x\ufe0fy \ufe0f ㊙️ 〰️ 〽 🀄 🧑‍🤝‍🧑 😀😀😀",
    "#a *b #1 * # 1# 1\u0301# \u20e3 a\u20e3 1\u20e3\u20e3 0️⃣1️⃣ 🅰️🅱🆎 x🅰y",
]
HTML = [
    "<p>One &amp; two</p><script>x < y</script><b>bo</b>ld &eacute;t&eacute; &#65;&#x1F600; a<br/>b <!-- c --> &foo; <a href=\"x>y\">li</a>nk",
    "1 < 2 && 3 > 2 <div class='a b'>text<span>in</span>side</div> &nbsp;x&lt;y&gt; <![CDATA[raw <i>]]> <?pi ?>z",
]
LONG = ["x" * 600 + " y", "ab1" * 200, "a." * 300, "é" * 300, "\U00020000" * 10 + "z" * 300, "𝒳" * 200, "a" * 254 + "𝒳b", "a" * 255 + "." + "b" * 5]


def random_texts(count, seed):
    generator = random.Random(seed)
    ranges = [(0x20, 0x7F)] * 6 + [(0xA0, 0x250), (0x300, 0x370), (0x370, 0x400), (0x400, 0x500), (0x590, 0x700), (0x900, 0xA00), (0xE00, 0x1100),
              (0x1100, 0x1200), (0x1780, 0x1800), (0x2000, 0x2100), (0x20D0, 0x2100), (0x2600, 0x2800), (0x3000, 0x3200), (0x4E00, 0x4F00), (0xAC00, 0xAD00),
              (0xFE00, 0xFE10), (0xFF00, 0xFFF0), (0x1D400, 0x1D800), (0x1F1E6, 0x1F200), (0x1F300, 0x1F700), (0xE0020, 0xE0080), (0x200C, 0x200F),
              (0xFE0E, 0xFE10), (0x1F3FB, 0x1F400), (0x10000, 0x11000), (0x80, 0xD800), (0xE000, 0x10FFFF)]
    marks = " .,:;'\"_#*-\u2019\u200d\ufe0f\u20e3"
    texts = []
    for _ in range(count):
        text = ""
        for _ in range(generator.randrange(1, 60)):
            kind = generator.random()
            if kind < 0.3:
                text += generator.choice(marks)
            elif kind < 0.55:
                text += generator.choice("abcXYZ019")
            else:
                low, high = generator.choice(ranges)
                text += chr(generator.randrange(low, high))
        texts.append(text)
    return texts


LANGUAGE_TEXTS = {
    "german": "Die schönen Häuser der Kinder, größere Äpfel über den Flüssen: gegessen, laufende Straßen, Mädchenschulen, neuesten Ergebnissen",
    "french": "Les généralisations nationales, l'heureuse actrice chantait rapidement qu'elles étaient belles, les chevaux, beaux-arts, critique, justification, molle",
    "spanish": "Los niños pequeños corrían rápidamente hacia las casas, canciones, luces, intereses, españolas, chicos, veces",
    "italian": "Le ragazze dell'università mangiavano dei bellissimi gelati, l'amico degli studenti, chiese, famiglie, libri",
    "portuguese": "As canções portuguesas são lindíssimas, irmãos, animais, felizmente, professoras, papéis, coração, situações, amável",
    "dutch": "De kinderen liepen met fietsen door de mooie straten, bromfiets, kind, ei, lopende mogelijkheden",
    "swedish": "Flickorna sprang genom skogarnas gröna ängar, husen, möjligheterna", "danish": "Børnene løb gennem de grønne skove, husene, muligheder",
    "norwegian": "Barna løp gjennom skogene, husene, mulighetene og årene", "finnish": "Talossa asuivat lapset juoksivat metsän läpi, mahdollisuuksien, kirjoissa",
    "hungarian": "A gyerekek futottak az erdőkben, házakban, lehetőségek, könyveket", "romanian": "Copiii alergau prin pădurile verzi, casele, posibilităților",
    "russian": "Красивые дети бежали через зелёные леса, возможностями, книгами и домах", "turkish": "İstanbul'un güzel çocukları ormanlarda koşuyordu, kitaplarımız, ILIK",
    "basque": "Haurrak basoetan zehar korrika zebiltzan, etxeetako liburuak", "catalan": "Els nens corrien pels boscos verds, l'amic d'en Joan, possibilitats, cançons",
    "irish": "Bhí na páistí ag rith tríd an gcoill, nAthair tUisce, d'fhág, leabhair", "lithuanian": "Vaikai bėgo per žalius miškus, galimybių, knygomis, namuose",
    "armenian": "Երեխաները վազում էին կանաչ անտառներով, հնարավորությունները", "english": ENGLISH[0] + " relational conditional rationalities hopefulness vietnamization",
    "cjk": "我是中国人。 ﾊﾝｶｸ カタカナ 안녕하세요 the abc",
}
CODES = {"german": "de.German", "french": "fr.French", "spanish": "es.Spanish", "italian": "it.Italian", "portuguese": "pt.Portuguese", "dutch": "nl.Dutch",
         "swedish": "sv.Swedish", "danish": "da.Danish", "norwegian": "no.Norwegian", "finnish": "fi.Finnish", "hungarian": "hu.Hungarian",
         "romanian": "ro.Romanian", "russian": "ru.Russian", "turkish": "tr.Turkish", "basque": "eu.Basque", "catalan": "ca.Catalan", "irish": "ga.Irish",
         "lithuanian": "lt.Lithuanian", "armenian": "hy.Armenian", "english": "en.English", "cjk": "cjk.CJK"}

BASIC = ENGLISH + SCRIPTS + EMOJI
SHORT = ENGLISH[:4] + ENGLISH[9:12] + [SCRIPTS[6], SCRIPTS[7], SCRIPTS[8], SCRIPTS[10], SCRIPTS[12]]
CASES = []


def case(name, texts, lucene, analyzer=None, tokenizer="whitespace", filters=(), char_filters=()):
    """A case; filters and tokenisers are names or objects with settings."""
    analysis = {}

    def part(kind, value, number):
        if isinstance(value, str):
            return value
        analysis.setdefault(kind, {})[f"part{number}"] = value
        return f"part{number}"

    if analyzer is None:
        analyzer = "tested"
        analysis["analyzer"] = {"tested": {
            "type": "custom", "tokenizer": part("tokenizer", tokenizer, 0),
            "filter": [part("filter", f, i) for i, f in enumerate(filters)],
            "char_filter": [part("char_filter", f, i) for i, f in enumerate(char_filters)]}}
    elif not isinstance(analyzer, str):
        analysis["analyzer"] = {"tested": analyzer}
        analyzer = "tested"
    CASES.append({"name": name, "analysis": analysis, "analyzer": analyzer, "lucene": lucene, "texts": list(dict.fromkeys(texts))})


def chain(*filters, tokenizer=("whitespace", {}), files=None, char_filters=()):
    return {"tokenizer": list(tokenizer), "filter": [list(f) for f in filters], "files": files or {}, "char_filter": [list(f) for f in char_filters]}


def simple(name, factory, arguments=None, settings=None, texts=SHORT, files=None, tokenizer=("whitespace", {}), own="whitespace"):
    """One token filter behind a tokeniser."""
    case("filter " + name, texts, chain((factory, arguments or {}), files=files, tokenizer=tokenizer), filters=[settings or name.split()[0]], tokenizer=own)


def main():
    jar = sys.argv[1]
    standard = ("standard", {})
    everything = BASIC + LONG + random_texts(150, 1)
    case("standard", everything, "standard.StandardAnalyzer", analyzer="standard")
    case("simple", BASIC + LONG + random_texts(20, 2), "core.SimpleAnalyzer", analyzer="simple")
    case("whitespace", BASIC + LONG + random_texts(20, 3), "core.WhitespaceAnalyzer", analyzer="whitespace")
    case("stop", BASIC + random_texts(10, 4), "core.StopAnalyzer", analyzer="stop")
    case("keyword", BASIC, "core.KeywordAnalyzer", analyzer="keyword")
    case("standard, 5 letters", SHORT + LONG[:2] + SCRIPTS[12:13], chain(("lowercase", {}), tokenizer=("standard", {"maxTokenLength": "5"})),
         analyzer={"type": "standard", "max_token_length": "5"})
    for language, text in LANGUAGE_TEXTS.items():
        case(language, [text] + SHORT, CODES[language] + "Analyzer", analyzer=language)
    case("pattern", SHORT, chain(("lowercase", {}), tokenizer=("pattern", {"pattern": r"\W+"})), analyzer="pattern")
    # Tokenisers
    case("tokenizer letter", SHORT, chain(tokenizer=("letter", {})), tokenizer="letter")
    case("tokenizer lowercase", SHORT, chain(("lowercase", {}), tokenizer=("letter", {})), tokenizer="lowercase")
    case("tokenizer classic", BASIC, chain(tokenizer=("classic", {})), tokenizer="classic")
    case("tokenizer classic and filter", SHORT, chain(("classic", {}), tokenizer=("classic", {})), tokenizer="classic", filters=["classic"])
    case("tokenizer uax_url_email", SHORT + EMOJI[:1], chain(tokenizer=("uax29URLEmail", {})), tokenizer="uax_url_email")
    case("tokenizer ngram", SHORT, chain(tokenizer=("nGram", {"minGramSize": "1", "maxGramSize": "2"})), tokenizer="ngram")
    case("tokenizer edge_ngram", SHORT, chain(tokenizer=("edgeNGram", {"minGramSize": "1", "maxGramSize": "4"})),
         tokenizer={"type": "edge_ngram", "min_gram": 1, "max_gram": 4})
    paths = ["/a/b/c", "a/b/c", "/a/b/c/", "//a//b", "", "/", "a", "www.site.co.uk", "x/é/𝒳/y"]
    case("tokenizer path_hierarchy", paths, chain(tokenizer=("pathHierarchy", {})), tokenizer="path_hierarchy")
    case("tokenizer path_hierarchy skip", paths, chain(tokenizer=("pathHierarchy", {"skip": "1", "replace": "-"})),
         tokenizer={"type": "path_hierarchy", "skip": 1, "replacement": "-"})
    case("tokenizer path_hierarchy reverse", paths, chain(tokenizer=("pathHierarchy", {"reverse": "true"})), tokenizer={"type": "path_hierarchy", "reverse": True})
    case("tokenizer path_hierarchy reverse skip", paths, chain(tokenizer=("pathHierarchy", {"reverse": "true", "skip": "1", "delimiter": "."})),
         tokenizer={"type": "path_hierarchy", "reverse": "true", "skip": 1, "delimiter": "."})
    case("tokenizer pattern", SHORT, chain(tokenizer=("pattern", {"pattern": r"\W+", "group": "-1"})), tokenizer="pattern")
    case("tokenizer pattern group", SHORT, chain(tokenizer=("pattern", {"pattern": r"([a-z&&[^aeiou]]+)(\d?)", "group": "1"})),
         tokenizer={"type": "pattern", "pattern": r"([a-z&&[^aeiou]]+)(\d?)", "group": 1})
    case("tokenizer pattern unicode", SHORT, chain(tokenizer=("pattern", {"pattern": r"[^\p{L}\u0031-\u0035]+"})),
         tokenizer={"type": "pattern", "pattern": r"[^\p{L}\u0031-\u0035]+"})
    case("tokenizer simple_pattern", SHORT, chain(tokenizer=("simplePattern", {"pattern": "[a-z]+|[a-z]+s[a-z]*"})),
         tokenizer={"type": "simple_pattern", "pattern": "[a-z]+|[a-z]+s[a-z]*"})
    case("tokenizer simple_pattern_split", SHORT, chain(tokenizer=("simplePatternSplit", {"pattern": "[ ,.;]+"})),
         tokenizer={"type": "simple_pattern_split", "pattern": "[ ,.;]+"})
    # Character filters
    for name, texts in (("html_strip", HTML + ENGLISH[:2]),):
        case("char_filter html_strip", texts, chain(tokenizer=standard, char_filters=[("htmlStrip", {})]), tokenizer="standard", char_filters=["html_strip"])
    rules = '"ph" => "f"\n"qu" => ""\n"é" => "eee"\n"c++" => "cplusplus"\n"C++" => "cplusplus"\n"😀" => ":-)"\n":)" => "😀"\n"\\u0020\\u0020" => "_"'
    own = ["ph => f", "qu =>", "é => eee", "c++ => cplusplus", "C++ => cplusplus", "😀 => :-)", ":) => 😀", "\\u0020\\u0020 => _"]
    mapped = SHORT + ["phph qux été c+++ :) 😀😀x  y   z", "quququ a", "😀 :)"]
    case("char_filter mapping", mapped, chain(tokenizer=("whitespace", {}), char_filters=[("mapping", {"mapping": "rules"})], files={"rules": rules}),
         char_filters=[{"type": "mapping", "mappings": own}])
    case("char_filter pattern_replace", SHORT, chain(char_filters=[("patternReplace", {"pattern": r"(\w)(\w+)", "replacement": "$2-$1"})]),
         char_filters=[{"type": "pattern_replace", "pattern": r"(\w)(\w+)", "replacement": "$2-$1"}])
    case("char_filter pattern_replace longer, shorter", SHORT,
         chain(char_filters=[("patternReplace", {"pattern": "[aeiou]+", "replacement": "é𝒳z"}), ("patternReplace", {"pattern": "z", "replacement": ""})]),
         char_filters=[{"type": "pattern_replace", "pattern": "[aeiou]+", "replacement": "é𝒳z"}, {"type": "pattern_replace", "pattern": "z"}])
    # Token filters
    simple("lowercase", "lowercase", texts=SHORT + SCRIPTS)
    simple("uppercase", "uppercase", texts=SHORT + SCRIPTS)
    simple("asciifolding", "asciiFolding", texts=SHORT + SCRIPTS)
    simple("asciifolding preserve", "asciiFolding", {"preserveOriginal": "true"}, {"type": "asciifolding", "preserve_original": "true"})
    simple("decimal_digit", "decimalDigit", texts=SHORT + SCRIPTS)
    simple("cjk_width", "cjkWidth", texts=SHORT + SCRIPTS + ["ｳﾞ ﾊﾟﾊﾞ ﾜﾞ ｦﾞ ﾞa ｶﾟ ヽﾞ"])
    simple("trim", "trim", tokenizer=("keyword", {}), own="keyword", texts=SHORT + ["  a b \u2003", "\u00a0x\u00a0"])
    simple("reverse", "reverseString", texts=SHORT)
    simple("truncate", "truncate", {"prefixLength": "3"}, {"type": "truncate", "length": 3}, texts=SHORT[:-1] + SCRIPTS[:6])
    simple("length", "length", {"min": "2", "max": "4"}, {"type": "length", "min": 2, "max": "4"}, texts=SHORT + SCRIPTS)
    simple("stop ignore case", "stop", {"words": "w", "ignoreCase": "true", "format": "wordset"}, {"type": "stop", "stopwords": ["the", "A", "fox's", "мир"], "ignore_case": True},
           files={"w": "the\nA\nfox's\nмир"}, texts=SHORT + SCRIPTS[:2])
    simple("ngram", "nGram", {"minGramSize": "2", "maxGramSize": "3", "preserveOriginal": "false"}, {"type": "ngram", "min_gram": 2, "max_gram": 3}, texts=SHORT + SCRIPTS)
    simple("ngram preserve", "nGram", {"minGramSize": "3", "maxGramSize": "4", "preserveOriginal": "true"},
           {"type": "ngram", "min_gram": 3, "max_gram": 4, "preserve_original": True}, texts=SHORT[:6])
    simple("edge_ngram", "edgeNGram", {"minGramSize": "2", "maxGramSize": "4", "preserveOriginal": "false"}, {"type": "edge_ngram", "min_gram": 2, "max_gram": 4})
    simple("edge_ngram preserve", "edgeNGram", {"minGramSize": "2", "maxGramSize": "4", "preserveOriginal": "true"},
           {"type": "edge_ngram", "min_gram": 2, "max_gram": 4, "preserve_original": True})
    simple("porter_stem", "porterStem", tokenizer=("letter", {}), own="letter", texts=SHORT + SCRIPTS[:3] + [LANGUAGE_TEXTS["english"]])
    simple("elision", "elision", {"articles": "w"}, {"type": "elision", "articles": ["l", "d", "O"]}, files={"w": "l\nd\nO"}, texts=SHORT)
    simple("apostrophe", "apostrophe", texts=SHORT + ["Türkiye’de a'b'c"])
    simple("limit", "limitTokenCount", {"maxTokenCount": "3"}, {"type": "limit", "max_token_count": 3})
    simple("pattern_replace", "patternReplace", {"pattern": "([a-z])\\\\1", "replacement": "<$1>", "replace": "all"}, {"type": "pattern_replace", "pattern": "([a-z])\\\\1", "replacement": "<$1>"})
    simple("pattern_replace first", "patternReplace", {"pattern": "[aeiou]", "replacement": "", "replace": "first"}, {"type": "pattern_replace", "pattern": "[aeiou]", "all": False})
    simple("pattern_capture", "patternCaptureGroup", {"pattern": r"(\w+)@(\w+)", "preserve_original": "true"}, {"type": "pattern_capture", "patterns": [r"(\w+)@(\w+)"]})
    simple("pattern_capture two", "patternCaptureGroup", {"pattern": r"([a-z]+)|(\d+)", "preserve_original": "false"},
           {"type": "pattern_capture", "patterns": [r"([a-z]+)|(\d+)"], "preserve_original": False})
    simple("fingerprint", "fingerprint", texts=SHORT)
    simple("remove_duplicates", "removeDuplicates")
    simple("german_normalization", "germanNormalization", texts=SHORT + [LANGUAGE_TEXTS["german"], "aeoeue quelle bauer Äoe"])
    simple("scandinavian_normalization", "scandinavianNormalization", texts=SHORT + [LANGUAGE_TEXTS["danish"], "aa AA ae Oe OO äö ÄÖ blåbærsyltetøj blaabaersyltetoej räksmörgås"])
    simple("scandinavian_folding", "scandinavianFolding", texts=SHORT + [LANGUAGE_TEXTS["danish"], "aa AA ae Oe OO äö ÄÖ blåbærsyltetøj blaabaersyltetoej räksmörgås"])
    for name, factory, language in (("german", "germanLightStem", "light_german"), ("french", "frenchLightStem", "light_french"), ("spanish", "spanishLightStem", "light_spanish"),
                                    ("italian", "italianLightStem", "light_italian"), ("portuguese", "portugueseLightStem", "light_portuguese"),
                                    ("english", "englishMinimalStem", "minimal_english")):
        simple("stemmer " + language, factory, settings={"type": "stemmer", "language": language}, tokenizer=("letter", {}), own="letter", texts=[LANGUAGE_TEXTS[name]] + SHORT)
    for language in ("danish", "dutch", "english", "finnish", "french", "german", "hungarian", "italian", "norwegian", "portuguese", "romanian", "russian", "spanish", "swedish", "turkish"):
        simple("snowball " + language, "snowballPorter", {"language": language.capitalize()}, {"type": "snowball", "language": language.capitalize()},
               tokenizer=("letter", {}), own="letter", texts=[LANGUAGE_TEXTS[language].lower()] + SHORT)
    words = "of and the a is to"
    common = {"words": "w", "format": "wordset"}
    gramtexts = ["the quick brown is a fox", "of the rain", "rain of", "a b c", "of", "to be or not to be the the end", ""]
    simple("common_grams", "commonGrams", common, {"type": "common_grams", "common_words": words.split()}, files={"w": words.replace(" ", "\n")}, texts=gramtexts)
    simple("common_grams query", "commonGramsQuery", common, {"type": "common_grams", "common_words": words.split(), "query_mode": True}, files={"w": words.replace(" ", "\n")}, texts=gramtexts)
    for name, arguments, settings in (
            ("shingle", {}, {}), ("shingle 2 to 4", {"maxShingleSize": "4"}, {"max_shingle_size": 4}),
            ("shingle without unigrams", {"minShingleSize": "3", "maxShingleSize": "3", "outputUnigrams": "false"}, {"min_shingle_size": 3, "max_shingle_size": 3, "output_unigrams": False}),
            ("shingle 3 to 4", {"minShingleSize": "3", "maxShingleSize": "4", "tokenSeparator": "+"}, {"min_shingle_size": 3, "max_shingle_size": 4, "token_separator": "+"}),
            ("shingle if none", {"minShingleSize": "3", "maxShingleSize": "3", "outputUnigrams": "false", "outputUnigramsIfNoShingles": "true"},
             {"min_shingle_size": 3, "max_shingle_size": 3, "output_unigrams": False, "output_unigrams_if_no_shingles": True})):
        texts = ["please divide this sentence", "the quick and the dead", "one", "one two", "", "fox of the", "and and and", "x the the the y"]
        case("filter " + name, texts, chain(("stop", {}), ("shingle", arguments)), filters=["stop", {"type": "shingle", **settings}])
    for units in ("false", "true"):
        case("filter cjk_bigram " + units, SCRIPTS + SHORT + ["𠀀𠀁𠀂 中 国人x日本"], chain(("cjkBigram", {"outputUnigrams": units}), tokenizer=standard), tokenizer="standard",
             filters=[{"type": "cjk_bigram", "output_unigrams": units}])
    case("filter cjk_bigram han only", SCRIPTS, chain(("cjkBigram", {"hiragana": "false", "katakana": "false", "hangul": "false"}), tokenizer=standard), tokenizer="standard",
         filters=[{"type": "cjk_bigram", "ignored_scripts": ["hiragana", "katakana", "hangul"]}])
    delimited = ENGLISH[:4] + ["Super-Duper-XL500-42-AutoCoder's!", "j2se's 's x's-y's", "wi-fi-4000 -- --a a-- #$%", "PowerShotPRO ÄpfelBaum x1y2", "AaBb-1.5 - b", "ªx xª 1ⅷ2 你好X 𝒳a"]
    settings = {"generate_word_parts": "generateWordParts", "generate_number_parts": "generateNumberParts", "catenate_words": "catenateWords", "catenate_numbers": "catenateNumbers",
                "catenate_all": "catenateAll", "split_on_case_change": "splitOnCaseChange", "preserve_original": "preserveOriginal", "split_on_numerics": "splitOnNumerics",
                "stem_english_possessive": "stemEnglishPossessive"}
    for index, options in enumerate((
            {}, {"catenate_words": 1}, {"catenate_all": 1}, {"catenate_all": 1, "preserve_original": 1}, {"catenate_words": 1, "catenate_numbers": 1, "catenate_all": 1},
            {"generate_word_parts": 0, "generate_number_parts": 0, "catenate_all": 1}, {"generate_word_parts": 0, "catenate_words": 1}, {"preserve_original": 1},
            {"split_on_case_change": 0, "split_on_numerics": 0, "stem_english_possessive": 0}, {"generate_number_parts": 0, "preserve_original": 1, "catenate_numbers": 1})):
        for graph in (True, False):
            kind = "word_delimiter_graph" if graph else "word_delimiter"
            arguments = {settings[k]: str(v) for k, v in options.items()}
            if graph:
                arguments["adjustOffsets"] = "true"
            case(f"filter {kind} {index}", delimited, chain(("wordDelimiterGraph" if graph else "wordDelimiter", arguments)),
                 filters=[{"type": kind, **{k: bool(v) for k, v in options.items()}}])
    synonyms = ["i-pod, ipod => ipod", "tv, television, telly", "new york, ny, big apple", "usa => united states of america", "# comment", "a b c => x", "a b => y z w v",
                "sea biscuit, sea biscit => seabiscuit", "big, large, very big", "one => uno, eins zwei", "foo\\,bar => comma"]
    texts = ["my tv is on", "new york city tv", "the big apple", "usa", "fly to usa now", "a b c", "a b d", "a b", "x a", "big tv", "very big apple", "one two", "ny", "new", "new yor", "one one",
             "television usa", "foo,bar", "sea biscit b", ""]
    for kind, factory in (("synonym", "synonym"), ("synonym_graph", "synonymGraph")):
        for expand in ("true", "false"):
            case(f"filter {kind} expand {expand}", texts, chain((factory, {"synonyms": "s", "expand": expand, "tokenizerFactory": "org.apache.lucene.analysis.core.WhitespaceTokenizerFactory"}), files={"s": "\n".join(synonyms)}),
                 filters=[{"type": kind, "synonyms": synonyms, "expand": expand}])
    case("filter flatten_graph", texts, chain(("synonymGraph", {"synonyms": "s", "expand": "true", "tokenizerFactory": "org.apache.lucene.analysis.core.WhitespaceTokenizerFactory"}), ("flattenGraph", {}), files={"s": "\n".join(synonyms)}),
         filters=[{"type": "synonym_graph", "synonyms": synonyms}, "flatten_graph"])
    case("filter stop after synonym_graph", texts, chain(("synonymGraph", {"synonyms": "s", "tokenizerFactory": "org.apache.lucene.analysis.core.WhitespaceTokenizerFactory"}), ("stop", {}), files={"s": "\n".join(synonyms)}),
         filters=[{"type": "synonym_graph", "synonyms": synonyms}, "stop"])
    case("filter keyword_marker", SHORT, chain(("keywordMarker", {"protected": "p"}), ("porterStem", {}), files={"p": "JUMPED\nRunning\nponies"}),
         filters=[{"type": "keyword_marker", "keywords": ["JUMPED", "Running", "ponies"]}, "porter_stem"])
    case("filter stemmer_override", SHORT, chain(("stemmerOverride", {"dictionary": "d"}), ("porterStem", {}), files={"d": "ponies\thorse\nquick\tfasting\n"}),
         filters=[{"type": "stemmer_override", "rules": ["ponies => horse", "quick => fasting"]}, "porter_stem"])
    case("filter keep", SHORT, chain(("keepWord", {"words": "w"}), files={"w": "fox's\nit's\nand"}), filters=[{"type": "keep", "keep_words": ["fox's", "it's", "and"]}])
    case("filter keep_types", BASIC, chain(("type", {"types": "t", "useWhitelist": "true"}), files={"t": "<NUM>\n<EMOJI>\n<HANGUL>"}, tokenizer=standard), tokenizer="standard",
         filters=[{"type": "keep_types", "types": ["<NUM>", "<EMOJI>", "<HANGUL>"]}])

    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as f:
        json.dump([{k: c[k] for k in ("name", "lucene", "texts")} for c in CASES], f)
        f.flush()
        here = os.path.dirname(os.path.abspath(__file__))
        run = subprocess.run(["java", "-cp", jar, os.path.join(here, "LuceneAnalysis.java"), "fixture", f.name], check=True, stdout=subprocess.PIPE)
    tokens = json.loads(run.stdout)
    texts = list(dict.fromkeys(t for c in CASES for t in c["texts"]))
    index = {t: i for i, t in enumerate(texts)}
    out = {"texts": texts, "cases": [{"name": c["name"], "analysis": c["analysis"], "analyzer": c["analyzer"], "texts": [index[t] for t in c["texts"]], "tokens": tokens[c["name"]]} for c in CASES]}
    with open(os.path.join(here, "lucene.json"), "w", encoding="utf-8") as f:
        f.write('{"texts": ' + json.dumps(out["texts"], ensure_ascii=True) + ',\n"cases": [\n' + ",\n".join(json.dumps(c, ensure_ascii=True) for c in out["cases"]) + "\n]}\n")


main()
