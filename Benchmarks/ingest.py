"""Documents a second of `_bulk` through text_embedding and sparse_encoding, beside the encoders alone.

    python3 ingest.py --program needletail --dense FOLDER --sparse FOLDER

Starts the server, makes an index with a default pipeline, sends the texts in bulk requests over one connection, and reads the time of each round until the last answer is there (which
is when the documents are durable). `needletail bench embed` and `bench sparse` say what the encoders need for the same texts: their times, tokenisation included, add up to what
ingest cannot beat. Rounds take turns, so that a machine that slows down slows both. Prints a line of JSON for each round and one for the whole.
"""
import argparse
import http.client
import json
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--program", required=True)
parser.add_argument("--dense", required=True)
parser.add_argument("--sparse", required=True)
parser.add_argument("--corpus", default="Examples/packages/corpus.jsonl")
parser.add_argument("--documents", type=int, default=1000)
parser.add_argument("--bulk", type=int, default=500, help="documents of a request")
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--precision", default="fp32")
arguments = parser.parse_args()

texts = []
with open(arguments.corpus, encoding="utf-8") as lines:
    for line in lines:
        record = json.loads(line)
        texts.append(f"{record.get('title', '')} {record['text']}".strip())
        if len(texts) == arguments.documents:
            break
folder = pathlib.Path(tempfile.mkdtemp(prefix="needletail-ingest-"))
(folder / "texts.jsonl").write_text("".join(json.dumps(text) + "\n" for text in texts), encoding="utf-8")


def alone(kind, model):
    """Seconds that an encoder needs for all texts."""
    command = [arguments.program, "bench", kind, "--model", model, "--texts", str(folder / "texts.jsonl"), "--json"]
    command += ["--threads", str(arguments.threads), "--precision", arguments.precision, "--runs", "1", "--seconds", "0"]
    report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return (report["median_ms"] + report["tokenize_ms"]) / 1000


with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
(folder / "needletail.yaml").write_text(
    json.dumps(
        {
            "inference": {
                name: {"type": kind, "model": str(pathlib.Path(path).resolve()), "precision": arguments.precision, "cache": "off"}
                for name, kind, path in [("dense", "dense", arguments.dense), ("sparse", "sparse", arguments.sparse)]
            }
        }
    )
)
log = open(folder / "server.log", "wb")
server = subprocess.Popen(
    [arguments.program, "serve", "--config", folder / "needletail.yaml", "--data", folder / "data", "--insecure", "--port", str(port), "--threads", str(arguments.threads)],
    stdout=log, stderr=log,
)


def ask(connection, method, path, body=None, kind="application/json"):
    connection.request(method, path, body, {"Content-Type": kind})
    answer = connection.getresponse()
    content = answer.read()
    if answer.status >= 300:
        sys.exit(f"{method} {path}: {answer.status} {content[:500]!r}")
    return json.loads(content)


try:
    for _ in range(300):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
            ask(connection, "GET", "/")
            break
        except OSError:
            time.sleep(0.2)
    else:
        sys.exit(f"the server does not answer; see {folder}/server.log")
    processors = [
        {"text_embedding": {"model_id": "dense", "field_map": {"text": "vector"}}},
        {"sparse_encoding": {"model_id": "sparse", "field_map": {"text": "tokens"}}},
    ]
    ask(connection, "PUT", "/_ingest/pipeline/encode", json.dumps({"processors": processors}))
    dimension = json.loads((pathlib.Path(arguments.dense) / "config.json").read_text())["hidden_size"]
    mapping = {
        "text": {"type": "text"},
        "vector": {"type": "knn_vector", "dimension": dimension, "method": {"name": "hnsw", "engine": "lucene", "space_type": "cosinesimil"}},
        "tokens": {"type": "rank_features"},
    }

    def ingest(index):
        """Seconds of all bulk requests into a new index."""
        settings = {"index": {"knn": True, "default_pipeline": "encode", "number_of_replicas": 0, "refresh_interval": "-1"}}
        ask(connection, "PUT", f"/{index}", json.dumps({"settings": settings, "mappings": {"properties": mapping}}))
        bodies = []
        for first in range(0, len(texts), arguments.bulk):
            lines = ""
            for number, text in enumerate(texts[first : first + arguments.bulk], first):
                lines += json.dumps({"index": {"_id": str(number)}}) + "\n" + json.dumps({"text": text}) + "\n"
            bodies.append(lines.encode())
        begin = time.perf_counter()
        pipelines = 0
        for body in bodies:
            answer = ask(connection, "POST", f"/{index}/_bulk", body, "application/x-ndjson")
            if answer["errors"]:
                sys.exit(f"a document failed: {json.dumps(answer)[:500]}")
            pipelines += answer["ingest_took"]
        seconds = time.perf_counter() - begin
        ask(connection, "POST", f"/{index}/_refresh")
        return seconds, pipelines / 1000

    # One request warms both models up.
    ask(connection, "POST", "/warm/_bulk?pipeline=encode", b'{"index":{}}\n{"text":"warm"}\n', "application/x-ndjson")
    count = len(texts)
    ratios = []
    for number in range(arguments.rounds):
        dense, sparse = alone("embed", arguments.dense), alone("sparse", arguments.sparse)
        bulk, pipelines = ingest(f"round{number}")
        ratios.append((dense + sparse) / bulk)
        print(
            json.dumps(
                {
                    "round": number, "dense_per_s": round(count / dense, 1), "sparse_per_s": round(count / sparse, 1),
                    "both_per_s": round(count / (dense + sparse), 1), "bulk_per_s": round(count / bulk, 1),
                    "pipelines_per_s": round(count / pipelines, 1), "share": round(ratios[-1], 3),
                }
            ),
            flush=True,
        )
    found = ask(connection, "GET", "/round0/_count")["count"]
    size = sum(file.stat().st_size for file in (folder / "data").rglob("*") if file.is_file())
    print(json.dumps({"documents": count, "found": found, "threads": arguments.threads, "precision": arguments.precision, "data_bytes": size, "median_share": round(statistics.median(ratios), 3)}))
finally:
    server.terminate()
    server.wait(60)
