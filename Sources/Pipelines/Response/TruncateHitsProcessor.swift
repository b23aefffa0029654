import JSON
import Querying

/// `truncate_hits`: keeps the first hits, as many as its setting or `oversample`'s memory says.
struct TruncateHitsProcessor: ResponseProcessor {
    static let type = "truncate_hits"
    private let size: Int?
    private let prefix: String?

    init(_ settings: inout ProcessorSettings) throws {
        size = try settings.int("target_size")
        if let size, size < 0 { throw settings.fault("target_size", "must be 0 or more, but is [\(size)]") }
        prefix = try settings.optionalString("context_prefix")
    }

    func process(_ hits: inout SearchResponse.Hits, _ context: inout PipelineContext) throws {
        let name = contextName("original_size", prefix: prefix)
        guard let size = size ?? context.attributes[name]?.int else {
            throw PipelineError.illegalArgument(
                "Must specify target_size unless an earlier processor set \(name): add target_size, or an oversample processor"
            )
        }
        if hits.hits.count > size { hits.hits.removeLast(hits.hits.count - size) }
    }
}
