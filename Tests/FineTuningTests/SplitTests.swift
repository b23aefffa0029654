import FineTuning
import Relevance
import Testing

@Suite("Documents of training and of evaluation")
struct SplitTests {
    static func parameters(_ share: Double = 0.2, dev: Int = 10, seed: Int = 42) -> FineTuningParameters {
        var parameters = FineTuningParameters()
        parameters.evaluation.share = share
        parameters.evaluation.devQueries = dev
        parameters.seed = seed
        return parameters
    }

    /// Documents, some of the same text, each with two queries.
    static func data(_ count: Int) -> (corpus: CorpusDocuments, queries: [TrainingQuery]) {
        let documents = (0..<count).map { number in
            RetrievalDataset.Document(id: "d\(number)", text: "text \(number % 10 == 9 ? number - 1 : number)")
        }
        let queries = (0..<2 * count).map { number in
            TrainingQuery(
                id: "query-\(1000 + number)", query: number == 5 ? "Query  7" : "query \(number)", document: "text",
                documentID: "d\(number / 2)", type: "span")
        }
        return (CorpusDocuments(documents), queries)
    }

    @Test func noDocumentIsInTwoParts() {
        let (corpus, queries) = Self.data(200)
        let split = HeldOutSplit(queries, corpus, Self.parameters())
        #expect((30...41).contains(split.heldOut.count))
        #expect(split.dev.count == 10)
        let heldOut = Set(split.heldOut.flatMap { split.answers[$0.id] ?? [] })
        let dev = Set(split.dev.flatMap { split.answers[$0.id] ?? [] })
        let training = Set(split.training.map(\.documentID))
        #expect(heldOut.isDisjoint(with: dev))
        #expect(heldOut.isDisjoint(with: training))
        #expect(dev.isDisjoint(with: training))
        // A copy of a held-out document is held out, too.
        let texts = Set(heldOut.compactMap { corpus[$0]?.text })
        #expect(!training.contains { texts.contains(corpus[$0]?.text ?? "") })
    }

    @Test func theOrderOfDocumentsDoesNotMatterAndTheSeedDoes() {
        let (corpus, queries) = Self.data(200)
        let split = HeldOutSplit(queries, corpus, Self.parameters())
        let other = HeldOutSplit(
            queries.reversed(), CorpusDocuments(corpus.documents.reversed()), Self.parameters())
        #expect(split.heldOut == other.heldOut)
        #expect(split.dev == other.dev)
        #expect(split.heldOut != HeldOutSplit(queries, corpus, Self.parameters(seed: 43)).heldOut)
    }

    @Test func aQueryOfAHeldOutDocumentIsNotTrainedOnElsewhere() {
        let (corpus, queries) = Self.data(200)
        for seed in 0..<40 {
            let split = HeldOutSplit(queries, corpus, Self.parameters(seed: seed))
            let judging = Set(split.heldOut.map { $0.query.lowercased().split(separator: " ").joined(separator: " ") })
            #expect(
                !split.training.contains {
                    judging.contains($0.query.lowercased().split(separator: " ").joined(separator: " "))
                })
        }
    }

    @Test func documentsThatAreNearlyTheSameAreInOnePart() {
        let body = (0..<60).map { "word\($0)" }
        for seed in 0..<30 {
            let documents = (0..<40).map { number in
                var words = body.map { "\($0)x\(number / 2)" }
                if number % 2 == 1 { words[30] = "other" }
                return RetrievalDataset.Document(
                    id: "d\(number)", title: "title \(number)", text: words.joined(separator: " "))
            }
            let corpus = CorpusDocuments(documents)
            let queries = (0..<40).map {
                TrainingQuery(
                    id: "query-\(100 + $0)", query: "query \($0)", document: "text", documentID: "d\($0)", type: "span")
            }
            let split = HeldOutSplit(queries, corpus, Self.parameters(dev: 3, seed: seed))
            for number in stride(from: 0, to: 40, by: 2) {
                #expect(split.part("d\(number)") == split.part("d\(number + 1)"))
            }
            // Only the document itself is known to answer; its twin is left out.
            #expect(split.heldOut.allSatisfy { split.answers[$0.id] == [$0.documentID] })
            #expect(split.twins.count == split.heldOut.count + split.dev.count)
        }
    }

    @Test func aFamilyOfTemplatesDoesNotFillTheEvaluation() {
        let documents = (0..<1000).map { number in
            RetrievalDataset.Document(
                id: "d\(number)", title: "package \(number)",
                text: number < 400 ? "This is a dummy package." : "text number \(number)")
        }
        let queries = (0..<1000).map {
            TrainingQuery(
                id: "query-\(1000 + $0)", query: "query \($0)", document: "text", documentID: "d\($0)", type: "title")
        }
        for seed in 0..<10 {
            let split = HeldOutSplit(queries, CorpusDocuments(documents), Self.parameters(seed: seed))
            #expect(split.heldOut.count >= 150)
        }
    }

    @Test func documentsOfJudgedQueriesAreHeldOut() {
        let (corpus, queries) = Self.data(100)
        let split = HeldOutSplit(
            queries, corpus, Self.parameters(), judged: ["d3", "d8"], judgedQueries: ["query 100"])
        #expect(split.heldOut.isEmpty)
        #expect(split.part("d3") == .heldOut)
        // The same text as d8.
        #expect(split.part("d9") == .heldOut)
        #expect(!split.training.contains { ["d3", "d8", "d9"].contains($0.documentID) })
        #expect(!split.training.contains { $0.query == "query 100" })
    }
}
