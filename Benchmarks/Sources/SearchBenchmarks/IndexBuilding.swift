import Dispatch
import DocumentStore
import Foundation
import JSON
import Mappings
import SearchIndex
import Synchronization

/// Indexes a file of JSON lines the way of a bulk request: documents are read and analysed, made durable batch by batch, then added.
final class IndexBuilding: Sendable {
    private let folder: String
    private let threads: Int
    private let batch: Int
    private let store: DocumentStore
    private let writer: IndexWriter
    private let lastSeqNo = Mutex<Int64>(-1)

    init(folder: String, threads: Int, batch: Int, bufferBytes: Int) throws {
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        self.folder = folder
        self.threads = threads
        self.batch = batch
        store = try DocumentStore(path: folder + "/documents.sqlite", create: true)
        var options = WriterOptions()
        options.threads = threads
        options.bufferBytes = bufferBytes
        writer = try IndexWriter(folder: folder + "/segments", options: options)
        for (number, options) in try BenchmarkMapping.mapping().indexedFields { try writer.define(number, options) }
    }

    var documentCount: Int { Int(lastSeqNo.withLock { $0 }) + 1 }

    /// Reads, analyses, stores and adds, on so many threads.
    func add(linesOf path: String) throws {
        let lines = Mutex(try LineFile(path: path))
        let failure = Mutex<(any Error)?>(nil)
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            do {
                var worker = try Worker(store: store, writer: writer)
                while failure.withLock({ $0 == nil }) {
                    let batch = lines.withLock { file in
                        var batch: [[UInt8]] = []
                        while batch.count < self.batch, let line = file.next() { batch.append(Array(line)) }
                        return batch
                    }
                    if batch.isEmpty { break }
                    let last = try worker.add(batch)
                    lastSeqNo.withLock { $0 = max($0, last) }
                }
            } catch { failure.withLock { $0 = error } }
        }
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    /// Makes the segments durable as well.
    func commit() throws {
        try writer.commit(Checkpoint(seqNo: lastSeqNo.withLock { $0 }))
    }

    /// Ends when nothing is merged any more.
    func close() throws {
        writer.close()
        store.close()
    }

    /// One thread's parser and documents.
    private struct Worker {
        let store: DocumentStore
        let writer: IndexWriter
        var parser: DocumentParser
        var documents: [IndexDocument] = []

        init(store: DocumentStore, writer: IndexWriter) throws {
            self.store = store
            self.writer = writer
            parser = try DocumentParser(mapping: BenchmarkMapping.mapping(), analysis: BenchmarkMapping.analysis())
        }

        mutating func add(_ lines: [[UInt8]]) throws -> Int64 {
            var operations: [DocumentOperation] = []
            operations.reserveCapacity(lines.count)
            while documents.count < lines.count { documents.append(IndexDocument()) }
            for (place, line) in lines.enumerated() {
                let (id, source) = try Self.parted(line)
                let update = try source.withUnsafeBytes { bytes in
                    try parser.parse(bytes, id: id, into: &documents[place])
                }
                guard update == nil else { throw BenchmarkFailure("document \(id) has another field") }
                operations.append(DocumentOperation(id: id, action: .index(source: source)))
            }
            var last: Int64 = -1
            for (place, result) in try store.write(operations).enumerated() {
                last = try result.get().seqNo
                documents[place].seqNo = last
                try writer.add(documents[place])
            }
            return last
        }

        /// `{"_id": "d1", "title": ...}` as the id and `{"title": ...}`: the id is no part of a source.
        private static func parted(_ line: [UInt8]) throws -> (id: String, source: ArraySlice<UInt8>) {
            let head = Array(#"{"_id": ""#.utf8)
            guard line.starts(with: head), let end = line[head.count...].firstIndex(of: 0x22),
                let comma = line[end...].firstIndex(of: 0x2C)
            else {
                throw BenchmarkFailure(
                    "not a line of make_corpus.py: \(String(decoding: line.prefix(60), as: UTF8.self))")
            }
            var source = line[comma...]
            source[comma] = UInt8(ascii: "{")
            return (String(decoding: line[head.count..<end], as: UTF8.self), source)
        }
    }
}
