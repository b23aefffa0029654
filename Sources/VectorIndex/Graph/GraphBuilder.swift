import Synchronization
import Tensors

/// Builds a hierarchical navigable small world of rows (Malkov and Yashunin 2018), on one or several threads.
///
/// Rows come in batches, which grow with the graph: those of a batch look for their neighbours in the graph of all batches before
/// it, each by itself; then the links back to them are made, each target by itself. Nothing is locked, and the graph is the same
/// whatever the number of threads.
final class GraphBuilder: @unchecked Sendable {
    let rows: VectorRows
    let options: GraphOptions
    private let pool: WorkerPool?
    /// [count][2 m + 1]: how many links, the links.
    private let lowest: AlignedMemory
    private let levels: [UInt8]
    private let upperRows: AlignedMemory
    private let upperRowCount: Int
    private let upperStarts: AlignedMemory
    private let upper: AlignedMemory
    private var entry: UInt32
    private var topLevel = 0
    /// Rows in the graph.
    private var added = 0
    private let spare = Mutex<[Workshop]>([])

    /// What a thread works with; one at a time.
    final class Workshop: @unchecked Sendable {
        let walk = GraphWalk()
        let probe: Probe
        let selection: NeighborSelection
        var candidates: [Neighbor] = []
        var ids: [UInt32] = []
        var distances: [Float] = []

        init(_ rows: VectorRows) {
            probe = Probe(field: rows.field)
            selection = NeighborSelection(rows)
        }
    }

    /// - Parameter levels: of each row; by their numbers unless said.
    init(_ rows: VectorRows, options: GraphOptions, pool: WorkerPool? = nil, levels: [UInt8]? = nil) {
        self.rows = rows
        self.options = options
        self.pool = pool
        let levels = levels ?? (0..<rows.count).map { UInt8(GraphLevels.level(of: $0, m: options.m)) }
        self.levels = levels
        lowest = AlignedMemory(count: rows.count * (2 * options.m + 1) * 4)
        upperRowCount = levels.reduce(0) { $0 + ($1 > 0 ? 1 : 0) }
        upperRows = AlignedMemory(count: upperRowCount * 4)
        upperStarts = AlignedMemory(count: (upperRowCount + 1) * 4)
        let upperRow = upperRows.pointer(to: UInt32.self), start = upperStarts.pointer(to: UInt32.self)
        var place = 0
        for (row, level) in levels.enumerated() where level > 0 {
            upperRow[place] = UInt32(row)
            start[place + 1] = start[place] + UInt32(level)
            place += 1
        }
        upper = AlignedMemory(count: Int(start[place]) * (options.m + 1) * 4)
        entry = UInt32(rows.count)
    }

    /// The graph so far; valid as long as the builder lives and nothing is added.
    var view: GraphView {
        GraphView(
            rowCount: rows.count, m: options.m, entry: entry, topLevel: topLevel, lowest: lowest.pointer(),
            lowestStarts: nil, lowestCount: rows.count * (2 * options.m + 1), upperRows: upperRows.pointer(),
            upperStarts: upperStarts.pointer(), upperRowCount: upperRowCount, upper: upper.pointer(),
            upperCount: upper.count / 4)
    }

    /// Adds rows that the graph does not have yet, in the order given.
    ///
    /// - Parameter isCancelled: asked between batches.
    /// - Returns: false when it was cancelled.
    func add(_ new: [UInt32], isCancelled: () -> Bool = { false }) -> Bool {
        var next = 0
        while next < new.count {
            if isCancelled() { return false }
            if Int(entry) == rows.count {
                entry = new[next]
                topLevel = Int(levels[Int(entry)])
                next += 1
                added += 1
                continue
            }
            // A row above all others comes alone: the next ones shall find it.
            var end = next
            let limit = min(new.count, next + max(1, min(added / 32, 2048)))
            while end < limit, Int(levels[Int(new[end])]) <= topLevel { end += 1 }
            let batch = Array(new[next..<max(end, next + 1)])
            insert(batch)
            next += batch.count
            added += batch.count
            if batch.count == 1 {
                let level = Int(levels[Int(batch[0])])
                if level > topLevel {
                    topLevel = level
                    entry = batch[0]
                }
            }
        }
        return true
    }

    private func insert(_ batch: [UInt32]) {
        let view = view
        let grain = max(1, min(16, batch.count / 8))
        let found = Mutex<[[(level: Int, target: UInt32, source: UInt32)]]>([])
        run((batch.count + grain - 1) / grain) { [self] index, workshop in
            var backward: [(level: Int, target: UInt32, source: UInt32)] = []
            for row in batch[index * grain..<min(batch.count, (index + 1) * grain)] {
                connect(row, view, workshop, &backward)
            }
            found.withLock { $0.append(backward) }
        }
        var levels: [[UInt64]] = []
        for (level, target, source) in found.withLock({ $0 }).joined() {
            while levels.count <= level { levels.append([]) }
            levels[level].append(UInt64(target) << 32 | UInt64(source))
        }
        for (level, pairs) in levels.enumerated() { linkBack(pairs.sorted(), level: level, view) }
    }

    /// Finds the neighbours of a row and links to them.
    private func connect(
        _ row: UInt32, _ view: GraphView, _ workshop: Workshop,
        _ backward: inout [(level: Int, target: UInt32, source: UInt32)]
    ) {
        let level = Int(levels[Int(row)])
        workshop.probe.load(row: Int(row), of: rows)
        let walk = workshop.walk
        walk.begin(view)
        var entries = [walk.descend(view, to: level, workshop.probe, rows)]
        for current in stride(from: min(level, view.topLevel), through: 0, by: -1) {
            walk.search(view, level: current, from: entries, limit: options.efConstruction, workshop.probe, rows)
            workshop.candidates.removeAll(keepingCapacity: true)
            for i in 0..<walk.nearest.count { workshop.candidates.append(walk.nearest.neighbor(at: i)) }
            workshop.selection.select(workshop.candidates, limit: options.m)
            store(workshop.selection.chosen, of: row, level: current)
            for neighbor in workshop.selection.chosen { backward.append((current, neighbor.row, row)) }
            if current > 0 { entries = workshop.candidates }
        }
    }

    /// Links targets to the rows that found them.
    private func linkBack(_ pairs: [UInt64], level: Int, _ view: GraphView) {
        var starts: [Int] = []
        for i in 0..<pairs.count where i == 0 || pairs[i] >> 32 != pairs[i - 1] >> 32 { starts.append(i) }
        starts.append(pairs.count)
        let groups = starts
        let count = groups.count - 1
        let grain = 32
        run((count + grain - 1) / grain) { [self] index, workshop in
            for group in index * grain..<min(count, (index + 1) * grain) {
                let sources = pairs[groups[group]..<groups[group + 1]]
                link(UInt32(truncatingIfNeeded: pairs[groups[group]] >> 32), to: sources, level: level, view, workshop)
            }
        }
    }

    private func link(
        _ target: UInt32, to sources: ArraySlice<UInt64>, level: Int, _ view: GraphView, _ workshop: Workshop
    ) {
        let links = level == 0 ? view.links(of: target) : view.links(of: target, level: level)
        let limit = level == 0 ? 2 * options.m : options.m
        let base = place(of: target, level: level)
        if links.count + sources.count <= limit {
            for (i, source) in sources.enumerated() { base[1 + links.count + i] = UInt32(truncatingIfNeeded: source) }
            base[0] = UInt32(links.count + sources.count)
            return
        }
        workshop.ids.removeAll(keepingCapacity: true)
        workshop.ids.append(contentsOf: links)
        for source in sources { workshop.ids.append(UInt32(truncatingIfNeeded: source)) }
        choose(target, limit: limit, level: level, workshop)
    }

    /// Links a row to the best of `workshop.ids`.
    private func choose(_ row: UInt32, limit: Int, level: Int, _ workshop: Workshop) {
        let count = workshop.ids.count
        if workshop.distances.count < count { workshop.distances = [Float](repeating: 0, count: count) }
        workshop.probe.load(row: Int(row), of: rows)
        workshop.ids.withUnsafeBufferPointer { ids in
            workshop.distances.withUnsafeMutableBufferPointer {
                workshop.probe.near(rows, ids: ids.baseAddress, count: count, into: $0.baseAddress!)
            }
        }
        workshop.candidates.removeAll(keepingCapacity: true)
        for i in 0..<count {
            workshop.candidates.append(Neighbor(distance: workshop.distances[i], row: workshop.ids[i]))
        }
        workshop.candidates.sort()
        workshop.selection.select(workshop.candidates, limit: limit)
        store(workshop.selection.chosen, of: row, level: level)
    }

    private func store(_ neighbors: [Neighbor], of row: UInt32, level: Int) {
        let base = place(of: row, level: level)
        base[0] = UInt32(neighbors.count)
        for (i, neighbor) in neighbors.enumerated() { base[1 + i] = neighbor.row }
    }

    /// Where the links of a row begin: their number.
    private func place(of row: UInt32, level: Int) -> UnsafeMutablePointer<UInt32> {
        if level == 0 { return lowest.pointer(to: UInt32.self) + Int(row) * (2 * options.m + 1) }
        let start = Int(upperStarts.pointer(to: UInt32.self)[view.upperPlace(of: row)!]) + level - 1
        return upper.pointer(to: UInt32.self) + start * (options.m + 1)
    }

    /// Begins with the rows of another graph, without those that are gone.
    ///
    /// A row that linked to one that is gone chooses its links anew, also among what that one linked to. Call it first of all, with
    /// the levels that the rows had.
    ///
    /// - Parameter map: the row that each row of the other graph is here; `.max`: gone.
    func adopt(_ other: GraphView, map: [UInt32]) {
        precondition(added == 0 && other.m == options.m && other.rowCount == map.count, "another kind of graph")
        let grain = 256
        run((map.count + grain - 1) / grain) { [self] index, workshop in
            for old in index * grain..<min(map.count, (index + 1) * grain) where map[old] != .max {
                adopt(UInt32(old), from: other, map: map, level: 0, workshop)
                for level in 0..<Int(levels[Int(map[old])]) {
                    adopt(UInt32(old), from: other, map: map, level: level + 1, workshop)
                }
            }
        }
        for row in map where row != .max {
            added += 1
            if Int(entry) == rows.count || levels[Int(row)] > levels[Int(entry)] { entry = row }
        }
        if Int(other.entry) < map.count, map[Int(other.entry)] != .max { entry = map[Int(other.entry)] }
        topLevel = Int(entry) < rows.count ? Int(levels[Int(entry)]) : 0
    }

    private func adopt(_ old: UInt32, from other: GraphView, map: [UInt32], level: Int, _ workshop: Workshop) {
        func links(_ row: UInt32) -> UnsafeBufferPointer<UInt32> {
            level == 0 ? other.links(of: row) : other.links(of: row, level: level)
        }
        let row = map[Int(old)]
        let limit = level == 0 ? 2 * options.m : options.m
        // Links come from a file: one to a row that is not on the level has no place to be linked back from.
        func isHere(_ row: UInt32) -> Bool { Int(levels[Int(row)]) >= level }
        workshop.ids.removeAll(keepingCapacity: true)
        var gone: [UInt32] = []
        for link in links(old) where Int(link) < map.count {
            let new = map[Int(link)]
            if new == .max {
                gone.append(link)
            } else if isHere(new) {
                workshop.ids.append(new)
            }
        }
        guard !gone.isEmpty else {
            let base = place(of: row, level: level)
            base[0] = UInt32(workshop.ids.count)
            for (i, id) in workshop.ids.enumerated() { base[1 + i] = id }
            return
        }
        for lost in gone {
            for link in links(lost) where Int(link) < map.count {
                let candidate = map[Int(link)]
                if candidate != .max, candidate != row, isHere(candidate), !workshop.ids.contains(candidate) {
                    workshop.ids.append(candidate)
                }
            }
        }
        choose(row, limit: limit, level: level, workshop)
    }

    private func run(_ count: Int, _ body: @escaping @Sendable (Int, Workshop) -> Void) {
        let work: @Sendable (Int) -> Void = { [self] index in
            let workshop = spare.withLock { $0.popLast() } ?? Workshop(rows)
            body(index, workshop)
            spare.withLock { $0.append(workshop) }
        }
        if let pool, count > 1 {
            pool.run(count) { index, _ in work(index) }
        } else {
            for index in 0..<count { work(index) }
        }
    }
}
