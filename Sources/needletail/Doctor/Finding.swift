import JSON

/// One thing that `needletail doctor` looked at, and how it is.
struct Finding: Sendable {
    /// How it is.
    enum Mark: String, Sendable {
        /// As it should be.
        case ok
        /// It works, and could be better or surprise somebody.
        case warning
        /// It does not work.
        case problem
    }

    let mark: Mark
    /// What was looked at: `cpu`, `memory`, `model msmarco`.
    let subject: String
    /// What was found, and what to do about it.
    let text: String

    init(_ mark: Mark, _ subject: String, _ text: String) {
        self.mark = mark
        self.subject = subject
        self.text = text
    }

    /// A line for people.
    func line(_ terminal: Terminal) -> String {
        let style: Terminal.Style =
            switch mark {
            case .ok: .green
            case .warning: .yellow
            case .problem: .red
            }
        let mark = terminal.styled(DisplayWidth.padded(mark.rawValue, to: 8), style)
        return "\(mark) \(DisplayWidth.padded(subject, to: 12)) \(text)\n"
    }

    /// A line for programs.
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for (key, value) in [("status", mark.rawValue), ("subject", subject), ("text", text)] {
            writer.key(key)
            writer.value(value)
        }
        writer.endObject()
        writer.endLine()
        return writer.bytes
    }
}
