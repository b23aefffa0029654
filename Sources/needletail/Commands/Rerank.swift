public import ArgumentParser
public import Encoders
import JSON
import Relevance

/// `needletail rerank`: puts texts in the order in which they answer a query.
struct Rerank: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put search results in a better order.",
        discussion: """
            Scores every text together with its query by a cross-encoder and sorts.

            Input is one JSON object a line, in any of these forms:
              {"query": "...", "documents": [{"id": "a", "text": "..."}, ...]}
              {"query": "...", "texts": ["...", ...]}
              {"query": "...", "text": "..."}
            A document may have a 'title', too. Consecutive lines of the last form with the same query belong together.

            Output is one JSON object for each query: {"query", "results": [{"index", "id", "score", "text", "truncated"}], \
            "tokens", "milliseconds"}. 'index' is the place in the input, from 0; 'id' is there when the input had one, as a \
            string also if it was a number; 'truncated' is true where a text was cut to the longest input of the model, else \
            absent. On a terminal it is a table.

            Examples:
              needletail rerank --query "spreadsheet program" --texts descriptions.txt
              needletail rerank --top 3 requests.jsonl > answers.jsonl
              my-search "$QUERY" | needletail rerank --model ./my-model
            """
    )

    @Argument(
        help: ArgumentHelp("File with requests as JSON lines; '-' is standard input.", valueName: "file"),
        completion: .file())
    var input = "-"

    @Option(name: .shortAndLong, help: "The query. Texts are then read from --texts, one a line.")
    var query: String?

    @Option(
        help: ArgumentHelp("With --query: file with one text a line; '-' is standard input.", valueName: "file"),
        completion: .file())
    var texts = "-"

    @Option(
        name: .shortAndLong, help: ArgumentHelp("Model folder, or the name of a model.", valueName: "model"),
        completion: .file())
    var model = ModelLocator.starter

    @Option(name: .shortAndLong, help: ArgumentHelp("Print only so many of the best texts.", valueName: "count"))
    var top: Int?

    @Flag(help: "Print the model's raw outputs (logits) as scores.")
    var rawScores = false

    @Option(
        help: ArgumentHelp(
            "What turns raw outputs into scores: identity or sigmoid; the model's own unless said.",
            valueName: "function"))
    var activation: ScoreActivation?

    @Flag(help: "Leave texts out of the JSON output.")
    var noText = false

    @Option(help: "table or jsonl; a table on a terminal unless said.")
    var format: OutputFormat?

    @OptionGroup(title: "Running the model")
    var running: RunningOptions

    func validate() throws {
        try refuseEmpty(["<file>": input, "--texts": texts, "--model": model])
        if let top, top < 1 { throw ValidationError("--top must be at least 1, not \(top).") }
        if rawScores, activation != nil { throw ValidationError("--raw-scores and --activation exclude each other.") }
        if activation == .softmax {
            throw ValidationError(
                "--activation softmax makes the outputs for one text sum to 1; a reranker has one output, so every score would "
                    + "be 1. Take identity or sigmoid.")
        }
        if query == nil, texts != "-" { throw ValidationError("--texts needs --query.") }
        if query != nil, input != "-" {
            throw ValidationError("With --query, texts come from --texts, not from '\(input)'.")
        }
    }

    func run() throws {
        let output = StandardOutput()
        // The first request is read before the model is loaded: a mistake should be told at once.
        if let query {
            var reader = try LineReader(path: texts)
            var request = RerankRequest(query: query, documents: [])
            while let line = try reader.next() {
                if line.isEmpty { continue }
                request.documents.append(.init(id: nil, text: InvalidText.text(of: line, from: reader)))
            }
            try answer(request, try CrossEncoder.reranker(model, running), output)
        } else {
            var requests = try RerankRequest.Reader(path: input)
            var next = try requests.next()
            let encoder = try CrossEncoder.reranker(model, running)
            while let request = next {
                try answer(request, encoder, output)
                next = try requests.next()
            }
        }
    }

    private func answer(_ request: RerankRequest, _ encoder: CrossEncoder, _ output: StandardOutput) throws {
        let progress = ProgressLine("reranking")
        let control = EncodingControl(onProgress: { progress.show($0.completedSequences, of: $0.totalSequences) })
        let reranking = try Reranking(
            of: request, with: encoder, activation: rawScores ? .identity : activation, control: control)
        progress.finish()
        let shown = reranking.results.prefix(top ?? .max)
        switch format.resolved {
        case .table: try output.write(table(request, reranking, shown))
        case .jsonl: try output.write(line(request, reranking, shown))
        }
        try output.flush()
    }

    private func line(
        _ request: RerankRequest, _ reranking: Reranking, _ results: ArraySlice<Reranking.Result>
    ) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("query")
        writer.value(request.query)
        writer.key("results")
        writer.beginArray()
        for result in results {
            writer.beginObject()
            writer.key("index")
            writer.value(result.index)
            if let id = result.document.id {
                writer.key("id")
                writer.value(id)
            }
            writer.key("score")
            writer.value(result.score)
            if !noText {
                writer.key("text")
                writer.value(result.document.text)
            }
            if result.isTruncated {
                writer.key("truncated")
                writer.value(true)
            }
            writer.endObject()
        }
        writer.endArray()
        writer.key("tokens")
        writer.value(reranking.tokenCount)
        writer.key("milliseconds")
        writer.value((reranking.duration.milliseconds * 1000).rounded() / 1000)
        writer.endObject()
        writer.endLine()
        return writer.bytes
    }

    private func table(
        _ request: RerankRequest, _ reranking: Reranking, _ results: ArraySlice<Reranking.Result>
    ) -> String {
        let terminal = Terminal.output
        let hasIDs = request.documents.contains { $0.id != nil }
        var table = TextTable(
            [.init("rank", .right), .init("was", .right), .init(""), .init("score", .right)]
                + (hasIDs ? [.init("id")] : []) + [.init("text")])
        for (index, result) in results.enumerated() {
            let move = RankMove(from: result.index + 1, to: index + 1)
            table.add(
                [
                    .init("\(index + 1)"), .init("\(result.index + 1)", .dim), move.cell,
                    .init(Numbers.fixed(Double(result.score), 3)),
                ] + (hasIDs ? [.init(result.document.id ?? "")] : []) + [.init(result.document.text)])
        }
        let summary =
            Numbers.counted(request.documents.count, "text") + ", " + Numbers.counted(reranking.tokenCount, "token")
            + ", "
            + "\(Numbers.milliseconds(reranking.duration.milliseconds)) ms"
        return terminal.styled(DisplayWidth.fitted(request.query, to: terminal.width), .bold) + "\n"
            + table.rendered(for: terminal) + terminal.styled(summary, .dim) + "\n\n"
    }
}

extension ScoreActivation: ExpressibleByArgument {
    /// What help and completion offer: softmax says nothing about a model with one output.
    public static var allValueStrings: [String] { [identity, sigmoid].map(\.rawValue) }
}
