"""Starts a host of models and servers, and runs users' scripts against them; one line for each check.

    run_seeds.py PROGRAM [--full] [--seeds FOLDER] [--only NAME]

PROGRAM is needletail. The artifacts are packed into .cache/artifacts once. --full adds what takes long or needs much: the
failures of models and hosts (trouble.py), and opensearch-py-ml. --seeds takes a folder with the guides that seed_000.py and
seed_001.py follow: the Python in their texts is run as it stands, with address, password and time between polls put in.
"""
import argparse
import os
import pathlib
import re
import ssl
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.request

here = pathlib.Path(__file__).resolve().parent
root = here.parents[1]
sys.path.insert(0, str(root / "Tests/Fixtures/artifacts"))
import check_ml_commons  # noqa: E402
import pack_artifacts  # noqa: E402
import trouble  # noqa: E402
from artifact_host import ArtifactHost  # noqa: E402
from ml_client import connect  # noqa: E402

PASSWORD = "Developer@123"
# With one of these in the environment, requests verifies certificates although its session was told not to.
for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
    os.environ.pop(variable, None)


class Server:
    """A needletail of its own, with an empty data folder, on a free port."""

    def __init__(self, program, folder, artifacts, *options, private="true"):
        self.log = open(f"{folder}/log", "w+")
        environment = os.environ | {
            "NEEDLETAIL_ARTIFACTS": artifacts, "NEEDLETAIL_ARTIFACT_CACHE": f"{folder}/cache",
            "NEEDLETAIL_INITIAL_ADMIN_PASSWORD": PASSWORD, "HF_HUB_DOWNLOAD_TIMEOUT": "3"}
        self.process = subprocess.Popen(
            [program, "serve", "--port", "0", "--data", f"{folder}/data", "--data-model-precision", "fp32",
             "--hub-private-addresses", private, *options],
            stdout=self.log, stderr=subprocess.STDOUT, env=environment)
        self.url = None

    def __enter__(self):
        last = time.monotonic() + 60
        while time.monotonic() < last and self.process.poll() is None:
            text = self.text()
            found = re.search(r"https?://[^ ]+:[0-9]+", text)
            if found:
                self.url = found.group().replace("0.0.0.0", "127.0.0.1")
                try:
                    context = ssl.create_default_context()
                    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
                    urllib.request.urlopen(f"{self.url}/readyz", context=context, timeout=5)
                    return self
                except OSError:
                    pass
            time.sleep(0.1)
        raise RuntimeError(f"the server did not start:\n{self.text()}")

    def text(self):
        self.log.flush()
        return pathlib.Path(self.log.name).read_text()

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(60)


class Checks:
    def __init__(self, only):
        self.only, self.failures = only, 0

    def run(self, name, action, *arguments):
        if self.only and self.only not in name:
            return
        start = time.monotonic()
        try:
            action(*arguments)
        except Exception as error:
            self.failures += 1
            print(f"FAIL  {name}: {type(error).__name__}: {str(error)[:1500]}", flush=True)
            if os.environ.get("SEED_TRACE"):
                traceback.print_exc()
            return
        print(f"ok    {name} ({time.monotonic() - start:.1f} s)", flush=True)


def script(server, name, *arguments, path=None, **variables):
    """Runs a script in a process of its own."""
    place = server.url.split("://")[1].rsplit(":", 1)
    environment = os.environ | {
        "SEED_HOST": place[0], "SEED_PORT": place[1], "SEED_PASSWORD": PASSWORD, "SEED_SLEEP": "0.2",
        "SEED_TLS": "1" if server.url.startswith("https") else "0", "PYTHONWARNINGS": "ignore",
        "PYTHONPATH": ":".join(filter(None, [path, str(here), os.environ.get("PYTHONPATH")]))} | variables
    done = subprocess.run(
        [sys.executable, name, *arguments], env=environment, cwd=here, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise AssertionError(done.stderr.strip()[-1500:])


def guide(server, folder, prefix):
    """The Python of a guide, from its Markdown: as it stands but for address, password and time between polls."""
    (path,) = pathlib.Path(folder).glob(f"{prefix}_*")
    text = path.read_text(encoding="utf-8", errors="replace")
    # Sections before the notes on patterns and practice, where the workflow is told once.
    steps = text.split("Key Learning Points")[0]
    code = "\n".join(re.findall(r"```python\n(.*?)```", steps, re.S))
    address, port = server.url.split("://")[1].rsplit(":", 1)
    code = code.replace("9200", port).replace("time.sleep(10)", "time.sleep(0.2)").replace("Developer@123", PASSWORD)
    if not server.url.startswith("https"):
        code = code.replace("use_ssl=True", "use_ssl=False")
    head = f"import time\nfrom opensearchpy import OpenSearch, RequestsHttpConnection\nHOST = {address!r}\n"
    with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
        file.write(head + code)
        file.flush()
        script(server, file.name)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--seeds")
    parser.add_argument("--only", default="")
    parser.add_argument("--elasticsearch", default="", help="folders with clients of Elasticsearch, by colons")
    parser.add_argument("--plain", action="store_true", help="without TLS and users")
    options = parser.parse_args()
    artifacts = root / ".cache/artifacts"
    pack_artifacts.pack(artifacts)
    checks = Checks(options.only)
    password = None if options.plain else PASSWORD
    access = ["--insecure"] if options.plain else []
    with tempfile.TemporaryDirectory() as folder, ArtifactHost(artifacts) as host:
        os.mkdir(f"{folder}/one")
        with Server(options.program, f"{folder}/one", host.url, *access) as server:
            checks.run("seed 000: a cross-encoder by opensearch-py", script, server, "seed_000.py")
            checks.run("seed 001: a sparse encoder by opensearch-py", script, server, "seed_001.py")
            if options.seeds:
                for prefix in ("000", "001"):
                    checks.run(f"seed {prefix}: the guide's own Python", guide, server, options.seeds, prefix)
            arguments = [server.url] + ([password] if password else [])
            checks.run("seed 002: reranking in console requests", script, server, "seed_002.py", *arguments)
            client = connect(server.url, password)
            models = []
            checks.run("answers equal PyTorch's", lambda: models.extend(check_ml_commons.equal_answers(client)))
            checks.run("hybrid: sparse and dense, union, rerank, five in one request",
                       lambda: check_ml_commons.hybrid_search(client, *models))
            checks.run("client.plugins.ml", check_ml_commons.plugin_methods, client)
            checks.run("registration by URL and by chunks", check_ml_commons.other_ways, client, host.url, artifacts)
            if options.full:
                checks.run("opensearch-py-ml's MLCommonClient", script, server, "check_py_ml.py", server.url,
                           str(artifacts), *arguments[1:])
                spoilt = trouble.Archives(artifacts, host.url)
                checks.run("trouble: archives", trouble.archives, client, spoilt)
                checks.run("trouble: hosts", trouble.hosts, client, spoilt)
                checks.run("trouble: pipelines", trouble.pipelines, client)
                checks.run("trouble: states", trouble.states, client, server.url, password)
                checks.run("the server went on", script, server, "seed_000.py")
            assert server.process.poll() is None, server.text()
        os.mkdir(f"{folder}/two")
        reranker = f"msmarco={root}/Models/starter-cross-encoder"
        with Server(options.program, f"{folder}/two", "off", "--insecure", "--data-elastic-product", "true",
                    "--model", reranker, private="false") as server:
            for path in options.elasticsearch.split(":"):
                client = pathlib.Path(path).name or "elasticsearch"
                checks.run(f"seed 004: import by {client}, search, inference",
                           lambda path=path: script(server, "seed_004.py", server.url, server.url, path=path))
            if options.full:
                checks.run("trouble: private addresses", trouble.private_addresses, connect(server.url),
                           trouble.Archives(artifacts, host.url), host)
    if checks.failures:
        sys.exit(f"{checks.failures} of the checks failed")


if __name__ == "__main__":
    main()
