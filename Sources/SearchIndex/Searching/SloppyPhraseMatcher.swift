/// How often, and how nearly, the places of a phrase occur within some slop: Lucene's `SloppyPhraseMatcher`.
///
/// A match's length is how far its places are from where the phrase wants them; it counts `1 / (1 + length)`. Places that have a term
/// in common must not be matched by the same occurrence.
struct SloppyPhraseMatcher {
    private struct Place {
        var offset: Int
        /// Where in ``positions`` the next occurrence is.
        var next = 0
        /// The occurrence at hand, counted from the beginning of the phrase.
        var position = 0
        var group = -1
        var indexInGroup = -1
    }

    private let slop: Int
    private var places: [Place]
    /// Occurrences of each place, ascending; of the document at hand.
    var positions: [[Int]]
    /// Places with common terms, by their offsets.
    private var groups: [[Int]] = []
    private let hasPlacesOfManyTerms: Bool
    /// Places that wait for their turn.
    private var queue: [Int] = []
    private var end = Int.min
    private var isPositioned = false
    private var length = Int.max

    /// - Parameters:
    ///   - offsets: where in the phrase each place is.
    ///   - terms: what identifies the terms of each place.
    init(offsets: [Int], terms: [[Int]], slop: Int) {
        self.slop = slop
        places = offsets.map { Place(offset: $0) }
        positions = offsets.map { _ in [] }
        var manyTerms = false
        for first in places.indices {
            guard places[first].group < 0 else { continue }
            var members = [first], reached = 0
            while reached < members.count {
                for other in places.indices where !members.contains(other) {
                    let shares = terms[other].contains { terms[members[reached]].contains($0) }
                    if shares, offsets[other] != offsets[members[reached]] { members.append(other) }
                }
                reached += 1
            }
            guard members.count > 1 else { continue }
            members.sort { offsets[$0] < offsets[$1] }
            for (i, member) in members.enumerated() {
                places[member].group = groups.count
                places[member].indexInGroup = i
                if terms[member].count > 1 { manyTerms = true }
            }
            groups.append(members)
        }
        hasPlacesOfManyTerms = manyTerms
    }

    /// The frequency of the phrase in the document whose ``positions`` were set; 0: it does not occur.
    mutating func frequency() -> Float {
        isPositioned = begin()
        length = .max
        var sum: Float = 0
        while nextMatch() { sum += 1 / (1 + Float(length)) }
        return sum
    }

    private mutating func begin() -> Bool {
        end = .min
        for i in places.indices {
            places[i].next = 0
            guard advance(i, raisesEnd: false) else { return false }
        }
        guard groups.isEmpty || advanceGroups() else { return false }
        queue.removeAll(keepingCapacity: true)
        for i in places.indices {
            end = max(end, places[i].position)
            queue.append(i)
        }
        return true
    }

    private mutating func advance(_ place: Int, raisesEnd: Bool = true) -> Bool {
        guard places[place].next < positions[place].count else { return false }
        places[place].position = positions[place][places[place].next] - places[place].offset
        places[place].next += 1
        if raisesEnd { end = max(end, places[place].position) }
        return true
    }

    /// Moves places of a group apart, so that none begins at the occurrence of another.
    private mutating func advanceGroups() -> Bool {
        for group in groups {
            if hasPlacesOfManyTerms {
                var i = 0
                while i < group.count {
                    var step = 1
                    while let other = collision(group[i]) {
                        let moved = lesser(group[i], other)
                        guard advance(moved) else { return false }
                        if places[moved].indexInGroup < i {
                            step = 0
                            break
                        }
                    }
                    i += step
                }
            } else {
                for (i, place) in group.enumerated() {
                    for _ in 0..<i where !advance(place, raisesEnd: false) { return false }
                }
            }
        }
        return true
    }

    /// Whether a place comes before another: by position, then by its offset in the phrase.
    private func precedes(_ a: Int, _ b: Int) -> Bool {
        if places[a].position != places[b].position { return places[a].position < places[b].position }
        if places[a].offset != places[b].offset { return places[a].offset < places[b].offset }
        return a < b
    }

    private func lesser(_ a: Int, _ b: Int) -> Int {
        let isFirst =
            places[a].position < places[b].position
            || places[a].position == places[b].position && places[a].offset < places[b].offset
        return isFirst ? a : b
    }

    private func occurrence(_ place: Int) -> Int { places[place].position + places[place].offset }

    private func collision(_ place: Int) -> Int? {
        groups[places[place].group].first { $0 != place && occurrence($0) == occurrence(place) }
    }

    private mutating func pop() -> Int {
        let least = queue.indices.min { precedes(queue[$0], queue[$1]) }!
        return queue.remove(at: least)
    }

    private var nextPosition: Int {
        queue.map { places[$0].position }.min() ?? .max
    }

    private mutating func nextMatch() -> Bool {
        guard isPositioned else { return false }
        var place = pop()
        length = end - places[place].position
        var next = nextPosition
        while advance(place) {
            if places[place].group >= 0, !separate(place) { break }
            if places[place].position > next {
                queue.append(place)
                if length <= slop { return true }
                place = pop()
                next = nextPosition
                length = end - places[place].position
            } else {
                length = min(length, end - places[place].position)
            }
        }
        isPositioned = false
        return length <= slop
    }

    /// A place was advanced: as long as it collides with another, the lesser of the two is advanced.
    private mutating func separate(_ advanced: Int) -> Bool {
        var place = advanced
        while let other = collision(place) {
            place = lesser(place, other)
            guard advance(place) else { return false }
        }
        return true
    }
}
