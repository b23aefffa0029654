import ArgumentParser
import JSON
import Relevance

/// Where a command that works on single texts takes them from.
struct TextInput: ParsableArguments {
    @Argument(help: "Texts. Without any, they are read from --file.")
    var texts: [String] = []

    @Option(
        name: .shortAndLong, help: ArgumentHelp("File with one text a line; '-' is standard input.", valueName: "file"))
    var file = "-"

    @Flag(help: "Lines are JSON: a string, or an object with 'text' and, if it has one, 'id'.")
    var jsonl = false

    /// A text with what else its line said.
    struct Item {
        let id: String?
        let text: String
        /// A second text, for commands that read pairs.
        let pair: String?
    }

    /// Hands the texts on in groups of at most `size`; on a terminal or a pipe that is typed into, groups stay small.
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
        if jsonl {
            var records = try InputRecords(path: file)
            while let record = try records.next() { try add(Self.item(record)) }
        } else {
            var reader = try LineReader(path: file)
            while let line = try reader.next() {
                try add(Item(id: nil, text: String(decoding: line, as: UTF8.self), pair: nil))
            }
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
