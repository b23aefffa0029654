import JSON
import ModelFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Draws a sample of documents of which nobody knows how many will come, and writes it as a corpus file.
///
/// A document is in the sample if the hash of seed and id is among the smallest: that depends on nothing but the set of ids. What may belong to it waits in a
/// file without a name, which is gone with the process; memory holds an id and a place for each document of the sample, at most twice as many.
final class CorpusSample {
    private struct Entry {
        var hash: UInt64
        var offset: Int
        var count: Int
        /// Decides between documents of one id.
        var origin: String
        var isCut: Bool
        var duplicates = 0
    }

    private let target: String
    private let maximum: Int
    private let seed: UInt64
    private let descriptor: Int32
    private var end = 0
    private var entries: [String: Entry] = [:]
    /// Documents above it have no place in the sample any more.
    private var threshold = UInt64.max
    private var writer = JSONWriter()

    /// Documents that were added, those of a known id included.
    private(set) var added = 0

    /// Makes the temporary file, in the folder of the file to be.
    init(target: String, maximum: Int, seed: UInt64) throws(ModelFileError) {
        precondition(maximum > 0, "a sample of nothing")
        self.target = target
        self.maximum = maximum
        self.seed = seed
        let path = "\(target).\(getpid()).\(UInt32.random(in: 0...UInt32.max)).sample"
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(path: path, doing: "creating") }
        unlink(path)
    }

    deinit { close(descriptor) }

    /// Offers a document.
    ///
    /// - Parameter origin: Where it is from; of several documents with one id, the one with the smallest origin is kept.
    func add(id: String, _ content: DocumentText.Content, origin: String = "") throws(ModelFileError) {
        added += 1
        let hash = Self.hash(id, seed)
        guard hash <= threshold else { return }
        if var known = entries[id] {
            known.duplicates += 1
            if origin < known.origin {
                let duplicates = known.duplicates
                known = try spool(id, content, hash, origin)
                known.duplicates = duplicates
            }
            entries[id] = known
            return
        }
        entries[id] = try spool(id, content, hash, origin)
        if entries.count >= 2 * maximum { prune() }
    }

    /// Writes the file: the sample in the order of its hashes, so that its first lines are a sample, too.
    ///
    /// - Parameter minimum: How many documents there have to be; with fewer nothing is written.
    /// - Returns: What was written; ``CorpusReport/read`` is left to the caller.
    func write(minimum: Int) throws(ModelFileError) -> CorpusReport {
        prune()
        var report = CorpusReport()
        report.documents = entries.count
        let duplicates = entries.values.reduce(0) { $0 + $1.duplicates }
        report.usable = added - duplicates
        if duplicates > 0 { report.skipped["duplicate_id"] = duplicates }
        report.cut = entries.values.count { $0.isCut }
        guard entries.count >= minimum else { return report }
        let order = entries.sorted { Self.precedes(($0.value.hash, $0.key), ($1.value.hash, $1.key)) }
        var digest = SHA256()
        try ReplacedFile.write(to: target) { (file) throws(ModelFileError) in
            for (_, entry) in order {
                let line = try read(entry)
                report.byteCount += line.count
                try line.withUnsafeBufferPointer { (bytes) throws(ModelFileError) in
                    digest.add(UnsafeRawBufferPointer(bytes))
                    try file.append(UnsafeRawBufferPointer(bytes))
                }
            }
        }
        report.digest = digest.hexadecimal()
        return report
    }

    // MARK: Choosing

    /// Whether an id can stand in the files of tab-separated lines that are made of a corpus.
    static func isUsable(id: String) -> Bool {
        !id.isEmpty
            && !id.unicodeScalars.contains {
                $0.properties.generalCategory == .control || $0.properties.generalCategory == .lineSeparator
                    || $0.properties.generalCategory == .paragraphSeparator
            }
    }

    /// The first 64 bits of the SHA-256 of seed and id.
    static func hash(_ id: String, _ seed: UInt64) -> UInt64 {
        var hash = SHA256()
        withUnsafeBytes(of: seed.littleEndian) { hash.add($0) }
        hash.add(id)
        return UInt64(hash.hexadecimal().prefix(16), radix: 16) ?? 0
    }

    private static func precedes(_ left: (UInt64, String), _ right: (UInt64, String)) -> Bool {
        left.0 != right.0 ? left.0 < right.0 : left.1.utf8.lexicographicallyPrecedes(right.1.utf8)
    }

    /// Leaves the documents with the smallest hashes.
    private func prune() {
        guard entries.count > maximum else { return }
        let order = entries.map { ($0.value.hash, $0.key) }.sorted { Self.precedes($0, $1) }
        for (_, id) in order[maximum...] { entries[id] = nil }
        threshold = order[maximum - 1].0
    }

    // MARK: The temporary file

    private func spool(
        _ id: String, _ content: DocumentText.Content, _ hash: UInt64, _ origin: String
    ) throws(ModelFileError) -> Entry {
        writer.removeAll()
        writer.beginObject()
        writer.key("id")
        writer.value(id)
        if let title = content.title {
            writer.key("title")
            writer.value(title)
        }
        writer.key("text")
        writer.value(content.text)
        writer.endObject()
        writer.endLine()
        let line = writer.bytes
        var done = 0
        while done < line.count {
            let count = line.withUnsafeBytes { bytes in
                pwrite(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(end + done))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .system(path: target, doing: "writing its temporary file") }
            done += count
        }
        defer { end += line.count }
        return Entry(hash: hash, offset: end, count: line.count, origin: origin, isCut: content.isCut)
    }

    private func read(_ entry: Entry) throws(ModelFileError) -> [UInt8] {
        var line = [UInt8](repeating: 0, count: entry.count)
        var done = 0
        while done < line.count {
            let count = line.withUnsafeMutableBytes { bytes in
                pread(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(entry.offset + done))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .system(path: target, doing: "reading its temporary file") }
            done += count
        }
        return line
    }
}
