import JSON
import ModelFiles

/// The note beside a corpus file that says how it was made, by which a repeated call knows its own work.
struct CorpusRecord {
    private let corpus: String
    private let settings: JSONValue

    /// - Parameters:
    ///   - corpus: The corpus file, by custom `documents.jsonl`.
    ///   - settings: All that decides what is in it.
    init(corpus: String, settings: JSONValue) {
        self.corpus = corpus
        self.settings = settings
    }

    /// `documents.json` beside `documents.jsonl`.
    private var path: String { corpus.hasSuffix(".jsonl") ? String(corpus.dropLast()) : corpus + ".report.json" }

    /// The report of an earlier call with the same settings, if its file is still what it wrote.
    func found() -> CorpusReport? {
        guard let file = try? FileBytes(path: path), let note = try? JSONValue(parsing: file.array()),
            note["settings"] == settings, let report = note["report"].flatMap({ CorpusReport(json: $0) }),
            let bytes = try? FileBytes(path: corpus), bytes.count == report.byteCount
        else { return nil }
        var digest = SHA256()
        bytes.withUnsafeBytes { digest.add($0) }
        return digest.hexadecimal() == report.digest ? report : nil
    }

    /// Writes the note.
    func write(_ report: CorpusReport) throws(ModelFileError) {
        let note: JSONValue = ["settings": settings, "report": report.json]
        try ReplacedFile.write(note.serializedBytes(pretty: true) + [UInt8(ascii: "\n")], to: path)
    }
}
