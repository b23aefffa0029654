/// The body of a prediction; what it does not know is skipped, as in OpenSearch.
struct PredictRequest: Sendable {
    /// What a text is to an asymmetric model.
    enum ContentType: Sendable {
        case query
        case passage
    }

    /// Texts of one request at most.
    static let mostTexts = 4096

    let texts: [String]
    /// Of a text similarity.
    let query: String
    let contentType: ContentType?
    /// Whether tokens are told by their ids.
    let keysAreIDs: Bool
    let filter: TensorFilter

    init(_ fields: Fields, for function: FunctionName) throws(MLError) {
        texts = try fields.texts("text_docs") ?? []
        guard texts.count <= Self.mostTexts else {
            throw .illegalArgument(
                "[text_docs] has \(texts.count) texts, and at most \(Self.mostTexts) are taken at once; send several requests"
            )
        }
        guard function.isServed else {
            throw .illegalArgument(
                "\(function.rawValue) is not supported by this server: it predicts with TEXT_EMBEDDING, TEXT_SIMILARITY, SPARSE_ENCODING and SPARSE_TOKENIZE models"
            )
        }
        if function == .textSimilarity {
            // `text_query` is what many write, and OpenSearch skips.
            let other = try fields.text("text_query")
            guard let query = try fields.text("query_text") ?? other else {
                throw .illegalArgument("No query text was provided")
            }
            guard !texts.isEmpty else { throw .illegalArgument("No text documents were provided") }
            self.query = query
        } else {
            guard !texts.isEmpty else { throw .illegalArgument("empty docs") }
            query = ""
        }
        let parameters = try fields.fields("parameters")
        contentType = try parameters?.text("content_type").map { text throws(MLError) in
            switch text.lowercased() {
            case "query": .query
            case "passage": .passage
            default:
                throw .illegalArgument("[parameters.content_type] is \(text.prefix(100)); it is query or passage")
            }
        }
        let format = try parameters?.text("sparse_embedding_format")?.lowercased() ?? "word"
        guard ["word", "lexical", "token_id"].contains(format) else {
            throw .illegalArgument(
                "[parameters.sparse_embedding_format] is \(format.prefix(100)); it is word, lexical or token_id")
        }
        keysAreIDs = format == "token_id"
        filter = TensorFilter(
            bytes: try fields.bool("return_bytes") ?? false, numbers: try fields.bool("return_number") ?? true,
            names: try fields.texts("target_response") ?? [],
            positions: try fields.integers("target_response_positions") ?? [])
    }
}

/// Which tensors an answer has, and in which form.
struct TensorFilter: Sendable {
    let bytes: Bool
    let numbers: Bool
    let names: [String]
    let positions: [Int]

    /// Whether the tensor of a name, at a position among all, is asked for.
    func takes(_ name: String, at position: Int) -> Bool {
        names.isEmpty && positions.isEmpty || names.contains(name) || positions.contains(position)
    }
}
