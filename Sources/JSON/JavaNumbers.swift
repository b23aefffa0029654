/// Numbers as Java's `toString` writes them: what OpenSearch's answers hold where a number becomes text.
package enum JavaNumbers {
    /// `1.0`, `1.0E10`, `0.001`, `1.0E-5`.
    package static func text(_ value: Double) -> String {
        value.isFinite ? arrange(value.description, magnitude: value.magnitude) : special(value)
    }

    /// The same for a float.
    package static func text(_ value: Float) -> String {
        value.isFinite ? arrange(value.description, magnitude: Double(value.magnitude)) : special(Double(value))
    }

    /// Whether Java's `Double.parseDouble` reads the text.
    package static func parses(_ text: String) -> Bool {
        switch text {
        case "NaN", "Infinity", "+Infinity", "-Infinity": return true
        default: break
        }
        guard let first = text.utf8.first(where: { $0 != 0x2B && $0 != 0x2D }), first == 0x2E || first &- 48 < 10 else {
            return false
        }
        var digits = Substring(text)
        if let last = digits.last, "fFdD".contains(last), !text.contains("x") { digits.removeLast() }
        return Double(digits) != nil
    }

    private static func special(_ value: Double) -> String {
        value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity"
    }

    /// Swift's shortest digits in Java's arrangement: plain from 10^-3 to below 10^7, else with an exponent.
    private static func arrange(_ text: String, magnitude: Double) -> String {
        let sign = text.hasPrefix("-") ? "-" : ""
        let parts = text.drop { $0 == "-" }.split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        var exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) + mantissa[0].count
        var digits = mantissa.joined()
        while digits.hasPrefix("0"), digits.count > 1 {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.hasSuffix("0"), digits.count > 1 { digits.removeLast() }
        if digits == "0" { return sign + "0.0" }
        // The value is 0.digits * 10^exponent.
        guard magnitude >= 1e-3, magnitude < 1e7 else {
            return sign + digits.prefix(1) + "." + (digits.count > 1 ? digits.dropFirst() : "0") + "E\(exponent - 1)"
        }
        if exponent <= 0 { return sign + "0." + String(repeating: "0", count: -exponent) + digits }
        if digits.count <= exponent {
            return sign + digits + String(repeating: "0", count: exponent - digits.count) + ".0"
        }
        return sign + digits.prefix(exponent) + "." + digits.dropFirst(exponent)
    }
}
