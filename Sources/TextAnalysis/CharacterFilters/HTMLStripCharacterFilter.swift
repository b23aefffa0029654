/// Takes HTML out of text as Lucene's `HTMLStripCharFilter`: tags, comments, scripts and styles go, references become characters.
///
/// Tags of blocks leave a line feed behind, so that words on both sides stay apart; tags within a line leave nothing.
struct HTMLStripCharacterFilter: CharacterFilter {
    /// Names of tags that stay.
    var escapedTags: Set<String> = []

    /// Tags that leave nothing behind.
    private static let inline: Set<String> = [
        "a", "abbr", "acronym", "b", "basefont", "bdo", "big", "cite", "code", "dfn", "em", "font", "i", "img", "input",
        "kbd", "label", "q", "s", "samp", "select", "small", "span", "strike", "strong", "sub", "sup", "textarea", "tt",
        "u", "var",
    ]

    func apply(_ text: UnsafeBufferPointer<UInt8>, into output: inout FilteredText) {
        guard let base = text.baseAddress else { return }
        var scan = Scan(text: base, count: text.count, escapedTags: Set(escapedTags.map { $0.lowercased() }))
        scan.run(into: &output)
    }

    /// What a piece of markup is and where it ends.
    private enum Markup {
        case remove(end: Int)
        case replace(end: Int, by: [UInt8])
        case keep(from: Int, to: Int, end: Int)
    }

    /// One pass over a text.
    private struct Scan {
        let text: UnsafePointer<UInt8>
        let count: Int
        let escapedTags: Set<String>
        private var unit = 0
        /// The last `>` and `?>`, so that nobody searches for more than there are.
        private let lastEnd: Int
        private let lastQuestionEnd: Int

        init(text: UnsafePointer<UInt8>, count: Int, escapedTags: Set<String>) {
            self.text = text
            self.count = count
            self.escapedTags = escapedTags
            var last = count - 1
            while last >= 0, text[last] != UInt8(ascii: ">") { last -= 1 }
            lastEnd = last
            while last > 0, text[last] != UInt8(ascii: ">") || text[last - 1] != UInt8(ascii: "?") { last -= 1 }
            lastQuestionEnd = last - 1
        }

        mutating func run(into output: inout FilteredText) {
            var index = 0
            while index < count {
                let byte = text[index]
                let markup =
                    byte == UInt8(ascii: "<")
                    ? tag(at: index) : byte == UInt8(ascii: "&") ? reference(at: index) : nil
                switch markup {
                case nil:
                    let length = UTF8Scalar.decode(text, at: index).length
                    for step in 0..<length { output.bytes.append(text[index + step]) }
                    unit += UTF8Scalar.utf16Width(ofBytes: length)
                    index += length
                case .remove(let end)?:
                    drop(from: index, to: end, &output)
                    index = end
                case .replace(let end, let bytes)?:
                    replace(from: index, to: end, by: bytes, &output)
                    index = end
                case .keep(let from, let to, let end)?:
                    drop(from: index, to: from, &output)
                    for position in from..<to { output.bytes.append(text[position]) }
                    unit += UTF8Scalar.utf16Count(text + from, to - from)
                    drop(from: to, to: end, &output)
                    index = end
                }
            }
        }

        private mutating func drop(from start: Int, to end: Int, _ output: inout FilteredText) {
            guard end > start else { return }
            let difference = output.lastDifference + UTF8Scalar.utf16Count(text + start, end - start)
            output.addCorrection(at: unit, difference: difference)
        }

        private mutating func replace(from start: Int, to end: Int, by bytes: [UInt8], _ output: inout FilteredText) {
            let written = bytes.withUnsafeBufferPointer { piece in
                piece.baseAddress.map { UTF8Scalar.utf16Count($0, piece.count) } ?? 0
            }
            let difference = output.lastDifference + UTF8Scalar.utf16Count(text + start, end - start) - written
            unit += written
            output.bytes += bytes
            output.addCorrection(at: unit, difference: difference)
        }

        private func isSpace(_ index: Int) -> Bool {
            switch text[index] {
            case 0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D: true
            case 0xC2: index + 1 < count && text[index + 1] == 0xA0
            default: false
            }
        }

        private func skipSpaces(_ index: Int) -> Int {
            var index = index
            while index < count, isSpace(index) { index += text[index] == 0xC2 ? 2 : 1 }
            return index
        }

        private func find(_ needle: StaticString, from start: Int) -> Int? {
            let length = needle.utf8CodeUnitCount
            guard count >= length, start <= count - length else { return nil }
            for index in start...(count - length) {
                var matches = true
                for step in 0..<length {
                    let byte = text[index + step]
                    let folded = byte &- 65 < 26 ? byte | 0x20 : byte
                    if folded != needle.utf8Start[step] {
                        matches = false
                        break
                    }
                }
                if matches { return index }
            }
            return nil
        }

        private func starts(_ index: Int, _ piece: StaticString) -> Bool {
            guard index + piece.utf8CodeUnitCount <= count else { return false }
            for step in 0..<piece.utf8CodeUnitCount where text[index + step] != piece.utf8Start[step] { return false }
            return true
        }

        private func tag(at start: Int) -> Markup? {
            if starts(start, "<!--") {
                return .remove(end: find("-->", from: start + 4).map { $0 + 3 } ?? count)
            }
            if starts(start, "<![CDATA[") {
                let end = find("]]>", from: start + 9)
                return .keep(from: start + 9, to: end ?? count, end: end.map { $0 + 3 } ?? count)
            }
            if starts(start, "<!") {
                return start > lastEnd ? nil : find(">", from: start).map { .remove(end: $0 + 1) }
            }
            if starts(start, "<?") {
                return start > lastQuestionEnd ? nil : find("?>", from: start).map { .remove(end: $0 + 2) }
            }
            var index = skipSpaces(start + 1)
            let isEnd = index < count && text[index] == UInt8(ascii: "/")
            if isEnd { index = skipSpaces(index + 1) }
            let nameStart = index
            while index < count {
                let (scalar, length) = UTF8Scalar.decode(text, at: index)
                let isFirst = index == nameStart
                let isLetter = JavaCharacter.isLetter(scalar) || scalar == 0x5F || scalar == 0x3A
                let isInner = JavaCharacter.isDigit(scalar) || scalar == 0x2D || scalar == 0x2E
                guard isLetter || !isFirst && isInner else { break }
                index += length
            }
            guard index > nameStart else { return nil }
            let name = String(
                decoding: UnsafeBufferPointer(start: text + nameStart, count: index - nameStart), as: UTF8.self
            ).lowercased()
            // A name at the very end of the text is taken for a tag.
            if index == count { return .remove(end: count) }
            guard let end = endOfTag(from: index) else { return nil }
            if escapedTags.contains(name) { return .keep(from: start, to: end, end: end) }
            if !isEnd, name == "script" || name == "style" {
                let closing: StaticString = name == "script" ? "</script" : "</style"
                guard let close = find(closing, from: end), let last = endOfTag(from: close + closing.utf8CodeUnitCount)
                else { return .remove(end: count) }
                return .replace(end: last, by: [0x0A])
            }
            return HTMLStripCharacterFilter.inline.contains(name) ? .remove(end: end) : .replace(end: end, by: [0x0A])
        }

        /// Behind the `>` of a tag whose name ends at `start`; `nil` if this is no tag.
        private func endOfTag(from start: Int) -> Int? {
            var index = start
            guard index < count else { return nil }
            guard text[index] == UInt8(ascii: ">") || text[index] == UInt8(ascii: "/") || isSpace(index) else {
                return nil
            }
            var isValue = false
            while index < count {
                let byte = text[index]
                if byte == UInt8(ascii: ">") { return index + 1 }
                if byte == UInt8(ascii: "<") { return nil }
                if isValue, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                    var close = index + 1
                    while close < count, text[close] != byte { close += 1 }
                    index = close < count ? close + 1 : index + 1
                    isValue = false
                    continue
                }
                if byte == UInt8(ascii: "=") { isValue = true } else if !isSpace(index) { isValue = false }
                index += 1
            }
            return nil
        }

        private func reference(at start: Int) -> Markup? {
            var end = start + 1
            while end < count, end - start < 34, text[end] != UInt8(ascii: ";") {
                let byte = text[end]
                guard byte == UInt8(ascii: "#") || byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 else { return nil }
                end += 1
            }
            guard end < count, text[end] == UInt8(ascii: ";"), end > start + 1 else { return nil }
            let body = String(
                decoding: UnsafeBufferPointer(start: text + start + 1, count: end - start - 1), as: UTF8.self)
            guard var value = Self.value(of: body) else { return nil }
            if value & 0xFC00 == 0xD800, starts(end + 1, "&#") {
                // Two halves of a surrogate pair.
                var second = end + 1
                while second < count, second - end < 12, text[second] != UInt8(ascii: ";") { second += 1 }
                let rest = String(
                    decoding: UnsafeBufferPointer(start: text + end + 2, count: max(second - end - 2, 0)), as: UTF8.self
                )
                if second < count, let low = Self.value(of: rest), low & 0xFC00 == 0xDC00 {
                    value = 0x10000 + (value & 0x3FF) << 10 + low & 0x3FF
                    end = second
                }
            }
            var bytes: [UInt8] = [0, 0, 0, 0]
            let length = bytes.withUnsafeMutableBufferPointer { buffer in
                buffer.baseAddress.map { UTF8Scalar.encode(value, to: $0) } ?? 0
            }
            return .replace(end: end + 1, by: Array(bytes[0..<length]))
        }

        private static func value(of body: String) -> UInt32? {
            guard body.hasPrefix("#") else { return HTMLEntities.scalar(named: body) }
            let digits = body.dropFirst()
            let value =
                digits.hasPrefix("x") || digits.hasPrefix("X")
                ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits, radix: 10)
            guard let value, value < 0x110000 else { return nil }
            return value
        }
    }
}
