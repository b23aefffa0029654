/// Token ids of several sequences, packed back to back: what an encoder eats.
public struct TokenBatch: Sendable {
    /// [T] ids of the vocabulary.
    public private(set) var ids: [Int32] = []
    /// [T] segment numbers (0 for the first text of a pair, 1 for the second).
    public private(set) var typeIDs: [Int32] = []
    private var offsets: [Int32] = [0]

    /// An empty batch.
    public init() {}

    /// Adds one sequence; type ids of 0 when none are given.
    public mutating func append(ids newIDs: some Collection<Int32>, typeIDs newTypes: (some Collection<Int32>)?) {
        ids.append(contentsOf: newIDs)
        if let newTypes {
            precondition(newTypes.count == newIDs.count, "one type id per token")
            typeIDs.append(contentsOf: newTypes)
        } else {
            typeIDs.append(contentsOf: repeatElement(0, count: newIDs.count))
        }
        offsets.append(Int32(ids.count))
    }

    /// Adds one sequence whose type ids are all 0.
    public mutating func append(ids newIDs: some Collection<Int32>) {
        append(ids: newIDs, typeIDs: [Int32]?.none)
    }

    /// Where the sequences lie.
    public var layout: SequenceLayout { SequenceLayout(offsets: offsets) }

    /// Number of sequences.
    public var count: Int { offsets.count - 1 }
}
