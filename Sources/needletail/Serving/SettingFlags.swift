import ArgumentParser
import Settings

/// A flag of a setting as it was given; the setting's definition makes sense of the text.
struct GivenSetting: Sendable {
    let setting: String
    let text: String
}

extension Option where Value == GivenSetting? {
    /// The flag of a setting, called and explained as the table of settings says.
    init(setting name: String) {
        guard let definition = SettingTable.named(name) else { preconditionFailure("no setting \(name)") }
        let meaning = "\(definition.meaning) [\(definition.name); \(definition.defaultText)]"
        self.init(
            name: .customLong(String(definition.flag.dropFirst(2))),
            help: ArgumentHelp(meaning, valueName: definition.type.placeholder),
            completion: definition.type.completion,
            transform: { GivenSetting(setting: name, text: $0) })
    }
}

extension SettingType {
    /// What stands for the value in help.
    fileprivate var placeholder: String {
        switch self {
        case .text: "text"
        case .path: "path"
        case .integer: "count"
        case .duration: "duration"
        case .bytes: "size"
        case .boolean: "true|false"
        case .choice(let words): words.joined(separator: "|")
        case .list: "text,…"
        }
    }

    fileprivate var completion: CompletionKind {
        switch self {
        case .path: .file()
        case .boolean: .list(["true", "false"])
        case .choice(let words): .list(words)
        default: .default
        }
    }
}

/// Flags of the section `api`.
struct ListenerFlags: ParsableArguments {
    @Option(setting: "api.host") var host: GivenSetting?
    @Option(setting: "api.port") var port: GivenSetting?
    @Option(setting: "api.tls") var tls: GivenSetting?
    @Option(setting: "api.tls_certificate") var tlsCertificate: GivenSetting?
    @Option(setting: "api.tls_key") var tlsKey: GivenSetting?
    @Option(setting: "api.keys") var keys: GivenSetting?
    @Option(setting: "api.keys_file") var keysFile: GivenSetting?
    @Option(setting: "api.open_metrics") var openMetrics: GivenSetting?
    @Option(setting: "api.max_body_bytes") var maxBodyBytes: GivenSetting?
    @Option(setting: "api.max_connections") var maxConnections: GivenSetting?
    @Option(setting: "api.header_timeout") var headerTimeout: GivenSetting?
    @Option(setting: "api.body_timeout") var bodyTimeout: GivenSetting?
    @Option(setting: "api.idle_timeout") var idleTimeout: GivenSetting?
    @Option(setting: "api.write_timeout") var writeTimeout: GivenSetting?
    @Option(setting: "api.drain_timeout") var drainTimeout: GivenSetting?
    @Option(setting: "api.drain_delay") var drainDelay: GivenSetting?
    @Option(setting: "api.max_header_bytes") var maxHeaderBytes: GivenSetting?
    @Option(setting: "api.max_buffered_bytes") var maxBufferedBytes: GivenSetting?
    @Option(setting: "api.max_streams") var maxStreams: GivenSetting?
    @Option(setting: "api.io_threads") var ioThreads: GivenSetting?
    @Option(setting: "api.cors_allow_origins") var corsAllowOrigins: GivenSetting?
    @Option(setting: "api.compression_threshold") var compressionThreshold: GivenSetting?
    @Option(setting: "api.compress_responses") var compressResponses: GivenSetting?

    var given: [GivenSetting] {
        [
            host, port, tls, tlsCertificate, tlsKey, keys, keysFile, openMetrics, maxBodyBytes, maxConnections,
            headerTimeout, bodyTimeout, idleTimeout, writeTimeout, drainTimeout, drainDelay, maxHeaderBytes,
            maxBufferedBytes, maxStreams, ioThreads,
            corsAllowOrigins, compressionThreshold, compressResponses,
        ].compactMap { $0 }
    }
}

/// Flags of the section `data`.
struct DataFlags: ParsableArguments {
    @Option(setting: "data.path") var path: GivenSetting?
    @Option(setting: "data.insecure") var dataInsecure: GivenSetting?
    @Flag(help: "The same as --data-insecure true.") var insecure = false
    @Option(setting: "data.cluster_name") var clusterName: GivenSetting?
    @Option(setting: "data.node_name") var nodeName: GivenSetting?
    @Option(setting: "data.elastic_product") var elasticProduct: GivenSetting?
    @Option(setting: "data.model_precision") var modelPrecision: GivenSetting?

    var given: [GivenSetting] {
        let open = insecure ? GivenSetting(setting: "data.insecure", text: "true") : dataInsecure
        return [path, open, clusterName, nodeName, elasticProduct, modelPrecision].compactMap { $0 }
    }
}

/// Flags of the section `limits`.
struct LimitFlags: ParsableArguments {
    @Option(setting: "limits.threads") var threads: GivenSetting?
    @Option(setting: "limits.tile_tokens") var tileTokens: GivenSetting?
    @Option(setting: "limits.max_concurrent_requests") var maxConcurrentRequests: GivenSetting?
    @Option(setting: "limits.max_client_batch_size") var maxClientBatchSize: GivenSetting?
    @Option(setting: "limits.max_request_tokens") var maxRequestTokens: GivenSetting?
    @Option(setting: "limits.max_waiting_tokens") var maxWaitingTokens: GivenSetting?
    @Option(setting: "limits.queue_timeout") var queueTimeout: GivenSetting?
    @Option(setting: "limits.long_texts") var longTexts: GivenSetting?
    @Option(setting: "limits.chunk_overlap") var chunkOverlap: GivenSetting?
    @Option(setting: "limits.chunk_windows") var chunkWindows: GivenSetting?
    @Option(setting: "limits.auto_truncate") var autoTruncate: GivenSetting?

    var given: [GivenSetting] {
        [
            threads, tileTokens, maxConcurrentRequests, maxClientBatchSize, maxRequestTokens, maxWaitingTokens,
            queueTimeout, longTexts, chunkOverlap, chunkWindows, autoTruncate,
        ].compactMap { $0 }
    }
}

/// Flags of the section `log`.
struct LogFlags: ParsableArguments {
    @Option(setting: "log.format") var format: GivenSetting?
    @Option(setting: "log.level") var level: GivenSetting?
    @Option(setting: "log.slow_request") var slowRequest: GivenSetting?

    var given: [GivenSetting] { [format, level, slowRequest].compactMap { $0 } }
}

/// Flags of the section `hub`.
struct HubFlags: ParsableArguments {
    @Option(setting: "hub.cache") var cache: GivenSetting?
    @Option(setting: "hub.endpoint") var endpoint: GivenSetting?
    @Option(setting: "hub.token") var token: GivenSetting?
    @Option(setting: "hub.offline") var offline: GivenSetting?
    @Option(setting: "hub.artifacts") var artifacts: GivenSetting?
    @Option(setting: "hub.stand_in") var standIn: GivenSetting?
    @Option(setting: "hub.private_addresses") var privateAddresses: GivenSetting?

    var given: [GivenSetting] {
        [cache, endpoint, token, offline, artifacts, standIn, privateAddresses].compactMap { $0 }
    }
}
