package import JSON

/// One component of a `tokenizer.json` (an object with a `type` and settings), read with errors that name the place.
///
/// A key whose value is `null` counts as absent.
package struct ComponentSettings: Sendable {
    /// The members of the component.
    package let object: JSONObject
    /// Where the component stands in the document, such as `pre_tokenizer.pretokenizers[1]`.
    package let location: String

    /// Takes `value` apart; anything but an object is an error.
    package init(_ value: JSONValue, at location: String) throws(TokenizerError) {
        guard let object = value.object else {
            throw TokenizerError(.invalidSetting, "expected an object, found \(value.typeName)", location: location)
        }
        self.object = object
        self.location = location
    }

    /// The raw value of a key; nil if it is absent or null.
    package subscript(key: String) -> JSONValue? {
        guard let value = object[key], !value.isNull else { return nil }
        return value
    }

    /// The `type` of the component.
    package func type() throws(TokenizerError) -> String { try string("type") }

    /// A required value.
    package func value(_ key: String) throws(TokenizerError) -> JSONValue {
        guard let value = self[key] else { throw failure(key, "the setting is missing") }
        return value
    }

    /// A required string.
    package func string(_ key: String) throws(TokenizerError) -> String {
        guard let string = try value(key).string else { throw wrongKind(key, expected: "a string") }
        return string
    }

    /// A string that may be absent.
    package func optionalString(_ key: String) throws(TokenizerError) -> String? {
        self[key] == nil ? nil : try string(key)
    }

    /// A string of one scalar.
    package func scalar(_ key: String) throws(TokenizerError) -> Unicode.Scalar {
        let scalars = try string(key).unicodeScalars
        guard scalars.count == 1, let scalar = scalars.first else { throw failure(key, "expected a single character") }
        return scalar
    }

    /// A required boolean.
    package func bool(_ key: String) throws(TokenizerError) -> Bool {
        guard let bool = try value(key).bool else { throw wrongKind(key, expected: "true or false") }
        return bool
    }

    /// A boolean that has a value when it is absent.
    package func bool(_ key: String, default absent: Bool) throws(TokenizerError) -> Bool {
        self[key] == nil ? absent : try bool(key)
    }

    /// A required integer within `range`.
    package func int(_ key: String, in range: ClosedRange<Int>) throws(TokenizerError) -> Int {
        let value = try value(key)
        guard case .number(let number) = value else { throw wrongKind(key, expected: "an integer") }
        guard let int = number.int, range.contains(int) else {
            throw failure(
                key, "expected an integer from \(range.lowerBound) to \(range.upperBound), found \(number)")
        }
        return int
    }

    /// An integer that has a value when it is absent.
    package func int(_ key: String, in range: ClosedRange<Int>, default absent: Int) throws(TokenizerError) -> Int {
        self[key] == nil ? absent : try int(key, in: range)
    }

    /// A required array.
    package func array(_ key: String) throws(TokenizerError) -> [JSONValue] {
        guard let array = try value(key).array else { throw wrongKind(key, expected: "an array") }
        return array
    }

    /// A required object.
    package func members(_ key: String) throws(TokenizerError) -> JSONObject {
        guard let object = try value(key).object else { throw wrongKind(key, expected: "an object") }
        return object
    }

    /// A required component within this one.
    package func component(_ key: String) throws(TokenizerError) -> ComponentSettings {
        try ComponentSettings(value(key), at: path(key))
    }

    /// The components of a required array.
    package func components(_ key: String) throws(TokenizerError) -> [ComponentSettings] {
        var result: [ComponentSettings] = []
        for (index, value) in try array(key).enumerated() {
            result.append(try ComponentSettings(value, at: path(key) + "[\(index)]"))
        }
        return result
    }

    /// The place of a setting in the document.
    package func path(_ key: String) -> String { location.isEmpty ? key : location + "." + key }

    /// An error about a setting.
    package func failure(_ key: String, _ reason: String) -> TokenizerError {
        TokenizerError(.invalidSetting, reason, location: path(key))
    }

    /// The error for a component whose `type` nobody knows; `role` says what it would have been ("normalizer").
    package func unknownType(_ type: String, role: String, known: [String]) -> TokenizerError {
        TokenizerError(
            .unknownComponent, "unknown \(role) \"\(type)\"; this version knows " + known.joined(separator: ", "),
            location: path("type"))
    }

    private func wrongKind(_ key: String, expected: String) -> TokenizerError {
        failure(key, "expected \(expected), found \(self[key]?.typeName ?? "nothing")")
    }
}
