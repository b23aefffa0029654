/// An IPv4 or IPv6 address as sixteen bytes; IPv4 as `::ffff:a.b.c.d`, so that all addresses have one order.
public struct IPAddress: Sendable, Hashable, Comparable {
    /// The first eight bytes, big endian.
    public let high: UInt64
    /// The last eight bytes, big endian.
    public let low: UInt64

    /// An address by its halves.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// An address by its sixteen bytes.
    public init(bytes: some Collection<UInt8>) {
        var high: UInt64 = 0
        var low: UInt64 = 0
        for (index, byte) in bytes.prefix(16).enumerated() {
            if index < 8 { high = high << 8 | UInt64(byte) } else { low = low << 8 | UInt64(byte) }
        }
        self.init(high: high, low: low)
    }

    /// The sixteen bytes.
    public var bytes: [UInt8] {
        (0..<16).map { UInt8(truncatingIfNeeded: ($0 < 8 ? high : low) >> UInt64(56 - $0 % 8 * 8)) }
    }

    /// Whether this is an IPv4 address.
    public var isIPv4: Bool { high == 0 && low >> 32 == 0xFFFF }

    /// By bytes.
    public static func < (left: IPAddress, right: IPAddress) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    /// Reads `192.168.0.1`, `::1`, `::ffff:1.2.3.4`; a zone (`fe80::1%eth0`) is dropped.
    public init?(_ text: UnsafeBufferPointer<UInt8>) {
        let end = text.firstIndex(of: UInt8(ascii: "%")) ?? text.count
        let bytes = UnsafeBufferPointer(rebasing: text[..<end])
        if bytes.contains(UInt8(ascii: ":")) {
            guard let address = Self.readIPv6(bytes) else { return nil }
            self = address
        } else {
            guard end == text.count, let value = Self.readIPv4(bytes) else { return nil }
            self.init(high: 0, low: 0xFFFF_0000_0000 | UInt64(value))
        }
    }

    /// Reads an address.
    public init?(_ text: String) {
        var text = text
        guard let address = text.withUTF8({ IPAddress($0) }) else { return nil }
        self = address
    }

    private static func readIPv4(_ text: UnsafeBufferPointer<UInt8>) -> UInt32? {
        var value: UInt32 = 0
        var parts = 0
        var index = 0
        while true {
            var part = 0
            let start = index
            while index < text.count, text[index] &- 48 < 10, index - start < 4 {
                part = part * 10 + Int(text[index] &- 48)
                index += 1
            }
            guard (1...3).contains(index - start), part < 256, index - start == 1 || text[start] != 48 else {
                return nil
            }
            value = value << 8 | UInt32(part)
            parts += 1
            if parts == 4 { return index == text.count ? value : nil }
            guard index < text.count, text[index] == UInt8(ascii: ".") else { return nil }
            index += 1
        }
    }

    private static func readIPv6(_ text: UnsafeBufferPointer<UInt8>) -> IPAddress? {
        var groups: [UInt16] = []
        var gap: Int?
        var index = 0
        if text.count >= 2, text[0] == UInt8(ascii: ":") {
            guard text[1] == UInt8(ascii: ":") else { return nil }
            gap = 0
            index = 2
        }
        while index < text.count {
            guard groups.count < 8 else { return nil }
            var value: UInt32 = 0
            let start = index
            while index < text.count, index - start < 5, let digit = hexadecimal(text[index]) {
                value = value << 4 | digit
                index += 1
            }
            if index < text.count, text[index] == UInt8(ascii: ".") {
                guard groups.count <= 6, let last = readIPv4(UnsafeBufferPointer(rebasing: text[start...])) else {
                    return nil
                }
                groups.append(UInt16(last >> 16))
                groups.append(UInt16(last & 0xFFFF))
                break
            }
            guard (1...4).contains(index - start) else { return nil }
            groups.append(UInt16(value))
            if index == text.count { break }
            guard text[index] == UInt8(ascii: ":"), index + 1 < text.count else { return nil }
            index += 1
            if text[index] == UInt8(ascii: ":") {
                guard gap == nil else { return nil }
                gap = groups.count
                index += 1
            }
        }
        if let gap {
            guard groups.count < 8 else { return nil }
            groups.insert(contentsOf: [UInt16](repeating: 0, count: 8 - groups.count), at: gap)
        }
        guard groups.count == 8 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        for position in 0..<4 {
            high = high << 16 | UInt64(groups[position])
            low = low << 16 | UInt64(groups[position + 4])
        }
        return IPAddress(high: high, low: low)
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 48...57: UInt32(byte) - 48
        case 65...70: UInt32(byte) - 55
        case 97...102: UInt32(byte) - 87
        default: nil
        }
    }

    /// The first and the last address of a block `address/length`.
    public static func block(_ text: String) -> ClosedRange<IPAddress>? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(String(parts[0])), var length = Int(parts[1]) else {
            return nil
        }
        if address.isIPv4 {
            guard (0...32).contains(length) else { return nil }
            length += 96
        }
        guard (0...128).contains(length) else { return nil }
        let highMask: UInt64 = length >= 64 ? .max : length == 0 ? 0 : .max << UInt64(64 - length)
        let lowMask: UInt64 = length <= 64 ? 0 : .max << UInt64(128 - length)
        let first = IPAddress(high: address.high & highMask, low: address.low & lowMask)
        return first...IPAddress(high: address.high | ~highMask, low: address.low | ~lowMask)
    }

    /// The next address, or nil behind the last.
    public var next: IPAddress? {
        if low < .max { return IPAddress(high: high, low: low + 1) }
        return high < .max ? IPAddress(high: high + 1, low: 0) : nil
    }
}

extension IPAddress: CustomStringConvertible {
    /// `192.168.0.1`, or IPv6 in its short form (RFC 5952).
    public var description: String {
        if isIPv4 { return (0..<4).map { String(low >> UInt64(24 - $0 * 8) & 0xFF) }.joined(separator: ".") }
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: ($0 < 4 ? high : low) >> UInt64(48 - $0 % 4 * 16)) }
        // The longest run of at least two zero groups, the first of equals, becomes `::`.
        var best = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, groups[end] == 0 { end += 1 }
            if end - start > max(1, best.count) { best = start..<end }
            start = max(end, start + 1)
        }
        func text(_ range: Range<Int>) -> String {
            groups[range].map { String($0, radix: 16) }.joined(separator: ":")
        }
        return best.isEmpty ? text(0..<8) : text(0..<best.lowerBound) + "::" + text(best.upperBound..<8)
    }
}
