import JSON
import SearchIndex
import SparseIndex

/// Reading features: an object of names and weights, without a value for each of them.
extension DocumentParser {
    /// The one feature of a `rank_feature`.
    mutating func indexFeature(
        _ scalar: Scalar, as field: MappedField, _ document: inout IndexDocument
    ) throws {
        guard let features = field.features, case .field(let key) = features.naming else { return }
        let value = try Self.float(of: scalar)
        if isMarked(field.number) {
            throw MappingError(
                .illegalArgument,
                "[rank_feature] fields do not support indexing multiple values for the same field [\(field.name)] in the "
                    + "same document")
        }
        let weight = FeatureFunction.storedValue(of: value, positiveScoreImpact: features.hasPositiveImpact)
        try Self.check(weight, field.name, on: "_feature")
        document.add(field.number, feature: key, weight: weight)
        markExisting(field.number, in: &document)
    }

    mutating func readFeatures(
        _ field: MappedField, _ features: FeatureMapping, _ reader: inout JSONReader,
        _ document: inout IndexDocument
    ) throws {
        let kind = try reader.peek()
        if kind == .array {
            guard try reader.beginArray() else { return }
            repeat { try readFeatures(field, features, &reader, &document) } while try !reader.endsArray()
            return
        }
        let start = reader
        do {
            guard kind == .object else {
                throw MappingError(
                    .illegalArgument,
                    "[\(field.kind.rawValue)] fields must be json objects, expected a START_OBJECT but got: "
                        + kind.tokenName)
            }
            if seenFeaturesMark != mark {
                seenFeatures.removeAll()
                seenFeaturesMark = mark
            }
            let firstOfObject = seenFeatures.count
            guard try reader.beginObject() else { return }
            repeat {
                try readFeature(field, features, firstOfObject: firstOfObject, &reader, &document)
            } while try !reader.endsObject()
        } catch let error as MappingError {
            // OpenSearch puts no field around what is wrong with `rank_features`.
            if field.kind == .rankFeatures { throw error }
            var again = start
            throw failure(of: field, error, preview: (try? again.readValue()).map(ParameterSpecification.text) ?? "")
        }
    }

    private mutating func readFeature(
        _ field: MappedField, _ features: FeatureMapping, firstOfObject: Int, _ reader: inout JSONReader,
        _ document: inout IndexDocument
    ) throws {
        let key = try reader.readKey(keyMemory)
        let value: Float
        switch try reader.peek() {
        case .null: return try reader.readNull()
        case .number, .string: value = try readFloat(&reader)
        case let other:
            throw MappingError(
                .illegalArgument,
                "[\(field.kind.rawValue)] fields take hashes that map a feature to a strictly positive float, but got "
                    + "unexpected token \(other.tokenName)")
        }
        let weight = FeatureFunction.storedValue(of: value, positiveScoreImpact: features.hasPositiveImpact)
        guard features.naming == .tokenNumbers else {
            try addUnseen(key, named: key, field, firstOfObject: firstOfObject)
            if key.count > IndexDocument.termLimit { throw DocumentFault(error: Self.immenseTerm(key, field.name)) }
            try check(weight, key, field)
            document.add(field.number, feature: key, weight: weight)
            return
        }
        let number = Self.tokenNumber(key)
        try withUnsafeBytes(of: (number ?? -1).bigEndian) { bytes in
            try bytes.withMemoryRebound(to: UInt8.self) { bytes in
                try addUnseen(bytes, named: key, field, firstOfObject: firstOfObject)
                try check(weight, key, field)
                guard let number else {
                    throw MappingError(.illegalArgument, "[sparse_vector] fields should be valid integer")
                }
                guard number >= 0 else {
                    throw MappingError(
                        .illegalArgument, "[sparse_vector] fields should be text of non-negative integer")
                }
                document.add(field.number, feature: bytes, weight: weight)
            }
        }
    }

    private mutating func addUnseen(
        _ bytes: UnsafeBufferPointer<UInt8>, named key: UnsafeBufferPointer<UInt8>, _ field: MappedField,
        firstOfObject: Int
    ) throws(MappingError) {
        guard let earlier = seenFeatures.insert(bytes, of: field.number) else { return }
        let name = String(decoding: key, as: UTF8.self)
        if earlier >= firstOfObject { throw MappingError(.jsonParse, "Duplicate field '\(name)'") }
        throw MappingError(
            .illegalArgument,
            "[\(field.kind.rawValue)] fields do not support indexing multiple values for the same "
                + "\(field.kind == .sparseVector ? "key" : "rank feature") [\(field.name).\(name)] in the same document"
        )
    }

    /// A number of a token as Java's `Integer.parseInt` reads it.
    private static func tokenNumber(_ key: UnsafeBufferPointer<UInt8>) -> Int32? {
        Int32(String(decoding: key, as: UTF8.self))
    }

    @inline(__always)
    private func check(_ weight: Float, _ key: UnsafeBufferPointer<UInt8>, _ field: MappedField) throws {
        if weight >= .leastNormalMagnitude, weight < .infinity { return }
        try Self.check(weight, String(decoding: key, as: UTF8.self), on: field.name)
    }

    /// Refuses what Lucene's `FeatureField` refuses.
    private static func check(_ weight: Float, _ feature: String, on field: String) throws(MappingError) {
        do throws(FeatureWeight.Fault) { _ = try FeatureWeight(weight) } catch {
            switch error {
            case .notFinite(let value):
                throw MappingError(
                    .illegalArgument,
                    "featureValue must be finite, got: \(JavaNumbers.text(value)) for feature \(feature) on field "
                        + field)
            case .tooSmall(let value):
                throw MappingError(
                    .illegalArgument,
                    "featureValue must be a positive normal float, got: \(JavaNumbers.text(value)) for feature "
                        + "\(feature) on field \(field) which is less than the minimum positive normal float: "
                        + "1.1754944E-38")
            }
        }
    }
}

extension JSONReader.Kind {
    /// What Jackson calls the first token of such a value; OpenSearch's messages show it.
    fileprivate var tokenName: String {
        switch self {
        case .null: "VALUE_NULL"
        case .bool: "VALUE_BOOLEAN"
        case .number: "VALUE_NUMBER"
        case .string: "VALUE_STRING"
        case .array: "START_ARRAY"
        case .object: "START_OBJECT"
        }
    }
}
