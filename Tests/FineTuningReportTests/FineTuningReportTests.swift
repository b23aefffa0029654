import FineTuningReport
import JSON
import TestSupport
import Testing
import Training

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("A run of the pipeline as one page")
struct FineTuningReportTests {
    private func report(_ change: (TemporaryFolder) throws -> Void = { _ in }) throws -> FineTuningReport {
        try TemporaryFolder.with { folder in
            try RecordedPipeline.write(to: folder)
            try change(folder)
            return FineTuningReport(
                folder: folder.path, program: "needletail 9.9", commands: ["needletail finetune --config '<x>.yaml'"])
        }
    }

    @Test("All of a run is read from its folder")
    func whole() throws {
        let report = try report()
        #expect(report.name == "packages-60" && report.state == "succeeded" && report.failure == nil)
        #expect(
            report.phases.map(\.name) == [
                "ValidateCorpus", "GenerateQueries", "MineNegatives", "StartTraining", "EvaluateModel",
            ])
        #expect(report.phases.map(\.seconds) == [2, 35, 48, 410, 65])
        #expect(report.facts.map(\.value) == ["200", "20,000", "7", "150", "42", "models/all-MiniLM-L6-v2"])
        #expect(report.facts[2].name == "corpus: skipped (empty text)")
        let generation = try #require(report.generation)
        #expect(
            generation.kinds.map(\.name) == ["title", "factoid"]
                && generation.kinds[1].dropped == ["copied": 60, "mentions_document": 30])
        #expect(generation.samples.count { $0.reason == nil } == 12)
        for reason in ["short_query", "not_found", "copied", "mentions_document"] {
            #expect(generation.samples.count { $0.reason == reason } == 4)
        }
        // Spread over the file, not its beginning.
        #expect(generation.samples.contains { $0.query == "not_found query 15" || $0.query == "not_found query 23" })
        #expect(report.negatives.count == 6 && report.negatives[1].negatives.count == 2)
        #expect(report.systems.count == 4 && report.comparisons.count == 4 && report.outcomes.count == 60)
        #expect(report.gate?.isPassed == true && report.log?.steps.count == 100)
        #expect(report.mining.contains(.init("dropped: relative margin", "700")))
    }

    @Test("The worst and the best queries come with what was found")
    func extremes() throws {
        let report = try report()
        let worst = FineTuningReport.worst(report.outcomes)
        #expect(worst == [14, 13, 12, 11, 10])
        #expect(FineTuningReport.best(report.outcomes) == [9, 8, 7, 6, 5, 4, 3, 2])
        let outcome = report.outcomes[14]
        #expect(outcome.before == 0.5 && outcome.after == 0 && outcome.rankAfter == 3)
        #expect(outcome.hitsBefore.map(\.document) == ["pkg-15", "pkg-16", "pkg-17"])
        #expect(outcome.hitsAfter.map(\.isAnswer) == [true, false, false])
        #expect(outcome.hitsAfter[0].text.hasPrefix("package 14: The text of package 14"))
        #expect(report.outcomes[40].hitsAfter.isEmpty)
    }

    @Test("Documents are found by ids with blanks and percent signs")
    func ids() throws {
        let report = try report { folder in
            for (name, id) in [
                ("evaluation/queries.jsonl", "p k%25"), ("evaluation/collection/corpus.jsonl", "p k%25"),
                ("evaluation/runs/base.run", "p%20k%2525"), ("evaluation/runs/tuned.run", "p%20k%2525"),
            ] {
                let text = try String(contentsOfFile: folder.path + "/" + name, encoding: .utf8)
                try folder.write(
                    text.replacing("pkg-14 ", with: id + " ").replacing("pkg-14\"", with: id + "\""), to: name)
            }
        }
        let hit = report.outcomes[14].hitsAfter[0]
        #expect(hit.document == "p k%25" && hit.isAnswer && hit.text.hasPrefix("package 14"))
    }

    @Test("The page says it all, and nothing in it can become markup")
    func page() throws {
        let html = try report().html
        for text in [
            "Fine-tuning of packages-60", "The gate is passed", "+5.48 points against base model", "Before and after",
            "0.8501",
            "hybrid, tuned, RRF", "Worst and best queries", "held-out query 14",
            "10 better, 5 worse, 45 equal", "60 queries, of documents that were held out of training",
            "speaks of the document", "kept query", "looks like it", "Learning rate", "6 min 50 s", "queries.source",
            "embedded",
            "needletail finetune --config '&lt;x&gt;.yaml'", "&lt;b&gt;corpus&lt;/b&gt;", "Written by needletail 9.9.",
            "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; 'more'",
        ] {
            #expect(html.contains(text), "\(text)")
        }
        #expect(!html.contains("<script") && !html.contains("<b>corpus"))
        // It loads nothing.
        for text in ["http:", "https:", "src=", "@import", "url("] { #expect(!html.contains(text), "\(text)") }
        // Every element that is opened is closed.
        for name in ["div", "section", "table", "svg", "ol", "li", "details", "figure", "p", "text"] {
            let opened =
                html.components(separatedBy: "<\(name)>").count + html.components(separatedBy: "<\(name) ").count - 2
            #expect(opened == html.components(separatedBy: "</\(name)>").count - 1, "\(name)")
        }
    }

    @Test("Files that are missing or broken leave their part out")
    func partial() throws {
        try TemporaryFolder.with { folder in
            let nothing = FineTuningReport(folder: folder.path + "/none", program: "p")
            #expect(nothing.html.contains("Fine-tuning of a model") && !nothing.html.contains("<section>"))
            for name in [
                "input.json", "history.jsonl", "training-data/generation.json", "training-data/query-record.jsonl",
                "training-data/negatives.jsonl", "training-data/mining.json", "training/log.jsonl",
                "evaluation/results.json", "evaluation/queries.jsonl", "evaluation/runs/base.run",
                "evaluation/collection/corpus.jsonl",
            ] {
                for content in [
                    "", "{\"a\":", "[1, 2]\n", "{\"systems\": 3, \"gate\": [], \"kinds\": \"x\"}\n", "\u{0}\u{1}\n",
                ] {
                    try RecordedPipeline.write(to: folder, queries: 20)
                    try folder.write(content, to: name)
                    let html = FineTuningReport(folder: folder.path, program: "p").html
                    #expect(html.hasSuffix("</body></html>\n"), "\(name)")
                }
            }
        }
        let given = try report { folder in
            try folder.write(#"{"model_name":"m","evaluation":{"folder":"judged <i>"}}"#, to: "input.json")
        }
        #expect(given.html.contains("60 queries, those of judged &lt;i&gt;. Differences"))
        let refused = try report { folder in
            let path = folder.path + "/evaluation/results.json"
            let text = try String(contentsOfFile: path, encoding: .utf8)
                .replacing("\"passed\":true", with: "\"passed\":false").replacing(
                    "\"lower\":0.041", with: "\"lower\":1e300")
            try folder.write(text, to: "evaluation/results.json")
        }
        #expect(refused.html.contains("The gate is not passed: the model is not deployed"))
        #expect(refused.comparisons.count == 3)
    }
}
