internal import Glibc
internal import JSON

/// The tokenizer files of a model folder.
struct TokenizerFolder {
    let path: String

    /// The bytes of a file; nil if it is not there.
    func bytes(of name: String) throws(TokenizerError) -> [UInt8]? {
        let file = path + "/" + name
        guard let stream = fopen(file, "rb") else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw TokenizerError(.unreadableFile, "cannot be read: \(String(cString: strerror(errno)))", file: file)
        }
        defer { fclose(stream) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&block, 1, block.count, stream)
            bytes.append(contentsOf: block[0..<count])
            if count < block.count { break }
        }
        if ferror(stream) != 0 {
            throw TokenizerError(.unreadableFile, "cannot be read to its end", file: file)
        }
        return bytes
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
