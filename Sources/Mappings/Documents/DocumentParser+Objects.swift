import JSON
import SearchIndex

/// Going through the objects of a document.
extension DocumentParser {
    /// Which values of an object are wanted.
    enum Pass {
        /// All: no nested object is mapped.
        case all
        /// Only nested objects, each as a child.
        case nested
        /// Everything but nested objects, except those that are included in their parents.
        case own
        /// Only the nested objects that are included in the root, wherever they are.
        case rootInclusions
    }

    mutating func readMembers(
        of object: MappedObject, pass: Pass, _ reader: inout JSONReader, _ document: inout IndexDocument
    ) throws {
        guard try reader.beginObject() else { return }
        depth += 1
        if depth > mapping.context.limits.depth {
            throw MappingError(
                .mapperParsing,
                "The depth of the field has exceeded the allowed limit of [\(mapping.context.limits.depth)]. This limit "
                    + "can be set by changing the [index.mapping.depth.limit] index level setting.")
        }
        var seen = SeenMembers(count: object.children.count)
        repeat {
            let key = try reader.readKey(keyMemory)
            let place = object.names.place(of: key)
            if place >= 0 {
                if !seen.insert(place) {
                    throw MappingError(.jsonParse, "Duplicate field '\(String(decoding: key, as: UTF8.self))'")
                }
                try readChild(object.children[place], pass: pass, &reader, &document)
            } else {
                try readUnmapped(String(decoding: key, as: UTF8.self), in: object, pass: pass, &reader, &document)
            }
        } while try !reader.endsObject()
        depth -= 1
    }

    @inline(__always)
    private mutating func readChild(
        _ child: MappedObject.Child, pass: Pass, _ reader: inout JSONReader, _ document: inout IndexDocument
    ) throws {
        switch child {
        case .field(let field):
            if pass == .all || pass == .own {
                try readField(field, &reader, &document)
            } else {
                try reader.skipValue()
            }
        case .object(let object): try readObject(object, pass: pass, &reader, &document)
        case .alias(let name):
            throw MappingError(.illegalArgument, "Cannot write to a field alias [\(name)].")
        }
    }

    private mutating func readObject(
        _ object: MappedObject, pass: Pass, _ reader: inout JSONReader, _ document: inout IndexDocument
    ) throws {
        guard object.isEnabled else { return try reader.skipValue() }
        switch try reader.peek() {
        case .null: try reader.readNull()
        case .array:
            guard try reader.beginArray() else { return }
            repeat { try readObject(object, pass: pass, &reader, &document) } while try !reader.endsArray()
        case .object: try readOneObject(object, pass: pass, &reader, &document)
        case .string, .number, .bool:
            let name = object.path.split(separator: ".").last ?? ""
            throw MappingError(
                .mapperParsing,
                "object mapping for [\(object.path)] tried to parse field [\(name)] as object, "
                    + "but found a concrete value")
        }
    }

    private mutating func readOneObject(
        _ object: MappedObject, pass: Pass, _ reader: inout JSONReader, _ document: inout IndexDocument
    ) throws {
        guard object.isNested else {
            if object.hasNested || pass == .all || pass == .own {
                try readMembers(of: object, pass: pass, &reader, &document)
            } else {
                try reader.skipValue()
            }
            return
        }
        switch pass {
        case .all, .nested: try readNested(object, &reader, &document)
        case .own:
            let isRoot = parentNestedPath(of: object) == nil
            if object.includesInParent || (isRoot && object.includesInRoot) {
                try readMembers(of: object, pass: .own, &reader, &document)
            } else if isRoot {
                try readMembers(of: object, pass: .rootInclusions, &reader, &document)
            } else {
                try reader.skipValue()
            }
        case .rootInclusions:
            if object.includesInRoot {
                try readMembers(of: object, pass: .own, &reader, &document)
            } else if object.hasNested {
                try readMembers(of: object, pass: .rootInclusions, &reader, &document)
            } else {
                try reader.skipValue()
            }
        }
    }

    private func parentNestedPath(of object: MappedObject) -> String? {
        guard let dot = object.path.lastIndex(of: ".") else { return nil }
        return mapping.nestedPath(of: String(object.path[..<dot]))
    }

    /// A nested object: its own nested objects first, then itself.
    private mutating func readNested(
        _ object: MappedObject, _ reader: inout JSONReader, _ document: inout IndexDocument
    ) throws {
        nestedCount += 1
        if nestedCount > mapping.context.limits.nestedObjects {
            throw MappingError(
                .mapperParsing,
                "The number of nested documents has exceeded the allowed limit of "
                    + "[\(mapping.context.limits.nestedObjects)]. This limit can be set by changing the "
                    + "[index.mapping.nested_objects.limit] index level setting.")
        }
        var ahead = reader
        try readMembers(of: object, pass: .nested, &ahead, &document)
        nextMark()
        scope = object.path
        try indexWaitingCopies(&document)
        try readMembers(of: object, pass: .own, &reader, &document)
        document.add(MetadataField.nestedPath.number, term: object.path)
        document.endChild()
        nextMark()
    }

    // MARK: Names that the object does not have

    private mutating func readUnmapped(
        _ name: String, in object: MappedObject, pass: Pass, _ reader: inout JSONReader,
        _ document: inout IndexDocument
    ) throws {
        if name.isEmpty { throw MappingError(.illegalArgument, "field name cannot be an empty string") }
        var owner = object
        var last = name
        if name.utf8.contains(UInt8(ascii: ".")) {
            let parts = try DocumentPath.parts(of: name)
            for (index, part) in parts.dropLast().enumerated() {
                guard case .object(let next)? = owner.child(part.utf8) else {
                    last = parts[index...].joined(separator: ".")
                    break
                }
                if next.isNested {
                    throw MappingError(
                        .mapperParsing,
                        "Cannot add a value for field [\(name)] since one of the intermediate objects is mapped as a "
                            + "nested object: [\(next.path)]")
                }
                if !next.isEnabled { return try reader.skipValue() }
                owner = next
                last = parts[(index + 1)...].joined(separator: ".")
            }
            if let child = owner.child(last.utf8) { return try readChild(child, pass: pass, &reader, &document) }
        }
        if owner.path.isEmpty, MetadataField.reserved.contains(name), name != "_type" {
            throw MappingError(
                .mapperParsing,
                "Field [\(name)] is a metadata field and cannot be added inside a document. Use the index API request "
                    + "parameters.")
        }
        switch owner.dynamic {
        case .false: break
        case .strict:
            throw MappingError(
                .strictDynamicMapping,
                "mapping set to strict, dynamic introduction of [\(last)] within "
                    + "[\(owner.path.isEmpty ? "_doc" : owner.path)] is not allowed")
        case .true, .strictAllowTemplates, .falseAllowTemplates:
            if pass != .rootInclusions { hasUnmapped = true }
        }
        try reader.skipValue()
    }
}

/// Which members of an object were read: one that comes twice is an error, as in OpenSearch.
private struct SeenMembers {
    private var first: UInt64 = 0
    /// Members from the 65th on; empty for smaller objects.
    private var more: [UInt64]

    init(count: Int) { more = count <= 64 ? [] : [UInt64](repeating: 0, count: (count - 1) / 64) }

    /// False if the member was there.
    @inline(__always)
    mutating func insert(_ place: Int) -> Bool {
        let bit: UInt64 = 1 << UInt64(truncatingIfNeeded: place & 63)
        if place < 64 {
            defer { first |= bit }
            return first & bit == 0
        }
        defer { more[place / 64 - 1] |= bit }
        return more[place / 64 - 1] & bit == 0
    }
}

/// The parts of a dotted name in a document.
enum DocumentPath {
    static func parts(of name: String) throws(MappingError) -> [String] {
        var parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        // As Java's split: empty parts at the end are dropped.
        while let last = parts.last, last.isEmpty { parts.removeLast() }
        if parts.isEmpty {
            throw MappingError(.illegalArgument, "field name cannot contain only the character [.]")
        }
        for part in parts {
            if part.isEmpty {
                throw MappingError(
                    .illegalArgument,
                    "object field starting or ending with a [.] makes object resolution ambiguous: [\(name)]")
            }
            if part.allSatisfy(\.isWhitespace) {
                throw MappingError(
                    .illegalArgument, "object field cannot contain only whitespace: ['\(name)']")
            }
        }
        return parts
    }
}
