import JSON

/// JSON text as Python's `json.dump` indents it, without a line feed at the end.
enum IndentedJSON {
    static func bytes(_ value: JSONValue, indent: Int) -> [UInt8] {
        var writer = JSONWriter(pretty: true)
        writer.value(value)
        guard indent != 2 else { return writer.bytes }
        // Strings hold no line feeds, so what follows one is indentation.
        var bytes: [UInt8] = []
        bytes.reserveCapacity(writer.bytes.count * 2)
        var isIndentation = false
        for byte in writer.bytes {
            if isIndentation, byte == UInt8(ascii: " ") {
                bytes.append(contentsOf: repeatElement(byte, count: indent / 2))
                continue
            }
            isIndentation = byte == UInt8(ascii: "\n")
            bytes.append(byte)
        }
        return bytes
    }
}
