import IndexFiles
import CPostings

/// Writes integers by document.
///
/// All parts begin at offsets that 8 divides:
/// 1. five words of 64 bits: values, documents with values, whether every document has exactly one (1) or at most one (2) or any
///    number (3), and two unused;
/// 2. unless every document has one: a bit a document, then how many bits are set before each 512 (32 bits each);
/// 3. with any number: the first value of each document that has some, and the number of values (32 bits each);
/// 4. blocks of 256 values: smallest, largest, where the packed differences to the smallest begin (from part 5), their width: 64
///    bits each; 5. the packed differences; widths above 56 become 64.
enum IntegerColumnWriter {
    static let blockSize = 256

    /// - Parameter documents: ascending; a document with several values stands there as often, its values ascending.
    static func write(
        documents: [UInt32], values: [Int64], documentCount: Int, into file: FileOutput
    ) throws(IndexFileError) -> Range<Int> {
        try file.align(to: 8)
        let start = file.count
        let output = OutputBuffer(capacity: values.count * 2 + 1024)
        var bits = [UInt64](repeating: 0, count: (documentCount + 63) / 64)
        var starts: [UInt32] = []
        var last = UInt32.max
        for i in 0..<documents.count where documents[i] != last {
            last = documents[i]
            bits[Int(last >> 6)] |= 1 << UInt64(last & 63)
            starts.append(UInt32(i))
        }
        let form: UInt64 = starts.count < documents.count ? 3 : starts.count == documentCount ? 1 : 2
        output.append(integer: UInt64(values.count))
        output.append(integer: UInt64(starts.count))
        output.append(integer: form)
        output.append(integer: UInt64(0))
        output.append(integer: UInt64(0))
        if form > 1 {
            output.append(array: bits)
            var rank: UInt32 = 0
            for word in 0..<bits.count {
                if word % 8 == 0 { output.append(integer: rank) }
                rank += UInt32(bits[word].nonzeroBitCount)
            }
            output.align(to: 8)
        }
        if form == 3 {
            starts.append(UInt32(values.count))
            output.append(array: starts)
            output.align(to: 8)
        }
        let packed = OutputBuffer(capacity: values.count * 2 + 1024)
        var at = 0
        while at < values.count {
            let end = min(at + blockSize, values.count)
            var low = values[at], high = values[at]
            for value in values[at..<end] {
                low = min(low, value)
                high = max(high, value)
            }
            let range = UInt64(bitPattern: high) &- UInt64(bitPattern: low)
            var width = UInt64(64 - range.leadingZeroBitCount)
            if width > 56 { width = 64 }
            output.append(integer: low)
            output.append(integer: high)
            output.append(integer: UInt64(packed.count))
            output.append(integer: width)
            if width == 64 {
                for value in values[at..<end] { packed.append(integer: value &- low) }
            } else if width > 0 {
                var window: UInt64 = 0
                var filled: UInt64 = 0
                for value in values[at..<end] {
                    let difference = UInt64(bitPattern: value &- low)
                    window |= difference << filled
                    filled += width
                    if filled >= 64 {
                        packed.append(integer: window)
                        filled -= 64
                        window = filled == 0 ? 0 : difference >> (width - filled)
                    }
                }
                while filled > 0 {
                    packed.append(UInt8(truncatingIfNeeded: window))
                    window >>= 8
                    filled = filled > 8 ? filled - 8 : 0
                }
            }
            at = end
        }
        try file.append(output.bytes)
        try file.append(packed.bytes)
        return start..<file.count
    }
}
