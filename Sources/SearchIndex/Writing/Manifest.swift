import IndexFiles
import CPostings

/// What a commit consists of: the file `manifest`, replaced as a whole.
///
/// "NTMANIFS", version (32 bits), then variable integers and length-prefixed strings: next file number, checkpoint (zigzag) and its
/// user data, fields with options, segments with their sizes, the files beside them and the file of their deletions; last a checksum (32 bits)
/// over all before it.
struct Manifest: Equatable {
    struct Entry: Equatable {
        var name: String
        /// Of the segment and what stands beside it.
        var byteCount: Int
        /// The files beside the segment.
        var companions: [String] = []
        /// Empty: nothing is deleted.
        var deletions = ""

        /// All files that belong to it.
        var files: [String] { [name] + companions + (deletions.isEmpty ? [] : [deletions]) }
    }

    static let magic: UInt64 = 0x5346_494e_414d_544e
    static let version: UInt32 = 2
    static let name = "manifest"

    var nextNumber: UInt64 = 1
    var checkpoint = Checkpoint()
    var fields: [FieldNumber: FieldOptions] = [:]
    var segments: [Entry] = []

    /// Writes it and makes it the commit; everything it names must be durable.
    func write(folder: String) throws(IndexFileError) {
        let output = OutputBuffer()
        func append(_ string: String) {
            output.append(variable: UInt64(string.utf8.count))
            for byte in string.utf8 { output.append(byte) }
        }
        output.append(integer: Self.magic)
        output.append(integer: Self.version)
        output.append(variable: nextNumber)
        output.append(integer: checkpoint.seqNo)
        output.append(variable: UInt64(checkpoint.userData.count))
        for (key, value) in checkpoint.userData.sorted(by: { $0.key < $1.key }) {
            append(key)
            append(value)
        }
        output.append(variable: UInt64(fields.count))
        for (number, options) in fields.sorted(by: { $0.key < $1.key }) {
            output.append(variable: number.rawValue)
            options.append(to: output)
        }
        output.append(variable: UInt64(segments.count))
        for segment in segments {
            append(segment.name)
            output.append(variable: UInt64(segment.byteCount))
            output.append(variable: UInt64(segment.companions.count))
            for name in segment.companions { append(name) }
            append(segment.deletions)
        }
        output.append(integer: cp_crc32c(0, output.base, output.count))
        let path = "\(folder)/\(Self.name)"
        let file = try FileOutput(path: path + ".new")
        try file.append(output.bytes)
        try file.flush()
        try SystemCalls.synchronize(path + ".new")
        try SystemCalls.rename(path + ".new", to: path)
        try SystemCalls.synchronize(folder)
    }

    init() {}

    /// Reads the commit of a folder; `nil` when there is none.
    init?(folder: String) throws(IndexFileError) {
        let path = "\(folder)/\(Self.name)"
        guard SystemCalls.exists(path) else { return nil }
        let file = try MappedFile(path: path)
        func damaged(_ reason: String) -> IndexFileError { .corrupt(file: path, reason: reason) }
        guard file.count >= 20 else { throw damaged("it has only \(file.count) bytes") }
        var reader = ByteReader(file.base, 0..<file.count - 4)
        guard reader.integer(UInt64.self) == Self.magic else { throw damaged("it does not begin as a manifest") }
        let found = reader.integer(UInt32.self)
        guard found == Self.version else { throw .version(file: path, found: found, expected: Self.version) }
        var footer = ByteReader(file.base, file.count - 4..<file.count)
        guard cp_crc32c(0, file.base, file.count - 4) == footer.integer(UInt32.self) else {
            throw damaged("its checksum is wrong")
        }
        func string() -> String {
            let count = Int(reader.variable32())
            guard let start = reader.skip(count) else { return "" }
            return String(decoding: UnsafeRawBufferPointer(start: file.base + start, count: count), as: UTF8.self)
        }
        nextNumber = reader.variable()
        checkpoint.seqNo = reader.integer(Int64.self)
        for _ in 0..<reader.variable() where !reader.hasFailed {
            let key = string()
            checkpoint.userData[key] = string()
        }
        for _ in 0..<reader.variable() where !reader.hasFailed {
            let number = FieldNumber(reader.variable32())
            guard let options = FieldOptions(&reader), number <= .highest else {
                throw damaged("it has an unknown kind of field")
            }
            fields[number] = options
        }
        for _ in 0..<reader.variable() where !reader.hasFailed {
            let name = string()
            let byteCount = Int(truncatingIfNeeded: reader.variable())
            var companions: [String] = []
            for _ in 0..<reader.variable() where !reader.hasFailed { companions.append(string()) }
            segments.append(Entry(name: name, byteCount: byteCount, companions: companions, deletions: string()))
        }
        if reader.hasFailed { throw damaged("it ends too early") }
    }
}
