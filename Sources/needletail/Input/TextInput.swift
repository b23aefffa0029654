import ArgumentParser
import JSON
import Relevance

/// Where a command that works on single texts takes them from.
struct TextInput: ParsableArguments {
    @Argument(help: "Texts. Without any, they are read from --file.")
    var texts: [String] = []

    @Option(
        name: .shortAndLong, help: ArgumentHelp("File with one text a line; '-' is standard input.", valueName: "file"),
        completion: .file())
    var file = "-"

    @Flag(help: "Lines are JSON: a string, or an object with 'text' and, if it has one, 'id'.")
    var jsonl = false

    func validate() throws {
        try refuseEmpty(["--file": file])
    }

    /// A text with what else its line said.
    struct Item {
        let id: String?
        let text: String
        /// A second text, for commands that read pairs.
        let pair: String?
    }

    /// Hands the texts on in groups of at most `size`; texts before a broken line are handed on before it is reported.
    func forEachGroup(of size: Int, _ body: ([Item]) throws -> Void) throws {
        if !texts.isEmpty {
            var start = 0
            while start < texts.count {
                let end = min(texts.count, start + size)
                try body(texts[start..<end].map { Item(id: nil, text: $0, pair: nil) })
                start = end
            }
            return
        }
        var group: [Item] = []
        func add(_ item: Item) throws {
            group.append(item)
            if group.count == size {
                try body(group)
                group.removeAll(keepingCapacity: true)
            }
        }
        func next(_ read: () throws -> Item?) throws -> Item? {
            do {
                return try read()
            } catch {
                if !group.isEmpty { try body(group) }
                throw error
            }
        }
        if jsonl {
            var records = try InputRecords(path: file)
            while let item = try next({ try records.next().map { try Self.item($0) } }) { try add(item) }
        } else {
            var reader = try LineReader(path: file)
            func line() throws -> Item? {
                guard let line = try reader.next() else { return nil }
                return Item(id: nil, text: InvalidText.text(of: line, from: reader), pair: nil)
            }
            while let item = try next(line) { try add(item) }
        }
        if !group.isEmpty { try body(group) }
    }

    private static func item(_ record: InputRecord) throws(CommandFailure) -> Item {
        if let text = record.value.string { return Item(id: nil, text: text, pair: nil) }
        guard record.value.object != nil else {
            throw record.failure("", "must be a string or an object with 'text', not \(record.value.typeName)")
        }
        return Item(
            id: try record.identifier(of: record.value, "id"), text: try record.string("text"),
            pair: try record.optionalString(record.value["pair"], "pair"))
    }
}
