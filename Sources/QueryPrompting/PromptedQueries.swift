public import QueryGeneration
public import Relevance

/// The queries of a language model's answers, joined with their documents: the state `ProcessBedrockOutput` of the workflow.
///
/// ``QueryGenerator/filter(_:report:sources:control:)`` then keeps those whose document is found.
public struct PromptedQueries: Sendable {
    /// Queries that may be kept, in the order of the documents; the document side is the whole document.
    public let candidates: [GeneratedQuery]
    /// What became of the answers, and of the queries that were dropped already.
    public let report: GenerationReport

    /// Joins answers with documents by the ids of their records, whatever their order.
    ///
    /// - Parameters:
    ///   - documents: the collection, in the order of the ``QueryGenerator`` that filters.
    ///   - asked: the numbers of the documents that were asked about; nil means all.
    ///   - prompt: the prompt as it was asked.
    ///   - answers: by record id, or by the documents' own ids.
    public init(
        _ documents: [RetrievalDataset.Document], asked: [Int]? = nil, _ prompt: QueryPrompt,
        _ answers: RecordedAnswers
    ) throws(PromptingError) {
        try prompt.check()
        let numbers = asked ?? Array(documents.indices)
        let places = try RecordID.places(of: documents, numbers, prompt)
        var byDocument: [Int: RecordedAnswer] = [:]
        for (id, number) in places {
            byDocument[number] = answers.answers[id] ?? answers.answers[documents[number].id]
        }
        var counts = AnswerCounts()
        counts.asked = numbers.count
        counts.missing = numbers.count - byDocument.count
        counts.unknown = max(0, answers.answers.count - byDocument.count)
        counts.repeated = answers.repeated
        var report = GenerationReport(documents: documents.count)
        let parser = AnswerParser(prompt)
        var candidates: [GeneratedQuery] = []
        for number in numbers {
            let text: String
            let isCut: Bool
            switch byDocument[number] {
            case nil: continue
            case .failure(let code, _):
                counts.failed[code, default: 0] += 1
                continue
            case .text(let answer, let cut): (text, isCut) = (answer, cut)
            }
            let document = documents[number]
            let parsed = parser.parse(text, isCut: isCut, about: document)
            guard parsed.isReadable else {
                counts.unreadable += 1
                continue
            }
            counts.readable += 1
            if parsed.isCut { counts.cut += 1 }
            for query in parsed.queries {
                let pair = GeneratedQuery(
                    kind: .prompted(query.type), query: query.text, document: number, text: document.titleAndText)
                if let reason = query.reason { report.refuse(pair, reason, documents) } else { candidates.append(pair) }
            }
        }
        report.answers = counts
        self.candidates = candidates
        self.report = report
    }
}
