import CPostings

/// The best documents of a query, without reading what cannot be among them.
///
/// Documents are taken in blocks of 16. First the bounds of all blocks are added up from the 8-bit bounds of the terms. The blocks with the
/// highest bounds are scored and give a threshold; the others that reach it follow in about descending order of their bounds, until the
/// threshold is above them: "Faster Learned Sparse Retrieval with Block-Max Pruning" (Mallia, Suel, Tonellotto, SIGIR 2024).
///
/// The result is that of the exhaustive search, bit for bit.
struct BlockSearch {
    private let terms: QueryTerms
    private let scratch: SearchScratch
    private let accepted: [UInt64]?
    private let minimumScore: Float
    private let kernels: UnsafePointer<cs_kernels>
    private let places: UnsafeMutablePointer<cs_place>
    private let blockCount: Int
    private var best: BestDocuments

    /// How many blocks give the first threshold, at least.
    private static let seedCount = 32
    private static let buckets = 1024

    /// - Parameters:
    ///   - accepted: a bit a document: what may be found; `nil`: all.
    ///   - minimumScore: what a document must score to matter.
    init(
        _ terms: QueryTerms, documentCount: Int, k: Int, accepted: [UInt64]?, minimumScore: Float,
        scratch: SearchScratch
    ) {
        self.terms = terms
        self.scratch = scratch
        self.accepted = accepted
        self.minimumScore = max(0, minimumScore)
        kernels = cs_kernels_best()
        places = .allocate(capacity: 2 * terms.placeCount)
        blockCount = (documentCount + 15) / 16
        best = BestDocuments(k: k)
    }

    /// Searches; to be called once.
    mutating func run(k: Int) -> [SparseHit] {
        defer { places.deallocate() }
        guard terms.postings.count <= QueryTerms.boundedCount else {
            for block in 0..<blockCount { scratch.ordered[block] = UInt32(block) }
            for block in 0..<blockCount { scratch.lists[block] = .max }
            score(blockCount) { _ in false }
            return best.sorted()
        }
        addBounds()
        let seedBound = seedBound(max(Self.seedCount, k / 4))
        score(collect(from: seedBound, below: .max)) { _ in false }
        let left = collect(from: needed, below: seedBound)
        guard left > 0 else { return best.sorted() }
        let shift = order(left, from: needed, below: seedBound)
        let bounds = scratch.bounds
        let terms = terms, minimum = minimumScore
        score(left) { [base = shift.base, bits = shift.bits] search in
            let least = terms.bound(ofScore: max(minimum, search.threshold))
            // The highest bound of the bucket that this block is in.
            return (Int(bounds[Int(search.block)]) - base) >> bits < (least - base) >> bits
        }
        return best.sorted()
    }

    /// What the bound of a block must be, at least.
    private var needed: Int { terms.bound(ofScore: max(minimumScore, best.threshold)) }

    private func addBounds() {
        let words = scratch.words
        // What rounding down in the kernel may lose.
        scratch.bounds.initialize(repeating: UInt16(terms.blocked.count), count: words * Int(CS_WORD))
        scratch.lists.initialize(repeating: 0, count: words * Int(CS_WORD))
        for (i, list) in terms.lists.enumerated() {
            let tag: UInt8 = 1 << UInt8(i & 7)
            let factor = Double(list.weight) * terms.scale * 1.000001
            var last = -1, most: UInt16 = 0
            for posting in 0..<list.postings.count {
                let block = Int(list.documents[posting] >> 4)
                let exact = factor * Double(FeatureWeight(bits: list.postings.weights[posting]).value)
                let bound = UInt16(min(65_535, exact + 1))
                if block != last {
                    scratch.lists[block] |= tag
                    most = 0
                    last = block
                }
                guard bound > most else { continue }
                let (sum, overflow) = scratch.bounds[block].addingReportingOverflow(bound - most)
                scratch.bounds[block] = overflow ? .max : sum
                most = bound
            }
        }
        terms.blocked.withUnsafeBufferPointer {
            kernels.pointee.add_bounds($0.baseAddress, $0.count, 0, words, scratch.bounds, scratch.maxima)
        }
        guard let accepted else { return }
        for block in 0..<blockCount where mask(block, accepted) == 0 { scratch.bounds[block] = 0 }
        for word in 0..<words {
            var highest: UInt16 = 0
            for block in word * Int(CS_WORD)..<(word + 1) * Int(CS_WORD) {
                highest = max(highest, scratch.bounds[block])
            }
            scratch.maxima[word] = highest
        }
    }

    @inline(__always)
    private func mask(_ block: Int, _ accepted: [UInt64]) -> UInt16 {
        UInt16(truncatingIfNeeded: accepted[block >> 2] >> UInt64((block & 3) << 4))
    }

    /// A bound that at least so many blocks reach, or 0.
    private func seedBound(_ count: Int) -> Int {
        // The best block of each word stands for all where there are many.
        let usesWords = scratch.words >= 8 * count
        let values = UnsafePointer(usesWords ? scratch.maxima : scratch.bounds)
        return withUnsafeTemporaryAllocation(of: Int32.self, capacity: Self.buckets) { histogram in
            histogram.initialize(repeating: 0)
            for i in 0..<(usesWords ? scratch.words : blockCount) { histogram[Int(values[i] >> 6)] += 1 }
            var seen = 0
            for bucket in stride(from: Self.buckets - 1, through: 0, by: -1) {
                seen += Int(histogram[bucket])
                if seen >= count { return bucket << 6 }
            }
            return 0
        }
    }

    /// Puts the blocks with bounds in a range into the candidates, by number; how many there are.
    private func collect(from least: Int, below most: Int) -> Int {
        var count = 0
        for word in 0..<scratch.words where Int(scratch.maxima[word]) >= least {
            for block in word << 6..<min((word + 1) << 6, blockCount) {
                let bound = Int(scratch.bounds[block])
                scratch.ordered[count] = UInt32(truncatingIfNeeded: block)
                count &+= bound >= least && bound < most ? 1 : 0
            }
        }
        return count
    }

    /// Sorts the candidates into buckets of falling bounds.
    private func order(_ count: Int, from least: Int, below most: Int) -> (base: Int, bits: Int) {
        var bits = 0
        while (most - least) >> bits >= Self.buckets { bits += 1 }
        let (bounds, candidates, ordered) = (scratch.bounds, scratch.candidates, scratch.ordered)
        candidates.update(from: ordered, count: count)
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: Self.buckets + 1) { places in
            places.initialize(repeating: 0)
            for i in 0..<count {
                places[Self.buckets - 1 - (Int(bounds[Int(candidates[i])]) - least) >> bits] += 1
            }
            var sum: Int32 = 0
            for bucket in 0..<Self.buckets {
                let size = places[bucket]
                places[bucket] = sum
                sum += size
            }
            for i in 0..<count {
                let bucket = Self.buckets - 1 - (Int(bounds[Int(candidates[i])]) - least) >> bits
                ordered[Int(places[bucket])] = candidates[i]
                places[bucket] += 1
            }
        }
        return (least, bits)
    }

    /// Scores the ordered blocks until told to stop; the memory of the next ones is on its way meanwhile.
    private mutating func score(
        _ count: Int, until isDone: ((block: UInt32, threshold: Float)) -> Bool
    ) {
        guard count > 0 else { return }
        let ordered = scratch.ordered, tags = scratch.lists, bounds = scratch.bounds
        let isBounded = terms.postings.count <= QueryTerms.boundedCount
        var current = places, following = places + terms.placeCount
        var found = terms.locate(ordered[0], tags: tags[Int(ordered[0])], kernels, current)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: Int(CS_BLOCK)) { scores in
            for i in 0..<count {
                let block = ordered[i]
                if i + 2 < count {
                    terms.blocked.withUnsafeBufferPointer { cs_prefetch($0.baseAddress, $0.count, ordered[i + 2]) }
                }
                var next = 0
                if i + 1 < count {
                    next = terms.locate(ordered[i + 1], tags: tags[Int(ordered[i + 1])], kernels, following)
                }
                if isDone((block, best.threshold)) { return }
                let threshold = max(minimumScore, best.threshold)
                if !isBounded || Int(bounds[Int(block)]) >= terms.bound(ofScore: threshold) {
                    var hits = kernels.pointee.score_block(current, found, threshold, scores.baseAddress)
                    if let accepted { hits &= UInt32(mask(Int(block), accepted)) }
                    while hits != 0 {
                        let lane = hits.trailingZeroBitCount
                        best.insert(block << 4 | UInt32(lane), scores[lane])
                        hits &= hits &- 1
                    }
                }
                swap(&current, &following)
                found = next
            }
        }
    }
}
