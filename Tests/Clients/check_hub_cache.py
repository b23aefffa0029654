"""Checks that needletail and huggingface_hub use what the other has fetched, in one cache, and that neither disturbs the other.

    pip install -r Tests/Clients/requirements.txt
    python Tests/Clients/check_hub_cache.py [--needletail .build/release/needletail] [--model FOLDER]

A small server on this machine plays the hub, with a store for large files behind a redirect. Nothing else is asked. FOLDER is any model
folder; a little one of the test fixtures unless said.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMIT = "0123456789abcdef0123456789abcdef01234567"
REPOSITORY = "org/model"


def etag(name: str, data: bytes) -> str:
    if name.endswith(".safetensors"):
        return hashlib.sha256(data).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


class Hub(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    files: dict[str, bytes] = {}
    requests: list[str] = []

    def log_message(self, *_):
        pass

    def answer(self, status, headers=(), body=b""):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):
        path = self.path.split("?")[0]
        Hub.requests.append(f"{self.command} {path}")
        if path.startswith(f"/api/models/{REPOSITORY}/tree/"):
            entries = []
            for name, data in self.files.items():
                entry = {"type": "file", "path": name, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}
                if name.endswith(".safetensors"):
                    entry["lfs"] = {"oid": etag(name, data), "size": len(data), "pointerSize": 128}
                entries.append(entry)
            return self.answer(200, [("Content-Type", "application/json")], json.dumps(entries).encode())
        if path.startswith(f"/api/models/{REPOSITORY}"):
            names = [{"rfilename": name} for name in self.files]
            document = {"id": REPOSITORY, "sha": COMMIT, "siblings": names, "private": False, "tags": [], "downloads": 0}
            return self.answer(200, [("Content-Type", "application/json")], json.dumps(document).encode())
        for name, data in self.files.items():
            if path in [f"/{REPOSITORY}/resolve/{revision}/{name}" for revision in ("main", COMMIT)]:
                headers = [("X-Repo-Commit", COMMIT)]
                if name.endswith(".safetensors"):
                    tag = etag(name, data)
                    headers += [("X-Linked-Etag", f'"{tag}"'), ("X-Linked-Size", str(len(data)))]
                    return self.answer(302, headers + [("Location", f"http://localhost:{self.server.server_port}/store/{tag}")])
                return self.answer(200, headers + [("ETag", f'"{etag(name, data)}"')], data)
            if path == f"/store/{etag(name, data)}":
                return self.answer(200, [("ETag", '"store"')], data)
        self.answer(404, [("X-Error-Code", "EntryNotFound"), ("X-Repo-Commit", COMMIT)])

    do_HEAD = do_GET


def bodies() -> list[str]:
    return [r for r in Hub.requests if r.startswith("GET") and "/api/" not in r]


def layout(cache: Path) -> dict[str, str]:
    """Every link of the snapshot and what it leads to, and every blob."""
    folder = cache / "models--org--model"
    found = {str(p.relative_to(folder)): os.readlink(p) for p in (folder / "snapshots").rglob("*") if p.is_symlink()}
    found |= {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in (folder / "blobs").iterdir()}
    found["refs/main"] = (folder / "refs/main").read_text()
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--needletail", default=str(ROOT / ".build/release/needletail"))
    parser.add_argument("--model", type=Path, default=ROOT / "Tests/Fixtures/encoders/models/bert-dense")
    arguments = parser.parse_args()
    for path in arguments.model.rglob("*"):
        if path.is_file():
            Hub.files[str(path.relative_to(arguments.model))] = path.read_bytes()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.server_port}"

    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        os.environ.update(
            HF_ENDPOINT=endpoint, HF_HOME=str(work / "python"), HF_HUB_DISABLE_XET="1", HF_HUB_DISABLE_TELEMETRY="1")
        for name in ("HF_TOKEN", "HF_HUB_CACHE", "HF_HUB_OFFLINE", "HUGGINGFACE_HUB_CACHE"):
            os.environ.pop(name, None)
        import huggingface_hub

        def needletail(cache: Path, *words: str, offline: bool = False) -> subprocess.CompletedProcess:
            environment = dict(os.environ, HF_HUB_CACHE=str(cache), HF_HUB_OFFLINE="1" if offline else "0")
            return subprocess.run(
                [arguments.needletail, *words], env=environment, capture_output=True, text=True, check=False)

        def expect(condition: bool, what: str, detail: object = ""):
            print(("ok    " if condition else "FAILED ") + what)
            if not condition:
                print(detail)
                sys.exit(1)

        # Python fetches, needletail uses.
        python = work / "python/hub"
        snapshot = huggingface_hub.snapshot_download(REPOSITORY)
        asked = len(Hub.requests)
        found = needletail(python, "models", "pull", REPOSITORY, "--offline")
        expect(found.stdout.strip() == snapshot, "needletail finds what Python fetched", found)
        used = needletail(python, "embed", "--model", REPOSITORY, "a text", offline=True)
        expect(used.returncode == 0, "and runs it by its name", used.stderr)
        listed = needletail(python, "models", "list", "--format", "jsonl", offline=True)
        expect(snapshot in listed.stdout, "and lists it", listed)
        expect(len(Hub.requests) == asked, "and asks nobody", Hub.requests[asked:])
        before, fetched = layout(python), len(bodies())
        again = needletail(python, "models", "pull", REPOSITORY)
        expect(again.returncode == 0 and "already cached" in again.stderr, "a pull says so", again)
        expect(layout(python) == before and len(bodies()) == fetched, "and leaves the cache as it was")

        # needletail fetches, Python uses.
        ours = work / "ours"
        pulled = needletail(ours, "models", "pull", REPOSITORY)
        expect(pulled.returncode == 0, "needletail fetches", pulled)
        asked = len(Hub.requests)
        names = [str(p.relative_to(pulled.stdout.strip())) for p in Path(pulled.stdout.strip()).rglob("*") if p.is_file()]
        expect("config.json" in names, "it fetched a configuration", names)
        for name in names:
            path = huggingface_hub.hf_hub_download(REPOSITORY, name, cache_dir=ours, local_files_only=True)
            expect(Path(path).read_bytes() == Hub.files[name], f"Python finds {name}")
        local = huggingface_hub.snapshot_download(REPOSITORY, cache_dir=ours, local_files_only=True)
        expect(local == pulled.stdout.strip(), "Python finds the snapshot", local)
        expect(len(Hub.requests) == asked, "and asks nobody", Hub.requests[asked:])
        theirs = layout(python)
        mine = layout(ours)
        expect(all(theirs.get(key) == value for key, value in mine.items()), "both lay files out alike", (mine, theirs))
        scan = huggingface_hub.scan_cache_dir(ours)
        expect(not scan.warnings and len(scan.repos) == 1, "Python's scan of the cache has no complaint", scan)
        fetched = len(bodies())
        huggingface_hub.snapshot_download(REPOSITORY, cache_dir=ours)
        missing = set(Hub.files) - set(names)
        expect(len(bodies()) - fetched == len(missing), "Python adds the rest, and nothing again", bodies()[fetched:])

        # Both at once, each waiting for the other's locks.
        both = work / "both"
        fetched = len(bodies())
        process = subprocess.Popen(
            [arguments.needletail, "models", "pull", REPOSITORY, "--quiet"],
            env=dict(os.environ, HF_HUB_CACHE=str(both)), stdout=subprocess.PIPE, text=True)
        huggingface_hub.snapshot_download(REPOSITORY, cache_dir=both)
        process.communicate()
        expect(process.returncode == 0, "both at once succeed")
        stores = [b for b in bodies()[fetched:] if "/store/" in b]
        expect(len(stores) == len(set(stores)), "and fetch the weights once", stores)
        expect(all(layout(both)[key] == value for key, value in layout(python).items()), "and the cache is the same")
    print("all well with huggingface_hub", huggingface_hub.__version__)


if __name__ == "__main__":
    main()
