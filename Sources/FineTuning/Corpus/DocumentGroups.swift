import NegativeMining
import RandomNumbers
import Relevance
import TextAnalysis

/// Documents that say the same: equal texts but for case, blanks and titles, and texts that share most of their word runs.
///
/// Such documents answer the same queries: a model that was trained on one knows the others.
struct DocumentGroups {
    /// Ids of documents, each group by the bytes of its ids, in an order that the seed draws.
    let groups: [[String]]

    /// Smallest hashes of a text's runs that are compared first, in bands: texts whose runs agree to .8 share a band of these sizes with a
    /// probability above .999.
    private static let bands = 16
    private static let rows = 4

    /// Groups the documents of a corpus.
    ///
    /// - Parameter similarity: the part of the word runs that makes two texts nearly the same; nil: only equal ones are.
    /// - Complexity: O(words) for all but texts that share a band, which are compared with each other's first.
    init(_ corpus: CorpusDocuments, similarity: Double?, seed: UInt64) {
        var parents = Array(corpus.documents.indices)
        func root(_ number: Int) -> Int {
            var number = number
            while parents[number] != number { number = parents[number] }
            return number
        }
        func join(_ a: Int, _ b: Int) {
            let (x, y) = (root(a), root(b))
            // The first by the bytes of the ids names the group.
            if x != y { parents[max(x, y)] = min(x, y) }
        }
        let texts = corpus.documents.map { TrainingQuery.folded($0.text.isEmpty ? $0.title : $0.text) }
        var first: [String: Int] = [:]
        for (number, text) in texts.enumerated() {
            if let other = first[text] { join(other, number) } else { first[text] = number }
        }
        if let similarity, let analyzer = AnalysisRegistry.builtIn.analyzer(named: "standard") {
            var shingles: [Int: Shingles] = [:]
            var buckets: [UInt64: [Int]] = [:]
            for number in first.values.sorted() {
                guard let own = try? Shingles(texts[number], analyzer) else { continue }
                shingles[number] = own
                for key in own.bands(Self.bands, rows: Self.rows) { buckets[key, default: []].append(number) }
            }
            for bucket in buckets.values where bucket.count > 1 {
                for (place, number) in bucket.enumerated().dropFirst() {
                    for other in bucket[..<place].prefix(50) where root(other) != root(number) {
                        if let a = shingles[other], let b = shingles[number], a.similarity(b) >= similarity {
                            join(other, number)
                        }
                    }
                }
            }
        }
        var members: [Int: [String]] = [:]
        for (number, document) in corpus.documents.enumerated() {
            members[root(number), default: []].append(document.id)
        }
        let keyed = members.values.map { ids in
            var random = SplitMix(seed: seed, text: "held out \(ids[0])")
            return (key: random.next(), ids: ids)
        }
        groups = keyed.sorted { $0.key != $1.key ? $0.key < $1.key : precedesByBytes($0.ids[0], $1.ids[0]) }.map(\.ids)
    }
}
