/// Names with date math: `<logs-{now/d-1d{yyyy.MM|+02:00}}>`.
enum DateMathName {
    /// The name for a moment; names without angle brackets stay as they are.
    ///
    /// - Parameter now: milliseconds since 1970.
    static func resolve(_ expression: String, now: Int64) throws(OpenSearchError) -> String {
        guard expression.count >= 2, expression.hasPrefix("<"), expression.hasSuffix(">") else { return expression }
        var result = ""
        var rest = expression.dropFirst().dropLast()[...]
        while let character = rest.popFirst() {
            switch character {
            case "\\":
                guard let next = rest.popFirst() else { throw fault(expression, "nothing follows the last backslash") }
                result.append(next)
            case "{":
                var depth = 1
                var inside = ""
                while depth > 0 {
                    guard let next = rest.popFirst() else { throw fault(expression, "missing closing `}`") }
                    if next == "{" { depth += 1 }
                    if next == "}" { depth -= 1 }
                    if depth > 0 { inside.append(next) }
                }
                result += try date(inside, in: expression, now: now)
            case "}": throw fault(expression, "missing opening `{`")
            default: result.append(character)
            }
        }
        return result
    }

    private static func fault(_ expression: String, _ reason: String) -> OpenSearchError {
        OpenSearchError(400, "parse_exception", "invalid dynamic name expression [\(expression)]: \(reason)")
    }

    private static func date(_ text: String, in expression: String, now: Int64) throws(OpenSearchError) -> String {
        var math = text
        var format = "uuuu.MM.dd"
        var offset: Int64 = 0
        if let brace = text.firstIndex(of: "{") {
            guard text.hasSuffix("}") else { throw fault(expression, "missing closing `}` for date math format") }
            math = String(text[..<brace])
            let parts = text[text.index(after: brace)...].dropLast().split(separator: "|", maxSplits: 1)
            guard let first = parts.first else { throw fault(expression, "missing date format") }
            format = String(first)
            if parts.count == 2 {
                guard let seconds = zone(String(parts[1])) else {
                    throw fault(expression, "the time zone [\(parts[1])] is not an offset like +02:00 or UTC")
                }
                offset = seconds
            }
        }
        guard math.hasPrefix("now") else { throw fault(expression, "date math begins with `now`") }
        var moment = CivilTime(secondsSinceEpoch: Int64((Double(now) / 1000).rounded(.down)) + offset)
        var rest = math.dropFirst(3)
        while let sign = rest.popFirst() {
            if sign == "/" {
                guard let unit = rest.popFirst(), moment.floor(to: unit) else {
                    throw fault(expression, "a unit (y, M, w, d, h, m, s) is wanted behind `/`")
                }
                continue
            }
            guard sign == "+" || sign == "-" else { throw fault(expression, "operator not supported [\(sign)]") }
            var digits = ""
            while let digit = rest.first, digit.isNumber { digits.append(rest.removeFirst()) }
            guard let count = Int64(digits.isEmpty ? "1" : digits), count < 1_000_000, let unit = rest.popFirst(),
                moment.add(sign == "+" ? count : -count, of: unit)
            else { throw fault(expression, "a number and a unit (y, M, w, d, h, m, s) are wanted behind `\(sign)`") }
        }
        return moment.text(format)
    }

    private static func zone(_ text: String) -> Int64? {
        if ["UTC", "Z", "GMT"].contains(text) { return 0 }
        let sign: Int64 = text.hasPrefix("-") ? -1 : 1
        let parts = text.dropFirst().split(separator: ":")
        guard text.hasPrefix("+") || text.hasPrefix("-"), let hours = parts.first.flatMap({ Int64($0) }) else {
            return nil
        }
        return sign * (hours * 3600 + (parts.count > 1 ? (Int64(parts[1]) ?? 0) * 60 : 0))
    }
}
