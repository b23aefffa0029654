extension JSONValue {
    /// Reads one document that fills the text.
    ///
    /// Strict RFC 8259: no comments, no trailing commas, no NaN; a byte order mark at the start is ignored, as the RFC allows.
    /// An escape of a lone surrogate (`"\ud800"`) becomes U+FFFD, because a Swift string cannot hold it.
    ///
    /// - Parameters:
    ///   - bytes: The text in UTF-8.
    ///   - limits: How deep and how long it may be.
    /// - Throws: ``JSONError`` with the place of the first fault.
    public init(parsing bytes: UnsafeRawBufferPointer, limits: JSONLimits = .default) throws(JSONError) {
        var reader = JSONReader(bytes, limits: limits)
        self = try reader.readValue()
        try reader.finish()
    }

    /// Reads one document that fills the bytes; see ``init(parsing:limits:)-(UnsafeRawBufferPointer,_)``.
    public init(parsing bytes: [UInt8], limits: JSONLimits = .default) throws(JSONError) {
        self = try JSONReader.read(bytes, limits: limits) { (reader) throws(JSONError) in
            let value = try reader.readValue()
            try reader.finish()
            return value
        }
    }

    /// Reads one document that fills the bytes of a slice.
    public init(parsing bytes: ArraySlice<UInt8>, limits: JSONLimits = .default) throws(JSONError) {
        try self.init(parsing: Array(bytes), limits: limits)
    }

    /// Reads one document that fills the span.
    public init(parsing bytes: Span<UInt8>, limits: JSONLimits = .default) throws(JSONError) {
        self = try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) in
            try JSONValue(parsing: UnsafeRawBufferPointer(buffer), limits: limits)
        }
    }

    /// Reads one document that fills the span.
    public init(parsing bytes: RawSpan, limits: JSONLimits = .default) throws(JSONError) {
        self = try bytes.withUnsafeBytes { (buffer) throws(JSONError) in
            try JSONValue(parsing: buffer, limits: limits)
        }
    }

    /// Reads one document that fills the string.
    public init(parsing text: String, limits: JSONLimits = .default) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }

    /// This value as JSON text; see ``JSONWriter`` for how numbers and strings are written.
    public func serialized(pretty: Bool = false) -> String {
        var writer = JSONWriter(pretty: pretty)
        writer.value(self)
        return writer.text
    }

    /// This value as JSON text in UTF-8.
    public func serializedBytes(pretty: Bool = false) -> [UInt8] {
        var writer = JSONWriter(pretty: pretty)
        writer.value(self)
        return writer.bytes
    }
}

extension JSONValue: CustomStringConvertible {
    /// Compact JSON text.
    public var description: String { serialized() }
}
