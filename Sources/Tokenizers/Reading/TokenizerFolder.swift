internal import Glibc
internal import JSON

/// The tokenizer files of a model folder.
struct TokenizerFolder {
    let path: String

    /// The largest file that is read; the largest vocabularies in use have some 20 MB.
    static let largestFile = 256 << 20

    /// The bytes of a file; nil if it is not there.
    ///
    /// Only regular files are read: a pipe would wait, a device might not end.
    func bytes(of name: String) throws(TokenizerError) -> [UInt8]? {
        let file = path + "/" + name
        let descriptor = open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw Self.unreadable(file)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.unreadable(file) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw TokenizerError(.unreadableFile, "is not a regular file; put a file in its place", file: file)
        }
        guard status.st_size <= Self.largestFile else {
            throw TokenizerError(
                .unreadableFile,
                "has \(status.st_size) bytes, more than the \(Self.largestFile) that a tokenizer may have", file: file)
        }
        // One byte more, so that the end is seen without another round.
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size) + 1)
        var count = 0
        while count < bytes.count {
            let result = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + count, $0.count - count) }
            if result < 0 {
                if errno == EINTR { continue }
                throw Self.unreadable(file)
            }
            if result == 0 { break }
            count += result
        }
        guard count < bytes.count else {
            throw TokenizerError(.unreadableFile, "grew while it was read; try again", file: file)
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    private static func unreadable(_ file: String) -> TokenizerError {
        TokenizerError(.unreadableFile, "cannot be read: \(String(cString: strerror(errno)))", file: file)
    }

    /// The document of a JSON file; nil if it is not there.
    func json(_ name: String) throws(TokenizerError) -> JSONValue? {
        guard let bytes = try bytes(of: name) else { return nil }
        do {
            return try JSONValue(parsing: bytes)
        } catch {
            throw TokenizerError(.malformedFile, "is not JSON: \(error)", file: path + "/" + name)
        }
    }

    /// The lines of a text file without their ends; nil if it is not there.
    func lines(of name: String) throws(TokenizerError) -> [String]? {
        guard let bytes = try bytes(of: name) else { return nil }
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { line -> String in
            String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
        }
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    /// An error about a file of this folder, in place of one that knows only the place in the document.
    func located(_ error: TokenizerError, in name: String) -> TokenizerError {
        var error = error
        if error.file == nil { error.file = path + "/" + name }
        return error
    }
}
