"""ML Commons by opensearch-py-ml's MLCommonClient: upload in chunks, by URL, pretrained; deploy, embed, predict, search, delete.

    check_py_ml.py URL ARTIFACT_FOLDER [PASSWORD]

ARTIFACT_FOLDER is that of pack_artifacts.py.
"""
import json
import pathlib
import sys
import tempfile

from expectations import cosine, expected, same_weights, values
from ml_client import CROSS_ENCODER, DENSE, ML, SPARSE, connect, send
from opensearch_py_ml.ml_commons import MLCommonClient


def files(folder, model):
    """The zip and the description of an artifact."""
    place = pathlib.Path(folder) / model[0] / model[1] / "torch_script"
    return next(place.glob("*.zip")), place / "config.json"


def main(url, folder, password=None):
    client = connect(url, password)
    ml = MLCommonClient(client)
    send(client, "PUT", "/_cluster/settings", {"persistent": {"plugins.ml_commons": {
        "allow_registering_model_via_url": True, "allow_registering_model_via_local_file": True}}})

    # Upload: a reranker of several chunks, and a sparse encoder without a model_config.
    archive, description = files(folder, CROSS_ENCODER)
    group = ml.model_access_control.register_model_group(name="py-ml", description="uploads")["model_group_id"]
    reranker = ml.register_model(str(archive), str(description), model_group_id=group, isVerbose=False)
    assert ml.get_model_info(reranker)["model_state"] == "DEPLOYED", ml.get_model_info(reranker)
    info = ml.get_model_info(reranker)
    assert info["total_chunks"] == -(-archive.stat().st_size // 10_000_000), info
    assert info["model_content_hash_value"] == json.loads(description.read_text())["model_content_hash_value"]
    question = expected()["pairs"][0][0]
    answer = ml.generate_model_inference(reranker, {"query_text": question, "text_docs": expected()["texts"][:4]})
    for found, wanted in zip(values(answer), expected()["logits"][:4], strict=True):
        assert abs(found - wanted) < 1e-4, (found, wanted)

    archive, description = files(folder, SPARSE)
    sparse = ml.register_model(str(archive), str(description), deploy_model=False)
    assert ml.get_model_info(sparse)["model_state"] in ("REGISTERED", "REGISTERING"), ml.get_model_info(sparse)
    ml.deploy_model(sparse)
    answer = ml.predict(sparse, {"text_docs": ["today is sunny"]})
    same_weights(answer["inference_results"][0]["output"][0]["dataAsMap"]["response"][0], expected()["sparse"][4])

    # Pretrained.
    dense = ml.register_pretrained_model(
        model_name=DENSE[0], model_version=DENSE[1], model_format="TORCH_SCRIPT", deploy_model=True,
        wait_until_deployed=True)
    answer = ml.generate_embedding(dense, ["today is sunny", "best laptop for coding"])
    for result, wanted in zip(answer["inference_results"], expected()["embeddings"][4:6], strict=True):
        assert cosine(result["output"][0]["data"], wanted) >= 0.99999

    task = send(client, "POST", f"{ML}/models/{dense}/_deploy")["task_id"]
    assert ml.get_task_info(task, wait_until_task_done=True)["state"] == "COMPLETED"
    found = ml.search_model({"query": {"match_all": {}}, "size": 100})["hits"]["hits"]
    assert {reranker, sparse, dense} <= {hit["_id"] for hit in found}, found
    assert ml.search_task({"query": {"match_all": {}}, "size": 1})["hits"]["total"]["value"] >= 3
    for model in (reranker, sparse, dense):
        ml.undeploy_model(model)
        assert ml.get_model_info(model)["model_state"] == "UNDEPLOYED"
        assert ml.delete_model(model)["result"] == "deleted"
    assert ml.delete_task(task)["result"] == "deleted"
    assert ml.model_access_control.delete_model_group(group)["result"] == "deleted"


if __name__ == "__main__":
    main(*sys.argv[1:])
