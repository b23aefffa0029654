/// Numbers of a training run as people read them, the same in every locale.
public enum Figures {
    /// A number with so many significant digits at most: 0.04311, 1.8e-05, 8210.
    public static func significant(_ value: Double, _ digits: Int = 4) -> String {
        guard value.isFinite, value != 0 else {
            return value == 0 ? "0" : value.isNaN ? "nan" : value < 0 ? "-inf" : "inf"
        }
        var magnitude = 0
        var rest = abs(value)
        while rest >= 10 {
            rest /= 10
            magnitude += 1
        }
        while rest < 1 {
            rest *= 10
            magnitude -= 1
        }
        let places = max(-300, min(300, digits - 1 - magnitude))
        return plain(rounded(value, places))
    }

    /// A number with so many digits behind the point: 0.8500.
    public static func fixed(_ value: Double, _ digits: Int) -> String {
        guard value.isFinite, abs(value) < 1e9 else { return significant(value) }
        let units = Int((abs(value) * power(digits)).rounded())
        let sign = value < 0 && units > 0 ? "-" : ""
        guard digits > 0 else { return sign + "\(units)" }
        let text = "\(units)"
        let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
        return sign + padded.dropLast(digits) + "." + padded.suffix(digits)
    }

    /// With a sign in any case: +0.0548.
    public static func signed(_ value: Double, _ digits: Int) -> String {
        let text = fixed(value, digits)
        return value < 0 ? text : "+" + text
    }

    /// Thousands apart by commas: 22,713,601.
    public static func grouped(_ value: Int) -> String {
        var text = ""
        for (index, digit) in "\(value.magnitude)".reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (value < 0 ? "-" : "") + String(text.reversed())
    }

    /// A time in its two largest units: 1 h 12 min, 3 min 20 s, 45 s.
    public static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e9 else { return "unknown" }
        let whole = Int(max(0, seconds).rounded())
        if whole < 60 { return "\(whole) s" }
        let (minutes, rest) = whole.quotientAndRemainder(dividingBy: 60)
        if minutes < 60 { return rest == 0 ? "\(minutes) min" : "\(minutes) min \(rest) s" }
        let (hours, left) = minutes.quotientAndRemainder(dividingBy: 60)
        return left == 0 ? "\(hours) h" : "\(hours) h \(left) min"
    }

    /// A size in powers of 1000: 1.24 GB.
    public static func bytes(_ count: Int) -> String {
        for (factor, unit) in [(1e9, "GB"), (1e6, "MB"), (1e3, "kB")] where Double(count) >= factor {
            return significant(Double(count) / factor, 3) + " " + unit
        }
        return "\(count) B"
    }

    /// A figure's name as it is written in papers: nDCG@10, MRR@10, R@100.
    public static func metric(_ name: String) -> String {
        guard let at = name.firstIndex(of: "@") else {
            switch name {
            case "query_active": return "entries of a query"
            case "document_active": return "entries of a document"
            case "flops": return "FLOPS"
            case "map": return "MAP"
            default: return name
            }
        }
        let known = ["ndcg": "nDCG", "mrr": "MRR", "map": "MAP", "recall": "R", "precision": "P"]
        return (known[String(name[..<at])] ?? String(name[..<at])) + name[at...]
    }

    private static func plain(_ value: Double) -> String {
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// Dividing by a power of ten is exact enough to print the shortest digits; multiplying by 1e-5 is not.
    private static func rounded(_ value: Double, _ places: Int) -> Double {
        places >= 0
            ? (value * power(places)).rounded() / power(places) : (value / power(-places)).rounded() * power(-places)
    }

    private static func power(_ exponent: Int) -> Double {
        var power = 1.0
        for _ in 0..<exponent { power *= 10 }
        return power
    }
}
