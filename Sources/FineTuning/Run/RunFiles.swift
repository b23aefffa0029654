import JSON
import ModelFiles
import Relevance

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Files of a run: whole or not there.
enum RunFiles {
    /// Makes a folder and those above it.
    static func makeFolder(_ path: String) throws(FineTuningError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw FineTuningError(
                .folder, path: path, "the folder cannot be made",
                advice: "Check its permissions and the space on the disk")
        }
    }

    /// Writes a file, with its folder.
    static func write(_ bytes: [UInt8], to path: String) throws(FineTuningError) {
        try makeFolder(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
        do throws(ModelFileError) {
            try ReplacedFile.write(bytes, to: path)
        } catch {
            throw FineTuningError(
                .folder, path: path, error.reason,
                advice: "Check the folder and the space on the disk, and resume the run")
        }
    }

    /// Writes a JSON document for people and programs.
    static func write(_ value: JSONValue, to path: String) throws(FineTuningError) {
        try write(value.serializedBytes(pretty: true) + [0x0A], to: path)
    }

    /// Writes JSON lines.
    static func write(lines: some Sequence<JSONObject>, to path: String) throws(FineTuningError) {
        var writer = JSONWriter()
        for line in lines {
            writer.value(.object(line))
            writer.endLine()
        }
        try write(writer.bytes, to: path)
    }

    /// Reads a JSON document; nil if there is none.
    static func value(_ path: String) throws(FineTuningError) -> JSONValue? {
        guard exists(path) else { return nil }
        do throws(JSONError) {
            return try JSONValue(parsing: bytes(path))
        } catch {
            throw FineTuningError(
                .folder, path: path, "it cannot be read as JSON", advice: "Is this the folder of a run, and whole?")
        }
    }

    /// The bytes of a file; none if it cannot be read.
    static func bytes(_ path: String) -> [UInt8] {
        FileManager.default.contents(atPath: path).map { [UInt8]($0) } ?? []
    }

    /// The SHA-256 of a file, in hexadecimal; of one that is not there, that of nothing.
    static func digest(_ path: String) -> String {
        var digest = SHA256()
        guard let data = FileManager.default.contents(atPath: path) else { return digest.hexadecimal() }
        unsafe data.withUnsafeBytes { unsafe digest.add($0) }
        return digest.hexadecimal()
    }

    /// Reads JSON lines.
    static func eachLine(
        _ path: String, _ body: (JSONObject, Int) throws(FineTuningError) -> Void
    ) throws(FineTuningError) {
        do {
            var reader = try LineReader(path: path)
            while let line = try reader.next() {
                if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
                guard let object = try? JSONValue(parsing: line).object else {
                    throw FineTuningError(
                        .folder, path: "\(path), line \(reader.lineNumber)", "this is no JSON object",
                        advice: "Every line is one JSON object")
                }
                try body(object, reader.lineNumber)
            }
        } catch {
            throw FineTuningError(error, .folder)
        }
    }

    /// Whether a file or folder is there.
    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}
