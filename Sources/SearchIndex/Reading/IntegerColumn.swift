/// The integers of one field in one segment, by document.
public final class IntegerColumn: Sendable {
    let starts: [Int32]
    let values: [Int64]

    init(starts: [Int32], values: [Int64]) {
        self.starts = starts
        self.values = values
    }

    /// The smallest and the largest value, `nil` when there are none.
    public var bounds: ClosedRange<Int64>? {
        guard let low = values.min(), let high = values.max() else { return nil }
        return low...high
    }

    /// How many values the document has.
    public func count(of document: Int) -> Int { Int(starts[document + 1] - starts[document]) }

    /// A value of the document; they ascend. The index must be below ``count(of:)``.
    public func value(_ index: Int, of document: Int) -> Int64 { values[Int(starts[document]) + index] }

    /// The smallest value of the document, `nil` when it has none.
    public func first(of document: Int) -> Int64? {
        count(of: document) == 0 ? nil : value(0, of: document)
    }

    /// Adds all documents with a value in the range to the set. Reads only blocks whose bounds meet the range.
    public func collect(_ range: ClosedRange<Int64>, into set: inout DocumentSet) {
        for document in 0..<starts.count - 1 {
            for i in 0..<count(of: document) where range.contains(value(i, of: document)) { set.insert(document) }
        }
    }
}

/// The byte strings of one field in one segment, by document, as ordinals into a sorted dictionary.
public final class OrdinalColumn: Sendable {
    /// The ordinals of each document, ascending.
    public let ordinals: IntegerColumn
    let terms: [[UInt8]]

    init(ordinals: IntegerColumn, terms: [[UInt8]]) {
        self.ordinals = ordinals
        self.terms = terms
    }

    /// How many different strings there are.
    public var count: Int { terms.count }

    /// The string of an ordinal.
    public func bytes(of ordinal: Int) -> [UInt8] { terms[ordinal] }

    /// The first ordinal whose string is not before the given one, and whether it is equal.
    public func seek(_ term: [UInt8]) -> (ordinal: Int, found: Bool) {
        var low = 0, high = terms.count
        while low < high {
            let middle = (low + high) / 2
            if terms[middle].lexicographicallyPrecedes(term) { low = middle + 1 } else { high = middle }
        }
        return (low, low < terms.count && terms[low] == term)
    }
}
