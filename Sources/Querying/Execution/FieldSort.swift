import JSON
import Mappings
import SearchIndex

/// One entry of `sort` in one index: reads keys of documents and turns them into the values of the response.
struct FieldSort {
    enum Source {
        case score
        case document
        case seqNo
        case identifier(any IndexView)
        case integers(FieldNumber, NumericEncoding, asDouble: Bool)
        case bytes(FieldNumber, isAddress: Bool)
        /// No index has the field; the type that is assumed says what missing values look like.
        case nothing(isNumber: Bool, isFloating: Bool)
    }

    let sort: SortField
    let source: Source
    let field: MappedField?
    /// How dates are written, if the request says.
    let format: ValueFormat?
    private let missing: HitSortKey?
    /// The nested objects that hold the values.
    private let children: ((Segment) throws -> DocumentSet?)?

    init(_ sort: SortField, planner: QueryPlanner, builder: WeightBuilder, asDouble: Bool) throws {
        self.sort = sort
        let mapping = planner.mapping
        var field: MappedField?
        switch sort.field {
        case "_score": source = .score
        case "_doc", "_shard_doc": source = .document
        case "_seq_no": source = .seqNo
        case "_id": source = .identifier(planner.view)
        default:
            field = mapping.field(sort.field)
            if let field {
                try planner.values { () throws(MappingError) in try field.requireValues() }
                if let encoding = field.numericEncoding, field.options.values == .integers {
                    source = .integers(field.number, encoding, asDouble: asDouble || Self.isFloating(encoding))
                } else {
                    source = .bytes(field.number, isAddress: field.kind == .ip)
                }
            } else {
                guard let type = sort.unmappedType else {
                    throw SearchError.queryShard("No mapping found for [\(sort.field)] in order to sort on")
                }
                guard let kind = FieldKind(rawValue: type) else {
                    throw SearchError.illegalArgument("No mapper found for type [\(type)]").during(.query)
                }
                let isFloating = [.double, .float, .halfFloat, .scaledFloat].contains(kind) || asDouble
                source = .nothing(isNumber: kind.isNumeric || kind.isDate || kind == .boolean, isFloating: isFloating)
            }
        }
        self.field = field
        if let pattern = sort.format, let field, field.kind.isDate {
            format = try planner.values { () throws(MappingError) in try field.valueFormat(pattern) }
        } else {
            format = nil
        }
        missing = try Self.missing(sort, source, field, planner)
        if let nested = sort.nested {
            let objects = try builder.weight(WeightBuilder.objects(of: nested.path))
            let filter = try nested.filter.map { try builder.weight(try planner.plan($0)) }
            children = { segment in
                guard let scorer = try objects.scorer(segment) else { return nil }
                var set = DocumentSet(capacity: segment.documentCount)
                let other = try filter?.scorer(segment)
                if filter != nil, other == nil { return nil }
                while scorer.nextMatch() != noMoreDocuments {
                    if let other, !other.isMatch(at: scorer.document) { continue }
                    set.insert(scorer.document)
                }
                return set
            }
        } else if let field, let path = field.nestedPath, planner.nestedPath != path {
            // As OpenSearch: without `nested` the values of the objects are not seen.
            _ = path
            children = nil
        } else {
            children = nil
        }
    }

    static func isFloating(_ encoding: NumericEncoding) -> Bool {
        switch encoding {
        case .floating, .scaled: true
        default: false
        }
    }

    var isFloating: Bool {
        switch source {
        case .integers(_, _, let asDouble): asDouble
        case .nothing(let isNumber, let isFloating): isNumber && isFloating
        default: false
        }
    }

    var part: HitOrder.Part {
        HitOrder.Part(descending: sort.descending, missingFirst: sort.missing?.string == "_first")
    }

    /// The key of documents without a value.
    private static func missing(
        _ sort: SortField, _ source: Source, _ field: MappedField?, _ planner: QueryPlanner
    ) throws -> HitSortKey? {
        let first = sort.missing?.string == "_first"
        let isPlaced = sort.missing == nil || first || sort.missing?.string == "_last"
        let floating: Bool
        switch source {
        case .score, .document, .seqNo, .identifier: return nil
        case .bytes:
            if isPlaced { return .missing }
            return .bytes(Array(planner.text(sort.missing ?? .null).utf8))
        case .integers(_, _, let asDouble): floating = asDouble
        case .nothing(let isNumber, let isFloating):
            if !isNumber { return .missing }
            floating = isFloating
        }
        if isPlaced {
            let high = first == sort.descending
            if floating { return .integer(SortableDouble.encode(high ? .infinity : -.infinity)) }
            return .integer(high ? .max : .min)
        }
        return try key(of: sort.missing ?? .null, floating: floating, field: field, planner: planner)
    }

    /// The key of a value in the request.
    private static func key(
        of value: JSONValue, floating: Bool, field: MappedField?, planner: QueryPlanner
    ) throws -> HitSortKey {
        let text = planner.text(value)
        if floating {
            if text == "Infinity" { return .integer(SortableDouble.encode(.infinity)) }
            if text == "-Infinity" { return .integer(SortableDouble.encode(-.infinity)) }
            guard let number = Double(text) else {
                throw SearchError(type: "number_format_exception", reason: "For input string: \"\(text)\"").during(
                    .query)
            }
            return .integer(SortableDouble.encode(number))
        }
        if let field, field.kind == .unsignedLong, let number = UInt64(text) {
            return .integer(Int64(bitPattern: number) ^ .min)
        }
        if let number = Int64(text) { return .integer(number) }
        if let double = value.double, abs(double) < 9.2e18 { return .integer(Int64(double)) }
        if let field, field.kind.isDate {
            let moment = try planner.values { () throws(MappingError) in
                try DateMath.moment(of: text, format: field.dateFormat ?? .standard, now: planner.context.now)
            }
            return .integer(field.kind == .date ? Int64(moment.milliseconds) : moment.sortableNanoseconds)
        }
        if field?.kind == .boolean, text == "true" || text == "false" { return .integer(text == "true" ? 1 : 0) }
        throw SearchError(type: "number_format_exception", reason: "For input string: \"\(text)\"").during(.query)
    }

    /// The key of a value of `search_after`.
    func after(_ value: JSONValue, _ planner: QueryPlanner) throws -> HitSortKey {
        switch source {
        case .score:
            guard let score = Double(planner.text(value)) else {
                throw SearchError.illegalArgument("Failed to parse search_after value for field [_score].").during(
                    .query)
            }
            return .integer(SortableDouble.encode(Double(Float(score))))
        case .document, .seqNo:
            return try Self.key(of: value, floating: false, field: nil, planner: planner)
        case .identifier: return .bytes(Array(planner.text(value).utf8))
        case .bytes(_, let isAddress):
            if value.isNull { return .missing }
            let text = planner.text(value)
            if isAddress {
                guard let address = IPAddress(text) else {
                    throw SearchError.illegalArgument("'\(text)' is not an IP string literal.").during(.query)
                }
                return .bytes(address.bytes)
            }
            return .bytes(Array(text.utf8))
        case .integers, .nothing:
            if value.isNull { return missing ?? .missing }
            if let field, let encoding = field.numericEncoding, case .date(let dates, let zone, _) = format,
                let text = value.string
            {
                let moment = try planner.values { () throws(MappingError) in try dates.moment(of: text, zone: zone) }
                if case .nanoseconds = encoding { return .integer(moment.sortableNanoseconds) }
                return .integer(Int64(moment.milliseconds))
            }
            do {
                return try Self.key(of: value, floating: isFloating, field: field, planner: planner)
            } catch {
                throw SearchError.illegalArgument("Failed to parse search_after value for field [\(sort.field)].")
                    .during(.query)
            }
        }
    }

    /// Reads the keys of a segment's documents.
    func reader(_ segment: Segment) throws -> (Int, Float) throws -> HitSortKey {
        let missing = missing ?? .missing
        switch source {
        case .score: return { _, score in .integer(SortableDouble.encode(Double(score))) }
        case .document: return { document, _ in .integer(Int64(segment.base + document)) }
        case .seqNo: return { document, _ in .integer(segment.seqNo(of: document)) }
        case .identifier(let view):
            let block = IdentifierBlock(view, segment)
            return { document, _ in try block.key(of: document) }
        case .nothing: return { _, _ in missing }
        case .integers(let number, let encoding, let asDouble):
            guard let column = segment.integers(number) else { return { _, _ in missing } }
            let choose = chooser(asDouble)
            let set = try children?(segment)
            let isNested = children != nil
            return { document, _ in
                var values: [Int64] = []
                Self.forEach(document, segment, isNested, set) { place in
                    for i in 0..<column.count(of: place) {
                        let raw = column.value(i, of: place)
                        values.append(asDouble ? SortableDouble.encode(encoding.double(raw)) : raw)
                    }
                }
                if values.isEmpty { return missing }
                return .integer(values.count == 1 ? values[0] : choose(values))
            }
        case .bytes(let number, _):
            guard let column = segment.ordinals(number) else { return { _, _ in missing } }
            let wantsLargest = (sort.mode ?? (sort.descending ? .max : .min)) == .max
            let set = try children?(segment)
            let isNested = children != nil
            return { document, _ in
                var best: Int64?
                Self.forEach(document, segment, isNested, set) { place in
                    let count = column.ordinals.count(of: place)
                    if count == 0 { return }
                    let value = column.ordinals.value(wantsLargest ? count - 1 : 0, of: place)
                    best = best.map { wantsLargest ? max($0, value) : min($0, value) } ?? value
                }
                return best.map { .bytes(column.bytes(of: Int($0))) } ?? missing
            }
        }
    }

    private static func forEach(
        _ document: Int, _ segment: Segment, _ isNested: Bool, _ children: DocumentSet?, _ body: (Int) -> Void
    ) {
        guard isNested else { return body(document) }
        guard let children, let roots = segment.roots else { return }
        var child = children.next(from: roots.previous(from: document - 1) + 1)
        while child < document {
            body(child)
            child = children.next(from: child + 1)
        }
    }

    private func chooser(_ floating: Bool) -> ([Int64]) -> Int64 {
        let mode = sort.mode ?? (sort.descending ? .max : .min)
        switch mode {
        case .min: return { $0.min() ?? 0 }
        case .max: return { $0.max() ?? 0 }
        case .sum:
            if floating { return { SortableDouble.encode($0.reduce(0) { $0 + SortableDouble.decode($1) }) } }
            return { $0.reduce(0, &+) }
        case .avg:
            if floating {
                return { SortableDouble.encode($0.reduce(0) { $0 + SortableDouble.decode($1) } / Double($0.count)) }
            }
            return { Self.rounded(Double($0.reduce(0, &+)) / Double($0.count)) }
        case .median:
            return { values in
                let sorted = values.sorted()
                let middle = sorted.count / 2
                if sorted.count % 2 == 1 { return sorted[middle] }
                let (a, b) = (sorted[middle - 1], sorted[middle])
                if floating { return SortableDouble.encode((SortableDouble.decode(a) + SortableDouble.decode(b)) / 2) }
                return Self.rounded(Double(a &+ b) / 2)
            }
        }
    }
    /// As Java's `Math.round`: the nearest that fits; sums wrap around before it as OpenSearch's do.
    private static func rounded(_ value: Double) -> Int64 {
        let whole = value.rounded()
        return whole.magnitude < 0x1p63 ? Int64(whole) : whole < 0 ? .min : .max
    }
}
