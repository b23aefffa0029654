import JSON

extension IngestDocument {
    /// Sets a place; objects on the way are made where they are missing.
    mutating func set(_ path: DocumentPath, _ value: JSONValue) throws(IngestFailure) {
        try check(path, value)
        try change(path, makesObjects: true) { (parent, key) throws(IngestFailure) in
            switch parent {
            case .object(var object):
                parent = .null
                object[key] = value
                parent = .object(object)
            case .array(var elements):
                let index = try Self.index(key, elements.count, path)
                parent = .null
                elements[index] = value
                parent = .array(elements)
            case .null:
                throw .illegalArgument("cannot set [\(key)] with null parent as part of path [\(path.text)]")
            default:
                throw .illegalArgument(
                    "cannot set [\(key)] with parent object of type [\(parent.javaClass)] as part of path [\(path.text)]"
                )
            }
        }
    }

    /// Adds to the list of a place; what is there and no list becomes the first element of one.
    mutating func append(
        _ path: DocumentPath, _ value: JSONValue, allowsDuplicates: Bool = true
    ) throws(IngestFailure) {
        try check(path, value)
        try change(path, makesObjects: true) { (parent, key) throws(IngestFailure) in
            switch parent {
            case .object(var object):
                let old = object[key]
                parent = .null
                object[key] = Self.joined(old, value, allowsDuplicates)
                parent = .object(object)
            case .array(var elements):
                let index = try Self.index(key, elements.count, path)
                parent = .null
                elements[index] = Self.joined(elements[index], value, allowsDuplicates)
                parent = .array(elements)
            case .null:
                throw .illegalArgument("cannot set [\(key)] with null parent as part of path [\(path.text)]")
            default:
                throw .illegalArgument(
                    "cannot set [\(key)] with parent object of type [\(parent.javaClass)] as part of path [\(path.text)]"
                )
            }
        }
    }

    private static func joined(_ old: JSONValue?, _ value: JSONValue, _ allowsDuplicates: Bool) -> JSONValue {
        guard let old else { return .array(value.array ?? [value]) }
        var elements = old.array ?? [old]
        let count = elements.count
        for element in value.array ?? [value] where allowsDuplicates || !elements.contains(element) {
            elements.append(element)
        }
        // Without duplicates, what has nothing new stays what it was.
        return allowsDuplicates || elements.count > count ? .array(elements) : old
    }

    /// Removes a place.
    mutating func remove(_ path: DocumentPath) throws(IngestFailure) {
        try change(path, makesObjects: false) { (parent, key) throws(IngestFailure) in
            switch parent {
            case .object(var object):
                guard object[key] != nil else {
                    throw .illegalArgument("field [\(key)] not present as part of path [\(path.text)]")
                }
                parent = .null
                object[key] = nil
                parent = .object(object)
            case .array(var elements):
                let index = try Self.index(key, elements.count, path)
                parent = .null
                elements.remove(at: index)
                parent = .array(elements)
            case .null:
                throw .illegalArgument("cannot remove [\(key)] from null as part of path [\(path.text)]")
            default:
                throw .illegalArgument(
                    "cannot remove [\(key)] from object of type [\(parent.javaClass)] as part of path [\(path.text)]")
            }
        }
    }

    /// Refuses what would nest deeper than documents may.
    private func check(_ path: DocumentPath, _ value: JSONValue) throws(IngestFailure) {
        guard path.elements.count + value.depth <= Self.maximumDepth else {
            throw .illegalArgument("[\(path.text)] would nest deeper than \(Self.maximumDepth) levels")
        }
    }

    // MARK: The way to a place

    private mutating func change(
        _ path: DocumentPath, makesObjects: Bool, _ body: (inout JSONValue, String) throws(IngestFailure) -> Void
    ) throws(IngestFailure) {
        var root = JSONValue.object(path.isIngest ? ingest : fields)
        if path.isIngest { ingest = JSONObject() } else { fields = JSONObject() }
        defer { if path.isIngest { ingest = root.object ?? ingest } else { fields = root.object ?? fields } }
        try Self.walk(&root, path, path.elements[...], makesObjects, body)
    }

    /// Goes down; what is on the way is taken out while its part changes, so that it is not copied.
    private static func walk(
        _ value: inout JSONValue, _ path: DocumentPath, _ rest: ArraySlice<String>, _ makesObjects: Bool,
        _ body: (inout JSONValue, String) throws(IngestFailure) -> Void
    ) throws(IngestFailure) {
        guard let key = rest.first else { return }
        if rest.count == 1 { return try body(&value, key) }
        switch value {
        case .object(var object):
            guard makesObjects || object[key] != nil else {
                throw .illegalArgument("field [\(key)] not present as part of path [\(path.text)]")
            }
            value = .null
            var inner = object[key] ?? .object([:])
            object[key] = .null
            defer {
                object[key] = inner
                value = .object(object)
            }
            try walk(&inner, path, rest.dropFirst(), makesObjects, body)
        case .array(var elements):
            let index = try index(key, elements.count, path)
            value = .null
            var inner = elements[index]
            elements[index] = .null
            defer {
                elements[index] = inner
                value = .array(elements)
            }
            try walk(&inner, path, rest.dropFirst(), makesObjects, body)
        case .null:
            throw .illegalArgument("cannot resolve [\(key)] from null as part of path [\(path.text)]")
        default:
            throw .illegalArgument(
                "cannot resolve [\(key)] from object of type [\(value.javaClass)] as part of path [\(path.text)]")
        }
    }
}
