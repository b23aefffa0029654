import Glibc
import JSON

/// What is reranked: documents of a JSONL corpus, cut to the length of a search result's snippet.
struct Passages: Sendable {
    /// What is looked for.
    let query = "a program that draws graphs of network traffic"
    private let texts: [String]

    /// Reads a corpus: one object with `title` and `text` a line.
    init(path: String) throws {
        guard let file = fopen(path, "r") else { throw HTTPFailure(description: "\(path): cannot be read") }
        defer { fclose(file) }
        var texts: [String] = []
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        while getline(&line, &capacity, file) > 0, let text = line {
            let document = try JSONValue(parsing: String(cString: text))
            let whole = (document["title"]?.string ?? "") + ": " + (document["text"]?.string ?? "")
            texts.append(whole.split(separator: " ").prefix(20).joined(separator: " "))
        }
        free(line)
        self.texts = texts
    }

    /// Some of them, from a place on; they begin again at the end.
    func some(_ count: Int, from start: Int) -> [String] {
        (0..<count).map { texts[(start + $0) % texts.count] }
    }
}
