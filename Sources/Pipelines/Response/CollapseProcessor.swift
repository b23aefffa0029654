import JSON
import Querying

/// `collapse`: keeps the best hit of each value of a field; hits without one count as of one value.
///
/// Hits come out by score. Source: OpenSearch's `CollapseResponseProcessor`.
struct CollapseProcessor: ResponseProcessor {
    static let type = "collapse"
    private let field: String

    init(_ settings: inout ProcessorSettings) throws {
        field = try settings.string("field")
        // Documented and without effect in OpenSearch.
        _ = try settings.optionalString("context_prefix")
    }

    func process(_ hits: inout SearchResponse.Hits, _ context: inout PipelineContext) throws {
        var places: [String: Int] = [:]
        var kept: [SearchHit] = []
        for hit in hits.hits {
            let value = try value(of: hit)
            guard let place = places[value] else {
                places[value] = kept.count
                kept.append(hit)
                continue
            }
            if Self.score(hit) > Self.score(kept[place]) { kept[place] = hit }
        }
        let order = kept.indices.sorted {
            let (a, b) = (Self.score(kept[$0]), Self.score(kept[$1]))
            return a != b ? a > b : $0 < $1
        }
        hits.hits = order.map { kept[$0] }
    }

    private static func score(_ hit: SearchHit) -> Float { hit.score ?? -.infinity }

    /// The value of a hit as OpenSearch compares it: as text.
    private func value(of hit: SearchHit) throws(PipelineError) -> String {
        var value: JSONValue?
        if let found = hit.fields.first(where: { $0.name == field }) {
            guard found.values.count <= 1 else {
                throw PipelineError(
                    "illegal_state_exception", "Document \(hit.id) has multiple values for field \(field)", status: 500)
            }
            value = found.values.first
        } else {
            value = hit.source.flatMap { FieldPath(field).value(in: $0) }
        }
        guard let value, !value.isNull else { return "<missing>" }
        return value.string ?? value.serialized()
    }
}
