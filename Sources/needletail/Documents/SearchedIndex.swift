import Indices
import JSON

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where systems are compared: an index of a data folder, or one that is made of a collection for the time being.
struct SearchedIndex {
    private let name: String?
    private let data: DataOptions
    private let collection: String
    private let definition: String?

    /// - Parameters:
    ///   - name: the index; nil: one is made.
    ///   - collection: the folder whose corpus is loaded then.
    ///   - definition: a file with the body of the request that creates it.
    init(_ name: String?, _ data: DataOptions, collection: String, definition: String? = nil) {
        self.name = name
        self.data = data
        self.collection = collection
        self.definition = definition
    }

    /// Works with the index.
    func withIndices<Result>(_ models: LocalModels, _ body: (NodeIndices, String) throws -> Result) throws -> Result {
        if let name { return try data.withIndices { try body($0, name) } }
        let path =
            FileManager.default.temporaryDirectory.path(percentEncoded: false) + "/needletail-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try DataOptions.withIndices(at: path, create: true) { indices in
            let name = "collection"
            let search = LocalSearch(indices)
            let fields = EncodedFields(models: models)
            try fields.create(name, definition: try definition.map(JSONFile.read) ?? [:], search)
            var loading = DocumentLoading(
                into: try indices.index(name), batch: 2000, encoding: try fields.encoding(of: name, search))
            try loading.load(Self.corpus(in: collection))
            try loading.finish()
            guard loading.refused == 0 else {
                throw CommandFailure(
                    .badData,
                    "\(Numbers.counted(loading.refused, "document")) of \(collection) could not be indexed, so that figures would be "
                        + "wrong. Correct the documents.")
            }
            return try body(indices, name)
        }
    }

    private static func corpus(in folder: String) -> String {
        let path = folder + "/corpus.jsonl"
        let isPacked =
            !FileManager.default.fileExists(atPath: path) && FileManager.default.fileExists(atPath: path + ".gz")
        return isPacked ? path + ".gz" : path
    }
}
