import Connectors
import JSON

/// A setting of ML Commons: `plugins.ml_commons.NAME`.
public struct MLSetting: Sendable {
    /// What a value must be.
    public enum Kind: Sendable, Hashable {
        /// true or false.
        case boolean
        /// A whole number.
        case integer(ClosedRange<Int>)
        /// A number.
        case number
        /// A number of bytes: `5gb`.
        case bytes
        /// A text, or a list of them.
        case text
        /// One of some words.
        case choice([String])
    }

    /// What all names begin with.
    public static let prefix = "plugins.ml_commons."

    /// The full name.
    public let name: String
    /// What a value must be.
    public let kind: Kind
    /// What holds where nothing is set.
    public let defaultValue: String

    private init(_ name: String, _ kind: Kind, _ defaultValue: String) {
        self.name = Self.prefix + name
        self.kind = kind
        self.defaultValue = defaultValue
    }

    private static func flag(_ name: String, _ value: Bool) -> MLSetting {
        MLSetting(name, .boolean, value ? "true" : "false")
    }

    private static func count(_ name: String, _ value: Int, _ range: ClosedRange<Int> = 0...10_000) -> MLSetting {
        MLSetting(name, .integer(range), "\(value)")
    }

    /// All that are known, with OpenSearch's defaults.
    ///
    /// Those that speak of several nodes, of a Java heap or of parts that are not here are kept and told, and change nothing.
    public static let all: [MLSetting] = [
        flag("only_run_on_ml_node", true), allowsURLs, allowsLocalFiles, trustedURLs,
        checksModelAccess, checksConnectorAccess,
        memoryThreshold, count("jvm_heap_memory_threshold", 85, 0...100),
        diskThreshold, maximumModels, count("max_ml_task_per_node", 10),
        maximumRegistrations, maximumDeployments, taskTimeout,
        monitoredRequests, count("sync_up_job_interval_in_seconds", 10, 0...86_400),
        MLSetting("task_dispatch_policy", .choice(["round_robin", "least_load"]), "round_robin"), allowsDeploymentPlans,
        deploysRemoteModels, redeploys, redeployAttempts,
        MLSetting("model_auto_redeploy_success_ratio", .number, "0.8"), runsLocalModels,
        infersRemotely, trustedEndpoints, allowsPrivateAddresses,
        deletesSafely, controlsModels,
        MLSetting("exclude_nodes._name", .text, ""), flag("rag_pipeline_feature_enabled", true),
        flag("memory_feature_enabled", true), flag("agent_framework_enabled", true),
        flag("multi_tenancy_enabled", false), flag("offline_batch_ingestion_enabled", true),
        flag("offline_batch_inference_enabled", true), flag("connector.ssl_verification_enabled", true),
        count("max_batch_inference_tasks", 10), count("max_batch_ingestion_tasks", 10),
        count("batch_ingestion_bulk_size", 500, 100...100_000),
    ]

    // Those that this server follows.
    static let allowsURLs = flag("allow_registering_model_via_url", false)
    static let allowsLocalFiles = flag("allow_registering_model_via_local_file", false)
    static let trustedURLs = MLSetting(
        "trusted_url_regex", .text,
        #"^(https?|ftp|file)://[-a-zA-Z0-9+&@#/%?=~_|!:,.;]*[-a-zA-Z0-9+&@#/%=~_|]"#)
    static let memoryThreshold = count("native_memory_threshold", 90, 0...100)
    static let diskThreshold = MLSetting("disk_free_space_threshold", .bytes, "5gb")
    static let maximumModels = count("max_model_on_node", 10)
    static let maximumRegistrations = count("max_register_model_tasks_per_node", 10, 0...10)
    static let maximumDeployments = count("max_deploy_model_tasks_per_node", 10, 0...10)
    static let taskTimeout = count("ml_task_timeout_in_seconds", 600, 1...86_400)
    static let monitoredRequests = count("monitoring_request_count", 100, 0...10_000_000)
    static let allowsDeploymentPlans = flag("allow_custom_deployment_plan", false)
    static let redeploys = flag("model_auto_redeploy.enable", true)
    static let redeployAttempts = count("model_auto_redeploy.lifetime_retry_times", 3)
    static let deletesSafely = flag("safe_delete_model", false)
    static let checksModelAccess = flag("model_access_control_enabled", false)
    static let checksConnectorAccess = flag("connector_access_control_enabled", false)
    static let deploysRemoteModels = flag("model_auto_deploy.enable", true)
    static let infersRemotely = flag("remote_inference.enabled", true)
    static let trustedEndpoints = MLSetting(
        "trusted_connector_endpoints_regex", .text,
        JSONValue.array(TrustedEndpoints.defaultPatterns.map { .string($0) }).serialized())
    static let allowsPrivateAddresses = flag("connector.private_ip_enabled", false)
    static let controlsModels = flag("controller_enabled", true)
    static let runsLocalModels = flag("local_model.enabled", true)
}
