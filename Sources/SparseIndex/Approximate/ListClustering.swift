import CPostings

/// The clusters of some lists; places count from the beginning of the piece.
struct SeismicPiece: Sendable {
    var clusterCounts: [UInt32] = []
    var clusters: [SeismicFormat.Cluster] = []
    var summaries: [UInt8] = []
    var members: [UInt64] = []
}

/// Cuts lists into clusters; belongs to one thread.
final class ListClustering {
    private let vectors: UnsafeRawPointer
    private let places: UnsafePointer<UInt32>
    private let options: SeismicOptions
    private let kernels: UnsafePointer<cs_kernels>
    private let factors: UnsafeMutablePointer<UInt16>
    private var highest = [UInt8](repeating: 0, count: 1 << 16)
    private var touched: [UInt16] = []

    init(_ vectors: UnsafeRawPointer, _ places: UnsafePointer<UInt32>, _ options: SeismicOptions) {
        self.vectors = vectors
        self.places = places
        self.options = options
        kernels = cs_kernels_best()
        factors = .allocate(capacity: 1 << 16 + 2)
        factors.initialize(repeating: 0, count: 1 << 16 + 2)
    }

    deinit { factors.deallocate() }

    private func vector(_ document: UInt32) -> SeismicVector {
        SeismicVector(vectors + Int(places[Int(document)]) * SeismicFormat.vectorUnit)
    }

    func cluster(_ term: TermPostings, number: Int, keeping limit: Int, into piece: inout SeismicPiece) {
        var best = BestDocuments(k: min(limit, term.count))
        term.forEach { best.insert($0, FeatureWeight(bits: $1).value) }
        let documents = best.sorted().map { UInt32($0.document) }
        let count = max(1, Int((Float(documents.count) * options.clusterRatio).rounded(.up)))
        var assigned = [Int32](repeating: 0, count: documents.count)
        if count > 1 { assign(documents, to: centres(documents.count, count, number), &assigned) }
        var sizes = [Int32](repeating: 0, count: count + 1)
        for cluster in assigned { sizes[Int(cluster) + 1] += 1 }
        for cluster in 0..<count { sizes[cluster + 1] += sizes[cluster] }
        var ordered = [UInt32](repeating: 0, count: documents.count)
        var next = sizes
        for (i, cluster) in assigned.enumerated() {
            ordered[Int(next[Int(cluster)])] = documents[i]
            next[Int(cluster)] += 1
        }
        var clusters: UInt32 = 0
        for cluster in 0..<count where sizes[cluster] < sizes[cluster + 1] {
            let members = ordered[Int(sizes[cluster])..<Int(sizes[cluster + 1])]
            let start = piece.summaries.count
            let features = count > 1 ? summarize(members, into: &piece.summaries) : 0
            piece.clusters.append(
                SeismicFormat.Cluster(
                    summary: UInt32(start / SeismicFormat.summaryUnit), summaryCount: UInt32(features),
                    memberStart: UInt32(piece.members.count), memberCount: UInt32(members.count)))
            for document in members { piece.members.append(UInt64(document) << 32 | UInt64(places[Int(document)])) }
            clusters += 1
        }
        piece.clusterCounts.append(clusters)
    }

    /// Different places below `count`, drawn at random.
    private func centres(_ count: Int, _ wanted: Int, _ number: Int) -> [Int] {
        var state = options.seed &+ UInt64(number) &* 0x9e37_79b9_7f4a_7c15
        var places = Array(0..<count)
        for i in 0..<wanted {
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
            mixed ^= mixed >> 31
            places.swapAt(i, i + Int(mixed.multipliedFullWidth(by: UInt64(count - i)).high))
        }
        return Array(places[..<wanted])
    }

    private func assign(_ documents: [UInt32], to centres: [Int], _ assigned: inout [Int32]) {
        var products = [UInt32](repeating: 0, count: documents.count)
        for (cluster, centre) in centres.enumerated() {
            let vector = vector(documents[centre])
            withUnsafeTemporaryAllocation(of: cs_query.self, capacity: 1) { query in
                var filter = QueryFilter()
                for i in 0..<vector.count {
                    factors[Int(vector.numbers[i])] = UInt16(vector.weights[i])
                    filter.insert(vector.numbers[i])
                }
                query.initializeElement(at: 0, to: filter.query(factors))
                for (i, document) in documents.enumerated() {
                    let other = self.vector(document)
                    let product = kernels.pointee.product(query.baseAddress, other.numbers, other.weights, other.count)
                    if product > products[i] {
                        products[i] = product
                        assigned[i] = Int32(cluster)
                    }
                }
                for i in 0..<vector.count { factors[Int(vector.numbers[i])] = 0 }
            }
        }
    }

    /// Appends a summary; how many features it has.
    private func summarize(_ members: ArraySlice<UInt32>, into summaries: inout [UInt8]) -> Int {
        touched.removeAll(keepingCapacity: true)
        for document in members {
            let vector = vector(document)
            for i in 0..<vector.count {
                let number = Int(vector.numbers[i])
                if highest[number] == 0 { touched.append(vector.numbers[i]) }
                highest[number] = max(highest[number], vector.weights[i])
            }
        }
        touched.sort { (highest[Int($0)], $1) > (highest[Int($1)], $0) }
        let total = touched.reduce(0) { $0 + Int(highest[Int($1)]) }
        let enough = Int((Double(total) * Double(options.summaryPruneRatio)).rounded(.down))
        var sum = 0, count = 0
        while count < touched.count, sum <= enough {
            sum += Int(highest[Int(touched[count])])
            count += 1
        }
        for number in touched[..<count] {
            summaries.append(UInt8(truncatingIfNeeded: number))
            summaries.append(UInt8(truncatingIfNeeded: number >> 8))
        }
        for number in touched[..<count] { summaries.append(highest[Int(number)]) }
        while summaries.count % SeismicFormat.summaryUnit != 0 { summaries.append(0) }
        for number in touched { highest[Int(number)] = 0 }
        return count
    }
}
