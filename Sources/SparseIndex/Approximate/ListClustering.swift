import RandomNumbers

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
    private static let placed: UInt32 = 1 << 31
    /// For each number: where its list of centres begins, and how many there are; 0 between lists.
    private let ends = ListClustering.zeros(UInt32.self)
    private let lengths = ListClustering.zeros(UInt32.self)
    /// Centre (upper 24 bits) and weight.
    private var shared: [UInt32] = []
    private let highest = ListClustering.zeros(UInt8.self)
    private let steps: FeatureSteps
    /// For each document: the weights that reach this assign it to a centre.
    private let least: UnsafePointer<UInt8>
    private var touched: [UInt16] = []
    private var ordered: [UInt16] = []

    init(
        _ vectors: UnsafeRawPointer, _ places: UnsafePointer<UInt32>, steps: FeatureSteps,
        least: UnsafePointer<UInt8>, _ options: SeismicOptions
    ) {
        self.vectors = vectors
        self.places = places
        self.options = options
        self.steps = steps
        self.least = least
    }

    deinit {
        ends.deallocate()
        lengths.deallocate()
        highest.deallocate()
    }

    /// One a short number.
    private static func zeros<T: FixedWidthInteger>(_ type: T.Type) -> UnsafeMutablePointer<T> {
        let memory = UnsafeMutablePointer<T>.allocate(capacity: 1 << 16)
        memory.initialize(repeating: 0, count: 1 << 16)
        return memory
    }

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
        var random = SplitMix(seed: options.seed &+ UInt64(number) &* 0x9e37_79b9_7f4a_7c15)
        var places = Array(0..<count)
        for i in 0..<wanted { places.swapAt(i, i + random.below(count - i)) }
        return Array(places[..<wanted])
    }

    /// To the centre with the highest product; of equal ones to the first.
    ///
    /// The centres' vectors are turned into lists by number, so that a document meets only centres that share its features.
    private func assign(_ documents: [UInt32], to centres: [Int], _ assigned: inout [Int32]) {
        let vectors = centres.map { vector(documents[$0]) }
        var total: UInt32 = 0
        for vector in vectors {
            for i in 0..<vector.count { ends[Int(vector.numbers[i])] += 1 }
        }
        for vector in vectors {
            for i in 0..<vector.count where ends[Int(vector.numbers[i])] & Self.placed == 0 {
                total += ends[Int(vector.numbers[i])]
                ends[Int(vector.numbers[i])] = total | Self.placed
            }
        }
        if shared.count < Int(total) { shared = [UInt32](repeating: 0, count: Int(total)) }
        // Filled from their ends: each list begins where its number's place has come to.
        for (cluster, vector) in vectors.enumerated().reversed() {
            for i in 0..<vector.count {
                let number = Int(vector.numbers[i])
                ends[number] -= 1
                shared[Int(ends[number] & ~Self.placed)] = UInt32(cluster) << 8 | UInt32(vector.weights[i])
            }
        }
        for vector in vectors { for i in 0..<vector.count { lengths[Int(vector.numbers[i])] += 1 } }
        shared.withUnsafeBufferPointer { shared in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: centres.count) { products in
                for (i, document) in documents.enumerated() {
                    products.initialize(repeating: 0)
                    add(document, shared.baseAddress!, products.baseAddress!)
                    var best = 0
                    for cluster in products.indices where products[cluster] > products[best] { best = cluster }
                    assigned[i] = Int32(best)
                }
            }
        }
        for vector in vectors {
            for i in 0..<vector.count {
                ends[Int(vector.numbers[i])] = 0
                lengths[Int(vector.numbers[i])] = 0
            }
        }
    }

    /// Adds up the products of a document's highest weights with all centres.
    private func add(
        _ document: UInt32, _ shared: UnsafePointer<UInt32>, _ products: UnsafeMutablePointer<Float>
    ) {
        let vector = vector(document), least = Float(least[Int(document)])
        for j in 0..<vector.count {
            let number = Int(vector.numbers[j])
            let value = steps.value(vector.numbers[j], vector.weights[j])
            guard value >= least else { continue }
            let start = Int(ends[number] & ~Self.placed), weight = value * steps[vector.numbers[j]]
            for entry in start..<start &+ Int(lengths[number]) {
                products[Int(shared[entry] >> 8)] += weight * Float(shared[entry] & 255)
            }
        }
    }

    /// The highest weight of a number, in parts of which 65,280 are the highest of all; damaged weights may be anything.
    @inline(__always)
    private func highestParts(_ number: UInt16) -> Int {
        let parts = steps.value(number, highest[Int(number)]) * 256
        return parts < 65_280 ? Int(parts) : 65_280
    }

    /// Puts the touched numbers in about falling order of weight, by counting.
    private func orderTouched() {
        let last = 1023
        withUnsafeTemporaryAllocation(of: Int.self, capacity: last + 1) { ends in
            ends.initialize(repeating: 0)
            for number in touched { ends[last - highestParts(number) >> 6] += 1 }
            for place in 1...last { ends[place] += ends[place - 1] }
            if ordered.count != touched.count { ordered = [UInt16](repeating: 0, count: touched.count) }
            for number in touched.reversed() {
                let place = last - highestParts(number) >> 6
                ends[place] -= 1
                ordered[ends[place]] = number
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
                let before = highest[number]
                if before == 0 { touched.append(vector.numbers[i]) }
                highest[number] = max(before, vector.weights[i])
            }
        }
        orderTouched()
        let total = touched.reduce(0) { $0 + highestParts($1) }
        let enough = Int((Double(total) * Double(options.summaryPruneRatio)).rounded(.down))
        var sum = 0, count = 0
        while count < ordered.count, sum <= enough {
            sum += highestParts(ordered[count])
            count += 1
        }
        for number in ordered[..<count] {
            summaries.append(UInt8(truncatingIfNeeded: number))
            summaries.append(UInt8(truncatingIfNeeded: number >> 8))
        }
        for number in ordered[..<count] { summaries.append(highest[Int(number)]) }
        while summaries.count % SeismicFormat.summaryUnit != 0 { summaries.append(0) }
        for number in touched { highest[Int(number)] = 0 }
        return count
    }
}
