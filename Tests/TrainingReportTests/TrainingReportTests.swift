import JSON
import Testing
import Training
import TrainingReport

/// The page of a run.
@Suite struct TrainingReportTests {
    private func page(_ log: RunLog, systems: [TrainingReport.System] = []) -> String {
        TrainingReport(log, systems: systems, program: "needletail 0.1").html
    }

    @Test func itShowsWhatWasMeasured() throws {
        let systems = [TrainingReport.System(name: "BM25", metrics: ["ndcg@10": 0.7698, "mrr@10": 0.7305])]
        let page = try page(RecordedRun.log(ended: true), systems: systems)
        for text in [
            "Fine-tuning of all-MiniLM-L6-v2", "dense encoder · 300 of 400 steps, complete", "923 queries",
            "<td>BM25</td><td>0.7698</td><td>0.7305</td><td>–</td>",
            "<td>all-MiniLM-L6-v2, before</td><td>0.7953</td><td>0.7643</td>",
            "<td>difference</td><td>+0.0", "<td>12,610 pairs</td>", "clipped above", "nDCG@10 before",
            "1 value lies above the chart",
            "<td>learning_rate</td><td>5e-05</td><td>set</td>", "9f2c", "out/checkpoint-300", "13 min 33 s", "1.24 GB",
        ] { #expect(page.contains(text), "\(text)") }
        #expect(page.split(separator: "<figure").count - 1 == 5)
        #expect(page.split(separator: "<circle").count - 1 == 3 * 8, "a dot for each evaluation and figure")
    }

    @Test func itNeedsNothingElse() throws {
        let page = try page(RecordedRun.log())
        for word in ["<script", "http:", "https:", "url(", "@import", "src=", "href=", "<link", " on"] {
            // What a sentence says is not what an attribute does.
            let isThere = word == " on" ? page.contains(/<[^>]* on[a-z]+=/) : page.contains(word)
            #expect(!isThere, "\(word)")
        }
    }

    @Test(arguments: [0, 1, 300]) func everyElementIsClosed(steps: Int) throws {
        try expectBalance(page(RecordedRun.log(steps: steps, task: "sparse", active: true)))
    }

    @Test func aRunThatHasNotBegunHasAPage() {
        let page = page(RunLog())
        expectBalance(page)
        #expect(page.contains("Fine-tuning of a model"))
        #expect(!page.contains("nan"))
    }

    @Test func namesCannotBecomeMarkup() throws {
        let log = try RecordedRun.log(steps: 3, model: #"a/<script>alert(1)</script>&\"x"#)
        let page = page(log, systems: [.init(name: "<b onload=x>\u{1B}[31m", metrics: ["<i>": 1])])
        #expect(
            !page.contains("<script") && !page.contains("<b onload") && !page.contains("<i>\u{3C}")
                && !page.contains("\u{1B}"))
        #expect(page.contains("&lt;script&gt;alert(1)&lt;") && page.contains("&lt;b onload=x&gt;"))
        expectBalance(page)
    }

    @Test func aSparseRunShowsActiveEntries() throws {
        let page = try page(RecordedRun.log(task: "sparse", active: true))
        #expect(page.contains("Active entries of a document") && page.contains("Active entries of a query"))
        #expect(page.contains("sparse encoder"))
        #expect(try !self.page(RecordedRun.log()).contains("Active entries"))
    }

    @Test func aRunUnderWaySaysHowLongItTakes() throws {
        let page = try page(RecordedRun.log(steps: 100))
        #expect(page.contains("100 of 400 steps, under way, 8 min 47 s left"))
    }

    @Test func theSameLogIsTheSamePage() throws {
        try #expect(page(RecordedRun.log()) == page(RecordedRun.log()))
    }

    /// A long run does not make a page that browsers choke on.
    @Test func aLongRunIsThinned() throws {
        try #expect(page(RecordedRun.log(steps: 40_000, of: 40_000)).utf8.count < 900_000)
    }

    private func expectBalance(_ page: String) {
        var open: [Substring] = []
        for match in page.matches(of: /<(\/?)([a-z0-9]+)([^<>]*)>/) where !["meta"].contains(match.2) {
            if match.1 == "/" {
                let last = open.popLast()
                #expect(last == match.2, "</\(match.2)> closes <\(last ?? "")>")
            } else if !match.3.hasSuffix("/") {
                open.append(match.2)
            }
        }
        #expect(open.isEmpty)
        #expect(
            page.matches(of: /[<>]/).count == 2 * page.matches(of: /<[!\/]?[a-z][^<>]*>/).count,
            "no bracket stands alone")
    }
}
