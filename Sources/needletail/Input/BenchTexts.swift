import ArgumentParser
import JSON

/// The texts of a benchmark: a file of JSON lines, a corpus in BEIR's layout among them.
struct BenchTexts: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            #"File with a text a line: a JSON string, or {"text": ...}, with "title" or without; '-' is standard input."#,
            valueName: "file"),
        completion: .file())
    var texts: String

    func validate() throws {
        try refuseEmpty(["--texts": texts])
    }

    /// All texts of the file, at least one; a title stands before its text.
    func read() throws -> [String] {
        var read: [String] = []
        var records = try InputRecords(path: texts)
        while let record = try records.next() {
            if let text = record.value.string {
                read.append(text)
            } else if record.value.object != nil {
                let text = try record.string("text")
                let title = try record.optionalString(record.value["title"], "title") ?? ""
                read.append(title.isEmpty ? text : text.isEmpty ? title : title + " " + text)
            } else {
                throw record.failure("", "must be a string or an object with 'text', not \(record.value.typeName)")
            }
        }
        guard !read.isEmpty else {
            throw CommandFailure(.badData, #"\#(texts): there are no texts. Give lines like {"text": "..."}."#)
        }
        return read
    }
}
