internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTP2
internal import NIOSSL
internal import NIOTLS
import Synchronization

/// Builds the pipelines of connections: plain or TLS, HTTP/1 or HTTP/2.
struct ConnectionSetup: Sendable {
    let context: ServingContext
    let certificates: Certificates?

    /// Prepares a connection that was just accepted.
    func configure(_ channel: any Channel) throws {
        let client = channel.remoteAddress?.ipAddress ?? "unknown"
        let pipeline = channel.pipeline.syncOperations
        guard let certificates else {
            let detector = ProtocolDetector(settings: context.settings) { [self] isHTTP2 in
                try isHTTP2 ? addHTTP2(to: channel, client) : addHTTP1(to: channel, client)
            }
            return try pipeline.addHandler(detector)
        }
        let handshake = HandshakeDeadline(settings: context.settings, metrics: context.metrics)
        try pipeline.addHandler(NIOSSLServerHandler(context: certificates.current))
        try pipeline.addHandler(handshake)
        let negotiation = ApplicationProtocolNegotiationHandler { [self] result, channel in
            channel.eventLoop.makeCompletedFuture {
                switch result {
                case .negotiated("h2"): try addHTTP2(to: channel, client)
                default: try addHTTP1(to: channel, client)
                }
            }
        }
        try pipeline.addHandler(negotiation)
    }

    private func addHTTP1(to channel: any Channel, _ client: String) throws {
        let pipeline = channel.pipeline.syncOperations
        let handler = HTTP1Handler(context: context, client: client)
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = context.settings.maximumHeaderBytes
        limits.maxHeaderListSize = context.settings.maximumHeaderBytes
        try pipeline.addHandler(ByteWatch(metrics: context.metrics, http1: handler))
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false, withServerUpgrade: nil, withErrorHandling: false,
            withOutboundHeaderValidation: false, withEncoderConfiguration: .init(),
            withDecoderLimitConfiguration: limits)
        try pipeline.addHandler(handler)
        if context.isDraining.load(ordering: .relaxed) { handler.drain() }
    }

    private func addHTTP2(to channel: any Channel, _ client: String) throws {
        let pipeline = channel.pipeline.syncOperations
        let settings = context.settings
        var connection = NIOHTTP2Handler.ConnectionConfiguration()
        connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: settings.maximumStreams),
            HTTP2Setting(parameter: .maxHeaderListSize, value: settings.maximumHeaderBytes),
            HTTP2Setting(parameter: .initialWindowSize, value: Self.streamWindow),
        ]
        connection.targetWindowSize = Self.connectionWindow
        var stream = NIOHTTP2Handler.StreamConfiguration()
        stream.targetWindowSize = Self.streamWindow
        let manager = NIOHTTP2ServerConnectionManagementHandler(
            eventLoop: channel.eventLoop,
            configuration: .init(
                maxIdleTime: TimeAmount(settings.idleTimeout), maxAge: nil,
                maxGraceTime: TimeAmount(settings.drainTimeout + .seconds(2)),
                keepalive: nil))
        try pipeline.addHandler(ByteWatch(metrics: context.metrics))
        try pipeline.addHandler(
            NIOHTTP2Handler(
                mode: .server, eventLoop: channel.eventLoop, connectionConfiguration: connection,
                streamConfiguration: stream, streamDelegate: manager.http2StreamDelegate
            ) { [context] stream in
                stream.eventLoop.makeCompletedFuture {
                    try stream.pipeline.syncOperations.addHandler(HTTP2FramePayloadToHTTP1ServerCodec())
                    try stream.pipeline.syncOperations.addHandler(HTTP2StreamHandler(context: context, client: client))
                }
            })
        try pipeline.addHandler(manager)
        try pipeline.addHandler(ConnectionErrors())
        // The connection is active already, and the manager starts its clock when it hears so.
        if channel.isActive { manager.channelActive(context: try pipeline.context(handler: manager)) }
        if context.isDraining.load(ordering: .relaxed) {
            manager.userInboundEventTriggered(
                context: try pipeline.context(handler: manager), event: ChannelShouldQuiesceEvent())
        }
    }

    /// Bytes that a client may send ahead of us on one stream, and on one connection.
    private static let streamWindow = 256 << 10
    private static let connectionWindow = 1 << 20
}
