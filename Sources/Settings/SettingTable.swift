import Inference
import Logging
import Serving

/// Every setting of the program but the models, which ``ModelSettings`` describes.
///
/// The one place from which files, environment, flags, help, `--print-config` and the tests of the documents know a setting.
public enum SettingTable {
    /// All settings, by section, in the order in which documents show them.
    public static let all: [SettingDefinition] = api + data + limits + log + hub

    /// The setting of a name.
    public static func named(_ name: String) -> SettingDefinition? { byName[name] }

    /// The sections of a file, in order.
    public static let sections: [String] = all.reduce(into: []) { sections, definition in
        if sections.last != definition.section { sections.append(definition.section) }
    }

    private static let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }

    private static let times: ClosedRange<Duration> = .milliseconds(1) ... .seconds(86_400)

    private static let api: [SettingDefinition] = [
        .text("api.host", \.server.host, "The address to listen on: a name, an IPv4 or an IPv6 address."),
        .integer("api.port", \.server.port, 0...65_535, "", "The port to listen on; 0 takes any free one."),
        .choice(
            "api.tls", \.tls,
            "Whether connections are encrypted: auto does so with a certificate of api.tls_certificate, or with one that the server makes where "
                + "passwords are asked for; on always, off never."),
        .text(
            "api.tls_certificate", \.server.certificatePath, type: .path, unset: "as api.tls says",
            "A PEM file with the certificate and its chain."),
        .text(
            "api.tls_key", \.server.keyPath, type: .path, unset: "as api.tls says",
            "A PEM file with the certificate's private key."),
        .list(
            "api.keys", flag: "--api-keys", \.server.apiKeys, isSecret: true,
            "Keys whose holders may do everything, beside the users of a data folder; a request must show one."),
        .text(
            "api.keys_file", flag: "--api-keys-file", \.apiKeysPath, type: .path, unset: "no file",
            "A file with one API key a line, beside api.keys."),
        .boolean("api.open_metrics", \.server.metricsAreOpen, "Whether /metrics may be read without a key."),
        .bytes(
            "api.max_body_bytes", \.server.maximumBodyBytes, 1024...(4 << 30),
            "Bytes of a request's body, as sent and after decompression."),
        .integer(
            "api.max_connections", \.server.maximumConnections, 1...1_000_000, "connections",
            "Connections that are open at once; more wait in the system's queue."),
        .duration(
            "api.header_timeout", \.server.headerTimeout, times,
            "From the first byte of a request to the end of its header fields."),
        .duration(
            "api.body_timeout", \.server.bodyTimeout, times, "From the end of the header fields to the end of the body."
        ),
        .duration(
            "api.idle_timeout", \.server.idleTimeout, times, "How long a connection may stay open without a request."),
        .duration("api.write_timeout", \.server.writeTimeout, times, "How long a client may take to read its answer."),
        .duration(
            "api.drain_timeout", \.server.drainTimeout, times,
            "How long requests in flight may take after a stop was asked for."),
        .duration(
            "api.drain_delay", \.server.drainDelay, .zero ... .seconds(86_400),
            "How long requests are still accepted after a stop was asked for, while /readyz says no already."),
        .bytes(
            "api.max_header_bytes", \.server.maximumHeaderBytes, 1024...(16 << 20),
            "Bytes of a request's line and header fields together."),
        .bytes(
            "api.max_buffered_bytes", \.server.maximumBufferedBytes, 1024...(1 << 40),
            "Bytes of all bodies that are held at one time; requests beyond are told to come again."),
        .integer(
            "api.max_streams", \.server.maximumStreams, 1...10_000, "requests",
            "Requests that one HTTP/2 connection may have open."),
        .integer(
            "api.io_threads", \.server.eventLoopThreads, 1...64, "threads",
            "Threads that read and write sockets; models compute on threads of their own."),
        .list(
            "api.cors_allow_origins", \.server.corsAllowOrigins,
            "Origins whose pages may call the server from browsers; * means every one, none means that nothing is said."
        ),
        .bytes(
            "api.compression_threshold", \.server.compressionThreshold, 0...(64 << 20),
            "Answers below this size are sent as they are."),
        .boolean(
            "api.compress_responses", \.server.compressesResponses,
            "Whether answers are compressed for clients that accept gzip."),
    ]

    private static let data: [SettingDefinition] = [
        .text(
            "data.path", flag: "--data", \.dataPath, type: .path, unset: "no documents",
            "The folder that keeps documents and indices; with it the OpenSearch API is served."),
        .boolean(
            "data.insecure", \.servesDataOpenly,
            "Whether everybody may read and change documents, without users, keys and TLS; only on a loopback address. --insecure says true."
        ),
        .text("data.cluster_name", \.clusterName, "The name of the cluster, which is this one node, in answers."),
        .text("data.node_name", \.nodeName, "The name of the node in answers."),
        .boolean(
            "data.elastic_product", \.namesElasticProduct,
            "Whether answers of the OpenSearch API carry X-Elastic-Product, without which clients of Elasticsearch refuse a server."
        ),
        .choice(
            "data.model_precision", \.deployedPrecision,
            "The arithmetic of models that requests register and deploy; auto is int8 if the model's record says that its quality passes, else bf16."
        ),
    ]

    private static let limits: [SettingDefinition] = [
        .integer(
            "limits.threads", \.inference.threads, 1...1024, "threads", unset: "one for each core",
            "Compute threads."),
        .integer(
            "limits.tile_tokens", \.inference.tileTokens, 1...65_536, "tokens",
            "The wished number of tokens of a tile, the unit of work of a thread."),
        .integer(
            "limits.max_concurrent_requests", \.inference.maximumConcurrentRequests, 1...1_000_000, "requests",
            "Requests that are waiting or being computed at once; more are refused."),
        .integer(
            "limits.max_client_batch_size", \.inference.maximumTexts, 1...1_000_000, "texts", "Texts of one request."),
        .integer(
            "limits.max_request_tokens", \.inference.maximumRequestTokens, 1...1_000_000_000, "tokens",
            "Tokens of one request after cutting."),
        .integer(
            "limits.max_waiting_tokens", \.inference.maximumWaitingTokens, 1...1_000_000_000, "tokens",
            "Tokens of all requests in the engine, which bounds its memory; a request that does not fit is refused, "
                + "unless it is the only one."),
        .duration(
            "limits.queue_timeout", \.inference.queueTimeout, times,
            "How long a request may wait until its computation begins."),
        .choice(
            "limits.long_texts", \.longTexts,
            "What happens to a text that is longer than its model reads, unless model or request say otherwise."),
        .integer(
            "limits.chunk_overlap", \.chunkOverlap, 0...65_536, "tokens",
            "Tokens that a window of a long text repeats from the one before it."),
        .integer(
            "limits.chunk_windows", \.chunkWindows, 1...65_536, "windows",
            "Windows of a long text at most; what is behind them is cut."),
        .boolean(
            "limits.auto_truncate", \.inference.truncatesByDefault,
            "Whether texts may be cut when a request does not say; false makes long texts an error."),
    ]

    private static let log: [SettingDefinition] = [
        .choice("log.format", \.logFormat, "How log lines look: plain for people, json for machines."),
        .choice(
            "log.level", \.logLevel, "The least important lines that are written; info has a line for each request."),
        .duration(
            "log.slow_request", \.server.slowRequestThreshold, .zero ... .seconds(86_400),
            "Requests that take longer are logged as warnings with the times of their phases; 0s switches that off."),
    ]

    private static let hub: [SettingDefinition] = [
        .text(
            "hub.cache", \.hubCache, type: .path, unset: "as HF_HUB_CACHE and HF_HOME say",
            "The folder of the hub's cache, in huggingface_hub's layout."),
        .text(
            "hub.endpoint", \.hubEndpoint, unset: "as HF_ENDPOINT says", "The address of the model hub or of a mirror."),
        .text(
            "hub.token", \.hubToken, unset: "as HF_TOKEN says", isSecret: true, "The token that the hub gets."),
        .boolean(
            "hub.offline", \.hubIsOffline,
            "Whether nothing may be fetched, so that only what is cached is served; HF_HUB_OFFLINE=1 does the same."),
        .text(
            "hub.artifacts", \.hubArtifacts, unset: "as NEEDLETAIL_ARTIFACTS says",
            "Where OpenSearch's pretrained models come from: the address of their host or of a mirror, a folder with the same layout, or off."
        ),
        .boolean(
            "hub.stand_in", \.startersStandIn,
            "Whether the models that came along stand in for OpenSearch's pretrained models of their kind; the answers say so."
        ),
        .boolean(
            "hub.private_addresses", \.reachesPrivateAddresses,
            "Whether models may be registered from addresses on this machine and in private networks."),
    ]
}
