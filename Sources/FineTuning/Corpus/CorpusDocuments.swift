import JSON
package import Relevance

/// The documents of a run, by the bytes of their ids.
package struct CorpusDocuments: Sendable {
    /// The documents, in the order that decides ties.
    package let documents: [RetrievalDataset.Document]
    /// Their numbers by id.
    let numbers: [String: Int]

    /// Documents in any order.
    package init(_ documents: [RetrievalDataset.Document]) {
        self.documents = documents.sorted { precedesByBytes($0.id, $1.id) }
        numbers = Dictionary(self.documents.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Reads the documents of a run.
    init(_ folder: RunFolder) throws(FineTuningError) {
        var documents: [RetrievalDataset.Document] = []
        try RunFiles.eachLine(folder.documents) { (line, number) throws(FineTuningError) in
            guard let id = line["id"]?.string, let text = line["text"]?.string else {
                throw FineTuningError(
                    .corpus, path: "\(folder.documents), line \(number)", "there is no 'id' or no 'text'",
                    advice: "Begin the run again")
            }
            documents.append(RetrievalDataset.Document(id: id, title: line["title"]?.string ?? "", text: text))
        }
        self.init(documents)
    }

    /// A document of this id.
    package subscript(id: String) -> RetrievalDataset.Document? { numbers[id].map { documents[$0] } }

    var count: Int { documents.count }
}
