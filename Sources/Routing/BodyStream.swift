/// A request's body in parts, read while it arrives.
///
/// Parts have no meaning of their own: a line may be spread over many. It can be read once. Reading slowly slows the client down: the
/// server takes no more from the socket than a small buffer holds.
public struct BodyStream: AsyncSequence, Sendable {
    /// A part; never empty.
    public typealias Element = [UInt8]

    private let next: @Sendable () async throws -> [UInt8]?

    /// A body whose parts come from somewhere.
    ///
    /// - Parameter next: the next part, nil at the end; what it throws ends the body.
    public init(next: @escaping @Sendable () async throws -> [UInt8]?) { self.next = next }

    /// Gives out the parts.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let next: @Sendable () async throws -> [UInt8]?

        /// The next part; nil at the end.
        ///
        /// - Throws: ``APIFault`` if the body breaks off, comes too slowly or cannot be decompressed.
        public mutating func next() async throws -> [UInt8]? { try await next() }
    }

    /// An iterator; all iterators share one position.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(next: next) }
}
