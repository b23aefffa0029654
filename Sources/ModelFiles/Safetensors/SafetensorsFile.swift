import JSON

/// Reads the safetensors format: eight bytes of header length, a JSON header, and the tensors without gaps.
///
/// Everything that the reference implementation (huggingface/safetensors, `tensor.rs`) refuses is refused: a header of more than 100 MB
/// or that does not begin with a brace, duplicate names, tensors that overlap or leave holes, sizes that do not follow from type and shape,
/// and a file that ends before or goes on after the last tensor.
enum SafetensorsFile {
    /// The largest header that the reference implementation reads.
    static let largestHeader = 100_000_000

    /// A header entry before its place is checked.
    private struct Entry {
        var name: String
        var type: String
        var shape: [Int]
        var begin: Int
        var end: Int
    }

    static func read(_ bytes: FileBytes) throws(ModelFileError) -> WeightArchive {
        let headerCount = try headerCount(bytes)
        let (entries, metadata) = try header(bytes.part(8..<8 + headerCount))
        let data = try bytes.part(8 + headerCount..<bytes.count)
        try checkLayout(entries, dataCount: data.count, headerEnd: 8 + headerCount, path: bytes.path)
        var tensors: [StoredTensor] = []
        tensors.reserveCapacity(entries.count)
        for entry in entries {
            tensors.append(try tensor(entry, data: data, headerEnd: 8 + headerCount))
        }
        return try WeightArchive(path: bytes.path, format: .safetensors, tensors: tensors, metadata: metadata)
    }

    private static func headerCount(_ bytes: FileBytes) throws(ModelFileError) -> Int {
        guard bytes.count >= 8 else {
            throw ModelFileError(
                .truncated, path: bytes.path, offset: bytes.count,
                reason:
                    "a safetensors file begins with 8 bytes of header length, and this one has \(bytes.count) bytes",
                advice: "Download the file again")
        }
        let announced = bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
        guard announced <= UInt64(largestHeader) else {
            throw ModelFileError(
                .limitExceeded, path: bytes.path, offset: 0,
                reason: "a header of \(announced) bytes is announced; at most \(largestHeader) are accepted",
                advice: "This is not a safetensors file, or it is damaged: download it again")
        }
        guard announced <= UInt64(bytes.count - 8) else {
            throw ModelFileError(
                .truncated, path: bytes.path, offset: 0,
                reason: "a header of \(announced) bytes is announced and \(bytes.count - 8) follow",
                advice: "Download the file again")
        }
        return Int(announced)
    }

    private static func header(_ bytes: FileBytes) throws(ModelFileError) -> ([Entry], [String: String]) {
        let path = bytes.path
        func fault(_ reason: String, subject: String? = nil, at offset: Int) -> ModelFileError {
            ModelFileError(.malformed, path: path, offset: 8 + offset, subject: subject, reason: reason)
        }
        guard bytes.withUnsafeBytes({ $0.first == UInt8(ascii: "{") }) else {
            throw fault("the header does not begin with a brace", at: 0)
        }
        var entries: [Entry] = []
        var metadata: [String: String] = [:]
        var hasMetadata = false
        do throws(JSONError) {
            try bytes.withUnsafeBytes { (header) throws(JSONError) in
                var reader = JSONReader(header, limits: JSONLimits(maximumDepth: 8))
                try reader.readObject { (name, reader) throws(JSONError) in
                    if name == "__metadata__" {
                        guard !hasMetadata else { throw reader.fault("__metadata__ occurs twice") }
                        hasMetadata = true
                        try reader.readObject { (key, reader) throws(JSONError) in
                            metadata[key] = try reader.readString()
                        }
                    } else {
                        entries.append(try entry(name, &reader))
                    }
                }
                try reader.finish()
            }
        } catch {
            throw fault("the header is not what it must be: \(error.reason)", at: error.offset)
        }
        return (entries, metadata)
    }

    private static func entry(_ name: String, _ reader: inout JSONReader) throws(JSONError) -> Entry {
        var type: String?
        var shape: [Int]?
        var offsets: [Int]?
        try reader.readObject { (key, reader) throws(JSONError) in
            switch key {
            case "dtype" where type == nil: type = try reader.readString()
            case "shape" where shape == nil: shape = try integers(&reader)
            case "data_offsets" where offsets == nil: offsets = try integers(&reader)
            case "dtype", "shape", "data_offsets": throw reader.fault("\(key) of \(name) occurs twice")
            default: throw reader.fault("\(name) has an unknown field \(key)")
            }
        }
        guard let type else { throw reader.fault("\(name) has no dtype") }
        guard let shape else { throw reader.fault("\(name) has no shape") }
        guard let offsets, offsets.count == 2 else { throw reader.fault("\(name) has no pair of data_offsets") }
        return Entry(name: name, type: type, shape: shape, begin: offsets[0], end: offsets[1])
    }

    private static func integers(_ reader: inout JSONReader) throws(JSONError) -> [Int] {
        var values: [Int] = []
        try reader.readArray { (reader) throws(JSONError) in
            let number = try reader.readNumber()
            guard number.isInteger, let value = number.int, value >= 0 else {
                throw reader.fault("\(number) is not a whole number of 0 to 2^63 - 1")
            }
            values.append(value)
        }
        return values
    }

    /// The tensors must fill the data without overlap and without holes.
    private static func checkLayout(
        _ entries: [Entry], dataCount: Int, headerEnd: Int, path: String
    ) throws(ModelFileError) {
        var expected = 0
        for entry in entries.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
            let subject = "tensor \(entry.name)"
            guard entry.begin <= entry.end else {
                throw ModelFileError(
                    .malformed, path: path, subject: subject,
                    reason: "it ends (\(entry.end)) before it begins (\(entry.begin))")
            }
            guard entry.end <= dataCount else {
                throw ModelFileError(
                    .truncated, path: path, offset: headerEnd + min(entry.begin, dataCount), subject: subject,
                    reason:
                        "its bytes \(entry.begin)..<\(entry.end) are not all there: \(dataCount) bytes follow the header",
                    advice: "Download the file again")
            }
            guard entry.begin == expected else {
                let what = entry.begin < expected ? "overlaps the one before" : "leaves a hole behind the one before"
                throw ModelFileError(
                    .malformed, path: path, offset: headerEnd + entry.begin, subject: subject,
                    reason: "it \(what), which ends at \(expected)")
            }
            expected = entry.end
        }
        guard expected == dataCount else {
            throw ModelFileError(
                .malformed, path: path, offset: headerEnd + expected,
                reason: "\(dataCount - expected) bytes follow the last tensor and belong to none")
        }
    }

    private static func tensor(_ entry: Entry, data: FileBytes, headerEnd: Int) throws(ModelFileError) -> StoredTensor {
        func fault(_ kind: ModelFileError.Kind, _ reason: String, advice: String? = nil) -> ModelFileError {
            ModelFileError(
                kind, path: data.path, offset: headerEnd + entry.begin, subject: "tensor \(entry.name)", reason: reason,
                advice: advice)
        }
        guard let type = ElementType(safetensors: entry.type) else {
            throw fault(
                .unsupported, "its type \(entry.type) cannot be read", advice: "Convert the weights to F32, F16 or BF16"
            )
        }
        guard let count = StoredTensor.elementCount(entry.shape),
            case let (size, overflow) = count.multipliedReportingOverflow(by: type.byteCount), !overflow
        else { throw fault(.malformed, "the size of shape \(entry.shape) overflows") }
        guard size == entry.end - entry.begin else {
            throw fault(
                .malformed,
                "shape \(entry.shape) of \(entry.type) takes \(size) bytes, and \(entry.end - entry.begin) are given")
        }
        return try StoredTensor(
            name: entry.name, elementType: type, shape: entry.shape, bytes: data.part(entry.begin..<entry.end))
    }
}

extension ElementType {
    /// The type of a name that safetensors uses.
    init?(safetensors name: String) {
        guard let type = Self.allCases.first(where: { $0.safetensorsName == name }) else { return nil }
        self = type
    }

    /// The name that safetensors uses.
    var safetensorsName: String { rawValue.uppercased() }
}
