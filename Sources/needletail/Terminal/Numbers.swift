/// Numbers as people read them, the same in every locale.
enum Numbers {
    /// A fixed number of digits after the point: 0.751.
    static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = (abs(value) * scale).rounded()
        guard scaled < 9e15 else { return "\(value)" }
        let units = Int64(scaled)
        let sign = value < 0 && units > 0 ? "-" : ""
        if digits == 0 { return sign + "\(units)" }
        let fraction = "\(units % Int64(scale))"
        return sign + "\(units / Int64(scale))." + String(repeating: "0", count: digits - fraction.count) + fraction
    }

    /// With a sign in any case: +0.062.
    static func signed(_ value: Double, _ digits: Int) -> String {
        value < 0 ? fixed(value, digits) : "+" + fixed(value, digits)
    }

    /// Thousands apart by commas: 22,713,601.
    static func grouped(_ value: Int) -> String {
        let digits = Array("\(abs(value))")
        var text = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }

    /// With its noun: 1 text, 2,000 texts.
    static func counted(_ value: Int, _ one: String, _ many: String? = nil) -> String {
        grouped(value) + " " + (value == 1 ? one : many ?? one + "s")
    }

    /// 23.0 MB, in powers of 1000.
    static func bytes(_ count: Int) -> String {
        for (factor, unit) in [(1e9, "GB"), (1e6, "MB"), (1e3, "kB")] where Double(count) >= factor {
            return fixed(Double(count) / factor, 1) + " " + unit
        }
        return "\(count) B"
    }

    /// Milliseconds with three significant digits at most: 0.42, 7.3, 112.
    static func milliseconds(_ value: Double) -> String {
        fixed(value, value < 1 ? 2 : value < 100 ? 1 : 0)
    }
}

extension Duration {
    var milliseconds: Double { self / .milliseconds(1) }
    var seconds: Double { self / .seconds(1) }
}
