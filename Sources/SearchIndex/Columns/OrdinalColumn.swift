import IndexFiles

/// The byte strings of one field in one segment, by document, as ordinals into a sorted dictionary.
///
/// The dictionary: the number of strings, the size of offsets in bytes (64 bits each), where each string begins and the last
/// ends, then the strings.
public final class OrdinalColumn: Sendable {
    /// The ordinals of each document, ascending.
    public let ordinals: IntegerColumn
    /// How many different strings there are.
    public let count: Int
    private let data: SegmentData
    private let offsets: Int
    private let isWide: Bool
    private let strings: Int
    private let size: Int

    /// - Throws: ``IndexFileError/corrupt(file:reason:)`` when the parts do not fit.
    init(data: SegmentData, ordinals: IntegerColumn, dictionary: Range<Int>) throws(IndexFileError) {
        self.data = data
        self.ordinals = ordinals
        let problem = IndexFileError.corrupt(
            file: data.file.path, reason: "a dictionary of strings does not fit its column")
        guard dictionary.lowerBound % 8 == 0, dictionary.count >= 16 else { throw problem }
        let words = (data.base + dictionary.lowerBound).assumingMemoryBound(to: UInt64.self)
        guard words[0] < UInt64(UInt32.max), words[1] == 4 || words[1] == 8 else { throw problem }
        count = Int(words[0])
        isWide = words[1] == 8
        offsets = dictionary.lowerBound + 16
        strings = offsets + (count + 1) * Int(words[1])
        size = dictionary.upperBound - strings
        guard size >= 0, let bounds = ordinals.bounds, bounds.lowerBound >= 0, bounds.upperBound < Int64(count)
        else { throw problem }
    }

    private func start(_ ordinal: Int) -> Int {
        isWide
            ? Int(
                truncatingIfNeeded: data.base.loadUnaligned(fromByteOffset: offsets + 8 * ordinal, as: UInt64.self)
            )
            : Int(data.base.loadUnaligned(fromByteOffset: offsets + 4 * ordinal, as: UInt32.self))
    }

    /// Reads the string of an ordinal without copying it.
    public func withBytes<R>(of ordinal: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
        precondition(ordinal >= 0 && ordinal < count)
        var start = start(ordinal), end = self.start(ordinal + 1)
        if start < 0 || start > end || end > size {
            data.report("a string of a column points outside of it")
            start = 0
            end = 0
        }
        return try body(
            UnsafeBufferPointer(
                start: data.base.assumingMemoryBound(to: UInt8.self) + strings + start, count: end - start))
    }

    /// The string of an ordinal.
    public func bytes(of ordinal: Int) -> [UInt8] { withBytes(of: ordinal) { Array($0) } }

    /// The first ordinal whose string is not before the given one, and whether it is equal.
    ///
    /// Logarithmic.
    public func seek(_ term: [UInt8]) -> (ordinal: Int, found: Bool) {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            let order = withBytes(of: middle) { bytes in term.withUnsafeBufferPointer { compare(bytes, $0) } }
            if order == 0 { return (middle, true) }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return (low, false)
    }
}

/// Writes the dictionary of an ``OrdinalColumn``.
struct StringDictionaryWriter {
    private let strings = OutputBuffer()
    private var offsets: [UInt64] = [0]

    var count: Int { offsets.count - 1 }

    mutating func append(_ string: UnsafeBufferPointer<UInt8>) {
        strings.append(UnsafeRawBufferPointer(string))
        offsets.append(UInt64(strings.count))
    }

    func finish(into file: FileOutput) throws(IndexFileError) -> Range<Int> {
        try file.align(to: 8)
        let start = file.count
        let output = OutputBuffer()
        let isWide = strings.count > Int(UInt32.max)
        output.append(integer: UInt64(count))
        output.append(integer: UInt64(isWide ? 8 : 4))
        if isWide {
            output.append(array: offsets)
        } else {
            output.append(array: offsets.map { UInt32($0) })
        }
        try file.append(output.bytes)
        try file.append(strings.bytes)
        return start..<file.count
    }
}
