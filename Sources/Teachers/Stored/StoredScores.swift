/// Scores that were computed before, as teacher: a pair without one is an error that names it.
///
/// Each text is kept once, each score with 12 bytes.
public struct StoredScores: Teacher {
    /// `stored` and the name of the file.
    public let name: String
    /// The file.
    public let path: String
    var queryNumbers: [String: UInt32] = [:]
    var documentNumbers: [String: UInt32] = [:]
    /// Scores by the numbers of query (high half) and document.
    var scores: [UInt64: Float] = [:]

    /// The number of pairs.
    public var count: Int { scores.count }

    /// No scores yet; `read` fills it.
    init(path: String) {
        self.path = path
        name = "stored \(path.split(separator: "/").last.map(String.init) ?? path)"
    }

    /// The score of a pair; nil if there is none.
    public func score(query: String, document: String) -> Float? {
        guard let query = queryNumbers[query], let document = documentNumbers[document] else { return nil }
        return scores[UInt64(query) << 32 | UInt64(document)]
    }

    /// The scores of pairs.
    ///
    /// - Throws: ``TeacherError/Code/missingScore``, which names the first pair that has none.
    public func scores(_ pairs: [(query: String, document: String)]) throws(TeacherError) -> [Float] {
        var found: [Float] = []
        found.reserveCapacity(pairs.count)
        for pair in pairs {
            guard let score = score(query: pair.query, document: pair.document) else {
                throw TeacherError(
                    .missingScore, path: path,
                    "there is no score for the query '\(excerpt(pair.query))' with the document '\(excerpt(pair.document))'",
                    advice: "Score the pairs again, with the texts that are trained on")
            }
            found.append(score)
        }
        return found
    }

    /// Keeps the score of a pair; false if the pair has another one already.
    mutating func insert(query: String, document: String, score: Float) -> Bool {
        let query = number(of: query, in: &queryNumbers)
        let document = number(of: document, in: &documentNumbers)
        let key = UInt64(query) << 32 | UInt64(document)
        if let known = scores[key] { return known == score }
        scores[key] = score
        return true
    }

    private func number(of text: String, in numbers: inout [String: UInt32]) -> UInt32 {
        if let number = numbers[text] { return number }
        let number = UInt32(numbers.count)
        numbers[text] = number
        return number
    }
}

/// The beginning of a text, for errors.
func excerpt(_ text: String) -> String {
    let characters = text.prefix(60)
    return characters.endIndex == text.endIndex ? text : characters + "..."
}
