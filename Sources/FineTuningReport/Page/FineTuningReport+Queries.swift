import TrainingReport

extension FineTuningReport {
    /// How many queries were made and dropped, and some of each.
    var queries: HTML {
        guard let generation, !generation.kinds.isEmpty || !generation.samples.isEmpty else { return HTML() }
        var part = HTML()
        part.raw("<section><h2>Queries</h2>")
        if !generation.answers.isEmpty { part.add(Self.table(generation.answers)) }
        let reasons = Set(generation.kinds.flatMap(\.dropped.keys)).sorted()
        if !generation.kinds.isEmpty {
            part.table(
                ["how they were made", "made", "kept"] + reasons.map(Self.words),
                generation.kinds.map { kind in
                    [kind.name, Figures.grouped(kind.made), Figures.grouped(kind.kept)]
                        + reasons.map { kind.dropped[$0].map(Figures.grouped) ?? "–" }
                })
        }
        let kept = generation.samples.filter { $0.reason == nil }
        let dropped = generation.samples.filter { $0.reason != nil }
        if !kept.isEmpty {
            part.raw("<details open><summary>Some that were kept</summary>")
            part.table(
                ["query", "how", "document"], kept.map { [$0.query, $0.kind, $0.document] }, style: "texts")
            part.raw("</details>")
        }
        if !dropped.isEmpty {
            part.raw("<details><summary>Some that were dropped, and why</summary>")
            part.table(
                ["query", "how", "document", "why"],
                dropped.map { [$0.query, $0.kind, $0.document, $0.reason.map(Self.words) ?? ""] }, style: "texts")
            part.raw("</details>")
        }
        part.raw("</section>\n")
        return part
    }

    /// What a reason's name means.
    private static func words(_ reason: String) -> String {
        switch reason {
        case "short_query": "too short"
        case "long_query": "too long"
        case "short_document": "too little left of the document"
        case "duplicate": "there already"
        case "general": "too general"
        case "not_found": "document not found"
        case "mentions_document": "speaks of the document"
        case "copied": "copied"
        case "surplus": "more than asked for"
        default: reason
        }
    }

    /// The search for negatives, and some of them.
    var negativeSamples: HTML {
        guard !mining.isEmpty || !negatives.isEmpty else { return HTML() }
        var part = HTML()
        part.raw("<section><h2>Negatives</h2>")
        if !mining.isEmpty { part.add(Self.table(mining)) }
        if !negatives.isEmpty {
            part.raw("<details><summary>Some queries with answer and negatives</summary>")
            part.table(
                ["query", "answer", "negatives"],
                negatives.map { [$0.query, $0.positive, $0.negatives.joined(separator: " ‖ ")] }, style: "texts")
            part.raw("</details>")
        }
        part.raw("</section>\n")
        return part
    }

    /// Facts as a table.
    static func table(_ facts: [Fact]) -> HTML {
        var part = HTML()
        part.table(["fact", "value"], facts.map { [$0.name, $0.value] }, style: "facts")
        return part
    }
}
