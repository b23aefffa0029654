import Foundation
import TestSupport
import Testing

/// A table of a document, `docs/operations.md` unless said, that belongs to code: the lines between `<!-- name -->` and `<!-- end of name -->`.
///
/// With NEEDLETAIL_RECORD=1 in the environment the document is written instead of compared: look at the difference in git.
enum DocumentTable {
    static let isRecording = ProcessInfo.processInfo.environment["NEEDLETAIL_RECORD"] == "1"

    static func expect(
        _ name: String, _ head: [String], _ rows: [[String]], in file: String = "docs/operations.md"
    ) throws {
        let document = Fixture.repositoryRoot + "/" + file
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
            "\(file), \(name): NEEDLETAIL_RECORD=1 swift test --filter OperationsTests writes it anew")
    }

    private static func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
}
