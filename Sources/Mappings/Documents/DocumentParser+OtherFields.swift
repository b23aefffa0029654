import JSON
import SearchIndex
import TextAnalysis

/// Types that are rarer in documents.
extension DocumentParser {
    mutating func indexOther(
        _ scalar: Scalar, as field: MappedField, _ document: inout IndexDocument
    ) throws {
        switch field.kind {
        case .ip:
            guard field.options.indexing != .none || field.options.values != .none else { return }
            guard let address = scalar.withBytes({ IPAddress($0) }) else {
                return try ignore(
                    field, MappingError(.illegalArgument, "'\(scalar.text)' is not an IP string literal."))
            }
            address.bytes.withUnsafeBufferPointer { addTerm($0, as: field, &document) }
        case .tokenCount:
            guard let analyzer = analyzers[Int(field.number.rawValue)] else { return }
            do {
                try scalar.withBytes { try analyzer.analyze($0, into: &tokens) }
            } catch let error as AnalysisError {
                throw MappingError(.illegalArgument, error.reason)
            }
            let countsGaps = field.definition.bool("enable_position_increments", default: true)
            let count = countsGaps ? Int(tokens.positions.last ?? -1) + 1 : tokens.count
            document.add(field.number, integer: Int64(count))
        case .constantKeyword:
            let value = scalar.text
            if value != field.constantValue {
                throw MappingError(
                    .illegalArgument,
                    "constant keyword field [\(field.name)] must have a value of [\(field.constantValue ?? "")]")
            }
        case .flatObject:
            throw MappingError(
                .parsing, "[\(field.name)] unexpected token [\(scalar.tokenName)] in flat_object field value")
        case .rankFeature: try indexFeature(scalar, as: field, &document)
        default: break
        }
    }

    // MARK: Flat objects

    /// Every leaf is a keyword of the field itself and, with its path before it, of the field's second number.
    mutating func readFlatObject(
        _ field: MappedField, _ reader: inout JSONReader, _ document: inout IndexDocument
    ) throws {
        try readFlat(field, path: "", &reader, &document)
    }

    private mutating func readFlat(
        _ field: MappedField, path: String, _ reader: inout JSONReader, _ document: inout IndexDocument
    ) throws {
        switch try reader.peek() {
        case .object:
            guard try reader.beginObject() else { return }
            repeat {
                let key = String(decoding: try reader.readKey(keyMemory), as: UTF8.self)
                try readFlat(field, path: path.isEmpty ? key : path + "." + key, &reader, &document)
            } while try !reader.endsObject()
        case .array:
            guard try reader.beginArray() else { return }
            repeat { try readFlat(field, path: path, &reader, &document) } while try !reader.endsArray()
        case .null: try reader.readNull()
        case .string: try addLeaf(.string(try reader.readStringBytes(stringMemory)), field, path, &document)
        case .number: try addLeaf(.number(try reader.readNumberText()), field, path, &document)
        case .bool: try addLeaf(.bool(try reader.readBool()), field, path, &document)
        }
    }

    private mutating func addLeaf(
        _ scalar: Scalar, _ field: MappedField, _ path: String, _ document: inout IndexDocument
    ) throws {
        let value = scalar.text
        // Terms longer than Lucene's are left out, as OpenSearch does for leaves.
        guard value.utf8.count + path.utf8.count < 32_766 else { return }
        document.add(field.number, term: value)
        document.add(field.number, value: value)
        if let second = field.pathNumber {
            let pathAndValue = path + "=" + value
            document.add(second, term: pathAndValue)
            document.add(second, value: pathAndValue)
        }
    }
}
