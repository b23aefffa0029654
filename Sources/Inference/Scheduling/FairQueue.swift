/// Requests that wait for a thread, in the order in which they are served: start-time fair queueing.
///
/// A request begins at the queue's virtual time and moves on by the cost of each piece of it that is served. The one that
/// is furthest behind is next, so every request gets an equal share whatever its size, and a new one, which has had
/// nothing yet, comes before a long one that has already been served.
///
/// Source: Goyal, Vin, Cheng, "Start-time fair queueing", SIGCOMM 1996.
struct FairQueue<Element> {
    /// A request's place: less is served earlier, ties in the order of arrival.
    struct Place: Comparable {
        var tag: Double
        let number: Int

        static func < (a: Place, b: Place) -> Bool { (a.tag, a.number) < (b.tag, b.number) }
    }

    private(set) var entries: [(place: Place, element: Element)] = []
    private var virtualTime = 0.0
    private var arrivals = 0

    var count: Int { entries.count }

    /// The place of a request that arrives now.
    mutating func arrive() -> Place {
        arrivals += 1
        return Place(tag: virtualTime, number: arrivals)
    }

    /// Adds a request that has something to be served.
    mutating func insert(_ element: Element, at place: Place) {
        entries.insert((place, element), at: index(of: place))
    }

    /// Takes a request out that was added at this place.
    mutating func remove(_ place: Place) {
        let index = index(of: place)
        guard index < entries.count, entries[index].place == place else { return }
        entries.remove(at: index)
    }

    /// The next request; virtual time moves to it.
    mutating func next() -> Element? {
        guard let first = entries.first else { return nil }
        virtualTime = max(virtualTime, first.place.tag)
        return first.element
    }

    private func index(of place: Place) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].place < place { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
