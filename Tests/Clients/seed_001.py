"""A user's script for a learned sparse encoder: settings, model group, register, deploy, encode, undeploy, delete.

Like seed_000.py; then the template function that the same users put into production.
"""
import os
import time

import urllib3
from opensearchpy import OpenSearch, RequestsHttpConnection

urllib3.disable_warnings()
HOST = os.environ["SEED_HOST"]
SLEEP = float(os.environ.get("SEED_SLEEP", "10"))
SETTINGS = {
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
}


def connected(host):
    return OpenSearch(
        hosts=[{"host": host, "port": int(os.environ["SEED_PORT"])}],
        http_auth=("admin", os.environ["SEED_PASSWORD"]),
        use_ssl=os.environ.get("SEED_TLS", "1") == "1",
        verify_certs=False,
        connection_class=RequestsHttpConnection,
    )


def finished(client, task_id):
    while True:
        status = client.transport.perform_request(method="GET", url=f"/_plugins/_ml/tasks/{task_id}")
        assert status["state"] != "FAILED", status
        if status["state"] == "COMPLETED":
            return status
        time.sleep(SLEEP)


def setup_sparse_encoding_model(group_body, host=HOST):
    """Group, registration and deployment; a group body may lack its description."""
    client = connected(host)
    client.cluster.put_settings(body=SETTINGS)
    group = client.transport.perform_request(
        method="POST", url="/_plugins/_ml/model_groups/_register", body=group_body)
    register = client.transport.perform_request(
        method="POST", url="/_plugins/_ml/models/_register",
        body={
            "name": "amazon/neural-sparse/opensearch-neural-sparse-encoding-v2-distill",
            "version": "1.0.0",
            "model_group_id": group["model_group_id"],
            "model_format": "TORCH_SCRIPT",
        })
    model_id = finished(client, register["task_id"])["model_id"]
    deploy = client.transport.perform_request(method="POST", url=f"/_plugins/_ml/models/{model_id}/_deploy")
    finished(client, deploy["task_id"])
    return client, group["model_group_id"], model_id


client, model_group_id, model_id = setup_sparse_encoding_model(
    {"name": f"local_model_group_{time.time()}", "description": "A model group for local models"})

prediction = client.transport.perform_request(
    method="POST", url=f"/_plugins/_ml/_predict/sparse_encoding/{model_id}", body={"text_docs": ["today is sunny"]})
model = client.transport.perform_request(method="GET", url=f"/_plugins/_ml/models/{model_id}")

undeploy = client.transport.perform_request(method="POST", url=f"/_plugins/_ml/models/{model_id}/_undeploy")
undeployed = client.transport.perform_request(method="GET", url=f"/_plugins/_ml/models/{model_id}")
delete_model = client.transport.perform_request(method="DELETE", url=f"/_plugins/_ml/models/{model_id}")
delete_group = client.transport.perform_request(method="DELETE", url=f"/_plugins/_ml/model_groups/{model_group_id}")

# What the script may rely on.
from expectations import expected, same_weights  # noqa: E402

(result,) = prediction["inference_results"]
(tensor,) = result["output"]
assert tensor["name"] == "output", tensor
(weights,) = tensor["dataAsMap"]["response"]
same_weights(weights, expected()["sparse"][4])
assert model["algorithm"] == "SPARSE_ENCODING" and model["model_state"] == "DEPLOYED", model
assert model["model_version"] == "1" and model["model_group_id"] == model_group_id, model
(node,) = undeploy.values()
assert node == {"stats": {model_id: "undeployed"}}, undeploy
assert undeployed["model_state"] == "UNDEPLOYED", undeployed
assert delete_model["result"] == "deleted" and delete_model["_id"] == model_id, delete_model
assert delete_group["result"] == "deleted" and delete_group["_id"] == model_group_id, delete_group
gone = client.transport.perform_request(
    method="GET", url=f"/_plugins/_ml/models/{model_id}", params={"ignore": 404})
assert gone["status"] == 404 and gone["error"]["type"] == "status_exception", gone

# The function once more, with the shortest group body; what it made goes away again.
client, model_group_id, model_id = setup_sparse_encoding_model({"name": f"sparse_group_{time.time()}"})
client.transport.perform_request(method="POST", url=f"/_plugins/_ml/models/{model_id}/_undeploy")
client.transport.perform_request(method="DELETE", url=f"/_plugins/_ml/models/{model_id}")
client.transport.perform_request(method="DELETE", url=f"/_plugins/_ml/model_groups/{model_group_id}")
