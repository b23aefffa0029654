import Foundation
import TestSupport
import Testing

/// A table of `docs/operations.md` that belongs to code: the lines between `<!-- name -->` and `<!-- end of name -->`.
///
/// With NEEDLETAIL_RECORD=1 in the environment the document is written instead of compared: look at the difference in git.
enum DocumentTable {
    static let isRecording = ProcessInfo.processInfo.environment["NEEDLETAIL_RECORD"] == "1"
    static let document = Fixture.repositoryRoot + "/docs/operations.md"

    static func expect(_ name: String, _ head: [String], _ rows: [[String]]) throws {
        let lines = [row(head), row(head.map { _ in "---" })] + rows.map(row)
        let expected = lines.joined(separator: "\n")
        let text = try String(contentsOfFile: document, encoding: .utf8)
        let begin = try #require(text.range(of: "<!-- \(name) -->\n"))
        let end = try #require(text.range(of: "\n<!-- end of \(name) -->", range: begin.upperBound..<text.endIndex))
        if isRecording {
            try text.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: expected).write(
                toFile: document, atomically: true, encoding: .utf8)
            return
        }
        let found = String(text[begin.upperBound..<end.lowerBound])
        #expect(
            found == expected,
            "docs/operations.md, \(name): NEEDLETAIL_RECORD=1 swift test --filter OperationsTests writes it anew")
    }

    private static func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
}
