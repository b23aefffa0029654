/// The loss of a batch, with the parts that it is the sum of.
public struct LossValue: Sendable, Hashable {
    /// One summand.
    public struct Part: Sendable, Hashable {
        /// Its name in logs, as sentence-transformers calls it where it has a name: `document_regularizer_loss`.
        public let name: String
        /// Its share of the total, weights included.
        public let value: Double
    }

    /// What is minimised; NaN if any input was infinite or NaN.
    public let total: Double
    /// The summands, in the order in which they were added; empty for a loss without parts.
    public let parts: [Part]

    /// A loss without parts.
    init(_ total: Double) {
        self.total = total
        parts = []
    }

    /// The sum of parts.
    init(sumOf parts: [Part]) {
        total = parts.reduce(0) { $0 + $1.value }
        self.parts = parts
    }
}
