import IndexFiles
import CPostings

/// Where the postings of a term went.
struct TermLocation {
    var documentFrequency: UInt32 = 0
    var totalTermFrequency: UInt64 = 0
    /// The only document of a term whose posting stands in the dictionary itself.
    var inlineDocument: UInt32?
    var inlineFrequency: UInt32 = 1
    var offset: UInt64 = 0
    var positionBytes: UInt32 = 0
}

/// Writes the postings of one term after the other.
///
/// A term of at least ``CP_BLOCK`` documents (offsets count from where the documents begin; all numbers 32 bits):
/// 1. positions, if kept: differences within a document; blocks of 128 (a byte of width, then packed), the rest as variable
///    bytes;
/// 2. from an offset that 4 divides: last document of each block (the unfinished one counts), offset of each block, start of the
///    impacts of each block and their number, and with positions how many positions and position bytes come before each block;
/// 3. impacts; 4. blocks: width of documents, width of frequencies, packed differences less one, packed frequencies less one;
///    the last, unfinished block as of a shorter term.
///
/// A shorter term: positions, then variable bytes: difference shifted left by one, plus one where the frequency is 1; else the
/// frequency follows. A term of one document with few occurrences stands in the dictionary.
final class PostingsWriter {
    private let file: FileOutput
    private let indexing: FieldOptions.Indexing
    private let scratch: UnsafeMutablePointer<UInt32>
    private var documents: UnsafeMutablePointer<UInt32> { scratch }
    private var frequencies: UnsafeMutablePointer<UInt32> { scratch + 128 }
    private var positions: UnsafeMutablePointer<UInt32> { scratch + 256 }
    private var pending = 0
    private var pendingPositions = 0
    private var blockBefore: UInt32 = .max
    private var documentCount = 0
    private var occurrences: UInt64 = 0
    private var positionCount: UInt64 = 0
    private var lastPosition: UInt32 = 0
    private var impacts = ImpactAccumulator()

    private let blockOutput = OutputBuffer()
    private let positionOutput = OutputBuffer()
    /// Positions of the first documents, for terms that stand in the dictionary.
    let inlinePositions = OutputBuffer()
    private let impactOutput = OutputBuffer()
    private let head = OutputBuffer()
    private var lastDocuments: [UInt32] = []
    private var blockOffsets: [UInt32] = []
    private var impactStarts: [UInt32] = []
    private var positionCounts: [UInt32] = []
    private var positionOffsets: [UInt32] = []

    /// The highest frequency of an only document that stands in the dictionary.
    static let inlineLimit: UInt32 = 8

    init(file: FileOutput, indexing: FieldOptions.Indexing) {
        self.file = file
        self.indexing = indexing
        scratch = .allocate(capacity: 384)
    }

    deinit { scratch.deallocate() }

    /// Begins a document of the current term; documents must ascend.
    @inline(__always)
    func add(document: UInt32, frequency: UInt32, norm: UInt8) {
        if pending == 0 {
            positionCounts.append(UInt32(truncatingIfNeeded: positionCount))
            positionOffsets.append(UInt32(truncatingIfNeeded: positionOutput.count))
            impactStarts.append(UInt32(truncatingIfNeeded: impactOutput.count / 4))
        }
        documents[pending] = document
        frequencies[pending] = frequency
        pending &+= 1
        documentCount &+= 1
        occurrences &+= UInt64(frequency)
        impacts.add(frequency: frequency, norm: norm)
        lastPosition = 0
        if pending == 128 { finishBlock() }
    }

    /// Adds a position of the current document; positions must not descend.
    @inline(__always)
    func add(position: UInt32) {
        positions[pendingPositions] = position &- lastPosition
        lastPosition = position
        pendingPositions &+= 1
        positionCount &+= 1
        if pendingPositions == 128 {
            let bits = cp_bits(positions, 128)
            positionOutput.append(UInt8(bits))
            positionOutput.append(count: 16 * Int(bits)) { cp_pack(positions, 128, bits, $0) }
            pendingPositions = 0
        }
    }

    private func finishBlock() {
        lastDocuments.append(documents[127])
        blockOffsets.append(UInt32(truncatingIfNeeded: blockOutput.count))
        var before = blockBefore
        blockBefore = documents[127]
        for i in 0..<128 {
            let document = documents[i]
            documents[i] = document &- before &- 1
            before = document
            frequencies[i] &-= 1
        }
        let documentBits = cp_bits(documents, 128)
        let frequencyBits = indexing >= .frequencies ? cp_bits(frequencies, 128) : 0
        blockOutput.append(UInt8(documentBits))
        blockOutput.append(UInt8(frequencyBits))
        blockOutput.append(count: 16 * Int(documentBits)) { cp_pack(documents, 128, documentBits, $0) }
        blockOutput.append(count: 16 * Int(frequencyBits)) { cp_pack(frequencies, 128, frequencyBits, $0) }
        _ = impacts.take(into: impactOutput)
        pending = 0
    }

    private func appendRest(to output: OutputBuffer) {
        var before = blockBefore
        for i in 0..<pending {
            let gap = UInt64(documents[i] &- before &- 1)
            before = documents[i]
            if indexing < .frequencies {
                output.append(variable: gap)
            } else if frequencies[i] == 1 {
                output.append(variable: gap << 1 | 1)
            } else {
                output.append(variable: gap << 1)
                output.append(variable: frequencies[i])
            }
        }
    }

    /// Ends the term and writes it.
    ///
    /// - Throws: ``IndexFileError`` when the file cannot be written, or when one term takes more than 4 GiB.
    func finishTerm() throws(IndexFileError) -> TermLocation {
        defer { reset() }
        var location = TermLocation()
        location.documentFrequency = UInt32(documentCount)
        location.totalTermFrequency = indexing >= .frequencies ? occurrences : UInt64(documentCount)
        inlinePositions.removeAll()
        if documentCount == 1, frequencies[0] <= Self.inlineLimit, positionCount <= Self.inlineLimit {
            location.inlineDocument = documents[0]
            location.inlineFrequency = frequencies[0]
            for i in 0..<pendingPositions { inlinePositions.append(variable: positions[i]) }
            return location
        }
        for i in 0..<pendingPositions { positionOutput.append(variable: positions[i]) }
        guard positionOutput.count + blockOutput.count + impactOutput.count < Int(UInt32.max) - (1 << 20) else {
            throw .file(path: file.path, reason: "a term takes more than 4 GiB: use smaller segments")
        }
        location.offset = UInt64(file.count)
        location.positionBytes = UInt32(positionOutput.count)
        try file.append(positionOutput.bytes)
        if documentCount >= 128 {
            try file.align(to: 4)
            if pending > 0 {
                lastDocuments.append(documents[pending - 1])
                blockOffsets.append(UInt32(truncatingIfNeeded: blockOutput.count))
                _ = impacts.take(into: impactOutput)
            }
            impactStarts.append(UInt32(truncatingIfNeeded: impactOutput.count / 4))
            head.removeAll()
            head.append(array: lastDocuments)
            head.append(array: blockOffsets)
            head.append(array: impactStarts)
            if indexing == .positions {
                head.append(array: positionCounts)
                head.append(array: positionOffsets)
            }
            try file.append(head.bytes)
            try file.append(impactOutput.bytes)
            appendRest(to: blockOutput)
            try file.append(blockOutput.bytes)
        } else {
            appendRest(to: blockOutput)
            try file.append(blockOutput.bytes)
        }
        return location
    }

    private func reset() {
        pending = 0
        pendingPositions = 0
        blockBefore = .max
        documentCount = 0
        occurrences = 0
        positionCount = 0
        lastPosition = 0
        blockOutput.removeAll()
        positionOutput.removeAll()
        impactOutput.removeAll()
        head.removeAll()
        lastDocuments.removeAll(keepingCapacity: true)
        blockOffsets.removeAll(keepingCapacity: true)
        impactStarts.removeAll(keepingCapacity: true)
        positionCounts.removeAll(keepingCapacity: true)
        positionOffsets.removeAll(keepingCapacity: true)
        impacts.clear()
    }
}
