import Relevance
import Training

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What teachers that are no model need to know: the documents whose words are counted, and the texts of ids.
struct TeacherTexts {
    /// The documents whose words `bm25` counts.
    let documents: () throws -> [String]
    /// The analyser of these words.
    var analyzer = "standard"
    /// The texts of queries and of documents by their ids, which a file of scores may name; empty where data have no ids.
    var byID: () throws -> (queries: [String: String], documents: [String: String]) = { ([:], [:]) }

    /// Those of the data of a run: of the whole collection, or of the file's examples.
    static func trainingData(_ configuration: TrainingConfiguration) -> TeacherTexts {
        let path = configuration.trainingData
        guard FileManager.default.fileExists(atPath: path + "/.") else {
            return TeacherTexts(documents: {
                let data = try TrainingData(file: path)
                return Set(data.examples.flatMap(\.documents)).map { data.texts[Int($0)] }
            })
        }
        func dataset() throws -> RetrievalDataset {
            try RetrievalDataset(folder: path, split: configuration.trainingSplit)
        }
        return TeacherTexts(
            documents: { try dataset().documents.values.map(\.titleAndText) },
            byID: {
                let dataset = try dataset()
                return (dataset.queries, dataset.documents.mapValues(\.titleAndText))
            })
    }
}
