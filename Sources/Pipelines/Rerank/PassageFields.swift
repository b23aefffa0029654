import JSON
import Querying

/// The fields of hits whose texts are scored: `context` of `rerank`.
///
/// Source: neural-search's `DocumentContextSourceFetcher`; texts of faults are its.
struct PassageFields: Sendable, Hashable {
    private static let name = "document_fields"
    /// The setting that says how many fields there may be.
    static let maximumSetting = "plugins.neural_search.reranker_max_document_fields"

    private let fields: [String]
    /// `separator`: what stands between the texts of several fields; nil: nothing, as in OpenSearch.
    private let separator: String?

    /// Reads `context`; nil if it names no fields.
    ///
    /// - Parameter maximum: how many fields there may be.
    /// - Throws: ``PipelineError``.
    init?(_ context: JSONObject, maximum: Int) throws(PipelineError) {
        if let other = context.keys.first(where: { $0 != Self.name && $0 != "separator" }) {
            throw .illegalArgument("unrecognized context field: \(other)")
        }
        switch context["separator"] {
        case nil, .null?: separator = nil
        case .string(let text)?: separator = text
        default: throw .illegalArgument("separator must be a string")
        }
        guard let value = context[Self.name] else { return nil }
        guard let elements = value.array, elements.allSatisfy({ $0.string != nil }) else {
            throw .illegalArgument("\(Self.name) must be a list of field names")
        }
        guard !elements.isEmpty else { throw .illegalArgument("\(Self.name) must be nonempty") }
        guard elements.count <= maximum else {
            throw .illegalArgument(
                "\(Self.name) must not contain more than \(maximum) fields. Configure by setting \(Self.maximumSetting)"
            )
        }
        fields = elements.compactMap(\.string)
    }

    /// The text of a hit; empty if it has none of the fields.
    ///
    /// A value under `fields` is taken before that of the source, and of several values the first. All values at a path of the source, those
    /// in lists of objects too, are joined by blanks.
    func passage(of hit: SearchHit) -> String {
        let texts = fields.map { text(of: hit, $0) }
        return separator.map { separator in texts.filter { !$0.isEmpty }.joined(separator: separator) }
            ?? texts.joined()
    }

    private func text(of hit: SearchHit, _ field: String) -> String {
        if let found = hit.fields.first(where: { $0.name == field }) { return Self.text(found.values.first ?? .null) }
        guard let source = hit.source else { return "" }
        return SourceValues.values(at: field, in: source).map(Self.text).joined(separator: " ")
    }

    private static func text(_ value: JSONValue) -> String { value.string ?? value.serialized() }
}
