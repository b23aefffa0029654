import CPostings

/// One weighted term of a pruned search: whole blocks are scored at once, and bounds are known for blocks that are not read.
///
/// The scores of a rare term (at most ``materialLimit`` documents) are all computed at the start.
final class TermClause {
    static let materialLimit = 2048

    let cursor: PostingsCursor
    let kernels: UnsafePointer<cp_kernels>
    private let weight: TermWeight
    private let norms: UnsafePointer<UInt8>?
    /// Keeps the norms' memory.
    private let owner: Norms?
    private let memory: UnsafeMutablePointer<Float>
    /// 256 inverse lengths, of saturating weights.
    private var inverse: UnsafeMutablePointer<Float> { memory }
    /// The scores of the block at hand.
    private var scores: UnsafeMutablePointer<Float> { memory + 256 }
    /// Indices in the block at hand.
    private let selected: UnsafeMutablePointer<UInt32>
    private let saturation: Float?
    private var scoredBlock = -1
    /// Where the part of a block that was used last ended.
    private var partBlock = -1
    private var partEnd = 0
    private var at = 0

    /// No document of the term scores more.
    private(set) var bound: Float
    /// Of rare terms, every document and its score.
    private(set) var material: UnsafeMutablePointer<UInt32>?
    private(set) var materialScores: UnsafeMutablePointer<Float>?
    private(set) var materialCount = 0
    /// No document of a range scores more; 0: none of them has the term.
    private(set) var ranges: UnsafeMutablePointer<Float>?

    convenience init(_ scorer: TermScorer) {
        self.init(scorer.postings, scorer.weight, scorer.norms)
    }

    init(_ cursor: PostingsCursor, _ weight: TermWeight, _ lengths: Norms?) {
        self.cursor = cursor
        self.weight = weight
        owner = lengths
        norms = lengths?.bytes
        kernels = cp_kernels_best()
        memory = .allocate(capacity: 256 + 128)
        selected = .allocate(capacity: 128)
        if case .saturating(let weight, let normInverse) = weight.form {
            saturation = weight
            for i in 0..<256 { memory[i] = normInverse[i] }
        } else {
            saturation = nil
        }
        bound = weight.bound
        if cursor.count <= Self.materialLimit { makeMaterial() }
    }

    deinit {
        memory.deallocate()
        selected.deallocate()
        material?.deallocate()
        materialScores?.deallocate()
        ranges?.deallocate()
    }

    var count: Int { cursor.count }

    private func makeMaterial() {
        let documents = UnsafeMutablePointer<UInt32>.allocate(capacity: cursor.count + 1)
        let scores = UnsafeMutablePointer<Float>.allocate(capacity: cursor.count + 1)
        var count = 0
        var block = 0
        bound = 0
        while block < cursor.blockCount, cursor.block == block || cursor.load(block) {
            guard count + cursor.inBlock <= cursor.count else { break }
            let taken = cursor.inBlock
            (documents + count).update(from: cursor.documents, count: taken)
            score(taken, cursor.documents, cursor.frequencies, into: scores + count)
            for i in count..<count + taken {
                bound = max(bound, scores[i])
                if i > 0, documents[i] <= documents[i - 1] {
                    cursor.data.report("documents of a term do not ascend")
                    block = cursor.blockCount
                }
            }
            if block == cursor.blockCount { break }
            count += taken
            block += 1
        }
        documents[count] = .max
        material = documents
        materialScores = scores
        materialCount = count
    }

    /// Of rare terms, where documents at or after the given one begin; fastest when they ascend.
    @inline(__always)
    func materialIndex(of document: UInt32) -> Int {
        guard let material else { return 0 }
        if at > 0, at >= materialCount || material[at &- 1] >= document { at = 0 }
        at = cp_lower_bound(material, at, materialCount, document)
        return at
    }

    /// The scores of documents by the frequencies of the term in them.
    @inline(__always)
    func score(
        _ count: Int, _ documents: UnsafePointer<UInt32>, _ frequencies: UnsafePointer<UInt32>,
        into scores: UnsafeMutablePointer<Float>
    ) {
        if let saturation {
            kernels.pointee.score_saturating(count, documents, frequencies, norms, inverse, saturation, scores)
        } else {
            for i in 0..<count {
                // Never -0, which stands for sums that nothing was added to.
                scores[i] = weight.score(frequency: Float(frequencies[i]), norm: norms?[Int(documents[i])] ?? 1) + 0
            }
        }
    }

    // MARK: Ranges

    /// Makes ``ranges`` for ranges of `1 << shift` documents.
    func makeRanges(_ count: Int, shift: Int) {
        let ranges = UnsafeMutablePointer<Float>.allocate(capacity: count)
        self.ranges = ranges
        if let material, let materialScores {
            ranges.initialize(repeating: 0, count: count)
            for i in 0..<materialCount {
                let range = Int(material[i]) >> shift
                // A score of 0 counts as a match, too.
                ranges[range] = max(ranges[range], materialScores[i], .leastNormalMagnitude)
            }
            return
        }
        guard let ends = cursor.blockEnds, let starts = cursor.impactStarts, areSound(ends),
            let impacts = cursor.allImpacts.baseAddress
        else { return ranges.initialize(repeating: 0, count: count) }
        let blocks = cursor.blockCount
        let bounds = UnsafeMutablePointer<Float>.allocate(capacity: blocks)
        defer { bounds.deallocate() }
        if let saturation {
            kernels.pointee.bound_blocks(blocks, starts, impacts, inverse, saturation, bounds)
        } else {
            boundBlocks(cursor.allImpacts, starts, bounds)
        }
        bound = 0
        for block in 0..<blocks {
            bounds[block] = max(bounds[block], .leastNormalMagnitude)
            bound = max(bound, bounds[block])
        }
        cp_range_bounds(blocks, ends, bounds, UInt32(shift), count, ranges)
    }

    private func boundBlocks(
        _ impacts: UnsafeBufferPointer<UInt32>, _ starts: UnsafePointer<UInt32>, _ bounds: UnsafeMutablePointer<Float>
    ) {
        for block in 0..<cursor.blockCount {
            bounds[block] = 0
            for pair in impacts[Int(starts[block])..<Int(starts[block + 1])] {
                let frequency = pair & 0xff_ffff
                let score =
                    frequency == ImpactAccumulator.unbounded
                    ? weight.bound : weight.score(frequency: Float(frequency), norm: UInt8(pair >> 24))
                bounds[block] = max(bounds[block], score)
            }
        }
    }

    private func areSound(_ ends: UnsafePointer<UInt32>) -> Bool {
        for block in 1..<max(1, cursor.blockCount) where ends[block] <= ends[block - 1] {
            cursor.data.report("blocks of postings do not ascend")
            return false
        }
        if Int(ends[cursor.blockCount - 1]) >= cursor.data.documentCount {
            cursor.data.report("a block of postings ends behind the last document")
            return false
        }
        return true
    }

    /// Calls the body with the parts of blocks that hold the documents of `low..<high`: first index, number, documents.
    ///
    /// Only of terms that are not rare.
    @inline(__always)
    private func forEachPart(
        _ low: Int, _ high: Int, _ body: (_ from: Int, _ count: Int, _ documents: UnsafeMutablePointer<UInt32>) -> Int
    ) {
        guard cursor.seekBlock(low) else { return }
        let first = UInt32(truncatingIfNeeded: low), end = UInt32(truncatingIfNeeded: high)
        while true {
            let documents = cursor.documents, count = cursor.inBlock
            // Ranges mostly ascend: the next one begins where the last one ended.
            var from = partBlock == cursor.block ? partEnd : 0
            if from > 0, documents[from &- 1] >= first { from = 0 }
            if documents[from] < first { from = cp_lower_bound(documents, from, count, first) }
            if from == count { return }
            let taken = body(from, count &- from, documents + from)
            partBlock = cursor.block
            partEnd = from &+ max(0, taken)
            if from &+ taken < count { return }
            partEnd = 0
            guard cursor.block &+ 1 < cursor.blockCount, documents[count &- 1] &+ 1 < end,
                cursor.load(cursor.block &+ 1)
            else { return }
        }
    }

    private func scoreBlock() {
        if scoredBlock == cursor.block { return }
        scoredBlock = cursor.block
        score(cursor.inBlock, cursor.documents, cursor.frequencies, into: scores)
    }

    /// Adds the scores of all documents in `low..<high` to `sums`, counted from `low`.
    func accumulate(_ low: Int, _ high: Int, _ sums: UnsafeMutablePointer<Double>) {
        let first = UInt32(truncatingIfNeeded: low), end = UInt32(truncatingIfNeeded: high)
        if let material, let materialScores {
            let from = materialIndex(of: first)
            at += cp_accumulate(materialCount - from, material + from, materialScores + from, first, end, sums)
            return
        }
        forEachPart(low, high) { from, count, documents in
            scoreBlock()
            return cp_accumulate(count, documents, scores + from, first, end, sums)
        }
    }

    /// Takes the documents of `low..<high` that can score `needed` if other terms add `rest`, with their scores.
    ///
    /// There must be room for all of the range.
    func take(_ low: Int, _ high: Int, rest: Double, needed: Float, into batch: CandidateBatch) {
        let end = UInt32(truncatingIfNeeded: high)
        if let material, let materialScores {
            let from = materialIndex(of: UInt32(truncatingIfNeeded: low))
            at = cp_lower_bound(material, from, materialCount, end)
            for i in from..<at where Float(Double(materialScores[i]) + rest) >= needed {
                batch.append(material[i], Double(materialScores[i]))
            }
            return
        }
        forEachPart(low, high) { from, count, documents in
            let below = documents[count &- 1] < end ? count : cp_lower_bound(documents, 0, count, end)
            // More documents than the range has: only of a damaged file.
            let within = min(below, batch.capacity &- batch.count)
            if within <= 0 { return -1 }
            scoreBlock()
            let taken = kernels.pointee.select(within, scores + from, rest, needed, selected)
            for i in 0..<taken {
                let index = Int(selected[i])
                batch.append(documents[index], Double(scores[from &+ index]))
            }
            return within
        }
    }

    /// Calls the body with the documents of a block that can score `needed` if other terms add `rest`, and their scores.
    ///
    /// Only of terms that are not rare.
    @inline(__always)
    func take(block: Int, rest: Double, needed: Float, _ body: (UInt32, Float) -> Void) {
        guard cursor.block == block || cursor.load(block) else { return }
        scoreBlock()
        let taken = kernels.pointee.select(cursor.inBlock, scores, rest, needed, selected)
        for i in 0..<taken { body(cursor.documents[Int(selected[i])], scores[Int(selected[i])]) }
    }

    /// Marks all documents in `low..<high`, counted from `low`.
    func mark(_ low: Int, _ high: Int, _ seen: UnsafeMutablePointer<UInt64>) {
        let first = UInt32(truncatingIfNeeded: low), end = UInt32(truncatingIfNeeded: high)
        if let material {
            let from = materialIndex(of: first)
            at += cp_mark(materialCount - from, material + from, first, end, seen)
            return
        }
        forEachPart(low, high) { _, count, documents in cp_mark(count, documents, first, end, seen) }
    }
}
