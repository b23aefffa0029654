import JSON

extension YAMLNode {
    /// Reads a text that is one YAML document.
    ///
    /// The syntax is libyaml's (YAML 1.1 with most of 1.2), types are those of YAML 1.2's core schema. An empty text is `null`.
    /// Refused, because configuration files are the use: a second document, a key that comes twice, keys that are no
    /// scalars, tags other than the core schema's, the merge key `<<` (it is not of YAML 1.2, and which value wins is
    /// seldom what its reader thinks), an anchor within itself, and what goes beyond the limits.
    ///
    /// - Throws: The first fault, with its place.
    public init(parsing text: [UInt8], limits: YAMLLimits = YAMLLimits()) throws(YAMLError) {
        guard text.count <= limits.maximumBytes else {
            throw YAMLError(
                line: 1, column: 1, message: "the text has \(text.count) bytes; at most \(limits.maximumBytes) are read"
            )
        }
        let result = text.withUnsafeBufferPointer { text in
            Result<YAMLNode, YAMLError> { () throws(YAMLError) in
                var reader = NodeReader(events: try EventStream(text), limits: limits)
                return try reader.document()
            }
        }
        self = try result.get()
    }

    /// Reads a text that is one YAML document.
    public init(parsing text: String, limits: YAMLLimits = YAMLLimits()) throws(YAMLError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }
}

/// Builds the tree of a document from its events.
private struct NodeReader {
    private struct Anchored {
        let node: YAMLNode
        let weight: Int
    }

    let events: EventStream
    let limits: YAMLLimits
    private var anchors: [String: Anchored] = [:]
    /// The size so far, as ``YAMLLimits/maximumExpandedBytes`` counts it.
    private var weight = 0

    init(events: EventStream, limits: YAMLLimits) {
        self.events = events
        self.limits = limits
    }

    mutating func document() throws(YAMLError) -> YAMLNode {
        guard case .documentStart = try events.next().kind else { return YAMLNode(.scalar(.null), line: 1) }
        let node = try node(try events.next(), depth: 0)
        _ = try events.next()
        let behind = try events.next()
        guard case .streamEnd = behind.kind else {
            throw behind.fault("a second document begins here; a file holds one")
        }
        return node
    }

    private mutating func node(_ event: EventStream.Event, depth: Int) throws(YAMLError) -> YAMLNode {
        guard depth < limits.maximumDepth else {
            throw event.fault("more than \(limits.maximumDepth) sequences and mappings within each other")
        }
        let before = weight
        let node: YAMLNode
        switch event.kind {
        case .alias(let name): return try alias(name, event)
        case .scalar(let text, let isPlain):
            try add(16 + text.utf8.count, event)
            guard let value = CoreSchema.value(text, isPlain: isPlain, tag: event.tag) else { throw tagFault(event) }
            node = YAMLNode(.scalar(value), line: event.line)
        case .sequenceStart:
            try add(16, event)
            guard CoreSchema.allows(tag: event.tag, name: "seq") else { throw tagFault(event) }
            node = YAMLNode(.sequence(try elements(depth: depth)), line: event.line)
        case .mappingStart:
            try add(16, event)
            guard CoreSchema.allows(tag: event.tag, name: "map") else { throw tagFault(event) }
            node = YAMLNode(.mapping(try entries(depth: depth)), line: event.line)
        default: throw event.fault("a value was expected")
        }
        // Only now: inside itself, an anchor is unknown, so that no document is infinite.
        if let anchor = event.anchor { anchors[anchor] = Anchored(node: node, weight: weight - before) }
        return node
    }

    private mutating func elements(depth: Int) throws(YAMLError) -> [YAMLNode] {
        var elements: [YAMLNode] = []
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.kind { return elements }
            elements.append(try node(event, depth: depth + 1))
        }
    }

    private mutating func entries(depth: Int) throws(YAMLError) -> [YAMLNode.Entry] {
        var entries: [YAMLNode.Entry] = []
        // By bytes: Swift takes two spellings of `é` for the same string, YAML does not.
        var lines: [[UInt8]: Int] = [:]
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind { return entries }
            let key = try key(event)
            if let first = lines.updateValue(event.line, forKey: Array(key.utf8)) {
                throw event.fault("the key '\(key)' is there already, on line \(first); remove one of the two")
            }
            let value = try node(try events.next(), depth: depth + 1)
            entries.append(YAMLNode.Entry(key: key, line: event.line, value: value))
        }
    }

    private mutating func key(_ event: EventStream.Event) throws(YAMLError) -> String {
        switch event.kind {
        case .scalar(let text, let isPlain):
            try add(16 + text.utf8.count, event)
            if isPlain, text == "<<", event.tag == nil {
                throw event.fault("merge keys (<<) are not supported; write out the keys that it stands for")
            }
            guard CoreSchema.value(text, isPlain: isPlain, tag: event.tag) != nil else { throw tagFault(event) }
            if let anchor = event.anchor {
                anchors[anchor] = Anchored(
                    node: YAMLNode(.scalar(.string(text)), line: event.line), weight: 16 + text.utf8.count)
            }
            return text
        case .alias(let name):
            guard case .scalar(.string(let text)) = try alias(name, event).content else {
                throw event.fault("a key must be a plain text; the alias *\(name)* stands for something else")
            }
            return text
        default: throw event.fault("a key must be a plain text, not a sequence or a mapping")
        }
    }

    private mutating func alias(_ name: String, _ event: EventStream.Event) throws(YAMLError) -> YAMLNode {
        guard let anchored = anchors[name] else {
            throw event.fault("no anchor &\(name) is complete before this alias; write the anchor first")
        }
        try add(anchored.weight, event)
        return anchored.node
    }

    private mutating func add(_ bytes: Int, _ event: EventStream.Event) throws(YAMLError) {
        weight += bytes
        guard weight <= limits.maximumExpandedBytes else {
            throw event.fault(
                "with its aliases written out the document is larger than \(limits.maximumExpandedBytes) bytes")
        }
    }

    private func tagFault(_ event: EventStream.Event) -> YAMLError {
        event.fault("the tag \(event.tag ?? "!") is unknown or does not fit the value; remove it")
    }
}
