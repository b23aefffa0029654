import CYAML

/// libyaml's events of a text, one after the other, in Swift's types.
///
/// The text must outlive the stream: libyaml reads it in place.
final class EventStream {
    /// What libyaml saw.
    enum Kind {
        case streamEnd
        case documentStart
        case documentEnd
        case alias(String)
        /// `isPlain`: written without quotes, so that the schema decides its type.
        case scalar(String, isPlain: Bool)
        case sequenceStart
        case sequenceEnd
        case mappingStart
        case mappingEnd
    }

    /// An event and where it begins.
    struct Event {
        let kind: Kind
        /// The anchor that names the node; nil for none.
        let anchor: String?
        /// The tag, resolved (`tag:yaml.org,2002:str`) or local (`!name`); nil for none.
        let tag: String?
        let line: Int
        let column: Int

        func fault(_ message: String) -> YAMLError { YAMLError(line: line, column: column, message: message) }
    }

    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let text: UnsafeBufferPointer<UInt8>

    init(_ text: UnsafeBufferPointer<UInt8>) throws(YAMLError) {
        self.text = text
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        guard yaml_parser_initialize(parser) == 1 else {
            throw YAMLError(line: 1, column: 1, message: "there is not enough memory to read the text")
        }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, text.baseAddress, text.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// The next event; the beginning of the stream is left out.
    ///
    /// Nothing may be asked for behind its end.
    func next() throws(YAMLError) -> Event {
        while true {
            var event = yaml_event_t()
            guard yaml_parser_parse(parser, &event) == 1 else { throw fault() }
            defer { yaml_event_delete(&event) }
            if event.type != YAML_STREAM_START_EVENT { return translated(event) }
        }
    }

    private func translated(_ event: yaml_event_t) -> Event {
        var kind: Kind
        var anchor: UnsafeMutablePointer<yaml_char_t>?
        var tag: UnsafeMutablePointer<yaml_char_t>?
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: kind = .documentStart
        case YAML_DOCUMENT_END_EVENT: kind = .documentEnd
        case YAML_ALIAS_EVENT: kind = .alias(Self.string(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            kind = .scalar(String(decoding: bytes, as: UTF8.self), isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
            (anchor, tag) = (scalar.anchor, scalar.tag)
        case YAML_SEQUENCE_START_EVENT:
            kind = .sequenceStart
            (anchor, tag) = (event.data.sequence_start.anchor, event.data.sequence_start.tag)
        case YAML_SEQUENCE_END_EVENT: kind = .sequenceEnd
        case YAML_MAPPING_START_EVENT:
            kind = .mappingStart
            (anchor, tag) = (event.data.mapping_start.anchor, event.data.mapping_start.tag)
        case YAML_MAPPING_END_EVENT: kind = .mappingEnd
        default: kind = .streamEnd
        }
        return Event(
            kind: kind, anchor: Self.string(anchor), tag: Self.string(tag), line: event.start_mark.line + 1,
            column: event.start_mark.column + 1)
    }

    private static func string(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        text.map { String(cString: $0) }
    }

    // MARK: Faults

    /// What libyaml says of the text, with what it was doing.
    private func fault() -> YAMLError {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "the text cannot be read"
        if state.error == YAML_MEMORY_ERROR {
            return YAMLError(line: 1, column: 1, message: "there is not enough memory to read the text")
        }
        if state.error == YAML_READER_ERROR {
            // Only an offset is known: bytes that are not UTF-8, or control characters.
            let line = text.prefix(state.problem_offset).count { $0 == UInt8(ascii: "\n") } + 1
            return YAMLError(line: line, column: 1, message: "\(problem); the file must be UTF-8 text")
        }
        let mark = state.problem_mark
        var message = problem
        if let context = state.context.map({ String(cString: $0) }) {
            message += " " + context
            if state.context_mark.line != mark.line { message += " that begins on line \(state.context_mark.line + 1)" }
        }
        if isTab(at: mark) { message += "; there is a tab: indent with spaces" }
        return YAMLError(line: mark.line + 1, column: mark.column + 1, message: message)
    }

    private func isTab(at mark: yaml_mark_t) -> Bool {
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.indices.contains(mark.line) else { return false }
        // Up to a tab in the indentation, bytes and characters are the same.
        return lines[mark.line].prefix(mark.column + 1).last == UInt8(ascii: "\t")
    }
}
