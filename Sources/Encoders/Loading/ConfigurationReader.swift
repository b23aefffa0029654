import JSON

/// Reads typed fields of a configuration file; every failure names the file, the field, what is there and what may be.
struct ConfigurationReader {
    /// The file that messages name.
    let path: String
    /// The document; must be an object.
    let document: JSONValue

    init(path: String, document: JSONValue) throws(EncoderError) {
        guard document.object != nil else {
            throw EncoderError(
                .badConfiguration, "is not a JSON object", advice: "Restore the file from the original model",
                path: path)
        }
        self.path = path
        self.document = document
    }

    /// A whole number in `range`; `fallback` stands in for a missing or null field, which is an error without one.
    func integer(_ field: String, in range: ClosedRange<Int>, default fallback: Int? = nil) throws(EncoderError) -> Int
    {
        guard let value = present(field) else {
            if let fallback { return fallback }
            throw missing(field, "a whole number")
        }
        guard let number = value.int, range.contains(number) else {
            throw invalid(field, value, "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A finite number in `range`.
    func real(_ field: String, in range: ClosedRange<Double>, default fallback: Double) throws(EncoderError) -> Float {
        guard let value = present(field) else { return Float(fallback) }
        guard let number = value.double, range.contains(number) else {
            throw invalid(field, value, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return Float(number)
    }

    /// A text.
    func text(_ field: String, default fallback: String) throws(EncoderError) -> String {
        guard let value = present(field) else { return fallback }
        guard let text = value.string else { throw invalid(field, value, "a text") }
        return text
    }

    /// True or false.
    func flag(_ field: String, default fallback: Bool) throws(EncoderError) -> Bool {
        guard let value = present(field) else { return fallback }
        guard let flag = value.bool else { throw invalid(field, value, "true or false") }
        return flag
    }

    /// The value of a field that is there and not null.
    func present(_ field: String) -> JSONValue? {
        guard let value = document[field], !value.isNull else { return nil }
        return value
    }

    /// The error for a value that cannot be.
    func invalid(_ field: String, _ value: JSONValue, _ expectation: String) -> EncoderError {
        var shown = value.serialized()
        if shown.count > 60 { shown = shown.prefix(60) + "..." }
        return EncoderError(
            .badConfiguration, "is \(shown), must be \(expectation)",
            advice: "Correct the file or restore it from the original model", path: path, field: field)
    }

    private func missing(_ field: String, _ expectation: String) -> EncoderError {
        EncoderError(
            .badConfiguration, "is missing, must be \(expectation)", advice: "Restore the file from the original model",
            path: path, field: field)
    }
}
