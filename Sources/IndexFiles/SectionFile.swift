import CPostings
import Synchronization

/// An immutable file of numbered sections, mapped.
///
/// Header, 16 bytes: kind (8 characters), version (32 bits), 0. Sections, each at a multiple of 64. ``CP_PADDING`` zeros, so that
/// kernels may read behind a section. Directory: number, offset and length of each section (64 bits each). Footer, 32 bytes: offset of the
/// directory (64), its entries (32) and checksum (32), checksum of all bytes before this field (32), version (32), "NTSECEND".
/// Little endian; checksums are CRC-32C.
package final class SectionFile: Sendable {
    static let alignment = 64
    static let footerMagic: UInt64 = 0x444e_4543_4553_544e
    private static let headerSize = 16
    private static let footerSize = 32
    private static let sectionLimit = 1024

    private let memory: MappedFile
    private let ranges: [UInt32: Range<Int>]
    private let reported = Mutex<IndexFileError?>(nil)

    /// Maps a file and checks what is quickly checked: sizes, header, footer and the directory.
    ///
    /// - Throws: ``IndexFileError`` when the file is missing, damaged, of another kind or version.
    package init(path: String, kind: StaticString, version: UInt32) throws(IndexFileError) {
        memory = try MappedFile(path: path)
        let bytes = memory.bytes
        guard bytes.count >= Self.headerSize + Self.footerSize + Int(CP_PADDING) else {
            throw .corrupt(file: path, reason: "it has only \(bytes.count) bytes")
        }
        guard UnsafeRawBufferPointer(start: kind.utf8Start, count: 8).elementsEqual(bytes[..<8]) else {
            throw .corrupt(file: path, reason: "it does not begin with \(kind)")
        }
        let found = bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)
        guard found == version else { throw .version(file: path, found: found, expected: version) }
        let footer = bytes.count - Self.footerSize
        guard bytes.loadUnaligned(fromByteOffset: footer + 20, as: UInt32.self) == version,
            bytes.loadUnaligned(fromByteOffset: footer + 24, as: UInt64.self) == Self.footerMagic
        else { throw .corrupt(file: path, reason: "it does not end as it should: it was cut off") }
        let offset = bytes.loadUnaligned(fromByteOffset: footer, as: UInt64.self)
        let count = Int(bytes.loadUnaligned(fromByteOffset: footer + 8, as: UInt32.self))
        guard count <= Self.sectionLimit, offset >= UInt64(Self.headerSize) + UInt64(CP_PADDING), offset % 8 == 0,
            offset <= UInt64(footer), Int(offset) + 24 * count == footer
        else { throw .corrupt(file: path, reason: "its directory is not where the footer says") }
        let start = Int(offset)
        guard
            cp_crc32c(0, bytes.baseAddress! + start, 24 * count)
                == bytes.loadUnaligned(fromByteOffset: footer + 12, as: UInt32.self)
        else { throw .corrupt(file: path, reason: "the checksum of its directory is wrong") }
        var ranges: [UInt32: Range<Int>] = [:]
        for i in 0..<count {
            let number = bytes.loadUnaligned(fromByteOffset: start + 24 * i, as: UInt64.self)
            let from = bytes.loadUnaligned(fromByteOffset: start + 24 * i + 8, as: UInt64.self)
            let length = bytes.loadUnaligned(fromByteOffset: start + 24 * i + 16, as: UInt64.self)
            let limit = UInt64(start) - UInt64(CP_PADDING)
            guard let number = UInt32(exactly: number), ranges[number] == nil, from >= Self.headerSize,
                from % UInt64(Self.alignment) == 0, from <= limit, length <= limit - from
            else { throw .corrupt(file: path, reason: "its directory cannot be read") }
            ranges[number] = Int(from)..<Int(from + length)
        }
        self.ranges = ranges
    }

    /// The file.
    package var path: String { memory.path }

    /// The size of the file.
    package var byteCount: Int { memory.bytes.count }

    /// The bytes of a section; empty when there is no such section.
    ///
    /// Valid as long as this object lives.
    package func section(_ number: UInt32) -> UnsafeRawBufferPointer {
        guard let range = ranges[number] else {
            return UnsafeRawBufferPointer(start: memory.bytes.baseAddress!, count: 0)
        }
        return UnsafeRawBufferPointer(rebasing: memory.bytes[range])
    }

    /// A section as an array.
    ///
    /// - Throws: ``IndexFileError/corrupt(file:reason:)`` when it does not have as many elements.
    package func array<T: BitwiseCopyable>(
        _ number: UInt32, of type: T.Type, count: Int, _ name: String
    ) throws(IndexFileError) -> UnsafePointer<T> {
        let bytes = section(number)
        let (size, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<T>.stride)
        guard count >= 0, !overflow, bytes.count == size else {
            throw .corrupt(file: path, reason: "its \(name) have \(bytes.count) bytes where \(count) are expected")
        }
        return bytes.baseAddress!.assumingMemoryBound(to: T.self)
    }

    /// An error that names this file; the first one is remembered as its ``damage``.
    package func corrupt(_ reason: String) -> IndexFileError {
        let error = IndexFileError.corrupt(file: path, reason: reason)
        reported.withLock { if $0 == nil { $0 = error } }
        return error
    }

    /// What was found to be wrong since the file was opened; `nil`: nothing.
    package var damage: IndexFileError? { reported.withLock { $0 } ?? memory.damage }

    /// The checksum of all bytes before the place where it stands, as written.
    package var checksum: UInt32 { memory.bytes.loadUnaligned(fromByteOffset: byteCount - 16, as: UInt32.self) }

    /// Reads the whole file and compares its checksum.
    ///
    /// - Throws: ``IndexFileError/corrupt(file:reason:)``.
    package func verify() throws(IndexFileError) {
        let bytes = memory.bytes
        guard cp_crc32c(0, bytes.baseAddress, bytes.count - 16) == checksum else {
            throw memory.damage ?? .corrupt(file: path, reason: "the checksum of its bytes is wrong")
        }
    }
}
