import RandomNumbers

/// The documents of each query whose scores are needed: its candidates, its positives, and what may fill up.
struct CandidateLists: Sendable {
    /// For each query: candidates by number, then positives that are no candidates, then documents that may fill up.
    let documents: [[Int]]
    /// How many of these are candidates, for each query.
    let candidateCounts: [Int]
    /// For each source and query: the rank of each document in the source's list, from 1.
    let ranks: [[[Int: Int]]]
    private let fillStarts: [Int]

    /// - Parameter found: the list of each source for each query.
    init(_ task: MiningTask, _ found: [[[ScoredCandidate]]], _ options: MiningOptions) {
        var documents: [[Int]] = []
        var counts: [Int] = []
        var fillStarts: [Int] = []
        for (number, query) in task.queries.enumerated() {
            var list = Set(found.flatMap { $0[number].map(\.document) }).sorted()
            counts.append(list.count)
            let candidates = Set(list)
            list += query.positives.filter { !candidates.contains($0) }
            fillStarts.append(list.count)
            if options.fillsWithRandom {
                list += Self.randomDocuments(task, query, options, besides: candidates.union(query.positives))
            }
            documents.append(list)
        }
        self.documents = documents
        self.fillStarts = fillStarts
        candidateCounts = counts
        ranks = found.map { lists in
            lists.map { list in
                Dictionary(
                    list.enumerated().map { ($0.element.document, $0.offset + 1) },
                    uniquingKeysWith: { first, _ in first })
            }
        }
    }

    /// Where the documents that may fill up stand in a query's list.
    func fills(_ query: Int) -> Range<Int> { fillStarts[query]..<documents[query].count }

    /// The scores of a source for all documents of all lists.
    ///
    /// - Parameters:
    ///   - found: what the source found, with scores.
    ///   - missing: asked for the scores of the others.
    func completed(
        _ found: [[ScoredCandidate]], _ missing: ([[Int]]) throws -> [[Float]]
    ) throws -> [[Float]] {
        let known = found.map { list in
            Dictionary(list.map { ($0.document, $0.score) }, uniquingKeysWith: { first, _ in first })
        }
        let unknown = zip(documents, known).map { documents, known in documents.filter { known[$0] == nil } }
        let scores = try missing(unknown)
        return documents.indices.map { query in
            let others = Dictionary(zip(unknown[query], scores[query]), uniquingKeysWith: { first, _ in first })
            return documents[query].map { known[query][$0] ?? others[$0] ?? 0 }
        }
    }

    /// Documents of the collection that are neither relevant nor known, with different texts.
    private static func randomDocuments(
        _ task: MiningTask, _ query: MiningTask.Query, _ options: MiningOptions, besides known: Set<Int>
    ) -> [Int] {
        var random = SplitMix(seed: options.fillSeed, text: query.text)
        var seen = known
        var texts = Set(known.map { task.documents[$0].text })
        var documents: [Int] = []
        // A collection may have too few others; the number of attempts is bounded for that.
        for _ in 0..<(20 * options.negatives) where documents.count < options.negatives {
            let document = random.below(task.documents.count)
            if seen.insert(document).inserted, !query.isRelevant(document),
                texts.insert(task.documents[document].text).inserted
            {
                documents.append(document)
            }
        }
        return documents
    }
}
