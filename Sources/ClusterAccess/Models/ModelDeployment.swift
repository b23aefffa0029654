import JSON

/// Brings a registered model into memory, and waits until it answers.
struct ModelDeployment: Sendable {
    let models: ClusterModels
    let patience: Duration
    let interval: Duration

    /// Deploys a model unless it is deployed, or somebody is about it.
    ///
    /// - Returns: The task; nil if none had to be begun.
    func deploy(_ id: String, _ state: ClusterModels.State) async throws -> String? {
        if state.isDeployed { return nil }
        var waiting = Waiting(patience: patience, first: interval)
        if state.name == "DEPLOYING" {
            repeat {
                let state = try await models.state(of: id)
                if state.isDeployed { return nil }
                if state.name != "DEPLOYING" { break }
            } while try await waiting.next()
        }
        let task = try await models.deploy(id)
        repeat {
            let document = try await models.task(task)
            switch document["state"]?.string {
            case "COMPLETED":
                let state = try await models.state(of: id)
                // The task may be over before the model says so.
                if state.isDeployed { return task }
            case "FAILED", "COMPLETED_WITH_ERROR", "CANCELLED", "EXPIRED":
                throw failure(
                    id, Self.reason(document),
                    "Repair what it names, and run again; if the model itself is broken, delete it first.")
            default: break
            }
        } while try await waiting.next()
        throw failure(
            id, "it was not deployed within \(patience) (task \(task))",
            "Run again: what was done is found, not repeated.")
    }

    private func failure(_ id: String, _ reason: String, _ advice: String) -> ClusterError {
        models.cluster.error(.incomplete, "the deployment of model \(id) failed: \(reason)", advice)
    }

    /// The reason of a task: ML Commons writes an object of nodes and reasons as a text.
    private static func reason(_ task: JSONValue) -> String {
        guard let text = task["error"]?.string else { return "the task gives no reason" }
        let nodes = (try? JSONValue(parsing: text))?.object
        let reasons = nodes?.compactMap { $0.value.string } ?? []
        return String((reasons.isEmpty ? text : Set(reasons).sorted().joined(separator: "; ")).prefix(1000))
    }
}
