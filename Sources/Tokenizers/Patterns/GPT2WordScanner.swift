/// The word pattern of GPT-2 and RoBERTa, written out by hand:
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
///
/// Every scalar belongs to some word, so the words cover the text.
enum GPT2WordScanner {
    static let pattern = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

    private enum Kind: UInt8 { case letter, number, space, other }

    private static let asciiKinds: [Kind] = (0..<128).map { kind(ofScalar: $0) }

    private static func kind(ofScalar scalar: UInt32) -> Kind {
        let properties = ScalarProperties.of(scalar)
        if properties.contains(.letter) { return .letter }
        if properties.contains(.number) { return .number }
        return properties.contains(.whitespace) ? .space : .other
    }

    static func forEachWord(in bytes: UnsafeBufferPointer<UInt8>, emit: (_ start: Int, _ end: Int) -> Void) {
        asciiKinds.withUnsafeBufferPointer { kinds in
            let count = bytes.count

            @inline(__always)
            func next(_ index: Int) -> (kind: Kind, end: Int) {
                let byte = bytes[index]
                if byte < 0x80 { return (kinds[Int(byte)], index + 1) }
                let (scalar, length) = UTF8Scalar.decode(bytes, at: index)
                return (kind(ofScalar: scalar), index + length)
            }

            @inline(__always)
            func skip(_ kind: Kind, from index: Int) -> Int {
                var end = index
                while end < count {
                    let step = next(end)
                    if step.kind != kind { break }
                    end = step.end
                }
                return end
            }

            var start = 0
            while start < count {
                let byte = bytes[start]
                if byte == 0x27, let end = contraction(bytes, at: start) {
                    emit(start, end)
                    start = end
                    continue
                }
                let first = next(start)
                var end: Int
                if first.kind != .space {
                    end = skip(first.kind, from: first.end)
                } else if byte == 0x20, first.end < count, case let second = next(first.end), second.kind != .space {
                    end = skip(second.kind, from: second.end)
                } else {
                    // White space: all of it at the end of the text, else all but its last scalar, else all of it.
                    end = first.end
                    var last = start
                    while end < count {
                        let step = next(end)
                        if step.kind != .space { break }
                        last = end
                        end = step.end
                    }
                    if end < count && last > start { end = last }
                }
                emit(start, end)
                start = end
            }
        }
    }

    @inline(__always)
    private static func contraction(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Int? {
        guard start + 1 < bytes.count else { return nil }
        switch bytes[start + 1] {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 2
        case UInt8(ascii: "r"), UInt8(ascii: "v"):
            return start + 2 < bytes.count && bytes[start + 2] == UInt8(ascii: "e") ? start + 3 : nil
        case UInt8(ascii: "l"):
            return start + 2 < bytes.count && bytes[start + 2] == UInt8(ascii: "l") ? start + 3 : nil
        default: return nil
        }
    }
}
