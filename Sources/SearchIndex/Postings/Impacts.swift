/// The pairs of frequency and norm of some documents that no other pair beats: whatever the scoring, one of them has the
/// highest score.
///
/// As bytes: 32 bits a pair, the norm in the upper eight, the frequency in the rest; ``unbounded`` stands for any higher one.
struct ImpactAccumulator {
    static let unbounded: UInt32 = 0xff_ffff
    /// So many pairs are kept at most; what is above is put together.
    static let limit = 8

    private var highest = [UInt32](repeating: 0, count: 256)
    private var low = 256
    private var high = -1

    @inline(__always)
    mutating func add(frequency: UInt32, norm: UInt8) {
        let norm = Int(norm)
        highest.withUnsafeMutableBufferPointer {
            if frequency > $0[norm] { $0[norm] = frequency }
        }
        if norm < low { low = norm }
        if norm > high { high = norm }
    }

    /// Appends the pairs, frequencies ascending, and forgets the documents.
    ///
    /// Returns how many there are.
    mutating func take(into output: OutputBuffer) -> UInt32 {
        var pairs: UInt32 = 0
        var reached: UInt32 = 0
        guard low <= high else { return 0 }
        var competitive = 0
        var rising: UInt32 = 0
        for norm in low...high where highest[norm] > rising {
            rising = highest[norm]
            competitive += 1
        }
        // The pairs of the longest documents are put together first: they have the highest frequencies.
        var left = competitive
        var pendingNorm = -1
        for norm in low...high where highest[norm] > reached {
            reached = highest[norm]
            left -= 1
            if pendingNorm < 0 { pendingNorm = norm }
            if Int(pairs) < Self.limit - 1 || left == 0 {
                output.append(integer: UInt32(pendingNorm) << 24 | min(reached, Self.unbounded))
                pairs += 1
                pendingNorm = -1
            }
        }
        clear()
        return pairs
    }

    /// Forgets the documents.
    mutating func clear() {
        guard low <= high else { return }
        for norm in low...high { highest[norm] = 0 }
        low = 256
        high = -1
    }
}
