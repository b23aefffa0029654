import CPostings
import IndexFiles

/// The bytes of the vectors of one field in one segment: a header, sections, a checksum.
///
/// Little endian; sections begin at multiples of 64.
///
/// Header, 320 bytes: "NTVECTOR", version (32 bits), element (8), space (8), 0 (16), dimension (32), documents (32), rows (32), m (32),
/// ef_construction (32), entry (32), top level (32), rows of upper levels (32), largest norm (float), 0 (32), then offset and length
/// (64 each) of every ``Section``, zeros, at 312 the length of all (32 lower bits) and at 316 the checksum of the header before it. After the
/// last section the checksum of all before (32) and "VEND".
struct VectorFile {
    static let magic: UInt64 = 0x524f_5443_4556_544e
    static let endMagic: UInt32 = 0x444e_4556
    static let version: UInt32 = 1
    static let headerSize = 320
    static let footerSize = 8

    /// What there is, in the order of the file.
    enum Section: Int, CaseIterable {
        /// [rows] the documents, ascending; empty if all documents have a vector.
        case documents
        /// [rows] vectors, as their documents gave them.
        case values
        /// [rows] vectors rounded to bytes, and what goes with them; see ``VectorRows``.
        case codes, scales, errors, norms
        /// See ``GraphView``; empty without a graph.
        case lowestStarts, lowest, upperRows, upperStarts, upper
    }

    var field: VectorField
    var documentCount: Int
    var rowCount: Int
    var options: GraphOptions
    var entry: UInt32 = 0
    var topLevel = 0
    var upperRowCount = 0
    var largestNorm: Float = 0
    /// Length of each section.
    var lengths = [Int](repeating: 0, count: Section.allCases.count)

    init(field: VectorField, documentCount: Int, rowCount: Int, options: GraphOptions) {
        self.field = field
        self.documentCount = documentCount
        self.rowCount = rowCount
        self.options = options
    }

    var hasGraph: Bool { lengths[Section.lowestStarts.rawValue] > 0 }

    /// Where each section begins, and the footer behind them.
    var offsets: [Int] {
        var offsets = [Self.headerSize]
        for length in lengths { offsets.append((offsets[offsets.count - 1] + length + 63) / 64 * 64) }
        return offsets
    }

    var byteCount: Int { offsets[offsets.count - 1] + Self.footerSize }

    /// The header's bytes.
    var header: [UInt8] {
        var bytes: [UInt8] = []
        func append<T: FixedWidthInteger>(_ value: T) {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        append(Self.magic)
        append(Self.version)
        append(UInt8(VectorElement.allCases.firstIndex(of: field.element)!))
        append(UInt8(VectorSpace.allCases.firstIndex(of: field.space)!))
        append(UInt16(0))
        for value in [field.dimension, documentCount, rowCount, options.m, options.efConstruction] {
            append(UInt32(value))
        }
        append(entry)
        append(UInt32(topLevel))
        append(UInt32(upperRowCount))
        append(largestNorm.bitPattern)
        append(UInt32(0))
        for (offset, length) in zip(offsets, lengths) {
            append(UInt64(offset))
            append(UInt64(length))
        }
        bytes.append(contentsOf: [UInt8](repeating: 0, count: Self.headerSize - 8 - bytes.count))
        append(UInt32(truncatingIfNeeded: byteCount))
        append(cp_crc32c(0, bytes, bytes.count))
        return bytes
    }

    /// Reads a header.
    ///
    /// Every section is then known to lie within the bytes, with the length that the counts ask for.
    init(_ bytes: UnsafeRawBufferPointer, file: String) throws(IndexFileError) {
        func fault(_ reason: String) -> IndexFileError { .corrupt(file: file, reason: reason) }
        guard bytes.count >= Self.headerSize + Self.footerSize else { throw fault("it has only \(bytes.count) bytes") }
        guard Int(bitPattern: bytes.baseAddress) % 64 == 0 else { throw fault("it does not begin at a multiple of 64") }
        func integer<T: FixedWidthInteger>(_ offset: Int, _ type: T.Type) -> T {
            T(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
        }
        guard integer(0, UInt64.self) == Self.magic else { throw fault("it does not begin as stored vectors do") }
        let version = integer(8, UInt32.self)
        guard version == Self.version else {
            throw .version(file: file, found: version, expected: Self.version)
        }
        guard integer(Self.headerSize - 4, UInt32.self) == cp_crc32c(0, bytes.baseAddress, Self.headerSize - 4) else {
            throw fault("the checksum of its header is wrong")
        }
        let element = Int(integer(12, UInt8.self)), space = Int(integer(13, UInt8.self))
        guard element < VectorElement.allCases.count, space < VectorSpace.allCases.count,
            let field = try? VectorField(
                dimension: Int(integer(16, UInt32.self)), element: VectorElement.allCases[element],
                space: VectorSpace.allCases[space])
        else { throw fault("it is of no known kind of vectors") }
        self.field = field
        documentCount = Int(integer(20, UInt32.self))
        rowCount = Int(integer(24, UInt32.self))
        let m = Int(integer(28, UInt32.self)), efConstruction = Int(integer(32, UInt32.self))
        options = GraphOptions(m: m, efConstruction: efConstruction)
        entry = integer(36, UInt32.self)
        topLevel = Int(integer(40, UInt32.self))
        upperRowCount = Int(integer(44, UInt32.self))
        largestNorm = Float(bitPattern: integer(48, UInt32.self))
        var wanted: [(offset: UInt64, length: UInt64)] = []
        for section in Section.allCases {
            let place = 56 + 16 * section.rawValue
            wanted.append((integer(place, UInt64.self), integer(place + 8, UInt64.self)))
        }
        guard rowCount <= documentCount, rowCount < 1 << 31, options.m == m, options.efConstruction == efConstruction,
            topLevel <= GraphLevels.highest, upperRowCount <= rowCount,
            wanted.allSatisfy({ $0.length <= UInt64(bytes.count) })
        else { throw fault("its counts are not possible") }
        lengths = wanted.map { Int($0.length) }
        guard zip(wanted, offsets).allSatisfy({ $0.offset == UInt64($1) }), byteCount == bytes.count else {
            throw fault("it has \(bytes.count) bytes, not \(byteCount): it was cut off or does not belong here")
        }
        guard hasExpectedLengths else { throw fault("its sections do not have the lengths that its counts ask for") }
    }

    private var hasExpectedLengths: Bool {
        func length(_ section: Section) -> Int { lengths[section.rawValue] }
        let coded = field.hasCodes ? rowCount : 0
        guard length(.documents) == (rowCount == documentCount ? 0 : 4 * rowCount),
            length(.values) == rowCount * field.rowSize, length(.codes) == coded * field.codeSize,
            length(.scales) == 4 * coded, length(.errors) == 4 * coded,
            length(.norms) == (field.element == .binary ? 0 : 4 * rowCount)
        else { return false }
        guard hasGraph else {
            return [.lowest, .upperRows, .upperStarts, .upper].allSatisfy { length($0) == 0 }
        }
        return rowCount > 0 && Int(entry) < rowCount && length(.lowestStarts) == 4 * (rowCount + 1)
            && length(.lowest) % 4 == 0 && length(.upperRows) == 4 * upperRowCount
            && length(.upperStarts) == 4 * (upperRowCount + 1) && length(.upper) % 4 == 0
    }
}
