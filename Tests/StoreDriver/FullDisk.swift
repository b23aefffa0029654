import ClusterState
import DocumentStore
import Indices
import JSON
import SearchIndex

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A node whose files cannot grow beyond a size for a while, as on a full disk.
///
/// It says what is acknowledged, as ``Load`` does, and what happens:
///
///     started
///     refused REASON       a write was refused, and so were the three that followed
///     segments REASON      the documents are stored, their segments cannot be written
///     serving DOCUMENTS    all documents can be read meanwhile; what was visible is still found
///     room                 there is room again, and a write was accepted
///     caught up SECONDS    everything is visible again, by itself
struct FullDisk {
    let folder: String
    /// Bytes that a file may have.
    let limit: UInt

    /// Writes until documents are refused.
    func run() throws {
        let node = try node()
        let index = try node.create("load", settings: ["index.refresh_interval": "20ms"])
        Report.say(["started"])
        var writer = Writer(index: index, seed: 1)
        for _ in 0..<5 { try writer.write() }
        try index.refresh()
        let visible = index.snapshot
        FileLimit.set(limit)
        var failure = ""
        while failure.isEmpty {
            do { try writer.write() } catch { failure = "\(error)" }
        }
        for _ in 0..<3 {
            do {
                try writer.write()
                Report.say(["error a write was accepted on a full disk"])
            } catch {}
        }
        Report.say(["refused \(failure)"])
        try serve(index, visible)
        FileLimit.set(nil)
        for _ in 0..<5 { try writer.write() }
        Report.say(["room"])
        try catchUp(index)
        try index.flush()
    }

    /// Writes documents whose segments are larger than they are themselves, so that only segments are refused.
    func runSegments() throws {
        let node = try node()
        let index = try node.create(
            "load",
            settings: [
                "index.refresh_interval": "-1", "index.max_ngram_diff": "20",
                "index.analysis.analyzer.parts.type": "custom",
                "index.analysis.analyzer.parts.tokenizer": "parts", "index.analysis.tokenizer.parts.type": "ngram",
                "index.analysis.tokenizer.parts.min_gram": "3", "index.analysis.tokenizer.parts.max_gram": "20",
            ],
            mappings: ["properties": ["w": ["type": "text", "analyzer": "parts"]]])
        Report.say(["started"])
        var random = SplitMix(state: 9)
        var number = 0
        func write() throws {
            let operations = (0..<50).map { _ -> DocumentOperation in
                number += 1
                let word = (0..<8).map { _ in String(random.next(), radix: 36) }.joined()
                return DocumentOperation(
                    id: "d\(number)",
                    action: .index(
                        source: [UInt8](#"{"n":\#(number),"t":"even\#(number % 2)","w":"\#(word)"}"#.utf8)[...]))
            }
            var lines: [String] = []
            for (operation, result) in zip(operations, index.apply(operations)) {
                lines.append("\(operation.id) \(try result.get().version) \(operation.id.dropFirst())")
            }
            Report.say(lines)
        }
        try write()
        try index.refresh()
        let visible = index.snapshot
        FileLimit.set(limit)
        for _ in 0..<10 { try write() }
        do {
            try index.refresh()
            Report.say(["error the segments could be written"])
        } catch {
            Report.say(["segments \(error)"])
        }
        try serve(index, visible)
        // It is tried again meanwhile, in vain.
        usleep(500_000)
        try write()
        FileLimit.set(nil)
        Report.say(["room"])
        try catchUp(index)
        try index.flush()
    }

    private func node() throws -> NodeIndices {
        FileLimit.prepare()
        return try NodeIndices(try DataFolder(path: folder), log: { Report.say(["log \($0)"]) })
    }

    /// Everything that was stored can be read, and what was visible is found.
    private func serve(_ index: IndexService, _ visible: SearchSnapshot) throws {
        var after: Int64 = -1
        var read = 0
        while let last = try index.documents.operations(after: after).last {
            for operation in try index.documents.operations(after: after) {
                guard case .stored(let document) = operation.effect else { continue }
                read += try index.document(id: document.id) == nil ? 0 : 1
            }
            after = last.seqNo
        }
        let found = try visible.documents(
            seqNos: visible.index.segments.flatMap { segment in
                (0..<segment.documentCount).filter { segment.isLive($0) }.map { segment.seqNo(of: $0) }
            })
        let isWhole = !found.isEmpty && found.allSatisfy { $0 != nil } && visible.index.damage == nil
        Report.say([isWhole ? "serving \(read)" : "error what was visible is lost"])
    }

    private func catchUp(_ index: IndexService) throws {
        let start = ContinuousClock.now
        while index.statistics.visibleSeqNo < index.documents.statistics.maximumSeqNo {
            if ContinuousClock.now - start > .seconds(30) {
                Report.say(["error the segments did not catch up"])
                return
            }
            usleep(50_000)
            // Refused as long as the housekeeper has not opened the segments again.
            try? index.refresh()
        }
        Report.say(["caught up \((ContinuousClock.now - start).components.seconds)"])
    }
}
