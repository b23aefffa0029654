/// A run of bytes of a model file: a part of a mapped file, or a block in memory (what was inflated, or never was in a file).
///
/// Taking a part copies nothing, so that a tensor inside a file inside an archive still lies in the mapped archive.
public struct FileBytes: Sendable {
    private enum Storage: Sendable {
        case mapped(MappedFile)
        case owned([UInt8])
    }

    private let storage: Storage
    private let range: Range<Int>
    /// What to call these bytes in errors: the path of the file, or `archive: member`.
    public let path: String

    /// All bytes of a mapped file.
    public init(_ file: MappedFile) {
        storage = .mapped(file)
        range = 0..<file.count
        path = file.path
    }

    /// Bytes in memory.
    public init(_ bytes: [UInt8], path: String) {
        storage = .owned(bytes)
        range = 0..<bytes.count
        self.path = path
    }

    /// Maps a file.
    public init(path: String) throws(ModelFileError) {
        self.init(try MappedFile(path: path))
    }

    private init(storage: Storage, range: Range<Int>, path: String) {
        self.storage = storage
        self.range = range
        self.path = path
    }

    /// How many bytes there are.
    public var count: Int { range.count }

    /// Where the run starts in the mapped file; zero based on the block for bytes in memory.
    public var offsetInFile: Int { range.lowerBound }

    /// Whether the bytes lie in a mapped file rather than in memory of this process.
    public var isMapped: Bool {
        if case .mapped = storage { true } else { false }
    }

    /// A part of this run, without copying.
    ///
    /// - Parameters:
    ///   - part: Positions from the start of this run.
    ///   - name: What to call the part in errors, if it is a file of its own.
    /// - Throws: ``ModelFileError`` if the part is not within the run.
    public func part(_ part: Range<Int>, named name: String? = nil) throws(ModelFileError) -> FileBytes {
        guard part.lowerBound >= 0, part.upperBound <= count else {
            throw ModelFileError(
                .truncated, path: path, offset: max(0, min(part.lowerBound, count)),
                reason: "bytes \(part.lowerBound)..<\(part.upperBound) were announced and there are \(count)")
        }
        let start = range.lowerBound + part.lowerBound
        return FileBytes(
            storage: storage, range: start..<start + part.count, path: name.map { "\(path): \($0)" } ?? path)
    }

    /// Gives access to the bytes; the pointer is valid inside `body` only.
    ///
    /// The first byte has no particular alignment.
    public func withUnsafeBytes<Result, Failure>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch storage {
        case .mapped(let file):
            try file.withUnsafeBytes { (bytes) throws(Failure) in
                try body(UnsafeRawBufferPointer(rebasing: bytes[range]))
            }
        case .owned(let block):
            try block.withUnsafeBufferPointer { (bytes) throws(Failure) in
                try body(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[range])))
            }
        }
    }

    /// Gives the memory of a mapped file back to the system until it is read again.
    package func releasePages() {
        if case .mapped(let file) = storage { file.releasePages() }
    }

    /// A copy of the bytes.
    public func array() -> [UInt8] { withUnsafeBytes { [UInt8]($0) } }
}
