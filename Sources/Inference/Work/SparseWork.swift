import Encoders

/// Texts for a sparse encoder.
struct SparseWork: Workload {
    let model: LoadedModel
    let computation: Computation?
    private let encoder: SparseEncoder
    private let request: SparseRequest
    private let reader: TextReader

    init(_ request: SparseRequest, _ model: LoadedModel, _ encoder: SparseEncoder, _ settings: InferenceSettings)
        throws(InferenceError)
    {
        self.model = model
        self.encoder = encoder
        self.request = request
        do throws(EncoderError) {
            try encoder.check(maximumActive: request.maximumActive)
            reader = TextReader(
                tokenizer: try encoder.inputTokenizer(request.role),
                cut: InputTokenizer.Cut(side: request.truncationSide.direction),
                longTexts: settings.policy(request.longTexts, of: model).withoutWindows
            ) { encoder.fault(of: $0, as: request.role) }
        } catch {
            throw InferenceError(error)
        }
        computation = .sparse(maximumActive: request.maximumActive)
    }

    var count: Int { request.inputs.count }
    func byteCount(of text: Int) -> Int { request.inputs[text].byteCount }
    func characterCount(of text: Int) -> Int { request.inputs[text].characterCount }
    func hash(_ text: Int, into hasher: inout InputHasher) { request.inputs[text].hash(into: &hasher) }

    func tokenBound(of text: Int) -> Int { min(byteCount(of: text) + 8, encoder.maxSequenceLength) }

    func prepare(_ text: Int, key: InputKey?) throws(InferenceError) -> PreparedText {
        let prepared: PreparedText
        switch request.inputs[text] {
        case .text(let string): prepared = try reader.read(text, string)
        case .tokens(let ids):
            let sequence = try reader.read(text, ids: ids)
            prepared = .sequences([sequence], isCut: false)
        }
        // A query of an inference-free model is a look into a table.
        if case .sequences(let sequences, _) = prepared, let sequence = sequences.first,
            let vector = encoder.tableVector(sequence, as: request.role, maximumActive: request.maximumActive)
        {
            return .known(.sparse(vector))
        }
        return prepared
    }

    func answer(_ outcomes: [TextOutcome], _ timing: InferenceTiming) -> SparseResult {
        let vectors: [SparseVector] = outcomes.compactMap { outcome in
            if case .sparse(let vector) = outcome.known { return vector }
            if case .sparse(let vector) = outcome.results.first { return vector }
            return nil
        }
        return SparseResult(model: model.name, vectors: vectors, timing: timing)
    }
}
