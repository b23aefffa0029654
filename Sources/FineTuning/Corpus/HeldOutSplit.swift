import NegativeMining
import Relevance

/// Which documents are for training, which choose a checkpoint, and which judge: never one for two of them.
///
/// Documents of the same text are one. Everything follows from the ids and the seed, not from the order of a file.
struct HeldOutSplit: Sendable {
    /// What a document is for.
    enum Part: Sendable {
        case training
        case dev
        case heldOut
    }

    /// The parts of documents by id; those that are missing are for training.
    private(set) var parts: [String: Part] = [:]
    /// The queries that judge.
    private(set) var heldOut: [TrainingQuery] = []
    /// The queries that choose.
    private(set) var dev: [TrainingQuery] = []
    /// The queries to train with.
    private(set) var training: [TrainingQuery] = []
    /// The documents that answer a query that judges or chooses, by its id: those of one text.
    private(set) var answers: [String: [String]] = [:]
    /// Queries that were left out because their words are those of a held-out one.
    private(set) var sameQueries = 0

    /// Splits queries by their documents.
    ///
    /// - Parameters:
    ///   - judged: documents that judged queries of users are about: they are held out, and no generated query judges.
    ///   - judgedQueries: the texts of those queries.
    init(
        _ queries: [TrainingQuery], _ corpus: CorpusDocuments, _ parameters: FineTuningParameters,
        judged: Set<String> = [], judgedQueries: [String] = []
    ) {
        let groups = Self.groups(corpus, seed: UInt64(parameters.seed))
        var byDocument: [String: [TrainingQuery]] = [:]
        for query in queries { byDocument[query.documentID, default: []].append(query) }
        let budget = Int((parameters.evaluation.share * Double(corpus.count)).rounded(.up))
        let usesJudged = !judged.isEmpty
        var taken = 0
        var devTaken = 0
        for group in groups {
            if usesJudged, group.contains(where: judged.contains) {
                for id in group { parts[id] = .heldOut }
            } else if !usesJudged, taken < budget, heldOut.count < parameters.heldOutQueries {
                taken += group.count
                for id in group { parts[id] = .heldOut }
                if let query = pick(group, byDocument) { heldOut.append(query) }
            } else if dev.count < parameters.devQueries, devTaken < max(1, budget) {
                devTaken += group.count
                for id in group { parts[id] = .dev }
                if let query = pick(group, byDocument) { dev.append(query) }
            }
        }
        heldOut.sort { precedesByBytes($0.id, $1.id) }
        dev.sort { precedesByBytes($0.id, $1.id) }
        let reserved = Set((heldOut + dev).map(\.folded) + judgedQueries.map(TrainingQuery.folded))
        for query in queries where parts[query.documentID] == nil {
            if reserved.contains(query.folded) { sameQueries += 1 } else { training.append(query) }
        }
        // A query of the held-out part that a dev query repeats would have chosen the model that it judges.
        let judging = Set(heldOut.map(\.folded) + judgedQueries.map(TrainingQuery.folded))
        dev.removeAll { judging.contains($0.folded) }
    }

    /// What a document is for.
    func part(_ id: String) -> Part { parts[id] ?? .training }

    /// Ids of documents of the same text, in an order that the seed draws.
    private static func groups(_ corpus: CorpusDocuments, seed: UInt64) -> [[String]] {
        var byText: [String: [String]] = [:]
        for document in corpus.documents { byText[document.titleAndText, default: []].append(document.id) }
        let keyed = byText.values.map { ids in
            // Ids are in the order of their bytes: the first names the group.
            var random = SplitMix(seed: seed, text: "held out \(ids[0])")
            return (key: random.next(), ids: ids)
        }
        return keyed.sorted { $0.key != $1.key ? $0.key < $1.key : precedesByBytes($0.ids[0], $1.ids[0]) }.map(\.ids)
    }

    /// One query of a group: the one whose id comes first, which was drawn.
    private mutating func pick(_ group: [String], _ queries: [String: [TrainingQuery]]) -> TrainingQuery? {
        let query = group.flatMap { queries[$0] ?? [] }.min { precedesByBytes($0.id, $1.id) }
        if let query { answers[query.id] = group }
        return query
    }
}
