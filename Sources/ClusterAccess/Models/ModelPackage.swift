public import JSON

/// A model archive of ML Commons on this machine, and what its registration has to say.
public struct ModelPackage: Sendable, Hashable {
    /// The zip.
    public let path: String
    /// `name`, `model_format`, `function_name`, `model_config` and the other fields of a registration; an `url` among them is not used.
    public let registration: JSONValue

    /// A package of its parts.
    public init(path: String, registration: JSONValue) {
        self.path = path
        self.registration = registration
    }
}
