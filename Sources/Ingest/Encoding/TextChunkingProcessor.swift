import JSON
import Pipelines

/// `text_chunking`: cuts texts into passages.
///
/// Source: neural-search's `TextChunkingProcessor`.
struct TextChunkingProcessor: DocumentProcessor {
    static let type = "text_chunking"
    private let fields: EncodedFieldMap
    private let chunker: TextChunker
    private let ignoresMissing: Bool

    init(_ settings: inout ProcessorSettings) throws(PipelineError) {
        let map = try settings.requiredObject("field_map")
        fields = try EncodedFieldMap(map, settings)
        let algorithm = try settings.object("algorithm") ?? [:]
        chunker = try TextChunker(algorithm, settings)
        ignoresMissing = try settings.bool("ignore_missing", default: false)
    }

    func process(_ document: inout IngestDocument) throws(IngestFailure) {
        try fields.check(document.fields, allowsEmpty: true)
        var waiting = 0
        var copy = document.fields
        try fields.walk(&copy, kept: nil) { (value, _, _) throws(IngestFailure) in
            waiting += Self.texts(value).count { !$0.isEmpty }
            return nil
        }
        var limit = chunker.maximumChunks
        let maximumTokens = document.maximumTokens
        try fields.walk(&document.fields, kept: nil) { (value, _, _) throws(IngestFailure) in
            if ignoresMissing, value?.isNull ?? true { return nil }
            var chunks: [JSONValue] = []
            for text in Self.texts(value) where !text.isEmpty {
                let cut = try chunker.chunks(
                    of: text, limit: limit, waiting: waiting, maximumTokens: maximumTokens)
                waiting -= 1
                limit = limit.map { $0 - cut.count }
                chunks += cut.map { .string($0) }
            }
            return .array(chunks)
        }
    }

    private static func texts(_ value: JSONValue?) -> [String] {
        switch value {
        case .string(let text)?: return [text]
        case .array(let elements)?:
            let texts = elements.compactMap(\.string)
            return texts.count == elements.count ? texts : []
        default: return []
        }
    }
}
