import ConnectorHosting
import Connectors
import JSON
import ModelHub
import Testing

/// Calls over the network: what arrives, where they may go, and what ends them.
@Suite struct NetworkTransportTests {
    /// Sends the body `{"a": "..."}` to a path of a host.
    private func answer(
        _ transport: NetworkTransport, _ url: String, allowsPrivate: Bool = true, config: JSONObject = [:]
    ) async throws -> (ConnectorOutput?, ConnectorError?) {
        let definition: JSONObject = [
            "name": "t", "version": 1, "protocol": "http", "client_config": .object(config),
            "actions": [
                [
                    "action_type": "predict", "method": "POST", "url": .string(url),
                    "headers": ["X-Key": "${credential.k}"],
                    "request_body": #"{"a": "${parameters.a}"}"#,
                ]
            ],
        ]
        do throws(ConnectorError) {
            let output = try await ConnectorClient(transport: transport, now: { 0 }).predict(
                .parameters(["a": "grüß"]), with: try ConnectorDefinition(definition, credential: ["k"]),
                credential: ["k": "secret"],
                endpoints: TrustedEndpoints(patterns: [".*"], allowsPrivateAddresses: allowsPrivate))
            return (output.first, nil)
        } catch {
            return (nil, error)
        }
    }

    private func with(_ body: (NetworkTransport, EchoServer) async throws -> Void) async throws {
        try await EchoServer.with { server in
            let transport = NetworkTransport()
            do {
                try await body(transport, server)
            } catch {
                await transport.shutDown()
                throw error
            }
            await transport.shutDown()
        }
    }

    @Test func requestsArrive() async throws {
        try await with { transport, server in
            for host in ["127.0.0.1", "localhost"] {
                let (output, error) = try await answer(transport, "http://\(host):\(server.port)/v1/x?y=z")
                #expect(error == nil)
                #expect(
                    output?.tensors == [
                        [
                            "name": "response",
                            "dataAsMap": ["response": "POST /v1/x?y=z\nX-Key: secret\n{\"a\": \"grüß\"}"],
                        ]
                    ])
            }
        }
    }

    @Test func privateAddressesAreRefused() async throws {
        try await with { transport, server in
            // Whichever way this machine is named.
            for host in ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"] {
                let (output, error) = try await answer(
                    transport, "http://\(host):\(server.port)/", allowsPrivate: false)
                #expect(output == nil, "\(host)")
                #expect(error?.status == 400, "\(host)")
                #expect(
                    error?.reason.hasPrefix("Remote inference host name has private ip address: ") == true, "\(host)")
            }
        }
    }

    @Test func redirectsAreNotFollowed() async throws {
        try await with { transport, server in
            let (_, error) = try await answer(transport, "http://127.0.0.1:\(server.port)/302")
            #expect(error?.status == 502)
            #expect(error?.reason.contains("POST /302") == true)
        }
    }

    @Test func silenceAndRefusalEnd() async throws {
        try await with { transport, server in
            let (_, silent) = try await answer(
                transport, "http://127.0.0.1:\(server.port)/silent", config: ["read_timeout": 50])
            #expect(
                silent?.reason
                    == "Error communicating with remote model: 127.0.0.1 kept silent longer than read_timeout")
            let (_, busy) = try await answer(
                transport, "http://127.0.0.1:\(server.port)/503",
                config: ["max_retry_times": 1, "retry_backoff_millis": 1])
            #expect(busy?.reason.contains("remote server throttling") == true)
            let (_, unknown) = try await answer(transport, "http://no-such-host.invalid/")
            #expect(
                unknown?.reason
                    == "Error communicating with remote model: the host no-such-host.invalid is not known")
        }
        let transport = NetworkTransport()
        await transport.shutDown()
        let (_, stopped) = try await answer(transport, "http://127.0.0.1:1/")
        #expect(stopped?.reason == "Error communicating with remote model: the server is stopping")
    }

    @Test func privateAddressesAreKnown() async {
        func isPrivate(_ text: String) async -> Bool? { await NetworkAddress.resolve(text).first?.isPrivate }
        for text in [
            "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.9.9.9", "169.254.169.254", "172.16.0.1", "172.31.255.255",
            "192.168.1.1", "192.0.0.8", "198.18.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fec0::1",
            "fc00::1", "fd12::1", "ff02::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1",
        ] { #expect(await isPrivate(text) == true, "\(text)") }
        for text in [
            "1.1.1.1", "9.255.255.255", "11.0.0.1", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1",
            "192.167.1.1", "223.255.255.255", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808",
        ] { #expect(await isPrivate(text) == false, "\(text)") }
    }
}
