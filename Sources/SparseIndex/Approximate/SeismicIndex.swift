import CPostings
import IndexFiles

/// The approximate index of a field, mapped.
///
/// Whatever the bytes are, nothing outside them is read: what does not fit is passed over.
struct SeismicIndex: @unchecked Sendable {
    private let starts: UnsafePointer<UInt32>
    private let clusters: UnsafePointer<SeismicFormat.Cluster>
    private let clusterCount: Int
    private let ceiling: Float
    private let summaries: UnsafeRawBufferPointer
    private let members: UnsafeBufferPointer<UInt64>
    private let vectors: UnsafeRawBufferPointer
    private let documentCount: Int
    private let kernels: UnsafePointer<cs_kernels>

    /// A feature of a query.
    struct Term {
        let number: Int
        let weight: Float
        /// The highest weight that a document gives it.
        let highest: FeatureWeight
    }

    /// How many documents' memory is asked for before they are scored.
    private static let ahead = 6

    /// `nil` when the file has none.
    init?(_ file: SectionFile, documentCount: Int, termCount: Int) throws(IndexFileError) {
        guard !file.section(SparseFile.seismic).isEmpty else { return nil }
        let record = try file.array(SparseFile.seismic, of: SeismicFormat.Record.self, count: 1, "parameters").pointee
        clusterCount = Int(record.clusterCount)
        ceiling = record.quantizationCeiling
        guard ceiling > 0, ceiling.isFinite else { throw file.corrupt("its ceiling of weights is no positive number") }
        starts = try file.array(
            SparseFile.clusterStarts, of: UInt32.self, count: termCount + 1, "beginnings of lists")
        clusters = try file.array(
            SparseFile.clusters, of: SeismicFormat.Cluster.self, count: clusterCount, "clusters")
        summaries = file.section(SparseFile.summaries)
        members = file.section(SparseFile.members).bindMemory(to: UInt64.self)
        vectors = file.section(SparseFile.vectors)
        self.documentCount = documentCount
        kernels = cs_kernels_best()
    }

    /// The best documents that the lists of some terms lead to.
    ///
    /// - Parameters:
    ///   - terms: all features of the query; their weights are positive.
    ///   - scratch: memory; `visited` and `factors` are zero before and after.
    func search(
        _ terms: [Term], k: Int, options: SeismicSearchOptions, accepted: [UInt64]?,
        scratch: SearchScratch
    ) -> [Int] {
        let query = makeQuery(terms, scratch.factors)
        defer { for term in terms { scratch.factors[term.number & 0xffff] = 0 } }
        return withUnsafePointer(to: query) { query in
            let lists = terms.enumerated().sorted { ($1.element.weight, $0.offset) < ($0.element.weight, $1.offset) }
                .prefix(max(1, options.features)).map(\.element.number)
            return visit(ordered(lists, query), query, k, options.heapFactor, accepted, scratch)
        }
    }

    private func makeQuery(_ terms: [Term], _ factors: UnsafeMutablePointer<UInt16>) -> cs_query {
        // What a weight of 255 of each feature adds to a score.
        let shares = terms.map {
            Double($0.weight) * Double(SeismicFormat.scale(ceiling: ceiling, highest: $0.highest))
        }
        let highest = shares.max() ?? 1
        // So that a product of 255s stays below 2^31.
        let most = Double(min(32_767, 8_000_000 / terms.count))
        var filter = QueryFilter()
        for (term, share) in zip(terms, shares) {
            let number = UInt16(truncatingIfNeeded: term.number)
            factors[Int(number)] = UInt16(max(1, (share / highest * most).rounded()))
            filter.insert(number)
        }
        return filter.query(factors)
    }

    /// The clusters of some lists with the products of their summaries, in about falling order: upper 32 bits and lower 32.
    private func ordered(_ lists: [Int], _ query: UnsafePointer<cs_query>) -> [UInt64] {
        var found: [UInt64] = []
        for list in lists {
            let first = Int(starts[list]), end = Int(starts[list + 1])
            guard first <= end, end <= clusterCount else { continue }
            for cluster in first..<end {
                let record = clusters[cluster]
                let start = Int(record.summary) * SeismicFormat.summaryUnit, count = Int(record.summaryCount)
                guard start + 3 * count <= summaries.count else { continue }
                var product = UInt32.max >> 1
                if count > 0 {
                    let numbers = (summaries.baseAddress! + start).assumingMemoryBound(to: UInt16.self)
                    let weights = UnsafeRawPointer(numbers + count).assumingMemoryBound(to: UInt8.self)
                    product = kernels.pointee.product(query, numbers, weights, count)
                }
                if product > 0 { found.append(UInt64(product) << 32 | UInt64(cluster)) }
            }
        }
        found.sort(by: >)
        return found
    }

    private func visit(
        _ clusters: [UInt64], _ query: UnsafePointer<cs_query>, _ k: Int, _ heapFactor: Float, _ accepted: [UInt64]?,
        _ scratch: SearchScratch
    ) -> [Int] {
        var best = BestDocuments(k: k)
        let visited = scratch.visited
        var pending: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
        var pushed = 0, taken = 0, read = 0
        withUnsafeMutableBytes(of: &pending) { bytes in
            let ring = bytes.bindMemory(to: UInt64.self)
            for entry in clusters {
                let product = Float(UInt32(truncatingIfNeeded: entry >> 32))
                if best.isFull, product * heapFactor < Float(best.thresholdRank) { break }
                read += 1
                let cluster = self.clusters[Int(UInt32(truncatingIfNeeded: entry))]
                let start = Int(cluster.memberStart), end = start + Int(cluster.memberCount)
                guard end <= members.count else { continue }
                for i in start..<end {
                    let member = members[i]
                    let document = Int(member >> 32)
                    guard document < documentCount else { continue }
                    let bit: UInt64 = 1 << UInt64(document & 63)
                    if visited[document >> 6] & bit != 0 { continue }
                    if let accepted, accepted[document >> 6] & bit == 0 { continue }
                    visited[document >> 6] |= bit
                    let place = Int(UInt32(truncatingIfNeeded: member)) * SeismicFormat.vectorUnit
                    guard place + SeismicFormat.vectorHeader <= vectors.count else { continue }
                    cs_prefetch_bytes(vectors.baseAddress! + place)
                    ring[pushed & 7] = member
                    pushed &+= 1
                    if pushed &- taken > Self.ahead {
                        take(ring[taken & 7], query, &best)
                        taken &+= 1
                    }
                }
            }
            while taken < pushed {
                take(ring[taken & 7], query, &best)
                taken &+= 1
            }
        }
        clear(clusters[..<read], visited)
        return best.documents
    }

    @inline(__always)
    private func take(_ member: UInt64, _ query: UnsafePointer<cs_query>, _ best: inout BestDocuments) {
        let place = Int(UInt32(truncatingIfNeeded: member)) * SeismicFormat.vectorUnit
        let vector = SeismicVector(vectors.baseAddress! + place)
        guard place + SeismicFormat.vectorHeader + 3 * vector.count <= vectors.count else { return }
        let product = kernels.pointee.product(query, vector.numbers, vector.weights, vector.count)
        best.insert(UInt32(truncatingIfNeeded: member >> 32), rank: product)
    }

    /// Forgets what was visited.
    private func clear(_ clusters: ArraySlice<UInt64>, _ visited: UnsafeMutablePointer<UInt64>) {
        for entry in clusters {
            let cluster = self.clusters[Int(UInt32(truncatingIfNeeded: entry))]
            let start = Int(cluster.memberStart), end = start + Int(cluster.memberCount)
            guard end <= members.count else { continue }
            for i in start..<end where Int(members[i] >> 32) < documentCount { visited[Int(members[i] >> 38)] = 0 }
        }
    }
}
