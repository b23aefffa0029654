import JSON

/// A row of a data file by its columns, before the kind of the file is known.
struct ExampleRow {
    /// What a column holds, by the names that sentence-transformers, FlagEmbedding and their kin use.
    enum Column: Hashable {
        case query
        case document
        case negative
        case label
        case documentScores
        case positiveScores
        case negativeScores

        init?(named name: String) {
            switch name {
            case "query", "anchor", "question", "sentence1", "sentence_A": self = .query
            case "positive", "pos", "positives", "document", "documents", "docs", "passage", "answer", "sentence2",
                "sentence_B":
                self = .document
            case "negative", "neg", "negatives": self = .negative
            case "label", "labels", "margin", "margins": self = .label
            case "score", "scores": self = .documentScores
            case "pos_scores": self = .positiveScores
            case "neg_scores": self = .negativeScores
            default:
                guard name.hasPrefix("negative_"), Int(name.dropFirst(9)).map({ $0 > 0 }) == true else { return nil }
                self = .negative
            }
        }
    }

    /// Columns that say nothing about the texts but where they come from, by mining, distillation and other tools.
    static let ignored: Set<String> = [
        "id", "_id", "query_id", "qid", "doc_id", "docid", "doc_ids", "pos_id", "neg_id", "pos_ids", "neg_ids",
        "pos_source_scores", "neg_source_scores", "teacher", "kind", "prompt", "type", "source", "sources", "metadata",
        "meta",
    ]

    /// What a message says of the columns that are read.
    static let advice =
        "Name the columns query, positive, negative (or negative_1, negative_2, ...), label or score; or pos, neg, pos_scores, neg_scores; or docs, scores"

    var query: String?
    var positives: [String] = []
    var negatives: [String] = []
    /// Numbers under `label` or `labels`.
    var labels: [Float] = []
    /// Numbers under `score` or `scores`.
    var scores: [Float] = []
    var positiveScores: [Float] = []
    var negativeScores: [Float] = []
    /// Whether the documents came as a list that is neither positive nor negative: `docs`.
    var isList = false
    /// Ids of documents, which say that two texts are parts of one document.
    private var positiveIDs: [String] = []
    private var negativeIDs: [String] = []
    /// Those of all documents, the positives first.
    private var documentIDs: [String] = []
    /// Whether there is an instruction to be put before the query, which is not read.
    var hasPrompt = false
    /// The columns that were there.
    var columns: Set<Column> = []

    /// Takes the value of a column.
    ///
    /// - Throws: what is wrong, as a sentence without its full stop.
    mutating func set(_ name: String, to value: JSONValue) throws(RowFault) {
        guard let column = Column(named: name) else {
            if Self.ignored.contains(name) {
                switch name {
                case "prompt": hasPrompt = value.string?.isEmpty == false
                case "doc_id", "docid", "pos_id", "pos_ids": positiveIDs += Self.ids(value)
                case "neg_id", "neg_ids": negativeIDs += Self.ids(value)
                case "doc_ids": documentIDs = Self.ids(value)
                default: break
                }
                return
            }
            throw RowFault("there is no use for the column '\(name)'", Self.advice)
        }
        guard columns.insert(column).inserted || column == .negative else {
            throw RowFault("the column '\(name)' means the same as another one", "Remove one of the two")
        }
        switch column {
        case .query:
            let texts = try Self.texts(value, name)
            guard texts.count == 1, value.string != nil else {
                throw RowFault("'\(name)' is not a text", "Give one text as the query")
            }
            query = texts[0]
        case .document:
            positives = try Self.texts(value, name)
            isList = ["docs", "documents"].contains(name)
        case .negative: negatives += try Self.texts(value, name)
        case .label: labels = try Self.numbers(value, name)
        case .documentScores: scores = try Self.numbers(value, name)
        case .positiveScores: positiveScores = try Self.numbers(value, name)
        case .negativeScores: negativeScores = try Self.numbers(value, name)
        }
    }

    /// The ids of the documents of an example: of one positive and of all negatives.
    func origins(ofPositive index: Int) -> [String] {
        let positive = documentIDs.isEmpty ? positiveIDs : Array(documentIDs.prefix(positives.count))
        let negative = documentIDs.isEmpty ? negativeIDs : Array(documentIDs.dropFirst(positives.count))
        return (positive.indices.contains(index) ? [positive[index]] : []) + negative
    }

    /// Texts or numbers; whatever else there is, is no id.
    private static func ids(_ value: JSONValue) -> [String] {
        (value.array ?? [value]).compactMap { $0.string ?? $0.int.map(String.init) }
    }

    private static func texts(_ value: JSONValue, _ name: String) throws(RowFault) -> [String] {
        var texts: [String] = []
        for element in value.array ?? [value] {
            guard let text = element.string else {
                throw RowFault("'\(name)' is \(element.typeName), not a text", "Write texts in quotation marks")
            }
            guard text.utf8.contains(where: { $0 > 0x20 }) else {
                throw RowFault("'\(name)' is empty", "Remove the line, or give the text")
            }
            texts.append(text)
        }
        return texts
    }

    private static func numbers(_ value: JSONValue, _ name: String) throws(RowFault) -> [Float] {
        var numbers: [Float] = []
        for element in value.array ?? [value] {
            if element.isNull, value.array == nil { continue }
            guard let number = element.double, Float(number).isFinite else {
                throw RowFault("'\(name)' is \(element.typeName), not a finite number", "Give numbers")
            }
            numbers.append(Float(number))
        }
        return numbers
    }
}

/// What is wrong with a row.
struct RowFault: Error {
    let reason: String
    let advice: String

    init(_ reason: String, _ advice: String) {
        self.reason = reason
        self.advice = advice
    }
}
