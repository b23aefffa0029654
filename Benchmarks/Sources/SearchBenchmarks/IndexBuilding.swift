import ClusterState
import Dispatch
import DocumentStore
import Foundation
import Indices
import JSON
import Synchronization

/// Indexes a file of JSON lines the way of bulk requests.
///
/// Each batch is read by the mapping, analysed, durable, and indexed when the call for it returns. Refreshes by time are off, as for every
/// bulk load.
final class IndexBuilding: Sendable {
    /// The name of the index in its node.
    static let name = "documents"
    /// Of the fields that are indexed.
    static let mapping = #"{"properties":{"title":{"type":"text"},"text":{"type":"text"}}}"#

    private let threads: Int
    private let batch: Int
    private let node: NodeIndices
    private let index: IndexService

    init(folder: String, threads: Int, batch: Int) throws {
        try? FileManager.default.removeItem(atPath: folder)
        self.threads = threads
        self.batch = batch
        node = try NodeIndices(DataFolder(path: folder))
        index = try node.create(
            Self.name, settings: ["index.refresh_interval": "-1"], mappings: JSONValue(parsing: Self.mapping))
    }

    var documentCount: Int { index.statistics.documents }

    /// Reads and writes on so many threads.
    func add(linesOf path: String) throws {
        let lines = Mutex(try LineFile(path: path))
        let failure = Mutex<(any Error)?>(nil)
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            do {
                while failure.withLock({ $0 == nil }) {
                    let batch = lines.withLock { file in
                        var batch: [[UInt8]] = []
                        while batch.count < self.batch, let line = file.next() { batch.append(Array(line)) }
                        return batch
                    }
                    if batch.isEmpty { break }
                    for result in index.apply(try batch.map(Self.operation)) { _ = try result.get() }
                }
            } catch { failure.withLock { $0 = error } }
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    /// Makes the segments durable as well.
    func commit() throws { try index.flush() }

    /// Ends when nothing is merged any more.
    func close() { node.shutDown() }

    /// `{"_id": "d1", "title": ...}` as the id and `{"title": ...}`: the id is no part of a source.
    private static func operation(_ line: [UInt8]) throws -> DocumentOperation {
        let head = Array(#"{"_id": ""#.utf8)
        guard line.starts(with: head), let end = line[head.count...].firstIndex(of: 0x22),
            let comma = line[end...].firstIndex(of: 0x2C)
        else {
            throw BenchmarkFailure("not a line of make_corpus.py: \(String(decoding: line.prefix(60), as: UTF8.self))")
        }
        var source = line[comma...]
        source[comma] = UInt8(ascii: "{")
        return DocumentOperation(
            id: String(decoding: line[head.count..<end], as: UTF8.self), action: .index(source: source))
    }
}
