/// Stands for the exact input of a text's result: equal keys, equal results.
///
/// 128 bits of two keyed hashes (Swift's SipHash-1-3, whose key is drawn at the start of the process), so that nobody
/// outside can make two inputs meet and chance does not either.
struct InputKey: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    func hash(into hasher: inout Hasher) { hasher.combine(high) }
}

/// Makes a key from bytes, not from characters: texts that Unicode calls equivalent have other tokens.
struct InputHasher {
    private var first = Hasher()
    private var second = Hasher()

    init() {
        first.combine(UInt8(1))
        second.combine(UInt8(2))
    }

    /// Adds a number.
    mutating func add(_ number: Int) {
        first.combine(number)
        second.combine(number)
    }

    /// Adds a text and its length, so that the next one cannot run into it.
    mutating func add(_ text: String) {
        var text = text
        add(text.utf8.count)
        text.withUTF8 { bytes in
            first.combine(bytes: UnsafeRawBufferPointer(bytes))
            second.combine(bytes: UnsafeRawBufferPointer(bytes))
        }
    }

    /// Adds token ids.
    mutating func add(_ ids: [Int32]) {
        add(ids.count)
        ids.withUnsafeBytes { bytes in
            first.combine(bytes: bytes)
            second.combine(bytes: bytes)
        }
    }

    /// The key of all that was added.
    var key: InputKey {
        InputKey(high: UInt64(bitPattern: Int64(first.finalize())), low: UInt64(bitPattern: Int64(second.finalize())))
    }
}
