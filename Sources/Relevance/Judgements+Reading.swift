extension Judgements {
    /// Reads judgements in either common form, told apart line by line; gzip is inflated on the way.
    ///
    /// - BEIR: `query-id<TAB>corpus-id<TAB>score` with a header line (<https://github.com/beir-cellar/beir>).
    /// - TREC "qrels": `query iteration document grade`, separated by blanks (`trec_eval`'s README).
    public init(path: String) throws(RelevanceError) {
        self.init()
        var reader = try LineReader(path: path)
        while let line = try reader.next() {
            let tabs = line.count { $0 == 0x09 }
            let fields =
                tabs == 2
                ? line.split(separator: 0x09, omittingEmptySubsequences: false).map {
                    String(decoding: $0, as: UTF8.self)
                }
                : blankSeparated(line)
            if fields.isEmpty || (reader.lineNumber == 1 && fields.first == "query-id") { continue }
            guard fields.count == (tabs == 2 ? 3 : 4) else {
                throw reader.malformed(
                    "expected 'query-id<TAB>corpus-id<TAB>score' or 'query iteration document grade', got \(fields.count) fields"
                )
            }
            guard let grade = Int(fields[fields.count - 1]) else {
                throw reader.malformed("the grade '\(fields[fields.count - 1])' is not a whole number")
            }
            let document = fields[fields.count - 2]
            if setGrade(grade, query: fields[0], document: document) != nil {
                throw RelevanceError(
                    .duplicate, path: reader.path, line: reader.lineNumber,
                    reason: "document '\(document)' is judged twice for query '\(fields[0])'",
                    advice: "Keep one of the two lines.")
            }
        }
    }

    /// The judgements as a BEIR table with its header line, sorted by query and document.
    public func tabSeparated() -> String {
        var text = "query-id\tcorpus-id\tscore\n"
        for query in queries {
            for (document, grade) in (grades[query] ?? [:]).sorted(by: { precedesByBytes($0.key, $1.key) }) {
                text += "\(query)\t\(document)\t\(grade)\n"
            }
        }
        return text
    }
}

/// The fields of a line that are separated by blanks and tabs.
func blankSeparated(_ line: ArraySlice<UInt8>) -> [String] {
    line.split { $0 == 0x20 || $0 == 0x09 }.map { String(decoding: $0, as: UTF8.self) }
}

extension LineReader {
    /// An error about the form of the line that was read last.
    package func malformed(_ reason: String, advice: String = "Correct the line or remove it.") -> RelevanceError {
        RelevanceError(.malformedLine, path: path, line: lineNumber, reason: reason, advice: advice)
    }
}
