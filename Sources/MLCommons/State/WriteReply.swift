import JSON

extension DocumentDraft {
    /// Removes a document.
    ///
    /// - Returns: What OpenSearch answers to the deletion of a document.
    mutating func delete(_ document: StoredDocument, _ kind: DocumentKind, _ id: String) -> JSONObject {
        self[kind, id] = nil
        return written(document, kind, id, "deleted")
    }

    /// Writes a document that was there before.
    ///
    /// - Returns: What OpenSearch answers to the change of a document.
    mutating func replace(_ document: StoredDocument, _ kind: DocumentKind, _ id: String) -> JSONObject {
        self[kind, id] = document
        return written(document, kind, id, "updated")
    }

    /// - Parameter document: as it was before the change counted it.
    private func written(_ document: StoredDocument, _ kind: DocumentKind, _ id: String, _ result: String)
        -> JSONObject
    {
        [
            "_index": .string(kind.index), "_id": .string(id), "_version": .number(JSONNumber(document.version + 1)),
            "result": .string(result), "forced_refresh": true,
            "_shards": ["total": 1, "successful": 1, "failed": 0],
            "_seq_no": .number(JSONNumber(sequence)), "_primary_term": 1,
        ]
    }
}
