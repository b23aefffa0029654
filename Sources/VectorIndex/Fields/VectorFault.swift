/// What is wrong with a vector, a field or a query, in the words of OpenSearch's k-NN plugin; a client's mistake.
public struct VectorFault: Error, Equatable, CustomStringConvertible {
    /// The sentence.
    public let reason: String

    init(_ reason: String) { self.reason = reason }

    /// The sentence.
    public var description: String { reason }
}
