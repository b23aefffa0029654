public import NegativeMining
import RandomNumbers
public import Relevance
import TextAnalysis

/// Makes training pairs of a collection without queries and without a language model: titles, telling spans, crops, a few
/// telling words.
///
/// Then each query is searched for among all documents, where its own stands as the pair has it (without the span, say): if its
/// document is not found near the top, nobody could have asked that for it. Everything follows from the seed; threads do not matter.
public struct QueryGenerator: Sendable {
    /// Makes sources of candidates over texts of documents: the searches of the round trip.
    public typealias Sources = ([String], MiningControl) throws -> [any CandidateSource]

    private let documents: [RetrievalDataset.Document]
    private let options: GenerationOptions
    private let analyzer: Analyzer
    private let stopWords: Analyzer

    /// A generator.
    ///
    /// - Parameters:
    ///   - documents: the collection; their order decides ties.
    ///   - analyzer: the name of the analyser that makes terms of words.
    /// - Throws: ``MiningError`` for options that cannot be.
    public init(
        _ documents: [RetrievalDataset.Document], options: GenerationOptions = GenerationOptions(),
        analyzer: String = "standard"
    ) throws(MiningError) {
        try options.check()
        guard let terms = AnalysisRegistry.builtIn.analyzer(named: analyzer),
            let stopWords = AnalysisRegistry.builtIn.analyzer(named: "stop")
        else {
            throw MiningError(
                .badSetting, "there is no analyzer '\(analyzer)'",
                advice: "Use standard, english or another built-in one")
        }
        guard !documents.isEmpty else {
            throw MiningError(.badData, "there are no documents", advice: "Give a corpus")
        }
        self.documents = documents
        self.options = options
        self.analyzer = terms
        self.stopWords = stopWords
    }

    /// The documents of a BEIR collection, in the order of their ids' bytes.
    public static func documents(of dataset: RetrievalDataset) -> [RetrievalDataset.Document] {
        dataset.documents.values.sorted { precedesByBytes($0.id, $1.id) }
    }

    /// Makes the queries, and keeps those whose document is found.
    ///
    /// - Parameter sources: called once for each query that a document can have (so the collection is indexed and encoded as often); not
    ///   called without a round trip.
    /// - Returns: the pairs in an order drawn by the seed.
    public func generate(sources: Sources, control: MiningControl = MiningControl()) throws -> GeneratedQueries {
        var report = GenerationReport(documents: documents.count)
        let rounds = try rounds(&report, control)
        return try kept(of: rounds, report, sources, control)
    }

    /// Keeps those of given queries whose document is found, by the rules of ``generate(sources:control:)``.
    ///
    /// - Parameters:
    ///   - candidates: queries of documents of this generator, a language model's say. Those that leave their document whole are searched for at once.
    ///   - report: what is known of them; what is dropped here is added.
    ///   - sources: called once for all whole documents, and once for each further query of a document that is not whole.
    /// - Returns: the pairs in an order drawn by the seed.
    public func filter(
        _ candidates: [GeneratedQuery], report: GenerationReport, sources: Sources,
        control: MiningControl = MiningControl()
    ) throws -> GeneratedQueries {
        var report = report
        var rounds: [[GeneratedQuery]] = [[]]
        var seen: Set<String> = []
        var cut: [Int: Int] = [:]
        for candidate in candidates {
            var round = 0
            if candidate.text != documents[candidate.document].titleAndText {
                round = (cut[candidate.document] ?? 0) + 1
                cut[candidate.document] = round
            }
            if round == rounds.count { rounds.append([]) }
            add(candidate, to: &rounds[round], &seen, &report)
        }
        return try kept(of: rounds, report, sources, control)
    }

    /// The queries that survive the round trip.
    private func kept(
        of rounds: [[GeneratedQuery]], _ report: GenerationReport, _ sources: Sources, _ control: MiningControl
    ) throws -> GeneratedQueries {
        var rounds = rounds
        var report = report
        if let depth = options.roundTripDepth {
            for round in rounds.indices where !rounds[round].isEmpty {
                rounds[round] = try found(rounds[round], depth, sources, &report, control)
            }
        }
        let pairs = rounds.joined().map { pair in
            var random = SplitMix(
                seed: options.seed, text: "\(documents[pair.document].id) \(pair.kind.rawValue) \(pair.query)")
            return (key: random.next(), pair: pair)
        }
        let kept = pairs.sorted { $0.key < $1.key }.map(\.pair)
        for pair in kept { report.kept[pair.kind, default: 0] += 1 }
        return GeneratedQueries(documents: documents, pairs: kept, report: report)
    }

    /// Candidates: at most one of each document in a round.
    private func rounds(_ report: inout GenerationReport, _ control: MiningControl) throws -> [[GeneratedQuery]] {
        try control.report("count terms", 0, of: documents.count)
        let statistics = try TermStatistics(
            documents.map(\.titleAndText), analyzer: analyzer, stopWords: stopWords)
        let maker = QueryMaker(options: options, statistics: statistics)
        var rounds = [[GeneratedQuery]](repeating: [], count: options.draws + 1)
        var seen: Set<String> = []
        let chosen = chosenDocuments()
        try control.inPortions(of: 1000, chosen.count, "make queries") { range in
            for number in chosen[range] {
                let document = documents[number]
                if options.makesTitles {
                    let made = maker.title(document, number: number)
                    if let made { add(made, to: &rounds[0], &seen, &report) }
                }
                for draw in 0..<options.draws {
                    var random = SplitMix(seed: options.seed &+ UInt64(draw) &* 0x9E37_79B9, text: document.id)
                    if let made = try maker.draw(document, number: number, random: &random) {
                        add(made, to: &rounds[draw + 1], &seen, &report)
                    } else {
                        report.tooShortDocuments += 1
                    }
                }
            }
        }
        return rounds
    }

    /// The documents that queries are made of, ascending.
    private func chosenDocuments() -> [Int] {
        guard let count = options.documents, count < documents.count else { return Array(documents.indices) }
        var random = SplitMix(seed: options.seed, text: "documents")
        return random.sample(count, below: documents.count).sorted()
    }

    private func add(
        _ made: GeneratedQuery, to round: inout [GeneratedQuery], _ seen: inout Set<String>,
        _ report: inout GenerationReport
    ) {
        report.made[made.kind, default: 0] += 1
        let words = QueryWords.count(made.query)
        let folded = made.query.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
        let reason: GenerationReport.Reason? =
            words < (made.kind == .words ? 1 : options.queryWords.lowerBound)
            ? .shortQuery
            : words > options.queryWords.upperBound
                ? .longQuery
                : made.text.split(whereSeparator: \.isWhitespace).count < options.leastDocumentWords
                    ? .shortDocument : seen.insert(folded).inserted ? nil : .duplicate
        if let reason { report.drop(made, reason, documents) } else { round.append(made) }
    }

    /// The pairs of a round whose documents are found.
    private func found(
        _ round: [GeneratedQuery], _ depth: Int, _ makeSources: Sources, _ report: inout GenerationReport,
        _ control: MiningControl
    ) throws -> [GeneratedQuery] {
        var texts = documents.map(\.titleAndText)
        for pair in round { texts[pair.document] = pair.text }
        let sources = try makeSources(texts, control)
        let queries = round.map(\.query)
        var isFound = [Bool](repeating: false, count: round.count)
        var isGeneral = isFound
        for source in sources {
            let lists = try source.search(queries, depth: max(depth, (options.largestTie ?? 0) + 1), control: control)
            for (number, list) in lists.enumerated() {
                if list.prefix(depth).contains(where: { $0.document == round[number].document }) {
                    isFound[number] = true
                }
                let ties = list.prefix { $0.score == list[0].score }.count
                if let largest = options.largestTie, ties > largest { isGeneral[number] = true }
            }
        }
        var kept: [GeneratedQuery] = []
        for (number, pair) in round.enumerated() {
            if isGeneral[number] {
                report.drop(pair, .general, documents)
            } else if !isFound[number] {
                report.drop(pair, .notFound, documents)
            } else {
                kept.append(pair)
            }
        }
        return kept
    }
}
