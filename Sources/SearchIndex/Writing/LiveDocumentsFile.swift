import IndexFiles
import CPostings

/// The live documents of a committed segment: "NTLIVEDC", number of documents (64 bits), a bit a document, checksum (32 bits).
enum LiveDocumentsFile {
    static let magic: UInt64 = 0x4344_4556_494c_544e

    static func write(_ live: DocumentSet, path: String) throws(IndexFileError) {
        let output = OutputBuffer(capacity: live.words.count * 8 + 64)
        output.append(integer: magic)
        output.append(integer: UInt64(live.capacity))
        output.append(array: live.words)
        output.append(integer: cp_crc32c(0, output.base, output.count))
        let file = try FileOutput(path: path)
        try file.append(output.bytes)
        try file.flush()
        try SystemCalls.synchronize(path)
    }

    static func read(path: String, documentCount: Int) throws(IndexFileError) -> DocumentSet {
        let file = try MappedFile(path: path)
        let wordCount = (documentCount + 63) / 64
        guard file.count == 20 + 8 * wordCount else { throw .corrupt(file: path, reason: "it has the wrong size") }
        var reader = ByteReader(file.base, 0..<file.count)
        guard reader.integer(UInt64.self) == magic, reader.integer(UInt64.self) == UInt64(documentCount) else {
            throw .corrupt(file: path, reason: "it does not belong to its segment")
        }
        let words = (0..<wordCount).map { _ in reader.integer(UInt64.self) }
        guard cp_crc32c(0, file.base, file.count - 4) == reader.integer(UInt32.self) else {
            throw .corrupt(file: path, reason: "its checksum is wrong")
        }
        var live = DocumentSet(capacity: documentCount, words: words)
        live.formIntersection(DocumentSet(capacity: documentCount, full: true))
        return live
    }
}
