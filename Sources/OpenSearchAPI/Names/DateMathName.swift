internal import Mappings

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

    /// A date as `now/d{uuuu.MM|+02:00}` asks for it; without a format it is the day.
    private static func date(_ text: String, in expression: String, now: Int64) throws(OpenSearchError) -> String {
        var math = text
        var pattern = "uuuu.MM.dd"
        var zone = "Z"
        if let brace = text.firstIndex(of: "{") {
            guard text.hasSuffix("}") else { throw fault(expression, "missing closing `}` for date math format") }
            math = String(text[..<brace])
            let parts = text[text.index(after: brace)...].dropLast().split(separator: "|", maxSplits: 1)
            guard let first = parts.first else { throw fault(expression, "missing date format") }
            pattern = String(first)
            if parts.count == 2 { zone = String(parts[1]) }
        }
        do throws(MappingError) {
            let format = try DateFormat(pattern)
            let rules = try TimeZoneRules(zone)
            let moment = try DateMath.moment(of: math, format: format, now: Moment(milliseconds: now), zone: rules)
            return format.text(of: moment, zone: rules)
        } catch {
            throw fault(expression, error.reason)
        }
    }
}
