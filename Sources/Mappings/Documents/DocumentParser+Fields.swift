import JSON
import SearchIndex
import TextAnalysis

/// Reading the values of fields.
extension DocumentParser {
    mutating func readField(
        _ field: MappedField, _ reader: inout JSONReader, _ document: inout IndexDocument
    ) throws {
        if field.vector != nil || field.kind.isFeature, field.kind != .rankFeature {
            return try readWhole(field, &reader, &document)
        }
        let start = reader
        do {
            switch try reader.peek() {
            case .string:
                try index(.string(try reader.readStringBytes(stringMemory)), as: field, &document)
            case .number: try index(.number(try reader.readNumberText()), as: field, &document)
            case .bool: try index(.bool(try reader.readBool()), as: field, &document)
            case .null:
                try reader.readNull()
                try indexNull(as: field, &document)
            case .array:
                if field.kind.isSourceOnly { return try reader.skipValue() }
                guard try reader.beginArray() else { return }
                repeat { try readField(field, &reader, &document) } while try !reader.endsArray()
            case .object:
                if field.kind == .flatObject { return try readFlatObject(field, &reader, &document) }
                if field.kind.isSourceOnly { return try reader.skipValue() }
                if field.kind == .rankFeature { throw Self.notNumeric("START_OBJECT") }
                throw MappingError(
                    field.kind.isText || field.kind.isKeywordLike ? .illegalState : .illegalArgument,
                    "Can't get text on a START_OBJECT at \(start.position)")
            }
        } catch let error as MappingError {
            if error.kind == .mapperParsing { throw error }
            var again = start
            throw failure(of: field, error, preview: (try? again.readValue()).map(ParameterSpecification.text) ?? "")
        }
    }

    /// Gives a value to a field, to its multi-fields and to the fields that it is copied to.
    @inline(__always)
    private mutating func index(_ scalar: Scalar, as field: MappedField, _ document: inout IndexDocument) throws {
        try indexOne(scalar, as: field, &document)
        for multiField in field.multiFields {
            do { try indexOne(scalar, as: multiField, &document) } catch let error as MappingError {
                throw MappingError(
                    .mapperParsing,
                    "failed to parse field [\(multiField.name)] of type [\(multiField.kind.rawValue)] in document with "
                        + "id '\(id)'. Preview of field's value: '\(scalar.text)'", cause: error)
            }
        }
        for target in field.copyTo { try copy(scalar, to: target, &document) }
    }

    private mutating func copy(_ scalar: Scalar, to target: String, _ document: inout IndexDocument) throws {
        if let field = mapping.fieldsByName[target] {
            guard field.nestedPath == scope else {
                // For a document around this nested object, which is read later.
                waitingCopies.append(WaitingCopy(scalar, to: field))
                return
            }
            try indexOne(scalar, as: field, &document)
            for multiField in field.multiFields { try indexOne(scalar, as: multiField, &document) }
        } else if mapping.aliases[target] != nil {
            throw MappingError(.illegalArgument, "Cannot copy to a field alias [\(target)].")
        } else {
            hasUnmapped = true
        }
    }

    /// Indexes the copies that nested objects left for the document that begins now.
    mutating func indexWaitingCopies(_ document: inout IndexDocument) throws {
        guard !waitingCopies.isEmpty else { return }
        let copies = waitingCopies.filter { $0.field.nestedPath == scope }
        waitingCopies.removeAll { $0.field.nestedPath == scope }
        for copy in copies {
            try copy.withScalar { scalar in
                try indexOne(scalar, as: copy.field, &document)
                for multiField in copy.field.multiFields { try indexOne(scalar, as: multiField, &document) }
            }
        }
    }

    private mutating func indexNull(as field: MappedField, _ document: inout IndexDocument) throws {
        if field.nullValue != nil { try indexNullValue(field, &document) }
        for multiField in field.multiFields where multiField.nullValue != nil {
            try indexNullValue(multiField, &document)
        }
    }

    private mutating func indexNullValue(_ field: MappedField, _ document: inout IndexDocument) throws {
        guard let value = field.nullValue else { return }
        switch value {
        case .string(var text):
            try text.withUTF8 { try indexOne(.string($0), as: field, &document) }
        case .bool(let value): try indexOne(.bool(value), as: field, &document)
        default:
            var text = ParameterSpecification.text(value)
            try text.withUTF8 { bytes in
                var reader = JSONReader(UnsafeRawBufferPointer(bytes))
                try indexOne(.number(try reader.readNumberText()), as: field, &document)
            }
        }
    }

    @inline(__always)
    private mutating func indexOne(
        _ scalar: Scalar, as field: MappedField, _ document: inout IndexDocument
    ) throws {
        switch field.kind {
        case .text, .matchOnlyText, .searchAsYouType: try indexText(scalar, as: field, &document)
        case .keyword, .wildcard: try indexKeyword(scalar, as: field, &document)
        case .byte, .short, .integer, .long, .unsignedLong, .halfFloat, .float, .double, .scaledFloat:
            guard field.options.values == .integers else { return }
            let value: Int64?
            do { value = try field.integer(of: scalar) } catch {
                return try ignore(field, error)
            }
            if let value { document.add(field.number, integer: value) }
        case .date, .dateNanos: try indexDate(scalar, as: field, &document)
        case .boolean: try indexBoolean(scalar, as: field, &document)
        default: try indexOther(scalar, as: field, &document)
        }
    }

    /// Leaves a malformed value out, or refuses the document.
    mutating func ignore(_ field: MappedField, _ error: MappingError) throws {
        guard field.ignoresMalformed else { throw error }
        if !ignored.contains(field.name) { ignored.append(field.name) }
    }

    private mutating func indexText(
        _ scalar: Scalar, as field: MappedField, _ document: inout IndexDocument
    ) throws {
        guard field.options.indexing != .none || field.options.values != .none else { return }
        guard let analyzer = analyzers[Int(field.number.rawValue)] else { return }
        do {
            try scalar.withBytes { try analyzer.analyze($0, into: &tokens) }
        } catch let error as AnalysisError {
            throw MappingError(.illegalArgument, error.reason)
        }
        if tokens.bytes.count > 32_766 { try refuseImmenseTokens(field) }
        if field.options.indexing != .none {
            document.add(field.number, tokens: tokens, gap: field.positionIncrementGap)
        }
        if field.options.values == .ordinals {
            for token in 0..<tokens.count {
                document.add(field.number, value: Array(tokens.bytes[tokens.range(of: token)]))
            }
        }
        markExisting(field.number, in: &document)
    }

    private func refuseImmenseTokens(_ field: MappedField) throws {
        for token in 0..<tokens.count where tokens.range(of: token).count > 32_766 {
            throw tokens.bytes[tokens.range(of: token)].withUnsafeBufferPointer {
                DocumentFault(error: Self.immenseTerm($0, field.name))
            }
        }
    }

    private mutating func indexKeyword(
        _ scalar: Scalar, as field: MappedField, _ document: inout IndexDocument
    ) throws {
        if let normalizer = analyzers[Int(field.number.rawValue)] {
            if field.ignoreAbove != Int.max, utf16Count(scalar) > field.ignoreAbove { return }
            do {
                try scalar.withBytes { try normalizer.analyze($0, into: &tokens) }
            } catch let error as AnalysisError {
                throw MappingError(.illegalArgument, error.reason)
            }
            guard tokens.count == 1 else {
                throw MappingError(
                    .illegalState,
                    "The normalization token stream is expected to produce exactly 1 token, but got \(tokens.count) "
                        + "tokens for analyzer \(normalizer.name)")
            }
            try tokens.bytes.withUnsafeBufferPointer { try addKeyword($0, as: field, &document) }
        } else {
            try scalar.withBytes {
                if field.ignoreAbove != Int.max, $0.count > field.ignoreAbove, utf16Count(scalar) > field.ignoreAbove {
                    return
                }
                try addKeyword($0, as: field, &document)
            }
        }
    }

    private func utf16Count(_ scalar: Scalar) -> Int {
        scalar.withBytes {
            // Every character has one byte that does not continue another; those of four bytes are two code units.
            $0.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : $1 >= 0xF0 ? 2 : 1) }
        }
    }

    @inline(__always)
    private mutating func addKeyword(
        _ bytes: UnsafeBufferPointer<UInt8>, as field: MappedField, _ document: inout IndexDocument
    ) throws {
        if bytes.count > 32_766 { throw DocumentFault(error: Self.immenseTerm(bytes, field.name)) }
        addTerm(bytes, as: field, &document)
    }

    /// Adds bytes as a term, as a value by document, or both.
    @inline(__always)
    mutating func addTerm(
        _ bytes: UnsafeBufferPointer<UInt8>, as field: MappedField, _ document: inout IndexDocument
    ) {
        let isIndexed = field.options.indexing != .none
        if field.options.values == .ordinals {
            if isIndexed {
                document.add(field.number, termAndValue: bytes)
            } else {
                document.add(field.number, value: bytes)
            }
        } else {
            if isIndexed { document.add(field.number, term: bytes) }
            markExisting(field.number, in: &document)
        }
    }

    static func immenseTerm(_ bytes: UnsafeBufferPointer<UInt8>, _ name: String) -> MappingError {
        let prefix = bytes.prefix(30).map { String(Int8(bitPattern: $0)) }.joined(separator: ", ")
        return MappingError(
            .illegalArgument,
            "Document contains at least one immense term in field=\"\(name)\" (whose UTF8 encoding is longer than the max "
                + "length 32766), all of which were skipped.  Please correct the analyzer to not produce such terms.  The "
                + "prefix of the first immense term is: '[\(prefix)]...', original message: bytes can be at most 32766 in "
                + "length; got \(bytes.count)")
    }

    private mutating func indexDate(
        _ scalar: Scalar, as field: MappedField, _ document: inout IndexDocument
    ) throws {
        guard field.options.values == .integers else { return }
        let format = field.dateFormat ?? .standard
        let moment = scalar.withBytes { format.moment(of: $0) }
        do {
            guard let moment else { throw format.failure(scalar.text) }
            document.add(field.number, integer: try field.integer(of: moment))
        } catch let error as MappingError {
            try ignore(field, error)
        }
    }

    private mutating func indexBoolean(
        _ scalar: Scalar, as field: MappedField, _ document: inout IndexDocument
    ) throws {
        let value: Bool
        switch scalar {
        case .bool(let given): value = given
        case .string(let bytes):
            switch String(decoding: bytes, as: UTF8.self) {
            case "true": value = true
            case "false", "": value = false
            case let text:
                return try ignore(
                    field,
                    MappingError(
                        .illegalArgument, "Failed to parse value [\(text)] as only [true] or [false] are allowed."))
            }
        case .number(let number):
            let type = number.isInteger ? "VALUE_NUMBER_INT" : "VALUE_NUMBER_FLOAT"
            return try ignore(
                field, MappingError(.jsonParse, "Current token (\(type)) not of boolean type"))
        }
        if field.options.indexing != .none { document.add(field.number, term: value ? "T" : "F") }
        if field.options.values == .integers {
            document.add(field.number, integer: value ? 1 : 0)
        } else {
            markExisting(field.number, in: &document)
        }
    }
}

extension MappedField {
    /// The integer that the index keeps of a moment.
    func integer(of moment: Moment) throws(MappingError) -> Int64 {
        guard kind == .dateNanos else { return moment.milliseconds }
        let text = ISODate.text(of: moment, zone: .utc)
        guard moment.seconds >= 0 else {
            throw MappingError(
                .illegalArgument,
                "date[\(text)] is before the epoch in 1970 and cannot be stored in nanosecond resolution")
        }
        guard let nanoseconds = moment.nanoseconds else {
            throw MappingError(
                .illegalArgument,
                "date[\(text)] is after 2262-04-11T23:47:16.854775807 and cannot be stored in nanosecond resolution")
        }
        return nanoseconds
    }
}
