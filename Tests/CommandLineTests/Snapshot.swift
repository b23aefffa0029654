import Foundation
import TestSupport
import Testing

/// Texts that users see, kept under version control in `Tests/Fixtures/command-line`.
///
/// With NEEDLETAIL_RECORD=1 in the environment the files are written instead of compared: look at the difference in git.
enum Snapshot {
    static func expect(_ text: String, equals name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let path = Fixture.path("command-line/\(name).txt")
        // The checkout lies elsewhere for everybody.
        let text = text.replacingOccurrences(of: Fixture.repositoryRoot, with: "<checkout>")
        if ProcessInfo.processInfo.environment["NEEDLETAIL_RECORD"] == "1" {
            try FileManager.default.createDirectory(
                atPath: Fixture.path("command-line"), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(filePath: path))
            return
        }
        let expected = String(decoding: try Fixture.bytes("command-line/\(name).txt"), as: UTF8.self)
        #expect(text == expected, "\(name).txt; NEEDLETAIL_RECORD=1 records it anew", sourceLocation: sourceLocation)
    }
}
