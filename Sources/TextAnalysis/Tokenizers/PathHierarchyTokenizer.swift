/// A path and its ancestors: /a/b gives /a and /a/b; in reverse /a/b and a/b or, for domains, www.a.b, a.b and b.
struct PathHierarchyTokenizer: TextTokenizer {
    var delimiter: UInt32 = 0x2F
    var replacement: UInt32 = 0x2F
    var skip = 0
    var isReverse = false

    func tokenize(_ text: UnsafeBufferPointer<UInt8>, into batch: inout TokenBatch) {
        guard let base = text.baseAddress else { return }
        // Places of delimiters, in bytes and UTF-16.
        var delimiters: [(byte: Int, unit: Int)] = []
        var index = 0
        var unit = 0
        while index < text.count {
            let (scalar, length) = UTF8Scalar.decode(base, at: index)
            if scalar == delimiter { delimiters.append((index, unit)) }
            index += length
            unit += UTF8Scalar.utf16Width(ofBytes: length)
        }
        batch.endOffset = Int32(truncatingIfNeeded: unit)
        let size = String(Unicode.Scalar(delimiter).map(Character.init) ?? "/").utf8.count
        func emit(from start: (byte: Int, unit: Int), to end: (byte: Int, unit: Int), _ batch: inout TokenBatch) {
            var bytes: [UInt8] = []
            var position = start.byte
            while position < end.byte {
                let (scalar, length) = UTF8Scalar.decode(base, at: position)
                if scalar == delimiter, replacement != delimiter {
                    bytes += Array(String(Unicode.Scalar(replacement).map(Character.init) ?? "/").utf8)
                } else {
                    bytes.append(contentsOf: text[position..<position + length])
                }
                position += length
            }
            bytes.withUnsafeBufferPointer { piece in
                if let piece = piece.baseAddress {
                    batch.append(
                        piece, length: bytes.count, startOffset: start.unit, endOffset: end.unit, type: .word)
                }
            }
            // All but the first stand at the same position.
            if batch.tokens.count > 1 { batch.tokens.base[batch.tokens.count - 1].positionIncrement = 0 }
        }
        let end = (byte: text.count, unit: unit)
        if isReverse {
            // From each beginning of a part to the end without the last `skip` parts.
            var starts: [(byte: Int, unit: Int)] = [(0, 0)]
            for place in delimiters { starts.append((place.byte + size, place.unit + 1)) }
            if starts.last?.byte == text.count { starts.removeLast() }
            let parts = starts.count
            guard parts > skip else { return }
            let stop = skip == 0 ? end : starts[parts - skip]
            for start in starts.prefix(parts - skip) { emit(from: start, to: stop, &batch) }
        } else {
            // From behind the first `skip` parts to each delimiter and to the end.
            var start = (byte: 0, unit: 0)
            var stops = delimiters
            if stops.first?.byte == 0 { stops.removeFirst() }
            if skip > 0 {
                guard stops.count >= skip else { return }
                start = stops[skip - 1]
                stops.removeFirst(skip)
            }
            for stop in stops { emit(from: start, to: stop, &batch) }
            if end.byte > (stops.last?.byte ?? start.byte) { emit(from: start, to: end, &batch) }
        }
    }
}
