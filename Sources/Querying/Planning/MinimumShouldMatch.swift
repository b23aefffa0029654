/// `minimum_should_match` in all its forms: `3`, `-1`, `75%`, `-25%`, `3<90%`, `2<-25% 9<-3`.
enum MinimumShouldMatch {
    /// How many of so many optional clauses must match.
    ///
    /// - Throws: ``SearchError`` for a text that is no number.
    static func count(_ specification: String, of clauses: Int) throws -> Int {
        var result = clauses
        let text = specification.trimmed
        if text.contains("<") {
            // Spaces around "<" belong to it.
            var tight = ""
            for character in text {
                if character == "<" { while tight.last == " " { tight.removeLast() } }
                if character == " ", tight.last == "<" { continue }
                tight.append(character)
            }
            for part in tight.split(separator: " ") {
                let sides = part.split(separator: "<", maxSplits: 1, omittingEmptySubsequences: false)
                guard sides.count == 2, let bound = Int32(sides[0]) else { throw notANumber(String(part)) }
                if clauses <= bound { return result }
                result = try count(String(sides[1]), of: clauses)
            }
            return result
        }
        if text.hasSuffix("%") {
            guard let percent = Int32(text.dropLast().description.trimmed) else { throw notANumber(text) }
            let share = Float(result * Int(percent)) * (1 / 100)
            result = share < 0 ? result + Int(share) : Int(share)
        } else {
            guard let number = Int32(text) else { throw notANumber(text) }
            result = number < 0 ? result + Int(number) : Int(number)
        }
        return result < 0 ? 0 : result
    }

    private static func notANumber(_ text: String) -> SearchError {
        SearchError(type: "number_format_exception", reason: "For input string: \"\(text)\"").during(.query)
    }
}
