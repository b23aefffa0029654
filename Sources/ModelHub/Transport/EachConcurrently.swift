/// Does the same with every element, a few at a time; results come in the order of the elements.
///
/// The first failure cancels the rest, and is what is thrown once they have stopped.
func eachConcurrently<Element: Sendable, Result: Sendable>(
    _ elements: [Element], limit: Int, _ body: @escaping @Sendable (Element) async throws(HubError) -> Result
) async throws(HubError) -> [Result] {
    let outcome = await withTaskGroup(of: (Int, Swift.Result<Result, HubError>).self) { group in
        var results = [Result?](repeating: nil, count: elements.count)
        var failure: HubError?
        var next = 0
        func start() {
            guard failure == nil, next < elements.count else { return }
            let index = next
            next += 1
            group.addTask {
                do throws(HubError) {
                    return (index, .success(try await body(elements[index])))
                } catch {
                    return (index, .failure(error))
                }
            }
        }
        for _ in 0..<max(1, limit) { start() }
        while let (index, result) = await group.next() {
            switch result {
            case .success(let value): results[index] = value
            case .failure(let error):
                // What was stopped because of the first failure says nothing.
                if failure == nil { failure = error }
                group.cancelAll()
            }
            start()
        }
        return failure.map { Swift.Result<[Result], HubError>.failure($0) } ?? .success(results.compactMap { $0 })
    }
    return try outcome.get()
}
