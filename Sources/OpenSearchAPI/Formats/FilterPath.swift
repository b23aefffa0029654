package import JSON

/// The parameter `filter_path`: which members of an answer are sent.
///
/// Paths have dots between their segments; `*` stands for any characters of a segment, `**` for any segments; a path after `-` is left
/// out. Arrays are passed through as if they were not there.
package struct FilterPath: Sendable {
    private typealias Path = ArraySlice<String>

    private let includes: [[String]]
    private let excludes: [[String]]

    /// Reads the parameter; nil if it names nothing.
    package init?(_ text: String?) {
        guard let text else { return nil }
        var includes: [[String]] = []
        var excludes: [[String]] = []
        for path in text.split(separator: ",") {
            let trimmed = path.drop { $0 == " " }
            let isExcluded = trimmed.hasPrefix("-")
            let segments = trimmed.dropFirst(isExcluded ? 1 : 0).split(separator: ".").map(String.init)
            guard !segments.isEmpty else { continue }
            if isExcluded { excludes.append(segments) } else { includes.append(segments) }
        }
        guard !includes.isEmpty || !excludes.isEmpty else { return nil }
        self.includes = includes
        self.excludes = excludes
    }

    /// What is left of a document; an empty object if nothing is.
    package func apply(to value: JSONValue) -> JSONValue {
        var value = value
        let nothing: JSONValue = value.array == nil ? .object(JSONObject()) : .array([])
        if !includes.isEmpty { value = Self.included(value, includes.map { $0[...] }) ?? nothing }
        if !excludes.isEmpty { value = Self.excluding(value, excludes.map { $0[...] }) ?? nothing }
        return value
    }

    /// What is left of JSON text; what is not asked for is passed over and never held.
    package func apply(toJSON bytes: [UInt8], limits: JSONLimits) throws(JSONError) -> JSONValue {
        let isArray = bytes.first { $0 > 0x20 } == UInt8(ascii: "[")
        var value = try JSONReader.read(bytes, limits: limits) { reader throws(JSONError) in
            if includes.isEmpty { return try reader.readValue() }
            let left = try Self.included(&reader, includes.map { $0[...] })
            return left ?? (isArray ? .array([]) : .object(JSONObject()))
        }
        if !excludes.isEmpty {
            value = Self.excluding(value, excludes.map { $0[...] }) ?? (isArray ? .array([]) : .object(JSONObject()))
        }
        return value
    }

    private static func included(_ reader: inout JSONReader, _ paths: [Path]) throws(JSONError) -> JSONValue? {
        switch try reader.peek() {
        case .object:
            var kept = JSONObject()
            try reader.readObject { key, reader throws(JSONError) in
                let (isWhole, rest) = step(key, paths)
                if isWhole {
                    kept[key] = try reader.readValue()
                } else if rest.isEmpty {
                    try reader.skipValue()
                } else if let part = try included(&reader, rest) {
                    kept[key] = part
                }
            }
            return kept.isEmpty ? nil : .object(kept)
        case .array:
            var kept: [JSONValue] = []
            try reader.readArray { reader throws(JSONError) in
                if let part = try included(&reader, paths) { kept.append(part) }
            }
            return kept.isEmpty ? nil : .array(kept)
        default:
            try reader.skipValue()
            return nil
        }
    }

    private static func included(_ value: JSONValue, _ paths: [Path]) -> JSONValue? {
        switch value {
        case .object(let members):
            var kept = JSONObject()
            for member in members {
                let (isWhole, rest) = step(member.key, paths)
                if isWhole {
                    kept[member.key] = member.value
                } else if !rest.isEmpty, let part = included(member.value, rest) {
                    kept[member.key] = part
                }
            }
            return kept.isEmpty ? nil : .object(kept)
        case .array(let elements):
            let kept = elements.compactMap { included($0, paths) }
            return kept.isEmpty ? nil : .array(kept)
        default: return nil
        }
    }

    private static func excluding(_ value: JSONValue, _ paths: [Path]) -> JSONValue? {
        switch value {
        case .object(let members):
            var kept = JSONObject()
            for member in members {
                let (isWhole, rest) = step(member.key, paths)
                if isWhole { continue }
                if let part = rest.isEmpty ? member.value : excluding(member.value, rest) { kept[member.key] = part }
            }
            return kept.isEmpty && !members.isEmpty ? nil : .object(kept)
        case .array(let elements):
            let kept = elements.compactMap { excluding($0, paths) }
            return kept.isEmpty && !elements.isEmpty ? nil : .array(kept)
        default: return value
        }
    }

    /// What is left of the paths behind a key, and whether one of them ends there.
    private static func step(_ key: String, _ paths: [Path]) -> (isWhole: Bool, rest: [Path]) {
        var rest: [Path] = []
        // The same rest is reached in many ways where there are several `**`: once is enough, or their number doubles with every level.
        func add(_ path: Path) {
            if !rest.contains(path) { rest.append(path) }
        }
        for path in paths {
            var path = path
            while let first = path.first {
                if first == "**" {
                    // Any number of segments, none among them.
                    if path.count == 1 { return (true, []) }
                    add(path)
                    path = path.dropFirst()
                    continue
                }
                if Wildcard.matches(first, key) {
                    if path.count == 1 { return (true, []) }
                    add(path.dropFirst())
                }
                break
            }
        }
        return (false, rest)
    }
}
