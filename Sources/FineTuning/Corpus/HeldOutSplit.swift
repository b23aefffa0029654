import NegativeMining
import Relevance

/// Which documents are for training, which choose a checkpoint, and which judge: never one for two of them.
///
/// Documents of the same or nearly the same text are one. Everything follows from the ids and the seed, not from the order of a file.
package struct HeldOutSplit: Sendable {
    /// What a document is for.
    package enum Part: Sendable {
        case training
        case dev
        case heldOut
    }

    /// The parts of documents by id; those that are missing are for training.
    private(set) var parts: [String: Part] = [:]
    /// The queries that judge.
    package private(set) var heldOut: [TrainingQuery] = []
    /// The queries that choose.
    package private(set) var dev: [TrainingQuery] = []
    /// The queries to train with.
    package private(set) var training: [TrainingQuery] = []
    /// The documents that answer a query that judges or chooses, by its id: those of one text.
    package private(set) var answers: [String: [String]] = [:]
    /// Documents that are nearly those of a query that judges or chooses: whether they answer it, nobody knows.
    package private(set) var twins: Set<String> = []
    /// Queries that were left out because their words are those of a held-out one.
    package private(set) var sameQueries = 0

    /// Splits queries by their documents.
    ///
    /// - Parameters:
    ///   - judged: documents that judged queries of users are about: they are held out, and no generated query judges.
    ///   - judgedQueries: the texts of those queries.
    package init(
        _ queries: [TrainingQuery], _ corpus: CorpusDocuments, _ parameters: FineTuningParameters,
        judged: Set<String> = [], judgedQueries: [String] = []
    ) {
        let groups = DocumentGroups(corpus, similarity: parameters.mining.nearDuplicates, seed: UInt64(parameters.seed))
            .groups
        var byDocument: [String: [TrainingQuery]] = [:]
        for query in queries { byDocument[query.documentID, default: []].append(query) }
        let budget = Int((parameters.evaluation.share * Double(corpus.count)).rounded(.up))
        let usesJudged = !judged.isEmpty
        let largest = max(10, corpus.count / 100)
        var taken = 0
        var devTaken = 0
        for group in groups {
            if usesJudged, group.contains(where: judged.contains) {
                for id in group { parts[id] = .heldOut }
            } else if group.count > largest {
                // A family of templates would fill the evaluation with one query.
                continue
            } else if !usesJudged, taken < budget, heldOut.count < parameters.heldOutQueries {
                taken += group.count
                for id in group { parts[id] = .heldOut }
                if let query = pick(group, corpus, byDocument) { heldOut.append(query) }
            } else if dev.count < parameters.devQueries, devTaken < max(1, budget) {
                devTaken += group.count
                for id in group { parts[id] = .dev }
                if let query = pick(group, corpus, byDocument) { dev.append(query) }
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
    package func part(_ id: String) -> Part { parts[id] ?? .training }

    /// One query of a group: the one whose id comes first, which was drawn.
    private mutating func pick(
        _ group: [String], _ corpus: CorpusDocuments, _ queries: [String: [TrainingQuery]]
    ) -> TrainingQuery? {
        guard let query = group.flatMap({ queries[$0] ?? [] }).min(by: { precedesByBytes($0.id, $1.id) }) else {
            return nil
        }
        let text = corpus[query.documentID]?.titleAndText
        let equal = group.filter { corpus[$0]?.titleAndText == text }
        answers[query.id] = equal
        twins.formUnion(group.filter { !equal.contains($0) })
        return query
    }
}
