import ClusterState
import DocumentStore
import Indices
import Mappings
import SearchIndex
import Synchronization
import TestSupport

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A node in a folder of its own.
final class Node {
    let path: String
    private(set) var indices: NodeIndices

    private let lines = Lines()

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "needletail-\(UUID().uuidString)").path
        let lines = lines
        indices = try NodeIndices(try DataFolder(path: path), log: { lines.add($0) })
    }

    /// What was said since it came up.
    var log: [String] { lines.all }

    static func with(_ body: (Node) throws -> Void) throws {
        let node = try Node()
        defer { node.remove() }
        try body(node)
    }

    /// Goes down and comes up.
    func restart(isDown: Bool = false) throws {
        if !isDown { indices.shutDown() }
        lines.removeAll()
        let lines = lines
        indices = try NodeIndices(try DataFolder(path: path), log: { lines.add($0) })
    }

    func remove() {
        indices.shutDown()
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// Sentences of a log.
private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
    func removeAll() { lines.withLock { $0 = [] } }
}

/// The ids of the documents with a term, by way of the documents of record.
func hits(_ index: IndexService, _ field: String, _ term: String) -> [String] { hits(index.snapshot, field, term) }

func hits(_ snapshot: SearchSnapshot, _ field: String, _ term: String) -> [String] {
    guard let number = snapshot.mapping.field(field)?.number else { return [] }
    var seqNos: [Int64] = []
    for segment in snapshot.index.segments {
        guard let cursor = segment.postings(number, [UInt8](term.utf8)) else { continue }
        while cursor.next() != noMoreDocuments {
            if segment.isLive(cursor.document) { seqNos.append(segment.seqNo(of: cursor.document)) }
        }
    }
    return (try? snapshot.documents(seqNos: seqNos))?.compactMap { $0?.id } ?? []
}

extension DocumentOperation {
    static func index(_ id: String, _ source: String) -> DocumentOperation {
        DocumentOperation(id: id, action: .index(source: [UInt8](source.utf8)[...]))
    }
    static func delete(_ id: String) -> DocumentOperation { DocumentOperation(id: id, action: .delete) }
}
