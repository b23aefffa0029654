import Relevance
import Synchronization

/// Text that should be UTF-8 and is not: it is read with U+FFFD in place of what is broken, and told once.
enum InvalidText {
    private static let wasNoted = Atomic(false)

    /// The text of a line; the first line of all that is not UTF-8 is told on standard error.
    static func text(of line: ArraySlice<UInt8>, from reader: borrowing LineReader) -> String {
        if let text = String(validating: line, as: UTF8.self) { return text }
        note("\(reader.path), line \(reader.lineNumber)")
        return String(decoding: line, as: UTF8.self)
    }

    /// Tells the first argument that is not UTF-8; the argument parser sees it with U+FFFD.
    static func noteArguments() {
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let argument = CommandLine.unsafeArgv[index] else { continue }
            if String(validatingCString: argument) == nil { note("argument \(index)") }
        }
    }

    private static func note(_ place: String) {
        guard !wasNoted.exchange(true, ordering: .relaxed) else { return }
        StandardError.write(
            "needletail: note: \(place): not UTF-8; U+FFFD is read in place of what is broken. Convert the text with iconv.\n"
        )
    }
}
