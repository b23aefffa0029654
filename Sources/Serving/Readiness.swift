/// Whether the process should get requests, and which models it has.
public struct Readiness: Sendable, Hashable {
    /// How far a process or a model is.
    public enum State: String, Sendable, Hashable {
        /// Not yet.
        case loading
        /// Requests are answered.
        case ready
        /// Not any more.
        case stopping
        /// Never, without a change of the configuration or the files.
        case failed
    }

    /// One model.
    public struct Model: Sendable, Hashable {
        /// The name under which it is served.
        public var name: String
        /// How far it is.
        public var state: State
        /// Why it is not ready; no secrets, no paths.
        public var reason: String?

        /// A model.
        public init(name: String, state: State, reason: String? = nil) {
            self.name = name
            self.state = state
            self.reason = reason
        }
    }

    /// How far the process is.
    public var state: State
    /// The models, in the order in which they are listed.
    public var models: [Model]

    /// A state with its models.
    public init(_ state: State, models: [Model] = []) {
        self.state = state
        self.models = models
    }
}
