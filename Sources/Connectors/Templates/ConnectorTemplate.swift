/// A text with places, `${parameters.name}`, each with a default behind `:-` if it has one.
///
/// Values may have places of their own, which are filled, too. Where a place stands inside of a JSON string, what is put there is escaped for it;
/// elsewhere a value stands as it is, so that numbers, lists and objects can be parts of a body.
///
/// Source: `createPayload` of ML Commons' `HttpConnector`, which escapes before it knows where a value will stand.
package struct ConnectorTemplate {
    /// What the places are called: `parameters` or `credential`.
    let prefix: String
    /// Values by name.
    let values: [String: String]
    /// Names whose values are never escaped.
    let plain: Set<String>

    /// The longest text that a template may become, in bytes.
    static let longest = 32 << 20
    /// Places inside of values inside of values at most.
    private static let deepest = 8
    /// Places that are filled at most, those inside of values counted again.
    private static let mostPlaces = 100_000

    /// A template's values.
    package init(prefix: String, values: [String: String], plain: Set<String> = []) {
        self.prefix = prefix
        self.values = values
        self.plain = plain
    }

    /// A text while it grows.
    private struct Filling {
        var output: [UInt8] = []
        var places = 0
    }

    /// Where in a text the next byte stands.
    private enum Position {
        /// In a text that is no JSON.
        case plain
        case outside
        case inString
    }

    /// Fills the places of a text that is no JSON.
    package func text(_ template: String) throws(ConnectorError) -> String {
        var filling = Filling()
        try expand(Array(template.utf8)[...], &filling, .plain, isValue: false, depth: 0)
        return String(decoding: filling.output, as: UTF8.self)
    }

    /// Fills the places of JSON.
    package func json(_ template: String) throws(ConnectorError) -> [UInt8] {
        var filling = Filling()
        try expand(Array(template.utf8)[...], &filling, .outside, isValue: false, depth: 0)
        return filling.output
    }

    /// The names of the places in a text: those without a value, once it was filled.
    package func places(in text: some Sequence<UInt8>) -> [String] {
        let bytes = Array(text)
        var names: [String] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if let place = place(at: index, in: bytes[...]) {
                names.append(String(decoding: place.name, as: UTF8.self))
                index = place.end
            } else {
                index += 1
            }
        }
        return names
    }

    // MARK: Places

    private struct Place {
        let name: ArraySlice<UInt8>
        let defaultValue: ArraySlice<UInt8>?
        /// Behind the brace.
        let end: Int
    }

    private func place(at index: Int, in bytes: ArraySlice<UInt8>) -> Place? {
        guard bytes[index] == UInt8(ascii: "$"), index + 1 < bytes.endIndex, bytes[index + 1] == UInt8(ascii: "{")
        else {
            return nil
        }
        let opening = Array("${\(prefix).".utf8)
        guard bytes[index...].starts(with: opening), let brace = bytes[index...].firstIndex(of: UInt8(ascii: "}"))
        else {
            return nil
        }
        let inside = bytes[(index + opening.count)..<brace]
        var colon = inside.startIndex
        while colon + 1 < inside.endIndex {
            if inside[colon] == UInt8(ascii: ":"), inside[colon + 1] == UInt8(ascii: "-") {
                return Place(name: inside[..<colon], defaultValue: inside[(colon + 2)...], end: brace + 1)
            }
            colon += 1
        }
        return Place(name: inside, defaultValue: nil, end: brace + 1)
    }

    /// Behind `"${parameters.x:-null}"` if there is no such parameter: what stands there is null then, without quotes.
    private func endOfNull(at index: Int, in bytes: ArraySlice<UInt8>) -> Int? {
        guard index + 1 < bytes.endIndex, let place = place(at: index + 1, in: bytes),
            place.defaultValue?.elementsEqual("null".utf8) == true, place.end < bytes.endIndex,
            bytes[place.end] == UInt8(ascii: "\""), values[String(decoding: place.name, as: UTF8.self)] == nil
        else { return nil }
        return place.end + 1
    }

    // MARK: Filling

    /// - Parameter isValue: Whether the text is put into a string of JSON, and its characters are escaped.
    private func expand(
        _ bytes: ArraySlice<UInt8>, _ filling: inout Filling, _ start: Position, isValue: Bool, depth: Int
    ) throws(ConnectorError) {
        guard depth <= Self.deepest else {
            throw .illegalArgument("parameters are made of parameters more than \(Self.deepest) deep, or of themselves")
        }
        var position = start
        var index = bytes.startIndex
        while index < bytes.endIndex {
            guard filling.output.count <= Self.longest else {
                throw .illegalArgument(
                    "the request to the remote service is longer than \(Self.longest) bytes; send fewer or shorter texts"
                )
            }
            if let place = place(at: index, in: bytes) {
                try fill(place, bytes[index..<place.end], &filling, position, isValue: isValue, depth: depth)
                index = place.end
                continue
            }
            let byte = bytes[index]
            if isValue {
                Self.appendEscaped(byte, to: &filling.output)
            } else if position == .outside, byte == UInt8(ascii: "\""), let end = endOfNull(at: index, in: bytes) {
                filling.output += Array("null".utf8)
                index = end
                continue
            } else {
                filling.output.append(byte)
                if position == .inString, byte == UInt8(ascii: "\\"), index + 1 < bytes.endIndex {
                    // What is escaped ends no string.
                    index += 1
                    filling.output.append(bytes[index])
                } else if position != .plain, byte == UInt8(ascii: "\"") {
                    position = position == .inString ? .outside : .inString
                }
            }
            index += 1
        }
    }

    private func fill(
        _ place: Place, _ whole: ArraySlice<UInt8>, _ filling: inout Filling, _ position: Position, isValue: Bool,
        depth: Int
    ) throws(ConnectorError) {
        filling.places += 1
        guard filling.places <= Self.mostPlaces else {
            throw .illegalArgument("the request to the remote service has more than \(Self.mostPlaces) parameters")
        }
        let name = String(decoding: place.name, as: UTF8.self)
        guard let value = values[name] else {
            filling.output += place.defaultValue ?? whole
            return
        }
        let isPlain = position == .plain || plain.contains(name)
        try expand(
            Array(value.utf8)[...], &filling, isPlain ? .plain : position,
            isValue: !isPlain && (isValue || position == .inString), depth: depth + 1)
    }

    private static func appendEscaped(_ byte: UInt8, to output: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
        case 0x0A: output += Array("\\n".utf8)
        case 0x0D: output += Array("\\r".utf8)
        case 0x09: output += Array("\\t".utf8)
        case 0..<0x20:
            let digits = Array("0123456789abcdef".utf8)
            output += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        default: output.append(byte)
        }
    }
}
