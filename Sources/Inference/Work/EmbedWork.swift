import Encoders
import Synchronization

/// Texts for a dense encoder, of which one vector is wanted.
struct EmbedWork: Workload {
    let model: LoadedModel
    let computation: Computation?
    private let inputs: EmbedInputs
    private let shape: DenseEncoder.VectorShape

    init(_ request: EmbedRequest, _ model: LoadedModel, _ encoder: DenseEncoder, _ settings: InferenceSettings)
        throws(InferenceError)
    {
        self.model = model
        inputs = EmbedInputs(request, model, encoder, settings)
        do throws(EncoderError) {
            shape = try encoder.shape(dimensions: request.dimensions, normalize: request.normalize)
        } catch {
            throw InferenceError(error)
        }
        computation = .vector(shape)
    }

    var count: Int { inputs.count }
    func byteCount(of text: Int) -> Int { inputs.byteCount(of: text) }
    func tokenBound(of text: Int) -> Int { inputs.tokenBound(of: text) }
    func characterCount(of text: Int) -> Int { inputs.characterCount(of: text) }
    func hash(_ text: Int, into hasher: inout InputHasher) { inputs.hash(text, into: &hasher) }
    func prepare(_ text: Int, key: InputKey?) throws(InferenceError) -> PreparedText { try inputs.prepare(text) }

    func answer(_ outcomes: [TextOutcome], _ timing: InferenceTiming) -> EmbedResult {
        var values: [Float] = []
        values.reserveCapacity(outcomes.count * shape.dimensions)
        for outcome in outcomes {
            if case .vector(let vector) = outcome.results.first { values += vector }
        }
        return EmbedResult(
            model: model.name,
            embeddings: TextEmbeddings(
                dimensions: shape.dimensions, values: values, tokenCounts: outcomes.map(\.tokenCount),
                isTruncated: outcomes.map(\.isTruncated)), timing: timing)
    }
}

/// Texts for a dense encoder, of which the vectors of all tokens are wanted.
struct TokenEmbedWork: Workload {
    let model: LoadedModel
    let computation: Computation? = .tokenVectors
    private let inputs: EmbedInputs

    init(_ request: EmbedRequest, _ model: LoadedModel, _ encoder: DenseEncoder, _ settings: InferenceSettings) {
        self.model = model
        inputs = EmbedInputs(request, model, encoder, settings)
    }

    var count: Int { inputs.count }
    func byteCount(of text: Int) -> Int { inputs.byteCount(of: text) }
    func tokenBound(of text: Int) -> Int { inputs.tokenBound(of: text) }
    func characterCount(of text: Int) -> Int { inputs.characterCount(of: text) }
    func hash(_ text: Int, into hasher: inout InputHasher) { inputs.hash(text, into: &hasher) }
    func prepare(_ text: Int, key: InputKey?) throws(InferenceError) -> PreparedText { try inputs.prepare(text) }

    func answer(_ outcomes: [TextOutcome], _ timing: InferenceTiming) -> TokenEmbedResult {
        let embeddings: [TokenEmbeddings] = outcomes.compactMap { outcome in
            if case .tokenVectors(let vectors) = outcome.results.first { vectors } else { nil }
        }
        return TokenEmbedResult(model: model.name, embeddings: embeddings, timing: timing)
    }
}

/// What both kinds of embedding read.
private final class EmbedInputs: Sendable {
    private let inputs: [TextOrTokens]
    private let prompt: Prompt
    private let reader: TextReader
    private let encoder: DenseEncoder
    /// Tokenised once, by the first thread that needs it.
    private let prefix = Mutex<InputTokenizer.Prefix?>(nil)

    init(_ request: EmbedRequest, _ model: LoadedModel, _ encoder: DenseEncoder, _ settings: InferenceSettings) {
        inputs = request.inputs
        prompt = request.prompt
        reader = TextReader(
            tokenizer: encoder.inputTokenizer, cut: InputTokenizer.Cut(side: request.truncationSide.direction),
            longTexts: settings.policy(request.longTexts, of: model).withoutWindows, fault: encoder.fault)
        self.encoder = encoder
    }

    var count: Int { inputs.count }
    func byteCount(of text: Int) -> Int { inputs[text].byteCount }
    func characterCount(of text: Int) -> Int { inputs[text].characterCount }
    func hash(_ text: Int, into hasher: inout InputHasher) { inputs[text].hash(into: &hasher) }

    func tokenBound(of text: Int) -> Int {
        var prompted = 8
        if case .text(let prefix) = prompt { prompted += prefix.utf8.count }
        return min(inputs[text].byteCount + prompted, encoder.maxSequenceLength)
    }

    func prepare(_ text: Int) throws(InferenceError) -> PreparedText {
        switch inputs[text] {
        case .text(let string):
            return try reader.read(text, string, after: try readPrefix())
        case .tokens(let ids):
            return .sequences([try reader.read(text, ids: ids)], isCut: false)
        }
    }

    private func readPrefix() throws(InferenceError) -> InputTokenizer.Prefix {
        do throws(EncoderError) {
            return try prefix.withLock { (prefix) throws(EncoderError) in
                if let prefix { return prefix }
                let read = try encoder.prefix(prompt)
                prefix = read
                return read
            }
        } catch {
            throw InferenceError(error)
        }
    }
}

extension LongTextPolicy {
    /// For results that cannot be put together from windows.
    var withoutWindows: LongTextPolicy { if case .chunk = self { .truncate } else { self } }
}
