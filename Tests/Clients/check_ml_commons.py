"""ML Commons by opensearch-py: the plugin's methods, answers equal to PyTorch's, and a hybrid search with reranking in one request.

    check_ml_commons.py URL [PASSWORD]

The models are those of Tests/Fixtures/artifacts under their pretrained names.
"""
import base64
import json
import struct
import sys

from expectations import cosine, expected, same_weights, values
from ml_client import CROSS_ENCODER, DENSE, ML, SPARSE, TOKENIZER, connect, deployed, ended, register, remove, send


def equal_answers(client):
    """Every model of the artifact host, over HTTP: logits to 1e-4, cosines from 0.99999 on, the same weights of tokens."""
    wanted = expected()
    cross, dense, sparse, tokenizer = (deployed(client, model) for model in (CROSS_ENCODER, DENSE, SPARSE, TOKENIZER))
    for (query, text), logit in zip(wanted["pairs"], wanted["logits"], strict=True):
        answer = send(client, "POST", f"{ML}/models/{cross}/_predict", {"query_text": query, "text_docs": [text]})
        (found,) = values(answer)
        assert abs(found - logit) < 1e-4, (query, text[:40], found, logit)
        buffer = answer["inference_results"][0]["output"][0]["byte_buffer"]
        assert buffer["order"] == "LITTLE_ENDIAN"
        assert struct.unpack("<f", base64.b64decode(buffer["array"]))[0] == struct.unpack("<f", struct.pack("<f", found))[0]

    body = {"text_docs": wanted["texts"], "target_response": ["sentence_embedding"], "return_number": True}
    answer = send(client, "POST", f"{ML}/_predict/text_embedding/{dense}", body)
    for text, result, vector in zip(wanted["texts"], answer["inference_results"], wanted["embeddings"], strict=True):
        (tensor,) = result["output"]
        assert tensor["name"] == "sentence_embedding" and tensor["shape"] == [384], tensor["name"]
        assert cosine(tensor["data"], vector) >= 0.99999, (text[:40], cosine(tensor["data"], vector))
    everything = send(client, "POST", f"{ML}/models/{dense}/_predict", {"text_docs": ["today is sunny"]})
    tensors = {tensor["name"]: tensor for tensor in everything["inference_results"][0]["output"]}
    assert list(tensors)[0] == "input_ids", list(tensors)
    assert {"input_ids", "attention_mask", "token_embeddings", "sentence_embedding"} <= tensors.keys(), tensors.keys()
    assert tensors["input_ids"]["data"][0] == 101 and tensors["input_ids"]["data_type"] == "INT64", tensors["input_ids"]

    answer = send(client, "POST", f"{ML}/_predict/sparse_encoding/{sparse}", {"text_docs": wanted["texts"]})
    maps = [result["output"][0]["dataAsMap"]["response"][0] for result in answer["inference_results"]] \
        if len(answer["inference_results"]) > 1 else answer["inference_results"][0]["output"][0]["dataAsMap"]["response"]
    for found, vector in zip(maps, wanted["sparse"], strict=True):
        same_weights(found, vector)
    answer = send(client, "POST", f"{ML}/_predict/sparse_tokenize/{tokenizer}", {"text_docs": ["today is sunny"]})
    found = answer["inference_results"][0]["output"][0]["dataAsMap"]["response"][0]
    same_weights(found, wanted["tokenize"][4], 1e-5)
    return cross, dense, sparse


def hybrid_search(client, cross, dense, sparse):
    """Sparse and dense candidates, their union, reranking and the first five, in one request."""
    client.indices.delete(index="passages", ignore=[404])
    client.ingest.put_pipeline(id="encode", body={"processors": [
        {"text_embedding": {"model_id": dense, "field_map": {"text": "embedding"}}},
        {"sparse_encoding": {"model_id": sparse, "field_map": {"text": "weights"}}}]})
    client.indices.create(index="passages", body={
        "settings": {"index": {"knn": True, "default_pipeline": "encode"}},
        "mappings": {"properties": {
            "text": {"type": "text"}, "weights": {"type": "rank_features"},
            "embedding": {"type": "knn_vector", "dimension": 384,
                          "method": {"name": "hnsw", "engine": "lucene", "space_type": "cosinesimil"}}}}})
    lines = []
    for number, text in enumerate(expected()["texts"]):
        lines += [{"index": {"_id": str(number)}}, {"text": text}]
    bulk = client.bulk(index="passages", body=lines, refresh=True)
    assert not bulk["errors"], bulk
    stored = client.get(index="passages", id="4")["_source"]
    assert cosine(stored["embedding"], expected()["embeddings"][4]) > 0.99999
    same_weights(stored["weights"], expected()["sparse"][4])
    question = expected()["pairs"][0][0]
    body = {
        "size": 5,
        "_source": {"excludes": ["embedding", "weights"]},
        "query": {"hybrid": {"pagination_depth": 50, "queries": [
            {"neural_sparse": {"weights": {"query_text": question, "model_id": sparse}}},
            {"neural": {"embedding": {"query_text": question, "model_id": dense, "k": 50}}}]}},
        "ext": {"rerank": {"query_context": {"query_text": question}}},
        "search_pipeline": {
            "phase_results_processors": [{"score-ranker-processor": {"combination": {"technique": "rrf"}}}],
            "response_processors": [{"rerank": {
                "ml_opensearch": {"model_id": cross}, "context": {"document_fields": ["text"]}}}]},
    }
    hits = client.search(index="passages", body=body)["hits"]["hits"]
    assert len(hits) == 5, hits
    assert hits[0]["_source"]["text"].startswith("Washington, D.C."), hits
    assert abs(hits[0]["_score"] - expected()["logits"][2]) < 1e-4, hits[0]
    assert [hit["_score"] for hit in hits] == sorted((hit["_score"] for hit in hits), reverse=True), hits


def plugin_methods(client):
    """The methods of `client.plugins.ml`."""
    ml = client.plugins.ml
    group = ml.register_model_group(body={"name": "by the plugin", "description": "first"})["model_group_id"]
    assert ml.update_model_group(model_group_id=group, body={"description": "second"})["status"] == "Updated"
    assert ml.get_model_group(model_group_id=group)["description"] == "second"
    query = {"query": {"term": {"name.keyword": "by the plugin"}}}
    assert ml.search_model_group(body=query)["hits"]["total"]["value"] == 1
    task = ml.register_model(body={
        "name": SPARSE[0], "version": SPARSE[1], "model_format": "TORCH_SCRIPT", "model_group_id": group})["task_id"]
    model = ended(client, task)["model_id"]
    assert ml.get_task(task_id=task)["state"] == "COMPLETED"
    assert ml.get_model(model_id=model)["model_state"] == "REGISTERED"
    assert ended(client, ml.deploy_model(model_id=model)["task_id"])["state"] == "COMPLETED"
    found = ml.search_models(body={"query": {"term": {"model_group_id": group}}})["hits"]
    assert found["total"]["value"] == 1 and found["hits"][0]["_id"] == model, found
    assert ml.search_tasks(body={"query": {"term": {"model_id": model}}})["hits"]["total"]["value"] >= 1
    answer = ml.predict(algorithm_name="sparse_encoding", model_id=model, body={"text_docs": ["today is sunny"]})
    same_weights(answer["inference_results"][0]["output"][0]["dataAsMap"]["response"][0], expected()["sparse"][4])
    profile = ml.get_profile(body={})
    assert any(model in node.get("models", {}) for node in profile["nodes"].values()), profile
    assert ml.get_stats()["ml_model_count"] >= 1
    ml.undeploy_model(model_id=model)
    ml.delete_model(model_id=model)
    ml.delete_task(task_id=task)
    assert ml.delete_model_group(model_group_id=group)["result"] == "deleted"


def other_ways(client, host, folder):
    """Registration by URL with a hash, by upload in chunks under both paths, and by the old names of the calls."""
    name, version = SPARSE
    place = folder / name / version / "torch_script"
    description = json.loads((place / "config.json").read_text())
    (archive,) = place.glob("*.zip")
    settings = {"allow_registering_model_via_url": "true", "allow_registering_model_via_local_file": "true"}
    send(client, "PUT", "/_cluster/settings", {"persistent": {"plugins": {"ml_commons": settings}}})
    body = {key: description[key] for key in ("name", "version", "model_format", "function_name", "model_content_hash_value")}
    by_url = ended(client, register(client, body | {"url": f"{host}/{name}/{version}/torch_script/{archive.name}"}))
    assert by_url["state"] == "COMPLETED", by_url
    models = [by_url["model_id"]]
    data = archive.read_bytes()
    for meta, chunk in (("models/meta", "chunk"), ("models/_register_meta", "upload_chunk")):
        answer = send(client, "POST", f"{ML}/{meta}", body | {
            "name": meta, "total_chunks": 1, "model_content_size_in_bytes": len(data)})
        assert answer["status"] == "CREATED", answer
        models.append(answer["model_id"])
        uploaded = client.transport.perform_request(
            method="POST", url=f"{ML}/models/{models[-1]}/{chunk}/0", body=data)
        assert uploaded == {"status": "Uploaded"}, uploaded
    for model, load in zip(models, ("_deploy", "_load", "_deploy"), strict=True):
        status = ended(client, send(client, "POST", f"{ML}/models/{model}/{load}")["task_id"])
        assert status["state"] == "COMPLETED", status
        answer = send(client, "POST", f"{ML}/models/{model}/_predict/", {"text_docs": ["today is sunny"]})
        same_weights(answer["inference_results"][0]["output"][0]["dataAsMap"]["response"][0], expected()["sparse"][4])
    send(client, "POST", f"{ML}/models/{models[0]}/_unload", {})
    remove(client, *models)


def main(url, password=None):
    client = connect(url, password)
    cross, dense, sparse = equal_answers(client)
    hybrid_search(client, cross, dense, sparse)
    plugin_methods(client)


if __name__ == "__main__":
    main(*sys.argv[1:])
