#!/usr/bin/env python3
"""Holds a running server to its word with the official clients of the APIs that it speaks.

    pip install -r Tests/Clients/requirements.txt         (exact versions: openai, cohere, voyageai, huggingface_hub)
    python3 Tests/Clients/check_clients.py --url http://127.0.0.1:8080 --reranker NAME --embedder NAME

`make test-clients` does all of that with a server of its own.

What clients get is compared with what the server says in TEI's dialect, bit by bit (float32). With --reranker-path and
--embedder-path, and if sentence-transformers can be imported, the same values are compared with PyTorch's, to 1e-4.
voyageai and huggingface_hub are left out, with a line that says so, if they are not installed; openai and cohere must be there.
Exits with 1 if a check failed.
"""

import argparse
import json
import os
import pathlib
import shutil
import sys
import tempfile
import traceback
import urllib.error
import urllib.request

import numpy as np

QUERY = "text editor with syntax highlighting"
DOCUMENTS = [
    "plays music from the command line and keeps a library of songs",
    "a fast text editor for programmers with syntax colouring",
    "network monitor that shows which process uses how much bandwidth",
    "small and simple editor for text in the terminal",
    "Die schöne Müllerin, ça va? naïve café",
    "",
]
TEXTS = [text for text in DOCUMENTS if text] + [QUERY, "network " * 600]

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--url", required=True, help="where the server listens, without a path")
parser.add_argument("--reranker", required=True, help="the name of a cross-encoder with one label")
parser.add_argument("--embedder", required=True, help="the name of a dense encoder")
parser.add_argument("--reranker-path", help="the reranker's folder, to compare with PyTorch")
parser.add_argument("--embedder-path", help="the embedder's folder, to compare with PyTorch")
parser.add_argument("--api-key", help="a key of the server's, if it asks for keys")
options = parser.parse_args()
url = options.url.rstrip("/")
key = options.api_key or "no-key"
scratch = tempfile.TemporaryDirectory()
checks = []
os.environ["TQDM_DISABLE"] = "1"


class LeftOut(Exception):
    """A check that cannot be made here."""


def check(function):
    """Makes a function one of the checks; its first line of documentation is its name."""
    checks.append(function)
    return function


def post(path, body):
    """Posts JSON without any client, and returns the reply's JSON."""
    request = urllib.request.Request(
        url + path, json.dumps(body).encode(), {"Content-Type": "application/json", "Authorization": f"Bearer {key}"})
    with urllib.request.urlopen(request, timeout=60) as reply:
        return json.load(reply)


def same(left, right, what):
    """Demands equal float32 values."""
    left, right = np.asarray(left, np.float32), np.asarray(right, np.float32)
    assert left.shape == right.shape, f"{what}: shapes {left.shape} and {right.shape}"
    assert np.array_equal(left, right), f"{what}: differs by up to {np.abs(left - right).max()}"


def near(left, right, what, tolerance=1e-4):
    """Demands values that differ by no more than the tolerance."""
    difference = np.abs(np.asarray(left, np.float64) - np.asarray(right, np.float64)).max()
    assert difference <= tolerance, f"{what}: differs by {difference}"


def refused(error, call, status, code):
    """Demands that a call is refused with a client's own exception, status and code or part of the message."""
    try:
        call()
    except error as caught:
        found = getattr(caught, "status_code", None) or getattr(caught, "http_status", None)
        assert found == status, f"status {found} instead of {status}"
        said = str(getattr(caught, "code", None)) + str(getattr(caught, "body", "")) + str(caught)
        assert code in said, f"no {code!r} in {said!r}"
    else:
        raise AssertionError(f"{error.__name__} was expected, and nothing was raised")


# What the clients' answers are compared with.


def tei_scores(documents=DOCUMENTS, raw=False, query=QUERY):
    """Scores in the order of the documents, as TEI's dialect tells them."""
    results = post("/rerank", {"query": query, "texts": documents, "raw_scores": raw, "model": options.reranker})
    return [score for _, score in sorted((result["index"], result["score"]) for result in results)]


def tei_vectors(texts=TEXTS):
    """Vectors as TEI's dialect tells them."""
    return post("/embed", {"inputs": texts, "model": options.embedder, "truncate": True})


def expected_order(scores):
    return sorted(range(len(scores)), key=lambda index: (-scores[index], index))


def has_ranking(results, documents=DOCUMENTS, count=None):
    """Demands the indexes and scores that TEI's dialect gives."""
    scores, logits = tei_scores(documents), tei_scores(documents, raw=True)
    order = expected_order(logits)[:count]
    assert [result.index for result in results] == order, f"{[result.index for result in results]} instead of {order}"
    same([result.relevance_score for result in results], [scores[index] for index in order], "relevance_score")
    assert all(0 <= result.relevance_score <= 1 for result in results)


# openai


def openai_client(**more):
    import openai

    return openai.OpenAI(base_url=url + "/v1", api_key=key, max_retries=0, **more)


@check
def openai_embeddings():
    """openai: embeddings.create, base64 underneath"""
    reply = openai_client().embeddings.create(model=options.embedder, input=TEXTS)
    same([item.embedding for item in reply.data], tei_vectors(), "embeddings")
    assert [item.index for item in reply.data] == list(range(len(TEXTS)))
    assert reply.model == options.embedder and reply.object == "list"
    assert reply.usage.prompt_tokens == reply.usage.total_tokens > len(TEXTS)


@check
def openai_floats():
    """openai: encoding_format float gives the same numbers, and one string one vector"""
    client = openai_client()
    floats = client.embeddings.create(model=options.embedder, input=TEXTS, encoding_format="float", user="someone")
    same([item.embedding for item in floats.data], tei_vectors(), "embeddings")
    one = client.embeddings.create(model=options.embedder, input=TEXTS[0])
    same([one.data[0].embedding], tei_vectors(TEXTS[:1]), "embedding")


@check
def openai_tokens():
    """openai: arrays of token ids give the vectors of their texts"""
    tokens = post("/tokenize", {"inputs": TEXTS[:3], "add_special_tokens": True, "model": options.embedder})
    ids = [[token["id"] for token in tokens_of_text] for tokens_of_text in tokens]
    client, expected = openai_client(), tei_vectors(TEXTS[:3])
    reply = client.embeddings.create(model=options.embedder, input=ids)
    same([item.embedding for item in reply.data], expected, "embeddings")
    assert reply.usage.prompt_tokens == sum(map(len, ids)), "usage counts the tokens"
    one = client.embeddings.create(model=options.embedder, input=ids[0])
    same([one.data[0].embedding], expected[:1], "embedding")


@check
def openai_dimensions():
    """openai: dimensions cuts and makes unit vectors again"""
    size = len(tei_vectors(TEXTS[:1])[0]) // 2
    reply = openai_client().embeddings.create(model=options.embedder, input=TEXTS[:2], dimensions=size)
    cut = np.asarray(tei_vectors(TEXTS[:2]), np.float32)[:, :size]
    near([item.embedding for item in reply.data], cut / np.linalg.norm(cut, axis=1, keepdims=True), "cut vectors", 1e-6)


@check
def openai_models():
    """openai: models.list and models.retrieve"""
    client = openai_client()
    names = [model.id for model in client.models.list()]
    assert options.embedder in names and options.reranker in names, names
    model = client.models.retrieve(options.reranker)
    assert model.id == options.reranker and model.object == "model" and model.created > 1_700_000_000


@check
def openai_errors():
    """openai: its exceptions carry status, code and param"""
    import openai

    client = openai_client()
    create = client.embeddings.create
    refused(openai.NotFoundError, lambda: create(model="nobody", input="a"), 404, "model_not_found")
    refused(openai.NotFoundError, lambda: client.models.retrieve("no/body"), 404, "model_not_found")
    refused(openai.BadRequestError, lambda: create(model=options.embedder, input=[]), 400, "empty_array")
    refused(openai.NotFoundError, lambda: create(model=options.reranker, input="a"), 404, "model_not_supported")
    refused(openai.NotFoundError, lambda: client.chat.completions.create(
        model=options.embedder, messages=[{"role": "user", "content": "a"}]), 404, "unknown_url")
    try:
        create(model=options.embedder, input="a", dimensions=10**6)
    except openai.BadRequestError as error:
        assert error.code == "invalid_value" and error.type == "invalid_request_error"
        assert error.body["message"] and error.request_id
    else:
        raise AssertionError("a million dimensions were given")
    if options.api_key:
        stranger = openai_client().with_options(api_key="wrong")
        refused(openai.AuthenticationError, lambda: stranger.models.list(), 401, "invalid_api_key")


# cohere


@check
def cohere_v1():
    """cohere Client (v1): rerank"""
    import cohere

    client = cohere.Client(api_key=key, base_url=url)
    reply = client.rerank(model=options.reranker, query=QUERY, documents=DOCUMENTS)
    has_ranking(reply.results)
    assert reply.id and reply.meta.api_version.version == "1" and reply.meta.billed_units.search_units == 1
    assert all(result.document is None for result in reply.results)
    top = client.rerank(model=options.reranker, query=QUERY, documents=DOCUMENTS, top_n=2, return_documents=True)
    has_ranking(top.results, count=2)
    assert all(result.document.text == DOCUMENTS[result.index] for result in top.results)
    has_ranking(client.rerank(query=QUERY, documents=DOCUMENTS).results)


@check
def cohere_v1_objects():
    """cohere Client (v1): documents as objects, rank_fields, max_chunks_per_doc, warnings"""
    import cohere

    client = cohere.Client(api_key=key, base_url=url)
    documents = [{"text": text, "title": f"number {index}"} for index, text in enumerate(DOCUMENTS)]
    plain = client.rerank(model=options.reranker, query=QUERY, documents=documents, return_documents=True)
    has_ranking(plain.results)
    assert all(result.document.title == f"number {result.index}" for result in plain.results)
    fields = client.rerank(
        model=options.reranker, query=QUERY, documents=documents, rank_fields=["title", "text"])
    has_ranking(fields.results, [f"{document['title']}\n{document['text']}" for document in documents])
    long = "network monitor " * 500 + "a fast text editor with syntax highlighting"
    score = lambda **more: client.rerank(model=options.reranker, query=QUERY, documents=[long], **more)
    cut, chunked = score(), score(max_chunks_per_doc=10)
    assert "0" in cut.meta.warnings[0], "a document that was cut is named"
    assert chunked.results[0].relevance_score > cut.results[0].relevance_score, "the window at the end is the best"


@check
def cohere_v2():
    """cohere ClientV2: rerank"""
    import cohere

    client = cohere.ClientV2(api_key=key, base_url=url)
    reply = client.rerank(model=options.reranker, query=QUERY, documents=DOCUMENTS)
    has_ranking(reply.results)
    assert reply.id and reply.meta.api_version.version == "2" and reply.meta.billed_units.search_units == 1
    has_ranking(client.rerank(model=options.reranker, query=QUERY, documents=DOCUMENTS, top_n=3).results, count=3)
    short = client.rerank(model=options.reranker, query=QUERY, documents=["text editor " * 50], max_tokens_per_doc=8)
    long = client.rerank(model=options.reranker, query=QUERY, documents=["text editor " * 50])
    assert short.results[0].relevance_score != long.results[0].relevance_score, "max_tokens_per_doc cuts"


@check
def cohere_errors():
    """cohere: its exceptions carry status and message"""
    import cohere

    for client in cohere.Client(api_key=key, base_url=url), cohere.ClientV2(api_key=key, base_url=url):
        rerank = lambda **more: client.rerank(**{"model": options.reranker, "query": QUERY, "documents": ["a"], **more})
        refused(cohere.NotFoundError, lambda: rerank(model="nobody"), 404, "nobody")
        refused(cohere.BadRequestError, lambda: rerank(documents=[]), 400, "'message': ")
        refused(cohere.BadRequestError, lambda: rerank(query=" "), 400, "'query' must not be empty")
        refused(cohere.BadRequestError, lambda: rerank(top_n=0), 400, "top_n")
        refused(cohere.NotFoundError, lambda: rerank(model=options.embedder), 404, options.embedder)


# voyageai


@check
def voyage_rerank():
    """voyageai: rerank"""
    import voyageai

    client = voyageai.Client(api_key=key, base_url=url + "/v1", max_retries=1)
    reply = client.rerank(QUERY, DOCUMENTS, model=options.reranker)
    has_ranking(reply.results)
    assert all(result.document == DOCUMENTS[result.index] for result in reply.results)
    assert reply.total_tokens > len(DOCUMENTS)
    has_ranking(client.rerank(QUERY, DOCUMENTS, model=options.reranker, top_k=2).results, count=2)


@check
def voyage_embeddings():
    """voyageai: embed, base64 underneath"""
    import voyageai

    client = voyageai.Client(api_key=key, base_url=url + "/v1", max_retries=1)
    reply = client.embed(TEXTS, model=options.embedder)
    same(reply.embeddings, tei_vectors(), "embeddings")
    assert reply.total_tokens > len(TEXTS)


@check
def voyage_errors():
    """voyageai: its exceptions carry the message; truncation=False refuses long texts"""
    import voyageai

    client = voyageai.Client(api_key=key, base_url=url + "/v1", max_retries=1)
    error = voyageai.error.InvalidRequestError
    refused(error, lambda: client.rerank(QUERY, [], model=options.reranker), 400, "documents")
    long = ["network " * 5000]
    refused(error, lambda: client.rerank(QUERY, long, model=options.reranker, truncation=False), 400, "token")
    refused(error, lambda: client.embed(long, model=options.embedder, truncation=False), 400, "token")
    refused(voyageai.error.APIError, lambda: client.rerank(QUERY, ["a"], model="nobody"), 404, "nobody")


# huggingface_hub


@check
def hugging_face():
    """huggingface_hub InferenceClient: feature_extraction"""
    import huggingface_hub

    client = huggingface_hub.InferenceClient(model=url + "/embed", token=key)
    same(client.feature_extraction(TEXTS[0]), tei_vectors(TEXTS[:1]), "one text")
    same(client.feature_extraction(TEXTS[:3], truncate=True), tei_vectors(TEXTS[:3]), "three texts")


# Jina has no client of its own: its documentation posts with requests.


@check
def jina():
    """Jina's documented request and reply"""
    reply = post("/v1/rerank", {
        "model": options.reranker, "query": QUERY, "top_n": 3, "documents": [{"text": text} for text in DOCUMENTS],
        "return_documents": True})
    assert reply["model"] == options.reranker and reply["usage"]["total_tokens"] > 0 and len(reply["results"]) == 3
    scores = tei_scores()
    for result in reply["results"]:
        assert result["document"] == {"text": DOCUMENTS[result["index"]]}
        same([result["relevance_score"]], [scores[result["index"]]], "relevance_score")


# PyTorch


def as_pytorch_reads_it(folder):
    """The folder, or a copy in float32 if its matrices are int8 with a scale for each row, as the starter model's are."""
    import safetensors.numpy

    weights = safetensors.numpy.load_file(pathlib.Path(folder) / "model.safetensors")
    if not any(name.endswith("_scale") for name in weights):
        return folder
    copy = pathlib.Path(scratch.name)
    shutil.copytree(folder, copy, dirs_exist_ok=True)
    plain = {
        name: value * weights[name + "_scale"][:, None] if name + "_scale" in weights else value.astype(np.float32)
        for name, value in weights.items() if not name.endswith("_scale")}
    safetensors.numpy.save_file(plain, copy / "model.safetensors", {"format": "pt"})
    return str(copy)


@check
def pytorch():
    """sentence-transformers in PyTorch says the same (1e-4)"""
    if not options.reranker_path and not options.embedder_path:
        raise LeftOut("neither --reranker-path nor --embedder-path was given")
    import sentence_transformers

    if options.reranker_path:
        import torch

        model = sentence_transformers.CrossEncoder(as_pytorch_reads_it(options.reranker_path), device="cpu")
        pairs = [(QUERY, text) for text in DOCUMENTS]
        near(tei_scores(raw=True), model.predict(pairs, activation_fn=torch.nn.Identity()), "logits")
        near(tei_scores(), model.predict(pairs, activation_fn=torch.nn.Sigmoid()), "scores")
    if options.embedder_path:
        model = sentence_transformers.SentenceTransformer(options.embedder_path, device="cpu")
        near(tei_vectors(), model.encode(TEXTS), "vectors")


outcomes = {"ok": 0, "left out": 0, "FAILED": 0}
for function in checks:
    name = function.__doc__.splitlines()[0]
    outcome, reason = "ok", None
    try:
        function()
    except (LeftOut, ModuleNotFoundError) as error:
        if getattr(error, "name", None) in ("openai", "cohere"):
            raise
        outcome, reason = "left out", error
    except Exception as error:
        outcome, reason = "FAILED", f"{type(error).__name__}: {error}"
        if isinstance(error, urllib.error.HTTPError):
            reason += "\n         " + error.read().decode(errors="replace")
        elif not isinstance(error, AssertionError):
            traceback.print_exc()
    outcomes[outcome] += 1
    print(f"{outcome:8} {name}" + (f": {reason}" if reason else ""))
print(", ".join(f"{count} {outcome}" for outcome, count in outcomes.items()))
sys.exit(1 if outcomes["FAILED"] else 0)
