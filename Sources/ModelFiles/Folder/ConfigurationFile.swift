import JSON

/// A JSON object in a file, whose fields are read with their types checked: a field of another type is an error that names it.
struct ConfigurationFile: Sendable {
    let path: String
    let object: JSONObject

    init(_ bytes: FileBytes) throws(ModelFileError) {
        path = bytes.path
        guard bytes.count <= ModelSource.largestConfiguration else {
            throw ModelFileError(
                .limitExceeded, path: path,
                reason: "a configuration of \(bytes.count) bytes; at most \(ModelSource.largestConfiguration) are read")
        }
        let value: JSONValue
        do throws(JSONError) {
            value = try bytes.withUnsafeBytes { (text) throws(JSONError) in try JSONValue(parsing: text) }
        } catch {
            throw ModelFileError(
                .malformed, path: path, offset: error.offset,
                reason: "line \(error.line), column \(error.column): \(error.reason)",
                advice: "Download the file again, or correct it")
        }
        guard let object = value.object else {
            throw ModelFileError(.malformed, path: path, reason: "an object was expected, not \(value.typeName)")
        }
        self.object = object
    }

    init(path: String, object: JSONObject) {
        self.path = path
        self.object = object
    }

    var value: JSONValue { .object(object) }

    /// The value of a field, `nil` if it is absent or null.
    subscript(key: String) -> JSONValue? {
        guard let value = object[key], !value.isNull else { return nil }
        return value
    }

    func string(_ key: String) throws(ModelFileError) -> String? {
        try read(key, "a string") { $0.string }
    }

    func bool(_ key: String) throws(ModelFileError) -> Bool? {
        try read(key, "a boolean") { $0.bool }
    }

    /// A whole number; what does not fit, such as the 1e30 that stands for "no limit", is `nil`.
    func int(_ key: String) throws(ModelFileError) -> Int? {
        guard let value = self[key] else { return nil }
        guard let double = value.double else { throw wrongType(key, "a number", value) }
        return value.int ?? (double.magnitude > 1e15 ? nil : Int(double))
    }

    func section(_ key: String) throws(ModelFileError) -> ConfigurationFile? {
        guard let object = try read(key, "an object", { $0.object }) else { return nil }
        return ConfigurationFile(path: path, object: object)
    }

    func array(_ key: String) throws(ModelFileError) -> [JSONValue]? {
        try read(key, "an array") { $0.array }
    }

    func fault(_ key: String, _ reason: String, advice: String? = nil) -> ModelFileError {
        ModelFileError(.malformed, path: path, subject: "field \(key)", reason: reason, advice: advice)
    }

    private func wrongType(_ key: String, _ expected: String, _ value: JSONValue) -> ModelFileError {
        fault(key, "\(expected) was expected, not \(value.typeName)")
    }

    private func read<Result>(
        _ key: String, _ expected: String, _ convert: (JSONValue) -> Result?
    ) throws(ModelFileError) -> Result? {
        guard let value = self[key] else { return nil }
        guard let result = convert(value) else { throw wrongType(key, expected, value) }
        return result
    }
}
