#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the streams of the process are connected to.
struct Terminal {
    /// Whether the stream is a terminal.
    let isTerminal: Bool
    /// Columns; without limit where the stream is no terminal and COLUMNS does not say.
    let width: Int
    /// Whether colour may be used: a terminal that is not `dumb`, and NO_COLOR unset or empty (<https://no-color.org>).
    let usesColor: Bool

    static let output = Terminal(descriptor: STDOUT_FILENO)
    static let error = Terminal(descriptor: STDERR_FILENO)

    private init(descriptor: Int32) {
        isTerminal = isatty(descriptor) == 1
        var size = winsize()
        let named = environmentValue("COLUMNS").flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
        if isTerminal, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
            width = Int(size.ws_col)
        } else {
            width = named ?? (isTerminal ? 100 : .max)
        }
        let noColor = environmentValue("NO_COLOR") ?? ""
        usesColor = isTerminal && noColor.isEmpty && environmentValue("TERM") != "dumb"
    }

    /// The text in a style, where colour is used.
    func styled(_ text: String, _ style: Style) -> String {
        usesColor ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }

    enum Style: String {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
    }
}

extension String {
    /// The text without characters that a terminal would obey: what others wrote moves no cursor.
    var withoutControls: String {
        var text = ""
        for scalar in unicodeScalars {
            let isControl = scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
            text.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
        }
        return text
    }
}

/// A variable of the environment.
func environmentValue(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
}
