import FineTuning
import Foundation
import TestSupport
import Testing

@Suite("What the pipeline says of bad input")
struct BadInputTests {
    /// The last line of a run over a corpus.
    private func end(_ corpus: [UInt8], _ more: String = "", gate: String = "5") throws -> String {
        try TemporaryFolder.with { folder in
            try folder.write(corpus, to: "corpus.jsonl")
            let parameters = PipelineFixture.parameters(folder, more).replacing(
                "minimum_queries: 5, override: true", with: "minimum_queries: \(gate)")
            try folder.write(parameters, to: "p.yaml")
            let lines = try PipelineFixture.run(folder, "run")
            // The history is kept, so that the run can be looked at.
            #expect(FileManager.default.fileExists(atPath: folder.path + "/run/history.jsonl"))
            return lines.last ?? ""
        }
    }

    @Test func anEmptyCorpus() throws {
        let end = try end([])
        #expect(end.hasPrefix("failed FineTuning.Corpus"), "\(end)")
    }

    @Test func oneDocument() throws {
        let end = try end(Array(PipelineFixture.corpus(1).utf8))
        #expect(end.hasPrefix("failed FineTuning.Corpus"), "\(end)")
    }

    @Test func anIDThatComesTwice() throws {
        let corpus = PipelineFixture.corpus(20) + "{\"id\": \"d3\", \"text\": \"another text of the same id\"}\n"
        let end = try end(Array(corpus.utf8))
        #expect(end.hasPrefix("failed FineTuning.Corpus"), "\(end)")
        #expect(end.contains("line 21"), "\(end)")
        #expect(end.contains("d3"), "\(end)")
    }

    @Test func aLineThatIsNotUTF8() throws {
        var corpus = Array(PipelineFixture.corpus(20).utf8)
        corpus += Array("{\"id\": \"x\", \"text\": \"".utf8) + [0xFF, 0xFE] + Array("\"}\n".utf8)
        let end = try end(corpus)
        #expect(end.hasPrefix("failed FineTuning.Corpus"), "\(end)")
        #expect(end.contains("line 21"), "\(end)")
    }

    @Test func aTextOfAMegabyteIsCut() throws {
        let long = Array(repeating: "mail", count: 220_000).joined(separator: " ")
        let corpus = PipelineFixture.corpus(60) + "{\"id\": \"long\", \"text\": \"\(long)\"}\n"
        let end = try end(Array(corpus.utf8))
        #expect(end.hasPrefix("succeeded"), "\(end.prefix(500))")
    }

    @Test func aGateWithoutEnoughQueriesSaysHowManyItNeeds() throws {
        let end = try end(Array(PipelineFixture.corpus(60).utf8), gate: "200")
        #expect(end.hasPrefix("failed FineTuning.Gate"), "\(end)")
        #expect(end.contains("needs 200 queries"), "\(end)")
    }
}
