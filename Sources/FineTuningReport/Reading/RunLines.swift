import JSON
import Relevance

/// Reads what a run left in its folder, as far as it is there: a report must not fail for a file that a stopped phase did not finish.
struct RunLines {
    private static let limits = JSONLimits(maximumDepth: 64, maximumBytes: 64 << 20)
    let folder: String

    /// A file that is one document; nil if there is none that can be read.
    func value(_ name: String) -> JSONValue? {
        guard let bytes = bytes(name) else { return nil }
        return try? JSONValue(parsing: bytes, limits: Self.limits)
    }

    /// A file's bytes; nil if it cannot be read, or has more than 256 MB.
    func bytes(_ name: String) -> [UInt8]? {
        guard var reader = try? LineReader(path: folder + "/" + name, lineLimit: 64 << 20) else { return nil }
        var bytes: [UInt8] = []
        while let line = try? reader.next() {
            bytes += line
            bytes.append(0x0A)
            guard bytes.count <= 256 << 20 else { return nil }
        }
        return bytes
    }

    /// The lines of a file, up to the first that cannot be read.
    func each(_ name: String, _ body: (JSONValue) -> Void) {
        guard var reader = try? LineReader(path: folder + "/" + name, lineLimit: 64 << 20) else { return }
        while let line = try? reader.next() {
            guard let value = try? JSONValue(parsing: line, limits: Self.limits) else { return }
            body(value)
        }
    }

    /// How many lines a file has; nil without the file.
    func count(_ name: String) -> Int? {
        guard var reader = try? LineReader(path: folder + "/" + name, lineLimit: 64 << 20) else { return nil }
        var count = 0
        while let line = try? reader.next() { count += line.isEmpty ? 0 : 1 }
        return count
    }

    /// So many lines of a file, evenly spread.
    func sample(_ name: String, _ wanted: Int, where isFit: (JSONValue) -> Bool = { _ in true }) -> [JSONValue] {
        var total = 0
        each(name) { if isFit($0) { total += 1 } }
        var sample: [JSONValue] = []
        var number = 0
        each(name) { value in
            guard isFit(value) else { return }
            if number * wanted / max(1, total) >= sample.count, sample.count < wanted { sample.append(value) }
            number += 1
        }
        return sample
    }
}
