"""Makes the seeds in Fuzz/Corpus from the fixtures of the tests; the standard library is enough.

    python3 Fuzz/make_corpus.py Tests/Fixtures Fuzz/Corpus
"""

import base64
import io
import json
import pickle
import shutil
import struct
import sys
import zipfile
from pathlib import Path


def copy(files, target: Path):
    target.mkdir(parents=True, exist_ok=True)
    for file in files:
        shutil.copyfile(file, target / file.name)


def zip_seed(target: Path, **options):
    with zipfile.ZipFile(target, "w", options.pop("compression", zipfile.ZIP_STORED)) as archive:
        archive.writestr("config.json", '{"model_type": "bert"}')
        archive.writestr("1_Pooling/", "")
        with archive.open("1_Pooling/config.json", "w", **options) as entry:
            entry.write(b'{"pooling_mode_mean_tokens": true}' * 3)


class Unseekable(io.BytesIO):
    """Makes zipfile write data descriptors."""

    def seekable(self):
        return False

    def seek(self, *_):
        raise io.UnsupportedOperation


def zips(target: Path):
    target.mkdir(parents=True, exist_ok=True)
    zip_seed(target / "stored.zip")
    zip_seed(target / "deflated.zip", compression=zipfile.ZIP_DEFLATED)
    zip_seed(target / "zip64.zip", force_zip64=True)
    stream = Unseekable()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("streamed.txt", "abc" * 20)
        archive.comment = b"a comment"
    (target / "streamed.zip").write_bytes(stream.getvalue())
    with zipfile.ZipFile(target / "empty.zip", "w"):
        pass


def pickles(target: Path, torch: Path):
    """What follows the three pickles at the head of the format before PyTorch 1.6."""
    target.mkdir(parents=True, exist_ok=True)
    keys = pickle.dumps([], 2)
    legacy = (torch / "legacy.bin").read_bytes()
    with io.BytesIO(legacy) as file:
        for _ in range(3):
            pickle.load(file)
        (target / "legacy").write_bytes(legacy[file.tell() :])
    for name in ["kinds", "checkpoint", "protocol4", "scripted"]:
        path = next(torch.glob(name + ".*[nt]"))
        with zipfile.ZipFile(path) as archive:
            (target / name).write_bytes(archive.read(name + "/data.pkl") + keys)
    values = {"a": [1, -2, 3.5, None, True, "x", b"y", (1, 2)], 10**30: {"b": {1}}, "c": frozenset([2])}
    for protocol in range(6):
        (target / f"plain{protocol}").write_bytes(pickle.dumps(values, protocol) + keys)


def tokenizers(target: Path, cases: Path):
    """Every component of the tokenizer fixtures, over a vocabulary of a few tokens, with the token names as text."""
    target.mkdir(parents=True, exist_ok=True)
    tokens = ["<unk>", "<s>", "</s>", "[CLS]", "[SEP]", "a", "b", "l", "H", " ", "ll", "##a", "<0x61>", "<0xC3>", "\u2581", "\u2581a"]
    vocabulary = {token: index for index, token in enumerate(tokens)}
    models = [
        {"type": "BPE", "unk_token": "<unk>", "byte_fallback": True, "vocab": vocabulary, "merges": [["l", "l"], ["\u2581", "a"]]},
        {"type": "Unigram", "unk_id": 0, "vocab": [[token, -1.0 - i] for i, token in enumerate(tokens)], "byte_fallback": True},
        {"type": "WordPiece", "unk_token": "<unk>", "continuing_subword_prefix": "##", "max_input_chars_per_word": 9, "vocab": vocabulary},
        {"type": "WordLevel", "unk_token": "<unk>", "vocab": vocabulary},
    ]
    # A character map with one entry: "a" becomes "xy".
    units = [0] * 256
    units[0], units[0x60], units[0x61] = 1 << 10, 0x61 | 1 << 8 | 1 << 10, 1 << 31
    table = base64.b64encode(struct.pack("<257I", 1024, *units) + b"xy\0").decode()
    precompiled = {"version": "1.0", "normalizer": {"type": "Precompiled", "precompiled_charsmap": table}, "model": models[1]}
    (target / "precompiled.json").write_text(json.dumps(precompiled))
    for index, path in enumerate(sorted(cases.glob("*.json"))):
        case = json.loads(path.read_text())
        if path.name.startswith("large-") or "nmt-nfkc" in path.read_text():
            continue
        case["model"] = models[index % len(models)]
        text = json.dumps(case, ensure_ascii=False, separators=(",", ":"))
        (target / path.name).write_bytes(text.encode() + b"\0Hello <s> a bbll\xc3\xa9")


MODEL_FOLDER_FILES = [
    "config.json", "modules.json", "config_sentence_transformers.json", "sentence_bert_config.json",
    "1_Pooling/config.json", "2_Dense/config.json", "tokenizer_config.json", "router_config.json",
    "ml-commons_model_config.json", "tokenizer.json", "idf.json", "model.safetensors.index.json",
]


def model_folders(target: Path, folders: Path):
    """The files of a folder in the order in which the harness takes them apart."""
    target.mkdir(parents=True, exist_ok=True)

    def seed(name: str, files: dict):
        (target / name).write_bytes(b"\0".join(files.get(file, b"") for file in MODEL_FOLDER_FILES))

    for name in ["dense-new", "dense-old", "sparse-old", "cross-new", "cross-key3", "idf", "router-new"]:
        present = {file: folders / name / file for file in MODEL_FOLDER_FILES}
        seed(name, {file: path.read_bytes() for file, path in present.items() if path.exists() and file != "tokenizer.json"})
    config = (folders / "plain-dense" / "config.json").read_text()
    description = {
        "name": "x/opensearch-neural-sparse-encoding-doc-v3-distill", "version": "1.0.0", "model_format": "TORCH_SCRIPT",
        "function_name": "SPARSE_ENCODING",
        "model_config": {"model_type": "bert", "embedding_dimension": 8, "pooling_mode": "CLS", "normalize_result": True,
                         "framework_type": "sentence_transformers", "all_config": config},
    }
    tokenizer = {"truncation": {"max_length": 9}, "added_tokens": [{"id": 3}],
                 "model": {"type": "WordPiece", "vocab": {"a": 0, "b": 1}}}
    index = {"weight_map": {"a": "shard.safetensors"}}
    seed("opensearch", {
        "ml-commons_model_config.json": json.dumps(description).encode(),
        "tokenizer.json": json.dumps(tokenizer).encode(), "idf.json": b'{"a":1.5}',
        "model.safetensors.index.json": json.dumps(index).encode(),
    })


def yaml_texts(target: Path, documents: Path):
    """Small documents of every style, and what the reader refuses."""
    target.mkdir(parents=True, exist_ok=True)
    texts = [json.loads(line)["yaml"] for line in documents.read_text().split("\n") if line]
    # The styles come in turn, eleven of them.
    for style in range(11):
        text = min((text for text in texts[style::11] if len(text) > 60), key=len)
        (target / f"style-{style}").write_text(text, newline="")
    (target / "refused").write_text(
        "%YAML 1.2\n---\na: &a [1, *a]\nb: &b {<<: *b, ? [x] : !!int 0x1F}\n\"q\\x41\": |2-\n   x\nc: >+\n y\n\n...\n---\nd\n")
    (target / "aliases").write_text("a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: {k: *c, *a : 1}\n")
    (target / "settings").write_text("api: {host: \"::1\", port: 8080}\nlimits:\n  queue_timeout: 30s\n  # end\n")


QUERIES = [
    {"match_all": {}}, {"match_none": {}}, {"ids": {"values": ["1", "7"]}}, {"exists": {"field": "n"}},
    {"match": {"t": {"query": "red aple tree", "operator": "or", "fuzziness": "AUTO", "minimum_should_match": "2<75%"}}},
    {"match_phrase": {"t": {"query": "red tree", "slop": 3}}}, {"match_phrase_prefix": {"t": "quick br"}},
    {"match_bool_prefix": {"t": "red app"}},
    {"multi_match": {"query": "red fox", "fields": ["t^2", "t.k", "k"], "type": "cross_fields", "tie_breaker": 0.3}},
    {"query_string": {"query": "(red AND t:appl~1) OR \"quick fox\"~4^2 -n:[1 TO 20} k:/k[0-9]/ +x:>=3 _exists_:b", "fields": ["t"]}},
    {"simple_query_string": {"query": "red +apple | (pear -\"green tree\"~2) fo*", "fields": ["t", "k"], "flags": "ALL"}},
    {"term": {"k": {"value": "K1", "case_insensitive": True, "boost": 2}}}, {"terms": {"k": ["k1", "l2"], "boost": 3}},
    {"terms": {"k": {"index": "small", "id": "3", "path": "k"}}},
    {"range": {"d": {"gte": "now-10d/d", "lt": "2023-12-31||+1M/M", "time_zone": "+01:00", "format": "yyyy-MM-dd||epoch_millis"}}},
    {"range": {"i": {"gte": "10.0.1.0/24"}}}, {"prefix": {"k": "k"}}, {"wildcard": {"t.k": {"value": "r?d*", "case_insensitive": True}}},
    {"regexp": {"k": {"value": "k(1|[2-4])~(5){1,3}<1-20>", "flags": "ALL", "max_determinized_states": 1000}}},
    {"fuzzy": {"t": {"value": "aple", "fuzziness": 2, "prefix_length": 1, "transpositions": True}}},
    {"bool": {"must": [{"match": {"t": "red"}}], "should": [{"term": {"k": "k1"}}], "filter": {"range": {"n": {"gt": 3}}},
              "must_not": [{"term": {"b": True}}], "minimum_should_match": 1, "boost": 1.5}},
    {"dis_max": {"queries": [{"match": {"t": "red"}}, {"match": {"t": "tree"}}], "tie_breaker": 0.7}},
    {"constant_score": {"filter": {"term": {"k": "k1"}}, "boost": 4}},
    {"boosting": {"positive": {"match": {"t": "red"}}, "negative": {"term": {"b": True}}, "negative_boost": 0.2}},
    {"function_score": {"query": {"match": {"t": "red"}}, "score_mode": "sum", "boost_mode": "multiply", "max_boost": 40, "functions": [
        {"filter": {"term": {"k": "k2"}}, "weight": 3}, {"field_value_factor": {"field": "n", "modifier": "log1p", "missing": 1}},
        {"gauss": {"d": {"origin": "2023-12-01", "scale": "10d", "offset": "1d", "decay": 0.4}}}, {"random_score": {"seed": 7, "field": "n"}}]}},
    {"nested": {"path": "c", "query": {"term": {"c.a": "z"}}, "score_mode": "max", "inner_hits": {"size": 2, "name": "in"}}},
]

AGGREGATIONS = [
    {"terms": {"field": "k", "size": 3, "order": [{"m": "desc"}, {"_key": "asc"}], "min_doc_count": 1, "include": "k.*", "missing": "none"}},
    {"range": {"field": "n", "ranges": [{"to": 10}, {"key": "mid", "from": 10, "to": 100}, {"from": 100}], "keyed": True}},
    {"date_range": {"field": "d", "format": "yyyy-MM", "ranges": [{"from": "now-2M/M"}, {"to": "2024-01"}]}},
    {"histogram": {"field": "x", "interval": 1.5, "offset": 0.5, "min_doc_count": 0, "extended_bounds": {"min": -2, "max": 12}}},
    {"date_histogram": {"field": "d", "calendar_interval": "month", "time_zone": "Europe/Berlin", "format": "yyyy-MM-dd", "keyed": True}},
    {"filters": {"filters": {"a": {"term": {"b": True}}, "r": {"match": {"t": "red"}}}, "other_bucket": True}},
    {"filter": {"term": {"b": False}}}, {"missing": {"field": "i"}}, {"global": {}}, {"nested": {"path": "c"}},
]

SEARCH_PARTS = [
    {"from": 2, "size": 4, "sort": [{"n": {"order": "desc", "missing": "_last"}}, "_score", {"d": "asc"}], "track_total_hits": 5},
    {"sort": [{"n": "asc"}, {"_doc": "desc"}], "search_after": [400, 3], "size": 3},
    {"_source": {"includes": ["t*", "c.a"], "excludes": ["*.n"]}, "fields": ["d", {"field": "x", "format": "0.0"}],
     "docvalue_fields": [{"field": "d", "format": "epoch_millis"}], "stored_fields": "_none_"},
    {"highlight": {"pre_tags": ["<"], "post_tags": [">"], "fields": {"t": {"fragment_size": 20, "number_of_fragments": 2, "no_match_size": 5},
                                                                 "t*": {"type": "plain", "require_field_match": False}}}},
    {"collapse": {"field": "k", "inner_hits": {"name": "g", "size": 2, "sort": [{"n": "asc"}]}}, "explain": True, "profile": True},
    {"post_filter": {"range": {"n": {"lt": 100}}}, "min_score": 0.1, "timeout": "5s", "terminate_after": 10, "version": True,
     "seq_no_primary_term": True, "stats": ["a"], "indices_boost": [{"small": 2}]},
    {"rescore": {"window_size": 5, "query": {"rescore_query": {"match_phrase": {"t": "red tree"}}, "query_weight": 0.7, "score_mode": "avg"}}},
]


def queries(target: Path):
    """Search bodies: each query, each aggregation with metrics below it, each other part."""
    target.mkdir(parents=True, exist_ok=True)
    metrics = {"m": {"avg": {"field": "n"}}, "c": {"cardinality": {"field": "k"}}, "p": {"percentiles": {"field": "x", "percents": [50, 99]}},
               "s": {"stats": {"field": "n", "missing": 0}}, "v": {"value_count": {"field": "d"}}, "h": {"top_hits": {"size": 1, "_source": False}}}
    bodies = [{"query": query} for query in QUERIES]
    bodies += [{"size": 0, "aggs": {"a": {**aggregation, "aggs": metrics}}} for aggregation in AGGREGATIONS]
    bodies += [{"query": {"match": {"t": "red tree"}}, **part} for part in SEARCH_PARTS]
    for number, body in enumerate(bodies):
        (target / f"body-{number:02}").write_text(json.dumps(body, separators=(",", ":")))


def mappings(target: Path):
    """A mapping, then documents, separated by zero bytes."""
    target.mkdir(parents=True, exist_ok=True)
    kinds = ["text", "keyword", "long", "integer", "short", "byte", "unsigned_long", "double", "float", "half_float", "date", "date_nanos",
             "boolean", "ip", "binary", "flat_object", "geo_point", "integer_range", "date_range", "token_count", "search_as_you_type"]
    values = ["red apple", "key", 7, -7, 3, 1, 18446744073709551615, 1.5, "2.5", 0.25, "2024-02-29T12:00:00.123Z", 1700000000000, True,
              "2001:db8::1", "AAEC", {"a": {"b": 1}}, {"lat": 1.5, "lon": -3}, {"gte": 1, "lt": 9}, {"gte": "2024-01-01"}, "three small words", "quick"]
    seeds = {f"kind-{kind}": [{"properties": {"f": {"type": kind, **({"analyzer": "standard"} if kind == "token_count" else {})}}},
                              {"f": value}, {"f": [value, None, value]}] for kind, value in zip(kinds, values)}
    seeds["dynamic"] = [{"dynamic": True, "date_detection": True, "numeric_detection": True, "dynamic_date_formats": ["yyyy/MM/dd"],
                         "dynamic_templates": [{"s": {"match_mapping_type": "string", "match": "k_*", "unmatch": "*_t",
                                                      "mapping": {"type": "keyword", "ignore_above": 10, "copy_to": "all"}}}]},
                        {"k_a": "x", "d": "2024/01/02", "n": "12", "o": {"p": [1, 2.5, {"q": None}]}, "a.b.c": 1}, {"o": {"p": {"q": "text"}}}]
    seeds["nested"] = [{"dynamic": "strict", "_routing": {"required": False}, "_source": {"enabled": True}, "_meta": {"a": 1}, "properties": {
        "c": {"type": "nested", "include_in_root": True, "properties": {"x": {"type": "keyword", "normalizer": "lowercase"}}},
        "o": {"type": "object", "enabled": False}, "j": {"type": "alias", "path": "c.x"},
        "t": {"type": "text", "index_options": "offsets", "norms": False, "fields": {"k": {"type": "keyword", "null_value": "none"}}}}},
        {"c": [{"x": "A"}, {"x": ["b", "c"]}], "o": {"any": [1]}, "t": None}, {"unknown": 1}]
    for name, parts in seeds.items():
        (target / name).write_bytes(b"\0".join(json.dumps(part, separators=(",", ":")).encode() for part in parts))


def analyses(target: Path):
    """Settings with an analyser `a` and perhaps a normaliser `n`, a zero byte, a text."""
    target.mkdir(parents=True, exist_ok=True)
    text = "The 2 QUICK brown-foxes' <b>Wi-Fi4000</b> caf\u00e9 \U0001f600 jumped; \u4e2d\u6587 stra\u00dfe /usr/local/bin a@b.org".encode()
    tokenizers = [{"type": "standard", "max_token_length": 5}, {"type": "ngram", "min_gram": 1, "max_gram": 2, "token_chars": ["letter"]},
                  {"type": "edge_ngram", "min_gram": 1, "max_gram": 4}, {"type": "path_hierarchy", "delimiter": "/", "reverse": True, "skip": 1},
                  {"type": "pattern", "pattern": "(\\w+)[ -]", "group": 1}, {"type": "simple_pattern", "pattern": "[a-z]{2,4}"},
                  {"type": "char_group", "tokenize_on_chars": ["whitespace", "-"]}, {"type": "uax_url_email"}, {"type": "keyword"}, {"type": "letter"}]
    filters = [{"type": "stop", "stopwords": ["the", "_none_"], "ignore_case": True}, {"type": "stemmer", "language": "light_german"},
               {"type": "snowball", "language": "French"}, {"type": "synonym_graph", "synonyms": ["quick, fast => rapid fox", "a, b c d"]},
               {"type": "shingle", "min_shingle_size": 2, "max_shingle_size": 3, "filler_token": "+"},
               {"type": "word_delimiter_graph", "preserve_original": True, "catenate_all": True, "type_table": ["- => ALPHA"]},
               {"type": "edge_ngram", "min_gram": 1, "max_gram": 3, "preserve_original": True}, {"type": "unique", "only_on_same_position": True},
               {"type": "length", "min": 2, "max": 6}, {"type": "truncate", "length": 3}, {"type": "limit", "max_token_count": 5},
               {"type": "pattern_replace", "pattern": "(.)o", "replacement": "$1_"}, {"type": "elision", "articles": ["l"]},
               {"type": "keyword_marker", "keywords": ["foxes"]}, {"type": "stemmer_override", "rules": ["foxes => fox"]}, {"type": "asciifolding", "preserve_original": True}]
    chars = [{"type": "html_strip", "escaped_tags": ["b"]}, {"type": "mapping", "mappings": ["ph => f", "\u00df => ss"]},
             {"type": "pattern_replace", "pattern": "(\\d+)-", "replacement": "$1"}]
    for number, filter in enumerate(filters):
        settings = {"analysis": {
            "char_filter": {"c": chars[number % len(chars)]}, "tokenizer": {"t": tokenizers[number % len(tokenizers)]}, "filter": {"f": filter},
            "analyzer": {"a": {"type": "custom", "char_filter": ["c"], "tokenizer": "t" if number % 2 else "standard", "filter": ["lowercase", "f"]}},
            "normalizer": {"n": {"type": "custom", "filter": ["lowercase", "asciifolding"]}}}}
        (target / f"chain-{number:02}").write_bytes(json.dumps(settings, separators=(",", ":")).encode() + b"\0" + text)
    for name in ["standard", "simple", "whitespace", "stop", "pattern", "english", "german", "arabic", "cjk", "fingerprint", "thai", "russian"]:
        settings = {"analysis": {"analyzer": {"a": {"type": name}}}}
        (target / f"built-in-{name}").write_bytes(json.dumps(settings, separators=(",", ":")).encode() + b"\0" + text)


def bulks(target: Path):
    target.mkdir(parents=True, exist_ok=True)
    (target / "all-actions").write_text(
        '{"index":{"_id":"1","routing":"r"}}\n{"a":1,"t":"red"}\n{"create":{"_index":"all"}}\n{"a":2}\n'
        '{"update":{"_id":"1","retry_on_conflict":2}}\n{"doc":{"b":[1,2]},"doc_as_upsert":true,"_source":true}\n{"delete":{"_id":"1"}}\n')
    (target / "conditions").write_text(
        '{"index":{"_id":"2","if_seq_no":0,"if_primary_term":1}}\n{}\n{"index":{"_id":"3","version":7,"version_type":"external"}}\r\n{"a":{"b":{"c":null}}}\r\n'
        '{"update":{"_id":"3"}}\n{"script":{"source":"ctx._source.n = params.n + 1","params":{"n":3}},"upsert":{"n":0}}\n')
    (target / "broken").write_text('{"index":{"_id":"4"}}\n{"a":\n{"index":{"_id":"5"}}\n[1]\n{"fly":{}}\n')


ANSWERS = [
    '{"queries": [{"type": "keyword", "query": "a b"}, {"query": "c d", "type": "factoid"}]}', '["a b", "c d"]',
    '```json\n{"queries": ["a \\u00e9", "c d\nof it"],}\n```', '<think>[{"</think>1. [keyword] a b\n2) "c d"\n- **e f**',
    '{"queries": [{"type": "conceptual", "query": "why a", "x": [', '{"factoid": "what is a", "keyword": ["a", 1, null]}',
]


def answers(target: Path, fixtures: Path):
    """What language models write, and the recorded outputs of batches."""
    copy(sorted(fixtures.glob("*.jsonl*")), target)
    for number, text in enumerate(ANSWERS):
        (target / f"answer-{number}").write_text(text)


def main(fixtures: Path, corpus: Path):
    answers(corpus / "answers", fixtures / "prompting")
    queries(corpus / "query")
    mappings(corpus / "mapping")
    analyses(corpus / "analysis")
    bulks(corpus / "bulk")
    model_folders(corpus / "modelfolder", fixtures / "modelfolders")
    torch = fixtures / "torch"
    zips(corpus / "zip")
    pickles(corpus / "pickle", torch)
    copy([torch / name for name in ["kinds.bin", "checkpoint.bin", "repacked.bin", "scripted.pt"]], corpus / "torch")
    copy([torch / name for name in ["kinds.bin.expected.safetensors", "checkpoint.bin.expected.safetensors"]], corpus / "safetensors")
    (corpus / "onnx").mkdir(exist_ok=True)
    for name in ["plain", "bert-classifier", "bert-uint8-columns", "bert-external"]:
        # The harness puts the first field, the version of the format, in front by itself.
        (corpus / "onnx" / name).write_bytes((fixtures / "onnx" / (name + ".onnx")).read_bytes()[2:])
    (corpus / "json").mkdir(exist_ok=True)
    text = '{"a":[1,-2.5e10,true,null,"\\u00e9\\ud83d\\ude00x"],"b":{"c":{}}}'
    (corpus / "json" / "values.json").write_text(text)
    yaml_texts(corpus / "yaml", fixtures / "yaml" / "documents.jsonl")
    tokenizers(corpus / "tokenizer", fixtures / "tokenizers" / "cases")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
