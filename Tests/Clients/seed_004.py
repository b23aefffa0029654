"""An import with the `elasticsearch` Python client, a search, and Metarank's inference calls.

    seed_004.py URL INFERENCE_URL [PASSWORD]

URL is a server whose answers carry X-Elastic-Product, without which this client refuses a server. The client of versions 8
and 9 works; that of version 7 asks for a version number from 6 on, which OpenSearch's is not. INFERENCE_URL serves a reranker `msmarco` in Metarank's dialect.
"""
import base64
import json
import ssl
import sys
import tempfile
import urllib.request
import warnings

import elasticsearch
from elasticsearch import Elasticsearch

warnings.filterwarnings("ignore")
PRODUCTS = [
    ("B089YD2KK5", "Crocs Jibbitz 5-Pack Alien Shoe Charms | Jibbitz for Crocs"),
    ("B07QMG7MN8", "Crocs Specialist Vent Work"),
    ("B07DMLWY3Z", "Crocs Kids' Baya Clog"),
    ("B001AAA001", "Garden clogs, rubber, green"),
    ("B001AAA002", "Leather boots for winter"),
]


def posted(url, body, password=None):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    request = urllib.request.Request(url, method="POST", data=json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    if password:
        request.add_header("Authorization", "Basic " + base64.b64encode(f"admin:{password}".encode()).decode())
    with urllib.request.urlopen(request, context=context, timeout=60) as answer:
        return json.load(answer)


def main(url, inference, password=None):
    major = elasticsearch.__version__[0]
    options = {"verify_certs": False, "ssl_show_warn": False} if url.startswith("https") else {}
    if password:
        options["basic_auth"] = ("admin", password)
    es = Elasticsearch(hosts=url, **options)
    index = f"esci-{major}"
    with tempfile.NamedTemporaryFile("w+") as file:
        for asin, title in PRODUCTS:
            file.write(json.dumps({"asin": asin, "title": title, "locale": "us"}) + "\n")
        file.write(json.dumps({"asin": "B000000000"}) + "\n")
        file.seek(0)
        for line in file.readlines():
            doc = json.loads(line.rstrip())
            if "title" in doc:
                es.index(index=index, document={"title": doc["title"], "asin": doc["asin"]})
    es.indices.refresh(index=index)
    assert es.count(index=index)["count"] == len(PRODUCTS)

    found = posted(f"{url}/{index}/_search", {
        "query": {"multi_match": {"query": "crocs", "fields": ["title"]}}, "fields": ["asin", "title"]}, password)
    hits = found["hits"]["hits"]
    assert found["hits"]["total"] == {"value": 3, "relation": "eq"}, found
    for hit in hits:
        assert hit["fields"] == {name: [hit["_source"][name]] for name in ("asin", "title")}, hit
    assert es.search(index=index, query={"match": {"title": "boots"}})["hits"]["total"]["value"] == 1

    pairs = [{"query": "crocs", "title": hit["_source"]["title"]} for hit in hits]
    scores = posted(f"{inference}/inference/encoder/msmarco", {"input": pairs})["scores"]
    assert len(scores) == 3 and all(isinstance(score, float) for score in scores), scores
    texts = [{"query": pair["query"], "text": pair["title"]} for pair in pairs]
    again = posted(f"{inference}/inference/cross/msmarco", {"input": texts})["scores"]
    assert again == scores, (again, scores)


if __name__ == "__main__":
    main(*sys.argv[1:])
