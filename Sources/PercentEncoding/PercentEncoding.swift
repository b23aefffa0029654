/// Texts as parts of addresses: RFC 3986, section 2.1.
extension StringProtocol {
    /// The text with its UTF-8 bytes as `%XX`, but for letters, digits and `-._~`, which never need it.
    ///
    /// - Parameter kept: Further ASCII characters that stay as they are.
    /// - Complexity: O(bytes).
    package func percentEncoded(keeping kept: String = "") -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        let kept = Array(kept.utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(utf8.count)
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            case _ where kept.contains(byte): bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The text with `%XX` replaced by bytes; escapes that are not complete stay as they are, bytes that are not UTF-8 become U+FFFD.
    ///
    /// - Parameter plusIsSpace: Whether `+` stands for a space, as in the fields of a form.
    /// - Complexity: O(bytes).
    package func percentDecoded(plusIsSpace: Bool = false) -> String {
        let escapes = UInt8(ascii: "%")
        guard utf8.contains(where: { $0 == escapes || (plusIsSpace && $0 == UInt8(ascii: "+")) }) else {
            return String(self)
        }
        return String(decoding: PercentDecoding(utf8, plusIsSpace: plusIsSpace).bytes, as: UTF8.self)
    }

    /// The text with `%XX` replaced by bytes; nil if an escape is not complete or the bytes are not UTF-8.
    ///
    /// - Complexity: O(bytes).
    package func percentDecodedIfValid() -> String? {
        let decoding = PercentDecoding(utf8, plusIsSpace: false)
        return decoding.isComplete ? String(validating: decoding.bytes, as: UTF8.self) : nil
    }
}

/// The bytes of an encoded text.
private struct PercentDecoding {
    var bytes: [UInt8] = []
    /// Whether two digits stand behind every percent sign.
    var isComplete = true

    init(_ text: some Sequence<UInt8>, plusIsSpace: Bool) {
        var rest = Array(text)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                if rest.count >= 2, let high = Self.digit(rest[rest.startIndex]),
                    let low = Self.digit(rest[rest.startIndex + 1])
                {
                    bytes.append(high << 4 | low)
                    rest.removeFirst(2)
                } else {
                    isComplete = false
                    bytes.append(byte)
                }
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
