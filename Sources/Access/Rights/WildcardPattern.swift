/// A pattern of action or index names: `*` stands for any characters, `?` for one.
struct WildcardPattern: Sendable, Hashable {
    private enum Form: Sendable, Hashable {
        case everything
        case exact
        case prefix([UInt8])
        case general([UInt8])
    }

    let text: String
    private let form: Form

    init(_ text: String) {
        self.text = text
        let bytes = Array(text.utf8)
        let star = UInt8(ascii: "*")
        let firstWild = bytes.firstIndex { $0 == star || $0 == UInt8(ascii: "?") }
        switch firstWild {
        case nil: form = .exact
        case 0? where bytes.allSatisfy { $0 == star }: form = .everything
        case let place? where place == bytes.count - 1 && bytes[place] == star: form = .prefix(Array(bytes[..<place]))
        default: form = .general(bytes)
        }
    }

    /// Whether every name fits.
    var fitsEverything: Bool { form == .everything }

    /// Whether a name fits.
    ///
    /// - Complexity: O(pattern * name) at worst.
    func fits(_ name: String) -> Bool {
        switch form {
        case .everything: true
        case .exact: text == name
        case .prefix(let bytes): name.utf8.starts(with: bytes)
        case .general(let bytes): Self.fits(bytes, Array(name.utf8))
        }
    }

    /// Walks both and goes back to the last star when they differ.
    private static func fits(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
        var (p, n) = (0, 0)
        var star: (pattern: Int, name: Int)?
        while n < name.count {
            if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
                star = (p, n)
                p += 1
            } else if p < pattern.count, pattern[p] == UInt8(ascii: "?") || pattern[p] == name[n] {
                p += 1
                n += 1
            } else if let last = star {
                star = (last.pattern, last.name + 1)
                p = last.pattern + 1
                n = last.name + 1
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
