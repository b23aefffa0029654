package import Encoders
package import Layers
package import ModelFiles
package import Tensors

/// Texts as the model that is trained reads them: its tokenizer, prompts and lengths.
package struct TextTokenizing: Sendable {
    private let queries: InputTokenizer
    private let documents: InputTokenizer
    private let queryPrefix: InputTokenizer.Prefix
    private let documentPrefix: InputTokenizer.Prefix
    private let pool: WorkerPool

    /// Reads the tokenizer of the model's folder.
    package init(_ folder: ModelFolder, _ configuration: TrainingConfiguration, pool: WorkerPool) throws(TrainingError)
    {
        let prompts = folder.prompts
        do throws(EncoderError) {
            queries = try InputTokenizer(folder, maximumTokens: configuration.queryLength)
            documents = try InputTokenizer(folder, maximumTokens: configuration.documentLength)
            let standard = folder.defaultPromptName.flatMap { prompts[$0] }
            queryPrefix = try queries.prefix(configuration.queryPrompt ?? prompts["query"] ?? standard ?? "")
            documentPrefix = try documents.prefix(
                configuration.documentPrompt ?? prompts["document"] ?? prompts["passage"] ?? prompts["corpus"]
                    ?? standard ?? "")
        } catch {
            throw TrainingError(error)
        }
        self.pool = pool
    }

    /// Queries, in order.
    package func queries(_ texts: [String]) throws(TrainingError) -> [TokenSequence] {
        try sequences(texts, queries, queryPrefix)
    }

    /// Documents, in order.
    package func documents(_ texts: [String]) throws(TrainingError) -> [TokenSequence] {
        try sequences(texts, documents, documentPrefix)
    }

    /// Queries with a document each, in order; the longer of two texts is cut first.
    package func pairs(_ pairs: [(query: String, document: String)]) throws(TrainingError) -> [TokenSequence] {
        let tokenizer = queries
        do throws(EncoderError) {
            return try tokenizer.sequences(pairs, on: pool) { (pair) throws(EncoderError) in
                try tokenizer.sequence(pair.query, pair: pair.document)
            }
        } catch {
            throw TrainingError(error)
        }
    }

    private func sequences(
        _ texts: [String], _ tokenizer: InputTokenizer, _ prefix: InputTokenizer.Prefix
    ) throws(TrainingError) -> [TokenSequence] {
        do throws(EncoderError) {
            return try tokenizer.sequences(texts, on: pool) { (text) throws(EncoderError) in
                try tokenizer.sequence(text, after: prefix)
            }
        } catch {
            throw TrainingError(error)
        }
    }
}

extension TokenBatch {
    /// Sequences back to back.
    package init(_ sequences: some Sequence<TokenSequence>) {
        self.init()
        for sequence in sequences { append(ids: sequence.ids, typeIDs: sequence.typeIDs) }
    }
}

extension TrainingError {
    /// A model that cannot be loaded, or a text that it cannot read.
    init(_ error: EncoderError) {
        var place = error.field.map { " (\($0))" } ?? ""
        if let tensor = error.tensor { place += " (tensor \(tensor))" }
        if let expected = error.expectedShape, let actual = error.actualShape {
            place += ": expected shape \(expected), given \(actual)"
        }
        self.init(.model, error.reason + place, advice: error.advice, path: error.path)
    }
}
