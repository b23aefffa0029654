import IndexFiles

/// What can go wrong with the files of an index or with what is given to it.
public enum IndexError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A file is missing, cannot be read or written.
    case file(path: String, reason: String)
    /// A file is not what was written: its checksum, size or structure is wrong.
    case corrupt(file: String, reason: String)
    /// A file is of a format version that this program does not read.
    case version(file: String, found: UInt32, expected: UInt32)
    /// A field was defined again with other options.
    case field(FieldNumber, reason: String)
    /// A document cannot be indexed.
    case document(seqNo: Int64, reason: String)
    /// The writer was closed.
    case closed

    /// What went wrong with one of the files.
    init(_ error: IndexFileError) {
        switch error {
        case .file(let path, let reason): self = .file(path: path, reason: reason)
        case .corrupt(let file, let reason): self = .corrupt(file: file, reason: reason)
        case .version(let file, let found, let expected):
            self = .version(file: file, found: found, expected: expected)
        }
    }

    /// Does something with files.
    static func converting<R>(_ body: () throws(IndexFileError) -> R) throws(IndexError) -> R {
        do throws(IndexFileError) { return try body() } catch { throw IndexError(error) }
    }

    /// What happened, where, and what to do.
    public var description: String {
        switch self {
        case .file(let path, let reason): "\(path): \(reason)"
        case .corrupt(let file, let reason): "\(file) is damaged: \(reason); rebuild the index from its documents"
        case .version(let file, let found, let expected):
            "\(file) has format version \(found), this program reads \(expected); rebuild the index from its documents"
        case .field(let field, let reason): "\(field): \(reason)"
        case .document(let seqNo, let reason): "document with seq_no \(seqNo): \(reason)"
        case .closed: "the index was closed"
        }
    }
}
