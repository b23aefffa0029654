import IndexFiles
import CPostings

/// The terms of one field while its documents are gathered in memory.
final class InvertedField {
    struct Term {
        var lastDocument: UInt32 = .max
        var lastFrequency: UInt32 = 0
        var lastPosition: UInt32 = 0
        /// The document last written to the stream.
        var writtenDocument: UInt32 = .max
        var documents = ByteArena.Stream()
        var positions = ByteArena.Stream()
    }

    let arena: ByteArena
    let table: TermTable
    let options: FieldOptions
    private var terms: UnsafeMutablePointer<Term>
    private var capacity = 256
    private var termCount = 0

    /// So many tokens are looked up together: each step waits for memory, so all take one step before any takes the next.
    private static let lookahead = 32
    private let hashes: UnsafeMutablePointer<UInt32>

    // The document at hand.
    private(set) var document: UInt32 = .max
    private var position: Int32 = -1
    private var length: UInt32 = 0
    private var hasLength = false
    private(set) var documentCount = 0
    /// One byte for each document up to the last one with the field.
    private(set) var norms: [UInt8] = []

    init(arena: ByteArena, options: FieldOptions) {
        self.arena = arena
        self.options = options
        table = TermTable(arena: arena)
        terms = .allocate(capacity: capacity)
        hashes = .allocate(capacity: Self.lookahead)
    }

    deinit {
        terms.deallocate()
        hashes.deallocate()
    }

    var byteCount: Int { table.byteCount + capacity * MemoryLayout<Term>.stride + norms.count }

    private func begin(_ document: UInt32) {
        finishDocument()
        self.document = document
        position = -1
        length = 0
        hasLength = true
    }

    /// Writes the length of the document at hand.
    ///
    /// Must be called before the terms are read.
    func finishDocument() {
        guard hasLength else { return }
        hasLength = false
        if length > 0 { documentCount += 1 }
        if options.hasNorms {
            while norms.count < Int(document) { norms.append(0) }
            norms.append(FieldLength.encode(Int(length)))
        }
    }

    /// Adds the tokens of one value.
    ///
    /// - Parameter gap: how far the next value's positions are from these.
    func add(_ source: borrowing IndexDocument, _ range: Range<Int>, gap: Int32, to document: UInt32) {
        if self.document != document || !hasLength { begin(document) }
        let base = position &+ 1
        var last = position, overlapping: UInt32 = 0
        source.tokenBytes.withUnsafeBufferPointer { bytes in
            source.tokenEnds.withUnsafeBufferPointer { ends in
                source.tokenPositions.withUnsafeBufferPointer { positions in
                    guard let bytes = bytes.baseAddress, let ends = ends.baseAddress,
                        let positions = positions.baseAddress
                    else { return }
                    var start = range.lowerBound == 0 ? 0 : Int(ends[range.lowerBound - 1])
                    var first = range.lowerBound
                    while first < range.upperBound {
                        let next = min(first &+ Self.lookahead, range.upperBound)
                        prefetch(bytes, from: start, ends + first, next &- first)
                        for i in first..<next {
                            let end = Int(ends[i])
                            let at = base &+ positions[i]
                            if at == last { overlapping &+= 1 }
                            last = at
                            add(
                                bytes + start, end &- start, hash: hashes[i &- first], document, 1,
                                UInt32(bitPattern: at))
                            start = end
                        }
                        first = next
                    }
                }
            }
        }
        length &+= UInt32(truncatingIfNeeded: range.count) &- overlapping
        position = last &+ gap
    }

    /// Computes the hashes of some tokens, and begins to load what adding them will read.
    @inline(__always)
    private func prefetch(
        _ bytes: UnsafePointer<UInt8>, from start: Int, _ ends: UnsafePointer<Int32>, _ count: Int
    ) {
        var start = start
        for i in 0..<count {
            let end = Int(ends[i])
            hashes[i] = TermTable.hash(bytes + start, end &- start)
            table.prefetch(hash: hashes[i])
            start = end
        }
        for i in 0..<count {
            guard let number = table.likelyNumber(hash: hashes[i]) else { continue }
            cp_prefetch(table.texts + number)
            cp_prefetch(terms + number)
        }
        for i in 0..<count {
            guard let number = table.likelyNumber(hash: hashes[i]), number < termCount else { continue }
            cp_prefetch(arena.base + Int(table.texts[number].offset))
            cp_prefetch(arena.base + Int(terms[number].positions.cursor))
        }
    }

    /// Adds one term.
    func add(_ bytes: UnsafePointer<UInt8>, _ count: Int, frequency: UInt32, to document: UInt32) {
        if self.document != document || !hasLength { begin(document) }
        position &+= 1
        let hash = TermTable.hash(bytes, count)
        add(bytes, count, hash: hash, document, frequency, UInt32(bitPattern: position))
        length &+= frequency
    }

    @inline(__always)
    private func add(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, hash: UInt32, _ document: UInt32, _ frequency: UInt32,
        _ position: UInt32
    ) {
        let number = table.number(of: bytes, count, hash: hash)
        if number == termCount { addTerm() }
        let term = terms + number
        if term.pointee.lastDocument != document {
            if term.pointee.lastDocument != .max { writeDocument(term) }
            term.pointee.lastDocument = document
            term.pointee.lastFrequency = frequency
            term.pointee.lastPosition = 0
        } else {
            term.pointee.lastFrequency &+= frequency
        }
        if options.indexing == .positions {
            // One position for each occurrence, so that the two never disagree.
            arena.append(variable: position &- term.pointee.lastPosition, to: &term.pointee.positions)
            term.pointee.lastPosition = position
            for _ in 1..<max(1, frequency) { arena.append(variable: 0, to: &term.pointee.positions) }
        }
    }

    private func addTerm() {
        if termCount == capacity {
            let larger = UnsafeMutablePointer<Term>.allocate(capacity: capacity * 2)
            larger.update(from: terms, count: termCount)
            terms.deallocate()
            terms = larger
            capacity *= 2
        }
        (terms + termCount).initialize(to: Term())
        termCount += 1
    }

    @inline(__always)
    private func writeDocument(_ term: UnsafeMutablePointer<Term>) {
        let gap = term.pointee.lastDocument &- term.pointee.writtenDocument
        term.pointee.writtenDocument = term.pointee.lastDocument
        let frequency = term.pointee.lastFrequency
        if options.indexing < .frequencies {
            arena.append(variable: gap, to: &term.pointee.documents)
        } else {
            // Documents of one buffer are below 2^31: the gap keeps its top bit.
            arena.append(variable: gap << 1 | (frequency == 1 ? 1 : 0), to: &term.pointee.documents)
            if frequency != 1 { arena.append(variable: frequency, to: &term.pointee.documents) }
        }
    }

    /// Writes all terms and their postings.
    func write(_ number: FieldNumber, into writer: SegmentWriter) throws(IndexFileError) {
        finishDocument()
        writer.beginTerms(number, options)
        let postings = writer.postings
        for id in table.sorted() {
            let term = terms + Int(id)
            var documents = ByteArena.Reader(arena, term.pointee.documents)
            var positions = ByteArena.Reader(arena, term.pointee.positions)
            var document = UInt32.max
            while true {
                var frequency: UInt32 = 1
                let isLast = documents.isAtEnd
                if isLast {
                    document = term.pointee.lastDocument
                    if options.indexing >= .frequencies { frequency = term.pointee.lastFrequency }
                } else {
                    let code = documents.variable()
                    if options.indexing < .frequencies {
                        document &+= code
                    } else {
                        document &+= code >> 1
                        if code & 1 == 0 { frequency = documents.variable() }
                    }
                }
                let norm = options.hasNorms ? norms[Int(document)] : 1
                postings.add(document: document, frequency: frequency, norm: norm)
                if options.indexing == .positions {
                    var position: UInt32 = 0
                    for _ in 0..<frequency {
                        position &+= positions.variable()
                        postings.add(position: position)
                    }
                }
                if isLast { break }
            }
            try writer.endTerm(table.text(Int(id)))
        }
        writer.endTerms(documentCount: documentCount)
    }
}
