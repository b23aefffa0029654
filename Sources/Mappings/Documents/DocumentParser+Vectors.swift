import JSON
import SearchIndex
import VectorIndex

/// Reading vectors: a whole array of numbers, without a value for each of them.
extension DocumentParser {
    /// Reads the value of a field that takes arrays or objects as a whole.
    mutating func readWhole(
        _ field: MappedField, _ reader: inout JSONReader, _ document: inout IndexDocument
    ) throws {
        if let features = field.features {
            try readFeatures(field, features, &reader, &document)
        } else if let vector = field.vector {
            try readVector(field, vector, &reader, &document)
        }
    }

    /// What OpenSearch says around the reason why a value was refused.
    func failure(of field: MappedField, _ error: MappingError, preview: String) -> MappingError {
        MappingError(
            .mapperParsing,
            "failed to parse field [\(field.name)] of type [\(field.kind.rawValue)] in document with id '\(id)'. "
                + "Preview of field's value: '\(preview)'", cause: error)
    }

    private mutating func readVector(
        _ field: MappedField, _ vector: VectorMapping, _ reader: inout JSONReader, _ document: inout IndexDocument
    ) throws {
        vectorValues.removeAll(keepingCapacity: true)
        // Where OpenSearch's parser stands when the vector is refused: behind an array, at anything else.
        var preview = "null"
        switch try reader.peek() {
        case .null: return try reader.readNull()
        case .array:
            var ahead = reader
            if (try? ahead.appendFloats(to: &vectorValues)) != nil {
                reader = ahead
            } else {
                vectorValues.removeAll(keepingCapacity: true)
                guard try reader.beginArray() else { break }
                repeat { try readElement(of: field, &reader) } while try !reader.endsArray()
            }
        case .number: try readElement(of: field, &reader)
        default: preview = ParameterSpecification.text(try reader.readValue())
        }
        do throws(VectorFault) {
            try vector.field.checkDocument(vectorValues)
        } catch {
            throw failure(of: field, MappingError(.illegalArgument, error.reason), preview: preview)
        }
        if isMarked(field.number) {
            throw DocumentFault(
                error: MappingError(
                    .illegalArgument,
                    "\(vector.hasMethod ? "VectorValuesField" : "DocValuesField") \"\(field.name)\" appears more than once "
                        + "in this document (only one value is allowed per field)"))
        }
        document.add(field.number, vector: vectorValues)
        markExisting(field.number, in: &document)
    }

    /// One element the slow way, which also reads numbers in strings and tells what is wrong.
    private mutating func readElement(of field: MappedField, _ reader: inout JSONReader) throws {
        let start = reader
        do {
            let value = try readFloat(&reader)
            if value.isNaN { throw MappingError(.illegalArgument, "KNN vector values cannot be NaN") }
            if value.isInfinite { throw MappingError(.illegalArgument, "KNN vector values cannot be infinity") }
            vectorValues.append(value)
        } catch let error as MappingError {
            var again = start
            throw failure(of: field, error, preview: (try? again.readValue()).map(ParameterSpecification.text) ?? "")
        }
    }

    /// A float as OpenSearch reads it: a number, or a number in a string; infinite where it is too large.
    mutating func readFloat(_ reader: inout JSONReader) throws -> Float {
        switch try reader.peek() {
        case .number: return try reader.readNumberText().float
        case .string: return try Self.float(of: .string(try reader.readStringBytes(stringMemory)))
        case .bool: return try Self.float(of: .bool(try reader.readBool()))
        case .null: throw Self.notNumeric("VALUE_NULL")
        case .array: throw Self.notNumeric("START_ARRAY")
        case .object: throw Self.notNumeric("START_OBJECT")
        }
    }

    /// A scalar as OpenSearch reads a float.
    static func float(of scalar: Scalar) throws(MappingError) -> Float {
        switch scalar {
        case .number(let number): return number.float
        case .bool: throw notNumeric("VALUE_\(scalar.text.uppercased())")
        case .string:
            let text = scalar.text
            if text.isEmpty { throw MappingError(.numberFormat, "empty String") }
            guard JavaNumbers.parses(text) else { throw MappingError(.numberFormat, "For input string: \"\(text)\"") }
            return Float(text) ?? .nan
        }
    }

    static func notNumeric(_ token: String) -> MappingError {
        MappingError(
            .jsonParse, "Current token (\(token)) not numeric, can not use numeric value accessors")
    }

    /// Whether the field has a value in the document or child that is being read.
    func isMarked(_ number: FieldNumber) -> Bool { marks[Int(number.rawValue)] == mark }
}
