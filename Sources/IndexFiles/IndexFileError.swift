/// What can go wrong with a file of an index.
public enum IndexFileError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A file is missing, cannot be read or written.
    case file(path: String, reason: String)
    /// A file is not what was written: its checksum, size or structure is wrong.
    case corrupt(file: String, reason: String)
    /// A file is of a format version that this program does not read.
    case version(file: String, found: UInt32, expected: UInt32)

    /// What happened, where, and what to do.
    public var description: String {
        switch self {
        case .file(let path, let reason): "\(path): \(reason)"
        case .corrupt(let file, let reason): "\(file) is damaged: \(reason); rebuild the index from its documents"
        case .version(let file, let found, let expected):
            "\(file) has format version \(found), this program reads \(expected); rebuild the index from its documents"
        }
    }
}
