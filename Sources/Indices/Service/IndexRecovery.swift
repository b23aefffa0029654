import DocumentStore
import Mappings
import SearchIndex
import TextAnalysis

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Opens the segments of an index and brings them up to the documents.
struct IndexRecovery {
    let name: String
    /// The folder of the segments.
    let folder: String
    let documents: DocumentStore
    let analysis: AnalysisRegistry
    let options: IndexService.OpeningOptions

    struct Outcome {
        let writer: IndexWriter
        let snapshot: IndexSnapshot
        /// The mapping; grown if a document had something that the kept one does not know.
        let mapping: Mapping
        /// All operations up to this one are in the segments.
        let through: Int64
        /// Sources that were indexed again.
        let replayedBytes: Int
        /// Whether the checksums of all files were compared.
        let isVerified: Bool
    }

    /// Segments up to this size are read completely at opening, to compare their checksums; larger ones soon after.
    private static let quicklyVerified = 64 << 20

    /// Opens the segments, or makes them again if they cannot be used.
    func open(_ mapping: Mapping) throws(IndicesError) -> Outcome {
        if !options.rebuilds {
            do throws(IndexError) {
                let writer = try IndexWriter(folder: folder)
                for field in mapping.indexedFields { try writer.define(field.number, field.options) }
                let isVerified = FolderSize.bytes(folder) <= Self.quicklyVerified
                if isVerified { try writer.snapshot.verify() }
                let committed = writer.committed.seqNo
                let stored = documents.statistics.maximumSeqNo
                if committed <= stored { return try replay(writer, after: committed, mapping, isVerified) }
                options.log(
                    "[\(name)] the segments know operations up to \(committed), the documents only up to \(stored); "
                        + "the segments are made again from the documents")
                writer.close()
            } catch {
                guard case .success(let reason) = Self.isRepairedByRebuilding(error) else { throw .segments(error) }
                options.log("[\(name)] \(reason); the segments are made again from the documents")
            }
        }
        do {
            if FileManager.default.fileExists(atPath: folder) { try FileManager.default.removeItem(atPath: folder) }
        } catch {
            throw .segments(.file(path: folder, reason: "the old segments cannot be removed: \(error)"))
        }
        do throws(IndexError) {
            let writer = try IndexWriter(folder: folder)
            for field in mapping.indexedFields { try writer.define(field.number, field.options) }
            return try replay(writer, after: -1, mapping, true)
        } catch {
            throw .segments(error)
        }
    }

    /// The sentence for the log, if new segments are the answer.
    private static func isRepairedByRebuilding(_ error: IndexError) -> Result<String, IndexError> {
        switch error {
        case .corrupt, .version, .field: .success(error.description)
        case .file(let path, _) where !FileManager.default.fileExists(atPath: path): .success("\(path) is missing")
        case .file, .document, .closed: .failure(error)
        }
    }

    /// Indexes the operations after `seqNo` again.
    private func replay(
        _ writer: IndexWriter, after seqNo: Int64, _ mapping: Mapping, _ isVerified: Bool
    ) throws(IndexError) -> Outcome {
        var mapping = mapping
        var after = seqNo
        var bytes = 0
        var done = 0
        var refused = 0
        let total = Int(documents.statistics.maximumSeqNo - seqNo)
        let committed = writer.snapshot
        do {
            let lane = try PreparationLane(mapping, analysis)
            lane.reserve(1)
            while true {
                let operations = try documents.operations(after: after)
                guard let last = operations.last else { break }
                for operation in operations {
                    if let superseded = operation.superseded { writer.delete(seqNo: superseded) }
                    guard case .stored(let document) = operation.effect else { continue }
                    // The commit may have more than its checkpoint says.
                    if seqNo >= 0,
                        committed.segments.contains(where: { $0.document(withSeqNo: operation.seqNo) != nil })
                    {
                        continue
                    }
                    let known = mapping
                    do throws(MappingError) {
                        while let update = try lane.parse(
                            document.source[...], id: document.id, routing: document.routing, place: 0)
                        {
                            mapping = try mapping.merging(update)
                            lane.parser = try DocumentParser(mapping: mapping, analysis: analysis)
                        }
                    } catch {
                        refused += 1
                        if refused <= 10 {
                            options.log(
                                "[\(name)] document [\(document.id)] stays stored but cannot be indexed: \(error)")
                        }
                        continue
                    }
                    if known !== mapping {
                        for field in mapping.indexedFields { try writer.define(field.number, field.options) }
                    }
                    lane.documents[0].seqNo = operation.seqNo
                    do throws(IndexError) {
                        try writer.add(lane.documents[0])
                    } catch {
                        guard case .document = error else { throw error }
                        refused += 1
                        continue
                    }
                    bytes += document.source.count
                }
                done += operations.count
                after = last.seqNo
                options.progress?(done, total)
            }
        } catch let error as IndexError {
            throw error
        } catch {
            throw .file(path: documents.path, reason: "\(error)")
        }
        if refused > 10 { options.log("[\(name)] \(refused) documents in all cannot be indexed") }
        if done > 0 { options.log("[\(name)] \(done) operations were indexed again") }
        // Not the documents' last operation: one that is written meanwhile is not here yet, and is indexed by whoever writes it.
        let through = max(after, seqNo)
        return Outcome(
            writer: writer, snapshot: try writer.refresh(), mapping: mapping, through: through, replayedBytes: bytes,
            isVerified: isVerified)
    }
}
