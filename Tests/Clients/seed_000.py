"""A user's script for a cross-encoder: connect, settings, model group, register, poll, deploy, poll, predict.

It is written for OpenSearch with ML Commons. Only the address, the password and the time between polls come from outside
(SEED_HOST, SEED_PORT, SEED_PASSWORD, SEED_SLEEP); what it may rely on is asserted at the end.
"""
import os
import time

import urllib3
from opensearchpy import OpenSearch, RequestsHttpConnection

urllib3.disable_warnings()
HOST = os.environ["SEED_HOST"]
SLEEP = float(os.environ.get("SEED_SLEEP", "10"))

client = OpenSearch(
    hosts=[{"host": HOST, "port": int(os.environ["SEED_PORT"])}],
    http_auth=("admin", os.environ["SEED_PASSWORD"]),
    use_ssl=os.environ.get("SEED_TLS", "1") == "1",
    verify_certs=False,
    connection_class=RequestsHttpConnection,
)

client.cluster.put_settings(body={
    "persistent": {
        "plugins": {
            "ml_commons": {
                "allow_registering_model_via_url": "true",
                "only_run_on_ml_node": "false",
                "model_access_control_enabled": "true",
                "native_memory_threshold": "99",
            }
        }
    }
})

model_group_name = f"local_model_group_{int(time.time())}"
group = client.transport.perform_request(
    method="POST", url="/_plugins/_ml/model_groups/_register",
    body={"name": model_group_name, "description": "A model group for local models"})
model_group_id = group["model_group_id"]

register = client.transport.perform_request(
    method="POST", url="/_plugins/_ml/models/_register",
    body={
        "name": "huggingface/cross-encoders/ms-marco-MiniLM-L-6-v2",
        "version": "1.0.2",
        "model_group_id": model_group_id,
        "model_format": "TORCH_SCRIPT",
        "function_name": "TEXT_SIMILARITY",
    })
register_task_id = register["task_id"]

registration = []
while True:
    status = client.transport.perform_request(method="GET", url=f"/_plugins/_ml/tasks/{register_task_id}")
    registration.append(status)
    assert status["state"] != "FAILED", status
    if status["state"] == "COMPLETED":
        model_id = status["model_id"]
        break
    time.sleep(SLEEP)

deploy = client.transport.perform_request(method="POST", url=f"/_plugins/_ml/models/{model_id}/_deploy")
deploy_task_id = deploy["task_id"]
deployment = []
while True:
    status = client.transport.perform_request(method="GET", url=f"/_plugins/_ml/tasks/{deploy_task_id}")
    deployment.append(status)
    assert status["state"] != "FAILED", status
    if status["state"] == "COMPLETED":
        break
    time.sleep(SLEEP)

prediction = client.transport.perform_request(
    method="POST", url=f"/_plugins/_ml/models/{model_id}/_predict",
    body={
        "text_docs": ["Document 1 text here", "Document 2 text here", "Document 3 text here"],
        "text_query": "Your search query here",
    })

# What the script may rely on.
from expectations import expected, values  # noqa: E402

assert group["status"] == "CREATED" and register["status"] == "CREATED", (group, register)
assert deploy["task_type"] == "DEPLOY_MODEL" and deploy["status"] == "CREATED", deploy
for status in registration + deployment:
    # A state without a model says CREATED: clients stop polling at any other.
    assert status["state"] in ("CREATED", "RUNNING", "COMPLETED"), status
    assert status["state"] == "CREATED" or "model_id" in status, status
assert registration[-1]["task_type"] == "REGISTER_MODEL" and deployment[-1]["task_type"] == "DEPLOY_MODEL"
assert registration[-1]["function_name"] == "TEXT_SIMILARITY" and registration[-1]["is_async"] is True
results = prediction["inference_results"]
assert len(results) == 3, prediction
for result in results:
    (tensor,) = result["output"]
    assert tensor["name"] == "similarity" and tensor["data_type"] == "FLOAT32" and tensor["shape"] == [1], tensor
wanted = expected()["logits"][4:7]
found = values(prediction)
assert all(abs(a - b) < 1e-4 for a, b in zip(found, wanted, strict=True)), (found, wanted)
again = client.transport.perform_request(
    method="POST", url=f"/_plugins/_ml/_predict/text_similarity/{model_id}",
    body={"query_text": "Your search query here", "text_docs": ["Document 2 text here"]})
assert values(again) == found[1:2], again
