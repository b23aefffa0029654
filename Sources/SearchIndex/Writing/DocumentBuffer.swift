/// Documents that are not in a segment yet.
struct DocumentBuffer {
    private final class Builder {
        var documents: [Int32] = []
        var frequencies: [Int32] = []
        var positionStarts: [Int32] = []
        var positions: [Int32] = []

        func add(_ document: Int32, _ frequency: Int32, _ position: Int32?) {
            if documents.last != document {
                documents.append(document)
                frequencies.append(0)
                positionStarts.append(Int32(positions.count))
            }
            frequencies[frequencies.count - 1] += frequency
            if let position { positions.append(position) }
        }
    }

    private final class Field {
        var terms: [[UInt8]: Builder] = [:]
        var norms: [Int32: UInt8] = [:]
        var documentCount = 0
        var lastDocument: Int32 = -1
        var position: Int32 = -1
        var length = 0
        var integers: [(document: Int32, value: Int64)] = []
        var values: [(document: Int32, value: [UInt8])] = []
    }

    private var fields: [FieldNumber: Field] = [:]
    private var seqNos: [Int64] = []
    private var children: [Int] = []
    private(set) var bytes = 0

    mutating func add(_ document: IndexDocument, _ options: [FieldNumber: FieldOptions]) -> IndexError? {
        for entry in document.entries where entry.kind != .childEnd && entry.kind != .exists {
            guard options[entry.field] != nil else {
                return .document(seqNo: document.seqNo, reason: "\(entry.field) was not defined")
            }
        }
        bytes += document.bytes.count + 4 * document.tokenBytes.count
        var number = Int32(seqNos.count)
        seqNos.append(document.seqNo)
        for entry in document.entries {
            if entry.kind == .childEnd {
                finish(number)
                children.append(Int(number))
                number += 1
                seqNos.append(document.seqNo)
                continue
            }
            let isMark = entry.kind == .exists
            let state = field(isMark ? .existence : entry.field)
            let option = isMark ? FieldOptions(indexing: .documents) : options[entry.field]!
            if state.lastDocument != number {
                state.lastDocument = number
                state.position = -1
                state.length = -1
            }
            let first = Int(entry.first), count = Int(entry.count)
            switch entry.kind {
            case .tokens:
                state.length = max(0, state.length)
                let base = state.position + 1
                for i in first..<first + count {
                    let start = i == 0 ? 0 : Int(document.tokenEnds[i - 1])
                    let term = Array(document.tokenBytes[start..<Int(document.tokenEnds[i])])
                    let position = base + document.tokenPositions[i]
                    if position != state.position { state.length += 1 }
                    state.position = position
                    builder(state, term).add(number, 1, option.indexing == .positions ? position : nil)
                }
                state.position += Int32(entry.value)
            case .term:
                state.length = max(0, state.length) + Int(entry.value)
                builder(state, Array(document.bytes[first..<first + count])).add(number, Int32(entry.value), nil)
            case .integer: state.integers.append((number, entry.value))
            case .bytes: state.values.append((number, Array(document.bytes[first..<first + count])))
            case .exists:
                state.length = 1
                let term = withUnsafeBytes(of: entry.field.rawValue.bigEndian) { Array($0) }
                builder(state, term).add(number, 1, nil)
            case .childEnd: break
            }
        }
        finish(number)
        return nil
    }

    private mutating func field(_ number: FieldNumber) -> Field {
        if let field = fields[number] { return field }
        let field = Field()
        fields[number] = field
        return field
    }

    private func builder(_ field: Field, _ term: [UInt8]) -> Builder {
        if let builder = field.terms[term] { return builder }
        let builder = Builder()
        field.terms[term] = builder
        return builder
    }

    private func finish(_ document: Int32) {
        for field in fields.values where field.lastDocument == document && field.length >= 0 {
            field.norms[document] = FieldLength.encode(field.length)
            if field.length > 0 { field.documentCount += 1 }
        }
    }

    func makeSegment(_ options: [FieldNumber: FieldOptions]) -> SegmentCore? {
        guard !seqNos.isEmpty else { return nil }
        let count = seqNos.count
        var dictionaries: [FieldNumber: TermDictionary] = [:]
        var norms: [FieldNumber: Norms] = [:]
        var integers: [FieldNumber: IntegerColumn] = [:]
        var ordinals: [FieldNumber: OrdinalColumn] = [:]
        for (number, field) in fields {
            let option = number == .existence ? FieldOptions(indexing: .documents) : options[number]!
            if option.indexing != .none, !field.terms.isEmpty {
                let sorted = field.terms.sorted { $0.key.lexicographicallyPrecedes($1.key) }
                let lists = sorted.map { _, builder in
                    PostingsList(
                        documents: builder.documents,
                        frequencies: option.indexing == .documents
                            ? builder.documents.map { _ in 1 } : builder.frequencies,
                        positionStarts: builder.positionStarts, positions: builder.positions)
                }
                var statistics = FieldStatistics()
                statistics.documentCount = field.documentCount
                for list in lists {
                    statistics.sumDocumentFrequency += list.documents.count
                    statistics.sumTotalTermFrequency += list.totalTermFrequency
                }
                dictionaries[number] = TermDictionary(
                    statistics: statistics, indexing: option.indexing, terms: sorted.map(\.key), lists: lists)
            }
            if option.hasNorms, !field.norms.isEmpty {
                var bytes = [UInt8](repeating: 0, count: count)
                for (document, norm) in field.norms { bytes[Int(document)] = norm }
                norms[number] = Norms(bytes: bytes)
            }
            if !field.integers.isEmpty {
                integers[number] = column(field.integers.sorted { $0 < $1 }, count)
            }
            if !field.values.isEmpty {
                let terms = Set(field.values.map(\.value)).sorted { $0.lexicographicallyPrecedes($1) }
                let ranks = Dictionary(uniqueKeysWithValues: terms.enumerated().map { ($1, Int64($0)) })
                var pairs: [(document: Int32, value: Int64)] = []
                for pair in field.values.map({ ($0.document, ranks[$0.value]!) }).sorted(by: { $0 < $1 }) {
                    if let last = pairs.last, last == pair { continue }
                    pairs.append(pair)
                }
                ordinals[number] = OrdinalColumn(ordinals: column(pairs, count), terms: terms)
            }
        }
        var roots: DocumentSet?
        if !children.isEmpty {
            var set = DocumentSet(capacity: count, full: true)
            for child in children { set.remove(child) }
            roots = set
        }
        return SegmentCore(
            documentCount: count, fields: options, roots: roots, seqNos: seqNos, dictionaries: dictionaries,
            norms: norms, integers: integers, ordinals: ordinals)
    }

    private func column(_ pairs: [(document: Int32, value: Int64)], _ count: Int) -> IntegerColumn {
        var starts = [Int32](repeating: 0, count: count + 1)
        for pair in pairs { starts[Int(pair.document) + 1] += 1 }
        for i in 0..<count { starts[i + 1] += starts[i] }
        return IntegerColumn(starts: starts, values: pairs.map(\.value))
    }
}
