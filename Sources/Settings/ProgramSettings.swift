public import Encoders
public import Inference
public import Logging
public import Serving

/// Everything that `needletail serve` can be told.
///
/// A new value holds the defaults. ``SettingTable`` says how each part is called in files, in the environment and on the
/// command line; ``ResolvedSettings`` puts those together.
public struct ProgramSettings: Sendable {
    /// What happens to a text that is longer than its model reads.
    public enum LongTexts: String, Sendable, Hashable, CaseIterable {
        /// It is cut.
        case truncate
        /// It is scored window by window.
        case chunk
        /// It is an error.
        case refuse
    }

    /// Whether connections are encrypted.
    public enum TLS: String, Sendable, Hashable, CaseIterable {
        /// With a certificate of the settings; or with one that the server makes, where users' passwords are asked for.
        case auto
        /// With a certificate of the settings, or with one that the server makes.
        case on
        /// Not at all.
        case off
    }

    /// The listener.
    public var server = ServerSettings()
    /// Whether connections are encrypted; ``usesOwnCertificate`` says what it comes to.
    public var tls = TLS.auto
    /// A file with one API key a line, beside ``ServerSettings/apiKeys``.
    public var apiKeysPath: String?
    /// The folder that keeps documents and indices; nil means that there are none.
    public var dataPath: String?
    /// Whether documents may be read and changed by everybody, without a name, a key and TLS.
    public var servesDataOpenly = false
    /// The name of the cluster in answers of the OpenSearch API.
    public var clusterName = "needletail"
    /// The name of the node in answers of the OpenSearch API.
    public var nodeName = "needletail"
    /// Whether answers of the OpenSearch API carry `X-Elastic-Product: Elasticsearch`.
    public var namesElasticProduct = false
    /// The arithmetic of the models that requests register and deploy.
    public var deployedPrecision = Precision.auto
    /// The engine's limits.
    ///
    /// Its `longTexts` is not looked at: ``engine`` makes it of the three below.
    public var inference = InferenceSettings()
    /// What happens to long texts unless a model or a request says otherwise.
    public var longTexts = LongTexts.truncate
    /// Tokens that a window of a long text repeats from the one before it.
    public var chunkOverlap = 32
    /// Windows of one text at most.
    public var chunkWindows = 64
    /// How log lines look.
    public var logFormat = LogFormat.plain
    /// The least important lines that are written.
    public var logLevel = Logger.Level.info
    /// The hub's cache; nil means as `HF_HUB_CACHE` and `HF_HOME` say.
    public var hubCache: String?
    /// The address of the hub or of a mirror; nil means as `HF_ENDPOINT` says.
    public var hubEndpoint: String?
    /// The token for the hub; nil means as `HF_TOKEN` and the files of huggingface_hub say.
    public var hubToken: String?
    /// Whether nothing may be fetched; `HF_HUB_OFFLINE` has the same effect.
    public var hubIsOffline = false
    /// Where OpenSearch's pretrained models come from: an address, a folder, or `off`; nil means as `NEEDLETAIL_ARTIFACTS` says.
    public var hubArtifacts: String?
    /// Whether the models that came along stand in for OpenSearch's pretrained ones.
    public var startersStandIn = false
    /// Whether clients may name addresses of models on this machine and in private networks.
    public var reachesPrivateAddresses = false
    /// The models to serve, in the order in which they were named.
    public var models: [ModelSettings] = []

    /// The defaults.
    public init() {}

    /// The engine's settings.
    public var engine: InferenceSettings {
        var settings = inference
        settings.longTexts = policy(longTexts)
        return settings
    }

    /// Whether requests have to come from users who are known.
    public var checksAccess: Bool { dataPath != nil && !servesDataOpenly }

    /// Whether the server makes a certificate for itself, and keeps it in the data folder.
    ///
    /// With keys of the settings alone TLS is left to whoever made that choice, as it was before there were users.
    public var usesOwnCertificate: Bool {
        guard dataPath != nil, server.certificatePath == nil else { return false }
        return tls == .on || tls == .auto && checksAccess && server.apiKeys.isEmpty
    }

    /// What the engine calls a choice of ``LongTexts``.
    public func policy(_ choice: LongTexts) -> LongTextPolicy {
        switch choice {
        case .truncate: .truncate
        case .chunk: .chunk(overlap: chunkOverlap, maximumWindows: chunkWindows)
        case .refuse: .refuse
        }
    }
}
