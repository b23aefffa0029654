import ClusterAccess
import Foundation
import JSON
import ModelFiles
import Relevance
import TestSupport
import Testing

/// Corpora out of files, good and bad.
@Suite struct ValidationTests {
    private func check(
        _ text: String, _ change: (inout CorpusValidation) -> Void = { _ in }
    ) throws -> (report: CorpusReport, lines: [JSONValue]) {
        try check(Data(text.utf8), change)
    }

    private func check(
        _ data: Data, _ change: (inout CorpusValidation) -> Void = { _ in }
    ) throws -> (report: CorpusReport, lines: [JSONValue]) {
        try TemporaryFolder.with { folder in
            let source = folder.path + "/corpus.jsonl"
            try data.write(to: URL(filePath: source))
            var validation = CorpusValidation(path: source)
            change(&validation)
            let target = folder.path + "/documents.jsonl"
            let report = try validation.run(to: target)
            let lines = try String(contentsOfFile: target, encoding: .utf8).split(separator: "\n")
            return (report, try lines.map { try JSONValue(parsing: String($0)) })
        }
    }

    private func reason(_ data: Data, _ change: (inout CorpusValidation) -> Void = { _ in }) -> String? {
        do {
            _ = try check(data, change)
            return nil
        } catch let error as RelevanceError {
            return error.reason
        } catch {
            return "\(error)"
        }
    }

    private static let good = """
        {"id": "a", "text": "one"}
        {"_id": "b", "title": "T", "text": "two", "more": [1]}

        {"id": 7, "text": "three", "title": null}
        {"id": "empty", "text": "  "}
        """

    @Test func linesBecomeDocuments() throws {
        let (report, lines) = try check(Self.good)
        #expect(report.documents == 3 && report.read == 4 && report.skipped == ["no_text": 1])
        let found = Dictionary(uniqueKeysWithValues: lines.map { ($0["id"]?.string ?? "", $0) })
        #expect(found["a"] == ["id": "a", "text": "one"])
        #expect(found["b"] == ["id": "b", "title": "T", "text": "two"])
        #expect(found["7"] == ["id": "7", "text": "three"])
    }

    @Test func gzipAndItsContentsAreTheSame() throws {
        let text = (0..<3000).map { #"{"id":"\#($0)","text":"text \#($0)"}"# }.joined(separator: "\n")
        let plain = try check(text) { $0.maximum = 100 }
        let packed = try TemporaryFolder.with { folder in
            let path = folder.path + "/c.jsonl"
            try Data(text.utf8).write(to: URL(filePath: path))
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["gzip", path]
            try process.run()
            process.waitUntilExit()
            return try Data(contentsOf: URL(filePath: path + ".gz"))
        }
        let inflated = try check(packed) { $0.maximum = 100 }
        #expect(inflated.lines == plain.lines)
        #expect(inflated.report.digest == plain.report.digest && plain.report.documents == 100)
        #expect(plain.report.usable == 3000)
        let early = reason(packed.prefix(packed.count / 2))
        #expect(early?.contains("gzip stream ends early") == true, "\(early ?? "no error")")
    }

    @Test func faultsAreToldWithTheirLines() throws {
        var data = Data((Self.good + "\n").utf8)
        data += Data("{\"id\":\"x\",\"text\":\"a\u{0}b\"}\n".utf8)
        data += Data(#"{"id":"u","text":""#.utf8) + Data([0xFF, 0xFE]) + Data("\"}\n".utf8)
        for line in [
            #"{"id":"a","text":"again"}"#, #"{"text":"no id"}"#, #"{"id":"y"}"#, #"{"id":"z","text":3}"#, "[1]",
            #"{"id":true,"text":"t"}"#, #"{"id":"","text":"t"}"#, #"{"id":"q","text":"t""#,
            #"{"id":"a\tb","text":"t"}"#,
        ] { data += Data((line + "\n").utf8) }
        let text = try #require(reason(data))
        #expect(text.hasPrefix("11 lines are faulty: line 6: no JSON: "), "\(text)")
        for part in [
            "line 7: byte 19 is not UTF-8", #"line 8: the id "a" is that of line 1 already"#,
            "line 9: there is neither [id] nor [_id]", "line 10: there is no [text]; there is id",
            "line 11: [text] is a number; a text was expected", "line 12: an array where an object was expected",
            "line 13: [id] is a boolean", "line 14: [id] is empty", "line 15: no JSON: ",
        ] { #expect(text.contains(part), "\(part): \(text)") }
        let short = try #require(reason(data) { $0.listedFaults = 2 })
        #expect(short.hasSuffix("; and 9 more") && !short.contains("line 8"))
        let (report, lines) = try check(data) { $0.skipsFaults = true }
        #expect(lines.count == 3)
        #expect(
            report.skipped == [
                "no_text": 1, "not_json": 3, "not_utf8": 1, "duplicate_id": 1, "no_id": 3, "no_text_field": 1,
                "unusable_id": 1,
                "wrong_type": 1,
            ])
    }

    @Test func longTextsAreCutAndLongLinesAreErrors() throws {
        let long = String(repeating: "word ", count: 200_000)
        let text = "{\"id\":\"long\",\"text\":\"\(long)\"}\n{\"id\":\"short\",\"text\":\"x\"}\n"
        let (report, lines) = try check(text)
        #expect(report.cut == 1)
        #expect(lines.first { $0["id"] == "long" }?["text"]?.string?.utf8.count == 100_000)
        #expect(reason(Data(text.utf8)) { $0.lineLimit = 1 << 19 } == "the line is longer than 524288 bytes")
    }

    @Test func aCorpusNeedsDocuments() throws {
        #expect(reason(Data()) == "the file has 0 documents with text; a corpus needs at least 2")
        #expect(
            reason(Data(#"{"id":"a","text":"one"}"#.utf8))
                == "the file has 1 document with text; a corpus needs at least 2")
        #expect(
            reason(Data("{\"id\":\"a\",\"text\":\"one\"}\n{\"id\":\"b\",\"text\":\"\"}".utf8))
                == "the file has 1 document with text (1 lines left out); a corpus needs at least 2")
        #expect(throws: RelevanceError.self) { try CorpusValidation(path: "/nowhere/x").run(to: "/tmp/never") }
    }

    @Test func aRepeatedCallFindsItsWorkUnlessTheFileChanged() throws {
        try TemporaryFolder.with { folder in
            let source = folder.path + "/corpus.jsonl"
            let target = folder.path + "/documents.jsonl"
            try Data(Self.good.utf8).write(to: URL(filePath: source))
            let first = try CorpusValidation(path: source).run(to: target)
            var calls = 0
            #expect(try CorpusValidation(path: source).run(to: target) { _ in calls += 1 } == first)
            #expect(calls == 0)
            try Data((Self.good + "\n{\"id\":\"new\",\"text\":\"n\"}").utf8).write(to: URL(filePath: source))
            #expect(try CorpusValidation(path: source).run(to: target) { _ in calls += 1 }.documents == 4)
            #expect(calls > 0)
        }
    }
}
