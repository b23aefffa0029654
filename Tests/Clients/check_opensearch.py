"""Drives a running server with opensearch-py: what its users do, with what they may rely on asserted.

    check_opensearch.py --url http://127.0.0.1:9200

Everything is made in indices whose names begin with `client-`, which are deleted first and last.
"""
import argparse
from urllib.parse import urlsplit

from opensearchpy import OpenSearch, exceptions, helpers

DOCUMENTS = 3000


def documents():
    for number in range(DOCUMENTS):
        yield {
            "_index": "client-books",
            "_id": str(number),
            "title": f"volume {number} about {'whales' if number % 3 == 0 else 'gardens'}",
            "pages": number % 500,
            "genre": ["novel", "essay", "poem"][number % 3],
            "printed": f"20{number % 20:02d}-03-01",
        }


def check(client):
    info = client.info()
    assert info["version"]["distribution"] == "opensearch", info
    client.indices.delete(index="client-*", ignore=[404])

    # An index with settings, mapping and alias; making it twice is an error with a name.
    body = {
        "settings": {"number_of_shards": 1, "number_of_replicas": 0},
        "mappings": {"properties": {
            "title": {"type": "text", "fields": {"raw": {"type": "keyword"}}},
            "pages": {"type": "integer"}, "genre": {"type": "keyword"}, "printed": {"type": "date"}}},
        "aliases": {"client-shelf": {}},
    }
    assert client.indices.create(index="client-books", body=body)["acknowledged"]
    try:
        client.indices.create(index="client-books", body=body)
        raise AssertionError("an index was made twice")
    except exceptions.RequestError as error:
        assert error.error == "resource_already_exists_exception", error
    assert client.indices.exists(index="client-books") and not client.indices.exists(index="client-none")
    assert client.indices.exists_alias(name="client-shelf")

    # Bulk, with an error among the items.
    done, failed = helpers.bulk(client, documents(), chunk_size=500)
    assert (done, failed) == (DOCUMENTS, []), (done, failed)
    _, failed = helpers.bulk(
        client, [{"_op_type": "create", "_index": "client-books", "_id": "0", "title": "again"}], raise_on_error=False)
    assert failed[0]["create"]["status"] == 409, failed
    _, failed = helpers.bulk(
        client, [{"_index": "client-books", "_id": "bad", "pages": "many"}], raise_on_error=False)
    assert failed[0]["index"]["error"]["type"] == "mapper_parsing_exception", failed
    for good, result in helpers.streaming_bulk(client, documents(), chunk_size=1000):
        assert good and result["index"]["result"] == "updated" and result["index"]["_version"] == 2, result
    client.indices.refresh(index="client-books")
    assert client.count(index="client-shelf")["count"] == DOCUMENTS

    # Documents by id, optimistic concurrency, updates.
    found = client.get(index="client-books", id="7")
    assert found["_source"]["pages"] == 7 and found["_version"] == 2
    client.index(index="client-books", id="7", body={"pages": 1007}, if_seq_no=found["_seq_no"],
                 if_primary_term=found["_primary_term"])
    try:
        client.index(index="client-books", id="7", body={"pages": 1}, if_seq_no=found["_seq_no"],
                     if_primary_term=found["_primary_term"])
        raise AssertionError("an old sequence number was accepted")
    except exceptions.ConflictError:
        pass
    client.update(index="client-books", id="7", body={"doc": {"genre": "novel"}})
    client.update(index="client-books", id="7", body={"script": {"source": "ctx._source.pages += params.by", "params": {"by": 3}}})
    assert client.get(index="client-books", id="7")["_source"] == {"pages": 1010, "genre": "novel"}
    many = client.mget(index="client-books", body={"ids": ["1", "2", "nobody"]})["docs"]
    assert [doc["found"] for doc in many] == [True, True, False]
    try:
        client.get(index="client-books", id="nobody")
        raise AssertionError("a document that is not there was found")
    except exceptions.NotFoundError as error:
        assert error.info["found"] is False

    # Searching: ranks, paging, highlights, aggregations.
    client.indices.refresh(index="client-books")
    hits = client.search(index="client-books", body={
        "query": {"match": {"title": "whales"}}, "size": 5, "track_total_hits": True,
        "highlight": {"fields": {"title": {}}}})["hits"]
    assert hits["total"] == {"value": 1000, "relation": "eq"}, hits["total"]
    assert all("<em>whales</em>" in hit["highlight"]["title"][0] for hit in hits["hits"])
    answer = client.search(index="client-books", body={
        "size": 0, "aggs": {
            "genres": {"terms": {"field": "genre"}, "aggs": {"pages": {"avg": {"field": "pages"}}}},
            "years": {"date_histogram": {"field": "printed", "calendar_interval": "year"}}}})["aggregations"]
    assert sum(bucket["doc_count"] for bucket in answer["genres"]["buckets"]) == DOCUMENTS
    assert len(answer["years"]["buckets"]) == 20
    responses = client.msearch(body=[
        {"index": "client-books"}, {"query": {"term": {"genre": "poem"}}, "size": 1},
        {"index": "client-nowhere"}, {"query": {"match_all": {}}}])["responses"]
    assert responses[0]["hits"]["total"]["value"] == 999 or responses[0]["hits"]["total"]["value"] == 1000, responses[0]
    assert responses[1]["error"]["type"] == "index_not_found_exception", responses[1]

    # All documents: by scroll, and by a point in time with search_after.
    seen = {hit["_id"] for hit in helpers.scan(client, index="client-books", query={"query": {"match_all": {}}}, size=700)}
    assert len(seen) == DOCUMENTS, len(seen)
    point = client.create_pit(index="client-books", keep_alive="1m")["pit_id"]
    client.delete(index="client-books", id="11", refresh=True)
    seen, after = [], None
    while True:
        body = {"size": 900, "pit": {"id": point, "keep_alive": "1m"}, "sort": [{"pages": "desc"}, {"_seq_no": "asc"}]}
        if after:
            body["search_after"] = after
        page = client.search(body=body)["hits"]["hits"]
        if not page:
            break
        seen += [hit["_id"] for hit in page]
        after = page[-1]["sort"]
    assert len(seen) == len(set(seen)) == DOCUMENTS and "11" in seen, len(seen)
    assert client.count(index="client-books")["count"] == DOCUMENTS - 1
    client.delete_pit(body={"pit_id": [point]})

    # Changes by query, copies, templates, tables.
    result = client.delete_by_query(index="client-books", body={"query": {"term": {"genre": "essay"}}}, refresh=True)
    assert result["deleted"] == result["total"] > 900, result
    result = client.reindex(body={"source": {"index": "client-books", "query": {"term": {"genre": "poem"}}},
                                  "dest": {"index": "client-poems"}}, refresh=True)
    assert result["created"] == client.count(index="client-poems")["count"] > 900, result
    task = client.update_by_query(index="client-poems", body={"script": {"source": "ctx._source.read = true"}},
                                  wait_for_completion=False)["task"]
    ended = client.tasks.get(task_id=task, wait_for_completion=True)
    assert ended["completed"] and ended["response"]["updated"] == result["created"], ended
    client.indices.put_index_template(name="client-logs", body={
        "index_patterns": ["client-logs-*"], "template": {"settings": {"number_of_replicas": 0},
                                                          "mappings": {"properties": {"level": {"type": "keyword"}}}}})
    client.index(index="client-logs-1", body={"level": "info"}, refresh=True)
    assert client.indices.get_mapping(index="client-logs-1")["client-logs-1"]["mappings"]["properties"]["level"] == {"type": "keyword"}
    client.indices.delete_index_template(name="client-logs")
    rows = client.cat.indices(index="client-*", format="json")
    assert {row["index"] for row in rows} == {"client-books", "client-poems", "client-logs-1"}, rows
    try:
        client.search(index="client-books", body={"query": {"matsch": {"title": "x"}}})
        raise AssertionError("an unknown query was accepted")
    except exceptions.RequestError as error:
        assert error.status_code == 400, error
    check_templates_and_streams(client)
    client.indices.delete(index="client-*")


def check_templates_and_streams(client):
    # Searches as templates, stored and written into the request.
    client.put_script(id="client-by-title", body={"script": {
        "lang": "mustache", "source": {"query": {"match": {"title": "{{word}}"}}, "size": "{{size}}{{^size}}10{{/size}}"}}})
    call = {"id": "client-by-title", "params": {"word": "whales", "size": 2}}
    assert len(client.search_template(index="client-books", body=call)["hits"]["hits"]) == 2
    rendered = client.render_search_template(body={"id": "client-by-title", "params": {"word": 'a"b'}})
    assert rendered["template_output"] == {"query": {"match": {"title": 'a"b'}}, "size": "10"}, rendered
    responses = client.msearch_template(index="client-books", body=[{}, call, {}, {"id": "client-none"}])["responses"]
    assert len(responses[0]["hits"]["hits"]) == 2 and responses[1]["status"] == 404, responses
    client.delete_script(id="client-by-title")

    # The terms of a document.
    terms = client.termvectors(index="client-books", id="0", fields="title", term_statistics=True)["term_vectors"]["title"]["terms"]
    assert terms["whales"]["tokens"] == [{"position": 3, "start_offset": 15, "end_offset": 21}], terms
    assert terms["whales"]["doc_freq"] >= 900, terms

    # A data stream: made by writing, added to, rolled over.
    client.indices.put_index_template(name="client-events", body={
        "index_patterns": ["client-events*"], "data_stream": {}, "priority": 5})
    _, failed = helpers.bulk(client, [
        {"_op_type": "create", "_index": "client-events", "@timestamp": f"2026-01-0{day}T00:00:00Z"} for day in (1, 2)
    ] + [{"_op_type": "create", "_index": "client-events", "text": "no time"}], raise_on_error=False, refresh=True)
    assert failed[0]["create"]["error"]["type"] == "mapper_parsing_exception", failed
    assert client.indices.rollover(alias="client-events")["new_index"] == ".ds-client-events-000002"
    client.index(index="client-events", body={"@timestamp": "2026-01-03T00:00:00Z"}, refresh=True)
    assert client.count(index="client-events")["count"] == 3
    stream = client.indices.get_data_stream(name="client-events")["data_streams"][0]
    assert [index["index_name"] for index in stream["indices"]] == [".ds-client-events-000001", ".ds-client-events-000002"]
    client.indices.delete_data_stream(name="client-events")
    client.indices.delete_index_template(name="client-events")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", required=True)
    parser.add_argument("--user", default="needletail", help="a user's name; with --key the user's password")
    parser.add_argument("--key", help="an API key of the settings, or a password; sent as the password of basic authentication")
    arguments = parser.parse_args()
    url = urlsplit(arguments.url)
    check(OpenSearch(
        hosts=[{"host": url.hostname, "port": url.port}], use_ssl=url.scheme == "https", verify_certs=False,
        ssl_show_warn=False,
        http_auth=(arguments.user, arguments.key) if arguments.key else None, timeout=60))
    print("opensearch-py: everything as expected")


if __name__ == "__main__":
    main()
