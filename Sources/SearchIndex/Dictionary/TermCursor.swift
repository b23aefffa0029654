/// A walk over a field's terms in the order of their bytes.
public struct TermCursor {
    private let dictionary: TermDictionary
    private var reader: ByteReader
    private var block = -1
    private var leftInBlock = 0
    private var offsetBefore = 0
    private var bytes: [UInt8] = []
    /// The postings of the term that the cursor stands on.
    public private(set) var entry = TermEntry()

    init(_ dictionary: TermDictionary) {
        self.dictionary = dictionary
        reader = ByteReader(dictionary.data.base, 0..<0)
        bytes.reserveCapacity(32)
    }

    /// The term that the cursor stands on.
    public var term: [UInt8] { bytes }

    /// Reads the term without copying it.
    public func withTerm<R>(_ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
        try bytes.withUnsafeBufferPointer(body)
    }

    /// Goes to the next term (the first, to begin with).
    ///
    /// False at the end.
    public mutating func next() -> Bool {
        if leftInBlock == 0, !enter(block + 1) { return false }
        return read()
    }

    /// Goes to the first term that is not before the given one.
    ///
    /// False when there is none.
    public mutating func seek(atLeast term: [UInt8]) -> Bool {
        let found = term.withUnsafeBufferPointer { dictionary.lastBlock(notAfter: $0) }
        guard enter(max(0, found)) else { return false }
        while true {
            if leftInBlock == 0, !enter(block + 1) { return false }
            guard read() else { return false }
            let order = bytes.withUnsafeBufferPointer { bytes in
                term.withUnsafeBufferPointer { compare(bytes, $0) }
            }
            if order >= 0 { return true }
        }
    }

    private mutating func enter(_ block: Int) -> Bool {
        self.block = block
        leftInBlock = 0
        guard block < dictionary.blockCount else {
            self.block = dictionary.blockCount - 1
            return false
        }
        leftInBlock = min(
            DictionaryWriter.blockSize, dictionary.count - block * DictionaryWriter.blockSize)
        reader = ByteReader(dictionary.data.base, dictionary.block(block))
        offsetBefore = 0
        return true
    }

    private mutating func read() -> Bool {
        leftInBlock -= 1
        let shared = Int(reader.variable32()), length = Int(reader.variable32())
        guard shared <= bytes.count, let start = reader.skip(length), readEntry() else {
            dictionary.data.report("a block of terms is damaged")
            leftInBlock = 0
            block = dictionary.blockCount
            return false
        }
        bytes.removeSubrange(shared...)
        bytes.append(
            contentsOf: UnsafeRawBufferPointer(start: dictionary.data.base + start, count: length))
        return true
    }

    private mutating func readEntry() -> Bool {
        guard let entry = dictionary.readEntry(&reader, &offsetBefore) else { return false }
        self.entry = entry
        return true
    }
}
