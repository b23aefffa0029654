public import Inference
public import Routing

/// All routes of the inference dialects.
public struct InferenceRoutes: Sendable {
    let engine: InferenceEngine

    /// The dialects in front of an engine.
    public init(engine: InferenceEngine) {
        self.engine = engine
    }

    /// The routes of all dialects.
    public var all: [Route] { [] }
}
