import HTTPTypes
import JSON

extension MLCommons {
    /// An operation that searches the documents of one kind, as OpenSearch searches its system index.
    ///
    /// - Parameter show: What clients see of a document.
    func search(
        _ name: String, _ path: String, _ kind: DocumentKind,
        _ show: @escaping @Sendable (StoredDocument, String) -> JSONObject
    ) -> MLOperation {
        MLOperation(
            name, [.get, .post], [path],
            parameters: [
                "rest_total_hits_as_int", "typed_keys", "search_type", "ignore_unavailable", "expand_wildcards",
            ]
        ) { [self] request in
            let start = ContinuousClock.now
            let search = try DocumentSearch(try request.fields())
            let shown = state.all(kind).filter { isShown($0.document, $0.id, kind) }
            let documents = shown.map { entry in
                SearchedDocument(
                    id: entry.id, source: show(entry.document, entry.id), version: entry.document.version,
                    sequence: entry.document.sequence)
            }
            let isCountAlone = try request.flag("rest_total_hits_as_int")
            var reply = search.reply(documents, index: kind.index, totalIsNumber: isCountAlone)
            reply["took"] = .number(JSONNumber(Int((ContinuousClock.now - start) / .milliseconds(1))))
            return MLReply(reply)
        }
    }
}
