import SearchIndex

/// Documents where terms stand near one another: Lucene's sloppy phrase, with its frequency of `1 / (1 + distance)` a match.
///
/// Terms that the phrase has more than once never stand for the same word of the document.
final class SloppyPhraseScorer: Scorer {
    /// A term of the phrase on its way through the positions of a document.
    private struct Walker {
        /// Its place in the phrase.
        let offset: Int
        /// The terms that share a term with others, by number; -1: none.
        var group = -1
        /// Its place in the group.
        var rank = 0
        var positions: [Int] = []
        var at = 0
        /// Position in the document less the offset.
        var position = 0

        mutating func next() -> Bool {
            guard at < positions.count else { return false }
            position = positions[at] - offset
            at += 1
            return true
        }
    }

    private let places: [PhraseScorer.Place]
    private let slop: Int
    private let weight: TermWeight
    private let norms: Norms?
    private var walkers: [Walker]
    private var groups: [[Int]] = []
    private let hasTermChoices: Bool
    private var queue: [Int] = []
    private var end = 0
    private var matchLength = 0
    private var isPositioned = false
    /// How often the phrase occurs in the current document, near occurrences counting more.
    private(set) var frequency: Float = 0

    /// - Parameter terms: the terms of each place, to find those that occur twice.
    init(_ places: [PhraseScorer.Place], terms: [[[UInt8]]], slop: Int, weight: TermWeight, norms: Norms?) {
        self.places = places
        self.slop = slop
        self.weight = weight
        self.norms = norms
        walkers = places.map { Walker(offset: $0.position) }
        var group = Array(places.indices)
        for i in terms.indices {
            for j in terms.indices where j > i && !Set(terms[i]).isDisjoint(with: terms[j]) {
                let (from, to) = (group[j], group[i])
                for k in group.indices where group[k] == from { group[k] = to }
            }
        }
        var choices = false
        for id in Set(group).sorted() {
            let members = group.indices.filter { group[$0] == id }.sorted { places[$0].position < places[$1].position }
            if members.count < 2 { continue }
            for (rank, member) in members.enumerated() {
                walkers[member].group = groups.count
                walkers[member].rank = rank
                if terms[member].count > 1 { choices = true }
            }
            groups.append(members)
        }
        hasTermChoices = choices
    }

    override var cost: Int { places.map { $0.terms.reduce(0) { $0 + $1.count } }.min() ?? 0 }
    override var needsConfirmation: Bool { true }

    override func advance(to target: Int) -> Int {
        var candidate = target
        var i = 0
        var agreeing = 0
        while agreeing < places.count {
            var nearest = noMoreDocuments
            for term in places[i].terms {
                nearest = min(nearest, term.document >= candidate ? term.document : term.advance(to: candidate))
            }
            if nearest == noMoreDocuments {
                document = noMoreDocuments
                return document
            }
            agreeing = nearest == candidate ? agreeing + 1 : 1
            candidate = nearest
            i = (i + 1) % places.count
        }
        document = candidate
        return candidate
    }

    override func matches() -> Bool {
        for i in walkers.indices {
            walkers[i].positions.removeAll(keepingCapacity: true)
            walkers[i].at = 0
            for term in places[i].terms where term.document == document {
                for _ in 0..<term.frequency { walkers[i].positions.append(term.nextPosition()) }
            }
            if places[i].terms.count > 1 { walkers[i].positions.sort() }
        }
        frequency = 0
        isPositioned = start()
        while nextMatch() { frequency += 1 / (1 + Float(matchLength)) }
        return frequency > 0
    }

    override func score() -> Float { weight.score(frequency: frequency, norm: norms?[document] ?? 1) }
    override func maxScore(upTo document: Int) -> Float { weight.bound }

    // MARK: The walk (Lucene's SloppyPhraseMatcher)

    private func start() -> Bool {
        end = .min
        for i in walkers.indices where !walkers[i].next() { return false }
        for group in groups where !separate(group) { return false }
        queue = Array(walkers.indices)
        for walker in walkers { end = max(end, walker.position) }
        return true
    }

    /// Moves the members of a group apart.
    private func separate(_ group: [Int]) -> Bool {
        guard hasTermChoices else {
            for (rank, member) in group.enumerated() {
                for _ in 0..<rank where !walkers[member].next() { return false }
            }
            return true
        }
        var i = 0
        while i < group.count {
            var step = 1
            while let other = collision(group[i]) {
                let lesser = lesser(group[i], other)
                if !advance(lesser) { return false }
                if walkers[lesser].rank < i {
                    step = 0
                    break
                }
            }
            i += step
        }
        return true
    }

    private func precedes(_ a: Int, _ b: Int) -> Bool {
        let (x, y) = (walkers[a], walkers[b])
        return (x.position, x.offset, a) < (y.position, y.offset, b)
    }

    /// The place in the queue of the walker that is farthest behind.
    private func first() -> Int {
        var best = 0
        for i in queue.indices.dropFirst() where precedes(queue[i], queue[best]) { best = i }
        return best
    }

    private func advance(_ walker: Int) -> Bool {
        guard walkers[walker].next() else { return false }
        end = max(end, walkers[walker].position)
        return true
    }

    private func nextMatch() -> Bool {
        guard isPositioned else { return false }
        guard walkers.count > 1 else {
            matchLength = 0
            isPositioned = advance(0)
            return true
        }
        var walker = queue.remove(at: first())
        matchLength = end - walkers[walker].position
        var next = walkers[queue[first()]].position
        while advance(walker) {
            if walkers[walker].group >= 0, !resolve(&walker) { break }
            if walkers[walker].position > next {
                queue.append(walker)
                if matchLength <= slop { return true }
                walker = queue.remove(at: first())
                next = walkers[queue[first()]].position
                matchLength = end - walkers[walker].position
            } else {
                matchLength = min(matchLength, end - walkers[walker].position)
            }
        }
        isPositioned = false
        return matchLength <= slop
    }

    /// A walker has moved: where it now stands on the word of another, the one behind moves on.
    private func resolve(_ walker: inout Int) -> Bool {
        // The queue is searched and not kept in order, so that members of it may move freely.
        var moving = walker
        while let other = collision(moving) {
            moving = lesser(moving, other)
            if !advance(moving) { return false }
        }
        return true
    }

    private func collision(_ walker: Int) -> Int? {
        let place = walkers[walker].position + walkers[walker].offset
        return groups[walkers[walker].group].first {
            $0 != walker && walkers[$0].position + walkers[$0].offset == place
        }
    }

    private func lesser(_ a: Int, _ b: Int) -> Int {
        (walkers[a].position, walkers[a].offset) < (walkers[b].position, walkers[b].offset) ? a : b
    }
}
