import SearchIndex
import TestSupport
import Testing
import TextAnalysis

@Suite struct IndexingTests {
    @Test func documentsAreFoundAndDeleted() throws {
        let writer = try IndexWriter(folder: "/nonexistent")
        try writer.define(0, .text)
        var document = IndexDocument()
        for (i, text) in ["the quick fox", "quick quick dog", "lazy dog"].enumerated() {
            document.removeAll()
            document.seqNo = Int64(i)
            document.add(0, tokens: tokens(text))
            document.add(exists: 0)
            try writer.add(document)
        }
        var snapshot = try writer.refresh()
        #expect(snapshot.liveRootCount == 3)
        #expect(find("quick", snapshot).hits.map(\.document) == [1, 0])
        writer.delete(seqNo: 1)
        snapshot = try writer.refresh()
        #expect(find("quick", snapshot).hits.map(\.document) == [0])
        #expect(find("dog", snapshot).hits.map(\.document) == [2])
    }

    func tokens(_ text: String) -> TokenBuffer {
        var buffer = TokenBuffer()
        for (i, word) in text.split(separator: " ").enumerated() {
            buffer.append(word.utf8, position: Int32(i), startOffset: 0, endOffset: 0)
        }
        return buffer
    }

    func find(_ term: String, _ snapshot: IndexSnapshot) -> TopDocuments {
        let term = Array(term.utf8)
        let weight = BM25().weight(snapshot.statistics(0, term), statistics: snapshot.statistics(0))
        let collector = TopDocumentsCollector(k: 10)
        snapshot.search(into: collector) { segment in
            segment.postings(0, term).map { TermScorer($0, weight: weight, norms: segment.norms(0)) }
        }
        return collector.finish()
    }
}
