/// What a row of training data must hold for a loss: a query, some documents, and perhaps labels.
///
/// Losses on two equal texts take the first as the query and the second as its only document.
public struct LossInput: Sendable, Hashable {
    /// The numbers that belong to a row.
    public enum Labels: Sendable, Hashable {
        /// None; those that there are play no part.
        case none
        /// One, for the row.
        case one
        /// One for the row, which may be missing where there are two documents or more.
        case oneUnlessNegatives
        /// One for each document, in their order.
        case perDocument
        /// One for each negative: by how much a teacher prefers the first document to it. Or one for each document: the teacher's scores.
        case margins
    }

    /// How many documents a row has: `1...1` for pairs, 1 and up where negatives are optional.
    public let documents: ClosedRange<Int>
    /// The labels of a row.
    public let labels: Labels
    /// Whether rows of one batch may have different numbers of documents.
    public let allowsUnequalRows: Bool

    /// Describes a row.
    init(documents: ClosedRange<Int>, labels: Labels, allowsUnequalRows: Bool = false) {
        self.documents = documents
        self.labels = labels
        self.allowsUnequalRows = allowsUnequalRows
    }

    /// Any number of documents for each query, with a label each: what losses over whole lists of logits want.
    static let labelledList = LossInput(documents: 1...Int.max, labels: .perDocument, allowsUnequalRows: true)

    /// What the rows look like, for messages and help: `query, positive, [negative...]; a label for each document`.
    public var summary: String {
        let texts =
            switch (documents.lowerBound, documents.upperBound) {
            case (1, 1): "query, document"
            case (1, 2): "query, positive, [negative]"
            case (1, _): "query, positive, [negatives...]"
            case (2, 2): "query, positive, negative"
            default: "query, positive, negative, [negatives...]"
            }
        let numbers =
            switch labels {
            case .none: "no labels"
            case .one: "one label"
            case .oneUnlessNegatives: "one label, not needed with negatives"
            case .perDocument: "a label for each document"
            case .margins: "a label for each negative (the teacher's margin) or for each document (its score)"
            }
        return texts + "; " + numbers
    }

    /// Whether a row fits.
    ///
    /// - Parameters:
    ///   - documents: texts of the row without the query.
    ///   - labels: numbers of the row; 0 for none.
    ///   - loss: the short name, for the error.
    public func check(documents: Int, labels count: Int, loss: String) throws(LossError) {
        guard self.documents.contains(documents) else {
            throw LossError(
                .wrongColumns, loss: loss, reason: "a row has \(documents) documents beside its query",
                advice: "Its rows are: \(summary)")
        }
        let fits =
            switch labels {
            case .none: true
            case .one: count == 1
            case .oneUnlessNegatives: count == 1 || (count == 0 && documents > 1)
            case .perDocument: count == documents
            case .margins: count == documents || count == documents - 1
            }
        guard fits else {
            throw LossError(
                .wrongLabels, loss: loss,
                reason:
                    "a row with \(documents) document\(documents == 1 ? "" : "s") has \(count) label\(count == 1 ? "" : "s")",
                advice: "Its rows are: \(summary)")
        }
    }
}
