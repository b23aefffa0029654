import IndexFiles
import CPostings

/// The file of a segment: a header, sections, a directory that says where they are, a footer.
///
/// Header, 32 bytes: "NTSEGMNT", version (32 bits), 0 (32), identity (64), 0. Directory: variable integers, see
/// ``SegmentDirectory``. Footer, 32 bytes: offset of the directory (64), its length (32) and checksum (32), checksum of all bytes
/// before this field (32), version (32), "NTSEGEND". Before the directory stand ``CP_PADDING`` zeros, so that kernels may read
/// behind a section.
enum SegmentFile {
    static let version: UInt32 = 2
    static let headerMagic: UInt64 = 0x544e_4d47_4553_544e
    static let footerMagic: UInt64 = 0x444e_4547_4553_544e
    static let headerSize = 32
    static let footerSize = 32

    static func begin(path: String, identity: UInt64) throws(IndexFileError) -> FileOutput {
        let file = try FileOutput(path: path)
        try file.append(integer: headerMagic)
        try file.append(integer: version)
        try file.append(integer: UInt32(0))
        try file.append(integer: identity)
        try file.append(integer: UInt64(0))
        return file
    }

    static func finish(_ file: FileOutput, _ directory: SegmentDirectory) throws(IndexFileError) {
        try file.append(zeros: Int(CP_PADDING))
        try file.align(to: 8)
        let encoded = directory.encoded()
        let offset = file.count
        try file.append(encoded.bytes)
        try file.append(integer: UInt64(offset))
        try file.append(integer: UInt32(encoded.count))
        try file.append(integer: cp_crc32c(0, encoded.base, encoded.count))
        try file.flush()
        try file.append(integer: file.checksum)
        try file.append(integer: version)
        try file.append(integer: footerMagic)
        try file.flush()
    }

    /// Maps a segment and checks what is quickly checked: sizes, header, footer and the directory's checksum.
    static func open(path: String) throws(IndexFileError) -> (MappedFile, SegmentDirectory) {
        let file = try MappedFile(path: path)
        guard file.count >= headerSize + footerSize + Int(CP_PADDING) else {
            throw .corrupt(file: path, reason: "it has only \(file.count) bytes")
        }
        var header = ByteReader(file.base, 0..<headerSize)
        guard header.integer(UInt64.self) == headerMagic else {
            throw .corrupt(file: path, reason: "it does not begin as a segment")
        }
        let found = header.integer(UInt32.self)
        guard found == version else { throw .version(file: path, found: found, expected: version) }
        var footer = ByteReader(file.base, file.count - footerSize..<file.count)
        let offset = footer.integer(UInt64.self), length = footer.integer(UInt32.self)
        let checksum = footer.integer(UInt32.self)
        _ = footer.integer(UInt32.self)
        guard footer.integer(UInt32.self) == version, footer.integer(UInt64.self) == footerMagic else {
            throw .corrupt(file: path, reason: "it does not end as a segment: it was cut off")
        }
        guard offset >= UInt64(headerSize) + UInt64(CP_PADDING), offset <= UInt64(file.count - footerSize),
            UInt64(length) == UInt64(file.count - footerSize) - offset
        else { throw .corrupt(file: path, reason: "its directory is not where the footer says") }
        guard cp_crc32c(0, file.base + Int(offset), Int(length)) == checksum else {
            throw .corrupt(file: path, reason: "the checksum of its directory is wrong")
        }
        let end = Int(offset) - Int(CP_PADDING)
        guard
            let directory = SegmentDirectory(
                ByteReader(file.base, Int(offset)..<Int(offset) + Int(length)), limit: end)
        else { throw .corrupt(file: path, reason: "its directory cannot be read") }
        return (file, directory)
    }

    /// Checks the checksum over the whole file.
    static func verify(_ file: MappedFile) throws(IndexFileError) {
        let covered = file.count - 16
        guard covered > 0 else { throw .corrupt(file: file.path, reason: "it is too short") }
        var footer = ByteReader(file.base, covered..<file.count)
        guard cp_crc32c(0, file.base, covered) == footer.integer(UInt32.self) else {
            throw .corrupt(file: file.path, reason: "the checksum is wrong")
        }
    }
}

/// Where the parts of a segment are.
struct SegmentDirectory {
    struct Field {
        var number: FieldNumber
        var options: FieldOptions
        var termCount = 0
        var statistics = FieldStatistics()
        var blocks = 0..<0
        var index = 0..<0
        /// Where the norms begin; 0: none.
        var norms = 0
        var column = 0..<0
        var strings = 0..<0
        /// The file beside the segment; its size is 0 where there is none.
        var companion = CompanionFile.Stamp()
    }

    var documentCount = 0
    var fields: [Field] = []
    /// Where postings end.
    var postingsEnd = 0
    var seqNos = 0..<0
    /// Where the bits of root documents are; empty: all are.
    var roots = 0..<0
    /// Where sequence numbers begin to ascend anew: the first document, then wherever one is below the one before.
    var runs: [Int] = [0]

    func encoded() -> OutputBuffer {
        let output = OutputBuffer()
        func append(_ range: Range<Int>) {
            output.append(variable: UInt64(range.lowerBound))
            output.append(variable: UInt64(range.count))
        }
        output.append(variable: UInt64(documentCount))
        output.append(variable: UInt64(postingsEnd))
        append(seqNos)
        append(roots)
        output.append(variable: UInt64(runs.count))
        for run in runs { output.append(variable: UInt64(run)) }
        output.append(variable: UInt64(fields.count))
        for field in fields {
            output.append(variable: field.number.rawValue)
            field.options.append(to: output)
            output.append(variable: UInt64(field.termCount))
            output.append(variable: UInt64(field.statistics.documentCount))
            output.append(variable: UInt64(field.statistics.sumDocumentFrequency))
            output.append(variable: UInt64(field.statistics.sumTotalTermFrequency))
            append(field.blocks)
            append(field.index)
            output.append(variable: UInt64(field.norms))
            append(field.column)
            append(field.strings)
            output.append(variable: UInt64(field.companion.byteCount))
            output.append(integer: field.companion.checksum)
        }
        return output
    }

    init() {}

    /// `nil` when the bytes are not a directory, or a part is behind the limit.
    init?(_ bytes: ByteReader, limit: Int) {
        var reader = bytes
        var isSound = true
        func number(_ upTo: Int) -> Int {
            let value = reader.variable()
            if value > UInt64(upTo) { isSound = false }
            return isSound ? Int(value) : 0
        }
        func range() -> Range<Int> {
            let start = number(limit), count = number(limit - start)
            return start..<start + count
        }
        documentCount = number(Int(Int32.max) - 1)
        postingsEnd = number(limit)
        seqNos = range()
        roots = range()
        runs = []
        for _ in 0..<number(documentCount) {
            guard isSound, !reader.hasFailed else { return nil }
            let run = number(documentCount - 1)
            if let last = runs.last, run <= last { return nil }
            runs.append(run)
        }
        guard runs.first == 0 else { return nil }
        let count = number(1 << 24)
        for _ in 0..<count {
            guard isSound, !reader.hasFailed else { return nil }
            let fieldNumber = FieldNumber(reader.variable32())
            guard let options = FieldOptions(&reader) else { return nil }
            var field = Field(number: fieldNumber, options: options)
            field.termCount = number(limit)
            field.statistics.documentCount = number(documentCount)
            field.statistics.sumDocumentFrequency = number(.max >> 1)
            field.statistics.sumTotalTermFrequency = number(.max >> 1)
            field.blocks = range()
            field.index = range()
            field.norms = number(limit)
            field.column = range()
            field.strings = range()
            field.companion.byteCount = number(.max >> 1)
            field.companion.checksum = reader.integer(UInt32.self)
            if field.norms > 0, field.norms + documentCount > limit { return nil }
            fields.append(field)
        }
        guard isSound, !reader.hasFailed, documentCount > 0 else { return nil }
        if !roots.isEmpty, roots.count != (documentCount + 63) / 64 * 8 || roots.lowerBound % 8 != 0 { return nil }
    }
}
