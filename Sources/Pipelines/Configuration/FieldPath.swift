public import JSON

/// A field of a document by its dotted path, through objects; a member whose key holds the dots is found too.
public struct FieldPath: Sendable, Hashable {
    private let keys: [String]
    /// The path as it is written.
    public let text: String

    /// Takes a path apart.
    public init(_ text: String) {
        self.text = text
        keys = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    }

    /// The value; `nil` if there is none.
    public func value(in document: JSONValue) -> JSONValue? {
        if let whole = document[text] { return whole }
        var value = document
        for key in keys {
            guard let next = value[key] else { return nil }
            value = next
        }
        return value
    }

    /// Sets a value, or removes it for `nil`; objects on the way are made where they are missing.
    ///
    /// Does nothing where something that is no object stands in the way.
    public func set(_ value: JSONValue?, in document: inout JSONValue) {
        guard case .object(var object) = document else { return }
        document = .null
        defer { document = .object(object) }
        if object[text] != nil || keys.count == 1 {
            object[text] = value
        } else {
            Self.set(value, keys[...], in: &object)
        }
    }

    /// Removes a value, and the objects on the way to it that are empty then.
    public func remove(from document: inout JSONValue) {
        guard case .object(var object) = document else { return }
        document = .null
        if object[text] != nil { object[text] = nil } else { Self.remove(keys[...], from: &object) }
        document = .object(object)
    }

    private static func remove(_ keys: ArraySlice<String>, from object: inout JSONObject) {
        guard let key = keys.first else { return }
        if keys.count == 1 {
            object[key] = nil
        } else if case .object(var inner)? = object[key] {
            remove(keys.dropFirst(), from: &inner)
            object[key] = inner.isEmpty ? nil : .object(inner)
        }
    }

    private static func set(_ value: JSONValue?, _ keys: ArraySlice<String>, in object: inout JSONObject) {
        guard let key = keys.first else { return }
        if keys.count == 1 {
            object[key] = value
            return
        }
        switch object[key] {
        case .object(var inner)?:
            set(value, keys.dropFirst(), in: &inner)
            object[key] = .object(inner)
        case nil where value != nil:
            var inner = JSONObject()
            set(value, keys.dropFirst(), in: &inner)
            object[key] = .object(inner)
        default: break
        }
    }
}
