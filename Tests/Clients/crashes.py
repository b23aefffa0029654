"""Kills a server in the middle of registrations, deployments and bulk requests through a pipeline, and looks at what the next one finds.

    crashes.py PROGRAM [ROUNDS]

After each start: every task is over, no model is between two states, every deployed model answers as it did, every file belongs to a model,
and every document whose write was answered is there with its vector. The standard library is all that it needs.
"""
import hashlib
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

TINY = pathlib.Path(__file__).resolve().parents[1] / "Fixtures" / "artifacts" / "tiny"
MODELS = {
    "huggingface/cross-encoders/tiny": ("bert-cross", "TEXT_SIMILARITY"),
    "huggingface/sentence-transformers/tiny": ("bert-dense", "TEXT_EMBEDDING"),
    "amazon/neural-sparse/tiny": ("distilbert-splade", "SPARSE_ENCODING"),
}
VERSION = "1.0.0"
TEXTS = {"query_text": "red dog", "text_docs": ["a red dog runs", "blue water"]}


def make_mirror(folder):
    """The archives in the layout of OpenSearch's artifact host."""
    for name, (file, function) in MODELS.items():
        data = (TINY / f"{file}.zip").read_bytes()
        place = folder / name / VERSION / "torch_script"
        place.mkdir(parents=True)
        zip_name = "_".join(name.split("/")[1:]) + f"-{VERSION}-torch_script.zip"
        (place / zip_name).write_bytes(data)
        (place / "config.json").write_text(json.dumps({
            "name": name, "version": VERSION, "model_format": "TORCH_SCRIPT", "function_name": function,
            "model_content_hash_value": hashlib.sha256(data).hexdigest(), "model_content_size_in_bytes": len(data),
            "model_config": {
                "model_type": "bert", "embedding_dimension": 32, "framework_type": "sentence_transformers",
                "all_config": json.dumps({"total_chunks": 1})}}))


class Server:
    def __init__(self, program, data, mirror, log):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        environment = dict(os.environ, NEEDLETAIL_ARTIFACTS=str(mirror))
        self.process = subprocess.Popen(
            [program, "serve", "--data", str(data), "--port", str(self.port), "--insecure", "--log-level", "error"],
            stdout=log, stderr=log, env=environment)
        for _ in range(600):
            if self.process.poll() is not None:
                raise SystemExit(f"crashes: the server did not start: {log.name}")
            try:
                if self.ask("GET", "/")[0] == 200:
                    return
            except OSError:
                time.sleep(0.05)
        raise SystemExit("crashes: the server does not answer")

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            data = body if isinstance(body, str) else None if body is None else json.dumps(body)
            connection.request(method, path, data, {"content-type": "application/json"} if data else {})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        finally:
            connection.close()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def found(server, kind):
    status, answer = server.ask("POST", f"/_plugins/_ml/{kind}/_search", {"size": 10000, "query": {"match_all": {}}})
    assert status == 200, answer
    return {hit["_id"]: hit["_source"] for hit in answer["hits"]["hits"]}


def ended(server, task, seconds=60):
    for _ in range(seconds * 20):
        state = server.ask("GET", f"/_plugins/_ml/tasks/{task}")[1]
        if state["state"] not in ("CREATED", "RUNNING"):
            return state
        time.sleep(0.05)
    raise AssertionError(f"a task never ends: {state}")


def answer_of(server, model, function):
    body = TEXTS if function == "TEXT_SIMILARITY" else {"text_docs": TEXTS["text_docs"]}
    if function == "TEXT_EMBEDDING":
        body["target_response"] = ["sentence_embedding"]
    status, answer = server.ask("POST", f"/_plugins/_ml/models/{model}/_predict", body)
    assert status == 200, (model, answer)
    return answer["inference_results"]


class Round:
    """What clients do until the server dies; they remember what was answered."""

    def __init__(self, server, written, lock, seed):
        self.server, self.written, self.lock = server, written, lock
        self.random = random.Random(seed)

    def register(self):
        name = self.random.choice(list(MODELS))
        deploys = self.random.choice(["true", "false"])
        self.server.ask(
            "POST", f"/_plugins/_ml/models/_register?deploy_model={deploys}",
            {"name": name, "version": VERSION, "model_format": "TORCH_SCRIPT"})

    def change(self):
        keep = self.server.ask("GET", "/_ingest/pipeline/vectors")[1]["vectors"]["processors"][0]["text_embedding"]
        models = [id for id in found(self.server, "models") if id != keep["model_id"]]
        if not models:
            return
        model = self.random.choice(models)
        way = self.random.choice(["_deploy", "_deploy", "_undeploy", "delete"])
        if way == "delete":
            self.server.ask("POST", f"/_plugins/_ml/models/{model}/_undeploy")
            self.server.ask("DELETE", f"/_plugins/_ml/models/{model}")
        else:
            self.server.ask("POST", f"/_plugins/_ml/models/{model}/{way}")

    def bulk(self):
        ids = [f"{self.random.getrandbits(60):x}" for _ in range(20)]
        lines = "".join(
            json.dumps({"index": {"_id": id}}) + "\n" + json.dumps({"text": f"a dog number {id}"}) + "\n" for id in ids)
        status, answer = self.server.ask("POST", "/docs/_bulk?pipeline=vectors", lines)
        if status == 200:
            with self.lock:
                self.written.update(
                    item["index"]["_id"] for item in answer["items"] if item["index"]["status"] in (200, 201))

    def work(self, action):
        try:
            while True:
                action()
        except (OSError, http.client.HTTPException, ValueError, KeyError):
            pass

    def run(self, seconds):
        threads = [threading.Thread(target=self.work, args=[action]) for action in
                   (self.register, self.register, self.change, self.bulk, self.bulk)]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        self.server.kill()
        for thread in threads:
            thread.join()


def check(server, data, written, expected):
    """What has to be true of every server after a start."""
    for task, source in found(server, "tasks").items():
        if source["state"] in ("CREATED", "RUNNING"):
            ended(server, task)
    models = found(server, "models")
    # Models that were deployed are deployed again, which takes a while.
    end = time.monotonic() + 120
    while any(model["model_state"] == "DEPLOYING" for model in models.values()) and time.monotonic() < end:
        time.sleep(0.05)
        models = found(server, "models")
    states = {}
    for model, source in models.items():
        states[source["model_state"]] = states.get(source["model_state"], 0) + 1
        assert source["model_state"] in ("REGISTERED", "DEPLOYED", "UNDEPLOYED", "DEPLOY_FAILED"), source
        function = source["algorithm"]
        if source["model_state"] == "DEPLOYED":
            assert answer_of(server, model, function) == expected[function], model
    for model, source in list(models.items())[:3]:
        if source["model_state"] in ("REGISTERED", "UNDEPLOYED"):
            task = server.ask("POST", f"/_plugins/_ml/models/{model}/_deploy")[1]["task_id"]
            state = ended(server, task)
            assert state["state"] == "COMPLETED", state
            server.ask("POST", f"/_plugins/_ml/models/{model}/_undeploy")
    groups = found(server, "model_groups")
    for model, source in models.items():
        assert source["model_group_id"] in groups, source
    folders = [file.parent for file in data.glob("*/*/model.zip")]
    assert len(folders) == len(models), (len(folders), len(models))
    if written:
        server.ask("POST", "/docs/_refresh")
        for start in range(0, len(written), 1000):
            ids = sorted(written)[start:start + 1000]
            answer = server.ask("POST", "/docs/_mget", {"ids": ids})[1]
            for document in answer["docs"]:
                assert document["found"] and len(document["_source"]["vector"]) > 0, document["_id"]
    return states


def main(program, rounds):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="needletail-crashes-"))
    make_mirror(folder / "mirror")
    data, log = folder / "data", open(folder / "log", "wb")
    start = lambda: Server(program, data, folder / "mirror", log)
    server = start()
    settings = {"plugins.ml_commons.max_model_on_node": 1000}
    assert server.ask("PUT", "/_cluster/settings", {"persistent": settings})[0] == 200
    expected = {}
    for name, (_, function) in MODELS.items():
        task = server.ask(
            "POST", "/_plugins/_ml/models/_register?deploy_model=true",
            {"name": name, "version": VERSION, "model_format": "TORCH_SCRIPT"})[1]["task_id"]
        state = ended(server, task)
        assert state["state"] == "COMPLETED", state
        model = state["model_id"]
        while server.ask("GET", f"/_plugins/_ml/models/{model}")[1]["model_state"] == "DEPLOYING":
            time.sleep(0.05)
        expected[function] = answer_of(server, model, function)
        if function == "TEXT_EMBEDDING":
            processor = {"text_embedding": {"model_id": model, "field_map": {"text": "vector"}}}
            status, answer = server.ask("PUT", "/_ingest/pipeline/vectors", {"processors": [processor]})
            assert status == 200, answer
    size = expected["TEXT_EMBEDDING"][0]["output"][0]["shape"][-1]
    status, answer = server.ask("PUT", "/docs", {
        "settings": {"index.knn": True},
        "mappings": {"properties": {"vector": {"type": "knn_vector", "dimension": size}}}})
    assert status == 200, answer
    written, lock, moments = set(), threading.Lock(), random.Random(7)
    for number in range(rounds):
        Round(server, written, lock, number).run(moments.uniform(0.02, 1.5))
        server = start()
        states = check(server, data, written, expected)
        print(f"round {number + 1}: {len(written)} documents, models {states}", flush=True)
        if number % 10 == 9:
            # Not more and more of them.
            for model in list(found(server, "models"))[20:]:
                server.ask("POST", f"/_plugins/_ml/models/{model}/_undeploy")
                server.ask("DELETE", f"/_plugins/_ml/models/{model}")
    server.kill()
    shutil.rmtree(folder)
    print(f"crashes: {rounds} rounds, nothing lost and nothing stuck")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 50)
