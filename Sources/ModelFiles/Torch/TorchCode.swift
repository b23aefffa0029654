/// The code of a TorchScript file, as text: it is searched for constants that a trace has written out, and never run.
///
/// Format: `torch/csrc/jit/serialization/python_print.cpp`; one statement a line, numbers as literals.
struct TorchCode {
    private static let largest = 16 << 20
    private static let maximumFiles = 16_384
    /// No encoder calls a function more often; a hostile file would make work without an end.
    private static let maximumCalls = 16_384

    /// The names of the source files behind `code/__torch__/`.
    let names: [String]
    /// Their texts, in the same order.
    let texts: [String]

    /// Reads the code of a TorchScript archive; nil if the bytes are none.
    ///
    /// - Throws: ``ModelFileError`` if the archive is damaged or the code has no end.
    init?(_ file: FileBytes) throws(ModelFileError) {
        guard ZipArchive.recognizes(file) else { return nil }
        let archive = try ZipArchive(file)
        guard let folder = TorchFile.folder(in: archive), archive[folder + "constants.pkl"] != nil else { return nil }
        let prefix = folder + "code/"
        let entries = archive.entries.filter { $0.name.hasPrefix(prefix) && $0.name.hasSuffix(".py") }
        let size = entries.reduce(0) { $0 &+ min($1.size, Self.largest) }
        guard entries.count <= Self.maximumFiles, size < Self.largest else {
            throw file.failure(
                .limitExceeded,
                "the module's code has \(entries.count) files with \(size) bytes or more; "
                    + "\(Self.maximumFiles) files and \(Self.largest) bytes are read",
                advice: "Put the config.json of the original model beside the archive")
        }
        var texts: [String] = []
        for entry in entries { texts.append(try archive.contents(of: entry).repairedText) }
        names = entries.map { String($0.name.dropFirst(prefix.count)) }
        self.texts = texts
    }

    /// The arguments of all calls of a function, as they are written, those of nested calls included in one piece.
    func calls(of function: String, in text: String) -> [[String]] {
        let bytes = Array(text.utf8)
        let name = Array((function + "(").utf8)
        var found: [[String]] = []
        var index = 0
        while index + name.count <= bytes.count, found.count < Self.maximumCalls {
            guard bytes[index] == name[0], bytes[index..<(index + name.count)].elementsEqual(name) else {
                index += 1
                continue
            }
            index += name.count
            found.append(Self.split(bytes, from: index))
        }
        return found
    }

    /// The arguments of all calls of a function in all files.
    func calls(of function: String) -> [[String]] {
        var found: [[String]] = []
        for text in texts where found.count < Self.maximumCalls { found += calls(of: function, in: text) }
        return found
    }

    /// The pieces between commas up to the bracket that closes what is open at a place.
    private static func split(_ bytes: [UInt8], from start: Int) -> [String] {
        var pieces: [String] = []
        var piece: [UInt8] = []
        var depth = 0
        // No statement of an encoder is longer; the end of a line ends it anyway.
        for byte in bytes[start...].prefix(4_096) {
            switch byte {
            case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"):
                depth -= 1
                if depth < 0 {
                    pieces.append(text(piece))
                    return pieces
                }
            case UInt8(ascii: ",") where depth == 0:
                pieces.append(text(piece))
                piece = []
                continue
            case UInt8(ascii: "\n"): return pieces
            default: break
            }
            piece.append(byte)
        }
        return pieces
    }

    private static func text(_ bytes: [UInt8]) -> String {
        let space = UInt8(ascii: " ")
        let trimmed = bytes.drop { $0 == space }.reversed().drop { $0 == space }.reversed()
        return String(decoding: trimmed, as: UTF8.self)
    }

    /// The elements of a list that is written out: numbers, and nil for what is computed.
    static func list(_ argument: String) -> [Int?]? {
        guard argument.hasPrefix("["), argument.hasSuffix("]") else { return nil }
        let inner = Array(argument.utf8.dropFirst())
        return split(inner, from: 0).map { Int($0) }
    }

    /// The body of a class of a library: from its first line to that of the next class.
    func bodies(ofClass name: String, in library: String) -> [Substring] {
        zip(names, texts).filter { $0.0.contains(library) }.flatMap { _, text in
            text.split(separator: "\nclass ").filter { $0.hasPrefix("class \(name)(") || $0.hasPrefix("\(name)(") }
        }
    }
}
