#!/usr/bin/env python3
"""Makes the expected hits of search tests with Lucene 9.9.1, over Examples/packages.

    python3 make_lucene.py            # needs a JDK; Lucene's jar is found or fetched by Benchmarks/peers/search/lucene/lucene

The documents are the lines of Examples/packages/corpus.jsonl, in one segment in their order, with four fields:
`title` and `text` (text, analyser standard), `initial` (keyword: the first character of the id) and `number` (long: the line, from 0).

packages.jsonl has a line for each query: {"id", "query" (OpenSearch's query language), "total", "hits": [[number, score], ...]}: the best 100 in
Lucene's order (equal scores by line), scores as 32-bit floats, BM25 with its defaults. explain.jsonl: {"id", "number", "explanation"}
for the first hit of some of them.

The analyser `synonyms` is the standard one with the multi-word synonyms of synonyms.txt behind it (for queries alone).

The queries are made from the collection's own, seeded, so that running this again writes the same files.
"""
import json
import pathlib
import random
import re
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
LUCENE = ROOT / "Benchmarks" / "peers" / "search" / "lucene" / "lucene"
WORD = re.compile(r"\w+")
FIELDS = ["title^2", "text"]


def read(name):
    return [json.loads(line) for line in (ROOT / "Examples" / "packages" / name).read_text("utf-8").splitlines()]


def misspelt(word, rng):
    """One edit away: a letter lost, doubled, replaced, or two exchanged."""
    at = rng.randrange(1, len(word) - 1)
    return rng.choice([
        word[:at] + word[at + 1:], word[:at] + word[at] + word[at:], word[:at] + "z" + word[at + 1:],
        word[:at] + word[at + 1] + word[at] + word[at + 2:]])


def queries():
    rng = random.Random(11)
    texts = [q["text"] for q in read("queries.jsonl")]
    documents = read("corpus.jsonl")
    words = [WORD.findall(d["text"].lower()) for d in documents]
    words = [w for w in words if len(w) > 20]
    rng.shuffle(texts)
    source = iter(texts * 4)
    made = []

    def add(kind, query):
        made.append({"id": f"{kind}-{sum(m['id'].startswith(kind + '-') for m in made)}", "query": query})

    def text():
        return next(source)

    def run(length, gap=0):
        """Words side by side in a document, or with so many left out after the first."""
        chosen = rng.choice(words)
        begin = rng.randrange(len(chosen) - length - gap)
        return chosen[begin:begin + 1] + chosen[begin + 1 + gap:begin + length + gap]

    def word(low=4):
        while True:
            chosen = rng.choice(rng.choice(words))
            if len(chosen) >= low and chosen.isascii() and chosen.isalpha():
                return chosen

    match = lambda value, field="text", **options: {"match": {field: {"query": value, **options} if options else value}}

    for _ in range(12):
        add("match", match(text()))
    for _ in range(3):
        add("match", match(text(), field="title"))
    add("match", match("the the and the"))
    add("match", match("", "text"))
    add("match", match("nosuchwordanywhere"))
    add("match", match("a of and in to the", boost=2.5))
    for _ in range(6):
        add("and", match(" ".join(run(3)), operator="and"))
    add("and", match("library for the nosuchwordanywhere", operator="and"))
    for minimum in [2, "2", "75%", "-25%", "-1", "2<75%", "1<50% 4<-2", 40, "100%"]:
        add("minimum", match(text(), minimum_should_match=minimum))
    for _ in range(6):
        add("multi", {"multi_match": {"query": text(), "fields": FIELDS}})
    add("multi", {"multi_match": {"query": text(), "fields": FIELDS, "tie_breaker": 0.3}})
    add("multi", {"multi_match": {"query": text(), "fields": ["title", "text^0.5"], "operator": "and"}})
    add("multi", {"multi_match": {"query": text(), "fields": FIELDS, "minimum_should_match": "50%"}})
    add("multi", {"multi_match": {"query": text(), "fields": FIELDS, "type": "most_fields"}})
    add("multi", {"multi_match": {"query": " ".join(run(2)), "fields": FIELDS, "type": "phrase", "slop": 1}})
    add("multi", {"multi_match": {"query": " ".join(run(2)) + " l", "fields": FIELDS, "type": "phrase_prefix"}})
    add("multi", {"multi_match": {"query": " ".join(run(2)) + " pr", "fields": FIELDS, "type": "bool_prefix"}})
    add("multi", {"multi_match": {"query": misspelt(word(6), rng) + " " + word(6), "fields": FIELDS, "fuzziness": "AUTO"}})
    add("multi", {"multi_match": {"query": "python library", "fields": ["text"], "boost": 3}})

    for length in (2, 2, 2, 2, 3, 3, 4, 5):
        add("phrase", {"match_phrase": {"text": " ".join(run(length))}})
    add("phrase", {"match_phrase": {"text": "this package"}})
    add("phrase", {"match_phrase": {"text": "the the"}})
    add("phrase", {"match_phrase": {"text": {"query": "library", "boost": 0.25}}})
    add("phrase", {"match_phrase": {"text": "package nosuchwordanywhere"}})
    for slop, gap in [(1, 1), (2, 1), (2, 2), (3, 2), (10, 5), (100, 8)]:
        add("slop", {"match_phrase": {"text": {"query": " ".join(run(3, gap)), "slop": slop}}})
    for slop in (1, 2, 3, 20):  # the wrong order costs two
        first, second = run(2)
        add("slop", {"match_phrase": {"text": {"query": f"{second} {first}", "slop": slop}}})
    add("slop", {"match_phrase": {"text": {"query": "to be to", "slop": 4}}})
    add("slop", {"match_phrase": {"text": {"query": "the of the", "slop": 3}}})
    for _ in range(4):
        chosen = run(3)
        add("phraseprefix", {"match_phrase_prefix": {"text": " ".join(chosen[:-1] + [chosen[-1][:2]])}})
    add("phraseprefix", {"match_phrase_prefix": {"text": "c"}})
    add("phraseprefix", {"match_phrase_prefix": {"text": {"query": "this p", "max_expansions": 3}}})
    add("phraseprefix", {"match_phrase_prefix": {"text": {"query": "this the p", "slop": 3}}})
    add("phraseprefix", {"match_phrase_prefix": {"text": "library zzzz"}})
    for _ in range(4):
        chosen = run(3)
        add("boolprefix", {"match_bool_prefix": {"text": " ".join(chosen[:-1] + [chosen[-1][:2]])}})
    add("boolprefix", {"match_bool_prefix": {"text": {"query": "python lib", "operator": "and"}}})
    add("boolprefix", {"match_bool_prefix": {"text": "lib"}})

    for _ in range(6):
        add("fuzzy", {"fuzzy": {"text": misspelt(word(6), rng)}})
    for fuzziness in ("0", "1", "2", "AUTO", "AUTO:2,4"):
        add("fuzzy", {"fuzzy": {"text": {"value": misspelt(word(7), rng), "fuzziness": fuzziness}}})
    add("fuzzy", {"fuzzy": {"text": {"value": "libary", "prefix_length": 3}}})
    add("fuzzy", {"fuzzy": {"text": {"value": "lib", "fuzziness": 2, "max_expansions": 5}}})
    add("fuzzy", {"fuzzy": {"text": {"value": "pakcage", "fuzziness": 1, "transpositions": False}}})
    add("fuzzy", {"fuzzy": {"text": {"value": "packaeg", "fuzziness": 2, "boost": 2}}})
    add("fuzzy", {"fuzzy": {"title": "pyton"}})
    add("fuzzy", {"fuzzy": {"text": {"value": "a", "fuzziness": 1}}})
    for _ in range(4):
        add("matchfuzzy", match(f"{misspelt(word(6), rng)} {misspelt(word(6), rng)} {word(3)}", fuzziness="AUTO"))
    add("matchfuzzy", match("libary for pyhton", fuzziness=1, operator="and", prefix_length=1))
    add("matchfuzzy", match("libary for pyhton progams", fuzziness="AUTO", minimum_should_match=2, max_expansions=10))
    add("matchfuzzy", match("pyhton", fuzziness=1, fuzzy_transpositions=False))

    for prefix in ("lib", "pyth", "zz", "q", "nosuch"):
        add("prefix", {"prefix": {"text": prefix}})
    add("prefix", {"prefix": {"title": {"value": "lib", "boost": 2}}})
    add("prefix", {"prefix": {"initial": "x"}})
    for pattern in ("lib*", "*ython", "p?thon", "m*t?r", "nosuch*"):
        add("wildcard", {"wildcard": {"text": pattern}})
    for pattern in ("lib.*", "p[ey]thon", "(java|type)script", "[0-9]{4}", "b.{2}k", "~(.*a.*)[0-9]", "<10-20>"):
        add("regexp", {"regexp": {"text": pattern}})
    for value in ("python", "library", "Library"):
        add("term", {"term": {"text": value}})
    add("term", {"term": {"initial": {"value": "p", "boost": 1.5}}})
    add("term", {"term": {"number": 77}})
    add("term", {"terms": {"text": ["python", "ruby", "perl"]}})
    add("term", {"terms": {"initial": ["x", "y"], "boost": 2}})
    add("term", {"terms": {"number": [5, 9, 4499, 10_000]}})
    add("term", {"ids": {"values": ["awstats", "nosuchpackage", "avogadro"]}})
    add("range", {"range": {"number": {"gte": 100, "lt": 120}}})
    add("range", {"range": {"number": {"gt": 4490, "boost": 3}}})
    add("exists", {"exists": {"field": "title"}})
    add("all", {"match_all": {}})
    add("all", {"match_all": {"boost": 1.2}})
    add("all", {"match_none": {}})

    must, should, filters = match("library"), match("python"), {"term": {"initial": "p"}}
    add("bool", {"bool": {}})
    add("bool", {"bool": {"must": [must], "should": [should]}})
    add("bool", {"bool": {"must": [must, should]}})
    add("bool", {"bool": {"must": must, "must_not": should}})
    add("bool", {"bool": {"must_not": [must, should]}})
    add("bool", {"bool": {"filter": [filters]}})
    add("bool", {"bool": {"filter": filters, "should": [should, match("client")]}})
    add("bool", {"bool": {"filter": filters, "should": [should, match("client")], "minimum_should_match": 1}})
    add("bool", {"bool": {"should": [match(w) for w in ("fast", "small", "simple", "library", "python")], "minimum_should_match": 3}})
    add("bool", {"bool": {"should": [match(w) for w in ("fast", "small", "simple", "library", "python")], "minimum_should_match": "-40%"}})
    add("bool", {"bool": {"should": [match("fast"), match("small")], "minimum_should_match": 3}})
    add("bool", {"bool": {"must": [match(text())], "should": [{"match_phrase": {"text": "command line"}}], "must_not": [{"prefix": {"text": "gtk"}}],
                          "filter": [{"range": {"number": {"gte": 500, "lte": 4000}}}]}})
    add("bool", {"bool": {"must": [{"bool": {"should": [match("editor"), match("viewer")]}}, {"bool": {"should": [match("image", boost=2), match("text")]}}],
                          "boost": 2}})
    add("bool", {"bool": {"must": [{"match_all": {}}], "should": [should], "filter": [{"exists": {"field": "title"}}]}})
    add("bool", {"bool": {"must": [{"prefix": {"text": "lib"}}], "should": [match("library")]}})
    add("bool", {"bool": {"should": [{"fuzzy": {"text": "libary"}}, match("pyhton", fuzziness="AUTO")], "must_not": [{"term": {"initial": "l"}}]}})
    add("bool", {"bool": {"should": [{"bool": {"must_not": [must]}}, should]}})
    add("bool", {"bool": {"should": [should, should, must]}})
    for _ in range(4):
        add("bool", {"bool": {"should": [match(text()), {"multi_match": {"query": text(), "fields": FIELDS}}], "filter": [{"match": {"text": "the"}}]}})
    add("dismax", {"dis_max": {"queries": [match("python library"), match("python library", field="title")]}})
    add("dismax", {"dis_max": {"queries": [match(text()), match(text()), match(text(), field="title")], "tie_breaker": 0.7}})
    add("dismax", {"dis_max": {"queries": [must, filters], "tie_breaker": 1.0, "boost": 2}})
    add("constant", {"constant_score": {"filter": match("python library", operator="and"), "boost": 1.7}})
    add("constant", {"bool": {"should": [{"constant_score": {"filter": must, "boost": 0.5}}, {"constant_score": {"filter": should}}]}})
    add("boosting", {"boosting": {"positive": match("python library"), "negative": match("game"), "negative_boost": 0.2}})
    add("boosting", {"boosting": {"positive": match(text()), "negative": {"prefix": {"text": "lib"}}, "negative_boost": 0.5, "boost": 3}})

    synonyms = lambda value, field="text", **options: match(value, field, analyzer="synonyms", **options)
    for value in ("fast web server", "a command line for the terminal", "gui", "simple graphical user interface library",
                  "regex database", "user interface", "graphical ui for a data base"):
        add("synonyms", synonyms(value))
        add("synonyms", synonyms(value, operator="and"))
        add("synonyms", {"match_phrase": {"text": {"query": value, "analyzer": "synonyms"}}})
    for value in ("command line interface", "the gui", "graphical user interface", "database web server", "from the command line"):
        add("synonyms", {"match_phrase": {"text": {"query": value, "analyzer": "synonyms"}}})
        add("synonyms", {"match_phrase": {"text": {"query": value, "analyzer": "synonyms", "slop": 2}}})
        add("synonyms", {"match_phrase": {"title": {"query": value, "analyzer": "synonyms"}}})
    add("synonyms", synonyms("cli for regexp", minimum_should_match=2))
    add("synonyms", synonyms("cli for regexp", minimum_should_match="-50%", boost=2))
    add("synonyms", synonyms("gui", minimum_should_match=1))
    for value in ("command line gui", "a web server", "regex for the cli", "gui"):
        add("synonyms", synonyms(value, auto_generate_synonyms_phrase_query=False))
        add("synonyms", synonyms(value, auto_generate_synonyms_phrase_query=False, operator="and"))
    methods = ["constant_score", "scoring_boolean", "constant_score_boolean", "top_terms_3", "top_terms_boost_4", "top_terms_blended_freqs_5"]
    for method in methods:
        add("rewrite", {"prefix": {"text": {"value": "pyth", "rewrite": method}}})
        add("rewrite", {"wildcard": {"title": {"value": "*ython*", "rewrite": method, "boost": 2}}})
        add("rewrite", {"regexp": {"text": {"value": "p[ey]r.{1,3}", "rewrite": method}}})
        add("rewrite", {"fuzzy": {"text": {"value": "libary", "rewrite": method}}})
        add("rewrite", {"fuzzy": {"text": {"value": "library", "fuzziness": 0, "rewrite": method}}})
        add("rewrite", match("pyhton libary", fuzziness="AUTO", fuzzy_rewrite=method))
    for fields in (["title", "text"], ["title^3", "text"], ["text^1.5", "title^2.5"], ["text"]):
        for value in (text(), "python library", "nosuchwordanywhere perl"):
            add("combined", {"combined_fields": {"query": value, "fields": fields}})
        add("combined", {"combined_fields": {"query": "python library", "fields": fields, "operator": "and", "boost": 1.5}})
    for fields in (["title", "text"], FIELDS):
        for options in ({}, {"operator": "and"}, {"tie_breaker": 0.4}, {"minimum_should_match": "60%"}):
            for value in (text(), "python library tools"):
                add("cross", {"multi_match": {"query": value, "fields": fields, "type": "cross_fields", **options}})
    return made


def main():
    documents = read("corpus.jsonl")
    number_of = {document["_id"]: number for number, document in enumerate(documents)}
    made = queries()
    assert len({q["id"] for q in made}) == len(made)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        with open(folder / "corpus.jsonl", "w", encoding="utf-8") as file:
            for number, document in enumerate(documents):
                file.write(json.dumps(document | {"initial": document["_id"][0], "number": number}) + "\n")
        with open(folder / "queries.jsonl", "w", encoding="utf-8") as file:
            for query in made:
                file.write(json.dumps(query) + "\n")
        schema = ["--text", "title,text", "--numbers", "number"]
        subprocess.run([LUCENE, "index", "--corpus", folder / "corpus.jsonl", "--index", folder / "index", *schema], check=True)
        schema += ["--synonyms", HERE / "synonyms.txt"]
        subprocess.run([LUCENE, "run", "--index", folder / "index", "--queries", folder / "queries.jsonl", "--explain", "yes",
                        "--output", folder / "hits.jsonl", *schema], check=True)
        results = [json.loads(line) for line in open(folder / "hits.jsonl", encoding="utf-8")]
    explained = set()
    with open(HERE / "packages.jsonl", "w", encoding="utf-8") as hits, open(HERE / "explain.jsonl", "w", encoding="utf-8") as explain:
        for query, result in zip(made, results):
            assert query["id"] == result["id"]
            found = [[number_of[document], score] for document, score in result["hits"]]
            hits.write(json.dumps(query | {"total": result["total"], "hits": found}, separators=(",", ":")) + "\n")
            kind = query["id"].split("-")[0]
            if found and kind not in explained:
                explained.add(kind)
                explain.write(json.dumps({"id": query["id"], "number": found[0][0], "explanation": result["explanation"]}, separators=(",", ":")) + "\n")
    print(f"{len(made)} queries, {sum(len(r['hits']) for r in results)} hits, {len(explained)} explanations")


if __name__ == "__main__":
    main()
