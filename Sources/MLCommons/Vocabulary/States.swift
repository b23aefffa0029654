/// How far a model is.
public enum ModelState: String, Sendable, Hashable {
    /// Its files are being fetched or uploaded.
    case registering = "REGISTERING"
    /// Its files are here.
    case registered = "REGISTERED"
    /// It is being loaded.
    case deploying = "DEPLOYING"
    /// It answers.
    case deployed = "DEPLOYED"
    /// It was taken out of memory.
    case undeployed = "UNDEPLOYED"
    /// It could not be loaded.
    case deployFailed = "DEPLOY_FAILED"

    /// Whether it is in memory, or about to be.
    var isInUse: Bool { self == .deploying || self == .deployed }
}

/// How far a task is.
enum TaskState: String, Sendable, Hashable {
    case created = "CREATED"
    case running = "RUNNING"
    case completed = "COMPLETED"
    case failed = "FAILED"
    case cancelled = "CANCELLED"

    var isOver: Bool { self == .completed || self == .failed || self == .cancelled }
}

/// What a task does.
enum TaskType: String, Sendable, Hashable {
    case registerModel = "REGISTER_MODEL"
    case deployModel = "DEPLOY_MODEL"
    case fineTuning = "FINE_TUNING"
}
