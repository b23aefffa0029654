/// Lower-cases every character by itself, as Java's `Character.toLowerCase` does.
struct LowercaseFilter: TokenFilter {
    var worksInNormalizers: Bool { true }

    func apply(to batch: inout TokenBatch) {
        batch.mapScalars { JavaCharacter.lowercase($0) }
    }
}

/// Upper-cases every character by itself, as Java's `Character.toUpperCase` does.
struct UppercaseFilter: TokenFilter {
    var worksInNormalizers: Bool { true }

    func apply(to batch: inout TokenBatch) {
        batch.mapScalars { JavaCharacter.uppercase($0) }
    }
}

/// Turns decimal digits of all scripts into 0 to 9.
struct DecimalDigitFilter: TokenFilter {
    var worksInNormalizers: Bool { true }

    func apply(to batch: inout TokenBatch) {
        batch.mapScalars { scalar in
            scalar < 0x80 ? scalar : JavaCharacter.digitValue(scalar).map { $0 + 0x30 } ?? scalar
        }
    }
}

extension TokenBatch {
    /// Replaces every scalar of every token by another one.
    @inline(__always)
    mutating func mapScalars(_ map: (UInt32) -> UInt32) {
        for index in 0..<tokens.count {
            let token = tokens[index]
            arena.reserve(Int(token.length) * 2 + 16)
            let base = arena.base
            let end = Int(token.end)
            var read = Int(token.start)
            // In place for as long as nothing changes its length.
            while read < end {
                let (scalar, length) = UTF8Scalar.decode(base, at: read)
                let mapped = map(scalar)
                if mapped != scalar {
                    guard scalar < 0x80, mapped < 0x80 else { break }
                    base[read] = UInt8(truncatingIfNeeded: mapped)
                }
                read += length
            }
            guard read < end else { continue }
            let start = arena.count
            var write = start
            var copied = Int(token.start)
            while copied < read {
                base[write] = base[copied]
                write += 1
                copied += 1
            }
            while read < end {
                let (scalar, length) = UTF8Scalar.decode(base, at: read)
                write += UTF8Scalar.encode(map(scalar), to: base + write)
                read += length
            }
            arena.count = write
            tokens.base[index].start = Int32(truncatingIfNeeded: start)
            tokens.base[index].length = Int32(truncatingIfNeeded: write - start)
        }
    }
}
