/// What a batch was: its loss, and how much there was of it.
package struct BatchOutcome: Sendable {
    /// The loss, with all parts.
    package var loss: Double
    /// The parts of a loss that has several, by name.
    package var parts: [(name: String, value: Double)] = []
    /// Tokens that went through the network.
    package var tokens: Int
    /// Sparse: mean numbers of active entries of queries and documents.
    package var activeEntries: [Double]?
}
