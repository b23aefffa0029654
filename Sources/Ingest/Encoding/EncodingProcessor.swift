import JSON
import Pipelines
import Querying
import SparseIndex

/// `text_embedding` and `sparse_encoding`: texts become vectors or weighted tokens by a model.
///
/// All documents that come together are encoded by one call, or as many as `batch_size` says. Source: neural-search's `TextEmbeddingProcessor` and `SparseEncodingProcessor`.
struct EncodingProcessor: Sendable {
    private enum Output: Sendable {
        case dense
        case sparse(TokenPruning?)
    }

    private let type: String
    private let model: String
    private let fields: EncodedFieldMap
    /// Whether results are taken over from the index where the text is the same.
    let skipsExisting: Bool
    private let output: Output
    /// Documents of a call at most; `nil` for all that come together.
    private let batchSize: Int?

    init(_ settings: inout ProcessorSettings) throws(PipelineError) {
        type = settings.type
        model = try settings.text("model_id")
        let map = try settings.requiredObject("field_map")
        fields = try EncodedFieldMap(map, settings)
        skipsExisting = try settings.bool("skip_existing", default: false)
        guard model.contains(where: { !$0.isWhitespace }) else {
            throw settings.illegalArgument("model_id is null or empty, cannot process it")
        }
        batchSize = try settings.int("batch_size")
        if let batchSize, batchSize < 1 {
            throw settings.fault("batch_size", "batch size must be a positive integer")
        }
        output = settings.type == "sparse_encoding" ? .sparse(try Self.pruning(&settings)) : .dense
    }

    private static func pruning(_ settings: inout ProcessorSettings) throws(PipelineError) -> TokenPruning? {
        let name = try settings.optionalText("prune_type") ?? "none"
        guard name != "none" else {
            if settings.unread.contains("prune_ratio") {
                throw settings.illegalArgument(
                    "prune_ratio field is not supported when prune_type is not provided")
            }
            return nil
        }
        guard let ratio = try settings.double("prune_ratio") else {
            throw settings.fault("prune_ratio", "required property is missing")
        }
        do { return try TokenPruning(type: name, ratio: Float(ratio)) } catch {
            switch error {
            case .type: throw settings.illegalArgument("Unknown prune type: \(name)")
            case .ratio(_, let expected):
                let range = expected.hasPrefix("[") ? "in the range \(expected)" : expected
                throw settings.illegalArgument(
                    "Illegal prune_ratio \(ratio) for prune_type: \(name). prune_ratio should be \(range).")
            }
        }
    }

    /// The texts of one document, in the order of the fields.
    private struct Part {
        var number: Int
        var texts: [String]
    }

    /// Encodes what the documents of a batch have.
    func process(_ slots: inout [IngestSlot], _ numbers: [Int], _ encoder: (any DocumentTextEncoding)?) async {
        var parts: [Part] = []
        for number in numbers {
            do {
                try fields.check(slots[number].document.fields, allowsEmpty: false)
                var part = Part(number: number, texts: [])
                var copy = slots[number].document.fields
                let kept = skipsExisting ? slots[number].document.kept : nil
                try fields.walk(&copy, kept: kept) { (value, kept, _) throws(IngestFailure) in
                    if !Self.isKept(value, kept) { part.texts += Self.texts(value) }
                    return nil
                }
                parts.append(part)
            } catch {
                slots[number].state = .failed(error)
            }
        }
        let wanted = parts.filter { !$0.texts.isEmpty }
        var results: [Int: [JSONValue]] = [:]
        let size = batchSize ?? max(1, wanted.count)
        for first in stride(from: 0, to: wanted.count, by: size) {
            let batch = wanted[first..<min(first + size, wanted.count)]
            for (part, result) in zip(batch, await encode(batch, encoder)) {
                switch result {
                case .success(let values): results[part.number] = values
                case .failure(let error):
                    slots[part.number].state = .failed(named(error, slots[part.number].document))
                }
            }
        }
        for part in parts where slots[part.number].isRunning {
            let values = results.removeValue(forKey: part.number) ?? []
            set(values, in: &slots[part.number])
        }
    }

    /// Puts results beside their texts.
    private func set(_ values: [JSONValue], in slot: inout IngestSlot) {
        var next = 0
        let kept = skipsExisting ? slot.document.kept : nil
        do {
            try fields.walk(&slot.document.fields, kept: kept) { (value, kept, _) throws(IngestFailure) in
                if Self.isKept(value, kept) { return kept.result }
                let count = Self.texts(value).count
                defer { next += count }
                return result(value, values[next..<(next + count)])
            }
        } catch {
            slot.state = .failed(error)
        }
    }

    /// Says of a model that is not there which processor asked for it.
    private func named(_ failure: IngestFailure, _ document: IngestDocument) -> IngestFailure {
        guard failure.status == 404 else { return failure }
        var failure = failure
        failure.reason += ": the processor [\(type)] of the pipeline [\(document.pipelines.last ?? "")] names it"
        return failure
    }

    /// Whether the index has a result for the same text.
    private static func isKept(_ value: JSONValue?, _ kept: (text: JSONValue?, result: JSONValue?)) -> Bool {
        guard let value, let text = kept.text, let result = kept.result, !result.isNull else { return false }
        return value == text
    }

    private static func texts(_ value: JSONValue?) -> [String] {
        switch value {
        case .string(let text)?: [text]
        case .array(let elements)?: elements.compactMap(\.string)
        default: []
        }
    }

    private func result(_ value: JSONValue?, _ results: ArraySlice<JSONValue>) -> JSONValue? {
        switch value {
        case .string?: return results.first
        case .array(let elements)? where elements.count == results.count && !elements.isEmpty:
            let key: String
            if case .dense = output { key = "knn" } else { key = "sparse_encoding" }
            return .array(results.map { .object(JSONObject([(key: key, value: $0)])) })
        default: return nil
        }
    }

    // MARK: Encoding

    /// Encodes the texts of documents; where something is wrong with a text, only its document fails.
    ///
    /// - Complexity: one call; with k documents that cannot be encoded among n, O(k log n) calls.
    private func encode(
        _ parts: ArraySlice<Part>, _ encoder: (any DocumentTextEncoding)?
    ) async -> [Result<[JSONValue], IngestFailure>] {
        do {
            let values = try await encode(parts.flatMap(\.texts), encoder)
            var first = 0
            return parts.map { part in
                defer { first += part.texts.count }
                return .success(Array(values[first..<(first + part.texts.count)]))
            }
        } catch {
            let failure = Self.failure(error)
            guard parts.count > 1, failure.status == 400, encoder != nil, !Task.isCancelled else {
                return parts.map { _ in .failure(failure) }
            }
            let middle = parts.startIndex + parts.count / 2
            let first = await encode(parts[..<middle], encoder)
            return first + (await encode(parts[middle...], encoder))
        }
    }

    private func encode(_ texts: [String], _ encoder: (any DocumentTextEncoding)?) async throws -> [JSONValue] {
        guard let encoder else {
            throw IngestFailure.illegalArgument(
                "[\(type)] needs the model [\(model)], but this server was started without models")
        }
        let results: [JSONValue]
        switch output {
        case .dense: results = try await encoder.denseVectors(ofDocuments: texts, model: model).map(Self.json)
        case .sparse(let pruning):
            results = try await encoder.sparseVectors(ofDocuments: texts, model: model).map { tokens in
                Self.json(tokens, pruning)
            }
        }
        guard results.count == texts.count else {
            throw IngestFailure.illegalState(
                "the model [\(model)] gave \(results.count) results for \(texts.count) texts")
        }
        return results
    }

    private static func json(_ vector: [Float]) -> JSONValue { .array(vector.map(number)) }

    private static func json(_ tokens: [WeightedToken], _ pruning: TokenPruning?) -> JSONValue {
        var tokens = tokens.filter { $0.weight > 0 }
        if let pruning {
            // Tokens are told apart by their places.
            let features = tokens.indices.map { WeightedFeature(FeatureKey(id: UInt32($0)), tokens[$0].weight) }
            let kept = Set(pruning.split(features).kept.map(\.key))
            tokens = zip(tokens, features).filter { kept.contains($0.1.key) }.map(\.0)
        }
        return .object(JSONObject(tokens.map { (key: $0.token, value: number($0.weight)) }))
    }

    /// A float by its shortest text.
    private static func number(_ value: Float) -> JSONValue {
        .number(JSONNumber(Double(value.description) ?? Double(value)))
    }

    private static func failure(_ error: any Error) -> IngestFailure {
        switch error {
        case let error as IngestFailure: error
        case let error as SearchError: IngestFailure(error.type, error.reason, status: error.status)
        case let error as PipelineError: IngestFailure(error.type, error.reason, status: error.status)
        default: IngestFailure("exception", "\(error)", status: 500)
        }
    }
}
