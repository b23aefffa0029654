#!/usr/bin/env python3
"""Reference encodings of the Hugging Face `tokenizers` library for the Tokenizers tests.

    pip install tokenizers==0.23.3 sentencepiece==0.2.3 protobuf numpy

Committed sample (a few thousand encodings, under 4 MB, written beside this file):

    python3 make_fixtures.py --data DATA_DIR --wordpiece MINILM/tokenizer.json --out Tests/Fixtures/tokenizers

Full reference (several hundred thousand encodings as hashes; compare with FullReferenceTests):

    python3 make_fixtures.py --data DATA_DIR --wordpiece MINILM/tokenizer.json --tokenizers Tests/Fixtures/tokenizers --all OUT_DIR

The same for every component of the sample over generated text (compare OUT_DIR/normalizers and OUT_DIR/others):

    python3 make_fixtures.py --tokenizers Tests/Fixtures/tokenizers --components OUT_DIR

The library's trainers break ties by hash order, so two trainings differ a little: the trained tokenizers that lie in
`cases` are kept unless --retrain is given.

What Hugging Face says about one text of the full reference:

    python3 make_fixtures.py --show OUT_DIR/RUN INDEX

DATA_DIR holds folders in BEIR layout (corpus.jsonl.gz, queries.jsonl, qrels/*.tsv). The sample takes texts of its
`debian` folder only (Debian package descriptions, DFSG-free) and generated ones; the full reference takes every folder.
MINILM is a folder of all-MiniLM-L6-v2 (Apache-2.0).

Sample format: `texts.json` is an array of strings. `cases/NAME.json` is a tokenizer.json in which
{"$ref": "shared/X.json"} stands for the content of that file (large parts that several cases share).
`cases/NAME.jsonl` holds its expectations, one object per line:

    a, b    index of the text, index of its pair (absent: single)
    s       0: without special tokens
    ids     token ids
    type    type ids (absent: all 0)
    off     Unicode scalars, flat pairs: start minus the end before, length (absent: off, mask, type not checked)
    mask    special tokens (absent: all 0)
    word    flat pairs: word id or -1, how many tokens in a row (absent: not checked)
    seq     sequence ids, -1: none (absent: all 0 or not checked)
    over    overflowing encodings, with the same keys
    err     1: the library refuses this input
    dec     decode of the ids without special tokens (absent: not checked); raw: with them (absent: the same)

Full format (little endian): `texts.bin` = u32 count, then u32 byte length + UTF-8 per text; `pairs.bin` = u32 count, then
u32 a, u32 b; `RUN/tokenizer.json`; `RUN/reference.bin` = u32 count, u32 is_pairs, then per input u32 tokens, u32
overflowing encodings, u64 hashes of ids, type ids, offsets, and (special mask, word id + 1) interleaved; overflowing
encodings are appended to the streams in order. Hash of v0..vn: h = 1; h = h * 0x9E3779B97F4A7C15 + v + 1 (mod 2^64).
"""

import argparse, base64, gzip, io, itertools, json, os, random, struct, sys, unicodedata

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("RAYON_NUM_THREADS", "1")
os.environ.setdefault("RUST_BACKTRACE", "0")

import numpy as np
from tokenizers import Tokenizer, Regex, models, normalizers, pre_tokenizers, trainers, decoders, processors

SEED = 20261121


# --------------------------------------------------------------------------------------------------------------- texts


def read_corpus(folder):
    with gzip.open(os.path.join(folder, "corpus.jsonl.gz"), "rt", encoding="utf-8") as f:
        for line in f:
            d = json.loads(line)
            yield d["_id"], d.get("title", ""), d.get("text", "")


def read_queries(folder):
    with open(os.path.join(folder, "queries.jsonl"), encoding="utf-8") as f:
        for line in f:
            d = json.loads(line)
            yield d["_id"], d["text"]


def read_pairs(folder):
    """(query id, document id) of every judgement, in file order, once each."""
    seen = set()
    for split in ("train", "dev", "test"):
        path = os.path.join(folder, "qrels", split + ".tsv")
        if not os.path.exists(path):
            continue
        with open(path, encoding="utf-8") as f:
            next(f)
            for line in f:
                q, d = line.split("\t")[:2]
                if (q, d) not in seen:
                    seen.add((q, d))
                    yield q, d


# Short texts, each with something that a tokenizer gets wrong.
COMPONENT_TEXTS = [
    "",
    " ",
    "   ",
    "Hello World",
    "  Hello   World  ",
    "hello, world! 12 345.67",
    "don't can't we'll I'd they're",
    "Ünïcödé Ångström naïve café",
    "cafe\u0301 A\u030a n\u0303 o\u0302\u0323",
    "ﬁ ﬀ ① ㍿ ½ Ⅷ",
    "ＦＵＬＬ　ＷＩＤＴＨ １２３",
    "İstanbul ŞİRKET ıI",
    "Straße GROẞ ΣΊΣΥΦΟΣ ς",
    "日本語テキスト、中国。",
    "漢字kanji混在12",
    "한국어 문장 각ᄀ",
    "שלום עולם مرحبا بالعالم",
    "हिन्दी क्षि ไทยนี้",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 \U0001f1e9\U0001f1ea\U0001f44d\U0001f3fd",
    "a\u0300\u0301\u0302\u0303\u0304b",
    "tab\there\nnew\r\nline\u00a0nbsp\u3000ideo\u2028sep",
    "\u0000a\u0001b\u007fc\u0085d\u00ade\ufefff\ufffdg",
    "zero\u200bwidth\u200djoin\u2060er\u180e",
    "\u2581under \u2581\u2581lower ▁",
    "_under_score_ a_b __",
    "e-mail@example.com https://x.y/z?a=b&c=d#e",
    "C++ $5 5% #1 ^2 ~x `y` <s> </s> [MASK] <mask>",
    "... !!! ?!, ;: “quotes” ‘single’ «guillemets» — – …",
    "123456 1,000 ١٢٣ १२३ ²³ ½",
    "xABCx ABC xABC ABCx ABC.",
    "[CLS] a [SEP] b [PAD]",
    "<add> <add><add> x<add>y <ADD> Ünï <left>  <left>x  <right> y",
    "lowerUPPERlower camelCaseWord",
    "\U00010400\U00010428 \U0001d400\U0001d7d8 \U00020000\U000e0041",
    "\u1100\u1161\u11a8 \u0958 \u2126 \u212b \uf900",
    "a" * 40,
    "aaabbbaaabbb ababab",
    "\u0301start with a mark",
    "x\ufe0fy\u20e3 1\ufe0f\u20e3",
    "mixed \u202ertl\u202c \u2066iso\u2069",
    " leading", "trailing ", "\n", "\t\t", "a\nb\n\nc",
    "the the the",
]

PAIRS = [(3, 5), (0, 3), (3, 0), (6, 13), (17, 18), (19, 25), (26, 30), (5, 4), (24, 36), (4, 19)]


def random_soup(rng, length):
    """Scalars from every corner: mostly a few blocks, sometimes anything that is not a surrogate."""
    blocks = [
        (0x20, 0x7E), (0x20, 0x7E), (0x41, 0x7A), (0x00, 0x20), (0x80, 0x24F), (0x300, 0x36F), (0x370, 0x5FF),
        (0x600, 0x6FF), (0x900, 0xDFF), (0x1100, 0x11FF), (0x1E00, 0x1FFF), (0x2000, 0x206F), (0x2070, 0x2BFF),
        (0x3000, 0x30FF), (0x3200, 0x33FF), (0x4E00, 0x4FFF), (0xAC00, 0xADFF), (0xF900, 0xFAFF), (0xFB00, 0xFDFF),
        (0xFE00, 0xFE6F), (0xFF00, 0xFFEF), (0x1D400, 0x1D7FF), (0x1F1E6, 0x1F1FF), (0x1F300, 0x1FAFF),
        (0x2F800, 0x2FA1F), (0xE0000, 0xE01EF), (0x0, 0x10FFFF),
    ]
    out = []
    while len(out) < length:
        low, high = rng.choice(blocks)
        for _ in range(rng.randint(1, 4)):
            c = rng.randint(low, high)
            if not 0xD800 <= c <= 0xDFFF:
                out.append(chr(c))
        if rng.random() < 0.2:
            out.append(" ")
    return "".join(out)[:length]


def sample_texts(data):
    """Component texts first, then random soups, then Debian queries and documents."""
    rng = random.Random(SEED)
    texts = list(COMPONENT_TEXTS)
    groups = {"component": range(0, len(texts))}
    start = len(texts)
    texts += [random_soup(rng, rng.randint(1, 30)) for _ in range(120)]
    texts += ["a" * 300, "ab" * 150, "\u4e00" * 120, "e\u0301" * 60, "1" * 101, "a" * 100, "a" * 101]
    texts += ["word " * 20 + chr(c) for c in (0x130, 0x3A3, 0x1E9E, 0xFB03, 0x1F600)]
    groups["soup"] = range(start, len(texts))
    documents = [(t + " " + x).strip() for _, t, x in read_corpus(os.path.join(data, "debian"))]
    queries = [q for _, q in read_queries(os.path.join(data, "debian"))]
    start = len(texts)
    texts += rng.sample(queries, 100)
    groups["queries"] = range(start, len(texts))
    start = len(texts)
    texts += rng.sample(documents, 30)
    groups["documents"] = range(start, len(texts))
    return texts, groups


def assigned_code_points():
    for c in range(0x110000):
        if 0xD800 <= c <= 0xDFFF:
            continue
        if unicodedata.category(chr(c)) not in ("Cn", "Cs"):
            # Two private planes hold nothing but private characters: every 64th stands for them.
            if c >= 0xF0000 and c % 64:
                continue
            yield c


def adversarial_texts():
    """The generated part of the full reference."""
    rng = random.Random(SEED + 1)
    for c in assigned_code_points():
        yield chr(c)
        yield "a" + chr(c) + "b"
    marks = [chr(c) for c in range(0x300, 0x370)] + [chr(c) for c in range(0x591, 0x5C8)] + [chr(c) for c in range(0x93A, 0x950)]
    for _ in range(2000):
        yield rng.choice("aeoAnZ가か") + "".join(rng.choice(marks) for _ in range(rng.randint(1, 40))) + rng.choice(["", " x", "b"])
    emoji = [chr(c) for c in list(range(0x1F466, 0x1F46A)) + list(range(0x1F600, 0x1F640)) + [0x2764, 0x1F3F4, 0x1F308]]
    glue = ["\u200d", "\ufe0f", "\U0001f3fb", "\U0001f3ff", "\u20e3", ""]
    for _ in range(2000):
        yield "".join(rng.choice(emoji) + rng.choice(glue) for _ in range(rng.randint(1, 8)))
    for _ in range(500):
        yield "".join(chr(rng.randint(0x1F1E6, 0x1F1FF)) for _ in range(rng.randint(1, 7)))
    for _ in range(1000):
        yield "".join(chr(rng.choice([rng.randint(0, 0x1F), rng.randint(0x7F, 0x9F), rng.randint(0x61, 0x7A), 0x200B, 0xFEFF, 0xAD])) for _ in range(rng.randint(1, 20)))
    for low, high in ((0x4E00, 0x9FFF), (0x3040, 0x30FF), (0xAC00, 0xD7A3), (0x1100, 0x11FF), (0x5D0, 0x5EA), (0x620, 0x64A), (0xE01, 0xE5B), (0x900, 0x97F)):
        for _ in range(500):
            yield "".join(chr(rng.randint(low, high)) if rng.random() < 0.9 else rng.choice(" .,a1\u200f\u200e") for _ in range(rng.randint(1, 60)))
    for _ in range(20000):
        yield random_soup(rng, rng.randint(1, 60))
    for word in ("a", "ab", "The", "\u4e00", "e\u0301", "\U0001f600", "가", "1", ".", "_", "\u0301", "\u200d", "\ufb03", "\u3000", " ", "\n", "x ", "İ"):
        yield (word * 10000)[:10000]
    yield "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(10000))
    yield random_soup(rng, 10000)
    text = []
    size = 0
    while size < 1 << 20:
        w = "".join(rng.choice("etaoinshrdlucmfwypvbgkjqxz") for _ in range(rng.randint(1, 12)))
        if rng.random() < 0.05:
            w += rng.choice([",", ".", "!", "\u00e9", "\u4e2d", "\n"])
        text.append(w)
        size += len(w.encode()) + 1
    yield " ".join(text)
    yield "".join(rng.choice("abc") for _ in range(1 << 20))


# ---------------------------------------------------------------------------------------------------- trained tokenizers


def training_texts(data):
    rng = random.Random(SEED + 2)
    documents = [(t + " " + x).strip() for _, t, x in read_corpus(os.path.join(data, "debian"))]
    return rng.sample(documents, 6000) + COMPONENT_TEXTS * 3


def nmt_nfkc_charsmap(texts):
    """The normalisation table that sentencepiece builds into every model trained with nmt_nfkc."""
    import sentencepiece as spm
    from sentencepiece import sentencepiece_model_pb2 as pb

    model = io.BytesIO()
    spm.SentencePieceTrainer.train(
        sentence_iterator=iter(t for t in texts if t.strip()), model_writer=model, vocab_size=500, model_type="unigram",
        normalization_rule_name="nmt_nfkc", hard_vocab_limit=False, num_threads=1, minloglevel=2, max_sentence_length=20000)
    proto = pb.ModelProto()
    proto.ParseFromString(model.getvalue())
    return proto.normalizer_spec.precompiled_charsmap


def train_byte_level(texts):
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    t.decoder = decoders.ByteLevel()
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    t.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=2500, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    t.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False)
    j = json.loads(t.to_str())
    for a in j["added_tokens"]:
        if a["content"] == "<mask>":
            a["lstrip"] = True
    return j


def train_unigram(texts, charsmap):
    t = Tokenizer(models.Unigram())
    t.normalizer = normalizers.Sequence([normalizers.Precompiled(charsmap), normalizers.Replace(Regex(" {2,}"), " ")])
    t.pre_tokenizer = pre_tokenizers.Metaspace(replacement="\u2581", prepend_scheme="always")
    t.decoder = decoders.Metaspace(replacement="\u2581", prepend_scheme="always")
    t.train_from_iterator(texts[:2500], trainers.UnigramTrainer(
        vocab_size=2500, special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"], unk_token="<unk>", show_progress=False))
    t.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", t.token_to_id("<s>")), ("</s>", t.token_to_id("</s>"))])
    return json.loads(t.to_str())


def train_byte_fallback(texts):
    """Llama style: characters and merges, bytes for what is missing, the space as a visible character."""
    t = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    t.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    special = ["<unk>", "<s>", "</s>"] + ["<0x%02X>" % b for b in range(256)]
    # Training wants words; the finished tokenizer has no pre-tokeniser, as Llama's.
    t.pre_tokenizer = pre_tokenizers.Metaspace(replacement="\u2581", prepend_scheme="never")
    t.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=2000, special_tokens=special, limit_alphabet=120, show_progress=False))
    j = json.loads(t.to_str())
    j["pre_tokenizer"] = None
    j["added_tokens"] = [a for a in j["added_tokens"] if a["content"] in special[:3]]
    j["decoder"] = {"type": "Sequence", "decoders": [
        {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
        {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}
    j["post_processor"] = template("<s>:0 $A:0", "<s>:0 $A:0 <s>:1 $B:1", {"<s>": [1]})
    return j


def train_word_level(texts):
    t = Tokenizer(models.WordLevel(unk_token="[UNK]"))
    t.normalizer = normalizers.Sequence([normalizers.NFD(), normalizers.Lowercase(), normalizers.StripAccents()])
    t.pre_tokenizer = pre_tokenizers.Whitespace()
    t.train_from_iterator(texts, trainers.WordLevelTrainer(vocab_size=1500, special_tokens=["[UNK]", "[PAD]"], show_progress=False))
    return json.loads(t.to_str())


# --------------------------------------------------------------------------------------------------- small tokenizers


def tokenizer(model, normalizer=None, pre=None, post=None, decoder=None, added=(), truncation=None):
    return {"version": "1.0", "truncation": truncation, "padding": None, "added_tokens": list(added),
            "normalizer": normalizer, "pre_tokenizer": pre, "post_processor": post, "decoder": decoder, "model": model}


def template(single, pair, special):
    def pieces(s):
        out = []
        for p in s.split():
            name, type_id = p.rsplit(":", 1)
            if name.startswith("$"):
                out.append({"Sequence": {"id": name[1:], "type_id": int(type_id)}})
            else:
                out.append({"SpecialToken": {"id": name, "type_id": int(type_id)}})
        return out
    return {"type": "TemplateProcessing", "single": pieces(single), "pair": pieces(pair),
            "special_tokens": {k: {"id": k, "ids": v, "tokens": [k] * len(v)} for k, v in special.items()}}


def spelling_model():
    """Every normalised byte shows in the ids: a few characters and merges, bytes for the rest."""
    vocab = {}
    for token in ["<unk>", "<s>", "</s>", "[CLS]", "[SEP]", "[PAD]"] + ["<0x%02X>" % b for b in range(256)] \
            + [chr(c) for c in range(0x20, 0x7F)] + ["\u2581", "th", "the", "lo", "ll"]:
        vocab.setdefault(token, len(vocab))
    return {"type": "BPE", "dropout": None, "unk_token": "<unk>", "continuing_subword_prefix": None, "end_of_word_suffix": None,
            "fuse_unk": False, "byte_fallback": True, "ignore_merges": False, "vocab": vocab,
            "merges": [["t", "h"], ["th", "e"], ["l", "o"], ["l", "l"]]}


def byte_level_model():
    """The 256 characters that stand for bytes, and a few merges over them (in the old string form)."""
    vocab = {}
    for token in ["<s>", "</s>", "<unk>", "<mask>"] + sorted(pre_tokenizers.ByteLevel.alphabet()) + ["\u0120H", "\u0120t", "he", "ll"]:
        vocab.setdefault(token, len(vocab))
    return {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "", "end_of_word_suffix": "",
            "fuse_unk": False, "vocab": vocab, "merges": ["\u0120 H", "\u0120 t", "h e", "l l"]}


def added(id, content, single_word=False, lstrip=False, rstrip=False, normalized=True, special=False):
    return {"id": id, "content": content, "single_word": single_word, "lstrip": lstrip, "rstrip": rstrip,
            "normalized": normalized, "special": special}


def small_tokenizers(charsmap):
    spell = spelling_model()
    out = {}

    # Normalisers
    bert = {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True}
    normalizer = {
        "bert": bert,
        "bert-cased": {**bert, "lowercase": False},
        "bert-accents-kept": {**bert, "strip_accents": False},
        "bert-accents-stripped-cased": {**bert, "strip_accents": True, "lowercase": False},
        "bert-nothing": {**bert, "clean_text": False, "handle_chinese_chars": False, "strip_accents": False, "lowercase": False},
        "bert-clean-only": {**bert, "handle_chinese_chars": False, "strip_accents": False, "lowercase": False},
        "nfc": {"type": "NFC"}, "nfd": {"type": "NFD"}, "nfkc": {"type": "NFKC"}, "nfkd": {"type": "NFKD"},
        "lowercase": {"type": "Lowercase"},
        "strip-accents": {"type": "StripAccents"},
        "strip-both": {"type": "Strip", "strip_left": True, "strip_right": True},
        "strip-left": {"type": "Strip", "strip_left": True, "strip_right": False},
        "strip-right": {"type": "Strip", "strip_left": False, "strip_right": True},
        "replace-string": {"type": "Replace", "pattern": {"String": "lo"}, "content": "\u2581long"},
        "replace-string-delete": {"type": "Replace", "pattern": {"String": " "}, "content": ""},
        "replace-regex": {"type": "Replace", "pattern": {"Regex": "\\s+"}, "content": " "},
        "replace-regex-class": {"type": "Replace", "pattern": {"Regex": "[\\p{L}]{2}(?=o)|\\d"}, "content": "#"},
        "prepend": {"type": "Prepend", "prepend": "\u2581"},
        "prepend-long": {"type": "Prepend", "prepend": "the "},
        "precompiled": {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(charsmap).decode()},
        "nmt": {"type": "Nmt"},
        "sequence": {"type": "Sequence", "normalizers": [{"type": "NFKD"}, {"type": "StripAccents"}, {"type": "Lowercase"}, {"type": "Strip", "strip_left": True, "strip_right": True}]},
        "sequence-growing": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "\u2581"}, {"type": "NFKD"}, {"type": "Replace", "pattern": {"String": "a"}, "content": "aa"}, {"type": "NFC"}]},
        "sequence-empty": {"type": "Sequence", "normalizers": []},
        "lowercase-nfc": {"type": "Sequence", "normalizers": [{"type": "Lowercase"}, {"type": "NFC"}, {"type": "StripAccents"}]},
    }
    for name, n in normalizer.items():
        out["normalizer-" + name] = tokenizer(spell, normalizer=n)

    # Pre-tokenisers
    pre = {
        "bert": {"type": "BertPreTokenizer"},
        "whitespace": {"type": "Whitespace"},
        "whitespace-split": {"type": "WhitespaceSplit"},
        "metaspace-always": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": True},
        "metaspace-first": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "first", "split": True},
        "metaspace-never": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "never", "split": True},
        "metaspace-unsplit": {"type": "Metaspace", "replacement": "_", "prepend_scheme": "always", "split": False},
        "metaspace-old": {"type": "Metaspace", "replacement": "\u2581", "add_prefix_space": True},
        "metaspace-old-never": {"type": "Metaspace", "replacement": "\u2581", "str_rep": "\u2581", "add_prefix_space": False, "prepend_scheme": "never"},
        "digits": {"type": "Digits", "individual_digits": False},
        "digits-individual": {"type": "Digits", "individual_digits": True},
        "delimiter": {"type": "CharDelimiterSplit", "delimiter": "l"},
        "sequence": {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Punctuation"}, {"type": "Digits", "individual_digits": True}]},
        "sequence-metaspace": {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": True}]},
        "split-gpt4": {"type": "Split", "behavior": "Isolated", "invert": False, "pattern": {"Regex": "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}},
        "split-regex-removed": {"type": "Split", "behavior": "Removed", "invert": True, "pattern": {"Regex": "\\w+|[^\\w\\s]+"}},
        "split-string": {"type": "Split", "behavior": "MergedWithPrevious", "invert": False, "pattern": {"String": " "}},
    }
    for behavior in ("Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"):
        pre["punctuation-" + behavior.lower()] = {"type": "Punctuation", "behavior": behavior}
        for invert in (False, True):
            pre["split-" + behavior.lower() + ("-inverted" if invert else "")] = \
                {"type": "Split", "behavior": behavior, "invert": invert, "pattern": {"Regex": "[aeiou]"}}
    for name, p in pre.items():
        out["pre-" + name] = tokenizer(spell, pre=p)
    for prefix in (False, True):
        for regex in (False, True):
            for trim in (False, True):
                p = {"type": "ByteLevel", "add_prefix_space": prefix, "trim_offsets": trim, "use_regex": regex}
                name = "bytelevel" + ("-prefix" if prefix else "") + ("" if regex else "-noregex") + ("-trim" if trim else "")
                out["pre-" + name] = tokenizer(byte_level_model(), pre=p, post=p, decoder={"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True})

    # Post-processors
    split = {"type": "WhitespaceSplit"}
    level = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
    out["post-template"] = tokenizer(spell, pre=split, post=template("[CLS]:0 $A:0 [SEP]:0", "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", {"[CLS]": [3], "[SEP]": [4]}))
    out["post-template-odd"] = tokenizer(spell, pre=split, post=template("$A:3 <s>:2", "</s>:7 $B:5 $A:4 <s>:1", {"<s>": [1, 0, 1], "</s>": [2]}))
    out["post-bert"] = tokenizer(spell, pre=split, post={"type": "BertProcessing", "sep": ["[SEP]", 4], "cls": ["[CLS]", 3]})
    for trim in (False, True):
        for prefix in (False, True):
            out["post-roberta" + ("-trim" if trim else "") + ("-prefix" if prefix else "")] = tokenizer(
                byte_level_model(), pre={**level, "add_prefix_space": prefix},
                post={"type": "RobertaProcessing", "sep": ["</s>", 1], "cls": ["<s>", 0], "trim_offsets": trim, "add_prefix_space": prefix},
                decoder={"type": "ByteLevel"} | level)
    out["post-sequence"] = tokenizer(byte_level_model(), pre=level, post={"type": "Sequence", "processors": [
        {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        template("<s>:0 $A:0 </s>:0", "<s>:0 $A:0 </s>:0 $B:1 </s>:1", {"<s>": [0], "</s>": [1]})]})

    # Decoders
    decoder = {
        "bpe": {"type": "BPEDecoder", "suffix": "o"},
        "byte-fallback": {"type": "ByteFallback"},
        "metaspace": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always", "split": True},
        "metaspace-never": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "never", "split": True},
        "fuse": {"type": "Fuse"},
        "strip": {"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 2, "stop": 1}]},
        "strip-each": {"type": "Strip", "content": "l", "start": 1, "stop": 1},
        "replace": {"type": "Replace", "pattern": {"String": "l"}, "content": "LL"},
        "replace-regex": {"type": "Replace", "pattern": {"Regex": "<0x(\\w\\w)>"}, "content": "?"},
        "ctc": {"type": "CTC", "pad_token": "l", "word_delimiter_token": " ", "cleanup": True},
        "ctc-raw": {"type": "CTC", "pad_token": "<0x", "word_delimiter_token": "o", "cleanup": False},
        "wordpiece": {"type": "WordPiece", "prefix": "th", "cleanup": True},
        "wordpiece-raw": {"type": "WordPiece", "prefix": "l", "cleanup": False},
        "sequence": {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
        "bytelevel-on-others": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
    }
    for name, d in decoder.items():
        out["decoder-" + name] = tokenizer(spell, decoder=d, post=template("<s>:0 $A:0", "<s>:0 $A:0 $B:0", {"<s>": [1]}),
                                           added=[added(1, "<s>", special=True, normalized=False)])

    # Added tokens
    base = [added(1, "<s>", special=True, normalized=False), added(2, "</s>", special=True, normalized=False)]
    n = len(spell["vocab"])
    out["added-plain"] = tokenizer(spell, added=base + [added(n, "<add>"), added(n + 1, "ABC"), added(n + 2, "[MASK]", special=True)])
    out["added-single-word"] = tokenizer(spell, added=base + [added(n, "ABC", single_word=True), added(n + 1, "the", single_word=True)])
    out["added-strip"] = tokenizer(spell, pre=split, added=base + [added(n, "<left>", lstrip=True), added(n + 1, "<right>", rstrip=True), added(n + 2, "<add>", lstrip=True, rstrip=True)])
    out["added-strip-special"] = tokenizer(spell, added=base + [added(n, "<left>", lstrip=True, special=True, normalized=False), added(n + 1, "<add>", rstrip=True, special=True, normalized=False), added(n + 2, "[MASK]", lstrip=True, rstrip=True, special=True, normalized=False)])
    out["added-normalized"] = tokenizer(spell, normalizer=bert, pre={"type": "BertPreTokenizer"}, added=base + [added(n, "<ADD>"), added(n + 1, "Ünï"), added(n + 2, "ABC", normalized=False)])
    out["added-overlap"] = tokenizer(spell, normalizer={"type": "Lowercase"}, added=base + [added(n, "he"), added(n + 1, "hello"), added(n + 2, "lo w", normalized=False), added(n + 3, "lo"), added(n + 4, "a"), added(n + 5, "aa", normalized=False)])
    out["added-metaspace"] = tokenizer(spell, pre=pre["metaspace-first"], added=base + [added(n, "<add>"), added(n + 1, "ABC", normalized=False)])
    out["added-metaspace-always"] = tokenizer(spell, pre=pre["metaspace-always"], added=base + [added(n, "<add>", special=True, normalized=False), added(n + 1, "ABC")])
    out["added-prepend"] = tokenizer(spell, normalizer=normalizer["prepend"], added=base + [added(n, "<add>", normalized=False), added(n + 1, "ABC")])

    # Truncation
    both = template("[CLS]:0 $A:0 [SEP]:0", "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", {"[CLS]": [3], "[SEP]": [4]})
    for strategy in ("LongestFirst", "OnlyFirst", "OnlySecond"):
        for direction in ("Right", "Left"):
            for length, stride in ((12, 0), (10, 3)):
                out["truncation-%s-%s-%d-%d" % (strategy.lower(), direction.lower(), length, stride)] = tokenizer(
                    spell, pre=split, post=both, truncation={"direction": direction, "max_length": length, "strategy": strategy, "stride": stride})

    # Models
    words = ["[UNK]", "[CLS]", "[SEP]", "hello", "wor", "##ld", "##l", "##d", "un", "##able", "a", "##a", "##aa", "the", "cafe", "##é", ",", "!", "1", "##2", "日", "##本", "x", "##x"]
    piece = {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 12, "vocab": {w: i for i, w in enumerate(words)}}
    out["model-wordpiece"] = tokenizer(piece, normalizer={"type": "Lowercase"}, pre={"type": "BertPreTokenizer"}, decoder={"type": "WordPiece", "prefix": "##", "cleanup": True})
    out["model-wordpiece-prefixless"] = tokenizer({**piece, "continuing_subword_prefix": "", "max_input_chars_per_word": 100}, pre={"type": "Whitespace"})
    letters = ["<unk>"] + list("abcdehlortw ABC") + [p + c for c in "abcdehlortw" for p in ("@@",)]
    for w in ["he", "@@ll", "@@he", "the", "@@lo"]:
        letters.append(w)
    vocab = {}
    for w in letters:
        vocab.setdefault(w, len(vocab))
    prefixed = {"type": "BPE", "dropout": None, "unk_token": "<unk>", "continuing_subword_prefix": "@@", "end_of_word_suffix": None, "fuse_unk": False,
                "byte_fallback": False, "ignore_merges": False, "vocab": vocab,
                "merges": [["h", "@@e"], ["@@l", "@@l"], ["@@h", "@@e"], ["t", "@@he"], ["@@l", "@@o"]]}
    out["model-bpe-prefix"] = tokenizer(prefixed, pre={"type": "Whitespace"})
    out["model-bpe-prefix-fuse"] = tokenizer({**prefixed, "fuse_unk": True}, pre={"type": "WhitespaceSplit"})
    out["model-bpe-prefix-nounk"] = tokenizer({**prefixed, "unk_token": None}, pre={"type": "WhitespaceSplit"})
    vocab = {}
    for w in ["<unk>"] + list("abcdefghijklmnopqrstuvwxyz") + [c + "</w>" for c in "abcdefghijklmnopqrstuvwxyz!,"] + ["he", "hel", "lo</w>", "ld</w>", "th", "the</w>"]:
        vocab.setdefault(w, len(vocab))
    suffixed = {"type": "BPE", "dropout": None, "unk_token": "<unk>", "continuing_subword_prefix": None, "end_of_word_suffix": "</w>", "fuse_unk": False,
                "vocab": vocab, "merges": ["h e", "he l", "l o</w>", "l d</w>", "t h", "th e</w>"]}
    out["model-bpe-suffix"] = tokenizer(suffixed, normalizer={"type": "Lowercase"}, pre={"type": "BertPreTokenizer"}, decoder={"type": "BPEDecoder", "suffix": "</w>"})
    out["model-bpe-suffix-fuse"] = tokenizer({**suffixed, "fuse_unk": True}, decoder={"type": "BPEDecoder", "suffix": "</w>"})
    whole = dict(spell["vocab"])
    for w in ("Hello", "World", "hello", "lower", "lowerUPPERlower", "日本語テキスト、中国。"):
        whole[w] = len(whole)
    out["model-bpe-ignore-merges"] = tokenizer({**spell, "vocab": whole, "ignore_merges": True}, pre={"type": "WhitespaceSplit"})
    partial = {k: v for k, v in spell["vocab"].items() if not (k.startswith("<0x") and int(k[3:5], 16) % 5 == 0)}
    out["model-bpe-partial-bytes"] = tokenizer({**spell, "vocab": partial}, pre={"type": "WhitespaceSplit"})
    out["model-bpe-partial-bytes-fuse"] = tokenizer({**spell, "vocab": partial, "fuse_unk": True})
    uni = [["<unk>", 0.0]] + [[c, -4.0 - i * 0.1] for i, c in enumerate("etaoinshrdlucmfwypvbgkjqxz ")] + [
        ["he", -3.0], ["hell", -3.5], ["hello", -6.0], ["lo", -4.0], ["ld", -4.0], ["wor", -5.0], ["the", -2.0], ["th", -3.0], ["a a", -3.0], ["aa", -5.0], ["aaa", -6.0], ["日本", -7.0], ["é", -9.0]]
    out["model-unigram"] = tokenizer({"type": "Unigram", "unk_id": 0, "vocab": uni, "byte_fallback": False})
    out["model-unigram-words"] = tokenizer({"type": "Unigram", "unk_id": 0, "vocab": uni}, normalizer={"type": "Lowercase"}, pre={"type": "WhitespaceSplit"})
    fallback = uni + [["<0x%02X>" % b, 0.0] for b in range(256)]
    out["model-unigram-bytes"] = tokenizer({"type": "Unigram", "unk_id": 0, "vocab": fallback, "byte_fallback": True}, decoder={"type": "Sequence", "decoders": [{"type": "ByteFallback"}, {"type": "Fuse"}]})
    out["model-unigram-some-bytes"] = tokenizer({"type": "Unigram", "unk_id": 0, "vocab": [v for v in fallback if not v[0].endswith("5>")], "byte_fallback": True}, pre={"type": "WhitespaceSplit"})
    out["model-wordlevel"] = tokenizer({"type": "WordLevel", "unk_token": "[UNK]", "vocab": {w: i for i, w in enumerate(["[UNK]", "Hello", "World", "the", "hello", ",", "a", "日本語テキスト"])}}, pre={"type": "Whitespace"})
    return out


# -------------------------------------------------------------------------------------------------------- expectations


def load(j):
    t = Tokenizer.from_str(json.dumps(j, ensure_ascii=False))
    t.no_padding()
    return t


def expectation(e, words):
    o = {"ids": e.ids}
    if any(e.type_ids):
        o["type"] = e.type_ids
    o["off"] = []
    previous = 0
    for start, end in e.offsets:
        o["off"] += [start - previous, end - start]
        previous = end
    if any(e.special_tokens_mask):
        o["mask"] = e.special_tokens_mask
    if words:
        o["word"] = [x for w, run in itertools.groupby(e.word_ids) for x in (-1 if w is None else w, len(list(run)))]
        if any(s != 0 for s in e.sequence_ids):
            o["seq"] = [-1 if s is None else s for s in e.sequence_ids]
    if e.overflowing:
        o["over"] = [expectation(x, words) for x in e.overflowing]
    return o


def shorten(j, shared):
    """Replaces the parts that `shared` holds by references."""
    for name, part in shared.items():
        if j == part:
            return {"$ref": "shared/" + name + ".json"}
    if isinstance(j, dict):
        return {k: shorten(v, shared) if isinstance(v, (dict, list)) else v for k, v in j.items()} if len(j) < 50 else j
    if isinstance(j, list):
        return [shorten(v, shared) for v in j] if len(j) < 50 else j
    return j


def resolve(j, folder):
    """The opposite of `shorten`."""
    if isinstance(j, dict):
        if list(j) == ["$ref"]:
            with open(os.path.join(folder, j["$ref"]), encoding="utf-8") as f:
                return json.load(f)
        return {k: resolve(v, folder) for k, v in j.items()}
    return [resolve(v, folder) for v in j] if isinstance(j, list) else j


def write_case(out, name, j, texts, singles, pairs, words, decode, shared):
    t = load(j)
    lines = []
    for inputs, flags in (([(i, None) for i in singles], (1,)), (pairs, (1, 0) if j["post_processor"] else (1,))):
        for a, b in inputs:
            for s in flags:
                o = {"a": a}
                if b is not None:
                    o["b"] = b
                if not s:
                    o["s"] = 0
                try:
                    e = t.encode(texts[a], None if b is None else texts[b], add_special_tokens=bool(s))
                except BaseException:  # a panic of the library is not an Exception
                    lines.append(json.dumps({**o, "err": 1}))
                    continue
                o.update({"ids": e.ids} if name.startswith("decoder-") else expectation(e, words(a)))
                if decode and b is None:
                    try:
                        o["dec"] = t.decode(e.ids)
                        raw = t.decode(e.ids, skip_special_tokens=False)
                        if raw != o["dec"]:
                            o["raw"] = raw
                    except BaseException as error:
                        print("no reference for decode:", name, repr(texts[a])[:40], str(error)[:80], file=sys.stderr)
                        o.pop("dec", None)
                lines.append(json.dumps(o, ensure_ascii=False, separators=(",", ":")))
    with open(os.path.join(out, "cases", name + ".json"), "w", encoding="utf-8") as f:
        json.dump(shorten(j, shared), f, ensure_ascii=False, separators=(",", ":"))
    with open(os.path.join(out, "cases", name + ".jsonl"), "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")
    return len(lines)


def write_sample(data, wordpiece, out, retrain):
    os.makedirs(os.path.join(out, "cases"), exist_ok=True)
    texts, groups = sample_texts(data)
    training = training_texts(data)
    charsmap = nmt_nfkc_charsmap(training)

    def kept(name, train):
        path = os.path.join(out, "cases", name + ".json")
        if retrain or not os.path.exists(path):
            return train()
        with open(path, encoding="utf-8") as f:
            return resolve(json.load(f), out)

    with open(wordpiece, encoding="utf-8") as f:
        minilm = json.load(f)
    minilm["truncation"] = None
    minilm["padding"] = None
    large = {
        "large-wordpiece": minilm,
        "large-bytelevel": kept("large-bytelevel", lambda: train_byte_level(training)),
        "large-unigram": kept("large-unigram", lambda: train_unigram(training, charsmap)),
        "large-byte-fallback": kept("large-byte-fallback", lambda: train_byte_fallback(training)),
        "large-wordlevel": kept("large-wordlevel", lambda: train_word_level(training)),
    }
    shared = {"spelling": spelling_model(), "bytelevel": byte_level_model(),
              "nmt-nfkc": {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(charsmap).decode()}}
    os.makedirs(os.path.join(out, "shared"), exist_ok=True)
    for name, part in shared.items():
        with open(os.path.join(out, "shared", name + ".json"), "w", encoding="utf-8") as f:
            json.dump(part, f, ensure_ascii=False, separators=(",", ":"))
    count = 0
    component = groups["component"]
    everything = [i for g in ("component", "soup", "queries", "documents") for i in groups[g]]
    without_documents = [i for i in everything if i not in groups["documents"]]
    q, d = list(groups["queries"]), list(groups["documents"])
    pairs = PAIRS + [(q[i], d[i]) for i in range(20)]
    for name, j in large.items():
        count += write_case(out, name, j, texts, without_documents if name in ("large-byte-fallback", "large-wordlevel") else everything, pairs, lambda a: a in component, True, shared)
    for name, j in small_tokenizers(charsmap).items():
        decodes = name.startswith(("decoder-", "model-", "pre-bytelevel", "added-", "post-"))
        extra = list(groups["soup"])[:20] if name.startswith("normalizer-") or name == "pre-bert" else []
        singles = [1, 3, 5, 6, 7, 13, 36, 45] if name.startswith("truncation-") else list(component) + extra
        some = PAIRS[:8] if name.startswith("post-") else [(3, 5), (0, 3), (3, 0), (6, 5), (5, 6)] if name.startswith("truncation-") else PAIRS[:2]
        count += write_case(out, name, j, texts, singles, some, lambda a: True, decodes, shared)
    with open(os.path.join(out, "texts.json"), "w", encoding="utf-8") as f:
        json.dump(texts, f, ensure_ascii=True, indent=0)
    size = sum(os.path.getsize(os.path.join(r, n)) for r, _, ns in os.walk(out) for n in ns)
    print("%d encodings, %.2f MB in %s" % (count, size / 1e6, out))


# ------------------------------------------------------------------------------------------------------ full reference

MULTIPLIER = 0x9E3779B97F4A7C15
POWERS = np.array([1], dtype=np.uint64)


def stream_hash(values):
    """h = 1; h = h * MULTIPLIER + v + 1, for all values at once."""
    global POWERS
    n = len(values)
    while len(POWERS) < n + 1:
        top = POWERS[-1] * np.uint64(MULTIPLIER)
        POWERS = np.concatenate([POWERS, POWERS * top])
    v = np.asarray(values, dtype=np.uint64).reshape(-1) + np.uint64(1)
    return int((v * POWERS[:n][::-1]).sum(dtype=np.uint64) + POWERS[n])


def reference_record(e):
    parts = [e] + list(e.overflowing)
    ids = [x for p in parts for x in p.ids]
    types = [x for p in parts for x in p.type_ids]
    offsets = np.array([o for p in parts for o in p.offsets], dtype=np.uint64).reshape(-1)
    rest = [x for p in parts for m, w in zip(p.special_tokens_mask, p.word_ids) for x in (m, 0 if w is None else w + 1)]
    with np.errstate(over="ignore"):
        return struct.pack("<IIQQQQ", len(e.ids), len(parts) - 1, stream_hash(ids), stream_hash(types), stream_hash(offsets), stream_hash(rest))


def write_run(out, name, j, texts, pairs):
    folder = os.path.join(out, name)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "tokenizer.json"), "w", encoding="utf-8") as f:
        json.dump(j, f, ensure_ascii=False)
    t = load(j)
    inputs = texts if pairs is None else [(texts[a], texts[b]) for a, b in pairs]
    with open(os.path.join(folder, "reference.bin"), "wb") as f:
        f.write(struct.pack("<II", len(inputs), 0 if pairs is None else 1))
        for start in range(0, len(inputs), 1000):
            for e in t.encode_batch(inputs[start:start + 1000]):
                f.write(reference_record(e))
    print(name, len(inputs), flush=True)


def write_full(data, wordpiece, tokenizers, out):
    os.makedirs(out, exist_ok=True)
    texts, index, pairs = [], {}, []

    def add(text):
        if text not in index:
            index[text] = len(texts)
            texts.append(text)
        return index[text]

    for name in sorted(os.listdir(data)):
        folder = os.path.join(data, name)
        if not os.path.exists(os.path.join(folder, "corpus.jsonl.gz")):
            continue
        documents, queries = {}, {}
        for i, title, text in read_corpus(folder):
            documents[i] = add((title + " " + text).strip())
            add(title)
        for i, text in read_queries(folder):
            queries[i] = add(text)
        pairs += [(queries[q], documents[d]) for q, d in read_pairs(folder) if q in queries and d in documents]
    natural = len(texts)
    for text in adversarial_texts():
        add(text)
    rng = random.Random(SEED + 3)
    pairs += [(rng.randrange(natural, len(texts)), rng.randrange(natural)) for _ in range(5000)]
    pairs += [(rng.randrange(natural), rng.randrange(natural, len(texts))) for _ in range(5000)]
    write_texts(out, texts)
    with open(os.path.join(out, "pairs.bin"), "wb") as f:
        f.write(struct.pack("<I", len(pairs)))
        for a, b in pairs:
            f.write(struct.pack("<II", a, b))
    print("%d texts (%d from the data sets), %d pairs" % (len(texts), natural, len(pairs)), flush=True)
    runs = {"minilm": wordpiece}
    for case in ("large-bytelevel", "large-unigram", "large-byte-fallback", "large-wordlevel"):
        runs[case] = os.path.join(tokenizers, "cases", case + ".json")
    for name, path in runs.items():
        with open(path, encoding="utf-8") as f:
            j = resolve(json.load(f), tokenizers)
        j["padding"] = None
        j["truncation"] = None
        write_run(out, name, j, texts, None)
        j["truncation"] = {"direction": "Right", "max_length": 96, "strategy": "LongestFirst", "stride": 16}
        write_run(out, name + "-pairs", j, texts, pairs)


def write_texts(out, texts):
    with open(os.path.join(out, "texts.bin"), "wb") as f:
        f.write(struct.pack("<I", len(texts)))
        for text in texts:
            b = text.encode("utf-8")
            f.write(struct.pack("<I", len(b)) + b)


def write_components(tokenizers, out):
    """Every small tokenizer of the sample over generated text: the normalisers over all of it, the others over a part."""
    rng = random.Random(SEED + 4)
    # Letters without case, decomposition or other rules stand for their kind: every 16th ideograph and syllable is enough.
    plain = lambda c: (0x3400 <= c < 0xF900 or 0x17000 <= c < 0x1D000 or c >= 0x20000) and c % 16
    texts = [t for t in dict.fromkeys(adversarial_texts()) if 3 <= len(t) <= 200 and not (len(t) == 3 and plain(ord(t[1])))]
    some = rng.sample(texts, 10000)
    names = sorted(n[:-5] for n in os.listdir(os.path.join(tokenizers, "cases")) if n.endswith(".json"))
    for group, prefixes, inputs in (("normalizers", ("normalizer-",), texts), ("others", ("pre-", "model-", "added-", "post-"), some)):
        folder = os.path.join(out, group)
        os.makedirs(folder, exist_ok=True)
        write_texts(folder, inputs)
        with open(os.path.join(folder, "pairs.bin"), "wb") as f:
            f.write(struct.pack("<I", 0))
        for name in names:
            if name.startswith(prefixes):
                with open(os.path.join(tokenizers, "cases", name + ".json"), encoding="utf-8") as f:
                    write_run(folder, name, resolve(json.load(f), tokenizers), inputs, None)


def show(folder, index):
    out = os.path.dirname(os.path.abspath(folder))
    with open(os.path.join(out, "texts.bin"), "rb") as f:
        blob = f.read()
    texts, at = [], 4
    for _ in range(struct.unpack_from("<I", blob)[0]):
        n = struct.unpack_from("<I", blob, at)[0]
        texts.append(blob[at + 4:at + 4 + n].decode("utf-8"))
        at += 4 + n
    with open(os.path.join(folder, "reference.bin"), "rb") as f:
        is_pairs = struct.unpack("<II", f.read(8))[1]
    with open(os.path.join(folder, "tokenizer.json"), encoding="utf-8") as f:
        t = load(json.load(f))
    if is_pairs:
        with open(os.path.join(out, "pairs.bin"), "rb") as f:
            a, b = struct.unpack_from("<II", f.read(), 4 + 8 * index)
        e = t.encode(texts[a], texts[b])
        print(ascii(texts[a])[:2000], "|", ascii(texts[b])[:2000])
    else:
        e = t.encode(texts[index])
        print(ascii(texts[index])[:2000])
    for part in [e] + list(e.overflowing):
        print(list(zip(part.ids, part.tokens, part.type_ids, part.offsets, part.special_tokens_mask, part.word_ids))[:400])


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data")
    p.add_argument("--wordpiece")
    p.add_argument("--out")
    p.add_argument("--tokenizers")
    p.add_argument("--all")
    p.add_argument("--components")
    p.add_argument("--retrain", action="store_true")
    p.add_argument("--show", nargs=2)
    a = p.parse_args()
    if a.show:
        show(a.show[0], int(a.show[1]))
    elif a.components:
        write_components(a.tokenizers, a.components)
    elif a.all:
        write_full(a.data, a.wordpiece, a.tokenizers, a.all)
    elif a.out:
        write_sample(a.data, a.wordpiece, a.out, a.retrain)
    else:
        p.error("--out, --all, --components or --show")


if __name__ == "__main__":
    main()
