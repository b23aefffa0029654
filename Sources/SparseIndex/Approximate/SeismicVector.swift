import CPostings

/// A document's vector in an approximate index.
struct SeismicVector {
    let count: Int
    let numbers: UnsafePointer<UInt16>
    let weights: UnsafePointer<UInt8>

    @inline(__always)
    init(_ start: UnsafeRawPointer) {
        count = Int(start.load(fromByteOffset: 4, as: UInt32.self))
        numbers = (start + SeismicFormat.vectorHeader).assumingMemoryBound(to: UInt16.self)
        weights = UnsafeRawPointer(numbers + count).assumingMemoryBound(to: UInt8.self)
    }
}

/// Which short numbers a query has: a bit for each, mod 1024.
struct QueryFilter {
    private var words = [UInt16](repeating: 0, count: Int(CS_FILTER) / 16)

    mutating func insert(_ number: UInt16) {
        words[Int(number >> 4) % words.count] |= 1 << (number & 15)
    }

    /// The query with its factors.
    func query(_ factors: UnsafePointer<UInt16>) -> cs_query {
        var query = cs_query()
        query.factors = factors
        withUnsafeMutableBytes(of: &query.filter) { target in words.withUnsafeBytes { target.copyMemory(from: $0) } }
        return query
    }
}
