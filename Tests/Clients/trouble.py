"""What goes wrong with models: every fault is an error in the shape that clients expect, and the server goes on.

    trouble.py URL HOST_URL HOST_FOLDER [PASSWORD]

HOST_URL is an artifact_host.py over HOST_FOLDER, which this script adds archives to.
"""
import hashlib
import io
import json
import pathlib
import socket
import sys
import threading
import time
import zipfile

from expectations import FIXTURES, expected
from ml_client import ML, SPARSE, completed, connect, deploy, deployed, ended, refused, register, remove, send
from opensearchpy.exceptions import TransportError

TINY = FIXTURES / "tiny"
CONFIG = {"model_type": "bert", "embedding_dimension": 1, "framework_type": "huggingface_transformers",
          "all_config": "{\"total_chunks\":1}"}


def zipped(entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


class Archives:
    """Archives on the host, each with one fault."""

    def __init__(self, folder, url):
        self.folder, self.url = pathlib.Path(folder), url
        with zipfile.ZipFile(TINY / "bert-cross.zip") as archive:
            self.good = {name: archive.read(name) for name in archive.namelist()}

    def put(self, name, data):
        path = self.folder / "trouble" / f"{name}.zip"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return data

    def body(self, name, data, prefix="", **changes):
        """A registration by URL."""
        self.put(name, data)
        return {
            "name": f"trouble {name}", "version": "1.0.0", "model_format": "TORCH_SCRIPT",
            "function_name": "TEXT_SIMILARITY", "model_config": CONFIG,
            "model_content_hash_value": hashlib.sha256(data).hexdigest(),
            "url": f"{self.url}{prefix}/trouble/{name}.zip"} | changes


def allow_urls(client):
    send(client, "PUT", "/_cluster/settings", {"persistent": {"plugins.ml_commons.allow_registering_model_via_url": True}})


def models_named(client, name):
    """The ids of the models of a name."""
    found = send(client, "POST", f"{ML}/models/_search", {"size": 1000, "query": {"match_phrase": {"name": name}}})
    return {hit["_id"] for hit in found["hits"]["hits"]}


def fails(client, body, *words, seconds=180):
    """A registration whose task fails, with these words in its error; it leaves no model."""
    before = models_named(client, body["name"])
    status = ended(client, register(client, body), seconds)
    assert status["state"] == "FAILED", (body["name"], status)
    for word in words:
        assert word.lower() in status["error"].lower(), (body["name"], word, status["error"])
    assert models_named(client, body["name"]) == before, body["name"]
    return status["error"]


def not_taken(client, body):
    """A registration that is refused at once or whose task fails."""
    try:
        fails(client, body)
    except TransportError as refusal:
        assert refusal.status_code == 400, refusal


def error_shape(answer, status, kind):
    """The shape of an error of OpenSearch."""
    code, body = answer
    assert code == status and body["status"] == status, (code, body)
    assert body["error"]["type"] == kind and body["error"]["reason"], body
    assert body["error"]["root_cause"][0]["type"], body


def archives(client, host):
    """Archives that are not what they should be."""
    allow_urls(client)
    good = zipped(host.good)
    without = {name: data for name, data in host.good.items() if name != "tokenizer.json"}
    fails(client, host.body("wrong-hash", good, model_content_hash_value="0" * 64), "model content changed")
    fails(client, host.body("no-tokenizer", zipped(without)), "tokenizer")
    fails(client, host.body("corrupt", good[: len(good) // 2]), "archive")
    fails(client, host.body("no-zip", b"<html>not here</html>" * 99))
    fails(client, host.body("onnx-inside", zipped({"model.onnx": b"x", "tokenizer.json": b"{}"})), "model format")
    fails(client, host.body("two-models", zipped(host.good | {"second.pt": b"x"})), "multiple")
    fails(client, host.body("leads-out", zipped(host.good | {"../../outside.txt": b"x"})))
    fails(client, host.body("program", zipped(host.good | {"run.sh": b"x"})), "run.sh")
    assert not (host.folder.parent / "outside.txt").exists()
    error_shape(refused(client, "POST", f"{ML}/models/_register", host.body("a", good, model_format="PICKLE")),
                400, "illegal_argument_exception")
    error_shape(refused(client, "POST", f"{ML}/models/_register", host.body("a", good, model_config=None)),
                400, "illegal_argument_exception")

    # What only shows when it is loaded: registered, and then the deployment says why not.
    for name, damaged in (("no-weights", host.good | {"bert-cross.pt": b"PK\5\6" + b"\0" * 18}),
                          ("no-vocabulary", host.good | {"tokenizer.json": b"{}"})):
        status = ended(client, register(client, host.body(name, zipped(damaged))))
        if status["state"] == "FAILED":
            continue
        model = status["model_id"]
        status = ended(client, send(client, "POST", f"{ML}/models/{model}/_deploy")["task_id"])
        assert status["state"] == "FAILED", status
        (reason,) = json.loads(status["error"]).values()
        assert reason, status
        assert send(client, "GET", f"{ML}/models/{model}")["model_state"] == "DEPLOY_FAILED"
        error_shape(refused(client, "POST", f"{ML}/models/{model}/_predict", {"query_text": "a", "text_docs": ["b"]}),
                    400, "illegal_argument_exception")
        remove(client, model)


def hosts(client, host):
    """Hosts that lie, are slow, silent, broken or not there."""
    allow_urls(client)
    good = zipped(host.good)
    fails(client, host.body("short", good, "/faults/short"))
    fails(client, host.body("long", good, "/faults/long"), "model content changed")
    fails(client, host.body("broken", good, "/faults/broken"))
    fails(client, host.body("not-there", good, "/nowhere"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{free.getsockname()[1]}/model.zip"
    fails(client, host.body("dead", good, url=dead))
    fails(client, host.body("no-name", good, url="http://no-such-host.invalid/model.zip"))
    # A slow host is waited for, a silent one up to a limit, and everything else goes on beside both.
    slow = register(client, host.body("slow", good, "/faults/slow"))
    silent = register(client, host.body("silent", good, "/faults/silent"))
    assert send(client, "GET", f"{ML}/tasks/{silent}")["state"] == "CREATED"
    assert client.cluster.health()["status"] in ("green", "yellow")
    remove(client, completed(client, slow))
    status = ended(client, silent, 180)
    assert status["state"] == "FAILED" and status["error"], status
    fails(client, {"name": "huggingface/tests/unknown", "version": "1.0.0", "model_format": "TORCH_SCRIPT"},
          "not in the pre-trained model list")
    fails(client, {"name": SPARSE[0], "version": "9.9.9", "model_format": "TORCH_SCRIPT"},
          "not in the pre-trained model list")


def private_addresses(client, host, server):
    """What clients name does not lead a server into its own network, unless it was told so; nor do pretrained names when they are off."""
    allow_urls(client)
    good = zipped(host.good)
    before = len(server.requests)
    port = host.url.rsplit(":", 1)[1]
    for address in (host.url, f"http://localhost:{port}", f"http://[::1]:{port}", f"http://0.0.0.0:{port}",
                    f"http://2130706433:{port}"):
        not_taken(client, host.body("private", good) | {"url": f"{address}/trouble/private.zip"})
    assert len(server.requests) == before, server.requests[before:]
    error = fails(client, {"name": SPARSE[0], "version": SPARSE[1], "model_format": "TORCH_SCRIPT"})
    assert error, "no reason"
    for url in ("file:///etc/passwd", "ftp://127.0.0.1/model.zip"):
        not_taken(client, host.body("file", good) | {"url": url})


def pipelines(client):
    """Pipelines that name a model which is not there: made without a word, an error for each document and search."""
    client.indices.delete(index="trouble", ignore=[404])
    client.ingest.put_pipeline(id="nobody", body={"processors": [
        {"text_embedding": {"model_id": "nobody", "field_map": {"text": "vector"}}}]})
    bulk = client.bulk(index="trouble", pipeline="nobody", body=[{"index": {"_id": "1"}}, {"text": "a"}])
    assert bulk["errors"] and bulk["items"][0]["index"]["status"] >= 400, bulk
    assert "nobody" in json.dumps(bulk["items"][0]["index"]["error"]), bulk
    code, body = refused(client, "PUT", "/trouble/_doc/1?pipeline=nobody", {"text": "a"})
    assert 400 <= code < 600 and body["error"]["reason"], body
    client.index(index="trouble", id="1", body={"text": "words"}, refresh=True)
    send(client, "PUT", "/_search/pipeline/nobody", {"response_processors": [
        {"rerank": {"ml_opensearch": {"model_id": "nobody"}, "context": {"document_fields": ["text"]}}}]})
    search = {"query": {"match_all": {}}, "ext": {"rerank": {"query_context": {"query_text": "a"}}}}
    code, body = refused(client, "POST", "/trouble/_search?search_pipeline=nobody", search)
    assert 400 <= code < 600 and body["error"]["reason"], body
    assert client.search(index="trouble", body=search)["hits"]["total"]["value"] == 1
    code, body = refused(client, "POST", "/trouble/_search", {
        "query": {"neural_sparse": {"weights": {"query_text": "a", "model_id": "nobody"}}}})
    assert 400 <= code < 500 and body["error"]["reason"], body
    client.indices.delete(index="trouble")


def states(client, url, password):
    """Models in the wrong state, and one that goes away while it is asked."""
    error_shape(refused(client, "GET", f"{ML}/models/nobody"), 404, "status_exception")
    error_shape(refused(client, "POST", f"{ML}/models/nobody/_deploy"), 404, "status_exception")
    error_shape(refused(client, "DELETE", f"{ML}/models/nobody"), 404, "status_exception")
    error_shape(refused(client, "GET", f"{ML}/tasks/nobody"), 404, "status_exception")
    model = deployed(client, SPARSE)
    code, body = refused(client, "DELETE", f"{ML}/models/{model}")
    assert code == 400 and "undeploy" in body["error"]["reason"], body
    group = send(client, "GET", f"{ML}/models/{model}")["model_group_id"]
    code, body = refused(client, "DELETE", f"{ML}/model_groups/{group}")
    assert code == 409, body
    code, body = refused(client, "POST", f"{ML}/models/{model}/_predict", {"text_docs": []})
    assert code == 400, body

    answers, stop = [], threading.Event()

    def ask():
        own = connect(url, password)
        while not stop.is_set():
            try:
                found = send(own, "POST", f"{ML}/models/{model}/_predict", {"text_docs": expected()["texts"]})
                answers.append((200, len(found["inference_results"])))
            except Exception as error:
                answers.append((getattr(error, "status_code", None), getattr(error, "info", str(error))))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        time.sleep(0.3)
        send(client, "POST", f"{ML}/models/{model}/_undeploy")
        time.sleep(0.1)
        deploy(client, model)
    stop.set()
    for thread in threads:
        thread.join()
    good = [answer for answer in answers if answer[0] == 200]
    bad = [answer for answer in answers if answer[0] != 200]
    assert good, answers[:3]
    for code, body in bad:
        assert code == 400 and "deploy the model first" in body["error"]["reason"], (code, body)
    remove(client, model)
    error_shape(refused(client, "POST", f"{ML}/models/{model}/_predict", {"text_docs": ["a"]}), 404, "status_exception")


def main(url, host_url, folder, password=None):
    client = connect(url, password)
    host = Archives(folder, host_url)
    archives(client, host)
    hosts(client, host)
    pipelines(client)
    states(client, url, password)


if __name__ == "__main__":
    main(*sys.argv[1:])
