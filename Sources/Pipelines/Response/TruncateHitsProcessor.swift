import JSON
import Querying

/// `truncate_hits`: keeps the first hits, as many as its setting or `oversample`'s memory says.
///
/// Source: OpenSearch's `TruncateHitsResponseProcessor`; a setting below 0 is as none.
struct TruncateHitsProcessor: ResponseProcessor {
    static let type = "truncate_hits"
    private let size: Int?
    private let prefix: String?

    init(_ settings: inout ProcessorSettings) throws {
        size = try settings.int("target_size").flatMap { $0 < 0 ? nil : $0 }
        prefix = try settings.optionalString("context_prefix")
    }

    func process(_ hits: inout SearchResponse.Hits, _ context: inout PipelineContext) throws {
        let name = contextName("original_size", prefix: prefix)
        guard let size = size ?? context.attributes[name]?.int else {
            throw PipelineError(
                "illegal_state_exception", "Must specify target_size unless an earlier processor set \(name)",
                status: 500)
        }
        if hits.hits.count > size { hits.hits.removeLast(hits.hits.count - size) }
    }
}
