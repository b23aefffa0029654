import ModelFiles

/// The text of a model card.
///
/// Front matter: https://huggingface.co/docs/hub/model-cards and the fields that sentence-transformers writes.
struct CardText {
    private let card: ModelCard
    let facts: CardFacts

    init(_ card: ModelCard, facts: CardFacts) {
        self.card = card
        self.facts = facts
    }

    /// The whole file.
    var text: String {
        let parts = [frontMatter, title, details, training, results, usage].filter { !$0.isEmpty }
        return parts.joined(separator: "\n\n") + "\n"
    }

    // MARK: Front matter

    private var frontMatter: String {
        var lines = ["---"]
        func list(_ key: String, _ values: [String]) {
            guard !values.isEmpty else { return }
            lines.append("\(key):")
            lines += values.map { "- \(Self.scalar($0))" }
        }
        list("language", card.languages)
        if let license = card.license { lines.append("license: \(Self.scalar(license))") }
        lines.append("library_name: sentence-transformers")
        lines.append("pipeline_tag: \(pipelineTag)")
        list("tags", tags)
        if let base = card.baseModel, Self.isHubName(base) { lines.append("base_model: \(Self.scalar(base))") }
        var types: [String] = []
        for metric in card.evaluations.flatMap(\.metrics) where !types.contains(metric.type) {
            types.append(metric.type)
        }
        list("metrics", types)
        lines += modelIndex
        return (lines + ["---"]).joined(separator: "\n")
    }

    private var pipelineTag: String {
        switch facts.task {
        case .crossEncoder: "text-ranking"
        case .sparse, .sparseQuery: "feature-extraction"
        case .dense: "sentence-similarity"
        }
    }

    private var tags: [String] {
        var tags = ["sentence-transformers"]
        switch facts.task {
        case .crossEncoder: tags += ["cross-encoder", "reranker"]
        case .sparse, .sparseQuery:
            tags += ["sparse-encoder", "sparse", facts.isInferenceFree ? "inference-free" : "splade", "opensearch"]
        case .dense: tags += ["sentence-similarity", "feature-extraction", "dense"]
        }
        tags.append("needletail")
        if let size = card.datasetSize { tags.append("dataset_size:\(size)") }
        if let loss = card.loss { tags.append("loss:\(loss)") }
        return tags
    }

    /// The results in the form that catalogues read.
    private var modelIndex: [String] {
        let measured = card.evaluations.filter { !$0.metrics.isEmpty }
        guard !measured.isEmpty else { return [] }
        var lines = ["model-index:", "- name: \(Self.scalar(card.name))", "  results:"]
        for evaluation in measured {
            let isRanking = facts.task == .crossEncoder
            lines += [
                "  - task:", "      type: \(isRanking ? "reranking" : "information-retrieval")",
                "      name: \(isRanking ? "Reranking" : "Information Retrieval")", "    dataset:",
                "      name: \(Self.scalar(evaluation.dataset))",
                "      type: \(Self.scalar(Self.slug(evaluation.dataset)))", "    metrics:",
            ]
            for metric in evaluation.metrics where metric.after.isFinite {
                lines += [
                    "    - type: \(Self.scalar(metric.type))", "      value: \(metric.after)",
                    "      name: \(Self.scalar(metric.name))",
                ]
            }
        }
        return lines
    }

    /// A YAML scalar: plain where nothing could be misread, else in quotation marks.
    static func scalar(_ text: String) -> String {
        let isPlain =
            text.utf8.first.map { $0.isLetter } == true
            && text.utf8.allSatisfy { $0.isLetter || $0.isDigit || "._-/:@".utf8.contains($0) }
            && !text.hasSuffix(":")
            && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
        if isPlain { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0xFEFF:
                let hex = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// Whether a base model is a name on the hub: catalogues refuse anything else.
    private static func isHubName(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return (1...2).contains(parts.count)
            && parts.allSatisfy { part in
                part.utf8.first.map { $0.isLetter || $0.isDigit } == true
                    && part.utf8.allSatisfy { $0.isLetter || $0.isDigit || "._-".utf8.contains($0) }
            }
    }

    private static func slug(_ text: String) -> String {
        let slug = String(
            decoding: text.utf8.map { $0.isLetter || $0.isDigit ? $0 | 0x20 : UInt8(ascii: "-") }, as: UTF8.self)
        return slug.isEmpty ? "unknown" : slug
    }

    // MARK: Text

    private var title: String {
        let what =
            switch facts.task {
            case .crossEncoder: "This cross-encoder scores pairs of a query and a text, to rank search results anew."
            case .sparse, .sparseQuery:
                facts.isInferenceFree
                    ? "This sparse encoder turns texts into weights of vocabulary tokens. Queries need no network: each token has a stored weight."
                    : "This sparse encoder turns texts and queries into weights of vocabulary tokens."
            case .dense: "This dense encoder turns texts into vectors of \(facts.width) numbers, to search by meaning."
            }
        let base = card.baseModel.map { " It was trained from \(Self.inline($0))." } ?? ""
        return "# \(Self.inline(card.name))\n\n\(what)\(base)"
    }

    private var details: String {
        var rows = [("Architecture", facts.modelType)]
        switch facts.task {
        case .dense: rows.append(("Dimensions", "\(facts.width)"))
        case .sparse, .sparseQuery: rows.append(("Vocabulary", "\(facts.width)"))
        case .crossEncoder: rows.append(("Outputs", facts.width == 1 ? "1 score" : "\(facts.width) labels"))
        }
        if let length = facts.maxSequenceLength { rows.append(("Longest input", "\(length) tokens")) }
        if facts.task != .crossEncoder { rows.append(("Similarity", facts.similarity)) }
        if !facts.steps.isEmpty { rows.append(("Behind the transformer", facts.steps.joined(separator: ", "))) }
        for prompt in facts.prompts where !prompt.text.isEmpty {
            rows.append(("Prompt \(prompt.name)", "`\(prompt.text)`"))
        }
        return "## Model\n\n" + Self.table(["", ""], rows.map { [$0.0, $0.1] })
    }

    private var training: String {
        var paragraphs: [String] = []
        if let dataset = card.dataset { paragraphs.append("Data: \(Self.inline(dataset))") }
        var rows: [[String]] = []
        if let size = card.datasetSize { rows.append(["Examples", "\(size)"]) }
        if let loss = card.loss {
            let parameters = card.lossParameters.map { "\($0.name) = \($0.value)" }.joined(separator: ", ")
            rows.append(["Loss", loss + (parameters.isEmpty ? "" : " (\(parameters))")])
        }
        rows += card.hyperparameters.map { [$0.name, $0.value] }
        if let program = card.program { rows.append(["Program", program]) }
        if !rows.isEmpty { paragraphs.append(Self.table(["Setting", "Value"], rows)) }
        if let command = card.command { paragraphs.append("To train it again:\n\n" + Self.code("sh", command)) }
        guard !paragraphs.isEmpty else { return "" }
        return "## How it was trained\n\n" + paragraphs.joined(separator: "\n\n")
    }

    private var results: String {
        let measured = card.evaluations.filter { !$0.metrics.isEmpty }
        guard !measured.isEmpty else { return "" }
        var rows: [[String]] = []
        for evaluation in measured {
            let dataset = evaluation.dataset + (evaluation.queries.map { " (\($0) queries)" } ?? "")
            for metric in evaluation.metrics {
                let change = metric.before.map { Self.signed(metric.after - $0) } ?? ""
                rows.append([
                    dataset, metric.name, metric.before.map(Self.rounded) ?? "", Self.rounded(metric.after), change,
                ])
            }
        }
        return "## Results\n\n" + Self.table(["Data", "Metric", "Before", "After", "Change"], rows)
    }

    /// Four digits behind the point.
    private static func rounded(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e12 else { return "\(value)" }
        let scaled = Int((value.magnitude * 10_000).rounded())
        let digits = String(scaled % 10_000)
        return (value < 0 && scaled > 0 ? "-" : "") + "\(scaled / 10_000)."
            + String(repeating: "0", count: 4 - digits.count) + digits
    }

    private static func signed(_ value: Double) -> String {
        let text = rounded(value)
        return text.hasPrefix("-") ? text : "+" + text
    }

    static func table(_ head: [String], _ rows: [[String]]) -> String {
        func line(_ cells: [String]) -> String {
            "| "
                + cells.map {
                    inline($0).split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
                }
                .joined(separator: " | ") + " |"
        }
        return ([line(head), "|" + String(repeating: "---|", count: head.count)] + rows.map(line)).joined(
            separator: "\n")
    }

    /// Text on one line.
    static func inline(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
    }

    /// A block of code; the fence is longer than any in the text.
    static func code(_ language: String, _ text: String) -> String {
        var fence = "```"
        while text.contains(fence) { fence += "`" }
        return "\(fence)\(language)\n\(text)\n\(fence)"
    }
}

extension UInt8 {
    fileprivate var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
