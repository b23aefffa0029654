package import JSON

/// Values of a source by dotted path.
package enum SourceValues {
    /// All values at a path, arrays opened; keys may themselves hold dots.
    package static func values(at path: String, in source: JSONValue) -> [JSONValue] {
        var found: [JSONValue] = []
        collect(source, path[...], into: &found)
        return found
    }

    private static func collect(_ value: JSONValue, _ path: Substring, into found: inout [JSONValue]) {
        switch value {
        case .array(let elements):
            for element in elements { collect(element, path, into: &found) }
        case .object(let object) where !path.isEmpty:
            var end = path.startIndex
            while true {
                let dot = path[end...].firstIndex(of: ".")
                let key = path[..<(dot ?? path.endIndex)]
                if let inner = object[String(key)] {
                    collect(inner, dot.map { path[path.index(after: $0)...] } ?? "", into: &found)
                }
                guard let dot else { return }
                end = path.index(after: dot)
            }
        case .null: return
        default: if path.isEmpty { found.append(value) }
        }
    }
}
