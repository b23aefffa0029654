"""Requests of a reranking guide as a console sends them: a line with method and path, then the body as it is written.

    seed_002.py URL [PASSWORD]

Only the ids of groups, tasks and models are put in. The passage that answers the question comes first.
"""
import base64
import json
import ssl
import sys
import time
import urllib.request

from expectations import expected

QUESTION = "What is the capital of the United States?"


def console(url, password):
    """A function that sends a request the way a console does: GET with a body, JSON for everything."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE

    def send(text):
        head, _, body = text.strip().partition("\n")
        method, path = head.split(" ", 1)
        request = urllib.request.Request(
            f"{url}/{path.lstrip('/')}", method=method, data=(body + "\n").encode() if body.strip() else None)
        request.add_header("Content-Type", "application/json")
        if password:
            request.add_header("Authorization", "Basic " + base64.b64encode(f"admin:{password}".encode()).decode())
        with urllib.request.urlopen(request, context=context, timeout=60) as answer:
            return json.load(answer)

    return send


def task(send, identifier):
    while True:
        status = send(f"GET /_plugins/_ml/tasks/{identifier}")
        assert status["state"] != "FAILED", status
        if status["state"] == "COMPLETED":
            return status
        time.sleep(0.2)


def main(url, password=None):
    send = console(url, password)
    group = send("""
POST /_plugins/_ml/model_groups/_register
{
    "name": "cross encoder model group",
    "description": "A model group for cross encoder models",
    "access_mode": "public"
}""")
    registered = send("""
POST /_plugins/_ml/models/_register
{
    "name": "huggingface/cross-encoders/ms-marco-MiniLM-L-6-v2",
    "version": "1.0.2",
    "model_group_id": "%s",
    "model_format": "TORCH_SCRIPT"
}""" % group["model_group_id"])
    model = task(send, registered["task_id"])["model_id"]
    deployed = send(f"POST /_plugins/_ml/models/{model}/_deploy")
    task(send, deployed["task_id"])

    lines = "".join(
        '{ "index": { "_index": "my-test-data" } }\n{ "passage_text" : %s }\n' % json.dumps(passage)
        for passage in expected()["texts"][:4])
    bulk = send("POST _bulk\n" + lines)
    assert bulk["errors"] is False and [item["index"]["status"] for item in bulk["items"]] == [201] * 4, bulk
    pipeline = send("""
PUT /_search/pipeline/rerank_pipeline
{
        "description": "Pipeline for reranking with a cross-encoder model",
        "response_processors": [
                {
                        "rerank": {
                                "ml_opensearch": {
                                        "model_id": "%s"
                                },
                                "context": {
                                        "document_fields": ["passage_text"]
                                }
                        }
                }
        ]
}""" % model)
    assert pipeline == {"acknowledged": True}, pipeline
    send("POST my-test-data/_refresh")
    reranked = send("""
GET my-test-data/_search?search_pipeline=rerank_pipeline
{
    "query": {
        "match_all": {}
    },
    "size": 4,
    "ext": {
        "rerank": {
            "query_context": {
                 "query_text": "%s"
            }
        }
    }
}""" % QUESTION)
    hits = reranked["hits"]["hits"]
    assert hits[0]["_source"]["passage_text"].startswith("Washington, D.C."), hits
    logits = dict(zip(expected()["texts"], expected()["logits"][:4]))
    for hit in hits:
        assert abs(hit["_score"] - logits[hit["_source"]["passage_text"]]) < 1e-4, hit
    assert [hit["_score"] for hit in hits] == sorted((hit["_score"] for hit in hits), reverse=True)
    assert reranked["hits"]["max_score"] == hits[0]["_score"]
    assert reranked["hits"]["total"] == {"value": 4, "relation": "eq"}
    plain = send("""
GET my-test-data/_search
{
    "query": {
        "match_all": {}
    },
    "ext": {
        "rerank": {
            "query_context": {
                 "query_text": "%s"
            }
        }
    }
}""" % QUESTION)
    assert [hit["_score"] for hit in plain["hits"]["hits"]] == [1.0] * 4, plain


if __name__ == "__main__":
    main(*sys.argv[1:])
