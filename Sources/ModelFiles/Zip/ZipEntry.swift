/// One file or folder inside a zip archive, as the central directory and the local header agree on it.
public struct ZipEntry: Sendable, Hashable {
    /// How the data lies in the archive.
    public enum Compression: UInt16, Sendable {
        /// As it is; read in place.
        case stored = 0
        /// Raw deflate (RFC 1951).
        case deflated = 8
    }

    /// The name with `/` between folders; relative and without `..`.
    public let name: String
    /// How the data lies in the archive.
    public let compression: Compression
    /// Bytes in the archive.
    public let compressedSize: Int
    /// Bytes of the data itself.
    public let size: Int
    /// CRC-32 of the data itself.
    public let checksum: UInt32
    /// Where the data begins in the archive.
    public let dataOffset: Int
    /// Whether the entry only stands for a folder.
    public var isFolder: Bool { name.hasSuffix("/") }

    package let headerOffset: Int
    package let hasDataDescriptor: Bool
}
