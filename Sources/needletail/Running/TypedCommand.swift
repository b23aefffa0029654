/// What was typed, so that a shell reads it as it was.
enum TypedCommand {
    /// The whole command line.
    static var text: String { (["needletail"] + CommandLine.arguments.dropFirst()).map(quoted).joined(separator: " ") }

    /// A word, in quotes where a shell would take it apart.
    static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || "-_./=:,@%+".utf8.contains(byte)
            }
        return isPlain ? word : "'" + word.replacing("'", with: #"'\''"#) + "'"
    }
}
