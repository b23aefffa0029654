/// Words by Unicode's rules, with URLs and e-mail addresses kept whole (after Lucene's `UAX29URLEmailTokenizer`).
///
/// Host names without a scheme count as URLs only under one of the top-level domains that Lucene knows. Of URLs, hosts are ASCII names and
/// IPv4 addresses; IPv6 addresses are cut like other words.
struct URLEmailTokenizer: TextTokenizer {
    /// The longest token in UTF-16 code units; what is longer is cut.
    var maxTokenLength = 255

    func tokenize(_ text: UnsafeBufferPointer<UInt8>, into batch: inout TokenBatch) {
        guard let base = text.baseAddress else { return }
        let scanner = UnicodeWordScanner.shared
        var index = 0
        var unit = 0
        while index < text.count {
            var match = scanner.match(base, from: index, to: text.count, limit: maxTokenLength)
            // Nothing longer than a token may be is looked at.
            let reader = AddressReader(text: base, count: min(text.count, index + maxTokenLength))
            if let (end, type) = reader.address(at: index) {
                let units = UTF8Scalar.utf16Count(base + index, end - index)
                if units <= maxTokenLength, end - index >= match?.bytes ?? 0 {
                    match = UnicodeWordScanner.Match(bytes: end - index, units: units, type: type)
                }
            }
            guard let match else {
                let length = UTF8Scalar.decode(base, at: index).length
                index += length
                unit += UTF8Scalar.utf16Width(ofBytes: length)
                continue
            }
            batch.append(
                base + index, length: match.bytes, startOffset: unit, endOffset: unit + match.units, type: match.type)
            index += match.bytes
            unit += match.units
        }
        batch.endOffset = Int32(truncatingIfNeeded: unit)
    }
}

/// Finds URLs (RFC 3986, ASCII) and e-mail addresses (RFC 5321, without quoted names) at a place in a text.
private struct AddressReader {
    let text: UnsafePointer<UInt8>
    let count: Int

    private static let domains = Set(
        String(describing: AnalysisTables.topLevelDomains).split(separator: " ").map(String.init))

    private func isAlphanumeric(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 }

    func address(at start: Int) -> (end: Int, type: TokenType)? {
        let byte = text[start]
        guard byte < 0x80 else { return nil }
        var best: (end: Int, type: TokenType)?
        if isAlphanumeric(byte), let end = url(at: start) { best = (end, .url) }
        if let end = email(at: start), end > best?.end ?? 0 { best = (end, .email) }
        return best
    }

    private func hasPrefix(_ prefix: StaticString, at start: Int) -> Bool {
        guard start + prefix.utf8CodeUnitCount <= count else { return false }
        for step in 0..<prefix.utf8CodeUnitCount where text[start + step] | 0x20 != prefix.utf8Start[step] | 0x20 {
            return false
        }
        return true
    }

    private func url(at start: Int) -> Int? {
        for scheme in ["http://", "https://", "ftp://", "file://"] as [StaticString] where hasPrefix(scheme, at: start)
        {
            let host = start + scheme.utf8CodeUnitCount
            if scheme.utf8CodeUnitCount == 7, text[start] | 0x20 == UInt8(ascii: "f") {
                return tail(from: host) > host ? tail(from: host) : nil
            }
            guard let end = self.host(at: host, needsDomain: false) else { return nil }
            return tail(from: port(from: end))
        }
        guard let end = host(at: start, needsDomain: true) else { return nil }
        return tail(from: port(from: end))
    }

    /// Behind a host name or an IPv4 address.
    private func host(at start: Int, needsDomain: Bool) -> Int? {
        var index = start
        var labels = 0
        var labelStart = start
        var best: Int?
        while index < count {
            labelStart = index
            while index < count, isAlphanumeric(text[index]) || text[index] == UInt8(ascii: "-") && index > labelStart {
                index += 1
            }
            var end = index
            while end > labelStart, text[end - 1] == UInt8(ascii: "-") { end -= 1 }
            guard end > labelStart else { break }
            labels += 1
            if labels > 1, isTopLevel(labelStart, end) || !needsDomain { best = end }
            if labels == 4, isIPv4(start, end) { best = end }
            guard end == index, index + 1 < count, text[index] == UInt8(ascii: "."), isAlphanumeric(text[index + 1])
            else {
                break
            }
            index += 1
        }
        return best
    }

    private func isTopLevel(_ start: Int, _ end: Int) -> Bool {
        let label = UnsafeBufferPointer(start: text + start, count: end - start)
        return Self.domains.contains(String(decoding: label, as: UTF8.self).lowercased())
    }

    private func isIPv4(_ start: Int, _ end: Int) -> Bool {
        let parts = UnsafeBufferPointer(start: text + start, count: end - start).split(separator: UInt8(ascii: "."))
        return parts.count == 4
            && parts.allSatisfy { part in part.count <= 3 && (Int(String(decoding: part, as: UTF8.self)) ?? 256) < 256 }
    }

    private func port(from start: Int) -> Int {
        guard start + 1 < count, text[start] == UInt8(ascii: ":"), text[start + 1] &- 0x30 < 10 else { return start }
        var index = start + 1
        while index < count, text[index] &- 0x30 < 10, index - start <= 5 { index += 1 }
        return index
    }

    /// Behind path, query and fragment; a final full stop, comma or bracket belongs to them as Lucene has it.
    private func tail(from start: Int) -> Int {
        guard start < count,
            text[start] == UInt8(ascii: "/") || text[start] == UInt8(ascii: "?") || text[start] == UInt8(ascii: "#")
        else { return start }
        var index = start
        while index < count {
            let byte = text[index]
            let isPlain = isAlphanumeric(byte) || "/?#:@!$&'()*+,;=-._~".utf8.contains(byte)
            let isEncoded =
                byte == UInt8(ascii: "%") && index + 2 < count && isHexadecimal(text[index + 1])
                && isHexadecimal(text[index + 2])
            guard isPlain || isEncoded else { break }
            index += isEncoded ? 3 : 1
        }
        return index
    }

    private func isHexadecimal(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6 }

    private func email(at start: Int) -> Int? {
        var index = start
        while index < count {
            let byte = text[index]
            let isDot = byte == UInt8(ascii: ".")
            guard isAlphanumeric(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte) || isDot && index > start else {
                break
            }
            if isDot, text[index - 1] == UInt8(ascii: ".") { return nil }
            index += 1
        }
        guard index > start, index < count, text[index] == UInt8(ascii: "@"), text[index - 1] != UInt8(ascii: ".")
        else {
            return nil
        }
        return host(at: index + 1, needsDomain: true)
    }
}
