"""Steps that all scripts of ML Commons share: send, wait for a task, register, deploy, remove."""
import time

import urllib3
from opensearchpy import OpenSearch, RequestsHttpConnection
from opensearchpy.exceptions import TransportError

urllib3.disable_warnings()
ML = "/_plugins/_ml"
CROSS_ENCODER = ("huggingface/cross-encoders/ms-marco-MiniLM-L-6-v2", "1.0.2")
DENSE = ("huggingface/sentence-transformers/all-MiniLM-L6-v2", "1.0.2")
SPARSE = ("amazon/neural-sparse/opensearch-neural-sparse-encoding-v2-distill", "1.0.0")
TOKENIZER = ("amazon/neural-sparse/opensearch-neural-sparse-tokenizer-v1", "1.0.1")


def connect(url, password=None):
    options = {"http_auth": ("admin", password)} if password else {}
    return OpenSearch(
        hosts=[url], verify_certs=False, ssl_show_warn=False, connection_class=RequestsHttpConnection, timeout=60, **options)


def send(client, method, path, body=None):
    return client.transport.perform_request(method=method, url=path, body=body)


def refused(client, method, path, body=None):
    """Status and body of an answer that is an error."""
    try:
        answer = send(client, method, path, body)
    except TransportError as error:
        return error.status_code, error.info
    raise AssertionError(f"{method} {path} was accepted: {answer}")


def ended(client, task, seconds=180):
    """A task once it is over."""
    last = time.monotonic() + seconds
    while time.monotonic() < last:
        status = send(client, "GET", f"{ML}/tasks/{task}")
        if status["state"] not in ("CREATED", "RUNNING"):
            return status
        time.sleep(0.1)
    raise AssertionError(f"after {seconds} s the task is {status}")


def completed(client, task):
    status = ended(client, task)
    assert status["state"] == "COMPLETED", status
    return status["model_id"]


def register(client, body):
    """The task of a registration."""
    return send(client, "POST", f"{ML}/models/_register", body)["task_id"]


def deploy(client, model):
    completed(client, send(client, "POST", f"{ML}/models/{model}/_deploy")["task_id"])
    return model


def deployed(client, name_and_version):
    """The id of a pretrained model, registered and deployed."""
    name, version = name_and_version
    return deploy(client, completed(client, register(
        client, {"name": name, "version": version, "model_format": "TORCH_SCRIPT"})))


def remove(client, *models):
    for model in models:
        send(client, "POST", f"{ML}/models/{model}/_undeploy")
        send(client, "DELETE", f"{ML}/models/{model}")
