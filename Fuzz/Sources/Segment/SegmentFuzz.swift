import SearchIndex

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Takes the input as the file of a segment, with checksums that are right, behind a manifest that names it; reads all that it has, and
/// merges it: readers end early or say what is damaged, and never leave the file.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSegment(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard count >= 128 else { return 0 }
    var bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    Checksums.mend(&bytes)
    let scratch = Scratch.shared
    scratch.fill(bytes)
    var options = WriterOptions()
    options.mergesInBackground = false
    guard let writer = try? IndexWriter(folder: scratch.path, options: options) else { return 0 }
    let snapshot = writer.snapshot
    for segment in snapshot.segments { read(segment) }
    writer.delete(seqNo: 3)
    if let after = try? writer.refresh() {
        for segment in after.segments { read(segment) }
    }
    try? writer.merge(to: 1)
    for segment in writer.snapshot.segments { read(segment) }
    writer.close()
    return 0
}

private func read(_ segment: Segment) {
    // What a segment claims to have is not what the input can pay for.
    let documents = min(segment.documentCount, 1_000)
    for (field, _) in segment.fields {
        if let terms = segment.terms(field) {
            var cursor = terms.cursor()
            var count = 0
            while count < 500, cursor.next() {
                count += 1
                read(terms.postings(cursor.entry), hasPositions: terms.indexing == .positions)
                let ahead = terms.postings(cursor.entry)
                var target = 0
                while target < documents, ahead.advance(to: target) != noMoreDocuments { target = ahead.document + 7 }
                _ = terms.seek(cursor.term)
            }
            var seeker = terms.cursor()
            _ = seeker.seek(atLeast: [0x6D])
        }
        if let existence = segment.existence(of: field) { read(existence, hasPositions: false) }
        if let norms = segment.norms(field) { for document in 0..<documents { _ = norms[document] } }
        if let column = segment.integers(field) { read(column, documents) }
        if let column = segment.ordinals(field) {
            read(column.ordinals, documents)
            for ordinal in 0..<min(column.count, 500) { _ = column.bytes(of: ordinal) }
            _ = column.seek([0x6D])
        }
    }
    for document in 0..<documents {
        let seqNo = segment.seqNo(of: document)
        _ = segment.document(withSeqNo: seqNo)
        _ = segment.root(of: document)
    }
}

private func read(_ postings: PostingsCursor, hasPositions: Bool) {
    var count = 0
    while count < 2_000, postings.next() != noMoreDocuments {
        count += 1
        let frequency = postings.frequency
        if hasPositions { for _ in 0..<min(frequency, 50) { _ = postings.nextPosition() } }
    }
}

private func read(_ column: IntegerColumn, _ documents: Int) {
    _ = column.bounds
    for document in 0..<documents {
        var count = 0
        column.forEach(of: document) { _ in count += 1 }
        precondition(count <= column.totalCount, "more values than there are")
        _ = column.first(of: document)
        _ = column.last(of: document)
    }
    var set = DocumentSet(capacity: documents)
    if documents == column.totalCount { column.collect(0...100, into: &set) }
}

/// The two checksums of a segment file, so that mutations get past them.
enum Checksums {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
    }

    private static func crc32c(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ $0 >> 8 }
    }

    private static func put(_ value: UInt32, at place: Int, _ bytes: inout [UInt8]) {
        for byte in 0..<4 { bytes[place + byte] = UInt8(truncatingIfNeeded: value >> (8 * UInt32(byte))) }
    }

    /// Footer: offset of the directory (64 bits), its length, its checksum, the checksum of all before this field (32 each).
    static func mend(_ bytes: inout [UInt8]) {
        let footer = bytes.count - 32
        let offset = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[footer + $1]) << (8 * UInt64($1)) }
        if offset < UInt64(footer) {
            put(UInt32(footer - Int(offset)), at: footer + 8, &bytes)
            put(crc32c(bytes[Int(offset)..<footer]), at: footer + 12, &bytes)
        }
        put(crc32c(bytes[..<(footer + 16)]), at: footer + 16, &bytes)
    }
}

/// A folder in memory where the system has one, with the manifest of an index of one segment.
struct Scratch: Sendable {
    static let shared = Scratch()
    let path: String
    private let manifest: (name: String, bytes: [UInt8])
    private let segment: String

    private init() {
        let parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
        path = "\(parent)/needletail-fuzz-segment-\(getpid())"
        let made = path + "-made"
        do {
            let writer = try IndexWriter(folder: made)
            try SeedIndex.fill(writer)
            try writer.commit(Checkpoint(seqNo: 1))
            writer.close()
        } catch {
            fatalError("the seed cannot be made: \(error)")
        }
        let names = Self.names(made)
        guard let segment = names.first(where: { $0.hasSuffix(".segment") }),
            let manifest = names.first(where: { !$0.hasSuffix(".segment") && !$0.hasSuffix(".live") })
        else { fatalError("no segment among \(names)") }
        self.segment = segment
        self.manifest = (manifest, Self.contents(made + "/" + manifest))
        // `SEGMENT_SEED=FILE` keeps the segment as a seed.
        if let target = getenv("SEGMENT_SEED") {
            Self.write(Self.contents(made + "/" + segment), to: String(cString: target))
        }
        mkdir(path, 0o700)
    }

    /// Makes the folder what it would be if `bytes` had been committed.
    func fill(_ bytes: [UInt8]) {
        for name in Self.names(path) { unlink(path + "/" + name) }
        Self.write(manifest.bytes, to: path + "/" + manifest.name)
        Self.write(bytes, to: path + "/" + segment)
    }

    private static func names(_ folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    private static func contents(_ path: String) -> [UInt8] {
        let file = open(path, O_RDONLY)
        precondition(file >= 0, "cannot read \(path)")
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = systemRead(file, &bytes, bytes.count)
        return Array(bytes[..<max(0, count)])
    }

    private static func write(_ bytes: [UInt8], to path: String) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        precondition(file >= 0, "cannot write to \(path)")
        defer { close(file) }
        precondition(systemWrite(file, bytes, bytes.count) == bytes.count, "cannot write to \(path)")
    }
}

// Inside the types above, their own functions hide the system's.
private func systemWrite(_ file: Int32, _ bytes: [UInt8], _ count: Int) -> Int { write(file, bytes, count) }
private func systemRead(_ file: Int32, _ bytes: inout [UInt8], _ count: Int) -> Int { read(file, &bytes, count) }
