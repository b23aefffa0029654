public import JSON
import SearchIndex

/// What queries on a field ask of the index: the values of the query read by the field's type.
extension MappedField {
    /// What a `term` query finds.
    ///
    /// Text is searched as it is, without analysis.
    ///
    /// - Throws: ``MappingError`` if the field cannot be searched or the value is not of its type.
    public func termQuery(_ value: JSONValue, context: QueryValueContext) throws(MappingError) -> FieldQuery {
        try requireSearchable()
        switch kind {
        case .constantKeyword:
            return ParameterSpecification.text(value) == constantValue ? .all : .none
        case .boolean: return try booleanQuery(value)
        case .date, .dateNanos:
            var bounds = RangeBounds()
            bounds.lower = value
            bounds.upper = value
            return try rangeQuery(bounds, context: context)
        case .ip: return try addressQuery(value)
        case .byte, .short, .integer, .long, .unsignedLong, .halfFloat, .float, .double, .scaledFloat, .tokenCount:
            guard let number = try exactInteger(value) else { return .none }
            return .integers(self.number, number...number)
        default:
            let bytes = try termBytes(value)
            return options.indexing != .none
                ? .term(number, bytes)
                : .valueRange(number, lower: .init(bytes, isIncluded: true), upper: .init(bytes, isIncluded: true))
        }
    }

    /// What a `terms` query finds.
    public func termsQuery(_ values: [JSONValue], context: QueryValueContext) throws(MappingError) -> [FieldQuery] {
        try requireSearchable()
        var integers: [Int64] = []
        var terms: [[UInt8]] = []
        var others: [FieldQuery] = []
        for value in values {
            switch try termQuery(value, context: context) {
            case .none: continue
            case .integers(_, let range) where range.lowerBound == range.upperBound: integers.append(range.lowerBound)
            case .term(_, let bytes): terms.append(bytes)
            case let other: others.append(other)
            }
        }
        if !integers.isEmpty { others.append(.integerSet(number, Array(Set(integers)).sorted())) }
        if !terms.isEmpty {
            others.append(.terms(number, Array(Set(terms)).sorted { $0.lexicographicallyPrecedes($1) }))
        }
        return others.isEmpty ? [.none] : others
    }

    /// What a `range` query finds.
    public func rangeQuery(_ bounds: RangeBounds, context: QueryValueContext) throws(MappingError) -> FieldQuery {
        if kind == .knnVector || kind.isFeature {
            throw MappingError(
                .illegalArgument, "Field [\(name)] of type [\(kind.rawValue)] does not support range queries")
        }
        try requireSearchable()
        switch kind {
        case .date, .dateNanos: return try dateRange(bounds, context)
        case .boolean:
            throw MappingError(
                .illegalArgument, "Field [\(name)] of type [boolean] does not support range queries")
        case .ip: return try addressRange(bounds)
        case .byte, .short, .integer, .long, .unsignedLong, .halfFloat, .float, .double, .scaledFloat, .tokenCount:
            guard let range = try numericRange(bounds) else { return .none }
            return .integers(number, range)
        case .constantKeyword:
            throw MappingError(
                .illegalArgument, "Field [\(name)] of type [constant_keyword] does not support range queries")
        default:
            var lower: FieldQuery.Bound?
            var upper: FieldQuery.Bound?
            if let value = bounds.lower, !value.isNull {
                lower = .init(try termBytes(value), isIncluded: bounds.includesLower)
            } else if let flatPath {
                lower = .init(Array((flatPath + "=").utf8), isIncluded: true)
            }
            if let value = bounds.upper, !value.isNull {
                upper = .init(try termBytes(value), isIncluded: bounds.includesUpper)
            } else if let flatPath {
                upper = .init(Array((flatPath + ">").utf8), isIncluded: false)
            }
            return options.indexing != .none
                ? .termRange(number, lower: lower, upper: upper) : .valueRange(number, lower: lower, upper: upper)
        }
    }

    /// What an `exists` query finds.
    public func existsQuery() throws(MappingError) -> FieldQuery {
        if kind == .constantKeyword { return .all }
        if kind.isSourceOnly { throw unsupported("exists") }
        if kind == .rankFeatures || kind == .sparseVector {
            throw MappingError(
                .illegalArgument, "[\(kind.rawValue)] fields do not support [exists] queries")
        }
        if flatPath != nil { return try rangeQuery(RangeBounds(), context: QueryValueContext(now: Moment(seconds: 0))) }
        switch options.values {
        case .integers: return .existsInteger(number)
        case .ordinals where !kind.isText: return .existsOrdinal(number)
        default: return .existsMark(number)
        }
    }

    /// The bytes of a term, a prefix or a pattern of a string field: normalised by the caller if the field has a ``normalizer``.
    public func termBytes(_ value: JSONValue) throws(MappingError) -> [UInt8] {
        let text = ParameterSpecification.text(value)
        if let flatPath { return Array((flatPath + "=" + text).utf8) }
        return Array(text.utf8)
    }

    /// Refuses prefix, wildcard, regexp and fuzzy queries on fields that are not strings, with OpenSearch's words.
    public func requireStrings(for query: String) throws(MappingError) {
        if kind.isText || kind.isKeywordLike || kind.isSourceOnly { return try requireSearchable() }
        switch query {
        case "fuzzy":
            throw MappingError(
                .illegalArgument,
                "Can only use fuzzy queries on keyword and text fields - not on [\(name)] which is of type "
                    + "[\(kind.rawValue)]")
        default:
            throw MappingError(
                .queryShard,
                "Can only use \(query) queries on keyword, text and wildcard fields - not on [\(name)] which is of type "
                    + "[\(kind.rawValue)]")
        }
    }

    /// Refuses queries on fields that cannot be searched.
    public func requireSearchable() throws(MappingError) {
        if kind.isSourceOnly { throw unsupported("term") }
        if kind == .knnVector {
            throw MappingError(
                .queryShard, "KNN vector do not support exact searching, use KNN queries instead: [\(name)]")
        }
        if kind.isFeature {
            throw MappingError(.illegalArgument, "Queries on [\(kind.rawValue)] fields are not supported")
        }
        if kind == .constantKeyword { return }
        guard isIndexed || hasDocValues else {
            throw MappingError(
                .illegalArgument, "Cannot search on field [\(name)] since it is not indexed.")
        }
        if kind.isText, !isIndexed {
            throw MappingError(
                .illegalArgument, "Cannot search on field [\(name)] since it is not indexed.")
        }
    }

    /// Refuses sorting, aggregations and scripts on fields without values by document.
    public func requireValues() throws(MappingError) {
        if hasDocValues || kind == .constantKeyword { return }
        if kind.isText {
            throw MappingError(
                .illegalArgument,
                "Text fields are not optimised for operations that require per-document field data like aggregations and "
                    + "sorting, so these operations are disabled by default. Please use a keyword field instead. "
                    + "Alternatively, set fielddata=true on [\(name)] in order to load field data by uninverting the "
                    + "inverted index. Note that this can use significant memory.")
        }
        if kind.isSourceOnly { throw unsupported("aggregations and sorting") }
        if kind.isFeature {
            throw MappingError(
                .illegalArgument, "[\(kind.rawValue)] fields do not support sorting, scripting or aggregating")
        }
        if kind == .knnVector {
            throw MappingError(.unsupportedOperation, "knn vector field doesn't support sorting")
        }
        throw MappingError(
            .illegalArgument,
            "Can't load fielddata on [\(name)] because fielddata is unsupported on fields of type "
                + "[\(kind.rawValue)]. Use doc values instead.")
    }

    private func unsupported(_ what: String) -> MappingError {
        MappingError(
            .unsupportedOperation,
            "field [\(name)] of type [\(kind.rawValue)] is kept in _source only: this version of Needletail does not index "
                + "it, so that \(what) queries on it are not supported")
    }
}
