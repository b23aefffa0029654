import JSON

extension StoredDocument {
    /// What OpenSearch answers to the deletion of a document.
    func deleted(_ kind: DocumentKind, _ id: String) -> JSONObject { written(kind, id, "deleted") }

    /// What OpenSearch answers to the change of a document.
    func updated(_ kind: DocumentKind, _ id: String) -> JSONObject { written(kind, id, "updated") }

    private func written(_ kind: DocumentKind, _ id: String, _ result: String) -> JSONObject {
        [
            "_index": .string(kind.index), "_id": .string(id), "_version": .number(JSONNumber(version + 1)),
            "result": .string(result), "forced_refresh": true,
            "_shards": ["total": 1, "successful": 1, "failed": 0],
            "_seq_no": .number(JSONNumber(sequence)), "_primary_term": 1,
        ]
    }
}
